"""The words of a round's summary: six lines, each only what is so."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.i18n import LANGUAGES, Reader, render
from bot.rounds.model import RoundState
from bot.rounds.summary import Integrity, Next, Summary, Talk, lines, title
from bot.text import Noun, t
from tests.rendered import english

AT = datetime(2026, 11, 27, 19, tzinfo=UTC)
NEXT = Next(RoundState.CLOSED, 100, True, 17, RoundState.DRAFT, AT)
FULL = Summary(
    number=1,
    noun=Noun({"en": ("look", "looks"), "fr": ("modèle", "modèles"), "zh": ("款",)}),
    looks=200,
    fans=438,
    platforms=(("telegram", 291), ("discord", 122), ("room", 25)),
    median_seen=160,
    safe=96,
    edge=41,
    out=63,
    keep=120,
    integrity=Integrity(9, 1),
    talk=Talk(612, ((67, 23), (112, 19)), ((t("Length"), 41), (t("Colour"), 30))),
    next=NEXT,
)


def said(summary: Summary) -> list[str]:
    return [english(line).replace("\N{NO-BREAK SPACE}", " ") for line in (title(summary), *lines(summary))]


def test_a_round_is_told_in_six_lines() -> None:
    assert said(FULL) == [
        "Round 1 in one minute",
        "200 looks, 438 voters (Telegram 291, Discord 122, room 25), median 160 looks seen",
        "96 in, 41 on the edge, 63 out at the cut of 120 (edge: the 90 % interval crosses the cut)",
        "Integrity: 9 ballots set aside; the cut changes by 1 look with or without them",
        "Comments: 612; most about #067 (23), #112 (19); asked most: Length (41), Colour (30)",
        "Next: sign the cut, answer the comments on 17 looks, open round 2",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language: str) -> None:
    told = [render(line, Reader(language)) for line in lines(FULL)]
    expected = (
        "200 438 291 122 25 160", "96 41 63 120 90", "9 1", "612 067 23 112 19 41 30", "17 2",
    )  # fmt: skip
    for line, numbers in zip(told, expected, strict=True):
        assert all(number in line for number in numbers.split())
        assert "{" not in line


def test_a_median_of_few_fans_is_not_told() -> None:
    assert said(replace(FULL, median_seen=None))[1].endswith("(Telegram 291, Discord 122, room 25)")


def test_a_round_without_voters_says_so() -> None:
    nobody = replace(FULL, fans=0, platforms=(), median_seen=None, talk=Talk(0))
    assert said(nobody)[1] == "200 looks, 0 voters"
    assert said(nobody)[4] == "Comments: none"


@pytest.mark.parametrize(
    ("integrity", "words"),
    [
        (Integrity(0, 0), "Integrity: no ballot is set aside"),
        (Integrity(1, 0), "Integrity: 1 ballot set aside; the cut is the same with or without it"),
        (Integrity(2, 0), "Integrity: 2 ballots set aside; the cut is the same with or without them"),
        (Integrity(1, 3), "Integrity: 1 ballot set aside; the cut changes by 3 looks with or without it"),
    ],
)
def test_integrity_says_what_the_ballots_set_aside_change(integrity: Integrity, words: str) -> None:
    assert said(replace(FULL, integrity=integrity))[3] == words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"to_answer": 0}, "sign the cut, open round 2"),
        ({"to_answer": 1}, "sign the cut, answer the comments on 1 look, open round 2"),
        (
            {"quorum_met": False},
            "438 fans voted and 100 were needed, so sign the cut all the same or call the round off",
        ),
        ({"following": None}, "sign the shortlist"),
        (
            {"following": None, "state": RoundState.SIGNED_OFF},
            "the shortlist is signed, and nothing is left to decide",
        ),
        ({"following": None, "state": RoundState.SIGNED_OFF, "presold": False}, "open the presales"),
        (
            {"following": None, "state": RoundState.SIGNED_OFF, "presold": True},
            "the presales decide what is made",
        ),
        (
            {"state": RoundState.SIGNED_OFF, "following": RoundState.VOID, "to_answer": 0},
            "run round 2 again",
        ),
        ({"state": RoundState.SIGNED_OFF}, "answer the comments on 17 looks, open round 2"),
        (
            {"state": RoundState.SIGNED_OFF, "following": RoundState.SCHEDULED, "to_answer": 0},
            "round 2 opens Fri 27 Nov, 19:00 (UTC)",
        ),
        ({"state": RoundState.SIGNED_OFF, "following": RoundState.OPEN}, "round 2 decides"),
    ],
)  # fmt: skip
def test_what_is_next_depends_on_where_the_round_is(changed: dict[str, object], words: str) -> None:
    assert said(replace(FULL, next=replace(NEXT, **changed)))[5] == f"Next: {words}"  # type: ignore[arg-type]
