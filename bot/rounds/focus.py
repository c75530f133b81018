"""What a round of cards or duels asks about, and in which order one fan is asked.

Sheets show everything (`expose`). Cards and duels spend taps where they decide something: on what too few
saw, what has changed, and what is on the edge of this round's cut by what earlier rounds know. A share of
what is shown is drawn from the rest, unlabelled, so being asked tells nobody where a design stands, and
what was thought settled can still be found wrong.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from bot.rounds.ballots import Pair, pair_of
from bot.rounds.estimate import Estimate, standings
from bot.rounds.evidence import Earlier, Prior, carried
from bot.rounds.model import BallotShape, RoundPlan, Verdict

ENOUGH = 20
"""Answers from which a version counts as seen enough: its raw share is then known to about ±0.2."""

DECK, DUELS = 40, 24
"""The most cards and duels one fan is asked for: about four minutes with a thumb."""

AROUND = 6
"""How many places around the cut are always asked about, however sure they seem."""

DRAWN = 0.2
"""Share of a deck, and chance of a duel, that is drawn from what is not in focus."""

NEAR = 8
"""Duels are fought with one of this many nearest by what is known: far ones tell little that is new."""

CHANCE = 8
"""How far a least-seen-first order is shuffled, in answers: see `expose.order`."""


@dataclass(frozen=True, slots=True)
class Focus:
    """The positions a round asks about, and every candidate's quality as known when it opened."""

    positions: tuple[int, ...]
    quality: tuple[float, ...]

    @property
    def others(self) -> list[int]:
        mine = set(self.positions)
        return [position for position in range(len(self.quality)) if position not in mine]


def focus(plan: RoundPlan, earlier: Sequence[Earlier | None], seed: str) -> Focus:
    """Choose what a round asks about, by position; everything where no earlier round was counted."""
    prior = carried(earlier)
    if prior is None:
        return Focus(tuple(range(len(earlier))), (0.0,) * len(earlier))
    unsure = _near_the_cut(prior, plan.keep, seed)
    if plan.ballot is BallotShape.CARDS:
        unsure |= {i for i, e in enumerate(earlier) if e is None or e.changed or e.standing.seen < ENOUGH}
    return Focus(tuple(sorted(unsure)), tuple(prior.mean.tolist()))


def _near_the_cut(prior: Prior, keep: int, seed: str) -> set[int]:
    nothing = np.zeros(prior.mean.size, dtype=np.intp)
    placed = standings(Estimate(prior.mean, prior.sd, nothing, nothing), keep, seed)
    nearest = sorted(placed, key=lambda s: (abs(s.place - keep - 0.5), s.place))
    return {s.position for s in placed if s.verdict is Verdict.EDGE} | {s.position for s in nearest[:AROUND]}


def asked(plan: RoundPlan, focus: Focus) -> int:
    """Say how many pages every fan's ballot has."""
    match plan.ballot:
        case BallotShape.CARDS:
            return min(len(focus.positions) + _extras(focus), DECK)
        case BallotShape.DUELS:
            return _fights(focus)
        case _:
            return -(-len(focus.quality) // plan.page_size)


def _extras(focus: Focus) -> int:
    wanted = round(len(focus.positions) * DRAWN / (1 - DRAWN))
    return min(wanted, len(focus.quality) - len(focus.positions))


def _fights(focus: Focus) -> int:
    most = len(focus.positions)
    return min(most * (most - 1) // 2, DUELS)


def deck(
    seed: str, fan_id: int, focus: Focus, seen: Sequence[int], known: Collection[int]
) -> tuple[int, ...]:
    """Return the cards this fan is asked, in order; the same inputs give the same deck.

    What they never saw as it is now comes first (`known` are the positions they did), then the least seen:
    `seen` is how often each was answered in this round so far.
    """
    rng = _rng("deck", seed, fan_id)
    drawn = rng.permutation(np.array(focus.others, dtype=np.intp))[: _extras(focus)]
    shown = np.concatenate([np.array(focus.positions, dtype=np.intp), drawn])
    counts = np.asarray(seen, dtype=np.float64)[shown]
    mean = counts.mean() if counts.size else 0.0
    before = np.isin(shown, np.array(list(known), dtype=np.intp))
    key = counts + (CHANCE + mean) * rng.random(shown.size)
    place = np.empty(shown.size)
    in_focus = np.arange(shown.size) < len(focus.positions)
    for part in (in_focus & before, in_focus & ~before, ~in_focus & before, ~in_focus & ~before):
        ranks = np.argsort(np.argsort(key[part]))
        place[part] = (ranks + rng.random(ranks.size)) / max(ranks.size, 1)  # evenly through the deck
    return tuple(int(position) for position in shown[np.lexsort((place, before))][:DECK])


def duels(seed: str, fan_id: int, focus: Focus, seen: Sequence[int]) -> tuple[int, ...]:
    """Return the duels this fan is asked, as left, right, left, right …; no two designs meet twice.

    Everything in focus appears once before anything appears twice, the least seen first; a partner is one
    of the nearest, or drawn from the rest; who stands left is drawn.
    """
    rng = _rng("duels", seed, fan_id)
    total = _fights(focus)
    met: dict[Pair, tuple[int, int]] = {}
    while len(met) < total and _pass(rng, focus, seen, met, total):
        pass
    left = [Pair(a, b) for a in focus.positions for b in focus.positions if a < b]
    for i in rng.permutation(len(left)):
        if len(met) < total:
            met.setdefault(left[i], left[i])
    sides = rng.random(len(met)) < 0.5
    turned = [(b, a) if turn else (a, b) for (a, b), turn in zip(met.values(), sides, strict=True)]
    return tuple(position for duel in turned for position in duel)


def _pass(
    rng: np.random.Generator,
    focus: Focus,
    seen: Sequence[int],
    met: dict[Pair, tuple[int, int]],
    total: int,
) -> bool:
    """Let everything in focus meet once, as far as partners are left; False when nothing could."""
    counts = np.asarray(seen, dtype=np.float64)[list(focus.positions)]
    ranked = np.argsort(counts + (CHANCE + counts.mean()) * rng.random(counts.size))
    free = [focus.positions[i] for i in ranked]
    before = len(met)
    while free and len(met) < total:
        one = free.pop(0)
        other = _partner(rng, focus, one, free, met)
        if other is not None:
            met[pair_of(one, other)] = (one, other)
            if other in free:
                free.remove(other)
    return len(met) > before


def _partner(
    rng: np.random.Generator, focus: Focus, one: int, free: Sequence[int], met: Collection[Pair]
) -> int | None:
    far = [p for p in focus.others if pair_of(one, p) not in met]
    if far and rng.random() < DRAWN:
        return int(rng.choice(far))
    near = [p for p in free if pair_of(one, p) not in met]
    near.sort(key=lambda p: abs(focus.quality[p] - focus.quality[one]))
    return int(rng.choice(near[:NEAR])) if near else None


def _rng(what: str, seed: str, fan_id: int) -> np.random.Generator:
    digest = sha256(f"{what}:{seed}:{fan_id}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest))
