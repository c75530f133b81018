"""The simulated fans as the Inbox knows them, whatever they come for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.demo.clock import FastClock
from bot.demo.garments import Garment
from bot.demo.tastes import Taste
from bot.port import Actor, Command, Comment, Inbox, Look, Press, Screen, Tile, Wish


@dataclass(frozen=True, slots=True)
class Fans:
    """Everybody of one room, by their place in `tastes`, on one clock; `garment` tells what a tile shows."""

    inbox: Inbox
    group: str
    tastes: Sequence[Taste]
    garment: Callable[[Tile], Garment]
    clock: FastClock
    seed: int

    def actor(self, fan: int) -> Actor:
        return Actor("room", f"demo-{fan}", self.tastes[fan].name, self.tastes[fan].language)

    async def enter(self, fan: int) -> None:
        """Come in; who is in already stays."""
        await self.inbox.command(Command(self.actor(fan), f"enter-{fan}", "enter", "", self.group))

    async def see(self, fan: int, wish: Wish) -> Screen | None:
        return (await self.inbox.look(Look(self.actor(fan), wish, self.group))).screen

    async def tap(self, fan: int, event: str, action: str) -> None:
        await self.inbox.press(Press(self.actor(fan), event, action, self.group))

    async def say(self, fan: int, event: str, words: str, number: int) -> None:
        await self.inbox.comment(Comment(self.actor(fan), event, self.group, words, number))
