"""The frame of every bench: options, measuring ours and its baseline in turns, the table, the JSON line.

A bench is a module whose docstring says what is measured and what its baseline does:

    def measure(bench: Bench) -> None:
        raw, ours = bench.in_turns(raw_votes, our_votes)
        bench.compare("sqlite_256_fans", ours, raw, "votes/s", target=0.70)

    if __name__ == "__main__":
        run("votes", "the raw driver doing the same statements", measure)
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from statistics import median

sys.path[:] = [place for place in sys.path if Path(place) != Path(__file__).parent]
"""A bench that is run as a file would hide the library it has its name from (bench/telegram.py)."""

Measure = Callable[[], float]


class Bench:
    """What one run has found so far. A ratio is larger when ours is better, and shown once it is known."""

    def __init__(self, quick: bool = False) -> None:
        self.quick = quick
        """The whole bench is to take less than 30 s, with smaller numbers of everything."""
        self.ratios: dict[str, float] = {}
        self.targets: dict[str, float] = {}

    def in_turns(self, *measures: Measure, runs: int = 0) -> list[list[float]]:
        """Measure all of them `runs` times (5; 3 when quick), every other time in the opposite order.

        What the machine does meanwhile so meets each of them alike. Returns the numbers of each.
        """
        taken: list[list[float]] = [[] for _ in measures]
        pairs = list(zip(measures, taken, strict=True))
        orders = cycle([pairs, pairs[::-1]])
        for order, _ in zip(orders, range(runs or (3 if self.quick else 5)), strict=False):
            for measure, numbers in order:
                numbers.append(measure())
        return taken

    def compare(
        self,
        key: str,
        ours: Sequence[float],
        baseline: Sequence[float],
        unit: str,
        target: float,
        less_is_better: bool = False,
    ) -> None:
        """Compare the medians of two measures; `target` is the least ratio wanted."""
        we, they = median(ours), median(baseline)
        self._keep(key, we, they, unit, they / we if less_is_better else we / they, target)

    def limit(self, key: str, ours: Sequence[float], limit: float, unit: str) -> None:
        """Compare the median of a measure with the most it may be: limit ÷ ours, wanted at least 1."""
        self._keep(key, median(ours), limit, unit, limit / median(ours), 1.0)

    def _keep(self, key: str, we: float, they: float, unit: str, ratio: float, target: float) -> None:
        assert key not in self.ratios, f"two numbers are called {key}"
        if not self.ratios:
            print(f"{'':34}{'ours':>10}  {'baseline':>10} {'':9}{'ratio':>8}  {'target':>7}")
        self.ratios[key], self.targets[key] = ratio, target
        verdict = "met" if ratio >= target else "missed"
        numbers = f"{we:>10,.4g}  {they:>10,.4g} {unit:9}{ratio:>8.2f}  {target:>7.2f}"
        print(f"{key:34}{numbers}  {verdict}", flush=True)


def run(name: str, baseline: str, measure: Callable[[Bench], None]) -> None:
    """Run a bench as its command line asks. A target that is missed is shown and is no error."""
    options = _options(name, baseline)
    print(f"{name}, against {baseline}", flush=True)
    bench = Bench(options.quick)
    measure(bench)
    if options.json:
        found = {"name": name, "baseline": baseline, "ratios": bench.ratios, "targets": bench.targets}
        print(json.dumps(found))


def _options(name: str, baseline: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=f"Measure {name} against {baseline}.")
    parser.add_argument("--quick", action="store_true", help="take less than 30 s, and be less exact")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    return parser.parse_args()
