"""What posts say: the same state says the same, in every language, and nothing that must stay secret."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import cards
from bot.cards import Decision, Turnout
from bot.i18n import LANGUAGES, Reader, render
from bot.port import Card
from bot.rounds.model import (
    BallotShape,
    Campaign,
    Candidate,
    Round,
    RoundPlan,
    RoundState,
    Standing,
    TieRule,
    Verdict,
)
from bot.service.wire import digest, dump_card, load_card
from bot.text import Noun, t
from tests.clock import START
from tests.rendered import english, texts

BERLIN = ZoneInfo("Europe/Berlin")
NOUN = Noun({"en": ("look", "looks"), "fr": ("modèle", "modèles"), "zh": ("款",)})
SPRING = Campaign(1, "spring", "Spring", NOUN, BERLIN, "en", 3)
PLAN = RoundPlan(1, BallotShape.SHEETS, START, START + timedelta(days=3), 2, 10, TieRule.LOT)
OPEN = Round(1, 1, PLAN, RoundState.OPEN, PLAN.closes_at, "seed", opened_at=START)
CLOSED = replace(OPEN, state=RoundState.CLOSED, closed_at=PLAN.closes_at, quorum_met=True)
NOBODY = Turnout(0, 0, 0.0)


def candidate(i: int, attributes: dict[str, str] | None = None) -> Candidate:
    return Candidate(i, 100 + i, 200 + i, i + 1, 1, f"Dress {{{i}}}", "dress", f"{i:064x}", attributes or {})


DRESSES = [candidate(i, {"colour": "red", "length": ""}) for i in range(5)]


def standing(position: int, place: int, verdict: Verdict, quality: float = 0.0) -> Standing:
    return Standing(position, quality, quality - 0.5, quality + 0.5, 0.5, place, verdict, 20, 7)


STANDINGS = [
    standing(3, 1, Verdict.SAFE, 2.0), standing(0, 2, Verdict.SAFE, 1.0), standing(1, 3, Verdict.EDGE, 0.9),
    standing(4, 4, Verdict.OUT, -1.0), standing(2, 5, Verdict.OUT, -2.0),
]  # fmt: skip


def cut(*kept: int) -> dict[int, Decision]:
    """Sign these positions in, with a reason each."""
    return {
        100 + s.position: Decision(s.position in kept, s.place, t("because {n}", n=s.place))
        for s in STANDINGS
    }


State = tuple[Round, list[Candidate], Turnout, list[Standing], dict[int, Decision], int]


@st.composite
def states(draw: st.DrawFn) -> State:
    """Draw whatever a round and its votes may have become."""
    plan = replace(
        PLAN, number=draw(st.integers(1, 3)), tie_rule=draw(st.sampled_from(TieRule)),
        quorum=draw(st.integers(0, 20)), keep=draw(st.integers(1, 4)),
    )  # fmt: skip
    round_ = replace(
        CLOSED, plan=plan, state=draw(st.sampled_from(RoundState)), quorum_met=draw(st.booleans()),
        quorum_extended=draw(st.booleans()),
    )  # fmt: skip
    turnout = Turnout(draw(st.integers(0, 5)), draw(st.integers(0, 3000)), draw(st.floats(0, 1)))
    count = draw(st.integers(0, 15))
    dresses = [candidate(i, draw(st.sampled_from([{}, {"colour": "rot & {grün}"}]))) for i in range(count)]
    numbers = st.floats(-9, 9, allow_nan=False)
    standings = [
        Standing(
            i, quality := draw(numbers), quality - 1, quality + 1, draw(st.floats(0, 1)), place,
            draw(st.sampled_from(Verdict)), draw(st.integers(0, 99)), draw(st.integers(0, 99)),
        )
        for place, i in enumerate(draw(st.permutations(range(count))), 1)
    ]  # fmt: skip
    signed = draw(st.booleans())
    decided = {
        100 + s.position: Decision(draw(st.booleans()), s.place, t("because")) for s in standings if signed
    }
    return round_, dresses, turnout, standings, decided, draw(st.integers(0, 3))


def all_cards(state: State) -> list[Card]:
    round_, dresses, turnout, standings, decided, comments = state
    return [
        cards.round_card(SPRING, round_, dresses, turnout),
        cards.reminder_card(SPRING, round_, cards.remind_at(round_), len(dresses)),
        cards.result_card(SPRING, round_, dresses, standings, turnout, decided, comments),
    ]


@given(states())
def test_equal_states_make_equal_cards_of_three_kinds_at_most(state: State) -> None:
    first, again = all_cards(state), all_cards(state)
    assert first == again
    assert {card.kind for card in first} == {cards.ROUND, cards.REMINDER, cards.RESULT}
    for card in first:
        stored = dump_card(card)
        assert load_card(stored) == card
        assert digest(dump_card(load_card(stored))) == digest(stored)


@given(states())
def test_every_text_can_be_read_in_every_language(state: State) -> None:
    for card in all_cards(state):
        for language in LANGUAGES:
            for text in texts(card):
                said = render(text, Reader(language, BERLIN))
                assert said
                assert "{" not in said.replace("{grün}", "").replace("Dress {", "")


def test_another_state_has_another_digest() -> None:
    first = dump_card(cards.round_card(SPRING, OPEN, DRESSES, NOBODY))
    other = dump_card(cards.round_card(SPRING, OPEN, DRESSES, Turnout(1, 1, 0.0)))
    assert digest(first) != digest(other)


def test_a_running_round_says_what_it_is_until_when_and_by_which_rule() -> None:
    card = cards.round_card(SPRING, OPEN, DRESSES, Turnout(412, 31_080, 0.86))
    assert render(card.title, Reader()) == "Round 1 of 3: 5\N{NO-BREAK SPACE}looks, 2 go on"
    assert [render(line, Reader("en", BERLIN)) for line in card.told] == [
        "Tap everything you would love to have. No ranking, no wrong answers.",
        "Closes Mon 30 Nov, 20:00 (Berlin).",
        "412 fans, 31,080 opinions, 86\N{NO-BREAK SPACE}% seen enough",
        "Your picks are private. Totals appear at closing.",
        "If several are equal at the cut, a draw fixed before the round decides.",
        "Talk about one: write its number, like #067 longer sleeves please.",
    ]
    assert [b.go for b in card.buttons] == ["vote", "ballot"]


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.PAUSED])
def test_a_round_post_never_tells_one_design_from_another(state: RoundState) -> None:
    """Nothing but the turnout goes in, and no picture carries a verdict, a note or a place."""
    card = cards.round_card(SPRING, replace(OPEN, state=state), DRESSES, Turnout(9, 45, 0.5))
    for picture in card.pictures:
        marks = (picture.verdict, picture.note, picture.low, picture.middle, picture.high)
        assert marks == (None, None, None, None, None)
    assert [p.number for p in card.pictures] == [1, 2, 3, 4, 5]


def test_a_post_has_every_picture_and_says_how_many_there_are() -> None:
    many = [candidate(i) for i in range(200)]
    card = cards.round_card(SPRING, OPEN, many, NOBODY)
    assert len(card.pictures) == 200
    assert card.alt is not None
    assert english(card.alt) == "200\N{NO-BREAK SPACE}looks in this round."


@pytest.mark.parametrize(
    ("state", "first"),
    [
        (RoundState.PAUSED, "Voting is paused by the moderators. Your picks are safe."),
        (RoundState.CLOSED, "This round has closed."),
        (RoundState.SIGNED_OFF, "This round has closed."),
        (RoundState.VOID, "This round was called off. Its votes do not count."),
    ],
)
def test_only_a_running_round_has_buttons_to_vote(state: RoundState, first: str) -> None:
    card = cards.round_card(SPRING, replace(OPEN, state=state), DRESSES, NOBODY)
    assert english(card.lines[0]) == first
    assert card.buttons == ()


def test_a_round_that_was_made_longer_says_why() -> None:
    card = cards.round_card(SPRING, replace(OPEN, quorum_extended=True), DRESSES, NOBODY)
    assert "Extended once, because fewer than 10 fans had voted." in map(english, card.lines)


@pytest.mark.parametrize("rule", TieRule)
def test_the_title_promises_a_number_only_where_the_rule_keeps_it(rule: TieRule) -> None:
    card = cards.round_card(SPRING, replace(OPEN, plan=replace(PLAN, tie_rule=rule)), DRESSES, NOBODY)
    assert ("about 2 go on" in english(card.title)) is (rule is not TieRule.LOT)


@pytest.mark.parametrize(
    ("ballot", "said"),
    [
        (BallotShape.SHEETS, "Every page you finish counts"),
        (BallotShape.CARDS, "Every card you answer counts"),
        (BallotShape.DUELS, "Every pair you answer counts"),
    ],
)
def test_the_reminder_speaks_of_what_its_round_asks(ballot: BallotShape, said: str) -> None:
    round_ = replace(OPEN, plan=replace(PLAN, ballot=ballot))
    assert english(cards.reminder_card(SPRING, round_, cards.remind_at(round_), 5).lines[0]).startswith(said)


def test_the_reminder_comes_a_day_before_or_at_four_fifths() -> None:
    short = replace(OPEN, closes_at=START + timedelta(hours=10))
    assert cards.remind_at(short) == START + timedelta(hours=8)
    assert cards.remind_at(OPEN) == PLAN.closes_at - timedelta(days=3) / 5
    long = replace(OPEN, closes_at=START + timedelta(days=20))
    assert cards.remind_at(long) == START + timedelta(days=19)
    assert "in 24 hours" in english(cards.reminder_card(SPRING, long, cards.remind_at(long), 5).title)


def test_a_result_goes_by_standing_and_counts_the_verdicts() -> None:
    card = cards.result_card(SPRING, CLOSED, DRESSES, STANDINGS[::-1], Turnout(9, 45, 1.0), {}, 1)
    assert [p.number for p in card.pictures] == [4, 1, 2, 5, 3]
    assert [p.verdict for p in card.pictures] == ["safe", "safe", "edge", "out", "out"]
    assert [english(line).replace("\N{NO-BREAK SPACE}", " ") for line in card.lines] == [
        "9 fans, 45 opinions, 100 % seen enough", "2 looks safely in.", "1 look on the edge of the cut.",
        "2 looks out.", "The shop looks at the cut now and signs it.", "1 comment was written. Thank you.",
    ]  # fmt: skip
    assert card.pictures[0].note is not None
    assert english(card.pictures[0].note) == "Place 1: 7 of 20 who saw it picked it. Safely in."


def test_intervals_are_drawn_on_one_scale() -> None:
    card = cards.result_card(SPRING, CLOSED, DRESSES, STANDINGS, NOBODY, {}, 0)
    first, last = card.pictures[0], card.pictures[-1]
    assert (last.low, first.high) == (0.0, 1.0)
    for p in card.pictures:
        assert p.low is not None
        assert p.middle is not None
        assert p.high is not None
        assert 0 <= p.low < p.middle < p.high <= 1


def test_a_missed_quorum_is_said() -> None:
    card = cards.result_card(SPRING, replace(CLOSED, quorum_met=False), DRESSES, STANDINGS, NOBODY, {}, 0)
    assert "Fewer than 10 fans voted, so the shop decides whether this counts." in map(english, card.lines)


def test_a_signed_cut_names_who_goes_on_with_the_reasons_as_signed() -> None:
    signed = replace(CLOSED, state=RoundState.SIGNED_OFF)
    card = cards.result_card(SPRING, signed, DRESSES, STANDINGS, NOBODY, cut(3, 4), 0)
    assert english(card.title) == "2\N{NO-BREAK SPACE}looks go on to round 2"
    assert english(card.lines[0]) == "3\N{NO-BREAK SPACE}looks leave. Thank you to everyone who spoke up."
    verdicts = {p.number: p.verdict for p in card.pictures}
    assert verdicts == {4: "safe", 1: "out", 2: "edge", 5: "safe", 3: "out"}  # what was signed overrules
    assert [english(p.note) for p in card.pictures if p.note] == [f"because {n}" for n in range(1, 6)]


def test_the_last_rounds_cut_is_the_shortlist() -> None:
    last = replace(CLOSED, state=RoundState.SIGNED_OFF, plan=replace(PLAN, number=3))
    card = cards.result_card(SPRING, last, DRESSES, STANDINGS, NOBODY, cut(3), 0)
    assert english(card.title) == "The shortlist: 1\N{NO-BREAK SPACE}look"


def test_a_round_called_off_after_its_close_promises_no_cut() -> None:
    card = cards.result_card(
        SPRING, replace(CLOSED, state=RoundState.VOID), DRESSES, STANDINGS, NOBODY, {}, 0
    )
    assert english(card.title) == "Round 1 was called off"
    assert [english(line) for line in card.lines][1:] == ["Its votes do not count."]
    assert card.pictures == ()


def test_who_cannot_see_a_photo_is_told_what_is_known_of_it() -> None:
    assert english(cards.alt(DRESSES[0])) == "Number 1: Dress {0}. red"
    assert english(cards.alt(candidate(4))) == "Number 5: Dress {4}"
