"""Who may vote: members of a round's groups who were there when it opened."""

from datetime import datetime, timedelta

import pytest

from bot.errors import RuleError
from bot.rounds.entry import Membership, check_entry
from bot.rounds.model import BallotShape, Round, RoundPlan, RoundState, TieRule
from tests.clock import START
from tests.rendered import english

INSTANT = timedelta(microseconds=1)
PLAN = RoundPlan(3, BallotShape.SHEETS, START, START + timedelta(hours=48), 80, 10, TieRule.LOT)
OPEN = Round(1, 1, PLAN, RoundState.OPEN, PLAN.closes_at, "seed", opened_at=START)


def member(group_id: int, joined_at: datetime | None, *, admits_late: bool = False) -> Membership:
    return Membership(group_id, f"g{group_id}", admits_late, joined_at)


def test_who_is_in_no_group_is_an_outsider() -> None:
    with pytest.raises(RuleError, match=r"vote\.outsider"):
        check_entry(OPEN, [], None, "g1")


@pytest.mark.parametrize("joined_at", [None, START - INSTANT, START])
def test_who_was_there_or_may_have_been_counts(joined_at: datetime | None) -> None:
    assert check_entry(OPEN, [member(7, joined_at)], None, None) == 7


def test_only_a_recorded_join_after_the_opening_refuses() -> None:
    with pytest.raises(RuleError, match=r"vote\.joined_late") as refused:
        check_entry(OPEN, [member(7, START + INSTANT)], None, "g7")
    assert english(refused.value.text).endswith("vote from round 4.")


def test_where_the_shop_keeps_the_door_who_comes_late_counts() -> None:
    assert check_entry(OPEN, [member(7, START + INSTANT, admits_late=True)], None, None) == 7


def test_one_group_that_admits_is_enough_and_the_one_pressed_in_is_preferred() -> None:
    late, early, earlier = member(1, START + INSTANT), member(2, None), member(3, START)
    assert check_entry(OPEN, [late, early, earlier], None, "g1") == 2
    assert check_entry(OPEN, [late, early, earlier], None, "g3") == 3
    assert check_entry(OPEN, [earlier, early], None, "elsewhere") == 2


def test_an_account_just_unlinked_waits_a_round() -> None:
    mine = [member(7, None, admits_late=True)]
    with pytest.raises(RuleError, match=r"vote\.waits") as refused:
        check_entry(OPEN, mine, START, None)
    assert "round 4" in english(refused.value.text)
    assert check_entry(OPEN, mine, START - INSTANT, None) == 7
