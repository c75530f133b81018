"""What every bench shares: its options, who is measured when, and the JSON line that others read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.frame import Bench, run

ROOT = Path(__file__).parent.parent.parent
BENCHES = [path for path in sorted((ROOT / "bench").glob("*.py")) if "\n    run(" in path.read_text()]

Said = pytest.CaptureFixture[str]


def measure(bench: Bench) -> None:
    bench.compare("rate", [100, 300, 200], [400, 400, 400], "votes/s", target=0.4)
    bench.compare("time", [13, 26, 13], [10, 10, 20], "ms", target=1 / 1.3, less_is_better=True)
    bench.limit("memory", [80.0], 60, "MB")


def test_ratios_are_of_medians_and_larger_is_better(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr("sys.argv", ["tiny", "--quick", "--json"])
    run("tiny", "made up numbers", measure)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {
        "name": "tiny",
        "baseline": "made up numbers",
        "ratios": {"rate": 0.5, "time": 10 / 13, "memory": 0.75},
        "targets": {"rate": 0.4, "time": 1 / 1.3, "memory": 1.0},
    }


def test_a_missed_target_is_shown_and_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr("sys.argv", ["tiny"])
    run("tiny", "made up numbers", measure)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines if line.startswith(("rate", "time", "memory"))] == [
        "met",
        "met",
        "missed",
    ]
    assert "{" not in lines[-1]


@pytest.mark.parametrize(("quick", "orders"), [(True, "abbaab"), (False, "abbaabbaab")])
def test_measures_take_turns_in_either_order(quick: bool, orders: str) -> None:
    measured = []

    def of(name: str) -> float:
        measured.append(name)
        return float(len(measured))

    a, b = Bench(quick).in_turns(lambda: of("a"), lambda: of("b"))
    assert "".join(measured) == orders
    assert a[:2] == [1, 4]
    assert b[:2] == [2, 3]


def test_a_key_is_used_once() -> None:
    bench = Bench()
    bench.limit("memory", [1], 2, "MB")
    with pytest.raises(AssertionError, match="two numbers are called memory"):
        bench.limit("memory", [1], 2, "MB")


@pytest.mark.parametrize("bench", BENCHES, ids=lambda path: path.stem)
def test_every_bench_takes_the_same_options(bench: Path) -> None:
    """Its own program says so, which also shows that it still fits what it imports."""
    said = subprocess.run([sys.executable, bench, "--help"], capture_output=True, text=True, check=True)
    assert "--quick" in said.stdout
    assert "--json" in said.stdout
