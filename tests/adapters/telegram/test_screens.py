"""Every screen as a message: within Telegram's limits in every language, with the buttons it promises."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.adapters.telegram import answers, ballot, sales
from bot.adapters.telegram.design import before
from bot.adapters.telegram.shown import MOST_BUTTONS, ROW_BUTTONS, Shown
from bot.adapters.telegram.toasts import mine, pressed
from bot.adapters.telegram.words import CAPTION_LETTERS, TEXT_LETTERS, letters
from bot.i18n import LANGUAGES, Reader
from bot.port import (
    Actor,
    BallotView,
    Before,
    Command,
    DesignView,
    Look,
    PresaleView,
    Press,
    Sheet,
    ShowBallot,
    ShowDesign,
    ShowOrders,
    ShowPage,
    ShowPresale,
    ShowPresales,
    ShowSaid,
    Wish,
    sale_words,
)
from bot.port.pictures import Contact, Large
from bot.port.places import DATA_BYTES, LARGE, PRESALES, SAY, Place
from bot.rounds.model import BallotShape
from bot.text import verbatim
from tests.adapters.web.fake_inbox import FakeInbox
from tests.clock import Clock

ADA = Actor("telegram", "1", "Ada")
See = Callable[[Wish], Awaitable[object]]


@pytest.fixture
async def inbox(clock: Clock) -> FakeInbox:
    """A group of 200 designs with long names, which pages hold as many of as they can."""
    hashes = tuple(f"{n:064x}" for n in range(1, 201))
    titles = tuple(
        f"A dress <called> number {n} & more, with sleeves as long as its name" for n in range(1, 201)
    )
    made = FakeInbox(clock, hashes, titles, page_size=30)
    await made.command(Command(ADA, "e", "enter", "WELCOME"))
    made.say("Ada", "longer <b>sleeves</b> & a pocket " * 40, 2)
    return made


@pytest.fixture
def see(inbox: FakeInbox) -> See:
    async def look(wish: Wish) -> object:
        return (await inbox.look(Look(ADA, wish))).screen

    return look


def check(shown: Shown | None) -> Shown:
    """Raise unless Telegram takes a message."""
    assert shown is not None
    assert 0 < letters(shown.words) <= (CAPTION_LETTERS if shown.shot else TEXT_LETTERS)
    assert sum(len(row) for row in shown.keys) <= MOST_BUTTONS
    for row in shown.keys:
        assert 0 < len(row) <= ROW_BUTTONS
        for each in row:
            assert each.text
            assert each.url or 0 < len(str(each.callback_data).encode()) <= DATA_BYTES
    return shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", list(BallotShape))
async def test_every_screen_is_a_message_telegram_takes(
    inbox: FakeInbox, see: See, shape: BallotShape, language: str
) -> None:
    inbox.ballot, reader = shape, Reader(language)
    wishes = [ShowPage(1), ShowPage(2), ShowDesign(2), ShowDesign(3), ShowBallot(), ShowSaid(), ShowOrders()]
    inbox.offer(3)
    for wish in [*wishes, ShowPresales(), ShowPresale(3)]:
        check(answers.screen(await see(wish), reader))  # type: ignore[arg-type]
    helped = await inbox.command(Command(ADA, "e2", "language", language))
    check(answers.reply(helped, reader))


async def test_a_sheet_has_a_pad_like_its_picture(inbox: FakeInbox, see: See) -> None:
    inbox.page_size = 20
    sheet = await see(ShowPage(2))
    assert isinstance(sheet, Sheet)
    sheet = with_toggles(sheet)
    shown = check(ballot.sheet(sheet, Reader()))
    assert isinstance(shown.shot, Contact)
    assert [len(row) for row in shown.keys] == [4] * 5 + [3, 3]
    pad = [key.text for row in shown.keys[:5] for key in row]
    assert pad == [f"{number:03d}" for _, number, _ in shown.shot.tiles]
    assert [key.text for key in shown.keys[5]] == ["◀️", "2/10", "▶️"]
    for kind in (LARGE, SAY):
        assert [len(row) for row in check(ballot.pad(sheet, kind, Reader())).keys] == [4] * 5 + [1]


def with_toggles(sheet: Sheet) -> Sheet:
    tiles = tuple(replace(tile, toggle=f"t:1:{tile.number}") for tile in sheet.tiles)
    return replace(sheet, tiles=tiles)


async def test_a_card_asks_why_once_it_is_answered(inbox: FakeInbox, see: See) -> None:
    inbox.ballot = BallotShape.CARDS
    unanswered = check(answers.screen(await see(ShowPage(3)), Reader()))  # type: ignore[arg-type]
    assert [key.text for key in unanswered.keys[0]] == ["👋 Pass", "👍 Like", "❤️ Love"]
    assert [key.text for key in unanswered.keys[2]] == ["v1 | v1", "💬 Comment"]
    await inbox.press(Press(ADA, "p1", "rate:3:2"))
    await inbox.press(Press(ADA, "p2", "chip:3:colour:1"))
    answered = check(answers.screen(await see(ShowPage(3)), Reader()))  # type: ignore[arg-type]
    assert [key.text for key in answered.keys[0]] == ["👋 Pass", "👍 Like", "✓ ❤️ Love"]
    assert [key.text for key in answered.keys[1]] == ["✓ Colour", "Shape", "Length"]


async def test_a_duel_is_one_picture_of_two(inbox: FakeInbox, see: See) -> None:
    inbox.ballot = BallotShape.DUELS
    shown = check(answers.screen(await see(ShowPage(2)), Reader()))  # type: ignore[arg-type]
    assert isinstance(shown.shot, Contact)
    assert shown.shot.columns == 2
    assert [[key.text for key in row] for row in shown.keys[:2]] == [["003", "004"], ["Can’t choose"]]


async def test_the_version_before_is_seen_large(inbox: FakeInbox, see: See) -> None:
    inbox.ballot = BallotShape.CARDS
    view = await see(ShowDesign(3))
    assert isinstance(view, DesignView)
    old = Before("b" * 64, verbatim("before"), 1, "Longer sleeves", 23)
    shown = check(before(view, old, 1, 10, Reader()))
    assert shown.shot == Large("b" * 64)
    assert "Changed because 23 fans asked" in shown.words


async def test_an_order_is_put_together_by_taps_and_quoted_first(inbox: FakeInbox, see: See) -> None:
    inbox.offer(3)
    view = await see(ShowPresale(3))
    assert isinstance(view, PresaleView)
    assert sale_words.wish(Place(PRESALES, (3,)), view) is None
    place = Place(PRESALES, (3, 1, 1, 2))
    wish = sale_words.wish(place, view)
    assert wish == ShowPresale(3, 2, view.cells[0].key, view.sizes[0])
    quoted = await see(wish)
    assert isinstance(quoted, PresaleView)
    assert quoted.quote is not None
    shown = check(sales.presale(quoted, place, Reader()))
    assert shown.keys[-2][0].callback_data == quoted.quote.confirm
    assert "Order for" in shown.keys[-2][0].text


async def test_a_toast_says_what_happened_and_how_far_the_ballot_is(inbox: FakeInbox, see: See) -> None:
    reply = await inbox.press(Press(ADA, "p1", "pick:63"))
    assert pressed(reply, Place("v", (4, 10)), Reader()) == "❤️ #063 added · 1 pick · 4/10"
    assert pressed(reply, None, Reader()) == "❤️ #063 added · 1 pick"
    view = await see(ShowBallot())
    assert isinstance(view, BallotView)
    assert mine(view, Reader()) == "0 of 200 seen · 1 pick"
