"""Catwalk as people run it: processes of its own, over one folder and one database."""

import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from typing import IO, TypeAlias, TypeVar

from tests.e2e.forks import ROOT, Forked, mother

SECRET = "sixty-four letters that must never be seen in any log of Catwalk"
START_S, STOP_S = 180.0, 10.0
"""How long a start may take on a busy machine, and how long a stop may take on any."""

Process: TypeAlias = subprocess.Popen[bytes] | Forked

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


class Died(Exception):
    """A process that was to serve has ended instead; `done` says how."""

    def __init__(self, done: Done) -> None:
        super().__init__(f"exit code {done.code}: {done.err}")
        self.done = done


class Serving:
    """A running `catwalk run` that has said it runs, and where its room is if it has one."""

    def __init__(self, process: Process, stdout: IO[str], log: Path) -> None:
        self.process = process
        self.stdout = stdout
        self.log = log
        self.said = self._wait_until_open()
        self.url = self.said.split()[-1]

    def _wait_until_open(self) -> str:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.stdout, selectors.EVENT_READ)
            ready = waiting.select(START_S)
        line = self.stdout.readline() if ready else ""
        if not line:
            raise Died(Done(self.kill(), line, self.log.read_text()))
        return line

    def kill(self) -> int:
        """End it as a power cut does (SIGKILL), if it still runs; return how it ended."""
        self.process.kill()
        return self.wait()

    def has_stopped(self) -> bool:
        """Say whether it has stopped itself (SIGSTOP); only of a forked one."""
        assert isinstance(self.process, Forked)
        assert self.process.poll() is None
        return self.process.has_stopped

    def stop(self) -> int:
        """Ask it to end (SIGTERM); raise TimeoutExpired when it does not."""
        self.process.terminate()
        return self.wait(STOP_S)

    def wait(self, within_s: float = START_S) -> int:
        code = self.process.wait(within_s)
        self.stdout.close()
        return code


@dataclass
class Catwalk:
    """One installation: its working folder and its settings, both as the README has them.

    `codes` are those its commands gave out. Its processes are forked from one that has everything imported;
    `alone` starts each from nothing, as people do.
    """

    home: Path
    settings: dict[str, str]
    bytecode: Path
    alone: bool = False
    codes: list[str] = field(default_factory=list)
    _started: list[Serving] = field(default_factory=list)
    _logs: Iterator[int] = field(default_factory=count)

    @property
    def database_url(self) -> str:
        return self.settings["CATWALK_DATABASE__URL"]

    @property
    def log(self) -> str:
        """Everything that any of its processes wrote to standard error."""
        return "".join(path.read_text() for path in sorted(self.home.glob("*.stderr")))

    def environ(self, changed: dict[str, str]) -> dict[str, str]:
        """Give a process these variables and nothing of the machine's; an empty one is not set."""
        own = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(self.bytecode),
            "PYTHONUNBUFFERED": "1",
        }
        return {name: value for name, value in {**own, **self.settings, **changed}.items() if value}

    def _begin(self, words: Sequence[str], changed: dict[str, str], out: IO[str], log: Path) -> Process:
        environ = self.environ(changed)
        with log.open("w") as err:
            if self.alone:
                return subprocess.Popen(
                    [sys.executable, *words],
                    cwd=self.home,
                    env=environ,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                )
            return mother(self.bytecode).start(words, self.home, environ, out, err)

    def run(self, *words: str, **changed: str) -> Done:
        """Run `catwalk WORDS` to its end; keyword arguments replace variables."""
        log = self._log()
        said = log.with_suffix(".stdout")
        with said.open("w") as out:
            process = self._begin(("-m", "bot", *words), changed, out, log)
        try:
            code = process.wait(START_S)
        finally:
            process.kill()
        return Done(code, said.read_text(), log.read_text())

    def link(self, *words: str) -> str:
        """Run a command that prints a link; return its path, for whichever port was free."""
        done = self.run(*words)
        assert done.code == 0, done.err
        path: str = re.findall(r"http://[^/]+(/\S+)", done.out)[0]
        self.codes.append(path.partition("code=")[2])
        return path

    def start(self, program: Sequence[str] = ("-m", "bot", "run"), **changed: str) -> Serving:
        """Start serving and wait until the room is open; raise Died when it ends before."""
        log = self._log()
        reading, writing = os.pipe()
        with os.fdopen(writing, "w") as out:
            process = self._begin(program, changed, out, log)
        serving = Serving(process, os.fdopen(reading), log)
        self._started.append(serving)
        return serving

    def close(self) -> None:
        """End every process that still runs."""
        for serving in self._started:
            if serving.process.poll() is None:
                serving.kill()

    def _log(self) -> Path:
        return self.home / f"{next(self._logs):03d}.stderr"


def free_port(rng: Random) -> int:
    """Find a port that is free and below those the system hands to clients: it is taken several times."""
    while True:
        port = rng.randrange(20_000, 32_000)
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def until(look: Callable[[], _T], what: str, within_s: float = 20.0) -> _T:
    """Look again and again until there is something to see; return it, or fail with `what`."""
    deadline, never = time.monotonic() + within_s, Event()
    while time.monotonic() < deadline:
        if found := look():
            return found
        never.wait(0.05)
    raise AssertionError(f"waited {within_s} s for {what}")
