"""The log in sentences: everything a round can go through has its own."""

from datetime import UTC, datetime

import pytest

from bot.rounds.engine import Event
from bot.service import logbook
from bot.service.logbook import Deed
from tests.rendered import english

AT = datetime(2026, 11, 27, 19, tzinfo=UTC)
FACTS = {"closes_at": AT.isoformat(), "state": "closed", "number": 67, "group": "Paris"}


def say(action: str, who: str | None = "Olga", reason: str = "", **facts: object) -> str:
    line = logbook.lines([Deed(AT, who, action, 2, {**FACTS, **facts}, reason)])[0]
    why = f" ({english(line.why)})" if line.why else ""
    return f"{english(line.who)} {english(line.what)}{why}"


@pytest.mark.parametrize("event", Event)
def test_every_step_of_a_round_has_a_sentence(event: Event) -> None:
    said = say(f"round_{event}")
    assert "round 2" in said
    assert "_" not in said


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (say("mark_keep", reason="Needed"), "Olga marked #067 to keep (Needed)"),
        (say("mark_veto", reason="No"), "Olga marked #067 to leave (No)"),
        (say("mark_removed"), "Olga took the mark off #067"),
        (say("round_extend"), "Olga extended round 2: it closes Fri 27 Nov, 19:00 (UTC)"),
        (say("round_close", None, state="open"), "Catwalk extended round 2: too few fans had voted"),
        (say("group_joined"), "Olga let Paris join"),
        (say("a_thing_to_come"), "Olga a thing to come"),
        (
            say("round_unschedule", None, "round.too_few"),
            "Catwalk took round 2 off the schedule (Too few designs take part: there is nothing to decide.)",
        ),
        (
            say("round_unschedule", "Olga", "round.too_few"),
            "Olga took round 2 off the schedule (round.too_few)",
        ),
    ],
)
def test_what_the_log_says(said: str, expected: str) -> None:
    assert said == expected
