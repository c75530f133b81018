"""Words in a chart: never an empty box, never wider than their room."""

import pytest

from bot.reports import lettering
from bot.reports.cut import draw
from bot.reports.lettering import families, ruler, set_in, settable, width, wrapped
from tests.reports.made import WORDS, chart

ETHIOPIC = "ሰላም"  # in none of the fonts we know of


def only_ours(face: str) -> tuple[str, ...]:
    """A machine with no font for Chinese."""
    return (families(face)[0], families(face)[-1])


def test_our_languages_can_be_set_in_our_faces() -> None:
    for face in ("text", "strong", "display"):
        ours = lettering._letters(families(face)[0])
        assert {ord(c) for c in "Œuvre à l’abri : 31\N{NO-BREAK SPACE}080 « ça » #067 · … Łódź"} <= ours


def test_thin_spaces_become_ones_that_we_have() -> None:
    assert set_in("text", "31\N{NARROW NO-BREAK SPACE}080", "31,080") == "31\N{NO-BREAK SPACE}080"


def test_what_no_font_has_is_said_plainly_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set_in("text", ETHIOPIC, "out") == "out"
    assert set_in("text", ETHIOPIC, f"{ETHIOPIC} 2027") == "2027"
    alone = {face: only_ours(face) for face in ("text", "strong", "display")}
    monkeypatch.setattr(lettering, "families", alone.__getitem__)
    assert set_in("display", "稳进", "safely in") == "safely in"
    assert settable("safely in", "display")


def test_a_machine_without_chinese_draws_the_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = draw(chart(), lambda _: None)
    alone = {face: only_ours(face) for face in ("text", "strong", "display")}
    monkeypatch.setattr(lettering, "families", alone.__getitem__)
    lettering.type_of.cache_clear()
    try:
        chinese = type(WORDS)(*("稳进" for _ in WORDS.__slots__))
        assert draw(chart(words=chinese), lambda _: None) == plain
    finally:
        lettering.type_of.cache_clear()


@pytest.mark.parametrize(
    "text",
    [
        "Each line shows where a design truly stands, nine times out of ten.",
        "每条横线表示真实名次的范围，十次里有九次落在其中。",
        "86\N{NO-BREAK SPACE}款 sur 200\N{NO-BREAK SPACE}modèles",
    ],
)
def test_lines_fit_their_room_and_lose_nothing(text: str) -> None:
    measure = ruler(3)
    lines = wrapped(measure, text, "text", 12, 120)
    assert len(lines) > 1
    assert all(width(measure, line, "text", 12) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith(("，", "。")) for line in lines)


def test_a_word_wider_than_its_room_stands_alone() -> None:
    assert wrapped(ruler(3), "a Donaudampfschifffahrt b", "text", 12, 40) == [
        "a",
        "Donaudampfschifffahrt",
        "b",
    ]
