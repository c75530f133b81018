"""Voting by typed words: the text path of the ballot."""

import re

from bot.actions import Pick
from bot.errors import RuleError
from bot.port import Command, Reply
from bot.rounds import engine
from bot.service.commands.row import Counter, Row
from bot.service.comments import member_group
from bot.service.shop import known
from bot.storage import rounds
from bot.text import t

_MOST_NUMBERS = 300


async def _pick(at: Counter, c: Command) -> Reply:
    """Pick by typed numbers, the text path of a sheet: `61 67 72` adds, `-67` takes back."""
    numbers, want = _numbers(c.args)
    async with at.shop.store.read() as tx:
        person = await known(tx, c.actor)
        group = await member_group(tx, person, c.actor.platform, c.group)
        round_ = await rounds.group_round(tx, group.id)
        if round_ is None or round_.opened_at is None:
            raise RuleError("ballot.none", t("Nothing is open for votes yet. The group is told when it is."))
        engine.check_votable(round_, await tx.now())
    return await at.votes.act(c.actor, c.event_id, Pick(round_.id, numbers, want), c.group)


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


ROWS = {"pick": Row(_pick, (t("/pick 61 67 picks designs, /pick -67 takes one back."),))}
