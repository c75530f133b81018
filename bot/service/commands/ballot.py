"""Voting by typed words: the text path of the ballot."""

import re

from bot.actions import Action, Pick, Prefer, Rate
from bot.errors import RuleError
from bot.port import Command, Reply
from bot.rounds.model import BallotShape
from bot.service import ballot
from bot.service.ballot import Mine
from bot.service.commands.row import Counter, Row
from bot.service.comments import member_group
from bot.service.shop import known
from bot.text import Numbers, t

_MOST_NUMBERS = 300
_ANSWERS = {"love": 2, "like": 1, "pick": 1, "pass": 0}


async def _answer(at: Counter, c: Command) -> Reply:
    """Answer by typed numbers: `61 67 72` is for them, `-67` takes a pick back or passes on a card."""
    even = c.name == "even"
    numbers, wanted = _numbers(c.args) if c.args.strip() or not even else ((), True)
    mine = await _mine(at, c)
    if mine.round.plan.ballot is not BallotShape.SHEETS:  # what is answered must have been drawn
        await ballot.begin(at.shop, c.actor, c.group, at.votes.fields)
        mine = await _mine(at, c)
    return await at.votes.act(c.actor, c.event_id, _meant(mine, c.name, numbers, wanted), c.group)


async def _mine(at: Counter, c: Command) -> Mine:
    async with at.shop.store.read() as tx:
        person = await known(tx, c.actor)
        group = await member_group(tx, person, c.actor.platform, c.group)
        return await ballot.mine_of(tx, person, group, at.votes.fields)


def _meant(mine: Mine, name: str, numbers: tuple[int, ...], wanted: bool) -> Action:
    """Say what a command means in this round; raises RuleError for what its ballot has no answer like."""
    match mine.round.plan.ballot:
        case BallotShape.SHEETS if name != "even":
            return Pick(mine.round.id, numbers, wanted and name != "pass")
        case BallotShape.CARDS if name != "even":
            return Rate(mine.round.id, numbers, _ANSWERS[name] if wanted else 0)
        case BallotShape.DUELS if name != "pass" and wanted and len(numbers) <= 2:
            return _duel(mine, name, numbers)
    raise RuleError(
        "ballot.shape", t("This round is answered in another way. Open your ballot and go on there.")
    )


def _duel(mine: Mine, name: str, numbers: tuple[int, ...]) -> Prefer:
    """Find the duel meant: the first open one with these numbers, else one answered before."""
    candidates = mine.field.candidates
    shown = [tuple(candidates[p].number for p in page) for page in mine.pages]
    meant = [duel for duel in shown if set(numbers) <= set(duel)]
    done = dict(zip(shown, mine.finished, strict=True))
    first, second = next((duel for duel in meant if not done[duel]), meant[0] if meant else (0, 0))
    if first == 0:
        raise RuleError(
            "ballot.no_duel",
            t(
                "{numbers} is in none of your pairs. Each fan is asked about pairs of their own.",
                numbers=Numbers(numbers),
            ),
        )
    choice = 0 if name == "even" else 1 if numbers[0] == first else 2
    return Prefer(mine.round.id, first, second, choice)


def _numbers(args: str) -> tuple[tuple[int, ...], bool]:
    words = re.findall(r"-?#?\d+", args)
    rest = re.sub(r"-?#?\d+|[\s,;.、，]+", "", args)
    numbers = tuple(dict.fromkeys(int(w.strip("-#")) for w in words if len(w) < 8))
    signs = {w.startswith("-") for w in words}
    if rest or not numbers or len(signs) > 1 or len(numbers) > _MOST_NUMBERS:
        raise RuleError(
            "pick.shape", t("Type only numbers, like 61 67 72. To take picks back, type -61 -67.")
        )
    return numbers, signs == {False}


ROWS = {
    "pick": Row(_answer, (t("/pick 61 67 picks designs, /pick -67 takes one back."),)),
    "love": Row(_answer, (t("/love 61 answers a card: you love it."),)),
    "like": Row(_answer, (t("/like 61 answers a card: you like it."),)),
    "pass": Row(_answer, (t("/pass 61 answers a card: not for you."),)),
    "even": Row(_answer, (t("/pick 61 answers your next pair with it, /even says you can’t choose."),)),
}
