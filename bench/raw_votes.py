"""What `bench/votes.py` compares with: the service's own statements without the service.

A raw batch does for picks on a sheet what a batch of the service does, in the same order and with the same
texts of SQL: read the round, meet the fans with their votes, write counts, history, votes and tally, commit.
Its parameters are made beforehand; it decides nothing and answers nobody.
"""

import random
import shutil
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from bot.storage import rounds, voters, votes
from bot.storage.arrays import Statement
from bot.storage.inline_sqlite import LOG_BYTES
from bot.storage.store import _ROUND_LOCK, WRITER_CACHE

READS = (rounds._BY_ID, voters._MEET)
WRITES = (votes._PUT_COUNTS, votes._ADD_PRESSES, votes._PUT_VOTES, votes._ADD_TO_TALLY)
FLOOR = (rounds._BY_ID, votes._ADD_PRESSES, votes._PUT_VOTES)
"""The least a vote is: check the round, keep the history, keep the vote."""


@dataclass(frozen=True)
class Round:
    """The round that is voted in: our ids, versions by design number, and how many fans there are."""

    id: int
    campaign_id: int
    versions: dict[int, int]
    fans: int

    def picks(self, part: int = 0, parts: int = 1) -> Iterator[tuple[int, int]]:
        """Draw (fan, design number), never twice the same; a fan is an account of the same id.

        The fans of a part come one after the other, again and again, so that of those who press at once
        nobody is there twice, nor in two parts: a person waits for an answer, and holds one phone.
        """
        rng = random.Random(self.id)
        fans, numbers = list(range(1, self.fans + 1)), list(self.versions)
        rng.shuffle(fans)
        rng.shuffle(numbers)
        for lap in range(len(numbers)):
            for fan in fans[part::parts]:
                yield fan, numbers[(fan + lap) % len(numbers)]


Lines = dict[Statement, list[tuple[Any, ...]]]


def lines_of(round_: Round, picks: Sequence[tuple[int, int]], events: int) -> Lines:
    """Make what each statement takes for these picks; `events` numbers the first of them."""
    now = datetime.now(UTC)
    voted = [(fan, round_.versions[number], number) for fan, number in picks]
    fans = Counter(fan for fan, _, _ in voted)
    chosen = Counter(version for _, version, _ in voted)
    names = [f"raw-{events + i:012d}" for i in range(len(voted))]
    return {
        rounds._BY_ID: [(round_.id,)],
        voters._MEET: [
            (i, "room", remote_id(fan), round_.id, round_.campaign_id, names[i], version)
            for i, (fan, version, _) in enumerate(voted)
        ],
        votes._PUT_COUNTS: [(round_.id, fan, 1, n, n, n, now, now) for fan, n in sorted(fans.items())],
        votes._ADD_PRESSES: [
            (
                round_.id, fan, fan, names[i], "pick", 1, now, f"[[{version}, null, false, 0, 1, false, 0]]",
                f'["added", [{number}]]', False,
            )
            for i, (fan, version, number) in enumerate(voted)
        ],
        votes._PUT_VOTES: [
            (round_.id, fan, version, 1, False, 0, fan, now) for fan, version, _ in sorted(voted)
        ],
        votes._ADD_TO_TALLY: [(round_.id, version, 0, n, n) for version, n in sorted(chosen.items())],
    }  # fmt: skip


def remote_id(fan: int) -> str:
    return f"fan-{fan:032x}"


# ------------------------------------------------------------------ SQLite


def on_sqlite(base: Path, round_: Round, size: int, batches: int, every: Sequence[Statement]) -> list[float]:
    """Commit batches of `size` with Python's own driver on a copy of `base`; returns the seconds of each.

    Checkpoints run on a connection and a thread of their own, as in the service.
    """
    path = base.with_name("raw.db")
    shutil.copy(base, path)
    picks = round_.picks()
    made = [lines_of(round_, [next(picks) for _ in range(size)], n * size) for n in range(batches)]
    ready = [[_on_sqlite(one, lines[one]) for one in every] for lines in made]
    took = []
    with closing(_connect(path)) as connection, _Checkpointer(path) as checkpointer:
        for batch in ready:
            begun = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            for text, given, reads in batch:
                if reads:
                    connection.execute(text, given).fetchall()
                else:
                    connection.executemany(text, given)
            connection.commit()
            checkpointer.nudge(connection)
            took.append(time.perf_counter() - begun)
    for file in path.parent.glob("raw.db*"):
        file.unlink()
    return took


def _on_sqlite(one: Statement, lines: list[tuple[Any, ...]]) -> tuple[str, Any, bool]:
    if one in READS:
        return one.text(True), one.parameters(True, lines), True
    return one.text(True), one.given[0].written(lines), False


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "wal_autocheckpoint = 0"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(WRITER_CACHE)
    return connection


class _Checkpointer:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._full = LOG_BYTES
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "_Checkpointer":
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._thread.join()

    def nudge(self, connection: sqlite3.Connection) -> None:
        """Copy the log beside the writer when it is full, then let the writer begin it anew."""
        size = Path(f"{self._path}-wal").stat().st_size
        if self._thread and not self._thread.is_alive():
            connection.execute("PRAGMA wal_checkpoint(RESTART)")
            self._thread, self._full = None, max(LOG_BYTES, size)
        elif not self._thread and size > self._full:
            self._thread = threading.Thread(target=self._copy)
            self._thread.start()

    def _copy(self) -> None:
        with closing(sqlite3.connect(self._path)) as other:
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")


# ------------------------------------------------------------------ PostgreSQL


async def prepare_pgbench(dsn: str, round_: Round, size: int, batches: int) -> str:
    """Put the parameters of every batch into a table; returns the script that commits one.

    So pgbench does not even send them: a statement finds its arrays by the number of its batch.
    """
    connection = await asyncpg.connect(dsn)
    try:
        picks = round_.picks()
        made = [lines_of(round_, [next(picks) for _ in range(size)], n * size) for n in range(batches)]
        steps = [
            "SELECT nextval('bench_turn') AS n \\gset", "BEGIN;",
            f"SELECT pg_advisory_xact_lock_shared({_ROUND_LOCK}, {round_.id});",
        ]  # fmt: skip
        for k, one in enumerate(READS):
            given = [one.parameters(False, lines[one]) for lines in made]
            steps.append(await _keep(connection, f"bench_{k}", one, given))
        given = [votes._PUT_ALL.parameters(False, *(lines[one] for one in WRITES)) for lines in made]
        steps.append(await _keep(connection, "bench_put", votes._PUT_ALL, given))
        await connection.execute("CREATE SEQUENCE bench_turn MINVALUE 0")
        await connection.execute("ANALYZE")
        return "\n".join([*steps, "COMMIT;\n"])
    finally:
        await connection.close()


async def _keep(connection: Any, table: str, one: Statement, batches: Sequence[tuple[Any, ...]]) -> str:
    """Keep a statement's parameters, a line a batch; returns the statement as it finds them."""
    kinds = ["TEXT" if isinstance(value, str) else "BIGINT" for value in batches[0]]
    columns = ", ".join(f"p{i} {kind}" for i, kind in enumerate(kinds, 1))
    await connection.execute(f"CREATE UNLOGGED TABLE {table} (n BIGINT PRIMARY KEY, {columns})")
    places = ", ".join(f"${i}" for i in range(1, len(kinds) + 2))
    await connection.executemany(
        f"INSERT INTO {table} VALUES ({places})",  # noqa: S608  both are ours
        [(n, *given) for n, given in enumerate(batches)],
    )
    text = " ".join(one.text(False).split())
    for i in range(len(kinds), 0, -1):
        text = text.replace(f"${i}::", f"(SELECT p{i} FROM {table} WHERE n = :n)::")  # noqa: S608
    return text + ";"


def pgbench(program: str, dsn: str, script: Path, clients: int, batches: int) -> float:
    """Run the script `batches` times over all clients; returns transactions a second."""
    done = subprocess.run(
        [program, "-n", "-M", "prepared", "-c", str(clients), "-j", str(clients), "-t",
         str(batches // clients), "-f", str(script), dsn],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])
