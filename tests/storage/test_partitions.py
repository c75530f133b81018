"""A round's partitions: there when it opens, attached without a word to votes elsewhere, dropped at once."""

import asyncio

import pytest
from sqlalchemy import Text, inspect, select, text

from bot.errors import RuleError
from bot.service import designs, rounds
from bot.service.rounds import By
from bot.storage import duels, orders, partitions, schema, voters, votes
from bot.storage import rounds as round_rows
from bot.storage.arrays import Statement
from bot.storage.store import Store, Tx
from bot.storage.tables import Vote, table
from tests.clock import Clock
from tests.made_shop import MadeShop, campaign_file, held, made_shop, plan, until_blocked

vote = table(Vote)

on_postgresql = pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)


@pytest.fixture
async def two(store: Store, clock: Clock) -> MadeShop:
    """A shop with two campaigns whose first rounds are drafts; the second's round comes last."""
    made = await made_shop(store, clock)
    loaded = await designs.load(store, campaign_file([plan(clock)], key="autumn"))
    async with store.read() as tx:
        made.round_ids += [r.id for r in await round_rows.rounds_of(tx, loaded.campaign_id)]
    return made


async def partitions_of(store: Store) -> set[str]:
    async with store.read() as tx:
        names = await tx.conn.run_sync(lambda conn: inspect(conn).get_table_names())
    return {name for name in names if partitions.is_partition(name)}


async def test_a_round_has_its_partitions_from_its_opening_on(made: MadeShop) -> None:
    """`made` is open."""
    hot = ("ballot_order", "ballot", "vote", "duel", "press")
    expected = set() if made.store.sqlite else {f"{name}_r{made.round_id}" for name in hot}
    assert await partitions_of(made.store) == expected
    await schema.check_drift(made.store)


async def test_an_opening_that_fails_leaves_no_partitions(
    two: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_args: object) -> bool:
        return False

    with monkeypatch.context() as patch:
        patch.setattr(round_rows, "move", refuse)
        with pytest.raises(RuleError):
            await two.open()
    assert await partitions_of(two.store) == set()
    assert (await two.open()).opened_at is not None


@on_postgresql
async def test_votes_elsewhere_do_not_notice_an_opening(two: MadeShop, other_store: Store) -> None:
    await two.open()
    fan = await two.fan(1)
    await two.press(fan, "a", f"p:{two.round_id}:1:1")

    async def begin_to_open(tx: Tx) -> None:
        await partitions.make_partitions(tx, two.round_ids[1])

    async with held(other_store, begin_to_open), asyncio.timeout(20):
        await two.press(fan, "b", f"p:{two.round_id}:2:1")
        await two.look(await two.fan(2))
    assert await two.turnout() == 1


async def vote_in(two: MadeShop, tx: Tx) -> None:
    """Read and write what a press does in the first round, and stay."""
    await tx.conn.execute(select(vote).where(vote.c.round_id == two.round_id))
    await orders.put_order(tx, two.round_id, 1, [0, 1])


@on_postgresql
async def test_an_opening_does_not_wait_for_votes_elsewhere(two: MadeShop, other_store: Store) -> None:
    await two.open()
    async with held(two.store, lambda tx: vote_in(two, tx)), asyncio.timeout(20):
        await rounds.open_round(other_store, two.round_ids[1], By())


@on_postgresql
async def test_control_made_as_partitions_of_their_table_they_wait(two: MadeShop, other_store: Store) -> None:
    await two.open()

    async def create() -> None:
        async with other_store.begin() as tx:
            await tx.conn.execute(text("CREATE TABLE vote_r99 PARTITION OF vote FOR VALUES IN (99)"))

    async with held(two.store, lambda tx: vote_in(two, tx)):
        task = asyncio.create_task(create())
        await until_blocked(other_store, task)
        assert not task.done()
    await task


_MANY = "SELECT :round, f, {} FROM generate_series(1, 5000) f"
FILLED = {
    "vote": f"INSERT INTO vote {_MANY.format('1, 1, true, 0, 1, now()')}",
    "duel": f"INSERT INTO duel {_MANY.format('1, 2, 1, 1, now()')}",
    "ballot": f"INSERT INTO ballot {_MANY.format('1, 1, 1, 1, now(), now()')}",
    "press": "INSERT INTO press "
    "SELECT :round, f, 1, 'e', 'pick', 1, now(), '[]', '{}', false FROM generate_series(1, 5000) f",
}
"""Five thousand rows of each table, by as many fans."""

READS = [
    (votes._READ_CELLS, "vote"),
    (voters._MEET, "press"),
    (voters._MEET, "ballot"),
    (voters._MEET, "vote"),
    (duels._READ_CELLS, "duel"),
]


@on_postgresql
@pytest.mark.parametrize(("statement", "hot"), READS)
async def test_a_batch_reads_by_key_in_a_round_without_statistics(
    two: MadeShop, statement: Statement, hot: str
) -> None:
    """And opens no other round's partition."""
    for number in (1, 2):
        await two.open(number)
    async with two.store.read() as tx:
        await tx.conn.execute(text(FILLED[hot]), {"round": two.round_id})
        line = [
            ("room" if isinstance(kind, Text) else two.round_id)
            for kind in statement.given[0]._columns.values()
        ]
        explained = await tx.conn.exec_driver_sql(
            f"EXPLAIN {statement.text(False)}", statement.parameters(False, [line] * 100)
        )
        plan_ = "\n".join(explained.scalars())
    assert f"Index Scan using {hot}_r{two.round_id}_pkey" in plan_
    assert f"{hot}_r{two.round_ids[1]}" not in plan_
