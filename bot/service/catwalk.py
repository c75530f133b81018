"""Catwalk as its surfaces see it: the Inbox. Each call is one use case."""

from collections.abc import Awaitable

from msgspec.structs import replace

from bot import actions
from bot.actions import Deal
from bot.errors import RuleError
from bot.port import Actor, Command, Comment, Look, NewDesigns, News, Press, Reply, Upload
from bot.service import additions, commands, comments, groups, looks, ordering, revisions
from bot.service.clocks import clock_of
from bot.service.shop import Shop
from bot.service.voting import Votes
from bot.text import tells_time


class Catwalk:
    """Implements `bot.port.Inbox` over one installation."""

    def __init__(self, shop: Shop, *, queue: int = 10_000, batch: int = 256) -> None:
        self.shop = shop
        self.votes = Votes(shop.store, queue=queue, batch=batch)

    async def press(self, press: Press) -> Reply:
        """Do what a button asks, on a ballot or in a presale."""
        action = actions.decode(press.action)
        if isinstance(action, Deal):
            ordered = ordering.act(self.shop, press.actor, press.event_id, action, press.group)
            return await self._timed(ordered, press.actor, press.group)
        try:  # the strip of a vote has a clock
            return await self.votes.act(press.actor, press.event_id, action, press.group)
        except RuleError as refused:
            await self._set_clock(refused, press.actor, press.group)
            raise

    async def look(self, look: Look) -> Reply:
        """Show a screen; changes no vote."""
        return await self._timed(looks.look(self.shop, look, self.votes.fields), look.actor, look.group)

    async def comment(self, comment: Comment) -> Reply:
        """Keep what a fan said."""
        return await self._timed(comments.comment(self.shop, comment), comment.actor, comment.group)

    async def command(self, command: Command) -> Reply:
        """Do what `/name args` asks; raises RuleError for a name we do not know."""
        return await self._timed(commands.run(self, command), command.actor, command.group)

    async def upload(self, upload: Upload | NewDesigns) -> Reply:
        """Keep the next version of a design, or designs for a campaign that has not begun."""
        use = (
            revisions.upload(self.shop, upload)
            if isinstance(upload, Upload)
            else additions.add(self.shop, upload)
        )
        return await self._timed(use, upload.actor, None)

    async def _timed(self, asked: Awaitable[Reply], actor: Actor, group: str | None) -> Reply:
        """Answer by a clock of the person's own, also when refusing."""
        try:
            reply = await asked
        except RuleError as refused:
            await self._set_clock(refused, actor, group)
            raise
        if reply.zone or reply.strip or getattr(reply.screen, "strip", None):
            return reply
        return replace(reply, zone=await self._clock(actor, group))

    async def _set_clock(self, refused: RuleError, actor: Actor, group: str | None) -> None:
        if refused.zone is None and tells_time(refused.text):
            refused.zone = await self._clock(actor, group)

    async def _clock(self, actor: Actor, group: str | None) -> str | None:
        async with self.shop.store.read() as tx:
            return await clock_of(tx, actor, group)

    async def hear(self, news: News) -> None:
        """Take note of who is in a group, and where a group has moved."""
        await groups.hear(self.shop, news)
