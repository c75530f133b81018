"""What the season may contain: for each silhouette the necklines, sleeves and prints that suit it."""

from collections.abc import Mapping
from dataclasses import dataclass

SHARES = {
    "dress": 94,
    "skirt": 22,
    "trousers": 20,
    "shirt": 24,
    "knit": 18,
    "jacket": 8,
    "coat": 8,
    "jumpsuit": 6,
}
"""The range of a season of 200."""


@dataclass(frozen=True)
class Recipe:
    """One silhouette and what may be combined with it; a value twice in a list is twice as likely.

    No `colours` means all of them.
    """

    silhouette: str
    necklines: tuple[str, ...]
    sleeves: tuple[str, ...]
    lengths: tuple[str, ...]
    waists: tuple[str, ...]
    patterns: Mapping[str, float]
    weight: float
    colours: tuple[str, ...]


def _list(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",")) if words else ()


def _of(
    silhouette: str,
    necklines: str = "",
    sleeves: str = "",
    lengths: str = "",
    waists: str = "",
    patterns: Mapping[str, float] | None = None,
    weight: float = 1.0,
    colours: str = "",
) -> Recipe:
    return Recipe(
        silhouette,
        _list(necklines),
        _list(sleeves),
        _list(lengths),
        _list(waists),
        patterns or _ALL,
        weight,
        _list(colours),
    )


_ALL = {"plain": 4.0, "stripe": 1.0, "check": 1.0, "dot": 1.2, "floral": 2.2, "colour-block": 0.9}
_SOFT = {"plain": 4.0, "dot": 1.0, "floral": 2.4, "stripe": 0.6}
_SHARP = {"plain": 4.0, "check": 1.2, "stripe": 0.8, "colour-block": 1.2}
_SUIT = {"plain": 4.0, "check": 1.6, "stripe": 1.0}
_EASY = {"plain": 3.0, "breton": 1.4, "stripe": 0.8, "floral": 1.0, "colour-block": 1.0, "dot": 0.8}
_WOOL = {"plain": 2.0, "breton": 1.4, "cable": 1.8, "rib": 1.2, "colour-block": 1.4}

_COATS = "ecru, sand, sage, moss, petrol, ink, plum, rose, terracotta, mustard, cocoa, charcoal, sky"

LINE_UP: Mapping[str, tuple[Recipe, ...]] = {
    "dress": (
        _of(
            "sheath",
            "boat, crew, square, v, scoop",
            "sleeveless, cap, short, elbow",
            "knee, midi",
            "plain, belted",
            _SHARP,
        ),
        _of(
            "shift",
            "crew, boat, turtleneck, peter pan",
            "sleeveless, short, elbow, bell, long",
            "mini, knee",
            "straight",
            _EASY,
        ),
        _of(
            "a-line",
            "crew, v, scoop, boat, square",
            "sleeveless, cap, short, elbow, long",
            "mini, knee, midi",
            "natural, belted",
            _ALL,
        ),
        _of(
            "fit and flare",
            "sweetheart, scoop, square, v, halter",
            "sleeveless, cap, short, elbow, puff",
            "mini, knee, midi",
            "natural, belted",
            _ALL,
            1.2,
        ),
        _of("wrap", "v", "short, elbow, long, bell, puff, cap", "knee, midi, maxi", "tied", _SOFT, 1.4),
        _of(
            "slip",
            "cowl, v, scoop, sweetheart",
            "strap",
            "mini, midi, maxi",
            "bias",
            {"plain": 4.0, "floral": 1.2, "dot": 0.6},
            1.0,
        ),
        _of("shirt", "collar", "short, elbow, long, bishop", "mini, knee, midi", "belted, tied", _ALL, 1.4),
        _of(
            "tiered",
            "v, square, scoop, crew",
            "puff, bishop, strap, short, bell",
            "mini, midi, maxi",
            "natural",
            _SOFT,
            1.3,
        ),
        _of(
            "empire",
            "square, scoop, v, sweetheart",
            "puff, cap, strap, short, bishop",
            "mini, midi, maxi",
            "empire",
            _SOFT,
            1.0,
        ),
        _of(
            "column",
            "halter, boat, turtleneck, square",
            "sleeveless, long, short",
            "maxi, midi",
            "plain",
            {"plain": 4.0, "colour-block": 1.6, "rib": 1.0},
            1.0,
        ),
        _of(
            "trumpet",
            "sweetheart, v, boat, halter",
            "sleeveless, strap, cap, long",
            "midi, maxi",
            "plain",
            {"plain": 4.0, "floral": 1.0, "dot": 0.6},
            0.7,
        ),
        _of(
            "drop waist",
            "scoop, boat, crew, v",
            "sleeveless, short, elbow, long",
            "knee, midi",
            "dropped",
            _EASY,
            0.9,
        ),
        _of(
            "balloon",
            "square, scoop, sweetheart, crew",
            "strap, sleeveless, puff, short",
            "mini, knee",
            "natural",
            {"plain": 4.0, "floral": 1.0, "dot": 1.0},
            0.7,
        ),
        _of(
            "smock",
            "crew, square, peter pan, v",
            "bishop, puff, bell, short",
            "mini, knee, midi",
            "yoke",
            _SOFT,
            1.1,
        ),
        _of("blazer", "lapel", "long, elbow", "mini, knee", "plain, belted", _SUIT, 0.6),
        _of(
            "sun",
            "square, sweetheart, halter, scoop",
            "strap, sleeveless",
            "mini, knee, midi",
            "natural, tied",
            _ALL,
            1.1,
        ),
    ),
    "skirt": (
        _of("pencil", lengths="knee, midi", waists="high, belted", patterns=_SHARP),
        _of("a-line", lengths="mini, knee, midi", waists="high, belted", patterns=_ALL),
        _of("circle", lengths="mini, knee, midi", waists="high, belted", patterns=_ALL),
        _of(
            "pleated",
            lengths="mini, knee, midi, maxi",
            waists="high",
            patterns={"plain": 4.0, "check": 1.4, "colour-block": 1.0},
        ),
        _of("tiered", lengths="mini, midi, maxi", waists="high", patterns=_SOFT),
        _of("wrap", lengths="mini, midi, maxi", waists="tied", patterns=_SOFT),
        _of("slip", lengths="midi, maxi", waists="high", patterns={"plain": 3.0, "floral": 1.0, "dot": 1.0}),
        _of(
            "balloon",
            lengths="mini, knee, midi",
            waists="high",
            patterns={"plain": 3.0, "dot": 1.0, "stripe": 1.0},
            weight=0.6,
        ),
        _of("button-front", lengths="mini, knee, midi", waists="high", patterns=_SUIT),
    ),
    "trousers": (
        _of("wide", lengths="full, full, cropped", waists="high, belted, tied", patterns=_SUIT),
        _of("straight", lengths="full, cropped", waists="high, belted", patterns=_SUIT),
        _of("tapered", lengths="full, cropped, short", waists="high, belted, tied", patterns=_SUIT),
        _of(
            "flared",
            lengths="full",
            waists="high, belted",
            patterns={"plain": 3.0, "stripe": 1.0, "colour-block": 1.0},
        ),
        _of("barrel", lengths="full", waists="high, belted", patterns={"plain": 4.0, "stripe": 0.6}),
        _of("palazzo", lengths="full", waists="high, tied", patterns=_SOFT),
        _of("culottes", lengths="cropped, short", waists="high, belted, tied", patterns=_ALL),
    ),
    "shirt": (
        _of(
            "classic",
            "collar",
            "long, short, elbow",
            "hip, long",
            "",
            {"plain": 3.0, "stripe": 2.0, "check": 1.6, "dot": 0.8},
            1.4,
        ),
        _of(
            "boxy",
            "collar",
            "short, elbow",
            "cropped, hip",
            "",
            {"plain": 2.0, "floral": 1.6, "stripe": 1.0, "colour-block": 1.0},
        ),
        _of("blouse", "peter pan, bow, v, square", "puff, bishop, bell, elbow, cap", "hip", "", _SOFT, 1.6),
        _of(
            "peplum",
            "square, v, sweetheart, scoop",
            "cap, short, puff, elbow",
            "hip",
            "natural, belted",
            _SOFT,
        ),
        _of("wrap", "v", "short, elbow, long, bell", "hip", "tied", _SOFT),
        _of(
            "camisole",
            "v, cowl, scoop, sweetheart",
            "strap",
            "cropped, hip",
            "",
            {"plain": 3.0, "dot": 1.0, "floral": 1.0},
            0.8,
        ),
        _of(
            "tee",
            "crew, v, boat, scoop",
            "short, cap, elbow, long",
            "cropped, hip",
            "",
            {"plain": 1.0, "breton": 3.0, "colour-block": 1.0},
        ),
        _of("tunic", "collar, v", "long, elbow, bishop", "long", "belted", _SOFT, 0.7),
    ),
    "knit": (
        _of("jumper", "crew, v, boat, turtleneck", "long, bishop", "hip", "", _WOOL, 1.4),
        _of(
            "slouchy",
            "crew, turtleneck, v",
            "long",
            "cropped, hip",
            "",
            {"plain": 2.0, "cable": 2.0, "colour-block": 1.0},
        ),
        _of(
            "cardigan",
            "v",
            "long, elbow",
            "cropped, hip, long",
            "",
            {"plain": 2.0, "cable": 1.4, "rib": 1.0, "breton": 0.8},
            1.3,
        ),
        _of(
            "vest",
            "v, crew",
            "sleeveless",
            "cropped, hip",
            "",
            {"plain": 1.0, "cable": 2.0, "check": 1.0, "breton": 1.0},
        ),
        _of(
            "polo",
            "collar",
            "short, elbow",
            "cropped, hip",
            "",
            {"plain": 1.6, "breton": 1.2, "rib": 1.0, "colour-block": 1.0},
        ),
        _of(
            "tunic",
            "turtleneck, boat, crew",
            "long, bishop",
            "long",
            "",
            {"plain": 2.0, "rib": 1.0, "colour-block": 1.0},
            0.7,
        ),
    ),
    "jacket": (
        _of("blazer", "lapel", "long", "hip, thigh", "", _SUIT, 1.3),
        _of("bomber", "crew", "long", "cropped, hip", "", {"plain": 2.0, "floral": 1.2, "colour-block": 1.4}),
        _of("chore", "collar", "long", "hip, thigh", "", {"plain": 3.0, "check": 1.4, "stripe": 0.8}),
        _of("collarless", "crew", "long, elbow", "cropped, hip", "", {"plain": 2.0, "check": 2.0}),
        _of("gilet", "funnel", "sleeveless", "hip, cropped", "", {"plain": 1.0}, 0.7),
    ),
    "coat": (
        _of("trench", "lapel", "long", "knee, midi", "belted", {"plain": 4.0, "check": 0.8}, 1.2, _COATS),
        _of("wrap", "lapel", "long", "knee, midi, maxi", "tied", {"plain": 3.0, "check": 1.0}, 1.2, _COATS),
        _of(
            "cocoon",
            "funnel",
            "long",
            "knee, midi",
            "",
            {"plain": 3.0, "check": 1.0, "colour-block": 1.0},
            1.0,
            _COATS,
        ),
        _of(
            "straight",
            "lapel",
            "long",
            "knee, midi, maxi",
            "",
            {"plain": 3.0, "check": 1.6, "colour-block": 0.8},
            1.0,
            _COATS,
        ),
    ),
    "jumpsuit": (
        _of("wide", "v, square, collar", "sleeveless, short, strap, elbow", "full", "belted, tied", _SOFT),
        _of(
            "tapered",
            "collar, v",
            "short, long, elbow",
            "full, cropped",
            "belted, tied",
            {"plain": 3.0, "stripe": 1.0},
        ),
        _of(
            "culottes",
            "square, scoop, v",
            "strap, puff, cap, sleeveless",
            "cropped, short",
            "tied, belted",
            _SOFT,
        ),
        _of("palazzo", "sweetheart, v, boat", "strap, sleeveless, bell", "full", "tied, belted", _SOFT),
    ),
}
