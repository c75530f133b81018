"""Catwalk as its surfaces see it: the Inbox. Each call is one use case."""

from bot.port import Command, Comment, Look, Reply
from bot.service import commands, comments, looks
from bot.service.shop import Shop
from bot.service.voting import Votes


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
        return await commands.run(self, command)
