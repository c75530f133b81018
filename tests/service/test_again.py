"""A round that was called off is run again, and decisions rest on what their owner saw, on both stores."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.actions import Pick, encode
from bot.errors import RuleError
from bot.rounds.model import MarkKind, Round, RoundState
from bot.service import rounds
from bot.service.cuts import preview
from bot.service.rounds import By
from bot.storage import journal
from bot.storage import rounds as round_rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import MadeShop, made_shop, plan

WHY = By(reason="the photos were mixed up")


async def siblings(made: MadeShop) -> list[Round]:
    async with made.store.read() as tx:
        return await round_rows.rounds_of(tx, made.campaign_id)


async def test_a_round_that_was_called_off_is_run_again(made: MadeShop) -> None:
    fan = await made.fan(1)
    await made.press(fan, "first", encode(Pick(made.round_id, (1,), True)))
    await rounds.void(made.store, made.round_id, WHY)
    again = await rounds.run_again(made.store, made.round_id, WHY)
    assert (again.number, again.state, again.plan) == (1, RoundState.DRAFT, (await made.round()).plan)
    assert again.seed != (await made.round()).seed
    opened = await rounds.open_round(made.store, again.id, WHY)
    await made.press(fan, "second", encode(Pick(opened.id, (2,), True)))
    await rounds.tick(made.store)
    await rounds.close(made.store, opened.id, WHY)
    await rounds.tick(made.store)
    async with made.store.read() as tx:
        candidates = await round_rows.candidates(tx, opened.id)
        standings = await round_rows.standings(tx, opened.id)
    assert {candidates[s.position].number: s.picks for s in standings if s.picks} == {2: 1}
    assert (await made.round()).state is RoundState.VOID


async def test_the_next_round_takes_over_from_the_one_that_counts(store: Store, clock: Clock) -> None:
    made = await made_shop(store, clock, plans=[plan(clock), plan(clock, 2)])
    await made.open()
    await rounds.void(store, made.round_id, WHY)
    with pytest.raises(RuleError) as refused:
        await made.open(2)
    assert refused.value.code == "round.earlier_open"
    again = await rounds.run_again(store, made.round_id, WHY)
    await rounds.open_round(store, again.id, WHY)
    closed = await rounds.close(store, again.id, WHY)
    await rounds.tick(store)
    await rounds.sign(store, closed.id, WHY, accept_quorum=True)
    assert (await made.round(2)).state is RoundState.SCHEDULED
    clock.set((await made.round(2)).plan.opens_at)
    with pytest.raises(RuleError, match="too_few"):  # three go on and three are kept: nothing to decide
        await made.open(2)
    assert [r.number for r in await siblings(made)] == [1, 1, 2]


async def test_it_is_drafted_once_however_often_it_is_asked_for(
    made: MadeShop, other_store: Store, clock: Clock
) -> None:
    await rounds.void(made.store, made.round_id, WHY)
    asked = [rounds.run_again(store, made.round_id, WHY) for store in (made.store, other_store) * 3]
    assert len({r.id for r in await asyncio.gather(*asked)}) == 1
    assert len(await siblings(made)) == 2
    async with made.store.read() as tx:
        assert [e.action for e in await journal.entries(tx, made.campaign_id)].count("round_again") == 1


async def test_of_each_number_one_round_counts(made: MadeShop) -> None:
    """The database holds it too: nothing else stops a second live round of a number."""
    with pytest.raises(IntegrityError):
        async with made.store.begin() as tx:
            await round_rows.add_round(tx, made.campaign_id, (await made.round()).plan, "seed")


async def test_only_what_was_called_off_is_run_again(made: MadeShop) -> None:
    for round_id in (made.round_id, 10**9):
        with pytest.raises(RuleError) as refused:
            await rounds.run_again(made.store, round_id, WHY)
        assert refused.value.code == "round.not_void"


# ------------------------------------------------------------------ what was seen


async def test_an_extension_counts_from_the_closing_time_that_was_seen(
    made: MadeShop, other_store: Store
) -> None:
    planned, day, hour = (await made.round()).closes_at, timedelta(days=1), timedelta(hours=1)
    both = [rounds.extend(store, made.round_id, day, WHY, planned) for store in (made.store, other_store)]
    assert {r.closes_at for r in await asyncio.gather(*both)} == {planned + day}
    with pytest.raises(RuleError) as refused:
        await rounds.extend(made.store, made.round_id, hour, WHY, planned)
    assert refused.value.code == "round.moved"
    assert (await made.round()).closes_at == planned + day


async def test_only_the_cut_that_was_seen_is_signed(made: MadeShop, other_store: Store) -> None:
    owner = await made.owner()
    closed = await rounds.close(made.store, made.round_id, WHY)
    await rounds.tick(made.store)
    async with made.store.read() as tx:
        seen = await preview(tx, closed)
    assert seen is not None
    await rounds.mark(other_store, made.round_id, 7, MarkKind.KEEP, owner)
    with pytest.raises(RuleError) as refused:
        await rounds.sign(made.store, made.round_id, owner, accept_quorum=True, seen_digest=seen.digest)
    assert refused.value.code == "cut.changed"
    await rounds.mark(other_store, made.round_id, 7, None, owner)
    signed = await rounds.sign(made.store, made.round_id, owner, accept_quorum=True, seen_digest=seen.digest)
    assert signed.state is RoundState.SIGNED_OFF
