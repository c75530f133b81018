"""Charts in the room: addressed by what they show, for a reader and a paper, and kept for good."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.web import RoomAdapter
from bot.adapters.web.render import Renderer
from bot.i18n import Reader
from bot.port import Card, Chart
from bot.text import t
from tests.adapters.web.browser import Browser
from tests.adapters.web.conftest import NewBrowser

KEY = "7-" + "0123456789abcdef" * 2
PNG = b"\x89PNG"


class Easel:
    """Knows one chart. `busy`: it cannot draw just now."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bool]] = []
        self.busy = False

    async def png(self, key: str, language: str, dark: bool) -> bytes | None:
        self.asked.append((key, language, dark))
        if key != KEY:
            raise LookupError(key)
        return None if self.busy else PNG


@pytest.fixture
def easel() -> Easel:
    return Easel()


@pytest.fixture
async def visitor(easel: Easel, make_room: Callable[..., RoomAdapter], new_browser: NewBrowser) -> Browser:
    return await new_browser(make_room(chart_png=easel.png))


async def test_a_chart_is_drawn_for_its_reader_and_kept_for_good(visitor: Browser, easel: Easel) -> None:
    answered = await visitor.get(f"/chart/{KEY}.fr.dark.png")
    assert (answered.status_code, answered.content) == (200, PNG)
    assert answered.headers["content-type"] == "image/png"
    assert "immutable" in answered.headers["cache-control"]
    assert answered.headers["x-content-type-options"] == "nosniff"
    await visitor.get(f"/chart/{KEY}.zh.light.png")
    assert easel.asked == [(KEY, "fr", True), (KEY, "zh", False)]


@pytest.mark.parametrize(
    "name",
    [
        f"{KEY}.en.light.jpg", f"{KEY}.de.light.png", f"{KEY}.en.sepia.png", f"{KEY}.png", f"{KEY}.en.png",
        f"../{KEY}.en.light.png", f"{'9' * 80}.en.light.png", "%00.en.light.png", f"{KEY[:-1]}X.en.light.png",
    ],
)  # fmt: skip
async def test_a_name_of_another_shape_is_not_even_asked_for(
    visitor: Browser, easel: Easel, name: str
) -> None:
    answered = await visitor.get(f"/chart/{name}")
    assert answered.status_code == 404
    assert easel.asked == []


async def test_a_chart_that_is_not_there_is_not_kept_as_such(visitor: Browser) -> None:
    answered = await visitor.get(f"/chart/8{KEY[1:]}.en.light.png")
    assert (answered.status_code, answered.headers["cache-control"]) == (404, "no-store")


async def test_one_that_cannot_be_drawn_just_now_is_asked_for_again(visitor: Browser, easel: Easel) -> None:
    easel.busy = True
    answered = await visitor.get(f"/chart/{KEY}.en.light.png")
    assert (answered.status_code, answered.headers["cache-control"]) == (503, "no-store")
    assert int(answered.headers["retry-after"]) > 0


async def test_a_room_without_an_easel_has_no_charts(browser: Browser) -> None:
    assert (await browser.get(f"/chart/{KEY}.en.light.png")).status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_a_card_shows_its_chart_in_the_readers_words(language: str, tmp_path: Path) -> None:
    template = '{% from "_cards.html" import card as show with context %}{{ show(group, card, "p1") }}'
    (tmp_path / "chart.html").write_text(template)
    card = Card("result", t("Results"), (), chart=Chart(KEY, t("No results yet")))
    page = Renderer((tmp_path,), ()).page("chart.html", Reader(language), {"card": card, "group": "main"})
    assert f'src="/chart/{KEY}.{language}.light.png"' in page
    assert f'srcset="/chart/{KEY}.{language}.dark.png" media="(prefers-color-scheme: dark)"' in page
    assert 'width="1080" height="1920"' in page
