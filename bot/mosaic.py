"""Pictures put together from JPEGs without decoding or encoding them.

A JPEG's rows of blocks may end in restart markers, after which decoding begins afresh (ITU-T T.81, E.1.4).
So a row of a picture made of equal pieces is a row of its first piece, then of its second, and so on.
"""

import io
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from PIL import Image

BLOCK = 16
"""Pixels that a piece's width and height are multiples of: a block of 4:2:0 colour."""

QUALITY = 85

_RESTARTS = [bytes((0xFF, 0xD0 + n)) for n in range(8)]
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_FRAME, _SCAN, _END = b"\xff\xc0", b"\xff\xda", b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Piece:
    """A JPEG taken apart: what stands before its pixels, and each of its rows of blocks."""

    head: bytes
    rows: tuple[bytes, ...]

    def image(self) -> Image.Image:
        return Image.open(io.BytesIO(joined([self], 1, self)))


def encoded(image: Image.Image) -> bytes:
    """Encode an RGB image as a JPEG that `piece` can take apart."""
    assert image.width % BLOCK == image.height % BLOCK == 0
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=QUALITY, subsampling="4:2:0", restart_marker_rows=1)
    return kept.getvalue()


def piece(jpeg: bytes) -> Piece:
    """Take a JPEG apart. Pieces with the same head, which says size and quality, fit together."""
    scan = jpeg.index(_SCAN)
    pixels = scan + 2 + int.from_bytes(jpeg[scan + 2 : scan + 4])
    return Piece(jpeg[:pixels], tuple(_RESTART.split(jpeg[pixels : -len(_END)])))


def joined(pieces: Sequence[Piece], columns: int, empty: Piece) -> bytes:
    """Put pieces side by side, row by row, as one JPEG; `empty` fills the last row."""
    assert {p.head for p in pieces} <= {empty.head}, "pieces of another size or quality"
    filled = [*pieces, *[empty] * (-len(pieces) % columns)]
    lines = [filled[i : i + columns] for i in range(0, len(filled), columns)]
    runs = [run for line in lines for rows in zip(*(p.rows for p in line), strict=True) for run in rows]
    body = [part for run in zip(runs, cycle(_RESTARTS), strict=False) for part in run]
    return b"".join((_head(empty, columns, len(lines)), *body[:-1], _END))


def _head(one: Piece, columns: int, lines: int) -> bytes:
    """Say the whole picture's size where a piece says its own."""
    size = one.head.index(_FRAME) + 5
    height = len(one.rows) * BLOCK * lines
    (width,) = struct.unpack_from(">H", one.head, size + 2)
    return one.head[:size] + struct.pack(">HH", height, width * columns) + one.head[size + 4 :]
