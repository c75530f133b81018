"""A small demo, played to the end of its season by itself."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.demo import play, stage
from bot.demo.clock import FastClock
from bot.i18n import Reader, render
from bot.rounds.model import RoundState
from bot.settings import Settings
from bot.showroom import Terminal, Wish, opening, show
from bot.showroom.staff import Staff
from bot.storage import journal, presales, rounds
from bot.storage.store import Store
from bot.storage.tables import Comment, Version, table
from bot.text import Text

SPEED, FANS, DESIGNS = 30_000, 25, 20
SEASON = (("sheets", 1, 25), ("cards", 73, 85), ("duels", 133, 145))
"""Short rounds, and two days between them in which designers draw."""

STALL_S = 0.2
"""The longest that the demo's clock moves on between two looks at it, in real seconds."""

comment, version = table(Comment), table(Version)


class PatientClock(FastClock):
    """A fast clock for a busy machine: what stalls costs little time, and it stands while the staff works."""

    def __init__(self, start: datetime, speed: float) -> None:
        super().__init__(start, speed)
        self.stands = False
        self._passed, self._looked = 0.0, time.monotonic()

    def __call__(self) -> datetime:
        now = time.monotonic()
        if not self.stands:
            self._passed += min(now - self._looked, STALL_S)
        self._looked = now
        return self._start + timedelta(seconds=self._passed * self.speed)


class PatientStaff(Staff):
    """Staff who have the time to draw all they want to change."""

    async def _look_around(self) -> None:
        assert isinstance(self._clock, PatientClock)
        self._clock.stands = True
        try:
            await super()._look_around()
        finally:
            self._clock.stands = False


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
    monkeypatch.setattr(opening, "FastClock", PatientClock)
    monkeypatch.setattr(opening, "Staff", PatientStaff)
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
