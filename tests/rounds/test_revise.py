"""Designs are revised between a signed cut and the next round, and at no other time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import RuleError
from bot.rounds.model import BallotShape, Round, RoundPlan, RoundState, TieRule
from bot.rounds.revise import between
from tests.rendered import english

AT = datetime(2026, 11, 27, 19, 0, tzinfo=UTC)


def rounds(*states: str) -> list[Round]:
    """Make a campaign's rounds in these states, numbered from 1."""
    plan = RoundPlan(1, BallotShape.SHEETS, AT, AT + timedelta(hours=1), 3, 1, TieRule.LOT)
    return [
        Round(n, 1, replace(plan, number=n), RoundState(state), AT, "seed")
        for n, state in enumerate(states, 1)
    ]


@pytest.mark.parametrize(
    ("states", "signed", "following"),
    [
        (("signed_off", "draft"), 1, 2),
        (("signed_off", "scheduled", "draft"), 1, 2),
        (("signed_off", "signed_off", "draft"), 2, 3),
        (("signed_off", "void", "draft"), 1, 3),
        (("void", "signed_off", "draft"), 2, 3),
    ],
)
def test_between_two_rounds(states: tuple[str, ...], signed: int, following: int) -> None:
    assert [r.number for r in between(rounds(*states))] == [signed, following]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((), "revision.early"),
        (("draft", "draft"), "revision.early"),
        (("scheduled", "draft"), "revision.early"),
        (("void", "draft"), "revision.early"),
        (("open", "draft"), "revision.running"),
        (("signed_off", "paused", "draft"), "revision.running"),
        (("closed", "draft"), "revision.unsigned"),
        (("signed_off", "closed"), "revision.unsigned"),
        (("signed_off",), "revision.late"),
        (("signed_off", "signed_off"), "revision.late"),
        (("signed_off", "void"), "revision.late"),
    ],
)
def test_at_no_other_time_and_it_says_why(states: tuple[str, ...], code: str) -> None:
    with pytest.raises(RuleError) as refused:
        between(rounds(*states))
    assert refused.value.code == code
    assert english(refused.value.text)
