"""Catwalk as its surfaces see it: the Inbox. Each call is one use case."""

from bot import actions
from bot.actions import CancelOrder, Order
from bot.port import Command, Comment, Look, News, Press, Reply, Upload
from bot.service import commands, comments, groups, looks, ordering, revisions
from bot.service.shop import Shop
from bot.service.voting import Votes


class Catwalk:
    """Implements `bot.port.Inbox` over one installation."""

    def __init__(self, shop: Shop, *, queue: int = 10_000, batch: int = 256) -> None:
        self.shop = shop
        self.votes = Votes(shop.store, queue=queue, batch=batch)

    async def press(self, press: Press) -> Reply:
        """Do what a button asks, on a ballot or in a presale."""
        action = actions.decode(press.action)
        if isinstance(action, Order | CancelOrder):
            return await ordering.act(self.shop, press.actor, press.event_id, action, press.group)
        return await self.votes.act(press.actor, press.event_id, action, press.group)

    async def look(self, look: Look) -> Reply:
        """Show a screen; changes no vote."""
        return await looks.look(self.shop, look, self.votes.fields)

    async def comment(self, comment: Comment) -> Reply:
        """Keep what a fan said."""
        return await comments.comment(self.shop, comment)

    async def command(self, command: Command) -> Reply:
        """Do what `/name args` asks; raises RuleError for a name we do not know."""
        return await commands.run(self, command)

    async def upload(self, upload: Upload) -> Reply:
        """Keep the next version of a design."""
        return await revisions.upload(self.shop, upload)

    async def hear(self, news: News) -> None:
        """Take note of who is in a group, and where a group has moved."""
        await groups.hear(self.shop, news)
