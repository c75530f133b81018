"""Orders racing time, the close, a link and each other: forced, and each with its control.

One transaction is held open at the worst moment while another worker comes along. With the lock on the
presale's row taken away the same check must fail; on SQLite, where one writer at a time is the lock, the
control reads in one transaction and writes in another.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

from bot.port import Press
from bot.service import people as use_people
from bot.service import presales as use_presales
from bot.service import rounds as use_rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import fan_orders, people, presales
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.made_presale import MadePresale, made_presale, presale_plan
from tests.made_shop import ROOM, SECRET
from tests.rendered import english
from tests.service.test_races import Gate, blocked, finished, outcome

T = TypeVar("T")
Start = Callable[[], Coroutine[Any, Any, T]]
both_ways = pytest.mark.parametrize(
    "locked",
    [True, pytest.param(False, marks=pytest.mark.xfail(strict=True, raises=AssertionError))],
    ids=["locked", "control"],
)


@pytest.fixture
async def made(store: Store, clock: Clock) -> MadePresale:
    return await made_presale(store, clock)


@pytest.fixture
def other(other_store: Store) -> Catwalk:
    return Catwalk(Shop(other_store, SECRET, open_by_name=True))


async def race(
    made: MadePresale,
    other: Catwalk,
    patch: pytest.MonkeyPatch,
    locked: bool,
    at: str,
    first: Start[str],
    between: Callable[[], object],
    second: Start[Any],
) -> str:
    """Hold `first` in the middle, before it calls the function `at` of the statements; let `between`
    happen and start `second` on the other worker; let both go on. Returns what `first` was answered."""
    if made.store.sqlite and not locked:
        return await _read_before_and_write_after(made, patch, first, between, second)
    if not locked:
        patch.setattr(presales, "lock", presales.presale_by_id)
        patch.setattr(presales, "lock_orders", _nothing)
    module = presales if hasattr(presales, at) else fan_orders
    gate = Gate(patch, module, at)
    held = await gate.stop(first())
    between()
    come = await (blocked if locked or at == "add_units" else finished)(other.shop.store, second)
    gate.open()
    answer = await held
    await come
    return answer


async def _nothing(_tx: Tx) -> None:
    pass


async def _read_before_and_write_after(
    made: MadePresale,
    patch: pytest.MonkeyPatch,
    first: Start[str],
    between: Callable[[], object],
    second: Start[Any],
) -> str:
    """Let `first` go by what it read before `second` came along."""
    async with made.store.read() as tx:
        stale, then = await presales.presale_by_id(tx, made.presale_id), await tx.now()
        person = await people.find_person(tx, "room", "fan-1")
        assert person is not None
        units = await fan_orders.units_of(tx, made.presale_id, person.fan_id)
    between()
    await second()

    async def as_read(*_args: Any) -> Any:
        return stale

    async def time_read(_tx: Tx) -> Any:
        return then

    async def units_read(*_args: Any) -> int:
        return units

    patch.setattr(presales, "lock", as_read)
    patch.setattr(fan_orders, "units_of", units_read)
    patch.setattr(Tx, "now", time_read)
    return await first()


@both_ways
async def test_an_order_waits_for_the_one_before_a_price_step(
    made: MadePresale, other: Catwalk, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The first was priced before the step by time and draws its serial; the second comes after the step."""
    ana, ben = await made.fan(1), await made.fan(2)
    async with made.store.read() as tx:
        presale = await presales.presale_by_id(tx, made.presale_id)
    assert presale is not None
    early = await made.quoted(ana)
    made.clock.set(presale.ladder.at[0])
    late = await made.quoted(ben)
    made.clock.set(presale.opened_at)
    answer = await race(
        made, other, monkeypatch, locked, "take_serials",
        lambda: outcome(made.press(ana, "a", early)),
        lambda: made.clock.set(presale.ladder.at[0]),
        lambda: outcome(other.press(Press(ben, "b", late, ROOM))),
    )  # fmt: skip
    monkeypatch.undo()
    async with made.store.read() as tx:
        found = await fan_orders.orders_in(tx, made.presale_id)
    assert answer == "ok"
    lines = sorted((x for o in found for x in o.lines), key=lambda x: x.serial_from)
    assert [x.unit.minor for x in lines] == [10_000, 11_000]


@both_ways
async def test_an_order_under_way_is_in_the_count(
    made: MadePresale, other: Catwalk, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The serial is drawn, the colour is not counted yet, when the presale is closed and decided."""
    ana = await made.fan(1)
    action = await made.quoted(ana, 5)
    async with made.store.read() as tx:
        presale = await presales.presale_by_id(tx, made.presale_id)
    assert presale is not None
    answer = await race(
        made, other, monkeypatch, locked, "add_units",
        lambda: outcome(made.press(ana, "a", action)),
        lambda: made.clock.set(presale.closes_at),
        lambda: use_presales.tick(other.shop.store),
    )  # fmt: skip
    monkeypatch.undo()
    async with made.store.read() as tx:
        over = await presales.presale_by_id(tx, made.presale_id)
        found = await fan_orders.orders_in(tx, made.presale_id)
    assert over is not None
    assert answer == "ok"
    assert sum(o.quantity for o in found) == sum(c.counted or 0 for c in over.colours) == 5
    assert over.state == "collecting"


@both_ways
async def test_two_taps_of_one_fan_stay_within_the_limit(
    store: Store, clock: Clock, other: Catwalk, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """Six and six of ten: the first is checked and draws its serials when the second comes."""
    made = await made_presale(store, clock, presale_plan(every_units=100))  # no step, so no quote moves
    ana = await made.fan(1)
    first, second = await made.quoted(ana, 6, "1"), await made.quoted(ana, 6, "2")
    answers: list[str] = []

    async def again() -> None:
        answers.append(await outcome(other.press(Press(ana, "b", second, ROOM))))

    answers.append(
        await race(
            made, other, monkeypatch, locked, "take_serials",
            lambda: outcome(made.press(ana, "a", first)), lambda: None, again,
        )
    )  # fmt: skip
    monkeypatch.undo()
    async with made.store.read() as tx:
        person = await people.find_person(tx, "room", "fan-1")
        assert person is not None
        mine = await fan_orders.units_of(tx, made.presale_id, person.fan_id)
    assert mine == 6, answers


@both_ways
async def test_an_order_under_way_follows_its_fan(
    made: MadePresale, other: Catwalk, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The order knows who its fan is when that fan becomes another one by linking."""
    if made.store.sqlite and not locked:
        pytest.xfail("one writer at a time: nothing can come between, and nothing is there to take away")
    ana, ben = await made.fan(1), await made.fan(2)
    action = await made.quoted(ben)
    issued = await use_people.link(made.shop, ana, "")
    assert issued.text is not None
    code = english(issued.text).split("Your code is ")[1].split(".")[0]
    answer = await race(
        made, other, monkeypatch, locked, "take_serials",
        lambda: outcome(made.press(ben, "a", action)),
        lambda: None,
        lambda: use_people.link(other.shop, ben, code),
    )  # fmt: skip
    monkeypatch.undo()
    assert answer == "ok"
    assert [o.state for o in await made.orders(ana)] == ["pledged"]


@pytest.mark.parametrize("locked", [True, False])
async def test_a_shortlist_stands_from_the_moment_a_presale_opens(
    store: Store, other_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The shortlist has been read and no presale is there yet when the owner takes the signature back."""
    if store.sqlite and not locked:
        pytest.xfail("one writer at a time: nothing can come between, and nothing is there to take away")
    made = await made_presale(store, clock, numbers=[])
    if not locked:

        async def no_lock(*_args: object) -> None:
            pass

        monkeypatch.setattr(Tx, "exclude_rounds", no_lock)
    gate = Gate(monkeypatch, presales, "add_presale")
    opening = await gate.stop(use_presales.open_presales(store, made.campaign_id, By()))
    unsign = await (blocked if locked else finished)(
        other_store,
        lambda: outcome(use_rounds.unsign(other_store, made.round_id, By())),  # type: ignore[arg-type]
    )
    gate.open()
    assert len(await opening) == 3
    assert await unsign == ("round.presale_opened" if locked else "ok")
