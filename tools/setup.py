"""Make `.venv` what the lock files say: with uv when it can be had, else with pip; at once when it is so.

    setup.py run    what Catwalk needs to run
    setup.py dev    and what its tests need
    setup.py lock   pin the versions anew (further arguments go to uv, such as --upgrade)

Only the standard library: this runs before anything is installed.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "catwalk-setup.json"
PROJECT = ROOT / "pyproject.toml"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
UV_LOCK = ROOT / "tools" / "requirements-uv.lock"


class Stop(Exception):
    """End with a sentence for the person who typed `make`."""


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument says; return the exit code."""
    try:
        match list(arguments):
            case ["run" | "dev" as purpose]:
                make_ready(purpose)
            case ["lock", *options]:
                lock(options)
            case _:
                raise Stop((__doc__ or "").strip())
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What is installed is kept; run make again to go on.", file=sys.stderr)
        return 130
    return 0


def make_ready(purpose: str) -> None:
    """Bring the environment to what `purpose` (run or dev) needs, unless its stamp says it is there."""
    if is_ready(purpose):
        return
    with PROJECT.open() as f:
        fcntl.flock(f, fcntl.LOCK_EX)  # two makes at once: the second waits, and finds it done
        if is_ready(purpose):
            return
        began = time.monotonic()
        make_environment()
        STAMP.unlink(missing_ok=True)
        install(DEV_LOCK if purpose == "dev" else RUN_LOCK)
        STAMP.write_text(json.dumps(stamp(purpose)))
        say(f"Ready after {time.monotonic() - began:.0f} s.")


def lock(options: Sequence[str]) -> None:
    """Pin what pyproject.toml asks for, for every platform and Python, with hashes; uv does the work."""
    make_environment()
    uv = find_uv()
    if uv is None:
        raise Stop("`make lock` needs uv, which could not be installed. Install it and run make again.")
    compile_ = [
        uv,
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
        "--python-version",
        "3.11",
    ]
    compile_ += ["--custom-compile-command", "make lock", *options]
    dev = ["--extra", "dev", "--constraint", RUN_LOCK.name]  # the tests run what the shop runs
    for what, out in (([], RUN_LOCK), (dev, DEV_LOCK)):
        say(f"Pinning {out.relative_to(ROOT)}.")
        if not tried(*compile_, *what, PROJECT.name, "-o", str(out.relative_to(ROOT))):
            raise Stop("The versions could not be pinned; the lines above say why.")
    say(f"Pinning {UV_LOCK.relative_to(ROOT)}.")
    arguments = [*compile_, "--no-annotate", "-", "-o", str(UV_LOCK.relative_to(ROOT))]
    if not tried(*arguments, given="uv\n"):
        raise Stop("uv itself could not be pinned; the lines above say why.")


# ------------------------------------------------------------------ what is there


def stamp(purpose: str) -> dict[str, str]:
    """Say what an environment for `purpose` is made from; the tests' one serves to run as well."""
    run = {"folder": str(ROOT), "project": digest(PROJECT), "run": digest(RUN_LOCK)}
    return {**run, "dev": digest(DEV_LOCK)} if purpose == "dev" else run


def is_ready(purpose: str) -> bool:
    """Compare the stamp with what it would be now."""
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and stamp(purpose).items() <= found.items() and PYTHON.exists()


def digest(path: Path) -> str:
    """Hash a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def works() -> bool:
    """Say whether the environment's Python runs, is new enough, and its scripts were made for this folder."""
    activate = VENV / "bin" / "activate"
    if not activate.exists() or str(VENV) not in activate.read_text():
        return False
    return tried(str(PYTHON), "-ISc", "import sys; sys.exit(sys.version_info < (3, 11))", quiet=True)


def has_pip() -> bool:
    """Say whether the environment has pip, giving it one where Python brings it along."""
    pip = (str(PYTHON), "-Im", "pip", "--version")
    return tried(*pip, quiet=True) or tried(str(PYTHON), "-Im", "ensurepip", quiet=True)


def find_uv() -> str | None:
    """Find uv on the PATH or in the environment; else try to install the pinned one there."""
    ours = VENV / "bin" / "uv"
    there = shutil.which("uv") or (str(ours) if ours.exists() else None)
    if there is None and UV_LOCK.exists() and has_pip():
        say("Fetching uv, which installs faster.")
        pip_install("--retries", "1", "--require-hashes", "-r", str(UV_LOCK), quiet=True)
        there = str(ours) if ours.exists() else None
    return there


# ------------------------------------------------------------------ doing it


def make_environment() -> None:
    """Make `.venv` unless a working one is there."""
    if works():
        return
    if VENV.exists():
        say("Replacing .venv, which does not work here.")
        shutil.rmtree(VENV)
    say(f"Making an environment in .venv with Python {sys.version.split()[0]}.")
    base = getattr(sys, "_base_executable", sys.executable)
    uv = shutil.which("uv")
    if uv and tried(uv, "venv", "--quiet", "--python", base, str(VENV), quiet=True):
        return
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise Stop(
            f"The Python at {base} comes without venv and pip.\n"
            "Install them (Debian or Ubuntu: sudo apt install python3-venv), or uv, and run make again."
        )
    if not tried(base, "-Im", "venv", "--clear", str(VENV)):
        raise Stop("The environment could not be made; the lines above say why.")


def install(path: Path) -> None:
    """Install exactly what the lock file `path` pins, then Catwalk itself."""
    count = sum("==" in line for line in path.read_text().splitlines() if line[:1].isalnum())
    words = f"Installing up to {count} packages, each checked by its hash"
    project = ("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    uv = find_uv()
    if uv:
        say(f"{words}, with uv.")
        pip = (uv, "pip")
        options = ("--quiet", "--python", str(PYTHON))
        if tried(*pip, "sync", *options, "--require-hashes", str(path)) and tried(
            *pip, "install", *options, "--offline", *project
        ):
            return
        say("uv did not manage, so pip tries.")
    else:
        say(f"{words}, with pip: about a minute the first time.")
    if not (
        has_pip()
        and pip_install("--no-deps", "--require-hashes", "-r", str(path))
        and pip_install("--no-index", *project)
    ):
        raise Stop(
            "The packages could not be installed; the lines above say why.\n"
            "If it was the network, run make again: what is installed is kept."
        )


def pip_install(*arguments: str, quiet: bool = False) -> bool:
    """Let the environment's pip install something; return whether it did."""
    options = ("-qq", "--no-compile", "--disable-pip-version-check", "--no-input")
    return tried(str(PYTHON), "-Im", "pip", "install", *options, *arguments, quiet=quiet)


def tried(*command: str, given: str | None = None, quiet: bool = False) -> bool:
    """Run a command in the project's folder; return whether it succeeded."""
    silent = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(
            command, cwd=ROOT, input=given, text=True, stdout=silent, stderr=silent, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
