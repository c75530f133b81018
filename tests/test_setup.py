"""The set-up behind `make`: what it takes for ready, which Python it picks, what it says when it cannot."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tools import setup

ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what set-up reads, with an environment that set-up believes in."""
    for name in ("ROOT", "VENV", "PYTHON", "STAMP", "PROJECT", "RUN_LOCK", "DEV_LOCK", "UV_LOCK"):
        monkeypatch.setattr(setup, name, tmp_path / getattr(setup, name).relative_to(ROOT))
    for path in (setup.PROJECT, setup.RUN_LOCK, setup.DEV_LOCK):
        path.write_text(f"# {path.name}\none==1\ntwo==2 \\\n    --hash=sha256:00\n")
    setup.PYTHON.parent.mkdir(parents=True)
    setup.PYTHON.symlink_to(sys.executable)
    (setup.VENV / "bin" / "activate").write_text(f"VIRTUAL_ENV='{setup.VENV}'")
    return tmp_path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What set-up would run; everything succeeds, and there is no uv."""
    ran: list[tuple[str, ...]] = []

    def tried(*command: str, **_options: object) -> bool:
        ran.append(command)
        return True

    monkeypatch.setattr(setup, "tried", tried)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    return ran


def test_a_second_run_does_nothing(project: Path, commands: list[tuple[str, ...]]) -> None:
    assert setup.main(["dev"]) == 0
    assert commands
    commands.clear()
    assert setup.main(["dev"]) == setup.main(["run"]) == 0  # the tests' environment serves to run as well
    assert commands == []


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock", "requirements-dev.lock"])
def test_a_changed_lock_is_installed(project: Path, commands: list[tuple[str, ...]], name: str) -> None:
    setup.main(["dev"])
    (project / name).write_text("three==3\n")
    assert not setup.is_ready("dev")
    assert setup.is_ready("run") == (name == "requirements-dev.lock")


def test_what_runs_is_not_enough_for_tests(project: Path, commands: list[tuple[str, ...]]) -> None:
    setup.main(["run"])
    assert setup.is_ready("run")
    assert not setup.is_ready("dev")


def test_pip_checks_hashes_and_takes_us_from_here(project: Path, commands: list[tuple[str, ...]]) -> None:
    setup.main(["run"])
    packages, ours = commands[-2:]
    assert packages[-3:] == ("--require-hashes", "-r", str(project / "requirements.lock"))
    assert {"--no-index", "--no-deps", "--no-build-isolation"} < set(ours)


def test_uv_is_preferred_and_pip_follows_where_it_fails(
    project: Path,
    commands: list[tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/uv")
    setup.main(["run"])
    assert [c[:3] for c in commands[-2:]] == [
        ("/usr/bin/uv", "pip", "sync"),
        ("/usr/bin/uv", "pip", "install"),
    ]
    succeed = setup.tried
    monkeypatch.setattr(setup, "tried", lambda *c, **o: succeed(*c, **o) and c[0] != "/usr/bin/uv")
    setup.STAMP.unlink()
    assert setup.main(["run"]) == 0
    assert commands[-1][:4] == (str(setup.PYTHON), "-Im", "pip", "install")
    assert "uv did not manage, so pip tries." in capsys.readouterr().out


def test_a_failed_download_leaves_no_stamp(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "tried", lambda *c, **_o: "-Im" not in c)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert setup.main(["run"]) == 1
    assert "run make again: what is installed is kept" in capsys.readouterr().err
    assert not setup.is_ready("run")


def test_an_environment_from_another_folder_is_replaced(
    project: Path, commands: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    (setup.VENV / "bin" / "activate").write_text("VIRTUAL_ENV='/somewhere/else/.venv'")
    setup.make_environment()
    assert "Replacing .venv" in capsys.readouterr().out
    assert commands[-1][1:3] == ("-Im", "venv")


def test_a_python_without_venv_is_told_what_to_install(
    project: Path, commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (setup.VENV / "bin" / "activate").unlink()
    monkeypatch.setattr(setup, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(setup.Stop, match="sudo apt install python3-venv"):
        setup.make_environment()


# ------------------------------------------------------------------ which Python


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout and a PATH with nothing on it but what setup.sh uses."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "setup.sh").write_bytes((ROOT / "tools" / "setup.sh").read_bytes())
    (tmp_path / "tools" / "setup.py").write_text("import sys; print('ran', *sys.argv[1:])")
    (tmp_path / "bin").mkdir()
    for name in ("dirname", "cat"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    return tmp_path


def program(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def set_up(machine: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(machine / "bin"), **variables}
    command = ["/bin/sh", str(machine / "tools" / "setup.sh"), "run"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


OLD = 'case "$1" in --version) echo "Python 3.9.18";; *) exit 1;; esac'


def test_the_first_python_that_answers_runs_it(machine: Path) -> None:
    program(machine, "python3.13", "exit 127")  # as pyenv's shims do for a version that is not chosen
    program(machine, "python3", OLD)
    (machine / "bin" / "python3.12").symlink_to(sys.executable)
    assert set_up(machine).stdout == "ran run\n"


def test_a_named_python_comes_first(machine: Path) -> None:
    program(machine, "python3.13", f'echo wrong; exec {sys.executable} "$@"')
    done = set_up(machine, PYTHON=sys.executable)
    assert done.stdout == "ran run\n"


@pytest.mark.parametrize(("script", "found"), [(OLD, "found Python 3.9.18 here"), (None, "found none here")])
def test_without_a_python_it_says_what_to_install(machine: Path, script: str | None, found: str) -> None:
    if script:
        program(machine, "python3", script)
    done = set_up(machine)
    assert done.returncode == 1
    assert f"Catwalk needs Python 3.11 or newer, and {found}." in done.stderr
    assert "sudo apt install python3 python3-venv" in done.stderr


# ------------------------------------------------------------------ the locks


def pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    return {line.removesuffix(" \\") for line in lines if line[:1].isalnum()}


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "tools/requirements-uv.lock"])
def test_every_pin_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    assert pins(name)
    lines = text.splitlines()
    for line, following in pairwise(lines):
        if line[:1].isalnum():
            assert "==" in line
            assert following.startswith("    --hash=sha256:")


def test_the_tests_run_what_the_shop_runs() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_nothing_is_set_up_by_hand() -> None:
    """Every target of the Makefile that uses the environment makes it first."""
    makefile = (ROOT / "Makefile").read_text()
    for recipe in makefile.split("\n\n"):
        if "$(BIN)/" in recipe:
            assert "tools/setup.sh" in recipe or recipe.startswith("test: check")


def test_ci_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().splitlines()[-1].endswith("make test")
