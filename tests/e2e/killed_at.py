"""Run `catwalk run` as ever, and lose power at one point: `killed_at.py POINT [TIMES]`.

The process kills itself with SIGKILL where the power goes, so nothing is cleaned up, flushed or told.
"""

import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import bot.__main__
from bot import relay
from bot.service import batch, rounds, voting
from bot.storage import rounds as stored_rounds

Step = Callable[..., Awaitable[Any]]
Strike = Callable[[], None]


def lose_power() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(step: Step, times: int, strike: Strike) -> Step:
    """Strike when a step is taken for the nth time, before anything of it is done."""
    taken = count(1)

    @functools.wraps(step)
    async def doomed(*given: Any, **named: Any) -> Any:
        if next(taken) == times:
            strike()
        return await step(*given, **named)

    return doomed


def after(step: Step, times: int, strike: Strike) -> Step:
    """Strike when a step was taken for the nth time, before anybody hears of it."""
    taken = count(1)

    @functools.wraps(step)
    async def doomed(*given: Any, **named: Any) -> Any:
        done = await step(*given, **named)
        if next(taken) == times:
            strike()
        return done

    return doomed


POINTS: dict[str, tuple[object, str, Callable[[Step, int, Strike], Step]]] = {
    "round opened": (rounds, "open_round", after),
    "votes written": (batch, "_write", after),  # and not committed
    "votes committed": (voting, "commit", after),  # and not answered
    "round closed": (rounds, "count", before),  # and not counted
    "standings written": (stored_rounds, "put_standings", after),  # and not committed
    "round counted": (rounds, "count", after),  # and nobody told
    "post due": (relay.Relay, "_carry", before),
    "post sent": (relay.Relay, "_settle", before),
    "post settled": (relay.Relay, "_settle", after),
}


def strike_at(point: str, times: int, strike: Strike) -> None:
    """Let something happen to this process when it is at `point` for the nth time."""
    place, name, how = POINTS[point]
    setattr(place, name, how(getattr(place, name), times, strike))


def run(point: str, times: int) -> int:
    """Serve until the power goes at `point`."""
    strike_at(point, times, lose_power)
    return bot.__main__.main(["run"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], int(sys.argv[2])))
