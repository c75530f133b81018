"""Type for charts: the room's own faces, a system's Chinese face where there is one, never an empty box."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, fontManager, get_font, ttfFontProperty
from matplotlib.font_manager import findfont as find_font

FONTS = Path(__file__).parent / "fonts"
_OURS = {"text": "Inter-Regular.ttf", "strong": "Inter-SemiBold.ttf", "display": "Newsreader-Regular.ttf"}
_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Hiragino Sans GB", "SimHei",
)  # fmt: skip
"""Families for Chinese, dearest first; the room's style sheet asks for the same."""

_LAST = "DejaVu Sans"  # comes with Matplotlib
_CHINESE_SIGN = "⺀-鿿豈-﫿＀-￯"
_BREAK = re.compile(f"[{_CHINESE_SIGN}][，。、；：！？）》”]*|[^ {_CHINESE_SIGN}]+ *| +")
_SPACES = str.maketrans({"\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}", "\N{THIN SPACE}": " "})


@cache
def families(face: str) -> tuple[str, ...]:
    """List what a face is set in, letter by letter: ours, then Chinese, then Matplotlib's own."""
    installed = {entry.name for entry in fontManager.ttflist}
    chinese = next(((name,) for name in _CHINESE if name in installed), ())
    return (_register(_OURS[face]), *chinese, _LAST)


@cache
def _register(file: str) -> str:
    """Make a face of ours known under a name that no system font has."""
    path = str(FONTS / file)
    entry = replace(ttfFontProperty(get_font(path)), name=f"Catwalk {Path(file).stem}", weight=400)
    fontManager.ttflist.append(entry)
    return entry.name


@cache
def type_of(face: str, size: float) -> FontProperties:
    """Choose type by face (text, strong, display) and size in the chart's units."""
    return FontProperties(family=list(families(face)), size=size)


@cache
def _letters(family: str) -> frozenset[int]:
    return frozenset(get_font(find_font(FontProperties(family=[family]))).get_charmap())


def settable(text: str, face: str) -> bool:
    """Say whether every letter of a text is in one of a face's fonts."""
    known = frozenset[int]().union(*(_letters(family) for family in families(face)))
    return all(ord(letter) in known for letter in set(text) - {" ", "\n"})


def set_in(face: str, text: str, plain: str) -> str:
    """Choose words that can be set: the text, else its plain form, else what of that has letters here."""
    for words in (text.translate(_SPACES), plain.translate(_SPACES)):
        if settable(words, face):
            return words
    return "".join(c for c in plain.translate(_SPACES) if settable(c, face)).strip()


def ruler(scale: float) -> RendererAgg:
    """Make what texts are measured with, `scale` pixels to a unit."""
    return RendererAgg(1, 1, 72 * scale)  # type: ignore[no-untyped-call]


def width(renderer: RendererAgg, text: str, face: str, size: float) -> float:
    """Measure a line in the chart's units, a unit being a point."""
    measure: Any = renderer
    wide, _, _ = measure.get_text_width_height_descent(text, type_of(face, size), ismath=False)
    return float(wide / measure.points_to_pixels(1.0))


def wrapped(renderer: RendererAgg, text: str, face: str, size: float, room: float) -> list[str]:
    """Break a text into lines no wider than `room`: at spaces, and after any Chinese sign."""
    lines = [""]
    for part in _BREAK.findall(text):
        if lines[-1] and width(renderer, (lines[-1] + part).rstrip(" "), face, size) > room:
            lines.append("")
        lines[-1] += part.lstrip(" ") if not lines[-1] else part
    return [line.rstrip(" ") for line in lines]
