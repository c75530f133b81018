"""Fans who tap through a round on Telegram as thumbs do, each in one message of their own chat."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from tests.adapters.telegram.stage import words
from tests.e2e.fan import pause
from tests.e2e.telegram import ours
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.state import Query
from tests.telegram.botapi.world import Message, User

_LOOK_S = 0.1
_REST_S = 2.5
"""Between two looks of a fan at their screen, and how long a thumb rests that is in no hurry."""

_PAGE, _OF = re.compile(r"Page (\d+) of (\d+)"), re.compile(r"^(\d+)/(\d+)$")


@dataclass(eq=False)
class Tapper:
    """One person with one thumb, who taps every `hurry_s` at most, and who waits `patience_s` for a page.

    `picked` and `finished` are what all their taps make of the ballot; `turns` how long each page took to
    turn, `mixed` how often the buttons were another page's than the picture.
    """

    api: BotApi
    user: User
    rng: Random
    hurry_s: float
    patience_s: float
    taps: list[Query] = field(default_factory=list)
    picked: set[int] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)
    turns: list[float] = field(default_factory=list)
    again: int = 0
    mixed: int = 0

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def saved(self) -> Sequence[Query]:
        """List the taps that were acknowledged, by their toast or as updates that need not come again."""
        taken = self.api.state.updates.taken
        done = [tap for tap in self.taps if tap.answer is not None or tap.update_id in taken]
        return [tap for tap in done if not refused(tap)]

    asked: None = None

    def event(self, _remote_id: str, tap: Query) -> str:
        """Name a tap as our service does."""
        return tap.id

    # -------------------------------------------------------------- voting

    async def vote(self, link: str) -> None:
        """Come by the group's button, and answer every page to the end."""
        self.api.people.start(self.user, link.rpartition("start=")[2])
        while not self._messages():
            await pause(_LOOK_S)
        sheet = self._messages()[0]
        while await self._leaf(sheet):
            pass

    async def _leaf(self, sheet: Message) -> bool:
        """Pick some of a page, think again about a few, finish it; say whether another page came."""
        page, pages = self._page(sheet)
        pad = self._pad(sheet)
        liked = self.rng.sample(sorted(pad), self.rng.randint(2, min(6, len(pad))))
        for number in [*liked, *(n for n in liked if self.rng.random() < 0.15)]:
            self._tap(sheet, pad[number])
            self.picked ^= {number}
            await pause(_REST_S if self.rng.random() < 0.1 else self.rng.uniform(0.1, self.hurry_s))
        await self._turn(sheet, page)
        self.finished |= set(pad)
        return page < pages

    async def _turn(self, sheet: Message, page: int) -> None:
        """Tap Done, and again where nothing happens, until there is another page or nothing left."""
        begun, asked = self.api.state.clock(), 0
        while self._page(sheet)[0] == page and not self._at_the_end():
            waited = self.api.state.clock() - begun
            if waited >= asked * self.patience_s:
                self._tap(sheet, self._keys(sheet)["✅ Done"])
                asked += 1
            await pause(_LOOK_S)
        self.turns.append(self.api.state.clock() - begun)
        self.again += asked - 1

    def _tap(self, sheet: Message, data: str) -> None:
        self.taps.append(self.api.people.forges(self.user, sheet, data))

    # -------------------------------------------------------------- seeing

    def _at_the_end(self) -> bool:
        """Say whether everything was shown that the fan is for: a ballot may have come twice before that."""
        return any(words(message).startswith("My ballot") for message in self._messages())

    def _messages(self) -> list[Message]:
        return ours(self.api, self.api.people.private(self.user))

    def _page(self, sheet: Message) -> tuple[int, int]:
        """Read which page is shown, and see that its buttons are of the same."""
        said = _PAGE.search(words(sheet))
        assert said is not None
        page, pages = int(said[1]), int(said[2])
        self.mixed += f"{page}/{pages}" not in self._keys(sheet)
        return page, pages

    @staticmethod
    def _keys(sheet: Message) -> dict[str, str]:
        """Read a keyboard: data by label."""
        return {
            key["text"]: key["callback_data"]
            for row in sheet["reply_markup"]["inline_keyboard"]
            for key in row
        }

    def _pad(self, sheet: Message) -> dict[int, str]:
        """Read what each number does."""
        return {int(label[-3:]): data for label, data in self._keys(sheet).items() if label[-3:].isdecimal()}


def refused(tap: Query) -> bool:
    """Say whether a tap was answered with an alert: it was not stored."""
    return tap.answer is not None and str(tap.answer.get("show_alert")).lower() == "true"


async def progress(fans: Sequence[Tapper], pages: int) -> None:
    """Wait until so many pages have been turned by everybody together."""
    while sum(len(fan.turns) for fan in fans) < pages:
        await pause(_LOOK_S)


async def works(api: BotApi, more: int) -> None:
    """Wait until the bot has acknowledged so many updates more."""
    before = len(api.state.updates.taken)
    while len(api.state.updates.taken) < before + more:
        await pause(_LOOK_S)


async def drained(api: BotApi) -> None:
    """Wait until the bot has acknowledged everything."""
    async with asyncio.timeout(60):
        while len(api.state.updates):
            await pause(_LOOK_S)
