"""Catwalk as its surfaces see it: the Inbox. Each call is one use case; commands are one table."""

import re
from collections.abc import Awaitable, Callable

from bot.actions import Pick
from bot.errors import RuleError
from bot.port import Command, Comment, Look, Reply
from bot.rounds import engine
from bot.service import comments, looks, people, privacy
from bot.service.comments import member_group
from bot.service.shop import Shop, known
from bot.service.voting import Votes
from bot.storage import rounds
from bot.text import Text, t

_MOST_NUMBERS = 300
_Handler = Callable[["Catwalk", Command], Awaitable[Reply]]


class Catwalk:
    """Implements `bot.port.Inbox` over one installation."""

    def __init__(self, shop: Shop, *, queue: int = 10_000, batch: int = 256) -> None:
        self.shop = shop
        self.votes = Votes(shop.store, queue=queue, batch=batch)
        self.press = self.votes.press

    async def look(self, look: Look) -> Reply:
        """Show a screen; changes no vote."""
        return await looks.look(self.shop, look)

    async def comment(self, comment: Comment) -> Reply:
        """Keep what a fan said."""
        return await comments.comment(self.shop, comment)

    async def command(self, command: Command) -> Reply:
        """Do what `/name args` asks; raises RuleError for a name we do not know."""
        handler = COMMANDS.get(command.name)
        if handler is None:
            raise RuleError(
                "command.unknown",
                t("There is no /{name} here. Say /help for what there is.", name=command.name[:20]),
            )
        return await handler(self, command)


async def _enter(self: Catwalk, c: Command) -> Reply:
    return await people.enter(self.shop, c.actor, c.args, c.group)


async def _claim(self: Catwalk, c: Command) -> Reply:
    return await people.claim(self.shop, c.actor, c.args)


async def _setup(self: Catwalk, c: Command) -> Reply:
    return await people.join_campaign(self.shop, c.actor, c.group, c.args)


async def _link(self: Catwalk, c: Command) -> Reply:
    return await people.link(self.shop, c.actor, c.args)


async def _unlink(self: Catwalk, c: Command) -> Reply:
    return await people.unlink(self.shop, c.actor)


async def _language(self: Catwalk, c: Command) -> Reply:
    return await people.set_language(self.shop, c.actor, c.args)


async def _forget(self: Catwalk, c: Command) -> Reply:
    return await privacy.forget(self.shop, c.actor, c.args)


async def _me(self: Catwalk, c: Command) -> Reply:
    return await people.me(self.shop, c.actor)


async def _pick(self: Catwalk, c: Command) -> Reply:
    """Pick by typed numbers, the text path of a sheet: `61 67 72` adds, `-67` takes back."""
    numbers, want = _numbers(c.args)
    async with self.shop.store.read() as tx:
        person = await known(tx, c.actor)
        group = await member_group(tx, person, c.actor.platform, c.group)
        round_ = await rounds.group_round(tx, group.id)
        if round_ is None or round_.opened_at is None:
            raise RuleError("ballot.none", t("Nothing is open for votes yet. The group is told when it is."))
        engine.check_votable(round_, await tx.now())
    return await self.votes.act(c.actor, c.event_id, Pick(round_.id, numbers, want), c.group)


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


async def _help(_self: Catwalk, _c: Command) -> Reply:
    return Reply(HELP)


HELP: Text = t(
    "#067 and a few words comments on a design. /link joins your accounts, /unlink parts them, "
    "/language fr changes the language, /me shows what we know of you, /forget takes it out."
)

COMMANDS: dict[str, _Handler] = {
    "enter": _enter,
    "claim": _claim,
    "setup": _setup,
    "link": _link,
    "unlink": _unlink,
    "language": _language,
    "me": _me,
    "forget": _forget,
    "pick": _pick,
    "help": _help,
}
