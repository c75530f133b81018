"""What goes wrong with a house, one thing at a time, and its end.

A process that ended is started again, as whatever keeps services alive does; nothing else is mended by hand.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterable
from random import Random
from typing import Any

import asyncpg

from tests.e2e.fan import pause
from tests.faults.house import LEASE_S, WEBS, WORKERS, House
from tests.postgres import Server

Fault = Callable[[House, Random], Awaitable[None]]

_OURS = """SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
ORDER BY state = 'active' DESC NULLS LAST, pid"""


async def kill_web(house: House, rng: Random) -> None:
    """Half the fans' process loses power, and the others must do for a while."""
    name = rng.choice(WEBS)
    await house.kill(name)
    await house.work()
    await house.start(name)


async def kill_worker(house: House, rng: Random) -> None:
    name = rng.choice(WORKERS)
    await house.kill(name)
    await pause(rng.uniform(0, 2 * LEASE_S))
    await house.start(name)


async def restart_web(house: House, rng: Random) -> None:
    """A new release, say."""
    name = rng.choice(WEBS)
    await house.leave(name)
    await house.start(name)


async def stop_web(house: House, rng: Random) -> None:
    """A process hangs with whatever it holds; fans go elsewhere, and what it then still does is late."""
    name = rng.choice(WEBS)
    house.signal(name, signal.SIGSTOP)
    await house.work()
    house.signal(name, signal.SIGCONT)


async def stop_worker(house: House, rng: Random) -> None:
    """A process hangs for longer than its lease."""
    name = rng.choice(WORKERS)
    house.signal(name, signal.SIGSTOP)
    await pause(2 * LEASE_S)
    house.signal(name, signal.SIGCONT)


async def kill_backend(house: House, rng: Random) -> None:
    """One process of PostgreSQL dies; PostgreSQL then ends all connections and recovers by itself."""
    pids = await _processes(house.server)
    os.kill(pids[rng.randrange(2)], signal.SIGKILL)
    await _revived(house.server)


async def kill_postgresql(house: House, rng: Random) -> None:
    await asyncio.to_thread(house.server.end, signal.SIGKILL)
    await pause(rng.uniform(0, 2))
    await asyncio.to_thread(house.server.again)


async def fill_disk(house: House, _rng: Random) -> None:
    """No file of PostgreSQL can be written any more, until somebody makes room."""
    pids = [house.server.pid, *await _processes(house.server)]
    limit_files(pids, "0", **house.server.owner)
    again = sum(fan.again for fan in house.fans)
    while sum(fan.again for fan in house.fans) < again + len(house.fans):
        await pause(0.05)
    limit_files(pids, "unlimited", **house.server.owner)
    await _revived(house.server)


def limit_files(pids: Iterable[int], size: str, **owner: Any) -> None:
    """Let processes write no file beyond a size, whatever is in it: to them a disk is full at 0.

    `owner` is who they belong to, as `subprocess.run` takes it: nobody else may. Who died is left out.
    """
    for pid in pids:
        limit = ["prlimit", f"--pid={pid}", f"--fsize={size}:unlimited"]
        subprocess.run(limit, **owner, capture_output=True, check=False)


async def _processes(server: Server) -> list[int]:
    """List PostgreSQL's processes, the busy ones first."""
    connection = await asyncpg.connect(server.url("postgres").replace("+asyncpg", ""))
    try:
        return [line["pid"] for line in await connection.fetch(_OURS)]
    finally:
        await connection.close()


async def _revived(server: Server) -> None:
    """Start PostgreSQL again if it gave up."""
    while True:
        try:
            await _processes(server)
        except ConnectionRefusedError:
            await asyncio.to_thread(server.close, keep=True)
            await asyncio.to_thread(server.again)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await pause(0.1)  # it recovers
        else:
            return


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        kill_web,
        kill_worker,
        kill_backend,
        kill_postgresql,
        stop_web,
        stop_worker,
        fill_disk,
        restart_web,
    )
}
