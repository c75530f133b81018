"""The long form: `make faults ARGS="--minutes 10 --seed 7"` plays rounds with faults drawn from a seed.

The same seed draws the same faults in the same order; when they strike, and in the middle of what, is up to
the machine. It ends with exit code 1 as soon as a promise is broken, and says how to play that round again.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.e2e.forks import ROOT
from tests.faults.faults import FAULTS
from tests.faults.house import Grounds, prepared
from tests.faults.season import play
from tests.needs import find_postgresql

A_ROUND = 8
"""How many things go wrong in a round."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make faults", description="Break a shop again and again.")
    parser.add_argument("--minutes", type=float, default=10, help="for how long rounds are begun (10)")
    parser.add_argument("--seed", type=int, default=7, help="which faults the first round draws (7)")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all that runs is ended
    programs = find_postgresql()
    if programs is None:
        print("This needs PostgreSQL's server programs (Debian: apt-get install postgresql).")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="catwalk-faults-"))
    print(f"Logs are in {folder}")
    with prepared(programs, folder, ROOT / ".pytest_cache" / "d" / "bytecode") as grounds:
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


if __name__ == "__main__":
    sys.exit(main())
