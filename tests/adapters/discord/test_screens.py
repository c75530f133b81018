"""Every screen as a message: within Discord's limits in every language, with the buttons it promises."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from simcord.components import walk_components

from bot import cards
from bot.adapters.discord import answers, ballot, forms, posts, sales
from bot.adapters.discord.design import before
from bot.adapters.discord.shown import (
    ALT_LETTERS,
    HINT_LETTERS,
    ID_LETTERS,
    MOST_OPTIONS,
    MOST_PARTS,
    MOST_PICTURES,
    OPTION_LETTERS,
    ROW_KEYS,
    Part,
    Shown,
)
from bot.adapters.discord.words import LABEL_LETTERS, TEXT_LETTERS, bold, fit, plain, titled
from bot.i18n import LANGUAGES, Reader
from bot.port import (
    Actor,
    BallotView,
    Before,
    Button,
    Card,
    Command,
    DesignView,
    Look,
    Meter,
    Picture,
    Post,
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
)
from bot.port.pictures import Contact
from bot.port.places import LARGE, PRESALES, SAY, Place
from bot.rounds.model import BallotShape
from bot.text import t, verbatim
from tests.adapters.web.fake_inbox import FakeInbox
from tests.clock import Clock

ADA = Actor("discord", "1", "Ada")
See = Callable[[Wish], Awaitable[object]]

VISIBLE_LETTERS = 34
"""How much of a button's label a phone shows (limits.md)."""


@pytest.fixture
async def inbox(clock: Clock) -> FakeInbox:
    """A group of 300 designs with long names, of which pages hold as many as they can."""
    hashes = tuple(f"{n:064x}" for n in range(1, 301))
    titles = tuple(
        f"A dress *called* number {n} & more, with sleeves as long as its name" for n in range(1, 301)
    )
    made = FakeInbox(clock, hashes, titles, page_size=30)
    await made.command(Command(ADA, "e", "enter", "WELCOME"))
    made.say("Ada", "longer **sleeves** & a [pocket](https://example.org) " * 40, 2)
    return made


@pytest.fixture
def see(inbox: FakeInbox) -> See:
    async def look(wish: Wish) -> object:
        return (await inbox.look(Look(ADA, wish))).screen

    return look


def pressed(parts: list[Part]) -> Iterator[dict[str, Any]]:
    return (part for part in walk_components(parts) if part["type"] in (2, 3))


def check(shown: Shown | None) -> Shown:
    """Raise unless Discord takes a message and a phone shows it."""
    assert shown is not None
    parts = shown.parts()
    every = list(walk_components(parts))
    assert len(every) <= MOST_PARTS
    assert 0 < sum(len(part["content"]) for part in every if part["type"] == 10) <= TEXT_LETTERS
    for part in every:
        match part["type"]:
            case 1:
                assert 0 < len(part["components"]) <= ROW_KEYS
            case 2:
                assert 0 < len(part["label"]) <= min(VISIBLE_LETTERS, LABEL_LETTERS), part["label"]
            case 3:
                assert 0 < len(part["options"]) <= MOST_OPTIONS
                assert len(part["placeholder"]) <= HINT_LETTERS
                assert all(0 < len(o["label"]) <= OPTION_LETTERS for o in part["options"])
                assert all(0 < len(o["value"]) <= OPTION_LETTERS for o in part["options"])
            case 12:
                assert 0 < len(part["items"]) <= MOST_PICTURES
                assert all(len(item["description"]) <= ALT_LETTERS for item in part["items"])
    carried = [part["custom_id"] for part in pressed(parts) if "custom_id" in part]
    assert all(0 < len(one) <= ID_LETTERS for one in carried)
    assert len(carried) == len(set(carried)), carried
    return shown


def labels(shown: Shown) -> list[list[str]]:
    return [[key.label for key in row] for row in shown.rows if isinstance(row, tuple)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", list(BallotShape))
async def test_every_screen_is_a_message_discord_takes(
    inbox: FakeInbox, see: See, shape: BallotShape, language: str
) -> None:
    inbox.ballot, reader = shape, Reader(language)
    wishes = [ShowPage(1), ShowPage(2), ShowDesign(2), ShowDesign(3), ShowBallot(), ShowSaid(), ShowOrders()]
    inbox.offer(3)
    for page_size in (4, 20, 25, 30):
        inbox.page_size = page_size
        for wish in [*wishes, ShowPresales(), ShowPresale(3)]:
            check(answers.screen(await see(wish), reader))  # type: ignore[arg-type]
    helped = await inbox.command(Command(ADA, "e2", "language", language))
    check(answers.reply(helped, reader))


async def test_a_sheet_has_a_pad_like_its_picture(inbox: FakeInbox, see: See) -> None:
    inbox.page_size = 20
    sheet = await see(ShowPage(2))
    assert isinstance(sheet, Sheet)
    toggled = tuple(replace(tile, toggle=f"t:1:{tile.number}") for tile in sheet.tiles)
    sheet = replace(sheet, tiles=toggled)
    shown = check(ballot.sheet(sheet, Reader()))
    assert len(list(walk_components(shown.parts()))) == 33 - 1  # nothing to undo yet
    (picture,) = shown.pictures
    assert isinstance(picture.shot, Contact)
    assert picture.shot.columns == 5
    assert [len(row) for row in labels(shown)] == [5] * 4 + [4]
    pad = [label for row in labels(shown)[:4] for label in row]
    assert pad == [f"{number:03d}" for _, number, _ in picture.shot.tiles]
    for kind in (LARGE, SAY):
        assert [len(row) for row in labels(check(ballot.pad(sheet, kind, Reader())))] == [5] * 4 + [1]


async def test_a_page_too_large_for_a_pad_is_two_menus(inbox: FakeInbox, see: See) -> None:
    sheet = await see(ShowPage(1))
    assert isinstance(sheet, Sheet)
    assert len(sheet.tiles) == 30
    shown = check(ballot.page(sheet, Reader()))
    menus = [part for part in pressed(shown.parts()) if part["type"] == 3]
    assert [len(menu["options"]) for menu in menus] == [15, 15]
    assert [tile.number for n in (1, 2) for tile in ballot.part_of(sheet, n)] == [*range(1, 31)]
    assert ballot.part_of(sheet, 3) == ()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_new_version_stands_beside_the_old_one(inbox: FakeInbox, see: See, language: str) -> None:
    view = await see(ShowDesign(2))
    assert isinstance(view, DesignView)
    old = Before("b" * 64, verbatim("Number 2, version 1"), 1, "sleeves +4 cm, " * 13, 23)
    view = replace(view, tile=replace(view.tile, version=2), before=old, presale=True)
    shown = check(before(view, old, 1, 10, Reader(language)))
    (picture,) = shown.pictures
    assert picture.shot == Contact(((old.photo, 2, 1), (view.tile.photo, 2, 2)), 2)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_presales_with_as_much_as_they_may_have(inbox: FakeInbox, see: See, language: str) -> None:
    inbox.offer(3)
    view = await see(ShowPresale(3))
    assert isinstance(view, PresaleView)
    cells = tuple(replace(view.cells[0], key=str(n), label=f"Colour {n} " * 3) for n in range(1, 25))
    view = replace(view, cells=cells, sizes=tuple(f"Size {n}" for n in range(1, 25)), limit=999)
    shown = check(
        sales.presale(view, Place(PRESALES, (3, 24, 24, 998)), Reader(language), t("Done"), t("Done"))
    )
    assert [len(part["options"]) for part in pressed(shown.parts()) if part["type"] == 3] == [24, 24]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_with_everything_is_a_post_discord_takes(language: str) -> None:
    designs = tuple(Picture(n, 2, f"{n:064x}", t("Number {n}", n="long " * 20)) for n in range(1, 301))
    ways = tuple(Button(t("Vote"), go) for go in ("vote", "ballot", "desk:round:1"))
    meters = tuple(Meter(verbatim("Sage: 30 of 50"), 0.6) for _ in range(24))
    full = Card(cards.ROUND, verbatim("Round"), (verbatim("words " * 200),) * 3, designs, ways, meters=meters)
    shown = check(posts.posted(Post("1", "1", full, Reader(language))))
    assert len(shown.pictures) == MOST_PICTURES
    assert len(labels(shown)[0]) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_is_one_discord_takes(language: str) -> None:
    reader = Reader(language)
    made = [
        forms.comment(67, Place(SAY, (4, 10, 67)), reader), forms.comment(None, Place(SAY), reader),
        forms.find(reader),
    ]  # fmt: skip
    for form in made:
        parts = form.to_components()
        assert 0 < len(form.title) <= forms.TITLE_LETTERS
        assert 0 < len(form.custom_id) <= ID_LETTERS
        assert 0 < len(parts) <= 5
        assert all(0 < len(part["label"]) <= forms.LABEL_LETTERS for part in parts)
        ticks = [one for part in parts for one in part["component"].get("options", [])]
        assert len(ticks) <= 10


async def test_what_people_write_stays_words(inbox: FakeInbox, see: See) -> None:
    shown = answers.screen(await see(ShowDesign(2)), Reader())  # type: ignore[arg-type]
    assert "**sleeves**" not in check(shown).words
    assert shown is not None
    assert "[pocket](" not in shown.words
    assert plain(verbatim("@everyone"), Reader()) != "@everyone"
    assert plain(verbatim("# a\n- b\n> c\n#067 <@1>"), Reader()) == "\\# a\n\\- b\n\\> c\n#067 \\<@1>"
    assert titled(verbatim("two\nlines"), Reader()) == "### two lines"
    assert bold(verbatim("a*b"), Reader()) == r"**a\*b**"


def test_words_that_are_too_many_are_cut_and_say_so() -> None:
    assert fit(["head"], ["x" * 100] * 100).endswith("\n…")
    assert len(fit(["y" * 9000])) == TEXT_LETTERS
    assert fit(["z" * 3998 + "\\*"], ()).endswith("*")


async def test_every_ballot_page_can_be_reached(inbox: FakeInbox, see: See) -> None:
    inbox.page_size = 4
    view = await see(ShowBallot())
    assert isinstance(view, BallotView)
    assert len(view.pages) == 75
    await inbox.press(Press(ADA, "f", "finish:1"))
    jumps = [label for row in labels(check(ballot.mine(view, Reader())))[1:-1] for label in row]
    assert jumps == [str(n) for n in range(1, 21)]
