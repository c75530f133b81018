"""Waiting in lanes that take turns: a flooded lane holds up no other, and leaves it room to wait."""

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """What waits, by lane, in order within each. `places` bounds all of them together."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._lanes: dict[int, deque[T]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, lane: int, one: T) -> bool:
        """Let one more wait; False when its lane has as many as there are places left.

        So a lane alone fills half of the places, and another one then half of the rest.
        """
        waiting = self._lanes.get(lane)
        if (len(waiting) if waiting else 0) >= self._places - self._count:
            return False
        if waiting is None:
            waiting = self._lanes[lane] = deque()
        waiting.append(one)
        self._count += 1
        return True

    def take(self, most: int) -> list[T]:
        """Take the next ones, the same number of every lane as far as they go."""
        taken: list[T] = []
        while self._lanes and len(taken) < most:
            left = most - len(taken)
            share = max(1, left // len(self._lanes))
            for lane in list(self._lanes)[:left]:
                waiting = self._lanes.pop(lane)
                taken += [waiting.popleft() for _ in range(min(share, len(waiting)))]
                if waiting:
                    self._lanes[lane] = waiting  # at the end: whoever was first is last now
        self._count -= len(taken)
        return taken
