"""How many of the messages a group bears go to answers that somebody there brings about.

Pure: instants are arguments, in seconds. Telegram takes 20 messages a minute in a group, and the posts of a
season need most of them: an album of ten sheets and its card are eleven.
"""

from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)

PERSON_MOST, GROUP_MOST, SPAN_S = 4, 8, 60.0
"""Answers within a minute: to one person, and to everybody in a group."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What was answered in groups within the last minute: `spent`, the group answered last at its end."""

    spent: dict[int, deque[tuple[float, int]]] = field(default_factory=dict)

    def spend(self, group: int, person: int, now: float) -> bool:
        """Count an answer to somebody in a group; False where it would be one too many."""
        answered = self.spent.get(group, deque[tuple[float, int]]())
        while answered and answered[0][0] <= now - SPAN_S:
            answered.popleft()
        to = Counter(who for _, who in answered)
        if len(answered) >= GROUP_MOST or to[person] >= PERSON_MOST:
            return False
        answered.append((now, person))
        self.spent.pop(group, None)
        self.spent[group] = answered
        self._forget(now - SPAN_S)
        return True

    def _forget(self, until: float) -> None:
        """Leave out the groups that nothing was said to since an instant."""
        for group in list(self.spent):
            if self.spent[group][-1][0] > until:
                break
            del self.spent[group]


class Once(Generic[T]):
    """What was done once; of more than `most` the oldest is forgotten, and may then be done again."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._done: dict[T, None] = {}

    def __contains__(self, what: T) -> bool:
        return what in self._done

    def add(self, what: T) -> None:
        self._done[what] = None
        if len(self._done) > self._most:
            del self._done[next(iter(self._done))]
