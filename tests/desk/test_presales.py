"""Presales at the desk: opened by owners as shown, steered by owners alone, cut by colour and size."""

import csv
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.money import Money
from bot.port import (
    DesignView,
    Feed,
    Look,
    OrdersView,
    PresaleView,
    Press,
    Role,
    ShowDesign,
    ShowFeed,
    ShowOrders,
    ShowPresale,
)
from bot.presale.ladder import TimeRule
from bot.presale.model import Presale, PresalePlan, PresaleState
from bot.service import presales
from bot.service.desk.export import harmless
from bot.service.rounds import By
from bot.storage import campaigns
from bot.storage import presales as stored
from bot.storage.store import Store
from tests.clock import Clock
from tests.desk.conftest import mounted
from tests.desk.stage import NAVIGATION, Desk, words
from tests.made_shop import ROOM, made_shop, plan

OWNER, MODERATOR, DESIGNER, FAN = Role.OWNER, Role.MODERATOR, Role.DESIGNER, Role.FAN
REFUSED = "Only the people who run this shop can do that."


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


PLAN = PresalePlan(
    base=euros(100), step=euros(10), list_price=euros(150), every_units=4,
    time=TimeRule(days=30, at=time(20, 0), every_days=7), moq=3, colours=("Sage", "=Ink"),
    sizes=("S", "M", "L"), limit=10, cap=100,
)  # fmt: skip

MakeDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def make_market(store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[MakeDesk]:
    """Build a shop of ten designs and one round that keeps three, its shortlist signed unless told."""
    async with AsyncExitStack() as stack:

        async def make(terms: PresalePlan | None = PLAN, signed: bool = True) -> Desk:
            made = await made_shop(store, clock, plans=[replace(plan(clock), keep=3)])
            if terms is not None:
                async with store.begin() as tx:
                    await tx.conn.execute(update(campaigns.campaign).values(presale=stored.dump_plan(terms)))
            desk = Desk(made, mounted(made.catwalk, clock, tmp_path), stack)
            if signed:
                await desk.closed()
                assert (await desk.sign()).status_code == 303
            return desk

        yield make


@pytest.fixture
async def market(make_market: MakeDesk) -> Desk:
    """A signed shortlist of #001, #002 and #003, none of which can be ordered yet."""
    return await make_market()


def page(desk: Desk) -> str:
    return f"/desk/campaign/{desk.made.campaign_id}/presales"


async def opened(desk: Desk) -> list[Presale]:
    async with desk.made.store.read() as tx:
        return await stored.presales_of(tx, desk.made.campaign_id)


async def first(desk: Desk) -> Presale:
    return (await opened(desk))[0]


def at(presale: Presale) -> str:
    return f"/desk/presale/{presale.id}"


async def open_all(desk: Desk) -> Presale:
    answered = await (await desk.owner()).act(page(desk), f"{page(desk)}/open")
    assert answered.status_code == 303
    return await first(desk)


async def order(desk: Desk, i: int, number: int, quantity: int, colour: str, size: str) -> None:
    """Let fan `i` order as the room does."""
    fan = await desk.made.fan(i)
    wish = ShowPresale(number, quantity, colour, size)
    view = (await desk.made.catwalk.look(Look(fan, wish, ROOM))).screen
    assert isinstance(view, PresaleView)
    assert view.quote is not None
    await desk.made.catwalk.press(Press(fan, f"order-{number}-{colour}-{size}", view.quote.confirm, ROOM))


# ------------------------------------------------------------------ opening


async def test_an_owner_sees_what_opening_brings_and_opens_it(market: Desk) -> None:
    owner = await market.owner()
    round_page = words(await owner.get(market.path()))
    assert "Go to the presales" in round_page
    said = words(await owner.get(page(market)))
    assert "3 looks, one presale each, in The room" in said
    assert "From €100 to €150" in said
    assert "Sage and =Ink" in said
    assert "Each is made from 3 pieces on." in said
    assert "3 looks can then be ordered until Sun 27 Dec, 20:00 (Berlin)." in said
    assert "Open 3 presales" in said
    assert await opened(market) == []

    answered = await owner.act(page(market), f"{page(market)}/open")
    assert (answered.status_code, answered.headers["location"]) == (303, page(market))
    found = await opened(market)
    assert [p.state for p in found] == [PresaleState.OPEN] * 3
    said = words(await owner.get(page(market)))
    assert "3 presales are open. The groups are being told." in said
    assert "#001 Dress 1 Open Until Sun 27 Dec, 20:00 (Berlin)" in said
    assert "What opening brings" not in said
    assert [e.action for e in await market.log()].count("presale_open") == 3


async def test_a_form_sent_twice_opens_once(market: Desk) -> None:
    owner = await market.owner()
    fields = await owner.hidden(page(market), f"{page(market)}/open")
    for _ in range(2):
        answered = await owner.client.post(f"{page(market)}/open", data=fields, headers=NAVIGATION)
        assert answered.status_code == 303
    assert len(await opened(market)) == 3


async def test_another_shortlist_than_the_one_shown_is_not_opened(market: Desk) -> None:
    owner = await market.owner()
    answered = await owner.post(f"{page(market)}/open", seen="of another shortlist")
    assert answered.status_code == 409
    assert "The shortlist changed while you looked at it." in words(answered)
    assert await opened(market) == []


@pytest.mark.parametrize("role", [MODERATOR, DESIGNER, FAN])
async def test_only_owners_open(market: Desk, role: Role) -> None:
    person = await market.person(role)
    seen = await person.get(page(market))
    assert (seen.status_code == 403) is (role is FAN)
    assert f'action="{page(market)}/open"' not in seen.text
    fields = await (await market.owner()).hidden(page(market), f"{page(market)}/open")
    answered = await person.post(f"{page(market)}/open", seen=fields["seen"])
    assert answered.status_code == 403
    assert REFUSED in words(answered)
    assert await opened(market) == []


async def test_before_the_shortlist_is_signed_there_is_nothing_to_open(make_market: MakeDesk) -> None:
    desk = await make_market(signed=False)
    said = words(await (await desk.owner()).get(page(desk)))
    assert "Round 1 decides what can be ordered. Sign its cut first." in said
    answered = await (await desk.owner()).post(f"{page(desk)}/open")
    assert answered.status_code == 409
    assert await opened(desk) == []


async def test_without_a_plan_there_is_nothing_to_open(make_market: MakeDesk) -> None:
    desk = await make_market(terms=None)
    assert "The campaign file has no [presale]" in words(await (await desk.owner()).get(page(desk)))


async def test_a_ladder_that_would_fall_on_a_clock_change_is_not_offered(
    make_market: MakeDesk, clock: Clock
) -> None:
    clock.set(datetime(2027, 3, 7, 12, tzinfo=UTC))  # two or three weeks before the clocks go forward
    rule = TimeRule(days=35, at=time(2, 30), every_days=7)
    desk = await make_market(terms=replace(PLAN, time=rule))
    said = words(await (await desk.owner()).get(page(desk)))
    assert "the ladder would fall on a clock change" in said
    assert "Open 3 presales" not in said


# ------------------------------------------------------------------ steering


@pytest.mark.parametrize("role", Role)
async def test_a_step_is_taken_by_owners_alone(market: Desk, role: Role) -> None:
    presale = await open_all(market)
    person = await market.person(role)
    for step, goal in (("pause", "paused"), ("resume", "open"), ("close", None)):
        before = await first(market)
        answered = await person.post(f"{at(presale)}/{step}", reason="Because")
        if role is OWNER:
            assert answered.status_code == 303, words(answered)
            assert goal is None or (await first(market)).state == goal
        else:
            assert answered.status_code == 403
            assert REFUSED in words(answered)
            assert await first(market) == before


async def test_a_page_opens_for_its_roles_alone(market: Desk) -> None:
    presale = await open_all(market)
    paths = (
        page(market), at(presale), f"{at(presale)}/cut-sheet.csv",
        f"/desk/campaign/{market.made.campaign_id}/cut-sheet.csv",
    )  # fmt: skip
    for role in Role:
        person = await market.person(role)
        for path in paths:
            assert (await person.get(path)).status_code == (403 if role is FAN else 200), (role, path)
        asked = await person.get(f"{at(presale)}/close")
        assert asked.status_code == {OWNER: 200, FAN: 403}.get(role, 303)
        has_buttons = f'action="{at(presale)}/pause"' in (await person.get(at(presale))).text
        assert has_buttons is (role is OWNER)
        assert ("pledged" in words(await person.get(at(presale)))) is (role is OWNER)
    stranger = await market.stranger()
    for path in paths:
        assert (await stranger.get(path)).status_code == 403


async def test_a_presale_is_extended_once_by_a_form_sent_twice(market: Desk) -> None:
    presale = await open_all(market)
    owner = await market.owner()
    fields = {**await owner.hidden(at(presale), f"{at(presale)}/extend"), "days": "7"}
    for _ in range(2):
        answered = await owner.client.post(f"{at(presale)}/extend", data=fields, headers=NAVIGATION)
        assert answered.status_code == 303
    assert (await first(market)).closes_at == presale.closes_at + timedelta(days=7)
    fields["closes_at"] = (presale.closes_at - timedelta(days=9)).isoformat()
    answered = await owner.client.post(f"{at(presale)}/extend", data=fields, headers=NAVIGATION)
    assert answered.status_code == 409
    for days in ("", "0", "-1", "seven", "999"):
        answered = await owner.post(f"{at(presale)}/extend", days=days)
        assert answered.status_code == 409
        assert "Choose by how many days to extend" in words(answered)


async def test_closing_early_asks_says_what_it_brings_and_wants_a_reason(market: Desk) -> None:
    presale = await open_all(market)
    await order(market, 1, 1, 3, "1", "M")
    owner, path = await market.owner(), f"{at(presale)}/close"
    said = words(await owner.get(path))
    assert "As it stands, 1 of 2 colours reach their minimum." in said
    assert (await owner.act(path, path, reason=" ")).status_code == 409
    answered = await owner.act(path, path, reason="Cloth is sold out")
    assert answered.status_code == 303
    await presales.tick(market.made.store)
    assert (await first(market)).state is PresaleState.COLLECTING
    said = words(await owner.get(at(presale)))
    assert "Minimum reached" in said
    assert "“Cloth is sold out”" in said
    assert "Close early" not in said
    assert (await owner.get(path)).status_code == 303, "there is nothing to ask any more"
    assert (await owner.post(path, reason="Again")).status_code == 303, "the same form came before"


async def test_a_get_changes_nothing_and_a_form_needs_its_token(market: Desk) -> None:
    presale = await open_all(market)
    owner, other = await market.owner(), await (await market.person(DESIGNER)).token()
    for step in ("pause", "resume", "close", "extend"):
        assert (await owner.get(f"{at(presale)}/{step}")).status_code in (200, 303, 404)
        for data in ({}, {"csrf": ""}, {"csrf": other}):
            answered = await owner.client.post(f"{at(presale)}/{step}", data=data, headers=NAVIGATION)
            assert answered.status_code == 403
    assert await first(market) == presale


async def test_what_is_not_there_says_so(market: Desk) -> None:
    presale = await open_all(market)
    owner = await market.owner()
    for path in (
        "/desk/presale/999", "/desk/presale/999/cut-sheet.csv", "/desk/presale/999/close",
        f"{at(presale)}/explode", "/desk/campaign/999/presales", "/desk/campaign/999/cut-sheet.csv",
    ):  # fmt: skip
        assert (await owner.get(path)).status_code == 404, path
    for path in (f"{at(presale)}/explode", "/desk/presale/999/pause", "/desk/campaign/999/presales/open"):
        assert (await owner.post(path)).status_code == 404, path


# ------------------------------------------------------------------ what is ordered


async def test_a_presale_counts_by_colour_and_size_and_names_nobody(market: Desk) -> None:
    presale = await open_all(market)
    await order(market, 1, 1, 3, "1", "M")
    await order(market, 2, 1, 2, "1", "S")
    await order(market, 2, 1, 4, "2", "M")
    await order(market, 3, 2, 1, "2", "L")
    answered = await (await market.owner()).get(at(presale))
    said = words(answered)
    assert "pieces ordered 9" in said or "9 pieces ordered" in said
    assert re.search(r"orders 3\b", said)
    assert re.search(r"fans 2\b", said)
    assert "€960" in said, "4 × 100 + 4 × 110 + 1 × 120"
    rows = re.findall(r"<tr>.*?</tr>", answered.text, re.DOTALL)
    table = [re.sub(r"<[^>]*>|\s+", " ", row).split() for row in rows]
    assert ["Sage", "2", "3", "0", "5"] in table
    assert ["=Ink", "0", "4", "0", "4"] in table
    assert ["All", "2", "7", "0", "9"] in table
    assert "Fan 1" not in said
    assert "Fan 2" not in said


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


async def test_the_cut_sheet_sums_to_what_is_ordered_and_is_harmless(market: Desk) -> None:
    presale = await open_all(market)
    await order(market, 1, 1, 3, "1", "M")
    await order(market, 2, 1, 4, "2", "M")
    await order(market, 3, 2, 1, "2", "L")
    owner = await market.owner()
    one = await owner.get(f"{at(presale)}/cut-sheet.csv")
    assert one.headers["content-type"].startswith("text/csv")
    assert 'filename="spring-001-cut-sheet.csv"' in one.headers["content-disposition"]
    rows = rows_of(one.content)
    assert len(rows) == 2 * 3, "every colour and size, also those nobody ordered"
    assert sum(int(row["units"]) for row in rows) == (await first(market)).net == 7
    assert {row["colour"] for row in rows} == {"Sage", harmless("=Ink")} == {"Sage", "'=Ink"}
    assert {
        "number": "1",
        "version": "1",
        "title": "Dress 1",
        "colour": "Sage",
        "size": "M",
        "units": "3",
    } in rows

    everything = await owner.get(f"/desk/campaign/{market.made.campaign_id}/cut-sheet.csv")
    rows = rows_of(everything.content)
    assert len(rows) == 3 * 2 * 3
    assert sum(int(row["units"]) for row in rows) == sum(p.net for p in await opened(market)) == 8
    assert "Fan" not in everything.text


async def test_what_was_cancelled_is_not_cut(market: Desk) -> None:
    presale = await open_all(market)
    await order(market, 1, 1, 3, "1", "M")
    fan = await market.made.fan(1)
    mine = (await market.made.catwalk.look(Look(fan, ShowOrders(), ROOM))).screen
    assert isinstance(mine, OrdersView)
    await market.made.catwalk.press(Press(fan, "cancel", mine.orders[0].cancel or "", ROOM))
    rows = rows_of((await (await market.owner()).get(f"{at(presale)}/cut-sheet.csv")).content)
    assert sum(int(row["units"]) for row in rows) == 0


async def test_a_paused_presale_says_so_in_the_list(market: Desk) -> None:
    presale = await open_all(market)
    await presales.pause(market.made.store, presale.id, By())
    assert "#001 Dress 1 Paused Until" in words(await (await market.owner()).get(page(market)))


async def test_the_feed_counts_what_can_be_ordered_now(market: Desk, clock: Clock) -> None:
    fan = await market.made.fan(1)

    async def counted() -> int:
        feed = (await market.made.catwalk.look(Look(fan, ShowFeed(), ROOM))).screen
        assert isinstance(feed, Feed)
        return feed.presales

    assert await counted() == 0
    presale = await open_all(market)
    assert await counted() == 3
    shown = [(await market.made.catwalk.look(Look(fan, ShowDesign(n), ROOM))).screen for n in (1, 9)]
    assert [isinstance(s, DesignView) and s.presale for s in shown] == [True, False]
    await presales.pause(market.made.store, presale.id, By())
    assert await counted() == 2
    clock.set(presale.closes_at)
    assert await counted() == 0, "whether or not the tick has come"
