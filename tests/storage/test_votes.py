"""What a batch writes on PostgreSQL is one statement: it takes its ballots before anything it shares."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from bot.actions import Pick
from bot.service.batch import Asked, commit
from bot.storage import votes
from bot.storage.store import Store, Tx
from bot.storage.tables import Ballot, Tally, Vote, table
from tests.made_shop import ROOM, MadeShop, held, until_blocked

ballot, tally, vote = table(Ballot), table(Tally), table(Vote)

on_postgresql = pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)


async def taken(store: Store, hot: Table) -> int:
    """Count the rows of a table that some transaction has changed and not committed."""
    async with store.begin() as tx:
        there = (await tx.conn.execute(select(func.count()).select_from(hot))).scalar_one()
        free = await tx.conn.execute(select(hot).with_for_update(skip_locked=True))
        return int(there) - len(free.all())


async def taken_behind(made: MadeShop, worker: Store) -> dict[str, int]:
    """Let another worker's batch wait for the later of its two ballots; say what it has taken by then.

    Every row that it writes is there before, so that it could be taken.
    """
    fans = [await made.fan(n) for n in (1, 2)]

    def batch(event: str, want: bool) -> list[Asked]:
        return [Asked(fan, event, Pick(made.round_id, (1,), want), ROOM) for fan in reversed(fans)]

    await commit(worker, {}, batch("there", want=True))

    async def hold(tx: Tx) -> None:
        last = select(ballot.c.fan_id).order_by(ballot.c.fan_id.desc()).limit(1).scalar_subquery()
        await tx.conn.execute(select(ballot).where(ballot.c.fan_id == last).with_for_update())

    async with held(made.store, hold):
        writing = asyncio.create_task(commit(worker, {}, batch("now", want=False)))
        await until_blocked(made.store, writing)
        assert not writing.done(), writing
        found = {hot.name: await taken(made.store, hot) for hot in (ballot, tally, vote)}
    await writing
    return found


@on_postgresql
async def test_a_batch_that_waits_for_a_ballot_holds_up_nobody_elses(
    made: MadeShop, other_store: Store
) -> None:
    assert await taken_behind(made, other_store) == {"ballot": 2, "tally": 0, "vote": 0}
    assert await made.tally() == {}


@on_postgresql
async def test_control_with_the_tally_first_it_does(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = votes.put

    async def tally_first(
        tx: Tx, counts: Any, presses: Any, given: Any, moved: votes.Moved, now: Any
    ) -> None:
        await votes.add_to_tally(tx, moved)
        await put(tx, counts, presses, given, {}, now)

    monkeypatch.setattr(votes, "put", tally_first)
    assert (await taken_behind(made, other_store))["tally"] == 1
