"""A small shop to test with: a migrated database on either store, a campaign without real photos, fans.

The fixtures are brought in by the conftest of each folder that wants them.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.actions import Finish, encode
from bot.i18n import Reader, render
from bot.intake.photos import CleanPhoto
from bot.intake.read import CampaignFile, DesignFile
from bot.port import Actor, Card, Command, Inbox, Limits, Look, Post, Press, Reply, Role, ShowPage
from bot.presale.model import PresalePlan
from bot.rounds.model import BallotShape, Candidate, Round, RoundPlan, TieRule
from bot.service import designs, people
from bot.service import rounds as use_rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import people as people_rows
from bot.storage import rounds, schema, tallies
from bot.storage.store import Store, Tx
from bot.storage.tables import Base
from bot.text import Noun
from tests.clock import Clock
from tests.postgres import Server

T = TypeVar("T")

ROOM = "main"
HOUR = timedelta(hours=1)
SECRET = b"a secret for tests, 32 bytes long"


# ------------------------------------------------------------------ databases


async def _migrate(url: str) -> None:
    store = Store(url)
    await schema.migrate(store)
    await store.close()


def migrate(url: str) -> None:
    """Bring a database up to date. Only outside a running event loop."""
    asyncio.run(_migrate(url))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and nothing in them, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "catwalk.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgresql: Server) -> Iterator[str]:
    """A PostgreSQL database with every table, which tests take one after the other."""
    with postgresql.fresh_database() as url:
        migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def shop_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with every table and nothing in them, once on each of the two we promise.

    A test that changes tables must make its own.
    """
    if request.param == "sqlite":
        path = tmp_path / "catwalk.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        return f"sqlite+aiosqlite:///{path}"
    url: str = request.getfixturevalue("migrated_database")
    server: Server = request.getfixturevalue("postgresql")
    server.execute(EMPTY_ALL, url.rpartition("/")[2])
    return url


EMPTY_ALL = (
    "DO $$ DECLARE part regclass; BEGIN "
    "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity "  # a test that failed may have left its locks
    "WHERE datname = current_database() AND pid <> pg_backend_pid(); "
    "SET LOCAL session_replication_role = replica; "  # no foreign keys
    "FOR part IN SELECT oid FROM pg_class WHERE relispartition AND relkind = 'r' "
    "LOOP EXECUTE 'DROP TABLE ' || part; END LOOP; "
    + " ".join(f'DELETE FROM "{name}";' for name in Base.metadata.tables)
    + " END $$"
)
"""The fastest way to a database like new: copying one or truncating its tables takes a second."""


@pytest.fixture
async def store(shop_url: str, clock: Clock) -> AsyncIterator[Store]:
    """A store on the test's database, by the test's clock."""
    made = Store(shop_url, clock=clock)
    yield made
    await made.close()


@pytest.fixture
async def file_store(migrated_file: Path, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    """A store on SQLite: for what is the same on either."""
    made = Store(f"sqlite+aiosqlite:///{shutil.copy(migrated_file, tmp_path / 'file.db')}", clock=clock)
    yield made
    await made.close()


@pytest.fixture
async def other_store(shop_url: str, clock: Clock) -> AsyncIterator[Store]:
    """Another worker's store on the same database; its tally goes to another slot."""
    made = Store(shop_url, clock=clock)
    yield made
    await made.close()


# ------------------------------------------------------------------ a campaign


def plan(clock: Clock, number: int = 1) -> RoundPlan:
    """Plan a round of three pages that opens in an hour (the second a week later) and takes two days."""
    opens_at = clock() + HOUR + timedelta(days=7) * (number - 1)
    return RoundPlan(
        number=number, ballot=BallotShape.SHEETS, opens_at=opens_at, closes_at=opens_at + 48 * HOUR, keep=3,
        quorum=1, tie_rule=TieRule.LOT, page_size=4,
    )  # fmt: skip


def _photo(n: int) -> CleanPhoto:
    return CleanPhoto(f"{n:064x}", f"{n:064x}", 3, 4, "0" * 16)


def campaign_file(plans: Sequence[RoundPlan], count: int = 10, key: str = "spring") -> CampaignFile:
    """Make a checked campaign of `count` designs #001…; their photos are names only."""
    return CampaignFile(
        key, "Spring", Noun({"en": ("look", "looks")}), ZoneInfo("Europe/Berlin"), "en", tuple(plans),
        tuple(
            DesignFile(n, f"Dress {n}", "dress", {"colour": "red"}, _photo(n)) for n in range(1, count + 1)
        ),
        (), f"digest of {key} with {count}",
    )  # fmt: skip


@dataclass
class MadeShop:
    """A shop with one campaign in the room `main`. Rounds and fans are named by their numbers."""

    store: Store
    clock: Clock
    shop: Shop
    catwalk: Catwalk
    campaign_id: int
    round_ids: list[int]
    fans: dict[int, Actor] = field(default_factory=dict)

    @property
    def round_id(self) -> int:
        return self.round_ids[0]

    async def open(self, number: int = 1) -> Round:
        """Open a round now."""
        return await use_rounds.open_round(self.store, self.round_ids[number - 1], By())

    async def fan(self, i: int) -> Actor:
        """Let fan `i` in, once; say who they are."""
        if i not in self.fans:
            actor = Actor("room", f"fan-{i}", f"Fan {i}", "en")
            await self.catwalk.command(Command(actor, "enter", "enter", "", ROOM))
            self.fans[i] = actor
        return self.fans[i]

    async def owner(self) -> By:
        """Let an owner in, as who signs and marks."""
        issued = await people.invite_role(self.shop, Role.OWNER, None)
        actor = Actor("room", "owner", "Olga", "en")
        await self.catwalk.command(Command(actor, "claim", "claim", issued.code))
        async with self.store.read() as tx:
            person = await people_rows.find_person(tx, "room", "owner")
        assert person is not None
        return By(person.account_id, "asked for in the shop")

    async def sign_first(self) -> None:
        """Play the first round to its signed cut: one fan is for 1, 2 and 3."""
        round_, fan = await self.open(), await self.fan(1)
        await self.look(fan)
        await self.catwalk.command(Command(fan, "e1", "pick", "1 2 3", ROOM))
        await self.press(fan, "e2", encode(Finish(round_.id, 1)))
        await use_rounds.count(self.store, await use_rounds.close(self.store, round_.id, By()))
        await use_rounds.sign(self.store, round_.id, By(), accept_quorum=True)

    async def press(self, actor: Actor, event: str, action: str, catwalk: Catwalk | None = None) -> Reply:
        return await (catwalk or self.catwalk).press(Press(actor, event, action, ROOM))

    async def look(self, actor: Actor) -> Reply:
        """Let a fan open their sheet, which fixes the order of their ballot."""
        return await self.catwalk.look(Look(actor, ShowPage(), ROOM))

    async def round(self, number: int = 1) -> Round:
        async with self.store.read() as tx:
            found = await rounds.round_by_id(tx, self.round_ids[number - 1])
        assert found is not None
        return found

    async def candidates(self, number: int = 1) -> tuple[Candidate, ...]:
        async with self.store.read() as tx:
            return await rounds.candidates(tx, self.round_ids[number - 1])

    async def tally(self, number: int = 1) -> dict[int, tuple[int, int]]:
        """Read (answers, picks) by design number, having checked the kept tally against the votes."""
        number_of = {c.version_id: c.number for c in await self.candidates(number)}
        async with self.store.read() as tx:
            kept = await tallies.kept(tx, self.round_ids[number - 1])
            counted = await tallies.recount(tx, self.round_ids[number - 1])
        assert kept == counted
        return {number_of[v]: counts for v, counts in kept.items()}

    async def turnout(self, number: int = 1) -> int:
        async with self.store.read() as tx:
            return await tallies.turnout(tx, self.round_ids[number - 1])


async def made_shop(
    store: Store,
    clock: Clock,
    *,
    designs_: int = 10,
    plans: Sequence[RoundPlan] | None = None,
    presale: PresalePlan | None = None,
) -> MadeShop:
    """Fill a migrated database with a room and a campaign whose rounds are drafts."""
    shop = Shop(store, SECRET, open_by_name=True)
    await people.add_room(shop, ROOM, "The room", "en")
    file = replace(campaign_file(plans or [plan(clock)], designs_), presale=presale)
    loaded = await designs.load(store, file)
    async with store.read() as tx:
        ids = [r.id for r in await rounds.rounds_of(tx, loaded.campaign_id)]
    return MadeShop(store, clock, shop, Catwalk(shop), loaded.campaign_id, ids)


@pytest.fixture
async def made(store: Store, clock: Clock) -> MadeShop:
    """A shop with ten designs and one round of three pages, open for votes."""
    shop = await made_shop(store, clock)
    await shop.open()
    return shop


# ------------------------------------------------------------------ a platform


class FakePlatform:
    """A ChatAdapter that keeps what it was sent. `trouble` raises per group; `gate` holds a group's sends."""

    def __init__(self, platform: str = "room", edit_every_s: float = 0.0) -> None:
        self.platform = platform
        self.limits = Limits(edit_every_s=edit_every_s)
        self.posts: dict[str, Post] = {}
        """Posts that stand, by their key: the same key twice is one post."""
        self.sent: list[Post] = []
        self.edits: list[Post] = []
        self.trouble: dict[str, Exception] = {}
        self.gates: dict[str, asyncio.Event] = {}
        self.reached = asyncio.Event()
        """Set when something arrives here."""
        self._sent = asyncio.Condition()

    async def until_sent(self, count: int) -> None:
        """Wait until so many posts went through."""
        async with self._sent:
            await self._sent.wait_for(lambda: len(self.sent) >= count)

    async def _pass(self, post: Post) -> None:
        self.reached.set()
        if gate := self.gates.get(post.group):
            await gate.wait()
        if error := self.trouble.get(post.group):
            raise error

    async def run(self, inbox: Inbox) -> None:
        raise AssertionError("nobody runs a fake platform")

    async def post(self, post: Post) -> str:
        await self._pass(post)
        async with self._sent:
            self.sent.append(post)
            self.posts[post.key] = post
            self._sent.notify_all()
        return f"message-{post.key}"

    async def edit(self, post: Post, remote_id: str) -> None:
        await self._pass(post)
        assert remote_id == f"message-{post.key}"
        self.edits.append(post)
        self.posts[post.key] = post

    async def retract(self, group: str, remote_id: str) -> None:
        raise AssertionError("nothing is retracted")

    async def direct(self, remote_id: str, told: Reply) -> None:
        raise AssertionError("nobody is written to")

    def said(self, group: str) -> list[str]:
        """List the titles of what stands in a group, oldest first."""
        return [render(p.card.title, p.reader) for p in self.posts.values() if p.group == group]


def ours() -> None:
    """Check a lease that nobody takes away."""


def lines(card: Card) -> list[str]:
    """Read a card's lines in English."""
    return [render(line, Reader()) for line in card.lines]


# ------------------------------------------------------------------ forcing an order


@asynccontextmanager
async def held(store: Store, work: Callable[[Tx], Awaitable[object]]) -> AsyncIterator[None]:
    """Do `work` in a transaction of another task, and keep it open until the block ends."""
    done, over = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with store.begin() as tx:
            await work(tx)
            done.set()
            await over.wait()

    task = asyncio.create_task(hold())
    first = asyncio.create_task(done.wait())
    await asyncio.wait([task, first], return_when=asyncio.FIRST_COMPLETED)
    try:
        if not task.done():
            yield
    finally:
        over.set()
        first.cancel()
        await task


_WAITING = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE NOT l.granted AND a.datname = current_database()"
)


async def until_blocked(store: Store, task: "asyncio.Task[object]") -> None:
    """Return once `task`, the only one there is, waits for a lock, or is done; PostgreSQL only.

    It asks the database, again and again, and needs no sleep.
    """
    async with asyncio.timeout(30):
        while not task.done():
            async with store.read() as tx:
                if (await tx.conn.execute(_WAITING)).scalar_one():
                    return


async def until_asked(store: Store, start: Callable[[], Coroutine[object, object, T]]) -> "asyncio.Task[T]":
    """Start a task and return it once it has asked `store` for SQLite's only writing place, or is done."""
    asked, on_kept = asyncio.Event(), store._on_kept

    def asks() -> AbstractAsyncContextManager[Tx]:
        asked.set()
        return on_kept()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_on_kept", asks)
        task = asyncio.create_task(start())
        waiting = asyncio.create_task(asked.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    return task
