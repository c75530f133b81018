"""Redraws that wait for a thumb to rest, and those that nobody needs any more."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.adapters.telegram.redraws import Redraw, Redraws

HERE, THERE = (1, 1), (2, 1)


class Drawing:
    """Redraws that note what they drew."""

    def __init__(self) -> None:
        self.redraws = Redraws(rest_s=0)
        self.looked: list[str] = []
        self.drawn: list[str] = []
        self._rested = asyncio.Event()

    def what(self, name: str, gate: asyncio.Event | None = None) -> Redraw:
        async def send() -> None:
            if gate is not None:
                await gate.wait()
            self.drawn.append(name)
            if name == "last":
                self._rested.set()

        async def draw() -> Callable[[], Awaitable[None]]:
            self.looked.append(name)
            return send

        return draw

    async def rested(self) -> list[str]:
        """Give what was drawn once everything asked for so far had its turn."""
        self._rested.clear()
        self.redraws.later(THERE, self.what("last"))
        await self._rested.wait()
        return self.drawn


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


async def test_of_several_redraws_of_a_message_the_newest_is_drawn(drawing: Drawing) -> None:
    for name in ("first", "second"):
        drawing.redraws.later(HERE, drawing.what(name))
    assert await drawing.rested() == ["second", "last"]


async def test_while_a_page_is_turned_the_old_one_is_not_redrawn(drawing: Drawing) -> None:
    drawing.redraws.later(HERE, drawing.what("before"))
    with drawing.redraws.turning(HERE):
        with drawing.redraws.turning(HERE):
            drawing.redraws.later(HERE, drawing.what("meanwhile"))
        drawing.redraws.later(HERE, drawing.what("still"))
    drawing.redraws.later(HERE, drawing.what("after"))
    assert await drawing.rested() == ["after", "last"]


async def test_what_is_under_way_is_not_cut_off(drawing: Drawing) -> None:
    gate = asyncio.Event()
    drawing.redraws.later(HERE, drawing.what("under way", gate))
    assert await drawing.rested() == ["last"]
    drawing.redraws.later(HERE, drawing.what("newer"))
    gate.set()
    drawing.drawn.clear()
    assert await drawing.rested() == ["under way", "newer", "last"]


async def test_what_is_left_out_is_not_even_looked_at(drawing: Drawing) -> None:
    drawing.redraws.later(HERE, drawing.what("first"))
    with drawing.redraws.turning(HERE):
        assert await drawing.rested() == ["last"]
    assert drawing.looked == ["last"]
