"""Orders in the room: quoted, confirmed at that price, given back, never twice."""

from datetime import timedelta

import pytest

from bot.errors import RuleError
from bot.port import Command, PresaleView
from bot.service import people, presales, privacy
from bot.service.rounds import CLOCK
from bot.storage import fan_orders
from bot.storage import presales as rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_presale import MadePresale, euro, made_presale, presale_plan
from tests.made_shop import ROOM
from tests.rendered import english


@pytest.fixture
async def made(store: Store, clock: Clock) -> MadePresale:
    return await made_presale(store, clock)


async def code(work: object) -> str:
    """Say with which code something is refused."""
    with pytest.raises(RuleError) as refused:
        await work  # type: ignore[misc]
    return refused.value.code


async def test_an_order_across_a_step_is_split_and_shown_before_it_is_confirmed(made: MadePresale) -> None:
    first, second = await made.fan(1), await made.fan(2)
    await made.order(first, "a", 7)
    view = await made.show(second, 7, "2", "L")
    assert view.quote is not None
    assert english(view.quote.text) == "3 × €100 + 4 × €110 = €740"
    assert [(x.units, x.unit) for x in view.quote.lines] == [(3, euro(100)), (4, euro(110))]
    reply = await made.press(second, "b", view.quote.confirm)
    assert reply.text is not None
    assert english(reply.text) == ("Ordered. You hold pieces 8 to 14: 3 × €100 + 4 × €110 = €740.")
    (mine,) = await made.orders(second)
    assert [(x.serial_from, x.serial_to, x.unit) for x in mine.lines] == [
        (8, 10, euro(100)),
        (11, 14, euro(110)),
    ]
    assert (mine.colour, mine.size, mine.total, mine.state) == ("Black", "L", euro(740), "pledged")
    assert isinstance(reply.screen, PresaleView)
    assert (reply.screen.mine, reply.screen.units, reply.screen.price) == (7, 14, euro(110))
    assert [c.units for c in reply.screen.cells] == [7, 7]


async def test_the_same_press_again_is_answered_as_the_first_time(made: MadePresale) -> None:
    fan = await made.fan(1)
    action = await made.quoted(fan, 2)
    first = await made.press(fan, "a", action)
    again = await made.press(fan, "a", action)
    assert again.text == first.text
    (order,) = await made.orders(fan)
    assert order.cancel is not None
    gone = await made.press(fan, "x", order.cancel)
    assert (await made.press(fan, "x", order.cancel)).text == gone.text
    assert (await made.press(fan, "a", action)).text == first.text
    assert [o.state for o in await made.orders(fan)] == ["cancelled"]


async def test_a_quote_that_moved_is_refused_with_the_new_sum(made: MadePresale) -> None:
    slow, quick = await made.fan(1), await made.fan(2)
    action = await made.quoted(slow, 2)
    await made.order(quick, "a", 9)
    with pytest.raises(RuleError) as moved:
        await made.press(slow, "b", action)
    assert moved.value.code == "order.moved"
    assert english(moved.value.text) == (
        "The price has moved: it is 1 × €100 + 1 × €110 = €210 now. Look again and confirm."
    )
    assert await made.orders(slow) == ()
    other = await made.quoted(slow, 1)
    await made.press(slow, "c", other)
    assert [x.serial_from for o in await made.orders(slow) for x in o.lines] == [10]


async def test_a_quote_holds_while_only_serials_move(made: MadePresale) -> None:
    slow, quick = await made.fan(1), await made.fan(2)
    action = await made.quoted(slow, 2)
    await made.order(quick, "a", 3)
    await made.press(slow, "b", action)
    assert [(x.serial_from, x.serial_to) for o in await made.orders(slow) for x in o.lines] == [(4, 5)]


async def test_a_cancellation_frees_units_and_moves_no_price(made: MadePresale) -> None:
    fan, other = await made.fan(1), await made.fan(2)
    await made.order(fan, "a", 10)
    (order,) = await made.orders(fan)
    assert order.cancel is not None
    reply = await made.press(fan, "b", order.cancel)
    assert reply.text is not None
    assert "You pay nothing" in english(reply.text)
    view = await made.show(fan)
    assert (view.units, view.mine, view.price) == (0, 0, euro(110))
    await made.order(other, "c", 1)
    (theirs,) = await made.orders(other)
    assert theirs.lines[0].serial_from == 11
    assert await code(made.press(fan, "d", order.cancel)) == "order.cancelled"
    assert await code(made.press(other, "e", order.cancel)) == "order.unknown"


async def test_each_fan_may_hold_so_many(made: MadePresale) -> None:
    fan = await made.fan(1)
    await made.order(fan, "a", 6)
    assert await code(made.show(fan, 5, "1", "M")) == "order.limit"
    await made.order(fan, "b", 4)
    assert await code(made.press(fan, "c", f"o:{made.presale_id}:1:1:1:11000:{'0' * 8}")) == "order.limit"
    for order in await made.orders(fan):
        assert order.cancel is not None
        await made.press(fan, f"x{order.id}", order.cancel)
    await made.order(fan, "d", 10)


async def test_linked_accounts_are_one_buyer(made: MadePresale) -> None:
    one, two = await made.fan(1), await made.fan(2)
    await made.order(one, "a", 6)
    await made.order(two, "b", 6)
    issued = await people.link(made.shop, one, "")
    assert issued.text is not None
    words = english(issued.text)
    await people.link(made.shop, two, words.split("Your code is ")[1].split(".")[0])
    assert (await made.show(one)).mine == (await made.show(two)).mine == 12
    assert await code(made.show(two, 1, "1", "M")) == "order.limit"
    assert len(await made.orders(one)) == 2


async def test_all_together_there_are_only_so_many(store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, presale_plan(cap=8, moq=2))
    await made.order(await made.fan(1), "a", 6)
    assert await code(made.show(await made.fan(2), 3, "1", "M")) == "order.cap"
    await made.order(await made.fan(2), "b", 2)
    view = await made.show(await made.fan(3), 1, "1", "M")
    assert view.closed is not None
    assert english(view.closed) == "All 8 are ordered."


@pytest.mark.parametrize(
    ("action", "refusal"),
    [
        ("o:{p}:0:1:1:10000:{v}", "order.quantity"),
        ("o:{p}:11:1:1:10000:{v}", "order.quantity"),
        ("o:{p}:1:3:1:10000:{v}", "order.shape"),
        ("o:{p}:1:0:1:10000:{v}", "order.shape"),
        ("o:{p}:1:1:4:10000:{v}", "order.shape"),
        ("o:{p}:1:1:0:10000:{v}", "order.shape"),
        ("o:{p}:1:1:1:9999:{v}", "order.moved"),
        ("o:{p}:1:1:1:10000:00000000", "order.moved"),
        ("o:999:1:1:1:10000:{v}", "presale.unknown"),
        ("x:999", "order.unknown"),
    ],
)
async def test_a_forged_button_orders_nothing(made: MadePresale, action: str, refusal: str) -> None:
    fan = await made.fan(1)
    version = (await made.quoted(fan)).rpartition(":")[2]
    assert await code(made.press(fan, "a", action.format(p=made.presale_id, v=version))) == refusal
    assert await made.orders(fan) == ()
    async with made.store.read() as tx:
        presale = await rows.presale_by_id(tx, made.presale_id)
    assert presale is not None
    assert (presale.next_serial, presale.net) == (1, 0)


async def test_nothing_is_ordered_while_paused_or_after_the_end(made: MadePresale) -> None:
    fan = await made.fan(1)
    action = await made.quoted(fan)
    await made.order(fan, "a", 1)
    await presales.pause(made.store, made.presale_id, CLOCK)
    assert await code(made.press(fan, "b", action)) == "order.paused"
    (order,) = await made.orders(fan)
    assert order.cancel is not None
    await presales.resume(made.store, made.presale_id, CLOCK)
    closes_at = (await made.show(fan)).closes_at
    made.clock.set(closes_at - timedelta(microseconds=1))
    await made.order(fan, "c", 1)
    late = await made.quoted(fan)
    made.clock.set(closes_at)
    assert await code(made.press(fan, "d", late)) == "order.late"
    view = await made.show(fan, 1, "1", "M")
    assert view.quote is None
    assert view.closed is not None


async def test_typed_words_quote_an_order(made: MadePresale) -> None:
    fan = await made.fan(1)

    async def say(args: str, name: str = "order") -> object:
        return await made.catwalk.command(Command(fan, "typed", name, args, ROOM))

    reply = await made.catwalk.command(Command(fan, "typed", "order", f"{made.number} 3 m, black", ROOM))
    assert reply.text is not None
    assert english(reply.text) == "3 × €100 = €300"
    assert isinstance(reply.screen, PresaleView)
    assert reply.screen.quote is not None
    assert (reply.screen.quote.colour, reply.screen.quote.size) == ("2", "M")
    await made.press(fan, "a", reply.screen.quote.confirm)
    assert len(await made.orders(fan)) == 1
    for args, refusal in [
        (f"{made.number} 3", "order.choice"),
        (f"{made.number} 3 pink M", "order.choice"),
        ("three of them", "order.words"),
        ("", "order.words"),
        ("9999 1 black M", "presale.unknown"),
        (f"{made.number} 99 black M", "order.quantity"),
    ]:
        assert await code(say(args)) == refusal
    mine = await made.catwalk.command(Command(fan, "typed", "orders", "", ROOM))
    assert mine.screen is not None


async def test_who_is_forgotten_holds_nothing_any_more(made: MadePresale) -> None:
    fan, other = await made.fan(1), await made.fan(2)
    await made.order(fan, "a", 4)
    await made.order(other, "b", 2)
    taken = await privacy.takeout(made.shop, fan)
    assert taken.screen is not None
    assert '"total": "400.00"' in str(getattr(taken.screen, "words", ""))
    await privacy.forget(made.shop, fan, "yes")
    async with made.store.read() as tx:
        presale = await rows.presale_by_id(tx, made.presale_id)
        found = await fan_orders.orders_in(tx, made.presale_id)
    assert presale is not None
    assert (presale.net, presale.next_serial) == (2, 7)
    assert [o.state.value for o in found] == ["cancelled", "pledged"]
