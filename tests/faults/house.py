"""An installation of several processes on a PostgreSQL of its own, each of which can be killed or stopped."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Literal

import httpx

from bot.port import Role
from bot.service import people
from bot.service.shop import Shop
from bot.storage import campaigns
from bot.storage import people as stored_people
from bot.storage.store import Store
from tests.e2e import made
from tests.e2e.conftest import installed
from tests.e2e.fan import Fan, told
from tests.e2e.process import SECRET, Catwalk, Serving, free_port, until
from tests.faults.balance import Balanced
from tests.faults.outside import GROUP, NAME, Platform, listening
from tests.postgres import Server, running

RUN = str(Path(__file__).with_name("run.py"))
WEBS = ("web 0", "web 1")
WORKERS = ("worker 0", "worker 1")

LEASE_S = 3.0
RECOVERY_S = 30.0
"""How long a lease lasts here, and how soon after a fault votes are saved again and everything is told."""

ANSWER_S = 3.0
"""How long a fan's browser waits for an answer before it asks elsewhere."""

Guard = Literal["", "lock", "lease"]


@dataclass
class House:
    """Web processes behind a balancer and workers, by name; `without` names a guard they lack."""

    grounds: "Grounds"
    catwalk: Catwalk
    outside: Platform
    without: Guard = ""
    fans: list[Fan] = field(default_factory=list)
    _running: dict[str, Serving] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng = Random(str(self.catwalk.home))
        self._ports = {name: free_port(rng) for name in WEBS}

    @property
    def server(self) -> Server:
        return self.grounds.server

    # -------------------------------------------------------------- processes

    async def start(self, *names: str, stop_at: str = "") -> None:
        """Start processes; with `stop_at` they stop themselves when they first reach that point."""
        program = [RUN, self.outside.address]
        program += ["--stop-at", stop_at] if stop_at else []
        program += ["--without", self.without] if self.without else []
        started = await asyncio.gather(*(self._start(program, name) for name in names))
        self._running |= dict(zip(names, started, strict=True))

    async def _start(self, program: list[str], name: str) -> Serving:
        role, _, _ = name.partition(" ")
        port = str(self._ports.get(name, 0))
        settings = {"CATWALK_ROOM__PORT": port, "CATWALK_RELAY__LEASE_S": str(LEASE_S)}
        return await asyncio.to_thread(self.catwalk.start, [*program, "--role", role], **settings)

    def pid(self, name: str) -> int:
        return self._running[name].process.pid

    def signal(self, name: str, what: int) -> None:
        """Send a signal to a process: SIGSTOP, SIGCONT."""
        os.kill(self.pid(name), what)

    def log(self, name: str) -> str:
        """Read what a process wrote to standard error."""
        return self._running[name].log.read_text()

    async def kill(self, name: str) -> None:
        """End a process as a power cut does."""
        await asyncio.to_thread(self._running[name].kill)

    async def leave(self, name: str) -> None:
        """End a process as an administrator does."""
        self.signal(name, signal.SIGTERM)
        assert await asyncio.to_thread(self._running[name].wait) == 0

    async def stopped(self, name: str) -> None:
        """Wait until a process has stopped itself."""

        process = self._running[name]
        await asyncio.to_thread(until, process.has_stopped, f"{name} to stop")

    # -------------------------------------------------------------- people

    def browser(self, i: int) -> httpx.AsyncClient:
        """Open a browser on the balancer; `i` decides where it is sent first."""
        url = f"http://127.0.0.1:{self._ports[WEBS[0]]}"
        balanced = Balanced(tuple(self._ports.values()), i)
        return httpx.AsyncClient(
            base_url=url, transport=balanced, headers={"Accept-Language": "en"}, timeout=ANSWER_S
        )

    async def work(self, presses: int = 20) -> None:
        """Wait until so many presses more are saved, which must be soon."""
        async with asyncio.timeout(RECOVERY_S):
            await told(self.fans, presses)


@dataclass(frozen=True, slots=True)
class Grounds:
    """A durable PostgreSQL with a shop to copy for each house, and the codes that let people into it."""

    server: Server
    template: str
    photos: Path
    bytecode: Path
    claim: str
    invitation: str

    @contextmanager
    def house(self, home: Path, without: Guard = "") -> Iterator[House]:
        """Build a house in which nothing runs yet; end everything in it at the end."""
        with ExitStack() as ending:
            outside = ending.enter_context(listening())
            url = ending.enter_context(self.server.fresh_database(self.template))
            # Seen with PostgreSQL 15: in a copied database a crash before the first checkpoint sets
            # sequences back, since their next values were logged in the one that was copied.
            self.server.execute("CHECKPOINT")
            built = contextmanager(installed)(home, self.bytecode, url, self.photos)
            catwalk = ending.enter_context(built)
            yield House(self, catwalk, outside, without)


@contextmanager
def prepared(programs: Path, folder: Path, bytecode: Path) -> Iterator[Grounds]:
    """Start a PostgreSQL and make the shop: a campaign, a room, and a group on the platform."""
    source, photos = made.campaign(folder / "spring"), folder / "photos"
    codes: list[str] = []

    def fill(url: str) -> None:
        made.fill(url, source, photos)
        codes.extend(asyncio.run(_join(url)))

    with running(programs, durable=True) as server:
        template = server.template("a shop", fill)
        yield Grounds(server, template, photos, bytecode, *codes)


async def _join(url: str) -> tuple[str, str]:
    """Let the platform's group vote in the campaign; return codes for an owner and for fans."""
    store = Store(url)
    try:
        async with store.begin() as tx:
            now = await tx.now()
            square = await stored_people.put_group(tx, NAME, GROUP, "Square", "en", True, now)
            campaign = await campaigns.find_campaign(tx, "spring")
            assert campaign is not None
            await stored_people.put_group_campaign(tx, square.id, campaign.id, now)
        shop = Shop(store, SECRET.encode(), open_by_name=False)
        claim = await people.invite_role(shop, Role.OWNER, None)
        return claim.code, (await people.invite_fans(shop, "main", None, None)).code
    finally:
        await store.close()
