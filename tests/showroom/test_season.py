"""A small demo, played to the end of its season by itself."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.demo import play, stage
from bot.i18n import Reader, render
from bot.rounds.model import RoundState
from bot.settings import Settings
from bot.showroom import Terminal, Wish, opening, show
from bot.storage import journal, presales, rounds
from bot.storage.store import Store
from bot.storage.tables import Comment, Version, table
from bot.text import Text

SPEED, FANS, DESIGNS = 30_000, 25, 20
SEASON = (("sheets", 1, 25), ("cards", 73, 85), ("duels", 133, 145))
"""Short rounds, and two days between them: about five seconds in which designers draw."""

comment, version = table(Comment), table(Version)


class Screen:
    """A terminal that keeps what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.lines = 0
        self.over = asyncio.Event()

    def say(self, text: Text) -> None:
        self.said.append(render(text, Reader()))
        if self.said[-1].startswith("The room stays open"):
            self.over.set()

    def line(self, text: Text | None) -> None:
        self.lines += text is not None

    @contextmanager
    def bar(self, _label: Text) -> Iterator[Callable[[int, int], None]]:
        yield lambda _done, _total: None

    @property
    def terminal(self) -> Terminal:
        return Terminal(self.say, self.line, self.bar)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A season of few designs, drawn into a cache of its own."""
    monkeypatch.setattr(stage, "COUNT", DESIGNS)
    monkeypatch.setattr(stage, "SEASON", SEASON)
    monkeypatch.setattr(stage, "PRESALE_DAYS", 4)
    monkeypatch.setattr(play, "TALK_PER_PAGE", 6.0)  # few fans, who all have something to say
    monkeypatch.setattr(opening, "CACHE", tmp_path / "cache")
    return tmp_path / "kept"


async def played(folder: Path) -> Screen:
    """Run a demo until its season is over, then stop it as Ctrl-C does."""
    screen = Screen()
    wish = Wish(SPEED, 7, FANS, None, 0, folder)
    showing = asyncio.create_task(show(wish, Settings.model_construct(), screen.terminal))
    over = asyncio.create_task(screen.over.wait())
    async with asyncio.timeout(240):
        await asyncio.wait([showing, over], return_when=asyncio.FIRST_COMPLETED)
    over.cancel()
    assert not showing.done(), showing.exception()
    showing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await showing
    return screen


async def test_the_season_plays_itself_to_its_end_and_is_kept(small: Path) -> None:
    screen = await played(small)
    stages = [line.partition(":")[0] for line in screen.said]
    assert "Round 1 of 3, sheets" in stages
    assert stages.index("Round 2 of 3, cards") < stages.index("Round 3 of 3, duels")
    assert screen.lines > 3
    store = Store(f"sqlite+aiosqlite:///{small}/catwalk.db")
    async with store.read() as tx:
        found = await rounds.rounds_of(tx, 1)
        sold = await presales.presales_of(tx, 1)
        changed = (await tx.conn.execute(select(func.count()).where(version.c.number > 1))).scalar_one()
        told = Counter((await tx.conn.execute(select(comment.c.status))).scalars())
        done = Counter(entry.action for entry in await journal.entries(tx, 1, 10_000))
    await store.close()
    assert [r.state for r in found] == [RoundState.SIGNED_OFF] * 3
    assert len(sold) == stage.keeps(DESIGNS)[2]
    assert sum(p.next_serial - 1 for p in sold) > 0
    assert changed > 0
    assert told["used"] >= changed
    assert done["presale_open"] == done["presale_decide"] == len(sold)

    again = await played(small)  # a kept demo goes on where it was: at its end
    assert [line for line in again.said if line.startswith("The season is over")] == [
        line for line in screen.said if line.startswith("The season is over")
    ]
