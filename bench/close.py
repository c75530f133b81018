"""The close of a round under full load, and what reading a round of two million votes takes.

* `close_median`, `close_slowest`: two processes on one PostgreSQL vote as fast as they can, 128 fans each;
  the clock strikes and one of them ticks. From the tick's beginning until a third process sees the round
  closed. Every acknowledged vote must be in the count afterwards, or the bench fails.
* `tally`: reading the tally of a round of 2,000,000 votes (200 designs, 10,000 fans).
* `tally_recount`: the same against its baseline, counting the votes (GROUP BY).
* `close_memory`: the most that tally, turnout and close of that round add to a process.
* `count_memory`: the most that its estimate adds, bytes a vote: it holds every answer at once.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

from bench.big_round import DESIGNS, fill, open_round
from bench.frame import Bench, run
from bench.voters import ANSWER_S, work
from bot.port import Actor, Command
from bot.rounds.model import RoundState
from bot.service import counting, people, rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import rounds as round_rows
from bot.storage import schema, tallies
from bot.storage.store import Store
from tests.made_shop import ROOM, SECRET
from tests.needs import find_postgresql
from tests.postgres import running

CLOSE_S, READ_MS, CLOSE_MB, COUNT_BYTES = 0.5, 10, 16, 128
_PROCESSES = get_context("spawn")


def measure(bench: Bench) -> None:
    fans = 1_000 if bench.quick else 10_000
    with ExitStack() as stack, asyncio.Runner() as runner:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(running(_programs(), durable=True))
        urls = {
            "postgresql": stack.enter_context(server.fresh_database()),
            "sqlite": f"sqlite+aiosqlite:///{folder}/catwalk.db",
        }
        for url in urls.values():
            runner.run(_with_store(url, schema.migrate))
        _close_under_load(bench, runner, urls["postgresql"])
        for name, url in urls.items():
            _read_a_big_round(bench, runner, name, url, fans)


def _programs() -> Path:
    found = find_postgresql()
    assert found, "this bench needs PostgreSQL's programs"
    return found


async def _with_store(url: str, do: Callable[[Store], Coroutine[Any, Any, Any]]) -> Any:
    store = Store(url)
    try:
        return await do(store)
    finally:
        await store.close()


# ------------------------------------------------------------------ closing


def _close_under_load(bench: Bench, runner: asyncio.Runner, url: str) -> None:
    times, fans = (2, 32) if bench.quick else (15, 128)
    names = [f"fan-{i}" for i in range(2 * fans)]
    runner.run(_with_store(url, lambda store: _let_in(store, names)))
    with _worker(url, names[:fans]) as one, _worker(url, names[fans:]) as other:

        async def closes(store: Store) -> list[float]:
            return [await _close_once(store, n, one, other) for n in range(times)]

        took = runner.run(_with_store(url, closes))
    bench.limit("close_median", took, CLOSE_S, "s")
    bench.limit("close_slowest", [max(took)], CLOSE_S, "s")


async def _let_in(store: Store, names: Sequence[str]) -> None:
    shop = Shop(store, SECRET, open_by_name=True)
    await people.add_room(shop, ROOM, "The room", "en")
    await open_round(store, "first")  # a room is entered while there is a campaign
    catwalk = Catwalk(shop)
    for name in names:
        await catwalk.command(Command(Actor("room", name, name, "en"), "enter", "enter", "", ROOM))


@contextmanager
def _worker(url: str, names: Sequence[str]) -> Iterator[Connection]:
    here, there = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=work, args=(url, names, DESIGNS, there))
    process.start()
    try:
        yield here
    finally:
        here.send("end")
        process.join()


async def _tell(worker: Connection, what: int | str) -> Any:
    worker.send(what)
    assert await asyncio.to_thread(worker.poll, ANSWER_S), f"a worker did not answer {what}"
    return worker.recv()


async def _close_once(store: Store, n: int, one: Connection, other: Connection) -> float:
    """Close a new round under load; returns the seconds from the tick's beginning to the closed state."""
    round_id = await open_round(store, f"closed-{n}")
    for worker in (one, other):
        await _tell(worker, round_id)
    await asyncio.sleep(1)
    await _tell(one, "tick")  # as it does every second: it has its connection when the clock strikes
    strike = text("UPDATE round SET closes_at = clock_timestamp() WHERE id = :id")
    async with store.begin() as tx:
        await tx.conn.execute(strike, {"id": round_id})
    ticking = asyncio.create_task(_tell(one, "tick"))
    closed = await _closed(store, round_id)
    began: float = await ticking
    await _check_nothing_lost(store, round_id, await _tell(one, "stop") + await _tell(other, "stop"))
    return closed - began


async def _closed(store: Store, round_id: int) -> float:
    """Look every few milliseconds whether a round is closed; returns when it was seen so."""
    async with asyncio.timeout(ANSWER_S):
        while True:
            async with store.read() as tx:
                found = await round_rows.round_by_id(tx, round_id)
            if found and found.state is RoundState.CLOSED:
                return time.monotonic()
            await asyncio.sleep(0.003)


async def _check_nothing_lost(store: Store, round_id: int, acknowledged: Counter[int]) -> None:
    async with store.read() as tx:
        number_of = {c.version_id: c.number for c in await round_rows.candidates(tx, round_id)}
        kept, counted = await tallies.kept(tx, round_id), await tallies.recount(tx, round_id)
        standing = {s.position: s.picks for s in await round_rows.standings(tx, round_id)}
    assert kept == counted
    picks = {number_of[version]: picks for version, (_, picks) in kept.items() if picks}
    assert picks == {number: n for number, n in acknowledged.items() if n}
    assert sum(standing.values()) == sum(picks.values())


# ------------------------------------------------------------------ reading


def _read_a_big_round(bench: Bench, runner: asyncio.Runner, name: str, url: str, fans: int) -> None:
    async def made(store: Store) -> list[int]:
        ids = [await open_round(store, key) for key in ("small", "big")]
        for round_id, voted in zip(ids, (2, fans), strict=True):
            await fill(store, round_id, voted)
        return ids

    small, round_id = runner.run(_with_store(url, made))

    def ms(read: Callable[..., Coroutine[Any, Any, Any]]) -> float:
        return float(runner.run(_with_store(url, lambda store: _timed(store, round_id, read))))

    kept, recounted = bench.in_turns(lambda: ms(tallies.kept), lambda: ms(tallies.recount))
    bench.limit(f"tally_{name}", kept, READ_MS, "ms")
    bench.compare(f"tally_recount_{name}", kept, recounted, "ms", target=10, less_is_better=True)
    count_bytes, close_bytes = _growth(url, small, round_id)
    bench.limit(f"count_memory_{name}", [count_bytes / (fans * DESIGNS)], COUNT_BYTES, "B/vote")
    bench.limit(f"close_memory_{name}", [close_bytes / 2**20], CLOSE_MB, "MB")


async def _timed(store: Store, round_id: int, read: Callable[..., Coroutine[Any, Any, Any]]) -> float:
    """Time reading from a round, on a connection that has done so before; the median of a few, in ms."""
    took = []
    for _ in range(4):
        async with store.read() as tx:
            began = time.perf_counter()
            await read(tx, round_id)
            took.append(time.perf_counter() - began)
    return median(took[1:]) * 1000


def _growth(url: str, small: int, round_id: int) -> tuple[int, int]:
    """Measure in a process of its own by how many bytes a count and a close raise its peak."""
    here, there = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_grow, args=(url, small, round_id, there))
    process.start()
    process.join()
    grown: tuple[int, int] = here.recv()
    return grown


def _grow(url: str, small: int, round_id: int, there: Connection) -> None:
    async def do(store: Store) -> tuple[int, int]:
        await _count(store, small)  # loads and warms what a count needs
        before = _peak(anew=True)
        await _read_and_close(store, round_id)
        closed = _peak() - before
        before = _peak(anew=True)
        await _count(store, round_id)
        return _peak() - before, closed

    there.send(asyncio.run(_with_store(url, do)))


async def _count(store: Store, round_id: int) -> None:
    async with store.read() as tx:
        found = await round_rows.round_by_id(tx, round_id)
    assert found is not None
    await counting.counted(store, found)


async def _read_and_close(store: Store, round_id: int) -> None:
    async with store.read() as tx:
        await tallies.kept(tx, round_id)
        await tallies.turnout(tx, round_id)
    await rounds.close(store, round_id, By())


def _peak(*, anew: bool = False) -> int:
    """Read the most memory this process has held, in bytes; `anew` forgets what it held before."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


if __name__ == "__main__":
    run("close", "counting the votes themselves (GROUP BY)", measure)
