"""What time demands, step by step: trouble with one holds up no other, and is not hidden."""

from collections.abc import Awaitable


class Steps:
    """Steps that are taken one after the other, and how many were."""

    def __init__(self) -> None:
        self._taken = 0
        self._trouble: Exception | None = None

    async def take(self, step: Awaitable[int]) -> None:
        """Take a step, which says how many it was; what it raises waits for the end."""
        try:
            self._taken += await step
        except Exception as error:
            self._trouble = self._trouble or error

    def end(self) -> int:
        """Return how many steps were taken; raises the first trouble there was."""
        if self._trouble is not None:
            raise self._trouble
        return self._taken
