"""A crowd on Telegram that taps through a round all at once, and kills in the middle of it.

One real process of ours with its SQLite file; the stand-in Bot API server, with its limits on, and the crowd
in this one; everything between them over HTTP.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from bot.port import Role
from bot.service import people
from bot.service.shop import Shop
from bot.storage import campaigns
from bot.storage.store import Store
from tests.adapters.telegram.stage import link, words
from tests.e2e import made
from tests.e2e.conftest import NAME, installed
from tests.e2e.process import SECRET, Catwalk, Serving, free_port
from tests.e2e.telegram import account, hooked, ours, until
from tests.e2e.truth import truth, violations
from tests.faults.crowd import Tapper, drained, progress, refused, works
from tests.telegram.botapi.server import BotApi, Call, serving
from tests.telegram.botapi.world import Chat, Member, Message, User

GROUPS = 2
POSTS = 4
"""How many posts a group may be sent in a round, an album being one."""

TOAST_S = 1.0
"""Within which 95 of 100 toasts must come."""


AS_IN_LIFE = {f"CATWALK_RELAY__{name}": "" for name in ("DRAIN_S", "TICK_S", "RECONCILE_S")}
"""The rhythm a shop has by default, and not that of other tests."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many fans tap through how many designs, and how often the process is killed meanwhile."""

    fans: int
    mode: str = "webhook"
    kills: int = 0
    seed: int = 7
    designs: int = made.DESIGNS
    page_size: int = 8
    hurry_s: float = 1.0
    patience_s: float = 20.0
    lease_s: int = 10

    @property
    def pages(self) -> int:
        return -(-self.designs // self.page_size)


@dataclass
class Burst:
    """A shop on the stand-in server, its groups, its crowd, and when its process was killed."""

    plan: Plan
    api: BotApi
    catwalk: Catwalk
    owner: User
    groups: list[Chat]
    fans: list[Tapper]
    settings: dict[str, str]
    running: list[Serving] = field(default_factory=list)
    killed_at: list[float] = field(default_factory=list)

    # -------------------------------------------------------------- playing

    async def start(self) -> None:
        self.running.append(await asyncio.to_thread(self.catwalk.start, **self.settings))

    async def play(self, codes: Sequence[str]) -> None:
        """Set the groups up, open the round, let everybody vote while the process dies, close it."""
        await self.start()
        *setups, claim = codes
        self.say(self.api.people.private(self.owner), f"/claim {claim}")
        for group, code in zip(self.groups, setups, strict=True):
            self.say(group, f"/setup {code}")
            await until(partial(self.posts, group))
        self.say(self.groups[0], "/round open")
        async with asyncio.TaskGroup() as everybody:
            for i, fan in enumerate(self.fans):
                everybody.create_task(self._vote(fan, self.groups[i % GROUPS]))
            everybody.create_task(self._strike())
        await drained(self.api)
        self.say(self.groups[0], "/round close enough votes")
        for group in self.groups:
            await until(partial(self._post, group, "Round 1 closed"))

    def _post(self, group: Chat, begins: str) -> Message | None:
        """Find a group's post by how it begins."""
        return next((post for post in self.round_posts(group) if words(post).startswith(begins)), None)

    def say(self, chat: Chat, text: str) -> None:
        self.api.people.says(self.owner, chat, text)

    async def _vote(self, fan: Tapper, group: Chat) -> None:
        card = await until(partial(self._post, group, "Round 1 of"))
        await fan.vote(link(card, "Vote"))

    async def _strike(self) -> None:
        """Kill the process when so much has been answered, and start it again, as whatever keeps it does."""
        rng, all_of_it = Random(self.plan.seed), self.plan.pages * len(self.fans)
        for at in sorted(rng.uniform(0, 0.8) for _ in range(self.plan.kills)):
            await progress(self.fans, int(at * all_of_it))
            await works(self.api, len(self.fans) // 4)
            await asyncio.to_thread(self.running[-1].kill)
            self.killed_at.append(self.api.state.clock())
            await self.start()

    # -------------------------------------------------------------- what came of it

    def posts(self, group: Chat) -> list[Message]:
        """List the bot's posts in a group, of an album its last photo."""
        return list({m.get("media_group_id", m["message_id"]): m for m in ours(self.api, group)}.values())

    def round_posts(self, group: Chat) -> list[Message]:
        return self.posts(group)[1:]  # the first answered /setup

    @property
    def repeats(self) -> int:
        """Count the posts that arrived although the same had arrived before."""
        return sum(
            count - 1
            for group in self.groups
            for count in Counter(_title(post) for post in self.round_posts(group)).values()
        )

    @property
    def redraws(self) -> int:
        return len(self.api.called("editMessageReplyMarkup"))

    @property
    def picks(self) -> int:
        """Count the taps that asked for a redraw."""
        return sum(tap.content["data"].startswith("t:") for fan in self.fans for tap in fan.taps)

    @property
    def toasts(self) -> list[float]:
        """List how long each tap waited for its toast."""
        return [
            tap.answered_at - tap.asked_at
            for fan in self.fans for tap in fan.taps if tap.answered_at is not None
        ]  # fmt: skip

    @property
    def floods(self) -> list[Call]:
        return self.api.refused(429)

    async def broken(self) -> list[str]:
        """Name every promise that was broken."""
        kept = await truth(self.catwalk)
        return [*violations(kept, self.fans), *self._misheard()]

    def _misheard(self) -> Iterator[str]:
        for group in self.groups:
            if len(self.round_posts(group)) > POSTS + self.plan.kills:
                yield f"{group.title} was sent {len(self.round_posts(group))} posts"
        if self.repeats > self.plan.kills:
            yield f"{self.repeats} posts were repeated, by {self.plan.kills} kills"
        if mixed := sum(fan.mixed for fan in self.fans):
            yield f"the buttons of another page stood under a picture {mixed} times"
        if alerts := sum(refused(tap) for fan in self.fans for tap in fan.taps):
            yield f"{alerts} taps were refused"
        if not self.plan.kills:
            yield from self._hurried()

    def _hurried(self) -> Iterator[str]:
        """Say what is promised only while nothing dies."""
        if self.floods:
            yield f"{len(self.floods)} calls came too early"
        if unanswered := sum(tap.answer is None for fan in self.fans for tap in fan.taps):
            yield f"{unanswered} taps got no toast"

    def late(self) -> list[str]:
        """Say whether toasts took longer than they may: a measure, which a busy machine can miss."""
        if self.plan.kills or share(self.toasts, 0.95) <= TOAST_S:
            return []
        return [f"toasts took {share(self.toasts, 0.95):.2f} s"]

    def measured(self) -> Iterator[str]:
        """Say what was measured, a line each."""
        turns = [turn for fan in self.fans for turn in fan.turns]
        taps = sum(len(fan.taps) for fan in self.fans)
        yield f"{len(self.fans)} fans, {taps} taps, {self.plan.mode}, {len(self.killed_at)} kills"
        yield f"toasts: p50 {share(self.toasts, 0.5):.3f} s, p95 {share(self.toasts, 0.95):.3f} s"
        yield f"page turns: p50 {share(turns, 0.5):.1f} s, p95 {share(turns, 0.95):.1f} s"
        yield f"redraws: {self.redraws} sent, {self.picks - self.redraws} dropped"
        yield f"429: {len(self.floods)}"
        posts = [len(self.round_posts(group)) for group in self.groups]
        yield f"posts a group: {', '.join(map(str, posts))}; repeated: {self.repeats}"
        again = sum(fan.again for fan in self.fans)
        yield f"taps without a toast: {taps - len(self.toasts)}; Done tapped again: {again}"


def share(numbers: Sequence[float], part: float) -> float:
    """Find the number that a part of all numbers do not exceed."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def _title(post: Message) -> str:
    return str("album" if "media_group_id" in post else words(post).partition("\n")[0])


# ------------------------------------------------------------------ a shop for it


@contextmanager
def shop(home: Path, bytecode: Path, plan: Plan) -> Iterator[Catwalk]:
    """Make an installation on SQLite with a campaign. Only outside a running event loop."""
    url, photos = f"sqlite+aiosqlite:///{home / 'shop.db'}", home / "photos"
    source = made.campaign(home / "spring", designs=plan.designs, page_size=plan.page_size)
    made.fill(url, source, photos)
    yield from installed(home, bytecode, url, photos)


@asynccontextmanager
async def played(catwalk: Catwalk, plan: Plan) -> AsyncIterator[Burst]:
    """Play a burst to its end."""
    async with serving(BotApi(strict=True)) as api:
        settings = account(api) | AS_IN_LIFE | {"CATWALK_RELAY__LEASE_S": str(plan.lease_s)}
        if plan.mode == "webhook":
            settings |= hooked(free_port(Random(str(catwalk.home))))
        owner = api.state.world.add_user("Olga", started=True)
        groups = [api.crowd.group(f"Group {n}", owner) for n in range(1, GROUPS + 1)]
        for group in groups:
            api.crowd.adds_bot(owner, group)
        fans = [_fan(api, plan, groups[i % GROUPS], i) for i in range(plan.fans)]
        burst = Burst(plan, api, catwalk, owner, groups, fans, settings)
        await burst.play(await _codes(catwalk))
        yield burst
    assert api.token not in catwalk.log


def _fan(api: BotApi, plan: Plan, group: Chat, i: int) -> Tapper:
    user = api.state.world.add_user(f"{NAME} {i}")
    group.members[user.id] = Member(user, "member")
    return Tapper(api, user, Random(plan.seed * 1_000_003 + i), plan.hurry_s, plan.patience_s)


async def _codes(catwalk: Catwalk) -> list[str]:
    """Make codes for the groups, and one for an owner."""
    store = Store(catwalk.database_url)
    try:
        async with store.read() as tx:
            campaign = await campaigns.find_campaign(tx, "spring")
        assert campaign is not None
        shop = Shop(store, SECRET.encode(), open_by_name=False)
        setups = [(await people.invite_group(shop, campaign, None)).code for _ in range(GROUPS)]
        return [*setups, (await people.invite_role(shop, Role.OWNER, None)).code]
    finally:
        await store.close()
