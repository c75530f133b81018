"""Which versions go on: the cut, the owner's marks and the tie rule, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import RuleError, StateError
from bot.rounds.estimate import check_keep, levels, lot
from bot.rounds.model import BallotShape, Standing, TieRule, Verdict
from bot.text import Hole, Share, Text, t, tn


@dataclass(frozen=True, slots=True)
class Cut:
    """Who goes on and who leaves, as positions, best first, with a sentence for each.

    `tied` holds the unmarked versions of equal quality that there was not room for all of, best lot first.
    """

    kept: tuple[int, ...]
    left: tuple[int, ...]
    tied: tuple[int, ...]
    reasons: Mapping[int, Text]


def top(
    standings: Sequence[Standing],
    keep: int,
    tie_rule: TieRule,
    seed: str,
    keeps: frozenset[int] = frozenset(),
    vetoes: frozenset[int] = frozenset(),
    ballot: BallotShape = BallotShape.SHEETS,
    known: frozenset[int] = frozenset(),
) -> Cut:
    """Keep the best `keep`: `vetoes` never go on, `keeps` always do and count, the rest go by quality.

    Sentences speak of answers as the `ballot` takes them; `known` are the versions an earlier round knew.

    The tie rule decides among equals where the places run out, so that more than `keep` may go on (ALL)
    or fewer (NONE); LOT ranks them by `estimate.lot`. Raises RuleError when the marks cannot all hold.
    """
    _check(standings, keep, keeps, vetoes)
    level = dict(zip((s.position for s in standings), levels([s.quality for s in standings]), strict=True))
    ranked = sorted(level, key=lambda position: (level[position], lot(seed, position)))
    free = [position for position in ranked if position not in keeps | vetoes]
    chosen = free[: keep - len(keeps)]
    rest = free[len(chosen) :]
    tied: tuple[int, ...] = ()
    if chosen and rest and level[chosen[-1]] == level[rest[0]]:
        tied = tuple(position for position in free if level[position] == level[rest[0]])
        chosen = _break(tie_rule, chosen, tied)
    kept = tuple(position for position in ranked if position in keeps or position in chosen)
    left = tuple(position for position in ranked if position not in kept)
    why = _Why(len(ranked), keep, tie_rule, keeps, vetoes, frozenset(kept), frozenset(tied), ballot, known)
    return Cut(kept, left, tied, {s.position: why.sentence(s) for s in standings})


def _check(standings: Sequence[Standing], keep: int, keeps: frozenset[int], vetoes: frozenset[int]) -> None:
    check_keep(keep)
    if unknown := (keeps | vetoes) - {s.position for s in standings}:
        raise StateError(f"marks on positions that do not compete: {sorted(unknown)}")
    if both := len(keeps & vetoes):
        raise RuleError(
            "cut.marks",
            tn(
                "{n} design is marked both keep and veto. Please take one of the two marks away.",
                "{n} designs are marked both keep and veto. Please take one of the two marks away from each.",
                both,
            ),
        )
    if len(keeps) > keep:
        raise RuleError(
            "cut.keeps",
            t(
                "{keeps} designs are marked keep, but only {keep} can go on. Please take some marks away.",
                keeps=len(keeps),
                keep=keep,
            ),
        )


def _break(rule: TieRule, chosen: list[int], tied: tuple[int, ...]) -> list[int]:
    match rule:
        case TieRule.ALL:
            return chosen + [position for position in tied if position not in chosen]
        case TieRule.NONE:
            return [position for position in chosen if position not in tied]
        case TieRule.LOT:
            return chosen


@dataclass(frozen=True, slots=True)
class _Why:
    """What a reason may say: the first thing that decided about a version, then what fans answered."""

    total: int
    keep: int
    tie_rule: TieRule
    keeps: frozenset[int]
    vetoes: frozenset[int]
    kept: frozenset[int]
    tied: frozenset[int]
    ballot: BallotShape
    known: frozenset[int]

    def sentence(self, s: Standing) -> Text:
        facts: dict[str, Hole] = {"place": s.place, "total": self.total, "votes": self._votes(s)}
        if s.position in self.keeps:
            return t("The shop keeps this one: place {place} of {total}, {votes}.", **facts)
        if s.position in self.vetoes:
            return t("The shop takes this one out: place {place} of {total}, {votes}.", **facts)
        if s.position in self.tied:
            return self._tied(s)
        return self._kept(s, facts) if s.position in self.kept else self._left(s, facts)

    def _kept(self, s: Standing, facts: dict[str, Hole]) -> Text:
        if s.place > self.keep:
            return t("Moved up where the shop took others out, place {place} of {total}: {votes}.", **facts)
        if s.seen == 0 and s.position in self.known:
            return t(
                "Not asked about this time. What fans answered before is enough: place {place} of {total}.",
                **facts,
            )
        if s.seen == 0:
            return t(
                "Nobody was shown this one, so it counts as average, and that is enough: "
                "place {place} of {total}.",
                **facts,
            )
        if s.verdict is Verdict.EDGE:
            return t(
                "On the edge, but in, place {place} of {total}: {votes}. "
                "The chance that it belongs among the best {keep} is about {chance}.",
                keep=self.keep,
                chance=_chance(s),
                **facts,
            )
        return t("Safely in, place {place} of {total}: {votes}.", **facts)

    def _left(self, s: Standing, facts: dict[str, Hole]) -> Text:
        if s.place <= self.keep:
            return t(
                "Place {place} of {total} would do, but the shop keeps others instead: {votes}.", **facts
            )
        if s.seen == 0 and s.position in self.known:
            return t(
                "Not asked about this time. What fans answered before is not enough: "
                "place {place} of {total}.",
                **facts,
            )
        if s.seen == 0:
            return t(
                "Nobody was shown this one, so it only counts as average, and that is not enough: "
                "place {place} of {total}.",
                **facts,
            )
        if s.verdict is Verdict.EDGE:
            return t(
                "On the edge, and just not in, place {place} of {total}: {votes}. "
                "The chance that it belongs among the best {keep} is about {chance}.",
                keep=self.keep,
                chance=_chance(s),
                **facts,
            )
        return t(
            "Not among the best {keep} this time, place {place} of {total}: {votes}.", keep=self.keep, **facts
        )

    def _tied(self, s: Standing) -> Text:
        others, votes = len(self.tied) - 1, self._votes(s)
        if self.tie_rule is TieRule.ALL:
            return tn(
                "Equal with {n} other at the cut, and the printed rule lets both go on: {votes}.",
                "Equal with {n} others at the cut, and the printed rule lets all of them go on: {votes}.",
                others,
                votes=votes,
            )
        if self.tie_rule is TieRule.NONE:
            return tn(
                "Equal with {n} other at the cut, and the printed rule lets neither go on: {votes}.",
                "Equal with {n} others at the cut, and the printed rule lets none of them go on: {votes}.",
                others,
                votes=votes,
            )
        if s.position in self.kept:
            return tn(
                "Equal with {n} other at the cut, and the lot lets this one go on: {votes}.",
                "Equal with {n} others at the cut, and the lot lets this one go on: {votes}.",
                others,
                votes=votes,
            )
        return tn(
            "Equal with {n} other at the cut, and the lot fell against this one: {votes}.",
            "Equal with {n} others at the cut, and the lot fell against this one: {votes}.",
            others,
            votes=votes,
        )

    def _votes(self, s: Standing) -> Text:
        if s.seen == 0:
            return t("not asked about this time") if s.position in self.known else t("not shown to anyone")
        if self.ballot is BallotShape.DUELS:
            return tn("won {picks} of {n} duel", "won {picks} of {n} duels", s.seen, picks=s.picks)
        if self.ballot is BallotShape.CARDS:
            return tn(
                "seen by {n} fan, liked by {picks}",
                "seen by {n} fans, liked by {picks}",
                s.seen,
                picks=s.picks,
            )
        return tn(
            "seen by {n} fan, picked by {picks}", "seen by {n} fans, picked by {picks}", s.seen, picks=s.picks
        )


def _chance(s: Standing) -> Share:
    """Never say 0 % or 100 % of something that is on the edge."""
    return Share(min(max(s.chance, 0.01), 0.99))
