from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError, StateError
from bot.i18n import Reader, render
from bot.rounds.estimate import TIE, Estimate, lot, standings
from bot.rounds.model import Standing, TieRule
from bot.rounds.select import Cut, top

RULES = list(TieRule)


def stand(
    quality: list[float], keep: int, seed: str = "seed", seen: int = 9, sd: float = 0.2
) -> list[Standing]:
    n = len(quality)
    arrays = np.full(n, sd), np.full(n, seen, dtype=np.intp), np.full(n, seen // 3, dtype=np.intp)
    return list(standings(Estimate(np.array(quality, dtype=float), *arrays), keep, seed))


def said(cut: Cut, position: int) -> str:
    return render(cut.reasons[position], Reader())


# ------------------------------------------------------------------ laws


@st.composite
def cuts(draw: st.DrawFn) -> tuple[list[Standing], int, str, frozenset[int], frozenset[int]]:
    """Draw few distinct qualities, so that ties are common, and marks that can hold."""
    quality = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=5, max_size=14))
    keep = draw(st.integers(1, len(quality) + 2))
    marks = draw(st.lists(st.sampled_from(["", "", "", "keep", "veto"]), min_size=14, max_size=14))
    keeps = [p for p in range(len(quality)) if marks[p] == "keep"][:keep]
    vetoes = [p for p in range(len(quality)) if marks[p] == "veto"]
    seed = draw(st.text(max_size=3))
    return stand(quality, keep, seed), keep, seed, frozenset(keeps), frozenset(vetoes)


Drawn = tuple[list[Standing], int, str, frozenset[int], frozenset[int]]


@given(cuts(), st.sampled_from(RULES))
def test_everyone_stays_or_leaves_for_a_reason(drawn: Drawn, rule: TieRule) -> None:
    ranked, keep, seed, keeps, vetoes = drawn
    cut = top(ranked, keep, rule, seed, keeps, vetoes)
    assert sorted(cut.kept + cut.left) == [s.position for s in ranked]
    assert set(cut.reasons) == {s.position for s in ranked}
    assert all(said(cut, position).endswith(".") for position in cut.reasons)
    place = {s.position: s.place for s in ranked}
    assert list(cut.kept) == sorted(cut.kept, key=lambda p: place[p])
    assert list(cut.left) == sorted(cut.left, key=lambda p: place[p])
    assert cut == top(list(reversed(ranked)), keep, rule, seed, keeps, vetoes)


@given(cuts(), st.sampled_from(RULES))
def test_marks_hold_and_nobody_unmarked_overtakes(drawn: Drawn, rule: TieRule) -> None:
    ranked, keep, seed, keeps, vetoes = drawn
    cut = top(ranked, keep, rule, seed, keeps, vetoes)
    assert keeps <= set(cut.kept)
    assert vetoes <= set(cut.left)
    quality = {s.position: s.quality for s in ranked}
    stayed = [quality[p] for p in cut.kept if p not in keeps]
    went = [quality[p] for p in cut.left if p not in vetoes]
    if stayed and went:
        assert min(stayed) >= max(went)
        if rule is not TieRule.LOT:
            assert min(stayed) > max(went)


@given(cuts(), st.sampled_from(RULES))
def test_sizes_are_exact_but_for_the_printed_tie_rule(drawn: Drawn, rule: TieRule) -> None:
    ranked, keep, seed, keeps, vetoes = drawn
    cut = top(ranked, keep, rule, seed, keeps, vetoes)
    wanted = min(keep, len(ranked) - len(vetoes))
    quality = {s.position: s.quality for s in ranked}
    stayed, tied = set(cut.kept), set(cut.tied)
    assert len(stayed) == wanted if rule is TieRule.LOT or not tied else len(stayed) != wanted
    if not tied:
        return
    assert len({quality[p] for p in tied}) == 1
    assert not tied & (keeps | vetoes)
    peers = {p for p in quality if quality[p] == quality[min(tied)]} - keeps - vetoes
    assert tied == peers
    assert stayed & tied == {TieRule.ALL: tied, TieRule.NONE: set(), TieRule.LOT: stayed & tied}[rule]
    room = keep - len(stayed - tied)
    assert 0 < room < len(tied)
    if rule is TieRule.LOT:
        assert stayed & tied == set(sorted(tied, key=lambda p: lot(seed, p))[:room])


@given(cuts())
def test_the_three_rules_contain_one_another(drawn: Drawn) -> None:
    ranked, keep, seed, keeps, vetoes = drawn
    everyone, some, nobody = (
        set(top(ranked, keep, rule, seed, keeps, vetoes).kept)
        for rule in (TieRule.ALL, TieRule.LOT, TieRule.NONE)
    )
    assert nobody <= some <= everyone


# ------------------------------------------------------------------ ties, exactly


@pytest.mark.parametrize(("rule", "kept"), [(TieRule.ALL, {0, 1, 2, 3}), (TieRule.NONE, {0})])
def test_a_tie_at_the_cut_follows_its_rule(rule: TieRule, kept: set[int]) -> None:
    cut = top(stand([2, 1, 1 + TIE / 10, 1, 0], 2), 2, rule, "seed")
    assert set(cut.kept) == kept
    assert set(cut.tied) == {1, 2, 3}


@pytest.mark.parametrize("rule", RULES)
def test_equals_that_all_fit_are_no_tie(rule: TieRule) -> None:
    cut = top(stand([2, 1, 1, 0], 3), 3, rule, "seed")
    assert set(cut.kept) == {0, 1, 2}
    assert cut.tied == ()


def test_the_lot_is_even_over_seeds_and_the_same_for_one() -> None:
    kept = [top(stand([1, 1, 1], 1, str(seed)), 1, TieRule.LOT, str(seed)).kept for seed in range(900)]
    assert all(250 < kept.count((position,)) < 350 for position in range(3))


def test_marked_versions_are_not_part_of_a_tie() -> None:
    cut = top(stand([1, 1, 1, 0], 2), 2, TieRule.NONE, "seed", keeps=frozenset({0}), vetoes=frozenset({1}))
    assert cut.kept == (0, 2)
    assert cut.tied == ()


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("keep", "keeps", "vetoes", "code", "sentence"),
    [
        (0, [], [], "cut.keep", "A cut has to keep at least 1"),
        (1, [0, 2], [], "cut.keeps", "2 designs are marked keep, but only 1 can go on"),
        (2, [0, 1], [1, 2], "cut.marks", "1 design is marked both keep and veto"),
        (2, [0, 1], [0, 1], "cut.marks", "2 designs are marked both keep and veto"),
    ],
)
def test_marks_that_cannot_hold_are_refused(
    keep: int, keeps: list[int], vetoes: list[int], code: str, sentence: str
) -> None:
    with pytest.raises(RuleError) as refused:
        top(stand([1, 0, 0], 1), keep, TieRule.ALL, "seed", frozenset(keeps), frozenset(vetoes))
    assert refused.value.code == code
    assert render(refused.value.text, Reader()).startswith(sentence)


def test_a_mark_on_nothing_is_a_bug() -> None:
    with pytest.raises(StateError):
        top(stand([1, 0], 1), 1, TieRule.ALL, "seed", keeps=frozenset({2}))


# ------------------------------------------------------------------ reasons


REASONS: list[tuple[Callable[[], Cut], int, str]] = [
    (
        lambda: top(stand([2, 0], 1), 1, TieRule.ALL, "s"),
        0,
        "Safely in, place 1 of 2: seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([2, 0], 1), 1, TieRule.ALL, "s"),
        1,
        "Not among the best 1 this time, place 2 of 2: seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([0.2, 0], 1, seen=1), 1, TieRule.ALL, "s"),
        0,
        "On the edge, but in, place 1 of 2: seen by 1 fan, picked by 0. "
        "The chance that it belongs among the best 1 is about 76\N{NO-BREAK SPACE}%.",
    ),
    (
        lambda: top(stand([0.2, 0], 1), 1, TieRule.ALL, "s"),
        1,
        "On the edge, and just not in, place 2 of 2: seen by 9 fans, picked by 3. "
        "The chance that it belongs among the best 1 is about 24\N{NO-BREAK SPACE}%.",
    ),
    (
        lambda: top(stand([2, 0], 1), 1, TieRule.ALL, "s", keeps=frozenset({1})),
        1,
        "The shop keeps this one: place 2 of 2, seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([2, 0], 1), 1, TieRule.ALL, "s", keeps=frozenset({1})),
        0,
        "Place 1 of 2 would do, but the shop keeps others instead: seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([2, 0], 1), 1, TieRule.ALL, "s", vetoes=frozenset({0})),
        0,
        "The shop takes this one out: place 1 of 2, seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([2, 0], 1), 1, TieRule.ALL, "s", vetoes=frozenset({0})),
        1,
        "Moved up where the shop took others out, place 2 of 2: seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([2, 0], 1, seen=0), 1, TieRule.ALL, "s"),
        0,
        "Nobody was shown this one, so it counts as average, and that is enough: place 1 of 2.",
    ),
    (
        lambda: top(stand([2, 0], 1, seen=0), 1, TieRule.ALL, "s"),
        1,
        "Nobody was shown this one, so it only counts as average, and that is not enough: place 2 of 2.",
    ),
    (
        lambda: top(stand([2, 0], 1, seen=0), 1, TieRule.ALL, "s", keeps=frozenset({1})),
        1,
        "The shop keeps this one: place 2 of 2, not shown to anyone.",
    ),
    (
        lambda: top(stand([2, 0], 1, seen=0), 1, TieRule.ALL, "s", keeps=frozenset({1})),
        0,
        "Place 1 of 2 would do, but the shop keeps others instead: not shown to anyone.",
    ),
    (
        lambda: top(stand([0, 0], 1), 1, TieRule.ALL, "s"),
        1,
        "Equal with 1 other at the cut, and the printed rule lets both go on: seen by 9 fans, picked by 3.",
    ),
    (
        lambda: top(stand([0, 0, 0], 1), 1, TieRule.NONE, "s"),
        1,
        "Equal with 2 others at the cut, and the printed rule lets none of them go on: "
        "seen by 9 fans, picked by 3.",
    ),
]


@pytest.mark.parametrize(("cut", "position", "sentence"), REASONS)
def test_a_reason_says_what_decided(cut: Callable[[], Cut], position: int, sentence: str) -> None:
    assert said(cut(), position) == sentence


def test_the_lot_is_named_on_both_sides() -> None:
    cut = top(stand([0, 0], 1), 1, TieRule.LOT, "s")
    assert said(cut, cut.kept[0]).startswith("Equal with 1 other at the cut, and the lot lets this one go on")
    assert said(cut, cut.left[0]).startswith("Equal with 1 other at the cut, and the lot fell against")


def test_an_edge_is_never_called_certain() -> None:
    ranked = [
        Standing(p, 1.0 - p, -9, 9, chance, 1 + p, s.verdict, 9, 3)
        for p, (chance, s) in enumerate(zip([0.9999, 0.0001], stand([0.01, 0], 1), strict=True))
    ]
    cut = top(ranked, 1, TieRule.ALL, "s")
    assert "about 99" in said(cut, 0)
    assert "about 1\N{NO-BREAK SPACE}%" in said(cut, 1)
