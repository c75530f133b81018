"""A worker process that votes as fast as it can through the service, ticks when told to, and keeps count."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from multiprocessing.connection import Connection
from random import Random

from bot.errors import RuleError
from bot.port import Actor, Press
from bot.service import rounds
from bot.service.catwalk import Catwalk
from bot.service.shop import Shop
from bot.storage.store import Store
from tests.made_shop import ROOM, SECRET

ANSWER_S = 60


class Worker:
    """One process's fans. Each has one press under way at any time, as a person has."""

    def __init__(self, url: str, fans: Sequence[str], designs: int) -> None:
        self.store = Store(url)
        self._catwalk = Catwalk(Shop(self.store, SECRET))
        self._fans, self._designs = fans, designs
        self._voting = False
        self._tasks: list[asyncio.Task[Counter[int]]] = []

    def start(self, round_id: int) -> None:
        self._voting = True
        self._tasks = [asyncio.create_task(self._vote(name, round_id)) for name in self._fans]

    async def tick(self) -> float:
        """Do what time demands; returns when it began, by the clock all processes share."""
        began = time.monotonic()
        await rounds.tick(self.store)
        return began

    async def stop(self) -> Counter[int]:
        """End; returns the acknowledged picks by design number."""
        self._voting = False
        return sum(await asyncio.gather(*self._tasks), Counter[int]())

    async def _vote(self, name: str, round_id: int) -> Counter[int]:
        """Pick and unpick designs; returns what was acknowledged, each design as it was last."""
        fan, rng, picked = Actor("room", name, name, "en"), Random(name), Counter[int]()
        for event in count():
            if not self._voting:
                break
            number = rng.randint(1, self._designs)
            want = 1 - picked[number]
            try:
                await self._catwalk.press(Press(fan, f"{event}", f"p:{round_id}:{number}:{want}", ROOM))
            except RuleError as refused:
                if refused.code != "vote.late":
                    raise
            else:
                picked[number] = want
        return picked


def work(url: str, fans: Sequence[str], designs: int, told: Connection) -> None:
    """Do what is told, and answer each; for a process of its own."""
    asyncio.run(_work(Worker(url, fans, designs), told))


async def _work(worker: Worker, told: Connection) -> None:
    while (what := await asyncio.to_thread(told.recv)) != "end":
        match what:
            case "tick":
                told.send(await worker.tick())
            case "stop":
                told.send(await worker.stop())
            case round_id:
                worker.start(round_id)
                told.send(None)
    await worker.store.close()
