"""A clock that runs faster than life, so that a round of days can be watched in minutes."""

import time
from datetime import datetime, timedelta


class FastClock:
    """Start at an instant and run `speed` times as fast as the wall; never runs backwards."""

    def __init__(self, start: datetime, speed: float) -> None:
        self.speed = speed
        self._start = start
        self._from = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._from) * self.speed)

    def wait_s(self, until: datetime) -> float:
        """Say how many real seconds it is until an instant on this clock."""
        return max(0.0, (until - self()).total_seconds() / self.speed)
