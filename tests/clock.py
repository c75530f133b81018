"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 27, 19, 0, tzinfo=UTC)
"""Where every test's clock begins: a Friday evening, shop hours in Berlin, Saturday in Shanghai."""


class Clock:
    """Call it for the time, as the code under test does."""

    def __init__(self, at: datetime = START) -> None:
        self.set(at)

    def __call__(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Jump to `at`, forwards or backwards; a naive time raises ValueError."""
        if at.tzinfo is None:
            raise ValueError(f"{at} has no time zone")
        self._at = at.astimezone(UTC)

    def advance(self, **amount: float) -> datetime:
        """Move on by timedelta's own words, `advance(hours=2, seconds=1)`; return the new time."""
        self._at += timedelta(**amount)
        return self._at
