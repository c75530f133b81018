"""The rules of the house that no other tool holds. Each finder is tried on a planted mistake first."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot"
TIMELESS = (
    "rounds",
    "presale",
    "demand",
    "service",
    "actions.py",
    "cards.py",
    "presale_cards.py",
    "port",
    "text.py",
    "errors.py",
)
"""What takes the clock and the seed as arguments; storage asks its database, the outer rooms the machine."""

Finder = Callable[[ast.Module], Iterator[tuple[int, str]]]


def files(*places: Path) -> list[Path]:
    found = [
        p for place in places for p in ([place] if place.suffix == ".py" else sorted(place.rglob("*.py")))
    ]
    return [p for p in found if p.exists() and p != Path(__file__)]


def wrong(paths: list[Path], finder: Finder) -> list[str]:
    assert paths
    trees = [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]
    return [f"{p.relative_to(ROOT)}:{line}: {what}" for p, tree in trees for line, what in finder(tree)]


def found(finder: Finder, code: str) -> list[str]:
    return [what for _, what in finder(ast.parse(code))]


def called(node: ast.AST) -> str:
    """Name what a call calls, dots included: `datetime.now`."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


# ------------------------------------------------------------------ only storage speaks SQL

_SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|(CREATE|ALTER|DROP)\s+TABLE\s"
    r"|PRAGMA\s|BEGIN\s+IMMEDIATE|LOCK\s+TABLE\s)",
    re.DOTALL,
)


def sql(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.match(node.value):
            yield node.lineno, node.value.split("\n")[0]


def test_only_storage_contains_sql() -> None:
    assert found(sql, 'run("UPDATE rounds SET state = 1")\nrun(f"""\n SELECT id\n FROM {x}""")')
    assert not found(sql, 'say("Update the room: set a port"); say("SELECT your looks")')
    outside = [p for p in files(BOT) if "storage" not in p.parts]
    assert wrong(outside, sql) == []
    assert wrong(files(BOT / "storage"), sql), "if storage writes none, this test looks for the wrong words"


# ------------------------------------------------------------------ the clock and the seed come in

_AMBIENT = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic)(_ns)?|perf_counter|uuid[14]|urandom"
    r"|random\.(random|randint|choice|choices|shuffle|sample|rand|randn|normal|seed)|import_module|__import__)$"
)


def ambient(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        unseeded = called(node).endswith(("default_rng", "random.Random", "SeedSequence")) and not (
            isinstance(node, ast.Call) and (node.args or node.keywords)
        )
        if _AMBIENT.search(called(node)) or unseeded:
            yield getattr(node, "lineno", 0), called(node)


def test_rules_take_the_clock_and_the_seed() -> None:
    planted = (
        "datetime.now(UTC); np.random.default_rng(); uuid.uuid4(); np.random.shuffle(x); dt.datetime.now()"
    )
    assert len(found(ambient, planted)) == 5
    assert not found(ambient, "np.random.default_rng(7); clock.now(); tx.now(); rng.shuffle(x)")
    doctor = BOT / "service" / "doctor.py"  # compares this machine's clock with the database's
    inner = [p for p in files(*(BOT / name for name in TIMELESS)) if p != doctor]
    assert wrong(inner, ambient) == []


# ------------------------------------------------------------------ tests wait for events, not for time


def sleeps(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        waits = called(node).split(".")[-1] in ("sleep", "wait_for_timeout")
        if isinstance(node, ast.Call) and waits and [ast.unparse(a) for a in node.args] != ["0"]:
            yield node.lineno, ast.unparse(node)  # sleep(0) lets others run, and waits for nobody


def test_tests_do_not_sleep() -> None:
    assert len(found(sleeps, "time.sleep(1); asyncio.sleep(0.1); page.wait_for_timeout(9); sleep(x)")) == 4
    assert not found(sleeps, "asyncio.sleep(0)")
    assert wrong(files(ROOT / "tests"), sleeps) == []


# ------------------------------------------------------------------ the log


_EVENT = re.compile(r"'[a-z]+(_[a-z0-9]+)*'")


def events(tree: ast.Module) -> Iterator[tuple[int, str]]:
    levels = {"debug", "info", "warning", "error", "exception", "critical"}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        owner = ast.unparse(node.func.value)
        if node.func.attr in levels and owner.split(".")[-1] in ("log", "_log", "logger", "_logger"):
            first = node.args[0]
            names = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            if len(node.args) > 1 or not all(_EVENT.fullmatch(ast.unparse(name)) for name in names):
                yield node.lineno, ast.unparse(node)


def test_events_are_names_and_facts_are_keywords() -> None:
    planted = 'log.info("Round closed"); log.info(f"round_{n}"); self._log.error("failed", x)'
    assert len(found(events, planted)) == 3
    assert not found(events, 'log.info("round_closed", round_id=3); log.info("a" if b else "c_d")')
    assert wrong(files(BOT), events) == []


# ------------------------------------------------------------------ small things


def test_every_folder_of_code_is_a_package() -> None:
    """The import rules do not see into a folder without `__init__.py`."""
    folders = {path.parent for path in files(BOT)}
    migrations = BOT / "storage" / "migrations"  # run by Alembic, from their files
    bare = [
        f for f in sorted(folders) if not (f / "__init__.py").exists() and migrations not in (f, *f.parents)
    ]
    assert [str(folder.relative_to(ROOT)) for folder in bare] == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(word: str) -> None:
    places = [
        *files(BOT, ROOT / "tests", ROOT / "tools", ROOT / "bench"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    marked = [p for p in places if re.search(rf"\b{word}\b", p.read_text(encoding="utf-8"))]
    assert [str(p.relative_to(ROOT)) for p in marked] == []
