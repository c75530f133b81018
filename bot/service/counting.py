"""Counting a closed round: its answers read and estimated, with no lock held and nothing written."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.rounds.estimate import estimate, standings
from bot.rounds.evidence import Answers, Duels, Kind, Prior, Ratings, carried
from bot.rounds.model import BallotShape, Round, Standing
from bot.rounds.summary import Integrity, compared
from bot.service.field import earlier_of
from bot.storage import duels, rounds, summaries, tallies
from bot.storage.store import Store, Tx


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count found. It holds for the ballots that counted at the number `recounts`."""

    recounts: int
    standings: tuple[Standing, ...]
    integrity: Integrity


async def counted(store: Store, round_: Round) -> Counted:
    """Estimate the standings of a closed round.

    Where ballots are set aside, all are estimated once more, to say what difference leaving them out makes.
    """
    async with store.read(heavy=True) as tx:
        recounts = await rounds.recounts(tx, round_.id)
        candidates = await rounds.candidates(tx, round_.id)
        position_of = {c.version_id: c.position for c in candidates}
        answers = await _answers(tx, round_, position_of)
        aside = await summaries.set_aside_count(tx, round_.id)
        everyones = await _answers(tx, round_, position_of, everyone=True) if aside else None
        prior = carried(await earlier_of(tx, round_, candidates))
    result = await asyncio.to_thread(_standings, answers, len(candidates), prior, round_)
    if everyones is None:
        return Counted(recounts, result, Integrity(0, 0))
    otherwise = await asyncio.to_thread(_standings, everyones, len(candidates), prior, round_)
    return Counted(recounts, result, compared(aside, result, otherwise, round_))


async def _answers(tx: Tx, round_: Round, position_of: Mapping[int, int], everyone: bool = False) -> Kind:
    """Read a round's counted answers (or everyone's), of whichever kind its ballot takes."""
    if round_.plan.ballot is BallotShape.DUELS:
        first, second, choice = await duels.counted(tx, round_.id, everyone)
        return Duels(_positions(first, position_of), _positions(second, position_of), choice)
    fans, versions, answers = await tallies.counted_votes(tx, round_.id, everyone)
    make = Ratings.of_arrays if round_.plan.ballot is BallotShape.CARDS else Answers.of_arrays
    return make(fans, _positions(versions, position_of), answers)


def _positions(versions: np.ndarray, position_of: Mapping[int, int]) -> np.ndarray:
    known, which = np.unique(versions, return_inverse=True)
    return np.array([position_of[v] for v in known.tolist()], dtype=np.int64)[which]


def _standings(answers: Kind, versions: int, prior: Prior | None, round_: Round) -> tuple[Standing, ...]:
    return standings(estimate(answers, versions, prior), round_.plan.keep, round_.seed)
