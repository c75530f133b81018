"""What the database holds at the end, held against what fans were told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select

from bot.rounds.model import Standing
from bot.service.counting import counted
from bot.storage import journal, one_ballot, outbox, people, rounds, tallies, votes
from bot.storage.store import Store, Tx
from tests.e2e.process import Catwalk

Tally = dict[int, tuple[int, int]]


class Voter(Protocol):
    """A fan on any surface, and what the answers they got make of their ballot: see `tests.e2e.fan.Fan`."""

    picked: set[int]
    finished: set[int]

    @property
    def name(self) -> str: ...
    @property
    def saved(self) -> Sequence[Any]: ...
    @property
    def asked(self) -> Any: ...
    def event(self, remote_id: str, asked: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Held:
    """One fan's ballot as kept: design numbers picked and seen, the presses it counts, and its history."""

    remote_id: str
    picked: set[int]
    seen: set[int]
    presses: int
    events: Counter[str]


@dataclass(frozen=True, slots=True)
class Truth:
    """Round 1 as kept: ballots by name, every post's kind, how often each action was logged, both tallies,
    and the standings as they were counted and as they are counted now."""

    ballots: dict[str, Held]
    posts: list[str]
    actions: list[str]
    turnout: int
    tally: Tally
    recount: Tally
    counted: tuple[Standing, ...]
    counted_now: tuple[Standing, ...]


async def truth(catwalk: Catwalk) -> Truth:
    """Read round 1 from the database."""
    store = Store(catwalk.database_url)
    try:
        async with store.read() as tx:
            round_ = await rounds.round_by_id(tx, 1)
            assert round_ is not None
            standings = await rounds.standings(tx, 1)
        now = (await counted(store, round_)).standings if standings else ()
        async with store.read() as tx:
            return Truth(
                ballots=await _ballots(tx),
                posts=await _posts(tx),
                actions=[entry.action for entry in await journal.entries(tx, round_.campaign_id, 1000)],
                turnout=await tallies.turnout(tx, 1),
                tally=await tallies.kept(tx, 1),
                recount=await tallies.recount(tx, 1),
                counted=standings,
                counted_now=now,
            )
    finally:
        await store.close()


async def _ballots(tx: Tx) -> dict[str, Held]:
    number_of = {c.version_id: c.number for c in await rounds.candidates(tx, 1)}
    ballots = {}
    for account in await tx.conn.execute(people.account.select()):
        key = (1, account.fan_id)
        cells = {number_of[v]: given.cell for v, given in (await one_ballot.cells_of(tx, key)).items()}
        row = await one_ballot.ballot_of(tx, key)
        history = select(votes.press.c.event_id).where(
            votes.press.c.round_id == 1, votes.press.c.account_id == account.id
        )
        ballots[account.name] = Held(
            account.remote_id,
            {n for n, cell in cells.items() if cell.picked},
            {n for n, cell in cells.items() if cell.seen},
            row.presses if row else 0,
            Counter((await tx.conn.execute(history)).scalars()),
        )
    return ballots


async def _posts(tx: Tx) -> list[str]:
    main = await people.find_group(tx, "room", "main")
    assert main is not None
    return [post.kind for post in await outbox.group_posts(tx, main.id, None, None, 100)][::-1]


def check_ballots(kept: Truth, fans: Sequence[Voter]) -> None:
    """Every acknowledged press is there, and was counted once."""
    broken = list(violations(kept, fans))
    assert not broken, "\n".join(broken)
    assert kept.turnout == len(fans)


def violations(kept: Truth, fans: Sequence[Voter]) -> Iterator[str]:
    """Name every promise about votes that was broken, as one would tell the shop."""
    for fan in fans:
        for broken in _broken(kept.ballots[fan.name], fan):
            yield f"{fan.name}: {broken}"
    if kept.tally != kept.recount:
        yield f"the tally is {kept.tally}, a recount {kept.recount}"
    if _core(kept.counted) != _core(kept.counted_now):
        yield "votes are kept that the count does not have"
    if (closed := kept.actions.count("round_close")) > 1:
        yield f"the round was closed {closed} times"
    if len(set(kept.posts)) < len(kept.posts):
        yield f"posts stand twice: {kept.posts}"


def _broken(held: Held, fan: Voter) -> Iterator[str]:
    saved = Counter(fan.event(held.remote_id, asked) for asked in fan.saved)
    asked = {fan.event(held.remote_id, fan.asked)} if fan.asked else set()
    if lost := saved - held.events:
        yield f"{lost.total()} of {len(fan.saved)} acknowledged presses are not kept"
    if more := set(held.events - saved) - asked:
        yield f"{len(more)} presses are kept that were never acknowledged"
    if held.presses != held.events.total():
        yield f"{held.presses} presses are counted, {held.events.total()} are in the history"
    if not fan.asked and held.picked != fan.picked:
        yield f"picked {sorted(fan.picked)}, kept {sorted(held.picked)}"
    if not held.seen >= fan.finished:
        yield f"finished pages are not: {sorted(fan.finished - held.seen)}"


def _core(standings: Sequence[Standing]) -> list[tuple[int, int, int, int]]:
    """Leave out what its last digit may differ in."""
    return [(s.position, s.place, s.seen, s.picks) for s in standings]
