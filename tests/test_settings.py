"""Settings: where they come from, what is refused, and that nothing refused is printed."""

import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.web.security import Rates
from bot.errors import ConfigError
from bot.i18n import Reader, render
from bot.intake.limits import DEFAULTS
from bot.settings import Room, Settings, as_toml, entries, load

ROOT = Path(__file__).parent.parent
SECRET = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no settings from whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.upper().startswith("CATWALK_"):
            monkeypatch.delenv(name)
    return tmp_path


def problems() -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load()
    assert not caught.value.__cause__
    return [f"{p.place}: {render(p.text, Reader())}" for p in caught.value.problems]


# ------------------------------------------------------------------ where they come from


def test_nothing_written_is_the_defaults() -> None:
    assert load() == Settings()
    assert load().database.url == "sqlite+aiosqlite:///var/catwalk.db"


def test_environment_wins_over_dotenv_over_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "catwalk.toml").write_text('[room]\nport = 1\nhost = "10.0.0.1"\n[votes]\nbatch = 7\n')
    (folder / ".env").write_text("CATWALK_ROOM__PORT=2\nCATWALK_VOTES__BATCH=8\nOTHER_PROGRAM=yes\n")
    monkeypatch.setenv("CATWALK_VOTES__BATCH", "9")
    settings = load()
    assert (settings.room.host, settings.room.port, settings.votes.batch) == ("10.0.0.1", 2, 9)


def test_code_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATWALK_ROOM__PORT", "9")
    assert Settings(room=Room(port=0)).room.port == 0


def test_another_file_can_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "shop.toml").write_text("[room]\nport = 4\n")
    monkeypatch.setenv("CATWALK_CONFIG", "shop.toml")
    assert load().room.port == 4
    monkeypatch.setenv("CATWALK_CONFIG", "gone.toml")
    assert problems() == ["CATWALK_CONFIG: There is no file gone.toml."]


def test_an_empty_variable_is_as_good_as_none(folder: Path) -> None:
    (folder / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    assert load().secret is None


# ------------------------------------------------------------------ what is refused


def test_every_problem_is_named_at_once_with_its_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "catwalk.toml").write_text(
        '[room]\nport = "x"\nprot = 8\n\n[log]\nlevel = "loud"\n\n[vote]\na = 1\n'
    )
    (folder / ".env").write_text("\nCATWALK_VOTES__BATCH=0\nCATWALK_ROOM__PROT=1\n")
    monkeypatch.setenv("CATWALK_RELAY__TICK_S", "often")
    monkeypatch.setenv("CATWALK_SEKRET", "hush")
    monkeypatch.setenv("CATWALK_ROOM__OPEN_BY_NAME", "perhaps")
    assert sorted(problems()) == [
        ".env:2: CATWALK_VOTES__BATCH takes a whole number from 1 to 5,000.",
        ".env:3: There is no setting CATWALK_ROOM__PROT. Did you mean CATWALK_ROOM__PORT?",
        "CATWALK_RELAY__TICK_S: CATWALK_RELAY__TICK_S takes a number from 0.05 to 60.",
        "CATWALK_ROOM__OPEN_BY_NAME: CATWALK_ROOM__OPEN_BY_NAME takes one of these words: auto, true, false.",
        "CATWALK_SEKRET: There is no setting CATWALK_SEKRET. Did you mean CATWALK_SECRET?",
        "catwalk.toml:2: room.port takes a whole number from 0 to 65,535.",
        "catwalk.toml:3: There is no setting room.prot. Did you mean room.port?",
        "catwalk.toml:6: log.level takes one of these words: debug, info, warning, error.",
        "catwalk.toml:8: There is no setting vote. All of them are in config/default.toml.",
    ]


def test_a_whole_group_in_one_variable_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATWALK_ROOM", "8000")
    assert problems() == [
        "CATWALK_ROOM: There is no setting CATWALK_ROOM. Did you mean CATWALK_ROOM__PORT?",
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("room = 3\n", "catwalk.toml:1: room is a table of settings; write it as [room]."),
        (
            "[room]\n\nhost = 3\n",
            "catwalk.toml:3: room.host takes words in quotes, as shown in config/default",
        ),
        (
            "[room]\nport =\n",
            "catwalk.toml:2: This line is not valid TOML. Compare it with config/default.toml.",
        ),
        ('room.base_url = "vote.example.org"\n', "catwalk.toml:1: This is not the address of a site."),
        ('[room]\nbase_url = "https://a.example/x"', "leave out what follows https://a.example."),
        ('[room]\nproxies = "10.0.0.5, lb.example"\n', "catwalk.toml:2: These are not addresses."),
        ('[database]\nurl = "mysql://x"\n', "catwalk.toml:2: This is not a database URL."),
    ],
)
def test_a_broken_file_says_where_and_why(folder: Path, written: str, said: str) -> None:
    (folder / "catwalk.toml").write_text(written)
    [problem] = problems()
    assert said in problem


@pytest.mark.parametrize("name", ["catwalk.toml", ".env"])
def test_a_file_that_is_not_text_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"CATWALK_SECRET='\xff\xfe'\n")
    assert problems() == [f"{name}: This file cannot be read. Check its rights, and that it is UTF-8 text."]


# ------------------------------------------------------------------ secrets


def test_a_secret_comes_from_the_environment_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATWALK_SECRET", SECRET)
    assert load().need_secret() == SECRET
    (folder / "catwalk.toml").write_text(
        f'secret = "{SECRET}"\n[database]\nurl = "postgresql://me:{SECRET}@h/d"\n'
    )
    said = problems()
    assert [line.split(":")[1] for line in said] == ["1", "3"]
    assert "Write CATWALK_SECRET into .env instead." in said[0]
    assert "Write CATWALK_DATABASE__URL into .env instead." in said[1]


def test_a_missing_secret_says_how_to_make_one(folder: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load().need_secret()
    said = render(caught.value.problems[0].text, Reader())
    subprocess.run(["sh", "-c", said.partition("command: ")[2]], check=True)
    assert len(load().need_secret()) == 64


@pytest.mark.parametrize(
    "name", ["CATWALK_SECRET", "CATWALK_ROOM__PORT", "CATWALK_DATABASE__URL", "CATWALK_SECERT"]
)
def test_no_refused_value_is_ever_shown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "hunter2!")
    with pytest.raises(ConfigError) as caught:
        load()
    assert "hunter2" not in f"{problems()}{caught.value}{caught.value!r}"


def test_settings_can_be_printed() -> None:
    settings = Settings.model_validate({"secret": SECRET, "database": {"url": "postgresql://me:hush@h/d"}})
    assert SECRET not in f"{settings!r}{settings}"
    assert "hush" not in f"{settings!r}{settings}"


# ------------------------------------------------------------------ what they mean


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_a_postgresql_url_names_its_driver(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATWALK_DATABASE__URL", f"{scheme}://me@localhost/shop")
    assert load().database.url == "postgresql+asyncpg://me@localhost/shop"


@pytest.mark.parametrize(
    ("room", "by_name"),
    [
        ({}, True),
        ({"host": "::1"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "192.168.1.7"}, False),
        ({"base_url": "https://vote.example.org"}, False),  # a proxy brings strangers to localhost
        ({"base_url": "http://localhost:8000"}, True),
        ({"base_url": "https://vote.example.org", "open_by_name": True}, True),
        ({"open_by_name": False}, False),
    ],
)
def test_a_name_is_enough_only_where_nobody_else_can_come(room: dict[str, Any], by_name: bool) -> None:
    assert Room(**room).by_name is by_name


@pytest.mark.parametrize(
    ("room", "url", "secure"),
    [
        ({}, "http://127.0.0.1:8000", False),
        ({"host": "0.0.0.0", "port": 80}, "http://localhost:80", False),
        ({"host": "::1"}, "http://[::1]:8000", False),
        ({"base_url": "https://vote.example.org/"}, "https://vote.example.org", True),
    ],
)
def test_the_rooms_address(room: dict[str, Any], url: str, secure: bool) -> None:
    assert (Room(**room).url, Room(**room).secure_cookies) == (url, secure)


# ------------------------------------------------------------------ the documented mirror


def test_default_toml_is_what_make_settings_writes() -> None:
    assert (ROOT / "config" / "default.toml").read_text(encoding="utf-8") == as_toml()


def test_default_toml_holds_every_default_and_loads(folder: Path) -> None:
    (folder / "catwalk.toml").write_text(as_toml())
    assert load() == Settings()
    written = tomllib.loads(as_toml())
    for entry in entries():
        value: Any = written
        for part in entry.path:
            value = value.get(part) if value else None
        if value is None:
            assert f"# {entry.path[-1]} = " in as_toml() or entry.variable in as_toml()


def test_the_defaults_are_those_of_the_rooms_they_are_for() -> None:
    settings = Settings()
    photos, limits = settings.photos, settings.limits
    asked = DEFAULTS.photo
    assert (photos.max_bytes, photos.max_pixels, photos.min_side) == (
        asked.max_bytes,
        asked.max_pixels,
        asked.min_side,
    )
    assert Rates() == Rates(limits.presses, limits.comments, limits.entries)


@pytest.mark.parametrize("entry", list(entries()), ids=lambda e: e.key)
def test_every_setting_is_described(entry: Any) -> None:
    assert entry.field.description
    if entry.field.annotation in (int, float):
        assert entry.unit
        assert entry.range
