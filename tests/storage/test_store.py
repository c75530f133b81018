"""The unit of work: all or nothing, never nested, and its locks keep others waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import create_mock_engine, insert, select
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigError, StateError
from bot.storage import store as store_module
from bot.storage.direct_postgresql import Connection as DirectPostgresql
from bot.storage.store import Store, Tx, is_outage, refuse_nesting
from bot.storage.tables import Fan, UtcDateTime, table
from tests.clock import START
from tests.made_shop import held, until_asked, until_blocked
from tests.rendered import english

fan = table(Fan)


async def add_fan(tx: Tx, at: datetime) -> int:
    made = await tx.conn.execute(insert(fan).values(created_at=at).returning(fan.c.id))
    fan_id: int = made.scalar_one()
    return fan_id


async def fans(store: Store) -> list[datetime]:
    async with store.read() as tx:
        return list((await tx.conn.execute(select(fan.c.created_at).order_by(fan.c.id))).scalars())


async def test_instants_come_back_as_they_went_in_to_the_microsecond(store: Store) -> None:
    at = START.replace(microsecond=123_456)
    async with store.begin() as tx:
        await add_fan(tx, at)
    assert await fans(store) == [at]
    assert (await fans(store))[0].tzinfo is UTC


async def test_a_naive_datetime_never_reaches_the_database(store: Store) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with store.begin() as tx:
            await add_fan(tx, START.replace(tzinfo=None))
    with pytest.raises(Exception, match="naive datetime"):
        async with store.read() as tx:
            await tx.conn.execute(select(fan.c.id).where(fan.c.created_at < START.replace(tzinfo=None)))
    assert await fans(store) == []


@pytest.mark.parametrize("zone_hours", [-11, 0, 9])
async def test_instants_of_any_zone_are_compared_as_instants(store: Store, zone_hours: int) -> None:
    local = START.astimezone(timezone(timedelta(hours=zone_hours)))
    async with store.begin() as tx:
        await add_fan(tx, local)
        same = await tx.conn.execute(select(fan.c.id).where(fan.c.created_at == START))
        assert same.first() is not None
    assert await fans(store) == [START]


def test_a_type_of_ours_without_a_value_is_none() -> None:
    dialect = create_mock_engine("postgresql+asyncpg://", lambda *_: None).dialect
    assert UtcDateTime().process_bind_param(None, dialect) is None
    assert UtcDateTime().process_result_value(None, dialect) is None


async def test_what_fails_leaves_nothing_behind(store: Store) -> None:
    class _Boom(Exception):
        pass

    async def fail() -> None:
        async with store.begin() as tx:
            await add_fan(tx, START)
            raise _Boom

    with pytest.raises(_Boom):
        await fail()
    assert await fans(store) == []


async def test_a_second_unit_of_work_inside_one_is_refused(store: Store) -> None:
    async with store.begin() as tx:
        await add_fan(tx, START)
        with pytest.raises(StateError, match="inside another"):
            async with store.begin():
                raise AssertionError("a second unit of work was opened")
        with pytest.raises(StateError):
            refuse_nesting()
    refuse_nesting()
    async with store.begin() as tx:
        await add_fan(tx, START)
    assert len(await fans(store)) == 2


async def test_another_task_may_write_while_one_does(store: Store) -> None:
    async def write() -> None:
        async with store.begin() as tx:
            await add_fan(tx, START)

    await asyncio.gather(*(write() for _ in range(20)))
    assert len(await fans(store)) == 20


async def test_votes_share_a_round_and_a_close_waits_for_all_of_them(
    store: Store, other_store: Store
) -> None:
    if store.sqlite:
        pytest.skip("SQLite admits one writer at a time, so it needs no lock on a round")
    async with held(store, lambda tx: tx.share_rounds([7])), held(store, lambda tx: tx.share_rounds([7, 8])):
        close = asyncio.create_task(_take(other_store, lambda tx: tx.exclude_rounds([7])))
        await until_blocked(store, close)
        assert not close.done()
        await _take(other_store, lambda tx: tx.exclude_rounds([9]))
    await close


async def test_new_votes_wait_for_a_close_under_way(store: Store, other_store: Store) -> None:
    if store.sqlite:
        pytest.skip("SQLite admits one writer at a time, so it needs no lock on a round")
    async with held(store, lambda tx: tx.exclude_rounds([7])):
        vote = asyncio.create_task(_take(other_store, lambda tx: tx.share_rounds([6, 7])))
        await until_blocked(store, vote)
        assert not vote.done()
        await _take(other_store, lambda tx: tx.share_rounds([6, 8]))
    await vote


async def _take(store: Store, take: Callable[[Tx], Awaitable[object]]) -> None:
    async with store.begin() as tx:
        await take(tx)


async def test_one_writer_at_a_time_on_sqlite_across_workers(store: Store, other_store: Store) -> None:
    if not store.sqlite:
        pytest.skip("PostgreSQL lets writers in together")
    async with held(store, lambda tx: add_fan(tx, START)):
        second = await until_asked(other_store, lambda: _take(other_store, lambda tx: add_fan(tx, START)))
        assert not second.done()
    await second
    assert len(await fans(store)) == 2


async def test_a_worker_that_hangs_in_a_transaction_does_not_keep_a_round_from_closing(
    store: Store, shop_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.sqlite:
        pytest.skip("SQLite has no server that could tell")
    monkeypatch.setitem(store_module._SESSION, "idle_in_transaction_session_timeout", "100ms")
    hanging, locked, woken = Store(shop_url), asyncio.Event(), asyncio.Event()

    async def vote() -> None:
        async with hanging.begin() as tx:
            await tx.share_rounds([7])
            locked.set()
            await woken.wait()
            await add_fan(tx, START)

    voting = asyncio.create_task(vote())
    await locked.wait()
    await _take(store, lambda tx: tx.exclude_rounds([7]))
    woken.set()
    with pytest.raises(DBAPIError) as lost:
        await voting
    assert is_outage(lost.value)
    assert await fans(hanging) == []  # it goes on with a new connection
    await hanging.close()


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
async def test_a_batch_whose_connection_is_lost_is_an_outage_and_the_next_one_has_another(
    store: Store,
) -> None:
    async def connection_of(tx: Tx) -> int:
        ((pid,),) = await tx.fetch("SELECT pg_backend_pid()", ())
        return int(pid)

    with pytest.raises(store_module.DATABASE_ERRORS) as lost:
        async with store.begin_batch() as tx:
            first = await connection_of(tx)
            await add_fan(tx, START)
            async with store.read() as other:
                await other.fetch("SELECT pg_terminate_backend($1)", (first,))
            await connection_of(tx)
    assert is_outage(lost.value)
    async with store.begin_batch() as tx:
        second = await connection_of(tx)
        await add_fan(tx, START + timedelta(hours=1))
    async with store.begin_batch() as tx:
        assert await connection_of(tx) == second != first
    assert await fans(store) == [START + timedelta(hours=1)]


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
async def test_a_commit_that_is_none_is_not_taken_for_one(store: Store) -> None:
    with pytest.raises(store_module.DATABASE_ERRORS, match="ROLLBACK"):
        async with store.begin_batch() as tx:
            await add_fan(tx, START)
            with pytest.raises(store_module.DATABASE_ERRORS):
                await tx.fetch("SELECT 1 FROM no_such_table", ())
    assert await fans(store) == []


async def test_what_a_batch_is_refused_is_undone_and_its_connection_is_kept(store: Store) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="no_such_table") as refused:
            async with store.begin_batch() as tx:
                await add_fan(tx, START)
                await tx.fetch("SELECT 1 FROM no_such_table", ())
        assert is_outage(refused.value)
    kept = store._kept
    async with store.begin_batch() as tx:
        await add_fan(tx, START)
    assert store._kept is kept
    assert await fans(store) == [START]


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
async def test_a_batch_cancelled_in_its_rollback_leaves_nothing_to_the_next_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, undoing = asyncio.Event(), asyncio.Event()

    async def batch() -> None:
        async with store.begin_batch() as tx:
            await add_fan(tx, START)
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(batch())
    await written.wait()
    assert store._kept is not None
    driver = store._kept[1]
    assert isinstance(driver, DirectPostgresql)
    raw, execute = driver._raw, type(driver._raw).execute

    async def hang(connection: object, query: str, *args: object) -> object:
        if connection is raw and query == "ROLLBACK":
            undoing.set()
            await asyncio.Event().wait()
        return await execute(connection, query, *args)

    monkeypatch.setattr(type(raw), "execute", hang)
    task.cancel()
    await undoing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.begin_batch() as tx:
        await add_fan(tx, START + timedelta(hours=1))
    assert await fans(store) == [START + timedelta(hours=1)]


@pytest.mark.parametrize("shop_url", ["postgresql"], indirect=True)
async def test_what_a_driver_cannot_write_is_no_outage(store: Store) -> None:
    """Else all of a batch were refused for one of them."""
    with pytest.raises(store_module.DATABASE_ERRORS, match="invalid input") as refused:
        async with store.begin_batch() as tx:
            await tx.fetch("SELECT $1::TEXT", ("\ud800",))
    assert not is_outage(refused.value)


async def test_batches_go_one_after_the_other(store: Store) -> None:
    order: list[str] = []

    async def batch(name: str) -> None:
        async with store.begin_batch() as tx:
            order.append(name)
            await add_fan(tx, START)
            await asyncio.sleep(0)
            order.append(name)

    await asyncio.gather(batch("one"), batch("two"))
    assert order == ["one", "one", "two", "two"]


async def test_nobody_waits_for_a_lock_for_ever(store: Store, shop_url: str) -> None:
    if store.sqlite:
        pytest.skip("SQLite's own patience is bounded: see test_inline_sqlite")
    async with store.read() as tx:
        shown = [
            (await tx.conn.exec_driver_sql(f"SHOW {name}")).scalar_one()
            for name in ("lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert shown == ["20s", "10s"]


def test_rounds_are_locked_in_one_order_whatever_their_ids() -> None:
    high = 2**31 + 3  # shares a lock with round 3
    assert store_module._lock_keys([high, 5, 4, 5]) == [3, 4, 5]


async def test_the_time_is_read_after_the_lock_and_not_at_the_beginning(shop_url: str) -> None:
    """Without a clock of ours PostgreSQL's is read, whose `now()` would be the transaction's start."""
    store = Store(shop_url)
    async with store.begin() as tx:
        first, second = await tx.now(), await tx.now()
    assert first.tzinfo is UTC
    assert first < second
    assert abs(datetime.now(UTC) - second) < timedelta(seconds=60)
    await store.close()


@pytest.mark.parametrize(
    "url",
    [
        "", "nonsense", "sqlite:///catwalk.db", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:",
        "postgresql://host/catwalk", "postgres://host/catwalk", "postgresql+psycopg://host/catwalk",
        "mysql://host/catwalk", "postgresql+asyncpg://host:port/catwalk", "postgresql+asyncpg://host",
    ],
)  # fmt: skip
def test_a_database_we_cannot_use_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Store(url)
    (problem,) = refused.value.problems
    assert problem.file == "CATWALK_DATABASE__URL"
    assert "sqlite+aiosqlite:///" in english(problem.text)
    assert "host" not in english(problem.text).replace(
        "user@host", ""
    )  # nothing of the URL, it may hold a password


async def test_the_folder_of_a_database_file_is_made(tmp_path: Path) -> None:
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/new/folder/catwalk.db")
    assert (tmp_path / "new" / "folder").is_dir()
    await store.close()


async def test_a_database_that_is_not_there_is_an_outage_and_what_it_refuses_is_not(shop_url: str) -> None:
    nowhere = Store("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Exception, match="127") as down:
        async with nowhere.read() as tx:
            await tx.now()
    assert is_outage(down.value)
    await nowhere.close()
    store = Store(shop_url)

    async def twice(tx: Tx) -> None:
        fan_id = await add_fan(tx, START)
        await tx.conn.execute(insert(fan).values(id=fan_id, created_at=START))

    with pytest.raises(Exception, match=r"unique|UNIQUE") as doubled:
        await _take(store, twice)
    assert not is_outage(doubled.value)
    with pytest.raises(Exception, match="no_such_table") as broken:
        async with store.begin() as tx:
            await tx.conn.exec_driver_sql("SELECT 1 FROM no_such_table")
    assert is_outage(broken.value)
    assert not is_outage(ValueError("a press of an odd shape"))
    await store.close()
