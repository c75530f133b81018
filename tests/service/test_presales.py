"""What owners and the clock do to presales: opened, stepped, closed and counted, each told once."""

from datetime import time, timedelta

import pytest

from bot.errors import RuleError
from bot.port import Actor, Command, Press
from bot.presale.ladder import TimeRule
from bot.presale.model import Presale
from bot.relay import Relay
from bot.service import presales
from bot.service import rounds as use_rounds
from bot.service.desk.one_round import round_page
from bot.service.notices import shown
from bot.service.presale_posts import KINDS
from bot.service.rounds import CLOCK, By
from bot.storage import fan_orders, journal, notices
from bot.storage import people as people_rows
from bot.storage import presales as rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_presale import MadePresale, made_presale, presale_plan
from tests.made_shop import ROOM, FakePlatform, lines, ours
from tests.rendered import english


@pytest.fixture
async def made(store: Store, clock: Clock) -> MadePresale:
    return await made_presale(store, clock)


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


async def told(made: MadePresale, platform: FakePlatform) -> list[str]:
    """Let the relay do its work and list what stands in the room about presales."""
    relay = Relay(made.store, platform, ours)
    await relay.drain()
    await relay.reconcile()
    posts = zip(platform.posts.values(), platform.said(ROOM), strict=True)
    return [said for post, said in posts if post.card.kind in KINDS]


async def presale(made: MadePresale) -> Presale:
    async with made.store.read() as tx:
        found = await rows.presale_by_id(tx, made.presale_id)
    assert found is not None
    return found


# ------------------------------------------------------------------ opening


async def test_presales_open_once_a_design_from_the_signed_shortlist(store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock)
    again = await presales.open_presales(store, made.campaign_id, By())
    assert len(again) == 2
    assert made.presale_id not in again
    assert await presales.open_presales(store, made.campaign_id, By()) == ()
    async with store.read() as tx:
        found = await rows.presales_of(tx, made.campaign_id)
        log = await journal.entries(tx, made.campaign_id)
    assert sorted(p.id for p in found) == sorted([made.presale_id, *again])
    assert sum(e.action == "presale_open" for e in log) == 3
    with pytest.raises(RuleError) as refused:
        await presales.open_presales(store, made.campaign_id, By(), [10, 9999])
    assert refused.value.code == "presale.not_kept"


async def test_the_ladder_is_expanded_on_the_campaigns_clock_and_frozen(made: MadePresale) -> None:
    found = await presale(made)
    at = [step.isoformat() for step in found.ladder.at]
    assert at == [f"2026-12-{day:02d}T17:00:00+00:00" for day in (4, 11, 18, 25)]  # 18:00 in Berlin
    assert found.closes_at.isoformat() == "2026-12-27T17:00:00+00:00"
    assert (found.ladder.zone, found.ladder.stages) == ("Europe/Berlin", 20)
    fan = await made.fan(1)
    await made.order(fan, "a", 1)
    async with made.store.read() as tx:
        (order,) = await fan_orders.orders_in(tx, made.presale_id)
    assert order.ladder_version == found.ladder.version


async def test_a_signature_stands_once_a_presale_has_opened(made: MadePresale) -> None:
    with pytest.raises(RuleError) as refused:
        await use_rounds.unsign(made.store, made.round_id, By())
    assert refused.value.code == "round.presale_opened"


async def test_a_signature_can_be_taken_back_before(store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, numbers=[])
    await use_rounds.unsign(store, made.round_id, By())
    with pytest.raises(RuleError) as refused:
        await presales.open_presales(store, made.campaign_id, By())
    assert refused.value.code == "presale.unsigned"


async def test_a_step_time_the_clocks_skip_refuses_the_opening(store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, presale_plan(time=TimeRule(30, time(2, 30), 1)), numbers=[])
    clock.set(clock().replace(year=2027, month=3, day=20))
    with pytest.raises(RuleError) as refused:
        await presales.open_presales(store, made.campaign_id, By())
    assert refused.value.code == "time.gap"
    assert "2027-03-28 02:30:00 does not exist in Europe/Berlin" in english(refused.value.text)
    async with store.read() as tx:
        assert await rows.presales_of(tx, made.campaign_id) == []


async def test_the_desk_offers_to_undo_a_signature_only_before(store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, numbers=[])
    await made.owner()
    owner = Actor("room", "owner", "Olga", "en")
    assert "unsign" in (await round_page(made.shop, owner, made.round_id)).acts
    await presales.open_presales(store, made.campaign_id, By())
    assert "unsign" not in (await round_page(made.shop, owner, made.round_id)).acts


# ------------------------------------------------------------------ what is told


async def test_every_step_is_told_once_by_units_and_by_time(
    made: MadePresale, platform: FakePlatform
) -> None:
    design = f"#{made.number:03d} Dress {made.number}"
    assert await told(made, platform) == [f"{design}: €100 now"]
    await made.order(await made.fan(1), "a", 10)
    assert await told(made, platform) == [f"{design}: €110 now", f"{design}: €110 from now on"]
    assert await made.tick() == 0
    made.clock.set((await presale(made)).ladder.at[1])
    assert await made.tick() == 1
    assert await made.tick() == 0
    assert (await told(made, platform))[1:] == [
        f"{design}: €110 from now on", f"{design}: €120 from now on",
    ]  # fmt: skip
    assert len(platform.sent) == len({p.key for p in platform.sent})


async def test_after_downtime_only_the_newest_step_is_told(made: MadePresale, platform: FakePlatform) -> None:
    await made.order(await made.fan(1), "a", 10)
    made.clock.set((await presale(made)).ladder.at[3])
    await made.order(await made.fan(2), "b", 1)
    assert (await told(made, platform))[1:] == [f"#{made.number:03d} Dress {made.number}: €140 from now on"]


async def test_two_workers_tell_a_step_once(made: MadePresale, other_store: Store) -> None:
    made.clock.set((await presale(made)).ladder.at[0])
    steps = [await presales.tick(made.store), await presales.tick(other_store)]
    assert steps == [1, 0]


async def test_while_paused_no_step_is_told_and_afterwards_the_newest(
    made: MadePresale, platform: FakePlatform
) -> None:
    await presales.pause(made.store, made.presale_id, CLOCK)
    made.clock.set((await presale(made)).ladder.at[1])
    assert await made.tick() == 0
    await presales.resume(made.store, made.presale_id, CLOCK)
    assert await made.tick() == 1
    assert (await told(made, platform))[1:] == [f"#{made.number:03d} Dress {made.number}: €120 from now on"]


# ------------------------------------------------------------------ the end


async def test_a_colour_that_reaches_its_minimum_is_made_and_the_other_ends(
    made: MadePresale, platform: FakePlatform
) -> None:
    one, two = await made.fan(1), await made.fan(2)
    await made.order(one, "a", 5, "1")
    await made.order(two, "b", 4, "2")
    made.clock.set((await presale(made)).closes_at)
    assert await made.tick() == 2
    assert await made.tick() == 0
    over = await presale(made)
    assert over.state == "collecting"
    assert [(c.units, c.counted) for c in over.colours] == [(5, 5), (4, 4)]
    assert [o.state for o in [*await made.orders(one), *await made.orders(two)]] == ["pledged", "ended"]
    design = f"#{made.number:03d} Dress {made.number}"
    assert (await told(made, platform))[-1] == f"{design} will be made in 1 of 2 colours"
    printed = [x for p in platform.posts.values() if p.card.kind == "presale_result" for x in lines(p.card)]
    missed = "A colour with fewer is not made: its orders end by themselves, and nobody pays."
    assert f"As printed before it opened: “{missed}”" in printed
    assert {fan: await heard(made, fan) for fan in (1, 2)} == {
        1: [f"{design} will be made: enough were ordered. You will be told how to pay."],
        2: [f"{design} is not made in your colour: too few were ordered. You pay nothing."],
    }


async def heard(made: MadePresale, fan: int) -> list[str]:
    actor = await made.fan(fan)
    async with made.store.read() as tx:
        person = await people_rows.find_person(tx, actor.platform, actor.remote_id)
        assert person is not None
        return [english(shown(row).text) for row in await notices.notices_of(tx, person.fan_id, None, 10)]


async def test_without_any_minimum_it_fails_and_nobody_holds_anything(made: MadePresale) -> None:
    fan = await made.fan(1)
    await made.order(fan, "a", 4)
    await presales.close(made.store, made.presale_id, By())
    assert (await presale(made)).state == "deciding"
    assert await made.tick() == 1
    assert (await presale(made)).state == "failed"
    (order,) = await made.orders(fan)
    assert (order.state, order.cancel) == ("ended", None)
    with pytest.raises(RuleError) as refused:
        await made.catwalk.press(Press(fan, "x", f"x:{order.id}", ROOM))
    assert refused.value.code == "order.over"


async def test_a_cancellation_after_the_count_changes_no_result(made: MadePresale) -> None:
    fan = await made.fan(1)
    await made.order(fan, "a", 5)
    made.clock.set((await presale(made)).closes_at)
    await made.tick()
    (order,) = await made.orders(fan)
    assert order.cancel is not None
    await made.press(fan, "b", order.cancel)
    view = await made.show(fan)
    assert (view.state, view.units, view.cells[0].units) == ("collecting", 5, 5)
    assert (await presale(made)).net == 0


async def test_a_pause_does_not_stop_the_clock(made: MadePresale) -> None:
    await presales.pause(made.store, made.presale_id, CLOCK)
    made.clock.set((await presale(made)).closes_at)
    with pytest.raises(RuleError) as refused:
        await presales.resume(made.store, made.presale_id, CLOCK)
    assert refused.value.code == "presale.over"
    assert await made.tick() == 2


async def test_the_end_can_be_moved_later_but_not_without_bound(made: MadePresale) -> None:
    before = await presale(made)
    after = await presales.extend(made.store, made.presale_id, timedelta(days=10), By())
    assert after.closes_at == before.closes_at + timedelta(days=10)
    assert after.ladder == before.ladder
    for by in (timedelta(0), timedelta(days=-1), timedelta(days=60)):
        with pytest.raises(RuleError) as refused:
            await presales.extend(made.store, made.presale_id, by, By())
        assert refused.value.code == "presale.extension"
    assert (await presale(made)).closes_at == after.closes_at


async def test_every_step_is_logged_with_who_and_why(made: MadePresale) -> None:
    by = await made.owner()
    for work in (presales.pause, presales.resume, presales.close):
        await work(made.store, made.presale_id, by)
    await made.tick()
    async with made.store.read() as tx:
        log = [e for e in await journal.entries(tx, made.campaign_id) if e.action.startswith("presale_")]
    assert [(e.action, e.who, e.facts["number"]) for e in reversed(log)] == [
        ("presale_open", None, made.number),
        ("presale_pause", "Olga", made.number),
        ("presale_resume", "Olga", made.number),
        ("presale_close", "Olga", made.number),
        ("presale_decide", None, made.number),
    ]


async def test_an_unknown_presale_is_refused(made: MadePresale) -> None:
    with pytest.raises(RuleError) as refused:
        await presales.close(made.store, 999, By())
    assert refused.value.code == "presale.unknown"


async def test_help_names_the_ways_to_order(made: MadePresale) -> None:
    reply = await made.catwalk.command(Command(await made.fan(1), "h", "help", "", ROOM))
    said = [english(line) for line in getattr(reply.screen, "lines", ())]
    assert any(line.startswith("/order 67 3") for line in said)
