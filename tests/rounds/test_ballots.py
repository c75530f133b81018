"""The laws of one fan's ballot."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError
from bot.port import REASONS
from bot.rounds import ballots
from bot.rounds.ballots import EMPTY, Cell, Change, Count, Given, Item, Pair
from bot.rounds.model import BallotShape, RoundPlan, TieRule
from tests.clock import START

Cells = dict[Item, Cell]

reachable = [Cell(), Cell(1), Cell(0, seen=True), Cell(1, seen=True)]
positions = st.integers(0, 6)
some = st.lists(positions, max_size=8)
ballot = st.dictionaries(positions, st.sampled_from(reachable))
wants = st.sampled_from([True, False, None])
times = st.integers(0, 5).map(lambda s: START + timedelta(seconds=s))
dated = st.dictionaries(positions, st.builds(Given, st.sampled_from(reachable), times, st.integers(1, 3)))


def after(cells: Mapping[Item, Cell], changes: Sequence[Change]) -> Cells:
    """Apply changes, each of which must start from what is there and change it."""
    now = dict(cells)
    for position, before, then in changes:
        assert now.get(position, EMPTY) == before
        assert before != then
        now[position] = then
    return now


def before_of(changes: Sequence[Change]) -> list[tuple[int, Cell]]:
    """What a history keeps of changes to go back by."""
    return [(c.item, c.before) for c in changes if isinstance(c.item, int)]


def said(cells: Mapping[Item, Cell]) -> Cells:
    """Leave out what is as if it had never been touched."""
    return {p: cell for p, cell in cells.items() if cell != EMPTY}


def counted(cells: Mapping[Item, Cell]) -> Count:
    return Count(sum(c.answer is not None for c in cells.values()), sum(c.picked for c in cells.values()))


@given(ballot, some, st.booleans())
def test_a_pick_makes_it_so_and_a_second_one_changes_nothing(
    cells: Cells, chosen: list[int], want: bool
) -> None:
    now = after(cells, ballots.pick(cells, chosen, want))
    assert all((now.get(p, EMPTY).picked) is want for p in chosen)
    assert ballots.pick(now, chosen, want) == ()
    assert {p: c for p, c in now.items() if p not in chosen} == {
        p: c for p, c in cells.items() if p not in chosen
    }


@given(ballot, some)
def test_turning_twice_is_turning_never(cells: Cells, chosen: list[int]) -> None:
    once = after(cells, ballots.pick(cells, chosen, None))
    assert all(once[p].picked is not cells.get(p, EMPTY).picked for p in chosen)
    assert said(after(once, ballots.pick(once, chosen, None))) == said(cells)


@given(ballot, some, wants)
def test_a_pick_never_touches_what_is_seen(cells: Cells, chosen: list[int], want: bool | None) -> None:
    assert all(b.seen is a.seen for _, b, a in ballots.pick(cells, chosen, want))


@given(ballot, st.sets(positions))
def test_a_finished_page_is_answered_and_keeps_its_picks(cells: Cells, page: set[int]) -> None:
    now = after(cells, ballots.finish(cells, page))
    for p in page:
        assert now[p] == Cell(int(cells.get(p, EMPTY).picked), seen=True)
    assert ballots.finish(now, page) == ()


@given(ballot, some, wants)
def test_undo_at_once_puts_everything_back(cells: Cells, chosen: list[int], want: bool | None) -> None:
    changes = ballots.pick(cells, chosen, want)
    now = after(cells, changes)
    assert said(after(now, ballots.undo_picks(now, before_of(changes)))) == said(cells)


@given(ballot, some, wants, st.sets(positions))
def test_undo_keeps_a_page_finished_since(
    cells: Cells, chosen: list[int], want: bool | None, page: set[int]
) -> None:
    changes = ballots.pick(cells, chosen, want)
    now = after(cells, changes)
    now = after(now, ballots.finish(now, page))
    back = after(now, ballots.undo_picks(now, before_of(changes)))
    assert all(back[p].seen and back[p].answer is not None for p in page)
    assert all(back[p].picked is cells.get(p, EMPTY).picked for p, _, _ in changes)


@given(ballot, some, wants, st.sets(positions))
def test_counts_follow_the_changes(
    cells: Cells, chosen: list[int], want: bool | None, page: set[int]
) -> None:
    picked = ballots.pick(cells, chosen, want)
    now = after(cells, picked)
    finished = ballots.finish(now, page)
    assert counted(cells).plus(ballots.gained(picked)) == counted(now)
    assert counted(cells).plus(ballots.gained(picked)).plus(ballots.gained(finished)) == counted(
        after(now, finished)
    )


@given(ballot, some, wants, st.sets(positions))
def test_no_press_leaves_a_page_seen_without_an_answer(
    cells: Cells, chosen: list[int], want: bool | None, page: set[int]
) -> None:
    changes = ballots.pick(cells, chosen, want)
    now = after(cells, changes)
    now = after(now, ballots.finish(now, page))
    now = after(now, ballots.undo_picks(now, before_of(changes)))
    assert all(cell in reachable for cell in now.values())


@given(dated, dated)
def test_the_newer_answer_wins_and_what_either_saw_is_seen(a: dict[int, Given], b: dict[int, Given]) -> None:
    merged = ballots.merge(a, b)
    assert merged.keys() == a.keys() | b.keys()
    for p, given_ in merged.items():
        both = [side[p] for side in (a, b) if p in side]
        answers = [g for g in both if g.cell.answer is not None]
        newest = max(answers or both, key=lambda g: g.at)
        assert given_.at == newest.at
        assert given_.cell.seen is any(g.cell.seen for g in both)
        assert any(given_ == (Cell(g.cell.answer, given_.cell.seen), g.at, g.account_id) for g in both)
        assert given_.cell in reachable


@given(dated, dated)
def test_of_equally_old_answers_the_first_ballots_stands(a: dict[int, Given], b: dict[int, Given]) -> None:
    merged = ballots.merge(a, b)
    for p in a.keys() & b.keys():
        if a[p].at == b[p].at and a[p].cell.answer is not None:
            assert merged[p].cell.answer == a[p].cell.answer
            assert merged[p].account_id == a[p].account_id


@given(dated, dated, dated)
def test_it_does_not_matter_who_is_joined_first(
    a: dict[int, Given], b: dict[int, Given], c: dict[int, Given]
) -> None:
    assert ballots.merge(ballots.merge(a, b), c) == ballots.merge(a, ballots.merge(b, c))


@given(dated)
def test_joining_with_oneself_or_nobody_changes_nothing(a: dict[int, Given]) -> None:
    assert ballots.merge(a, a) == ballots.merge(a, {}) == ballots.merge({}, a) == a


@given(st.permutations(range(11)), st.integers(1, 12))
def test_pages_hold_the_whole_order_once(order: list[int], size: int) -> None:
    pages = ballots.pages(tuple(order), size)
    assert [p for page in pages for p in page] == order
    assert all(len(page) == size for page in pages[:-1])
    assert 1 <= len(pages[-1]) <= size


@given(st.permutations(range(6)), st.permutations(range(6)))
def test_another_order_has_another_tag(one: list[int], other: list[int]) -> None:
    assert (ballots.tag(tuple(one)) == ballots.tag(tuple(other))) is (one == other)
    assert len(ballots.tag(tuple(one))) == 8


# ------------------------------------------------------------------ cards and duels


def pairs() -> st.SearchStrategy[Pair]:
    return st.tuples(positions, positions).filter(lambda p: p[0] != p[1]).map(lambda p: ballots.pair_of(*p))


items: st.SearchStrategy[Item] = st.one_of(positions, pairs())
answers = st.integers(0, 2)
keys = st.sampled_from(REASONS)
answered = st.builds(Cell, answers, st.just(True), st.integers(0, 63))
cards = st.dictionaries(items, answered)


@given(cards, items, answers)
def test_an_answer_finishes_its_page_and_keeps_its_reasons(cells: Cells, item: Item, wanted: int) -> None:
    now = after(cells, ballots.answer(cells, [item], wanted))
    assert now[item] == Cell(wanted, True, cells.get(item, EMPTY).chips)
    assert ballots.answer(now, [item], wanted) == ()
    assert {i: c for i, c in now.items() if i != item} == {i: c for i, c in cells.items() if i != item}


@given(cards, items, answers, keys, st.booleans())
def test_taking_back_step_by_step_ends_where_it_began(
    cells: Cells, item: Item, wanted: int, key: str, want: bool
) -> None:
    first = ballots.answer(cells, [item], wanted)
    now = after(cells, first)
    second = ballots.reason(now, item, key, want)
    now = after(now, second)
    for changes in (second, first):
        now = after(now, ballots.put_back(now, [(c.item, c.before) for c in changes]))
    assert said(now) == said(cells)


@given(cards, items, keys)
def test_a_reason_is_put_on_and_off_beside_an_answer_only(cells: Cells, item: Item, key: str) -> None:
    if item not in cells:
        with pytest.raises(RuleError, match=r"chip\.early"):
            ballots.reason(cells, item, key, True)
        return
    on = after(cells, ballots.reason(cells, item, key, True))
    assert ballots.reasons(on[item]) == ballots.reasons(cells[item]) | {key}
    off = after(on, ballots.reason(on, item, key, False))
    assert ballots.reasons(off[item]) == ballots.reasons(cells[item]) - {key}
    assert off[item].answer == on[item].answer == cells[item].answer


@given(cards, items, answers)
def test_counts_follow_cards_and_duels(cells: Cells, item: Item, wanted: int) -> None:
    changes = ballots.answer(cells, [item], wanted)
    assert counted(cells).plus(ballots.gained(changes)) == counted(after(cells, changes))


@given(st.lists(pairs(), unique=True), st.lists(pairs(), unique=True), st.sets(pairs()))
def test_joined_orders_hold_every_answered_page_once(
    mine: list[Pair], theirs: list[Pair], done: set[Pair]
) -> None:
    plan = RoundPlan(1, BallotShape.DUELS, START, START, 1, 0, TieRule.LOT)
    kept, other = [[position for pair in order for position in reversed(pair)] for order in (mine, theirs)]
    merged = ballots.merge_orders(plan, kept, other, done)
    shown = [ballots.pair_of(*page) for page in ballots.pages(merged, 2)]
    assert shown[: len(mine)] == mine
    assert len(shown) == len(set(shown))
    assert set(shown) == set(mine) | (set(theirs) & done)
