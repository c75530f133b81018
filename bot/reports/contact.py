"""Contact sheets: designs with large numbers, side by side in one JPEG: a page of a ballot in a chat."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path

import resvg_py
from PIL import Image, ImageDraw, ImageFont

from bot.mosaic import BLOCK, Piece, encoded, joined, piece

CELL, MARGIN = (384, 512), 4
"""Width and height of a design's place, and how much paper is around its photo: half a gutter."""

HEAVIEST = 1_500_000
"""Bytes of a sheet that a phone on the move still loads at once."""

_LIGHTER = 65
_KEPT = 512
_PAPER, _INK, _HAIRLINE, _ROSE = "#FAF7F2", "#1C1917", "#E7E2DA", "#B3123F"
_FONT = Path(__file__).parent / "fonts" / "Inter-SemiBold.ttf"
_FIGURES = 62  # 46 px high: they are read where a phone shows the sheet at a third of its size
_PILL, _SIDE, _BASE = 68, 22, 57
"""How high a number's pill is, its margin left and right, and where its figures stand."""

_INSET, _RING = MARGIN + 16, 8
_NUMBERED = (CELL[1] - _INSET - _PILL) // BLOCK
"""From which row of blocks on a number changes its photo."""

_HEART = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}" viewBox="-5 -5.8 34 34">'
    '<circle cx="12" cy="11.2" r="17" fill="{1}"/><path fill="{2}" '
    'd="M12 20.3 4.6 12.9a4.9 4.9 0 0 1 6.9-6.9l.5.5.5-.5a4.9 4.9 0 0 1 6.9 6.9z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class SheetTile:
    """A design on a sheet: where its stored thumb lies, and what is marked on it."""

    thumb: Path
    number: int
    version: int = 1
    picked: bool = False


def sheet(tiles: Sequence[SheetTile], columns: int = 4) -> bytes:
    """Make the sheet of some designs as JPEG, row by row, 384 × 512 pixels each.

    A design that was on an earlier sheet takes no time; a new one up to a few ms, so call it in a thread.
    A photo that is gone is left out, its number is not. Photos full of grain are kept less exactly.
    """
    made = joined([_cell(tile) for tile in tiles], columns, _empty())
    if len(made) > HEAVIEST:
        lighter = io.BytesIO()
        Image.open(io.BytesIO(made)).save(lighter, "JPEG", quality=_LIGHTER)
        return lighter.getvalue()
    return made


@lru_cache(_KEPT)
def _cell(tile: SheetTile) -> Piece:
    """Mark a design's thumb; no more of it than is drawn on is decoded. Kept: some 25 KB each."""
    thumb = _thumb(tile.thumb)
    first = 0 if tile.picked else _NUMBERED
    image = replace(thumb, rows=thumb.rows[first:]).image()
    _mark(image, tile)
    return replace(thumb, rows=thumb.rows[:first] + piece(encoded(image)).rows)


def _thumb(path: Path) -> Piece:
    """Read a thumb; one that was stored in another form is brought into this one."""
    try:
        jpeg = path.read_bytes()
    except OSError:
        return _empty(_HAIRLINE)
    thumb = piece(jpeg)
    return thumb if thumb.head == _empty().head else piece(encoded(Image.open(io.BytesIO(jpeg))))


@cache
def _empty(colour: str = _PAPER) -> Piece:
    image = Image.new("RGB", CELL, _PAPER)
    image.paste(colour, (MARGIN, MARGIN, CELL[0] - MARGIN, CELL[1] - MARGIN))
    return piece(encoded(image))


def _mark(image: Image.Image, tile: SheetTile) -> None:
    """Draw what is said of a design on its thumb, or on the foot of it."""
    right, bottom = image.width - _INSET, image.height - _INSET
    if tile.picked:
        edges = (MARGIN, MARGIN, image.width - MARGIN - 1, image.height - MARGIN - 1)
        ImageDraw.Draw(image).rectangle(edges, outline=_ROSE, width=_RING)
        image.paste(_heart(), (right - _PILL, _INSET), _heart())
    end = _pill(image, _INSET, bottom - _PILL, f"{tile.number:03d}", _PAPER, _INK)
    if tile.version > 1:
        _pill(image, end + 8, bottom - _PILL, f"v{tile.version}", _INK, _PAPER)


def _pill(image: Image.Image, x: int, y: int, words: str, ground: str, ink: str) -> int:
    """Put a number on a rounded ground; return where it ends."""
    end = x + 2 * _SIDE + sum(_letter(letter).width for letter in words)
    image.paste(ground, (x, y), _rounded(end - x))
    x += _SIDE
    for letter in words:
        image.paste(ink, (x, y), _letter(letter))
        x += _letter(letter).width
    return end


@cache
def _letter(letter: str) -> Image.Image:
    """Draw a letter as high as a pill, once: type takes longer to set than to paste."""
    font = ImageFont.truetype(_FONT, _FIGURES)
    wide = round(font.getlength(letter))
    drawn = Image.new("L", (wide, _PILL))
    ImageDraw.Draw(drawn).text((wide / 2, _BASE), letter, 255, font, anchor="ms")
    return drawn


@cache
def _rounded(wide: int) -> Image.Image:
    """Draw the shape of a pill, smooth at its ends."""
    shape = Image.new("L", (4 * wide, 4 * _PILL))
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, 4 * wide - 1, 4 * _PILL - 1), 2 * _PILL, fill=255)
    return shape.reduce(4)


@cache
def _heart() -> Image.Image:
    """Draw the room's heart on a rose disc."""
    return Image.open(io.BytesIO(resvg_py.svg_to_bytes(svg_string=_HEART.format(_PILL, _ROSE, _PAPER))))
