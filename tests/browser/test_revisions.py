"""From a wish to version 2: a fan asks, a designer answers, and the fan is told when the round opens."""

import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import expect

from bot.port import Actor, Command, Comment, Role, at_hand
from tests.browser.conftest import NewVisit, voted
from tests.browser.shop import Shop, drawing
from tests.browser.visit import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser
NUMBER = 3
"""A design that forty fans who like low numbers let through."""


def photo(number: int = NUMBER) -> bytes:
    """Draw the next version of a design: the same dress the other way round, on another ground."""
    out = io.BytesIO()
    image: Image.Image = ImageOps.mirror(ImageOps.expand(drawing(number), 24, "#7d8f69"))
    image.resize((800, 1000)).save(out, "JPEG", quality=85)
    return out.getvalue()


def say(fan: Visit, words: str) -> None:
    fan.go("/r/main")
    fan.page.locator("#words").fill(words)
    fan.page.get_by_role("button", name="Send").click()
    expect(fan.page.locator("#feed .remark-body").last).to_contain_text(words[5:])


def send(shop: Shop, words: str, image: bytes) -> None:
    """Let somebody else say something with a photo, as chats do."""
    ben = Actor("room", "ben", "Ben", "en")
    code = parse_qs(urlsplit(shop.invitation()).query)["code"][0]
    shop.do(shop.inbox.command(Command(ben, "enter", "enter", code, "main")))
    shop.do(shop.inbox.comment(Comment(ben, "photo", "main", words, photo=at_hand(image))))


def designs(desk: Visit) -> None:
    desk.go("/desk")
    desk.follow(desk.page.get_by_role("link", name="What fans ask"))


@voted
def test_a_wish_becomes_version_2(shop: Shop, visit: NewVisit, tmp_path: Path) -> None:
    fan, desk = visit(PHONE), visit(DESKTOP)
    fan.come_in(shop.invitation(), "Ada")
    say(fan, "#003 longer sleeves please")
    say(fan, "#003 and a belt in gold")
    send(shop, "#003 with a hood like this", photo(9))
    shop.sign()

    desk.come_in(shop.claim(Role.DESIGNER), "Dora")
    designs(desk)
    expect(desk.page.locator(".asked li")).to_have_count(80)
    first = desk.page.locator(".asked li").first
    expect(first).to_contain_text("3 open wishes")
    desk.check("designs")
    desk.follow(first.get_by_role("link"))
    expect(desk.page.get_by_alt_text("The photo that came with this comment")).to_be_visible()
    desk.check("design-before")

    desk.tap(desk.page.get_by_text("and a belt in gold"))
    desk.follow(desk.page.get_by_role("button", name="Decline"))
    desk.check("decline")
    desk.page.get_by_label("Why?").fill("gold is not for this line")
    desk.follow(desk.page.get_by_role("button", name="Decline"))
    expect(desk.page.locator(".wish-state")).to_have_text("Declined: gold is not for this line")

    desk.tap(desk.page.get_by_text("longer sleeves please"))
    desk.follow(desk.page.get_by_role("button", name="Upload version 2"))
    expect(desk.page.locator("fieldset > .wish-list input:checked")).to_have_count(1)
    file = tmp_path / "IMG_0001.JPG"
    file.write_bytes(b"no picture at all")
    desk.page.locator("#photo").set_input_files(file)
    desk.page.locator("#note").fill("Sleeves to the wrist")
    with desk.expecting("status of 409"):
        desk.follow(desk.page.get_by_role("button", name="Upload", exact=True))
    expect(desk.page.get_by_role("alert")).to_contain_text("This is not a picture.")
    expect(desk.page.locator("#note")).to_have_value("Sleeves to the wrist")
    desk.check("upload")
    file.write_bytes(photo())
    desk.page.locator("#photo").set_input_files(file)
    desk.follow(desk.page.get_by_role("button", name="Upload", exact=True))
    expect(desk.page.locator(".made")).to_contain_text("1 fan is told then that their wish was used.")
    desk.check("design-draft")

    fan.go("/r/main/said")
    expect(fan.page.locator(".for-you li")).to_have_count(1)
    expect(fan.page.locator(".for-you li")).to_contain_text("will not be used: “gold is not for this line”")
    fan.check("said-declined")

    shop.open(2)
    fan.go("/r/main")
    expect(fan.page.locator("#feed .told").last).to_contain_text("Your wish was used: #003")
    fan.check("feed-told")
    fan.follow(fan.page.get_by_role("link", name="What you said, 1 new for you"))
    expect(fan.page.locator(".for-you .fresh")).to_contain_text("comes back as version 2")
    expect(fan.page.locator(".own").last).to_contain_text("Used in version 2")
    fan.check("said-used")
    fan.follow(fan.page.locator(".own").last.get_by_role("link", name="See #003 large"))
    expect(fan.page.locator(".was")).to_contain_text("Changed because 1 fan asked")
    expect(fan.page.locator(".was")).to_contain_text("Sleeves to the wrist")
    fan.check("look-changed")
    fan.go("/r/main")
    expect(fan.page.get_by_role("link", name="What you said", exact=True)).to_be_visible()


@voted
def test_a_designer_on_a_phone_without_a_script_takes_a_version_back(
    shop: Shop, visit: NewVisit, tmp_path: Path
) -> None:
    fan, desk = visit(PHONE), visit(PHONE, java_script_enabled=False, color_scheme="dark")
    fan.come_in(shop.invitation(), "Ada")
    say(fan, "#003 longer sleeves please")
    shop.sign()
    desk.come_in(shop.claim(Role.DESIGNER), "Dora")
    designs(desk)
    desk.shoot("phone-designs")
    desk.follow(desk.page.locator(".asked li").first.get_by_role("link"))
    desk.shoot("phone-design")
    desk.page.locator(".wish label").click()
    desk.follow(desk.page.get_by_role("button", name="Upload version 2"))
    file = tmp_path / "photo.jpg"
    file.write_bytes(photo())
    desk.page.locator("#photo").set_input_files(file)
    desk.page.locator("#note").fill("Sleeves to the wrist")
    desk.shoot("phone-upload")
    desk.follow(desk.page.get_by_role("button", name="Upload", exact=True))
    expect(desk.page.locator(".made h2")).to_have_text("Version 2 waits")
    desk.shoot("phone-draft")
    desk.follow(desk.page.get_by_role("button", name="Take it back"))
    expect(desk.page.get_by_role("status")).to_have_text("Version 2 of #003 is taken back.")
    expect(desk.page.get_by_role("button", name="Upload version 2")).to_be_visible()


@voted
def test_an_author_says_it_better(shop: Shop, visit: NewVisit) -> None:
    fan = visit(PHONE)
    fan.come_in(shop.invitation(), "Ada")
    say(fan, "#003 longer")
    fan.follow(fan.page.get_by_role("link", name="What you said", exact=True))
    fan.follow(fan.page.get_by_role("link", name="Change what you said about #003"))
    fan.page.locator("#words").fill("#003 longer sleeves, to the wrist")
    fan.check("said-edit")
    fan.follow(fan.page.get_by_role("button", name="Save"))
    expect(fan.page.locator(".own")).to_contain_text("to the wrist")
    expect(fan.page.locator(".own")).to_contain_text("edited")
    fan.go("/r/main")
    expect(fan.page.locator("#feed .remark-body").last).to_contain_text("to the wrist")
