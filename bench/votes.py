"""Votes a second through the whole service (`Catwalk.press` → reply), against the raw store.

256 of 4,000 fans press at once, the next one as soon as one is answered, and nobody before they are: picks on
a sheet of 200 designs, no pick twice. Every measure starts from the same database, with every sync to disk.

* `sqlite_256`: the baseline is Python's own driver committing the service's statements in batches of 256,
  its parameters made beforehand, checkpoints in the background (`raw_votes.on_sqlite`). No fan waits for it.
* `sqlite_1`: one fan; the baseline commits one vote at a time.
* `postgresql_256`, `postgresql_two`: one process, and two of 256 fans each; the baseline is `pgbench` with
  one and two clients: the same statements in batches of 256, whose parameters lie in a table.
* `sqlite_orm`, `postgresql_orm`: 256 fans; the baseline opens an ORM session a vote, with what comparable
  bots do in it: get the round, get or add the vote, add the history, commit. Measured on their own, with
  `--quick` once, since tens of times as much is expected.
* `p99`: 3,200 votes a second on SQLite, whoever has been answered; the 99th percentile from the instant a
  vote was due, against one raw transaction: a tenth is ten times as long.
* `sqlite_floor`: for information, `sqlite_256` against three statements a vote: round, history, vote.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from typing import Any

import uvloop
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bench import raw_votes
from bench.frame import Bench, run
from bench.raw_votes import FLOOR, READS, WRITES, Round, remote_id
from bot.main import spare_the_collector
from bot.port import Actor, Press
from bot.rounds.model import BallotShape, RoundPlan, TieRule
from bot.service import designs, people
from bot.service import rounds as use_rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import rounds, schema, tables
from bot.storage.store import Store
from tests.made_shop import ROOM, SECRET, campaign_file
from tests.needs import find_postgresql
from tests.postgres import Server, running

DESIGNS, FANS, AT_ONCE = 200, 4000, 256
RATE = 3200
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["bench.votes"])  # it imports everything once


def measure(bench: Bench) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        base = folder / "base.db"
        round_ = asyncio.run(prepared(f"sqlite+aiosqlite:///{base}"))
        _sqlite(bench, base, round_)
        programs = find_postgresql()
        pgbench = shutil.which("pgbench", path=f"{programs}:{os.environ['PATH']}")
        assert programs, "PostgreSQL is not installed"
        assert pgbench, "pgbench is not installed: it comes with PostgreSQL's contributed programs"
        server = stack.enter_context(running(programs, durable=True))
        _postgresql(bench, server, round_, folder / "batch.sql", pgbench)


# ------------------------------------------------------------------ the database


async def prepared(url: str) -> Round:
    """Make a shop with one open round and all its fans."""
    store = Store(url)
    await schema.migrate(store)
    now = datetime.now(UTC)
    plan = RoundPlan(
        1, BallotShape.SHEETS, now + timedelta(hours=1), now + timedelta(days=3), 80, 1, TieRule.LOT
    )
    await people.add_room(Shop(store, SECRET), ROOM, "The room", "en")
    loaded = await designs.load(store, campaign_file([plan], DESIGNS))
    async with store.read() as tx:
        (planned,) = await rounds.rounds_of(tx, loaded.campaign_id)
    await use_rounds.open_round(store, planned.id, By())
    async with store.begin() as tx:
        everybody = range(1, FANS + 1)
        people_of: dict[type[tables.Base], list[dict[str, Any]]] = {
            tables.Fan: [{"id": i, "created_at": now} for i in everybody],
            tables.Account: [
                {"id": i, "fan_id": i, "platform": "room", "remote_id": remote_id(i), "name": f"Fan {i}",
                 "first_seen_at": now}
                for i in everybody
            ],
            tables.Member: [{"group_id": 1, "account_id": i, "joined_at": now} for i in everybody],
        }  # fmt: skip
        for kind, lines in people_of.items():
            await tx.conn.execute(insert(tables.table(kind)), lines)
    async with store.read() as tx:
        versions = {c.number: c.version_id for c in await rounds.candidates(tx, planned.id)}
    await store.close()
    return Round(planned.id, loaded.campaign_id, versions, FANS)


# ------------------------------------------------------------------ ours


def presses(round_: Round, seed: str, part: int = 0, parts: int = 1) -> Iterator[Press]:
    for n, (fan, number) in enumerate(round_.picks(part, parts)):
        actor = Actor("room", remote_id(fan), f"Fan {fan}", "en")
        yield Press(actor, f"{seed}-{n:012d}", f"p:{round_.id}:{number}:1", ROOM)


async def at_once(
    url: str, made: list[Press], fans: int, begin: Callable[[], object] = lambda: None
) -> float:
    """Let so many fans press, each again when answered; returns votes a second."""
    spare_the_collector()
    store = Store(url)
    catwalk, left = Catwalk(Shop(store, SECRET), batch=AT_ONCE), iter(made)

    async def fan() -> None:
        for press in left:
            await catwalk.press(press)

    await catwalk.press(next(left))  # what is read once a process
    await asyncio.to_thread(begin)
    begun = time.perf_counter()
    await asyncio.gather(*(fan() for _ in range(fans)))
    took = time.perf_counter() - begun
    await store.close()
    return (len(made) - 1) / took


async def open_loop(url: str, made: list[Press]) -> float:
    """Press at a steady rate, whoever has been answered; returns the 99th percentile in ms."""
    spare_the_collector()
    store = Store(url)
    catwalk = Catwalk(Shop(store, SECRET), batch=AT_ONCE)
    await catwalk.press(made[0])
    took: list[float] = []
    begun = time.perf_counter()

    async def one(press: Press, due: float) -> None:
        await catwalk.press(press)
        took.append(time.perf_counter() - due)

    async with asyncio.TaskGroup() as group:
        for n, press in enumerate(made[1:]):
            due = begun + n / RATE
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            group.create_task(one(press, due))
    await store.close()
    return quantiles(took, n=100)[98] * 1000


def _two(url: str, round_: Round, votes: int) -> float:
    """Let two processes vote, started together; returns the votes a second of both."""
    start = _PROCESSES.Barrier(2)
    with _PROCESSES.Pool(2, _keep_barrier, (start,)) as pool:
        return sum(pool.starmap(_process, [(url, round_, part, votes) for part in (0, 1)], chunksize=1))


_start: Any = None


def _keep_barrier(start: Any) -> None:
    global _start  # noqa: PLW0603  a barrier can only be inherited
    _start = start


def _process(url: str, round_: Round, part: int, votes: int) -> float:
    made = list(islice(presses(round_, f"process-{part}", part, 2), votes))
    return uvloop.run(at_once(url, made, AT_ONCE, _start.wait))


# ------------------------------------------------------------------ an ORM session a vote


async def orm(url: str, round_: Round, votes: int) -> float:
    """Do what comparable bots do, with SQLAlchemy's own pool and driver; returns votes a second."""
    patient = {"connect_args": {"timeout": 600}} if url.startswith("sqlite") else {}
    engine = create_async_engine(url, pool_timeout=600, **patient)
    left = iter(list(islice(round_.picks(), votes)))

    async def fan() -> None:
        for n, (who, number) in zip(count(), left, strict=False):
            version, now = round_.versions[number], datetime.now(UTC)
            async with AsyncSession(engine) as session, session.begin():
                open_ = await session.get_one(tables.Round, round_.id)
                assert open_.state == "open"
                mine = await session.get(tables.Vote, (round_.id, who, version))
                if mine is None:
                    mine = tables.Vote(
                        round_id=round_.id, fan_id=who, version_id=version, seen=False, chips=0
                    )
                    session.add(mine)
                mine.answer, mine.account_id, mine.at = 1, who, now
                session.add(
                    tables.Press(
                        round_id=round_.id, fan_id=who, account_id=who, event_id=f"orm-{number}-{n}",
                        kind="pick", seq=1, at=now, changes="[]", answer="[]", undone=False,
                    )
                )  # fmt: skip

    begun = time.perf_counter()
    await asyncio.gather(*(fan() for _ in range(AT_ONCE)))
    took = time.perf_counter() - begun
    await engine.dispose()
    return votes / took


# ------------------------------------------------------------------ compared


def _sqlite(bench: Bench, base: Path, round_: Round) -> None:
    many, few, seconds = (8_192, 256, 1.0) if bench.quick else (40_960, 1_500, 5.0)
    every = (*READS, *WRITES)
    runs = count()

    def ours(measured: Callable[[str], Coroutine[Any, Any, float]]) -> float:
        path = base.with_name(f"ours-{next(runs)}.db")
        shutil.copy(base, path)
        found = uvloop.run(measured(f"sqlite+aiosqlite:///{path}"))
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        return found

    made = list(islice(presses(round_, "ours"), max(many, int(RATE * seconds)) + 1))
    raw, floor, we = bench.in_turns(
        lambda: many / sum(raw_votes.on_sqlite(base, round_, AT_ONCE, many // AT_ONCE, every)),
        lambda: many / sum(raw_votes.on_sqlite(base, round_, AT_ONCE, many // AT_ONCE, FLOOR)),
        lambda: ours(lambda url: at_once(url, made[: many + 1], AT_ONCE)),
    )
    (sessions,) = bench.in_turns(lambda: ours(lambda url: orm(url, round_, few)), runs=int(bench.quick))
    bench.compare("sqlite_256", we, raw, "votes/s", target=0.70)
    bench.compare("sqlite_floor", we, floor, "votes/s", target=0.0)
    bench.compare("sqlite_orm", we, sessions, "votes/s", target=100)
    single, alone, late = bench.in_turns(
        lambda: sum(raw_votes.on_sqlite(base, round_, 1, few, every)) / few * 1000,
        lambda: 1000 / ours(lambda url: at_once(url, made[: few + 1], 1)),
        lambda: ours(lambda url: open_loop(url, made[: int(RATE * seconds)])),
    )
    bench.compare("sqlite_1", alone, single, "ms", target=0.50, less_is_better=True)
    bench.compare("p99", late, single, "ms", target=0.10, less_is_better=True)


def _postgresql(bench: Bench, server: Server, round_: Round, script: Path, program: str) -> None:
    many, few = (4_096, 256) if bench.quick else (20_480, 1_500)
    batches = many // AT_ONCE

    def fill(url: str) -> None:
        asyncio.run(prepared(url))

    def with_batches(url: str) -> None:
        script.write_text(asyncio.run(raw_votes.prepare_pgbench(_dsn(url), round_, AT_ONCE, 2 * batches)))

    def raw(clients: int) -> float:
        dsn = _dsn(server.url(server.copy(loaded)))
        return raw_votes.pgbench(program, dsn, script, clients, batches * clients) * AT_ONCE

    def fresh() -> str:
        return server.url(server.copy(filled))

    filled = server.template("ours", fill)
    loaded = server.template("raw", with_batches, filled)
    made = list(islice(presses(round_, "ours"), many + 1))
    one, two, we, we_two = bench.in_turns(
        lambda: raw(1),
        lambda: raw(2),
        lambda: uvloop.run(at_once(fresh(), made, AT_ONCE)),
        lambda: _two(fresh(), round_, many),
    )
    (sessions,) = bench.in_turns(lambda: uvloop.run(orm(fresh(), round_, few)), runs=int(bench.quick))
    bench.compare("postgresql_256", we, one, "votes/s", target=0.65)
    bench.compare("postgresql_two", we_two, two, "votes/s", target=0.65)
    bench.compare("postgresql_orm", we, sessions, "votes/s", target=100)


def _dsn(url: str) -> str:
    return url.replace("+asyncpg", "")


if __name__ == "__main__":
    run("votes", "the same statements without the service", measure)
