"""What tests need from the machine beside Python, and what to say where it is missing.

On a person's machine such tests are skipped and the summary says so; where `CI` is set they fail.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import NoReturn

import pytest


class Need(Enum):
    """A program some tests need, by the words that lead a person to it."""

    POSTGRESQL = ("PostgreSQL", "its server programs (Debian: apt-get install postgresql)")
    CHROMIUM = ("Chromium", "a browser (Debian: apt-get install chromium-headless-shell)")

    @property
    def program(self) -> str:
        return self.value[0]

    @property
    def how(self) -> str:
        return f"Install {self.value[1]} to run them."


def missing(need: Need) -> NoReturn:
    """Skip the running test for want of `need`; where `CI` is set, fail it."""
    reason = f"needs {need.program}"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, which CI must have", pytrace=False)
    pytest.skip(reason)


def summary(skipped: list[str]) -> list[str]:
    """Say, from the reasons of skipped tests, what could not run on this machine."""
    lines = []
    for need in Need:
        count = sum(f"needs {need.program}" in reason for reason in skipped)
        if count:
            noun = "test that needs" if count == 1 else "tests that need"
            lines.append(f"NOT RUN: {count} {noun} {need.program}. {need.how}")
    return lines


_BROWSERS = (
    "chromium-headless-shell",  # takes a quarter less of the processor than a whole browser without a screen
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
"""What a browser under test is started with: it asks nobody outside for anything."""


def find_chromium(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find a Chromium: `CHROMIUM` when set, then the PATH, then the Mac's usual place."""
    named = environ.get("CHROMIUM")
    found = [named] if named else [shutil.which(name, path=environ.get("PATH")) for name in _BROWSERS]
    return next((Path(p) for p in [*found, _MAC] if p and Path(p).exists()), None)


def find_postgresql(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find the folder of PostgreSQL's server programs; the newest of those a system keeps apart."""
    on_path = shutil.which("initdb", path=environ.get("PATH"))
    apart = sorted(
        [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql@*/bin")],
        key=lambda p: int("".join(filter(str.isdigit, p.parent.name)) or 0),
        reverse=True,
    )
    asked = _pg_config_folder(environ)
    places = [*([Path(on_path).parent] if on_path else []), *([asked] if asked else []), *apart]
    return next((p for p in places if (p / "initdb").exists() and (p / "postgres").exists()), None)


def _pg_config_folder(environ: Mapping[str, str]) -> Path | None:
    program = shutil.which("pg_config", path=environ.get("PATH"))
    if not program:
        return None
    answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None
