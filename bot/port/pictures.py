"""Pictures a chat wants to show, and who makes them. Each is named by its content: made once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import Refused


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact sheet: (photo, number, version) of each design, `columns` side by side."""

    tiles: tuple[tuple[str, int, int], ...]
    columns: int

    @property
    def key(self) -> str:
        return "sheet:" + hashlib.sha256(repr((self.tiles, self.columns)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Large:
    """One design's photo."""

    photo: str

    @property
    def key(self) -> str:
        return f"photo:{self.photo}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart, in its reader's language."""

    chart: str
    language: str

    @property
    def key(self) -> str:
        return f"chart:{self.chart}:{self.language}"


Shot = Contact | Large | Drawn
"""A picture that is wanted."""


class Studio(Protocol):
    """Where pictures come from, as JPEG or PNG: a contact sheet, one photo, a chart (None: not now)."""

    async def sheet(self, tiles: Sequence[tuple[str, int, int]], columns: int) -> bytes: ...
    async def photo(self, photo: str) -> bytes: ...
    async def chart(self, key: str, language: str) -> bytes | None: ...


async def made(studio: Studio, shot: Shot) -> bytes:
    """Have a picture made; raises Refused where that cannot be."""
    match shot:
        case Contact(tiles, columns):
            return await studio.sheet(tiles, columns)
        case Large(photo):
            return await studio.photo(photo)
        case Drawn(chart, language):
            drawn = await studio.chart(chart, language)
            if drawn is None:
                raise Refused("the chart could not be drawn")
            return drawn
