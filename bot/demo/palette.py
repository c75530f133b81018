"""The season's colours: named dyes, their tones, and which of them go together."""

from dataclasses import dataclass
from functools import cached_property

_DEEP = "#2b1d1a"
_WHITE = "#ffffff"


def mix(a: str, b: str, share: float) -> str:
    """Blend `share` of colour `b` into `a` (both `#rrggbb`)."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p + (q - p) * share):02x}" for p, q in pairs)


def luminance(colour: str) -> float:
    """Return the perceived lightness of `#rrggbb`, 0 to 1 (Rec. 601 luma)."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * r + 0.587 * g + 0.114 * b


@dataclass(frozen=True)
class Dye:
    """One colour of the season and the tones a drawing needs of it."""

    name: str
    base: str

    @property
    def dark(self) -> bool:
        return luminance(self.base) < 0.3

    @cached_property
    def line(self) -> str:
        """The outline."""
        return mix(self.base, "#0d0b0c" if self.dark else _DEEP, 0.62)

    @cached_property
    def seam(self) -> str:
        """Lines on the cloth: darker, or lighter where the cloth is nearly black."""
        return mix(self.base, _WHITE, 0.24) if self.dark else mix(self.base, _DEEP, 0.48)

    @cached_property
    def shade(self) -> str:
        """Cloth in shadow, where it is drawn opaque; over prints use `shadow`."""
        return mix(self.base, "#08070a" if self.dark else _DEEP, 0.26 if self.dark else 0.14)

    @property
    def shadow(self) -> tuple[str, float]:
        """A glaze that darkens cloth and print alike: colour and opacity."""
        return ("#08070a", 0.17) if self.dark else ("#3a2018", 0.075)

    @cached_property
    def shades(self) -> tuple[str, str]:
        """The cloth under one and under two glazes."""
        colour, share = self.shadow
        once = mix(self.base, colour, share)
        return once, mix(once, colour, share)

    @cached_property
    def inside(self) -> str:
        return mix(self.base, "#08070a" if self.dark else _DEEP, 0.4 if self.dark else 0.3)

    @cached_property
    def light(self) -> str:
        return mix(self.base, _WHITE, 0.1 if self.dark else 0.3)


DYES: dict[str, Dye] = {
    name: Dye(name, base)
    for name, base in {
        "ecru": "#f3ead8",
        "butter": "#f0d99b",
        "sand": "#cfb595",
        "sage": "#a3b193",
        "moss": "#66713f",
        "petrol": "#1f5c66",
        "sky": "#a3c1d6",
        "ink": "#262c3d",
        "lilac": "#bcabd3",
        "plum": "#5f2f4c",
        "rose": "#d59a9c",
        "coral": "#e27b62",
        "terracotta": "#b4593c",
        "mustard": "#d19f3b",
        "cocoa": "#64473a",
        "charcoal": "#4b4a4d",
    }.items()
}

PAIRS: dict[str, tuple[str, ...]] = {
    "ecru": ("ink", "terracotta", "petrol", "moss", "plum", "coral", "cocoa", "sage", "mustard"),
    "butter": ("moss", "cocoa", "sky", "ecru", "terracotta", "petrol"),
    "sand": ("ecru", "ink", "cocoa", "petrol", "plum", "terracotta"),
    "sage": ("ecru", "moss", "plum", "ink", "butter", "rose"),
    "moss": ("ecru", "butter", "lilac", "sand", "sage", "rose"),
    "petrol": ("ecru", "sky", "coral", "sand", "mustard", "rose"),
    "sky": ("ecru", "ink", "petrol", "terracotta", "butter", "cocoa"),
    "ink": ("ecru", "sky", "sand", "coral", "lilac", "mustard"),
    "lilac": ("plum", "ecru", "moss", "ink", "mustard", "petrol"),
    "plum": ("rose", "ecru", "lilac", "sand", "sage", "coral"),
    "rose": ("plum", "ecru", "terracotta", "petrol", "moss", "cocoa"),
    "coral": ("ecru", "plum", "petrol", "sand", "ink", "butter"),
    "terracotta": ("ecru", "sky", "sand", "rose", "ink", "butter"),
    "mustard": ("ecru", "ink", "plum", "petrol", "cocoa", "lilac"),
    "cocoa": ("ecru", "sky", "sand", "rose", "butter", "mustard"),
    "charcoal": ("ecru", "lilac", "sky", "mustard", "rose", "sand"),
}
"""Accents that stand well beside each main colour; the accent carries prints, trims and blocks."""

GROUNDS: tuple[str, ...] = ("#ebe4d9", "#e9e3da", "#ece5db", "#e8e1d7")
"""The studio's backdrop, barely different from picture to picture."""
