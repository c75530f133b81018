"""Presales in the room: without a script first, with a script second, and never an old price."""

import re
from datetime import timedelta
from html import unescape

import pytest

from bot import presale_cards
from bot.adapters.web.wire import screen_url
from bot.port import Press, ShowPresale
from bot.text import t
from tests.adapters.web.browser import Browser, forms
from tests.adapters.web.conftest import NewBrowser
from tests.adapters.web.fake_inbox import FakeInbox
from tests.clock import Clock

ONE = "/r/spring/presale/7"
CHOICE = "?colour=1&size=M&quantity="


def words(html: str) -> str:
    """Read what a person reads: no tags, and one space for any gap."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).replace("\xa0", " ").split())


@pytest.fixture
def sale(inbox: FakeInbox) -> None:
    """A presale of #007, of which 97 are sold: three are left at 100 euros."""
    inbox.offer(7)


# ------------------------------------------------------------------ looking


async def test_no_presale_says_when_there_will_be_one(fan: Browser) -> None:
    said = words((await fan.get("/r/spring/presales")).text)
    assert "No presales yet" in said
    assert "No orders yet" in words((await fan.get("/r/spring/orders")).text)


@pytest.mark.usefixtures("sale")
async def test_the_list_says_each_price_and_what_is_left_at_it(fan: Browser, inbox: FakeInbox) -> None:
    over = inbox.offer(9)
    over.closed = t("This presale is over.")
    page = await fan.get("/r/spring/presales")
    said = words(page.text)
    assert "#007 v2 Sage dress 7 €100 3 left, then €110" in said
    assert "97 of 600 needed" in said
    assert said.index("Sage dress 7") < said.index("Not open") < said.index("Sage dress 9")
    assert f'href="{ONE}"' in page.text


@pytest.mark.usefixtures("sale")
async def test_a_presale_shows_the_ladder_where_it_stands_and_what_is_agreed(
    fan: Browser, inbox: FakeInbox
) -> None:
    page = await fan.get(ONE)
    said = words(page.text)
    assert "€100 now, €150 at most" in said
    assert "pieces left at this price 3" in said
    assert "until it climbs anyway 7 days" in said
    assert "is the next price €110" in said
    assert "You are here: €100" in said
    rows = re.findall(r"<tr class=.*?</tr>", page.text, re.DOTALL)
    assert words(rows[0]) == "€100 You are here 1"
    assert words(rows[1]) == "€110 101 Fri 4 Dec, 20:00 (Berlin) Fri 4 Dec, 19:00 (UTC)"
    assert len(rows) == 6
    assert page.text.count("<rect") == 6, "a stair each"
    assert 'aria-label="Sage: 61 of 300 pieces"' in page.text
    assert "You may hold up to 10." in said
    assert "Open until Sun 27 Dec, 20:00 (Berlin)." in said


async def test_there_is_no_presale_of_everything(fan: Browser) -> None:
    assert (await fan.get(ONE)).status_code == 409
    assert (await fan.get("/r/spring/presale/seven")).status_code == 404


@pytest.mark.usefixtures("sale")
async def test_presales_are_for_the_group(browser: Browser, fan: Browser) -> None:
    for path in ("/presales", "/presale/7", "/orders"):
        assert (await fan.get(f"/r/autumn{path}")).status_code == 403


async def test_a_stranger_sees_no_presale(browser: Browser, inbox: FakeInbox) -> None:
    inbox.offer(7)
    for path in ("/r/spring/presales", ONE, "/r/spring/orders", "/r/spring/orders/1/cancel"):
        answer = await browser.get(path)
        assert answer.status_code == 403
        assert "Sage dress" not in answer.text


@pytest.mark.usefixtures("sale")
async def test_a_paused_presale_says_so_and_takes_no_order(fan: Browser, inbox: FakeInbox) -> None:
    inbox.presales[0].closed = t("Paused by the shop. What you ordered is safe.")
    html = (await fan.get(ONE + CHOICE + "1")).text
    assert "Paused by the shop." in words(html)
    assert not [form for form in forms(html) if form.action.endswith(("/order", "#quote"))]


# ------------------------------------------------------------------ ordering


@pytest.mark.usefixtures("sale")
async def test_an_order_is_spelled_out_before_its_button(fan: Browser, inbox: FakeInbox) -> None:
    sheet = next(f for f in forms((await fan.get(ONE)).text) if f.action == f"{ONE}#quote")
    assert sheet.fields["quantity"] == "1"
    page = await fan.get(ONE + CHOICE + "7")
    said = words(page.text)
    assert "7 × Sage, size M" in said
    assert "3 × €100 + 4 × €110 = €740" in said
    assert said.index("= €740") < said.index("Order for €740")
    assert not [c for c in inbox.calls if isinstance(c, Press)], "a quote is only looked at"

    confirm = next(f for f in forms(page.text) if f.action == f"{ONE}/order")
    answer = await fan.send(confirm, action=confirm.buttons[0][1])
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/spring/orders")
    mine = words((await fan.get("/r/spring/orders")).text)
    assert "You hold pieces 98 to 104" in mine
    assert "3 × €100 + 4 × €110 = €740" in mine
    assert "Ordered: numbers 98 to 104." in mine
    assert "You hold 7; 10 a person at most." in words((await fan.get(ONE)).text)


@pytest.mark.usefixtures("sale")
async def test_an_order_sent_twice_is_one_order(fan: Browser, inbox: FakeInbox) -> None:
    confirm = next(f for f in forms((await fan.get(ONE + CHOICE + "2")).text) if f.action == f"{ONE}/order")
    action = confirm.buttons[0][1]
    for script in (False, False, True):
        assert (await fan.send(confirm, script, action=action)).status_code in (200, 303)
    assert inbox.presales[0].sold == 99
    assert len({c.event_id for c in inbox.calls if isinstance(c, Press)}) == 1


@pytest.mark.usefixtures("sale")
async def test_a_quote_that_moved_is_refused_and_made_anew(fan: Browser, inbox: FakeInbox) -> None:
    confirm = next(f for f in forms((await fan.get(ONE + CHOICE + "2")).text) if f.action == f"{ONE}/order")
    inbox.presales[0].sold = 100
    answer = await fan.send(confirm, action=confirm.buttons[0][1])
    said = words(answer.text)
    assert answer.status_code == 409
    assert "The price is €110 now. Tap for a new quote." in said
    assert "2 × €110 = €220" in said
    assert inbox.presales[0].sold == 100, "nothing was ordered"
    anew = next(f for f in forms(answer.text) if f.action == f"{ONE}/order")
    assert anew.fields["event_id"] != confirm.fields["event_id"]
    assert (await fan.send(anew, action=anew.buttons[0][1])).status_code == 303
    assert inbox.presales[0].sold == 102


@pytest.mark.usefixtures("sale")
@pytest.mark.parametrize(
    "choice",
    ["colour=9&size=M&quantity=1", "colour=1&size=XXL&quantity=1", CHOICE[1:] + "11", CHOICE[1:] + "0"],
)
async def test_what_cannot_be_quoted_is_said_beside_the_choice(fan: Browser, choice: str) -> None:
    answer = await fan.get(f"{ONE}?{choice}")
    assert answer.status_code == 409
    assert "Choose a colour, a size and up to 10." in words(answer.text)
    assert "€100 now" in words(answer.text), "on the page, with everything still there"
    assert f'action="{ONE}/order"' not in answer.text


@pytest.mark.usefixtures("sale")
@pytest.mark.parametrize("quantity", ["", "lots", "-3", "1e9", "9" * 40, "٣"])
async def test_a_quantity_that_is_none_counts_as_one(fan: Browser, quantity: str) -> None:
    answer = await fan.get(ONE + CHOICE + quantity)
    assert answer.status_code == 200
    assert "Order for €100" in words(answer.text)


@pytest.mark.usefixtures("sale")
async def test_an_order_without_our_token_is_not_taken(
    fan: Browser, new_browser: NewBrowser, inbox: FakeInbox
) -> None:
    confirm = next(f for f in forms((await fan.get(ONE + CHOICE + "2")).text) if f.action == f"{ONE}/order")
    other = await new_browser()
    await other.enter("Ana")
    for sender, csrf in ((fan, ""), (fan, "made up"), (other, confirm.fields["csrf"])):
        answer = await sender.send(confirm, action=confirm.buttons[0][1], csrf=csrf)
        assert answer.status_code == 403
    assert inbox.presales[0].sold == 97


@pytest.mark.usefixtures("sale")
async def test_hostile_words_stay_words(fan: Browser, inbox: FakeInbox) -> None:
    inbox.presales[0].title = "<script>alert(1)</script>"
    for path in ("/r/spring/presales", ONE, f"{ONE}?colour=%22%3E%3Cscript%3E&size=M&quantity=%22x"):
        html = (await fan.get(path)).text
        assert "<script>alert" not in html
        assert '"><script>' not in html


# ------------------------------------------------------------------ cancelling


async def ordered(fan: Browser, quantity: int = 2) -> None:
    page = await fan.get(f"{ONE}{CHOICE}{quantity}")
    confirm = next(f for f in forms(page.text) if f.action == f"{ONE}/order")
    await fan.send(confirm, action=confirm.buttons[0][1])


@pytest.mark.usefixtures("sale")
async def test_an_order_is_cancelled_after_asking(fan: Browser, inbox: FakeInbox) -> None:
    await ordered(fan)
    path = "/r/spring/orders/1/cancel"
    assert f'href="{path}"' in (await fan.get("/r/spring/orders")).text
    asked = await fan.get(path)
    assert "given up for good" in words(asked.text)
    assert inbox.presales[0].orders[0].state == "pledged", "asking changes nothing"
    answer = await fan.press(path, inbox.presales[0].orders[0].cancel or "")
    assert (answer.status_code, answer.headers["location"]) == (303, "/r/spring/orders")
    mine = words((await fan.get("/r/spring/orders")).text)
    assert "Cancelled. The price stays where it is." in mine
    assert "You held pieces 98 to 99" in mine
    assert "Cancel this order" not in mine
    assert (await fan.get(path)).status_code == 303, "there is nothing to ask any more"
    assert "€100 now" in words((await fan.get(ONE)).text)


@pytest.mark.usefixtures("sale")
async def test_an_order_that_is_not_there_cannot_be_cancelled(fan: Browser) -> None:
    assert (await fan.get("/r/spring/orders/8/cancel")).status_code == 404


# ------------------------------------------------------------------ with a script


@pytest.mark.usefixtures("sale")
async def test_a_fragment_is_the_price_the_quote_and_the_button(fan: Browser, inbox: FakeInbox) -> None:
    html = (await fan.get(ONE + CHOICE + "7&fragment=1")).text
    assert "<html" not in html
    assert [re.search(f'id="{part}"', html) is not None for part in ("now", "quote", "dock")] == [True] * 3
    assert "= €740" in words(html).replace(" = ", " = ")
    inbox.presales[0].sold = 100
    assert 'data-price="11000"' in (await fan.get(f"{ONE}?fragment=1")).text
    refused = await fan.get(ONE + CHOICE + "99&fragment=1")
    assert refused.status_code == 200, "a script puts the sentence in place"
    assert "Choose a colour" in words(refused.text)


@pytest.mark.usefixtures("sale")
async def test_a_script_is_told_where_to_go_or_why_not(fan: Browser, inbox: FakeInbox) -> None:
    confirm = next(f for f in forms((await fan.get(ONE + CHOICE + "2")).text) if f.action == f"{ONE}/order")
    answer = await fan.send(confirm, script=True, action=confirm.buttons[0][1])
    assert answer.json() == {"text": "Ordered: numbers 98 to 99.", "next": "/r/spring/orders"}
    assert "Ordered: numbers 98 to 99." in (await fan.get("/r/spring/orders")).text
    again = {**confirm.fields, "event_id": "another-press"}
    confirm.fields = again
    refused = await fan.send(confirm, script=True, action=confirm.buttons[0][1])
    assert refused.status_code == 409
    assert refused.json()["code"] == "order.moved"


# ------------------------------------------------------------------ in the feed


async def test_presales_that_open_together_share_a_shelf(
    fan: Browser, inbox: FakeInbox, clock: Clock
) -> None:
    for n in (7, 8, 9):
        inbox.post(presale_cards.presale_card(inbox.offer(n).view(clock())))
    html = (await fan.get("/r/spring")).text
    assert html.count('class="post"') == 1
    assert "Order early, pay less" in words(html)
    assert [n for n in (7, 8, 9) if f'href="/r/spring/presale/{n}"' in html] == [7, 8, 9]

    clock.advance(hours=2)
    inbox.say("Ana", "which one?")
    inbox.post(presale_cards.price_card(inbox.presales[0].view(clock())))
    alone = (await fan.get("/r/spring")).text
    assert alone.count('class="post"') == 2
    assert "Then it is €110" in words(alone)
    assert f'<a class="button" href="{ONE}">Order</a>' in alone


async def test_a_post_of_one_presale_fills_a_line_for_each_colour(
    fan: Browser, inbox: FakeInbox, clock: Clock
) -> None:
    inbox.post(presale_cards.presale_card(inbox.offer(7).view(clock())))
    html = (await fan.get("/r/spring")).text
    assert 'value="0.203" aria-label="Sage: 61 of 300"' in html
    assert "Black: 36 of 300" in html


async def test_the_strip_leads_to_what_can_be_ordered(fan: Browser, inbox: FakeInbox) -> None:
    inbox.offer(7)
    for state, voting in (("open", True), ("closed", False)):
        inbox.state = state
        html = (await fan.get("/r/spring?fragment=1")).text
        assert "1 can be ordered now" in words(html)
        assert 'href="/r/spring/presales"' in html
        assert ('href="/r/spring/vote"' in html) is voting, "a running round comes first"


@pytest.mark.parametrize(("language", "price"), [("en", "€100"), ("fr", "100 €"), ("zh", "€100")])
async def test_prices_are_written_as_the_reader_does(
    new_browser: NewBrowser, inbox: FakeInbox, language: str, price: str
) -> None:
    browser = await new_browser(language=language)
    await browser.enter()
    inbox.offer(7)
    assert price in words((await browser.get(ONE)).text)


async def test_a_step_by_time_counts_down(fan: Browser, inbox: FakeInbox, clock: Clock) -> None:
    inbox.offer(7)
    clock.advance(days=6)
    assert "until it climbs anyway 24 hours" in words((await fan.get(ONE)).text)
    clock.set(clock() + timedelta(days=1))
    assert "€110 now" in words((await fan.get(ONE)).text)


@pytest.mark.usefixtures("sale")
async def test_a_presale_that_is_over_says_where_its_price_ended(fan: Browser, inbox: FakeInbox) -> None:
    sale = inbox.presales[0]
    sale.state, sale.closed = "collecting", t("It will be made.")
    said = words((await fan.get(ONE)).text)
    assert "€100 at the end" in said
    assert "It ended here: €100" in said
    assert "You are here" not in said


@pytest.mark.usefixtures("sale")
async def test_a_design_leads_to_its_presale(fan: Browser) -> None:
    assert f'href="{ONE}"' in (await fan.get("/r/spring/look/7")).text
    assert "/presale/" not in (await fan.get("/r/spring/look/8")).text


def test_a_typed_order_leads_to_its_quote(inbox: FakeInbox, clock: Clock) -> None:
    sale = inbox.offer(7)
    assert screen_url("spring", sale.view(clock())) == ONE
    quoted = sale.view(clock(), ShowPresale(7, 3, "1", "M"))
    assert screen_url("spring", quoted) == f"{ONE}?quantity=3&colour=1&size=M#quote"
