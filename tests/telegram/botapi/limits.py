"""How often a bot may send: once a second to a chat, 20 times a minute to a group, 30 times a second in all.

Telegram publishes these numbers as guidance and lets short bursts pass; this server never does, so that
whoever keeps to it keeps to Telegram's. Edits count as sends, and an album once for each of its items, except
that it is one of the chat's one a second.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.telegram.botapi.failures import too_many


@dataclass
class Window:
    """At most `most` within any `span_s` seconds."""

    most: int
    span_s: float
    taken: deque[tuple[float, int]] = field(default_factory=deque)

    def wait_s(self, now: float, weight: int) -> float:
        """Say how long to wait until `weight` more fit in; 0 is now."""
        while self.taken and self.taken[0][0] + self.span_s <= now:
            self.taken.popleft()
        used, free_at = sum(w for _, w in self.taken), now
        for at, freed in self.taken:
            if used + weight <= self.most:
                break
            used, free_at = used - freed, at + self.span_s
        return free_at - now

    def take(self, now: float, weight: int) -> None:
        self.taken.append((now, weight))


class Limits:
    """Counts what is sent and refuses what is too much, as 429 with `retry_after` in whole seconds.

    Until that time has passed the chat takes nothing. `clock` is in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._chats: dict[int, Window] = defaultdict(partial(Window, 1, 1.0))
        self._groups: dict[int, Window] = defaultdict(partial(Window, 20, 60.0))
        self._all = Window(30, 1.0)
        self._flooded: dict[int, float] = {}

    def count(self, chat_id: int, weight: int = 1) -> None:
        """Count a send of `weight` messages; raises the refusal. A group's id is negative."""
        now = self._clock()
        windows = [(self._chats[chat_id], 1), (self._all, weight)]
        if chat_id < 0:
            windows.append((self._groups[chat_id], weight))
        wait_s = max(window.wait_s(now, each) for window, each in windows)
        wait_s = max(wait_s, self._flooded.get(chat_id, 0.0) - now)
        if wait_s > 0:
            whole_s = math.ceil(wait_s)
            self._flooded[chat_id] = max(self._flooded.get(chat_id, 0.0), now + whole_s)
            raise too_many(whole_s)
        for window, each in windows:
            window.take(now, each)

    def flood(self, chat_id: int, wait_s: float) -> None:
        """Refuse everything to a chat for a while, as Telegram may at any time."""
        self._flooded[chat_id] = self._clock() + wait_s
