"""A lease: one holder a name, taken over when it runs out, and given up before anybody else may have it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot import lease as lease_module
from bot.errors import NotHeld
from bot.lease import Lease
from bot.storage import leases
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.made_shop import held, until_asked, until_blocked

LENGTH_S = 10.0


Make = Callable[..., Lease]


@pytest.fixture
def make(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Make leases that go, on both sides, by the test's clock."""

    async def now(_tx: Tx) -> datetime:
        return clock()

    monkeypatch.setattr(lease_module, "database_now", now)
    return lambda store, name="room": Lease(store, name, LENGTH_S, lambda: clock().timestamp())


@pytest.fixture
def mine(store: Store, make: Make) -> Lease:
    return make(store)


@pytest.fixture
def theirs(other_store: Store, make: Make) -> Lease:
    return make(other_store)


def is_held(lease: Lease) -> bool:
    try:
        lease.check()
    except NotHeld:
        return False
    return True


async def test_a_lease_is_one_holders_until_it_runs_out(mine: Lease, theirs: Lease, clock: Clock) -> None:
    assert not is_held(mine)
    assert await mine.take()
    assert not await theirs.take()
    assert (is_held(mine), is_held(theirs)) == (True, False)
    clock.advance(seconds=LENGTH_S, microseconds=-1)
    assert is_held(mine)
    assert not await theirs.take()
    clock.advance(microseconds=1)
    assert not is_held(mine)
    assert await theirs.take()
    assert not await mine.take()
    assert (is_held(mine), is_held(theirs)) == (False, True)


async def test_who_renews_in_time_keeps_it(mine: Lease, theirs: Lease, clock: Clock) -> None:
    for _ in range(20):
        assert await mine.take()
        clock.advance(seconds=mine.renew_s)
        assert not await theirs.take()
    assert is_held(mine)


async def test_another_takes_over_within_fifteen_seconds(mine: Lease, theirs: Lease, clock: Clock) -> None:
    """At the default length: the holder dies just after it renewed, the other one had just asked."""
    await mine.take()
    died_at = clock()
    assert not await theirs.take()
    while not await theirs.take():
        clock.advance(seconds=theirs.renew_s)
    assert clock() - died_at <= timedelta(seconds=12.5)


async def test_a_lease_that_is_given_back_is_anybodys_at_once(mine: Lease, theirs: Lease) -> None:
    await mine.take()
    await mine.give_back()
    assert not is_held(mine)
    assert await theirs.take()
    await mine.give_back()  # a second time, and it is another's by now
    assert not await mine.take()


async def test_each_platform_has_a_lease_of_its_own(
    store: Store, mine: Lease, make: Make, clock: Clock
) -> None:
    await mine.take()
    assert await make(store, "telegram").take()
    async with store.read() as tx:
        found = await leases.all_leases(tx)
    assert [(row.name, row.until - clock()) for row in found] == [
        ("room", timedelta(seconds=LENGTH_S)),
        ("telegram", timedelta(seconds=LENGTH_S)),
    ]


async def test_the_time_that_asking_took_is_not_counted_on(
    mine: Lease, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between asking and hearing the answer: by then it may be another's."""
    take = leases.take

    async def slow(*given: object) -> bool:
        taken = await take(*given)  # type: ignore[arg-type]
        clock.advance(seconds=LENGTH_S)
        return taken

    monkeypatch.setattr(leases, "take", slow)
    assert await mine.take()
    assert not is_held(mine)


# ------------------------------------------------------------------ two that ask at once


@pytest.mark.parametrize(
    "locked",
    [True, pytest.param(False, marks=pytest.mark.xfail(strict=True, raises=AssertionError))],
    ids=["locked", "control"],
)
async def test_two_that_ask_at_once_do_not_both_get_it(
    store: Store,
    other_store: Store,
    mine: Lease,
    theirs: Lease,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
) -> None:
    """The first has taken what ran out and not committed yet when the second asks.

    The control decides by what it read before it wrote, as one would without the one statement.
    """
    await mine.take()
    clock.advance(seconds=LENGTH_S)
    async with store.read() as tx:
        (stale,) = await leases.all_leases(tx)

    async def careless(tx: Tx, name: str, holder: str, now: datetime, length_s: float) -> bool:
        if stale.until > now:
            return False
        wish = {"holder": holder, "until": now + timedelta(seconds=length_s)}
        await tx.conn.execute(update(leases.lease).where(leases.lease.c.name == name).values(**wish))
        return True

    async with held(store, lambda tx: leases.take(tx, "room", "first", clock(), LENGTH_S)):
        if not locked:
            monkeypatch.setattr(leases, "take", careless)
        if store.sqlite:
            second = await until_asked(other_store, theirs.take)
        else:
            second = asyncio.create_task(theirs.take())
            await until_blocked(store, second)
        assert not second.done(), "it had to wait for the first"
    assert await second is False


# ------------------------------------------------------------------ working under a lease


class Work:
    """Work without an end, until it is cancelled."""

    def __init__(self) -> None:
        self.started, self.cancelled = asyncio.Event(), False

    async def __call__(self) -> None:
        self.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled = True


@pytest.fixture
async def short(store: Store) -> Lease:
    """A lease that was just taken and lasts a moment, by the clocks on the wall."""
    lease = Lease(store, "room", 1.2)
    assert await lease.take()
    return lease


async def test_a_lease_is_renewed_for_as_long_as_the_work_takes(
    short: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, renewals, enough = short.take, count(1), asyncio.Event()

    async def counted() -> bool:
        if next(renewals) == 6:  # more than one length of it
            enough.set()
        return await take()

    monkeypatch.setattr(short, "take", counted)

    async def work() -> None:
        await enough.wait()

    await short.hold(work())
    assert is_held(short)


async def test_what_the_work_raises_comes_out(short: Lease) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await short.hold(broken())


async def test_work_ends_when_another_has_the_lease(short: Lease, store: Store) -> None:
    work = Work()
    held_ = asyncio.create_task(short.hold(work()))
    await work.started.wait()
    async with store.begin() as tx:
        await tx.conn.execute(
            update(leases.lease).values(holder="another", until=datetime.now(UTC) + timedelta(hours=1))
        )
    with pytest.raises(NotHeld):
        await held_
    assert work.cancelled
    assert not is_held(short)


@pytest.mark.parametrize("trouble", ["down", "hanging"])
async def test_work_ends_when_the_lease_cannot_be_renewed(
    short: Lease, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable() -> bool:
        if trouble == "hanging":
            await asyncio.Event().wait()
        raise OSError

    monkeypatch.setattr(short, "take", unreachable)
    work = Work()
    with capture_logs() as logs, pytest.raises(NotHeld):
        await short.hold(work())
    assert work.cancelled
    assert {line["event"] for line in logs} <= {"lease_not_renewed"}
    assert bool(logs) == (trouble == "down")
