"""Races of a moderator who sets a ballot aside: with a vote under way, with a count, with another moderator.

As in `test_races`, each has its control, which must fail with the lock, or the count's number, taken away.
"""

import asyncio
from typing import Any

import pytest

from bot.port import Role
from bot.service import batch, moderation, rounds
from bot.service.catwalk import Catwalk
from bot.service.moderation import Done
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import one_ballot, people, tallies
from bot.storage import rounds as round_rows
from bot.storage.store import Store
from tests.made_shop import MadeShop
from tests.service.talk import Talk
from tests.service.test_races import Gate, blocked, checked, finished, outcome, standing_picks, unlock


async def account(made: MadeShop, i: int) -> int:
    actor = await made.fan(i)
    async with made.store.read() as tx:
        person = await people.find_person(tx, actor.platform, actor.remote_id)
    assert person is not None
    return person.account_id


async def tallied(made: MadeShop) -> dict[int, tuple[int, int]]:
    """Read the tally as it is kept, right or wrong, by design number."""
    number_of = {c.version_id: c.number for c in await made.candidates()}
    async with made.store.read() as tx:
        return {number_of[v]: counts for v, counts in (await tallies.kept(tx, made.round_id)).items()}


class Aside:
    """A moderator at another worker who sets fan 1's ballot aside."""

    def __init__(self, made: MadeShop, store: Store) -> None:
        self.made, self.shop, self.talk = made, Shop(store, made.shop.secret), Talk(made)

    async def ready(self) -> "Aside":
        self.moderator = await self.talk.who(Role.MODERATOR)
        self.account = await account(self.made, 1)
        return self

    async def __call__(self) -> Done:
        return await moderation.set_aside(self.shop, self.moderator, self.made.round_id, self.account, "bots")


# ------------------------------------------------------------------ with a vote


async def vote_then_aside(
    made: MadeShop, other: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """A vote has been checked and is not written yet when its ballot is set aside."""
    ana = await made.fan(1)
    await made.press(ana, "earlier", f"p:{made.round_id}:1:1")
    aside = await Aside(made, other).ready()
    if not locked:
        unlock(monkeypatch, made.store)
    gate = Gate(monkeypatch, batch, "_write")
    vote = await gate.stop(outcome(made.press(ana, "e", f"p:{made.round_id}:2:1")))
    task = await (blocked if locked else finished)(other, aside)
    gate.open()
    assert await vote == "ok"
    await task
    assert await tallied(made) == {}
    assert await made.turnout() == 0


async def aside_then_vote(
    made: MadeShop, other: Store, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """A ballot is being set aside, what it takes out of the tally is read, when its fan votes."""
    ana = await made.fan(1)
    await made.press(ana, "earlier", f"p:{made.round_id}:1:1")
    there = Catwalk(Shop(other, made.shop.secret))
    aside = await Aside(made, made.store).ready()
    gate = Gate(monkeypatch, one_ballot, "set_aside")
    if not locked:
        unlock(monkeypatch, other)
    task = await gate.stop(aside())
    vote = await checked(other, locked)(
        other, lambda: outcome(made.press(ana, "e", f"p:{made.round_id}:2:1", there))
    )
    gate.open()
    await task
    assert await vote == "ok"
    assert await tallied(made) == {}
    assert await made.turnout() == 0


@pytest.mark.parametrize("race", [vote_then_aside, aside_then_vote])
async def test_a_vote_and_its_ballot_set_aside_wait_for_each_other(
    race: Any, made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await race(made, other_store, monkeypatch, locked=True)


@pytest.mark.parametrize("race", [vote_then_aside, aside_then_vote])
async def test_control_without_the_lock_the_tally_keeps_a_vote_that_does_not_count(
    race: Any, made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match=r"\{.*\(.*\)\} == \{\}"):
        await race(made, other_store, monkeypatch, locked=False)


# ------------------------------------------------------------------ with a count


async def count_overtaken(made: MadeShop, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count has read the votes of a closed round when one of its ballots is set aside."""
    await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    await made.press(await made.fan(2), "e", f"p:{made.round_id}:2:1")
    aside = await Aside(made, other).ready()
    closed = await rounds.close(made.store, made.round_id, By())
    gate = Gate(monkeypatch, asyncio, "to_thread")
    count = await gate.stop(rounds.count(made.store, closed))
    await aside()
    gate.open()
    await count
    await rounds.tick(made.store)
    assert await standing_picks(made) == {2: 1}


async def test_a_count_that_was_overtaken_is_dropped(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await count_overtaken(made, other_store, monkeypatch)


async def test_control_without_its_number_an_old_count_is_kept(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = round_rows.take_count

    async def take_any(tx: Any, round_id: int, _recounts: int, now: Any) -> bool:
        return await take(tx, round_id, await round_rows.recounts(tx, round_id), now)

    async def no_count(*_: Any) -> bool:
        return False

    monkeypatch.setattr(round_rows, "take_count", take_any)
    monkeypatch.setattr(moderation, "_count", no_count)
    with pytest.raises(AssertionError, match=r"\{1: 1, 2: 1\} == \{2: 1\}"):
        await count_overtaken(made, other_store, monkeypatch)


# ------------------------------------------------------------------ with another moderator


async def test_two_moderators_set_one_ballot_aside_once(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    one, two = await Aside(made, made.store).ready(), await Aside(made, other_store).ready()
    gate = Gate(monkeypatch, one_ballot, "set_aside")
    first = await gate.stop(one())
    second = await blocked(other_store, two)
    gate.open()
    await first
    with pytest.raises(Exception, match=r"mod\.aside"):
        await second
    assert await made.tally() == {}


async def test_two_moderators_take_one_thing_back_once(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    aside = await Aside(made, made.store).ready()
    done = await aside()

    def undo(store: Store) -> Any:
        there = Shop(store, made.shop.secret)
        return moderation.undo(there, aside.moderator, done.entry, [made.campaign_id])

    gate = Gate(monkeypatch, one_ballot, "set_aside")
    first = await gate.stop(undo(made.store))
    second = await blocked(other_store, lambda: undo(other_store))
    gate.open()
    await first
    with pytest.raises(Exception, match=r"undo\.undone"):
        await second
    assert await made.tally() == {1: (1, 1)}


async def test_a_count_and_a_ballot_set_aside_take_what_they_share_in_one_order(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count has the round and comes to the groups, which a moderator must not hold while waiting for it."""
    await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    await made.press(await made.fan(2), "e", f"p:{made.round_id}:2:1")
    aside = await Aside(made, other_store).ready()
    closed = await rounds.close(made.store, made.round_id, By())
    gate = Gate(monkeypatch, rounds, "_touch")
    count = await gate.stop(rounds.count(made.store, closed))
    task = await blocked(other_store, aside)
    gate.open()
    assert await count
    await task
    assert await standing_picks(made) == {2: 1}
