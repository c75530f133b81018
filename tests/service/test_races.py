"""Races, forced: one transaction is held open at the worst moment while another worker comes along.

Each race has its control: with the lock taken away the same check must fail, or it proves nothing. On
SQLite, where one writer at a time is the lock, the control checks in one transaction and writes in another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from bot import cards
from bot.errors import RuleError
from bot.port import Actor, Command, Reply
from bot.rounds.model import RoundState
from bot.service import batch, rounds
from bot.service import people as use_people
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import outbox, people, votes
from bot.storage import rounds as round_rows
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.made_shop import ROOM, MadeShop, made_shop, until_asked, until_blocked

T = TypeVar("T")


class Gate:
    """Stops the first call of a function right before it begins, until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
        self.reached, self._open = asyncio.Event(), asyncio.Event()
        call = getattr(module, name)

        async def gated(*args: Any, **kwargs: Any) -> Any:
            if not self.reached.is_set():
                self.reached.set()
                await self._open.wait()
            return await call(*args, **kwargs)

        monkeypatch.setattr(module, name, gated)

    async def stop(self, start: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start something and return it once it stands at the gate."""
        task = asyncio.create_task(start)
        reached = asyncio.create_task(self.reached.wait())
        await asyncio.wait([task, reached], return_when=asyncio.FIRST_COMPLETED)
        assert self.reached.is_set(), task
        return task

    def open(self) -> None:
        self._open.set()


async def blocked(store: Store, start: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Task[T]":
    """Start something on a worker's own `store` and return it once another transaction holds it up."""
    if store.sqlite:
        task = await until_asked(store, start)
    else:
        task = asyncio.create_task(start())
        await until_blocked(store, task)
    assert not task.done(), task
    return task


async def finished(_store: Store, start: Callable[[], Coroutine[Any, Any, T]]) -> "asyncio.Task[T]":
    """Start something and return it once it is over: what happens where no lock is in its way."""
    task = asyncio.create_task(start())
    await asyncio.wait([task])
    return task


def unlock(monkeypatch: pytest.MonkeyPatch, voter: Store) -> None:
    """Take the lock between votes and a close away."""

    async def no_lock(*_args: object) -> None:
        pass

    monkeypatch.setattr(Tx, "share_rounds", no_lock)
    monkeypatch.setattr(Tx, "exclude_rounds", no_lock)
    if voter.sqlite:
        begin, write = voter.begin, batch._write

        async def write_later(_tx: Tx, book: Any) -> None:
            async with begin() as tx:
                await write(tx, book)

        monkeypatch.setattr(voter, "begin_batch", voter.read)
        monkeypatch.setattr(batch, "_write", write_later)


async def outcome(press: Awaitable[Reply]) -> str:
    """Name what a press was answered: `ok`, or the code it was refused with."""
    try:
        await press
    except RuleError as refused:
        return refused.code
    return "ok"


async def close_and_count(store: Store, round_id: int) -> None:
    await rounds.close(store, round_id, By())
    await rounds.tick(store)


async def standing_picks(made: MadeShop) -> dict[int, int]:
    """Read by design number how many fans the standings say picked it, leaving out none."""
    candidates = await made.candidates()
    async with made.store.read() as tx:
        found = await round_rows.standings(tx, made.round_id)
    assert found
    return dict(sorted((candidates[s.position].number, s.picks) for s in found if s.picks))


# ------------------------------------------------------------------ votes racing a close


async def vote_then_close(
    made: MadeShop, closer: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """A vote has been checked and is not written yet when the round closes and is counted."""
    ana, ben = await made.fan(1), await made.fan(2)
    await made.press(ben, "earlier", f"p:{made.round_id}:2:1")
    if not locked:
        unlock(monkeypatch, made.store)
    gate = Gate(monkeypatch, batch, "_write")
    vote = await gate.stop(outcome(made.press(ana, "e", f"p:{made.round_id}:1:1")))
    close = await (blocked if locked else finished)(closer, lambda: close_and_count(closer, made.round_id))
    gate.open()
    assert await vote == "ok"
    await close
    assert await standing_picks(made) == {1: 1, 2: 1}


async def close_then_vote(
    made: MadeShop, voter: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """A round is being closed and that is not committed yet when a vote comes; it is counted after both."""
    ana, ben = await made.fan(1), await made.fan(2)
    await made.press(ben, "earlier", f"p:{made.round_id}:2:1")
    there = Catwalk(Shop(voter, made.shop.secret, open_by_name=True))
    gate = Gate(monkeypatch, rounds, "_touch")
    if not locked:
        unlock(monkeypatch, voter)
    close = await gate.stop(rounds.close(made.store, made.round_id, By()))
    vote = await checked(voter, locked)(
        voter, lambda: outcome(made.press(ana, "e", f"p:{made.round_id}:1:1", there))
    )
    gate.open()
    await close
    said = await vote
    await rounds.tick(made.store)
    assert await standing_picks(made) == {2: 1}
    assert said == "vote.late"


def checked(voter: Store, locked: bool) -> Any:
    """Choose how far a press gets while another worker's transaction is open.

    Without its lock it is stored on PostgreSQL, and on SQLite checked, until it asks for the writing place.
    """
    if locked:
        return blocked
    return until_asked if voter.sqlite else finished


async def test_a_vote_acknowledged_while_the_round_closes_is_in_the_standings(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await vote_then_close(made, other_store, monkeypatch, locked=True)


async def test_control_without_the_lock_an_acknowledged_vote_is_lost(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=r"\{2: 1\} == \{1: 1, 2: 1\}"):
        await vote_then_close(made, other_store, monkeypatch, locked=False)


async def test_a_vote_that_comes_while_the_round_closes_is_late(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await close_then_vote(made, other_store, monkeypatch, locked=True)
    assert await made.tally() == {2: (1, 1)}


async def test_control_without_the_lock_a_vote_lands_after_the_close(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=r"\{1: 1, 2: 1\} == \{2: 1\}"):
        await close_then_vote(made, other_store, monkeypatch, locked=False)


async def test_a_vote_in_time_counts_though_the_clock_strikes_before_it_is_written(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    made.clock.set((await made.round()).closes_at)
    made.clock.advance(microseconds=-1)
    gate = Gate(monkeypatch, batch, "_write")
    vote = await gate.stop(outcome(made.press(ana, "e", f"p:{made.round_id}:1:1")))
    made.clock.advance(microseconds=1)
    tick = await blocked(other_store, lambda: rounds.tick(other_store))
    gate.open()
    assert await vote == "ok"
    assert await tick == 2  # closed and counted
    assert await outcome(made.press(ben, "e", f"p:{made.round_id}:1:1")) == "vote.late"
    assert await standing_picks(made) == {1: 1}


# ------------------------------------------------------------------ two workers and one ballot


async def two_votes(
    made: MadeShop, other: Store, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> list[Reply]:
    """A fan presses at one worker and, before that is written, at another: on PostgreSQL only."""
    if made.store.sqlite:
        pytest.skip("one writer at a time: on SQLite two batches cannot overlap at all")
    ana, there = await made.fan(1), Catwalk(Shop(other, made.shop.secret))
    gate = Gate(monkeypatch, batch, "_write")
    slow = await gate.stop(made.press(ana, first, f"t:{made.round_id}:1"))
    quick = await made.press(ana, second, f"t:{made.round_id}:1", there)
    gate.open()
    return [await slow, quick]


async def test_a_batch_begins_again_when_another_worker_was_faster(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = await two_votes(made, other_store, monkeypatch, "e1", "e2")
    assert (quick.picked, slow.picked) == (((1, True),), ((1, False),))
    assert await made.tally() == {}


async def test_a_press_sent_to_two_workers_is_answered_once(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, quick = await two_votes(made, other_store, monkeypatch, "e", "e")
    assert slow.picked == quick.picked == ((1, True),)
    assert await made.tally() == {1: (1, 1)}


async def test_control_without_beginning_again_a_vote_counts_twice(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(votes, "_check_first", lambda *_args: None)
    with pytest.raises(AssertionError):
        await two_votes(made, other_store, monkeypatch, "e1", "e2")
        assert await made.tally() == {}


# ------------------------------------------------------------------ what happens once


async def errands(made: MadeShop, kind: str) -> int:
    async with made.store.begin() as tx:
        found = await outbox.due_errands(tx, "room", made.clock(), (), 20)
    return sum(e.kind == kind for e in found)


@pytest.mark.parametrize("locked", [True, False])
async def test_a_round_closes_once(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Even without the lock: the state is asked again in the statement that changes it."""
    if not locked and not made.store.sqlite:
        unlock(monkeypatch, made.store)
    gate = Gate(monkeypatch, rounds, "_touch")
    first = await gate.stop(rounds.close(made.store, made.round_id, By()))
    second = await blocked(other_store, lambda: rounds.close(other_store, made.round_id, By()))
    gate.open()
    assert (await first).state is RoundState.CLOSED
    with pytest.raises(RuleError, match=r"round\.(cannot_close|moved)"):
        await second


async def test_a_round_is_counted_and_told_once(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = await made.fan(1)
    await made.press(ana, "e", f"p:{made.round_id}:1:1")
    round_ = await rounds.close(made.store, made.round_id, By())
    gate = Gate(monkeypatch, round_rows, "take_count")
    slow = await gate.stop(rounds.count(made.store, round_))
    gate.open()
    both = await asyncio.gather(slow, rounds.count(other_store, round_), rounds.count(made.store, round_))
    assert sorted(both) == [False, False, True]
    assert await standing_picks(made) == {1: 1}
    assert await errands(made, cards.ROUND) == 1


async def test_two_ticks_open_once_and_tell_once(
    store: Store, other_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await made_shop(store, clock)
    await rounds.schedule(store, made.round_id, By())
    clock.advance(hours=1)
    gate = Gate(monkeypatch, rounds, "_touch")
    first = await gate.stop(rounds.tick(store))
    second = await blocked(other_store, lambda: rounds.tick(other_store))
    gate.open()
    assert sorted([await first, await second]) == [0, 1]
    assert (await made.round()).opened_at == clock()
    assert len(await made.candidates()) == 10
    assert await errands(made, cards.ROUND) == 1


async def test_two_reminders_are_one(made: MadeShop, other_store: Store) -> None:
    made.clock.advance(hours=40)
    assert sorted(await asyncio.gather(rounds.tick(made.store), rounds.tick(other_store))) == [0, 1]
    assert await rounds.tick(made.store) == 0


# ------------------------------------------------------------------ linking racing votes and openings


async def link_code(made: MadeShop, actor: Actor) -> str:
    issued = await made.catwalk.command(Command(actor, "e", "link", "", ROOM))
    assert issued.text is not None
    return str(issued.text.holes["code"])


async def vote_then_link(
    made: MadeShop, linker: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """A vote is checked and not written yet when its account becomes another fan's."""
    ana, ben = await made.fan(1), await made.fan(2)
    await made.press(ben, "earlier", f"p:{made.round_id}:2:1")
    code, there = await link_code(made, ben), Shop(linker, made.shop.secret)
    if not locked:
        unlock(monkeypatch, made.store)
    gate = Gate(monkeypatch, batch, "_write")
    vote = await gate.stop(outcome(made.press(ana, "e", f"p:{made.round_id}:1:1")))
    link = await (blocked if locked else finished)(linker, lambda: use_people.link(there, ana, code))
    gate.open()
    assert await vote == "ok"
    await link
    assert await made.turnout() == 1
    assert await made.tally() == {1: (1, 1), 2: (1, 1)}


async def link_then_vote(
    made: MadeShop, voter: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """An account is becoming another fan's and that is not committed yet when it votes."""
    ana, ben = await made.fan(1), await made.fan(2)
    await made.press(ben, "earlier", f"p:{made.round_id}:2:1")
    code, there = await link_code(made, ben), Catwalk(Shop(voter, made.shop.secret))
    gate = Gate(monkeypatch, people, "move_accounts")
    if not locked:
        unlock(monkeypatch, voter)
    link = await gate.stop(use_people.link(made.shop, ana, code))
    vote = await checked(voter, locked)(
        voter, lambda: outcome(made.press(ana, "e", f"p:{made.round_id}:1:1", there))
    )
    gate.open()
    await link
    assert await vote == "ok"
    assert await made.turnout() == 1
    assert await made.tally() == {1: (1, 1), 2: (1, 1)}


@pytest.mark.parametrize("race", [vote_then_link, link_then_vote])
async def test_a_link_and_a_vote_wait_for_each_other(
    race: Any, made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await race(made, other_store, monkeypatch, locked=True)


@pytest.mark.parametrize("race", [vote_then_link, link_then_vote])
async def test_control_without_the_lock_a_vote_belongs_to_a_fan_who_is_gone(
    race: Any, made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match="2 == 1"):
        await race(made, other_store, monkeypatch, locked=False)


async def link_then_open(
    made: MadeShop, opener: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """Two accounts become one, seeing no open round, while a round opens and one of them votes in it."""
    ana, ben = await made.fan(1), await made.fan(2)
    code, there = await link_code(made, ben), Catwalk(Shop(opener, made.shop.secret))

    async def open_and_vote() -> str:
        await rounds.open_round(opener, made.round_id, By())
        return await outcome(made.press(ana, "e", f"p:{made.round_id}:1:1", there))

    gate = Gate(monkeypatch, people, "move_accounts")
    if not locked:
        unlock(monkeypatch, opener)
    link = await gate.stop(use_people.link(made.shop, ana, code))
    opened = await (blocked if locked else finished)(opener, open_and_vote)
    gate.open()
    await link
    assert await opened == "ok"
    assert await outcome(made.press(ben, "e", f"p:{made.round_id}:2:1")) == "ok"
    assert await made.turnout() == 1


async def test_a_round_opens_after_a_link_under_way(
    store: Store, other_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await link_then_open(await made_shop(store, clock), other_store, monkeypatch, locked=True)


async def test_control_without_the_lock_one_person_has_two_ballots(
    store: Store, other_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.sqlite:
        pytest.skip("one writer at a time: on SQLite a link and an opening cannot overlap at all")
    made = await made_shop(store, clock)
    with pytest.raises(AssertionError, match="2 == 1"):
        await link_then_open(made, other_store, monkeypatch, locked=False)


async def test_a_round_that_closes_while_a_link_waits_for_it_keeps_its_ballots(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turnout was read when it closed, and a ballot fewer would be counted than were."""
    ana, ben = await made.fan(1), await made.fan(2)
    await made.press(ana, "a", f"p:{made.round_id}:1:1")
    await made.press(ben, "b", f"p:{made.round_id}:1:1")
    code, there = await link_code(made, ben), Shop(other_store, made.shop.secret)
    gate = Gate(monkeypatch, rounds, "_touch")
    close = await gate.stop(rounds.close(made.store, made.round_id, By()))
    link = await blocked(other_store, lambda: use_people.link(there, ana, code))
    gate.open()
    await close
    await link
    await rounds.tick(made.store)
    assert await made.turnout() == 2
    assert await made.tally() == {1: (2, 2)}
    assert await standing_picks(made) == {1: 2}
