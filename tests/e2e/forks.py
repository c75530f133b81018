"""Processes forked from one that has Catwalk imported: each starts in a tenth of the time it takes alone.

A forked process runs as `python WORDS` does, in a folder, an environment and files of its own, and can be
killed and stopped like any other. Beside it a small process waits, and tells what becomes of it: `stopped`,
`on`, or the code it ended with.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO

ROOT = Path(__file__).parents[2]


class Forked:
    """A forked process, with as much of `subprocess.Popen` as is asked of one."""

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told, "rb", buffering=0)
        self._heard = b""
        self.returncode: int | None = None
        self.has_stopped = False
        self.pid = int(self._line(None) or "0")

    def poll(self) -> int | None:
        """Hear what became of it by now; return the code it ended with."""
        while self.returncode is None and (said := self._line(0)):
            self._take(said)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raise TimeoutExpired when it does not come."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            said = self._line(left)
            if said is None:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self._take(said)
        return self.returncode

    def send_signal(self, what: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended, and who reaped it has not told us yet
                os.kill(self.pid, what)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _take(self, said: str) -> None:
        if said in ("stopped", "on"):
            self.has_stopped = said == "stopped"
        else:
            self.returncode = int(said)
            self._told.close()

    def _line(self, within_s: float | None) -> str | None:
        """Read the next line that is told; None when none comes in time."""
        while b"\n" not in self._heard:
            if not select.select([self._told], [], [], within_s)[0]:
                return None
            more = self._told.read(1024)
            if not more:
                raise RuntimeError(f"nobody tells any more what becomes of process {self.pid}")
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode()


class Mother:
    """The process that all others are forked from; one at a time may ask it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._asking = Lock()
        self._asks, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.forks", str(theirs.fileno())],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the tests; it ends when they have ended
            )
        atexit.register(self._end)

    def _end(self) -> None:
        self._asks.close()
        self._process.wait()

    def start(
        self, words: Sequence[str], folder: Path, environ: Mapping[str, str], out: IO[str], err: IO[str]
    ) -> Forked:
        """Run `python WORDS`; what it writes goes to these two files."""
        told, telling = os.pipe()
        asked = json.dumps([list(words), str(folder), dict(environ)]).encode()
        with self._asking:
            try:
                socket.send_fds(self._asks, [asked], [out.fileno(), err.fileno(), telling])
            finally:
                os.close(telling)
            return Forked(told)


@cache
def mother(bytecode: Path) -> Mother:
    """The one of this test process, which keeps its compiled modules in the folder `bytecode`."""
    return Mother(
        {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPYCACHEPREFIX": str(bytecode),
            "PYTHONUNBUFFERED": "1",
        }
    )


# ------------------------------------------------------------------ on the other side

IMPORTED = (
    "bot.__main__",
    "bot.main",
    "bot.on_telegram",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)
"""What is imported before anything is forked; the rest is imported by whoever needs it."""


def _serve(asks: socket.socket) -> list[str]:
    """Fork for whoever asks; return only in the forked processes, with the words they are to run."""
    while True:
        asked, files, _, _ = socket.recv_fds(asks, 1 << 20, 3)
        if not asked:
            os._exit(0)
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            asks.close()
            if (pid := os.fork()) == 0:
                words, folder, environ = json.loads(asked)
                _become(words, folder, environ, files)
                return list(words)
            _tell(pid, files)
        for file in files:
            os.close(file)


def _become(words: list[str], folder: str, environ: dict[str, str], files: Sequence[int]) -> None:
    for to, file in enumerate(files[:2], start=1):
        os.dup2(file, to)
    for file in files:
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv[:] = words[1:] if words[0] == "-m" else words


def _tell(pid: int, files: Sequence[int]) -> None:
    """Tell what becomes of a process, and end with it."""
    out, err, telling = files
    try:
        os.close(out)  # whoever reads what it says waits for all who could write there
        os.close(err)
        os.write(telling, b"%d\n" % pid)
        while True:
            _, status = os.waitpid(pid, os.WUNTRACED | os.WCONTINUED)
            if os.WIFSTOPPED(status):
                os.write(telling, b"stopped\n")
            elif os.WIFCONTINUED(status):
                os.write(telling, b"on\n")
            else:
                os.write(telling, b"%d\n" % os.waitstatus_to_exitcode(status))
                break
    finally:
        os._exit(0)


def _run(words: Sequence[str]) -> None:
    if words[0] == "-m":
        sys.modules.pop(f"{words[1]}.__main__", None)  # it runs as `__main__`
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    for module in IMPORTED:
        importlib.import_module(module)
    gc.freeze()  # so that forked processes leave the memory they share alone
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _run(_serve(socket.socket(fileno=int(sys.argv[1]))))
