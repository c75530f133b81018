"""The long forms. `make faults ARGS="--minutes 10 --seed 7"` plays rounds with faults drawn from a seed;
`make faults ARGS="burst --fans 500 --kills 10"` lets a crowd on Telegram tap through a round.

The same seed draws the same faults in the same order; when they strike, and in the middle of what, is up to
the machine. Both end with exit code 1 where a promise was broken; the first says how to play its round again.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import uvloop

from tests.e2e.forks import ROOT
from tests.e2e.process import Catwalk
from tests.faults.burst import Plan, played, shop
from tests.faults.faults import FAULTS
from tests.faults.house import Grounds, prepared
from tests.faults.season import play
from tests.needs import find_postgresql

BYTECODE = ROOT / ".pytest_cache" / "d" / "bytecode"

A_ROUND = 8
"""How many things go wrong in a round."""


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that runs is ended
    if sys.argv[1:2] == ["burst"]:
        return _burst(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="make faults", description="Break a shop again and again.")
    parser.add_argument("--minutes", type=float, default=10, help="for how long rounds are begun (10)")
    parser.add_argument("--seed", type=int, default=7, help="which faults the first round draws (7)")
    given = parser.parse_args()
    programs = find_postgresql()
    if programs is None:
        print("This needs PostgreSQL's server programs (Debian: apt-get install postgresql).")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="catwalk-faults-"))
    print(f"Logs are in {folder}")
    with prepared(programs, folder, BYTECODE) as grounds:
        return _play_on(grounds, folder, given.seed, time.monotonic() + given.minutes * 60)


def _play_on(grounds: Grounds, folder: Path, seed: int, until: float) -> int:
    """Play a round for each seed until the time is over or a promise is broken."""
    while True:
        if broken := _play(grounds, folder / f"seed-{seed}", seed):
            print(*(f"  BROKEN: {promise}" for promise in broken), sep="\n")
            print(f'Again: make faults ARGS="--minutes 0 --seed {seed}"')
            return 1
        if time.monotonic() >= until:
            return 0
        seed += 1


def _play(grounds: Grounds, home: Path, seed: int) -> list[str]:
    faults = Random(seed).choices(sorted(FAULTS), k=A_ROUND)
    print(f"Seed {seed}: {', '.join(faults)}", flush=True)
    home.mkdir()
    with grounds.house(home) as house:
        broken = asyncio.run(play(house, faults, seed))
        presses = sum(fan.presses for fan in house.fans)
        print(f"  {presses} presses saved, {house.outside.repeats} posts repeated", flush=True)
    return broken


# ------------------------------------------------------------------ a crowd on Telegram


def _burst(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="make faults", description="Let a crowd tap through a round.")
    parser.add_argument("--fans", type=int, default=500, help="how many fans tap (500)")
    parser.add_argument("--kills", type=int, default=0, help="how often the process is killed (0)")
    parser.add_argument("--mode", choices=("webhook", "polling"), default="webhook")
    parser.add_argument("--designs", type=int, default=200, help="on sheets of 20 (200)")
    parser.add_argument("--seed", type=int, default=7, help="who taps what, and when it is killed (7)")
    given = parser.parse_args(words)
    plan = Plan(given.fans, given.mode, given.kills, given.seed, given.designs, page_size=20)
    home = Path(tempfile.mkdtemp(prefix="catwalk-burst-"))
    print(f"Logs are in {home}", flush=True)
    with shop(home, BYTECODE, plan) as catwalk:
        broken = uvloop.run(_measure(catwalk, plan))
    print(*(f"BROKEN: {promise}" for promise in broken), sep="\n")
    return 1 if broken else 0


async def _measure(catwalk: Catwalk, plan: Plan) -> list[str]:
    async with played(catwalk, plan) as burst:
        print(*burst.measured(), sep="\n", flush=True)
        return [*await burst.broken(), *burst.late()]


if __name__ == "__main__":
    sys.exit(main())
