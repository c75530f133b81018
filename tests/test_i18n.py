"""Every reader gets their language, their numbers and their clock."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import LANGUAGES, Reader, language_of, listed, moment, number, plural, render
from bot.text import Count, Noun, Numbers, Share, Span, Text, When, t, tn
from tests.clock import START

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
EN, FR, ZH = (Reader(language, BERLIN) for language in LANGUAGES)
LOOKS = Noun({"en": ("look", "looks"), "fr": ("modèle", "modèles"), "zh": ("款",)})
NB, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (["fr"], "fr"), (["fr-CA"], "fr"), (["fr_CH"], "fr"), (["zh-Hant-TW"], "zh"), (["zh-CN"], "zh"),
        (["de", "fr"], "fr"), ([None, "zh"], "zh"), (["de"], "en"), ([None], "en"), ([""], "en"), ([], "en"),
        (["fr", "zh"], "fr"), (["-"], "en"), (["../../etc/passwd"], "en"), (["x" * 10_000], "en"),
    ],
)  # fmt: skip
def test_the_first_wish_we_can_fulfil_is_fulfilled(wishes: list[str | None], language: str) -> None:
    assert language_of(*wishes) == language


@given(st.lists(st.one_of(st.none(), st.text().map(str.lower))))
def test_whatever_a_platform_says_is_a_language_of_ours(wishes: list[str | None]) -> None:
    assert language_of(*wishes) in LANGUAGES


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    text = t("{n}", n=1_234_567)
    assert [render(text, r) for r in (EN, FR, ZH)] == [
        "1,234,567", f"1{NARROW}234{NARROW}567", "1,234,567",
    ]  # fmt: skip
    assert [render(t("{x}", x=0.5), r) for r in (EN, FR, ZH)] == ["0.5", "0,5", "0.5"]


def test_a_share_is_a_whole_percentage() -> None:
    assert render(t("{s}", s=Share(0.856)), EN) == f"86{NB}%"
    assert render(t("{s}", s=Share(0.0)), FR) == f"0{NB}%"
    assert render(t("{s}", s=Share(1.0)), ZH) == "100%"


def test_an_instant_is_shown_on_the_readers_clock_with_its_city() -> None:
    assert moment(START, EN) == "Fri 27 Nov, 20:00 (Berlin)"
    assert moment(START, Reader("en", SHANGHAI)) == "Sat 28 Nov, 03:00 (Shanghai)"
    assert moment(START, Reader()) == "Fri 27 Nov, 19:00 (UTC)"
    assert moment(START, FR) == "ven. 27 nov., 20:00 (Berlin)"
    assert moment(START, ZH) == "11月27日周五 20:00（柏林）"


def test_summer_time_is_kept_to() -> None:
    assert moment(START - timedelta(days=60), EN).endswith("21:00 (Berlin)")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"), (-5, "0 seconds"), (59, "59 seconds"), (3600, "60 minutes"), (7200, "2 hours"),
        (86_400 * 3, "3 days"), (float(10**9), "32 years"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert render(t("{left}", left=Span(seconds)), EN) == words


def test_a_campaigns_things_stand_in_the_right_plural() -> None:
    def said(n: int, reader: Reader) -> str:
        return render(t("{looks}", looks=Count(n, LOOKS)), reader)

    assert [said(n, EN) for n in (0, 1, 2)] == [f"0{NB}looks", f"1{NB}look", f"2{NB}looks"]
    assert [said(n, FR) for n in (0, 1, 2)] == [f"0{NB}modèle", f"1{NB}modèle", f"2{NB}modèles"]
    assert [said(n, ZH) for n in (0, 1, 2)] == [f"0{NB}款", f"1{NB}款", f"2{NB}款"]


def test_a_noun_the_campaign_did_not_translate_is_said_in_english() -> None:
    only_english = Noun({"en": ("shoe", "shoes")})
    assert [plural(only_english, n, "fr") for n in (1, 2)] == ["shoe", "shoes"]
    assert plural(Noun({"en": ("sheep",)}), 7, "en") == "sheep"


def test_design_numbers_are_written_as_fans_write_them() -> None:
    assert [number(n) for n in (1, 67, 1234)] == ["#001", "#067", "#1234"]
    assert render(t("{numbers}", numbers=Numbers((61, 67, 72))), EN) == "#061, #067, and #072"
    assert render(t("{numbers}", numbers=Numbers((61, 67))), FR) == "#061 et #067"
    assert render(t("{numbers}", numbers=Numbers(())), EN) == ""
    assert listed(["a"], ZH) == "a"


def test_plurals_follow_the_readers_language() -> None:
    fans = [tn("{n} fan", "{n} fans", n) for n in (0, 1, 2)]
    assert [render(text, EN) for text in fans] == ["0 fans", "1 fan", "2 fans"]
    french, chinese = [render(text, FR) for text in fans], [render(text, ZH) for text in fans]
    assert french[0].replace("0", "1") == french[1]
    assert len(set(french)) == 3
    assert chinese[0].replace("0", "1") == chinese[1] == chinese[2].replace("2", "1")


def test_a_text_nobody_translated_is_said_in_english_with_the_readers_numbers() -> None:
    unknown = Text("No catalogue has this sentence: {n}", {"n": 12_345})
    assert render(unknown, FR) == f"No catalogue has this sentence: 12{NARROW}345"
    many = Text("{n} thing no catalogue has", {"n": 2}, "{n} things no catalogue has", 2)
    assert [render(many, r) for r in (EN, FR)] == ["2 things no catalogue has"] * 2


def test_texts_inside_a_text_are_read_by_the_same_reader() -> None:
    inner = t("Closes {at}.", at=When(START))
    assert render(t("{inner}", inner=inner), FR) == render(inner, FR)
    assert "Berlin" in render(inner, FR)
