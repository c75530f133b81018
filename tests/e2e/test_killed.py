"""A round from its opening to its result while the power keeps going, with everybody voting."""

import asyncio
from pathlib import Path
from random import Random

from tests.e2e.conftest import WORDS, NewFan
from tests.e2e.fan import Fan, pause, told
from tests.e2e.made import PAGES
from tests.e2e.process import Catwalk, free_port
from tests.e2e.truth import check_ballots, truth

DOOMED = str(Path(__file__).with_name("killed_at.py"))
OPENING = (("round opened", 1), ("post due", 1))
VOTING = (("votes written", 2), ("votes committed", 3), ("", 100))
CLOSING = (("round closed", 1), ("standings written", 1), ("post sent", 1))
"""The points at which power goes, and the how-manieth time; with no point, after so many votes told."""

FANS = 30


class Lives:
    """One installation on one port, started again each time it dies; `at` counts its lives."""

    def __init__(self, catwalk: Catwalk, fans: list[Fan]) -> None:
        port = free_port(Random(str(catwalk.home)))
        self.url = f"http://127.0.0.1:{port}"
        self.ways = (*OPENING, *VOTING, *CLOSING)
        self.at = 0
        self._catwalk = catwalk
        self._fans = fans
        self._port = str(port)

    async def live(self) -> None:
        """Live and die at every point in turn, then live on."""
        for point, times in self.ways:
            program = (DOOMED, point, str(times)) if point else ("-m", "bot", "run")
            serving = await asyncio.to_thread(self._catwalk.start, program, CATWALK_ROOM__PORT=self._port)
            if not point:
                await told(self._fans, times)
                serving.process.kill()
            code = await asyncio.to_thread(serving.wait)
            assert code == -9, (point, serving.log.read_text())
            self.at += 1
        await asyncio.to_thread(self._catwalk.start, CATWALK_ROOM__PORT=self._port)

    async def reached(self, part: tuple[tuple[str, int], ...]) -> None:
        """Wait for the first life of a part."""
        while self.ways[self.at : self.at + 1] != part[:1] and self.at < len(self.ways):
            await pause(0.02)


async def run_round(lives: Lives, owner: Fan, fans: list[Fan]) -> None:
    """Open the round, vote, and close it in the thick of it; every step is asked again when unanswered."""
    await owner.step("open")
    voting = [asyncio.create_task(fan.vote_on(PAGES, i)) for i, fan in enumerate(fans)]
    await fans[0].comment(f"#007 {WORDS}")
    await lives.reached(CLOSING)
    await told(fans, 60)
    await owner.step("close", reason="enough")
    await asyncio.gather(*voting)


async def test_nothing_is_lost_or_told_twice(catwalk: Catwalk, new_fan: NewFan) -> None:
    fans: list[Fan] = []
    lives = Lives(catwalk, fans)
    claim, invitation = catwalk.link("owner", "invite"), catwalk.link("room", "invite")
    async with asyncio.TaskGroup() as running:
        living = running.create_task(lives.live())
        owner = await new_fan(lives.url)
        await owner.enter(claim)
        fans += [await new_fan(lives.url) for _ in range(FANS)]
        await asyncio.gather(*(fan.enter(invitation) for fan in fans))
        await run_round(lives, owner, fans)
        await living
        feeds = [await fan.feed_with("Round 1 of 2", "Round 1 closed") for fan in (owner, fans[-1])]
    kept = await truth(catwalk)
    check_ballots(kept, fans)
    assert kept.posts == ["round", "result"]
    assert all(feed.count(WORDS) == 1 for feed in feeds)
    assert [kept.actions.count(a) for a in ("round_open", "round_close")] == [1, 1]
    assert sum(fan.again for fan in fans) > len(lives.ways), "the power went while fans were voting"
