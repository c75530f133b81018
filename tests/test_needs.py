"""A machine without PostgreSQL or Chromium is told so; CI without them fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.needs import Need, find_chromium, missing, summary

ROOT = Path(__file__).parent.parent


def test_a_missing_program_skips_on_a_persons_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs PostgreSQL"):
        missing(Need.POSTGRESQL)


def test_a_missing_program_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs Chromium, which CI must have"):
        missing(Need.CHROMIUM)


def test_the_summary_counts_and_says_how() -> None:
    reasons = ["('x.py', 3, 'Skipped: needs PostgreSQL')"] * 2 + ["Skipped: needs Chromium", "Skipped: Mac"]
    lines = summary(reasons)
    assert [line[:45] for line in lines] == [
        "NOT RUN: 2 tests that need PostgreSQL. Instal",
        "NOT RUN: 1 test that needs Chromium. Install ",
    ]


def test_a_named_chromium_comes_first(tmp_path: Path) -> None:
    browser = tmp_path / "my-browser"
    browser.touch()
    assert find_chromium({"CHROMIUM": str(browser), "PATH": "/usr/bin"}) == browser


@pytest.mark.parametrize(
    ("workers", "ci", "code", "words"),
    [("2", "", 0, "NOT RUN: 1 test that needs Chromium."), ("0", "true", 1, "CI must have")],
)
def test_a_whole_run_says_what_it_left_out(
    tmp_path: Path, workers: str, ci: str, code: int, words: str
) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(chromium): raise AssertionError\n")
    (tmp_path / "conftest.py").write_text("from tests.conftest import chromium, pytest_terminal_summary\n")
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)]
    nothing = {"PATH": str(tmp_path), "CHROMIUM": str(tmp_path / "none"), "PYTHONPATH": str(ROOT)}
    env = {**os.environ, **nothing, "CI": ci}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert words in run.stdout
    assert run.returncode == code
