"""Telling the groups: nothing twice, nothing lost, true in the end, and every group for itself."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import relay as relay_module
from bot.errors import Gone, NotHeld, Refused, RetryLater
from bot.port import Back, Feed, FeedPost, Look, Post, Role, ShowFeed
from bot.relay import Relay
from bot.rounds.model import MarkKind
from bot.service import bulletin, rounds
from bot.service.rounds import By
from bot.storage import outbox, people
from bot.storage.outbox import PostRow
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import ROOM, FakePlatform, MadeShop, lines, made_shop, ours
from tests.service.talk import Talk

PATIENCE_S = 2.0
"""When an errand is tried again that nobody settled the first time."""
EDIT_S = 30.0
OTHER = "second"


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def relay(store: Store, platform: FakePlatform) -> Relay:
    return Relay(store, platform, ours)


class Ended:
    """A lease that is lost when a test says so."""

    over = False

    def check(self) -> None:
        if self.over:
            raise NotHeld("room")


@pytest.fixture
async def two_rooms(store: Store, clock: Clock) -> MadeShop:
    """An open round in the rooms `main` and `second`."""
    shop = await made_shop(store, clock)
    async with store.begin() as tx:
        second = await people.put_group(tx, "room", OTHER, "Second", "en", True, clock())
        await people.put_group_campaign(tx, second.id, shop.campaign_id, clock())
    await shop.open()
    return shop


async def posts(made: MadeShop, room: str = ROOM) -> list[PostRow]:
    """List what stands in a room, oldest first."""
    async with made.store.read() as tx:
        group = await people.find_group(tx, "room", room)
        assert group is not None
        return (await outbox.group_posts(tx, group.id, None, None, 50))[::-1]


async def live(made: MadeShop) -> list[str]:
    """Name the posts that are still kept true."""
    async with made.store.read() as tx:
        return [p.kind for p in await outbox.live_posts(tx, "room", made.clock() + timedelta(days=1))]


async def waiting(made: MadeShop) -> int:
    async with made.store.read() as tx:
        return await outbox.waiting_since(tx, made.clock() + timedelta(days=1))


# ------------------------------------------------------------------ announcing


async def test_a_round_is_announced_once(made: MadeShop, relay: Relay, platform: FakePlatform) -> None:
    assert await relay.drain() == 1
    assert await relay.drain() == 0
    assert platform.said(ROOM) == ["Round 1 of 1: 10\N{NO-BREAK SPACE}looks, 3 go on"]
    (row,) = await posts(made)
    assert row.remote_id == f"message-{platform.sent[0].key}"


async def test_a_post_is_seen_in_the_feed_once_it_is_settled(made: MadeShop, relay: Relay) -> None:
    fan = await made.fan(1)

    async def feed() -> Feed:
        screen = (await made.catwalk.look(Look(fan, ShowFeed(), ROOM))).screen
        assert isinstance(screen, Feed)
        return screen

    before = await feed()
    assert before.items == ()
    await relay.drain()
    after = await feed()
    assert [type(item) for item in after.items] == [FeedPost]
    assert after.cursor > before.cursor


async def test_a_worker_killed_before_it_settles_loses_nothing_and_doubles_nothing(
    made: MadeShop, other_store: Store, platform: FakePlatform, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the send and the settlement: for the room the same key twice is one post."""

    class _Killed(BaseException):
        pass

    async def die(*_args: object) -> bool:
        raise _Killed

    dying, heir = Relay(made.store, platform, ours), Relay(other_store, platform, ours)
    monkeypatch.setattr(dying, "_settle", die)
    with suppress(_Killed):
        await dying.drain()
    assert (len(platform.sent), await posts(made), await waiting(made)) == (1, [], 1)
    assert await heir.drain() == 0  # it was put off before it was sent
    clock.advance(seconds=PATIENCE_S)
    assert await heir.drain() == 1
    assert (len(platform.sent), len(platform.posts), len(await posts(made))) == (2, 1, 1)
    assert await waiting(made) == 0


async def test_a_former_holder_cannot_settle_what_its_heir_has_posted(
    made: MadeShop, other_store: Store, platform: FakePlatform, clock: Clock
) -> None:
    slow, quick = Relay(made.store, platform, ours), Relay(other_store, FakePlatform(), ours)
    gate = platform.gates[ROOM] = asyncio.Event()
    late = asyncio.create_task(slow.drain())
    await platform.reached.wait()
    clock.advance(minutes=5)
    assert await quick.drain() == 1
    gate.set()
    assert await late == 0
    assert len(await posts(made)) == 1


@pytest.mark.parametrize("stopped_at", ["_due", "_compose"])
async def test_who_lost_the_lease_sends_nothing(
    made: MadeShop, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    """A worker that was stopped for a while, wherever that was, must not send what is another's by now."""
    lease = Ended()
    relay = Relay(made.store, platform, lease.check)
    step = getattr(relay, stopped_at)

    async def stopped(*given: Any) -> Any:
        done = await step(*given)
        lease.over = True
        return done

    monkeypatch.setattr(relay, stopped_at, stopped)
    assert await relay.drain() == 0
    assert platform.sent == []
    assert await waiting(made) == 1


async def test_who_lost_the_lease_edits_nothing(made: MadeShop, platform: FakePlatform) -> None:
    lease = Ended()
    relay = Relay(made.store, platform, lease.check)
    await relay.drain()
    await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    lease.over = True
    assert await relay.reconcile() == 0
    assert platform.edits == []


async def test_what_was_sent_is_settled_as_soon_as_the_database_is_back(
    made: MadeShop, relay: Relay, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending it again would tell the group twice."""
    settle, troubles = outbox.settle, [OSError("down"), OSError("still down")]
    monkeypatch.setattr(relay_module, "_PAUSE_S", 0.01)

    async def unreachable(*given: Any) -> bool:
        if troubles:
            raise troubles.pop()
        return await settle(*given)

    monkeypatch.setattr(outbox, "settle", unreachable)
    with capture_logs() as logs:
        assert await relay.drain() == 1
    assert [line["event"] for line in logs] == ["post_not_settled"] * 2 + ["post_settled"]
    assert len(platform.sent) == 1


async def test_an_ending_relay_sends_what_is_under_way_and_no_more(
    two_rooms: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    two_rooms.clock.advance(hours=40)
    await rounds.tick(two_rooms.store)
    gate = platform.gates[ROOM] = platform.gates[OTHER] = asyncio.Event()
    drained = asyncio.create_task(relay.drain())
    await platform.reached.wait()
    relay.end()
    gate.set()
    assert await drained == 2
    assert [p.card.kind for p in platform.sent] == ["round", "round"]
    assert await waiting(two_rooms) == 2


async def test_a_group_hears_things_in_order(made: MadeShop, relay: Relay, platform: FakePlatform) -> None:
    made.clock.advance(hours=40)
    await rounds.tick(made.store)
    assert await waiting(made) == 2
    assert await relay.drain() == 2
    assert [p.card.kind for p in platform.sent] == ["round", "reminder"]


# ------------------------------------------------------------------ trouble


async def test_a_platform_that_asks_to_wait_is_asked_again_then(
    made: MadeShop, relay: Relay, platform: FakePlatform, clock: Clock
) -> None:
    platform.trouble[ROOM] = RetryLater(90)
    assert await relay.drain() == 0
    platform.trouble.clear()
    clock.advance(seconds=89)
    assert await relay.drain() == 0
    clock.advance(seconds=1)
    assert await relay.drain() == 1


@pytest.mark.parametrize("after_s", [-5.0, 0.0, float("inf")])
async def test_an_odd_wish_to_wait_stops_nothing(
    made: MadeShop, relay: Relay, platform: FakePlatform, clock: Clock, after_s: float
) -> None:
    platform.trouble[ROOM] = RetryLater(after_s)
    assert await relay.drain() == 0
    platform.trouble.clear()
    clock.advance(days=1)
    await relay.drain()
    assert len(await posts(made)) == 1


@pytest.mark.parametrize("final", [Gone("kicked out"), Refused("too many words")])
async def test_what_will_never_go_through_is_given_up_with_the_reason(
    made: MadeShop, relay: Relay, platform: FakePlatform, final: Exception
) -> None:
    made.clock.advance(hours=40)
    await rounds.tick(made.store)
    platform.trouble[ROOM] = final
    with capture_logs() as logs:
        assert await relay.drain() == 0
    assert [(line["event"], line["kind"]) for line in logs] == [
        ("post_dropped", "round"), ("post_dropped", "reminder"),
    ]  # fmt: skip
    assert str(final) in logs[0]["failure"]
    assert await waiting(made) == 0
    platform.trouble.clear()
    assert await relay.drain() == 0


async def test_an_error_nobody_expected_is_tried_again_ever_later(
    made: MadeShop, relay: Relay, platform: FakePlatform, clock: Clock
) -> None:
    platform.trouble[ROOM] = ZeroDivisionError("a bug in an adapter")
    for wait_s in (2, 4, 8):
        with capture_logs() as logs:
            assert await relay.drain() == 0
        assert [line["event"] for line in logs] == ["post_failed"]
        clock.advance(seconds=wait_s, microseconds=-1)
        assert await relay.drain() == 0
        clock.advance(microseconds=1)
    platform.trouble.clear()
    assert await relay.drain() == 1


async def test_what_waited_for_a_group_is_told_as_soon_as_it_takes_us_back(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    platform.trouble[ROOM] = RetryLater(600)
    assert await relay.drain() == 0
    platform.trouble.clear()
    assert await relay.drain() == 0
    await made.catwalk.hear(Back("room", ROOM))
    assert await relay.drain() == 1


@pytest.mark.parametrize("trouble", [RetryLater(60), Gone("gone"), ConnectionResetError("no network")])
async def test_one_groups_trouble_is_not_anothers(
    two_rooms: MadeShop, relay: Relay, platform: FakePlatform, trouble: Exception
) -> None:
    platform.trouble[ROOM] = trouble
    with capture_logs():
        assert await relay.drain() == 1
    assert [p.group for p in platform.sent] == [OTHER]


async def test_a_group_that_hangs_holds_up_no_other_not_even_the_next_post(
    two_rooms: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    two_rooms.clock.advance(hours=40)
    await rounds.tick(two_rooms.store)
    gate = platform.gates[ROOM] = asyncio.Event()
    drained = asyncio.create_task(relay.drain())
    await platform.until_sent(2)
    assert [(p.group, p.card.kind) for p in platform.sent] == [(OTHER, "round"), (OTHER, "reminder")]
    assert not drained.done()
    gate.set()
    assert await drained == 4


async def test_a_send_that_never_ends_is_given_up(
    made: MadeShop, platform: FakePlatform, clock: Clock
) -> None:
    platform.gates[ROOM] = asyncio.Event()
    relay = Relay(made.store, platform, ours, send_s=0.01)
    with capture_logs() as logs:
        assert await relay.drain() == 0
    assert [line["event"] for line in logs] == ["post_failed"]
    platform.gates.clear()
    clock.advance(seconds=PATIENCE_S)
    assert await Relay(made.store, platform, ours).drain() == 1


async def test_a_card_that_cannot_be_made_holds_up_no_other_group(
    two_rooms: MadeShop, relay: Relay, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    audience = bulletin.audience

    async def broken(tx: Any, group_id: int, kind: str, subject_id: int) -> Any:
        group, zone = await audience(tx, group_id, kind, subject_id)
        if group.remote_id == ROOM:
            raise KeyError("a bug")
        return group, zone

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(bulletin, "audience", broken)
        assert await relay.drain() == 1
    assert "card_failed" in [line["event"] for line in logs]
    assert [p.group for p in platform.sent] == [OTHER]
    two_rooms.clock.advance(seconds=2)
    assert await relay.drain() == 1


async def test_what_is_no_longer_true_is_not_announced(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    await relay.drain()
    made.clock.advance(hours=40)
    await rounds.tick(made.store)
    await rounds.close(made.store, made.round_id, By())
    with capture_logs() as logs:
        assert await relay.drain() == 0
    assert [line["failure"] for line in logs] == ["nothing to say any more"]
    assert [p.card.kind for p in platform.sent] == ["round"]


async def test_a_drain_that_is_stopped_stops_its_sends(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    platform.gates[ROOM] = asyncio.Event()
    drained = asyncio.create_task(relay.drain())
    await platform.reached.wait()
    drained.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drained
    assert platform.sent == []
    assert await waiting(made) == 1


# ------------------------------------------------------------------ live posts


async def test_a_live_post_is_edited_when_it_changed_and_only_then(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    await relay.drain()
    assert await relay.reconcile() == 0
    fan = await made.fan(1)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    assert await relay.reconcile() == 1
    assert await relay.reconcile() == 0
    (edit,) = platform.edits
    assert "1 fan, 1 opinion" in lines(edit.card)[2]
    (row,) = await posts(made)
    assert row.edited_at == made.clock()


async def test_a_live_post_is_not_edited_more_often_than_the_platform_bears(
    made: MadeShop, store: Store, clock: Clock
) -> None:
    platform = FakePlatform(edit_every_s=60)
    relay = Relay(store, platform, ours)
    await relay.drain()
    fan = await made.fan(1)
    await made.press(fan, "1", f"p:{made.round_id}:1:1")
    for wait_s, edits in ((59, 0), (1, 1), (59, 1), (1, 2)):
        clock.advance(seconds=wait_s)
        await relay.reconcile()
        assert len(platform.edits) == edits
        await made.press(fan, f"at {clock().timestamp()}".replace(" ", "-"), f"t:{made.round_id}:2")
        fan = await made.fan(len(made.fans) + 1)
        await made.press(fan, "1", f"p:{made.round_id}:1:1")


async def test_the_last_edit_is_made_and_then_the_post_rests(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    await relay.drain()
    fan = await made.fan(1)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    await rounds.close(made.store, made.round_id, By())
    await rounds.tick(made.store)
    assert await relay.drain() == 1
    assert await relay.reconcile() == 1
    assert lines(platform.edits[-1].card)[0] == "This round has closed."
    await relay.reconcile()
    assert await live(made) == ["result"]


async def test_a_signed_result_rests_and_comes_back_when_the_signature_does(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    owner = await made.owner()
    fan = await made.fan(1)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    await rounds.close(made.store, made.round_id, By())
    await rounds.tick(made.store)
    await rounds.mark(made.store, made.round_id, 7, MarkKind.KEEP, owner)
    await rounds.sign(made.store, made.round_id, owner)
    for _ in range(3):
        await relay.drain()
        await relay.reconcile()
    assert platform.said(ROOM)[-1] == "The shortlist: 3\N{NO-BREAK SPACE}looks"
    assert await live(made) == []
    await rounds.unsign(made.store, made.round_id, owner)
    await relay.reconcile()
    assert platform.said(ROOM)[-1] == "Round 1 closed"
    assert await live(made) == ["result"]


async def test_a_signature_taken_back_just_before_its_post_rests_is_told(
    made: MadeShop, relay: Relay, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, rest = await made.owner(), relay._rest
    await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    await rounds.close(made.store, made.round_id, By())
    await rounds.tick(made.store)
    await rounds.sign(made.store, made.round_id, owner)
    await relay.drain()

    async def late(shown: PostRow) -> None:
        if shown.kind == "result":
            await rounds.unsign(made.store, made.round_id, owner)
            monkeypatch.setattr(relay, "_rest", rest)
        await rest(shown)

    monkeypatch.setattr(relay, "_rest", late)
    await relay.reconcile()
    assert await live(made) == ["result"]
    await relay.reconcile()
    assert platform.said(ROOM)[-1] == "Round 1 closed"


async def test_a_closed_rounds_post_follows_a_ballot_set_aside(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    fan, talk = await made.fan(1), Talk(made)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    await rounds.close(made.store, made.round_id, By())
    await rounds.tick(made.store)
    for _ in range(3):
        await relay.drain()
        await relay.reconcile()
    assert await live(made) == ["result"]
    await talk.say(Role.MODERATOR, "/mod aside Fan 1 why")
    await relay.reconcile()
    post = next(p for p in platform.posts.values() if p.card.kind == "round")
    assert any(line.startswith("0 fans") for line in lines(post.card)), lines(post.card)
    await relay.reconcile()
    assert await live(made) == ["result"]


async def test_a_reminder_rests_also_when_the_round_closed_before_anybody_looked(
    made: MadeShop, relay: Relay
) -> None:
    made.clock.advance(hours=40)
    await rounds.tick(made.store)
    await relay.drain()
    await rounds.close(made.store, made.round_id, By())
    for _ in range(2):
        await relay.reconcile()
    assert await live(made) == []


async def test_an_edit_that_a_former_holder_made_late_is_made_true_again(
    made: MadeShop, other_store: Store, platform: FakePlatform, relay: Relay, clock: Clock
) -> None:
    await relay.drain()
    ana, ben = await made.fan(1), await made.fan(2)
    await made.press(ana, "e", f"p:{made.round_id}:1:1")
    gate = platform.gates[ROOM] = asyncio.Event()
    platform.reached.clear()
    late = asyncio.create_task(relay.reconcile())
    await platform.reached.wait()
    await made.press(ben, "e", f"p:{made.round_id}:1:1")
    clock.advance(seconds=1)
    platform.gates.clear()
    assert await Relay(other_store, platform, ours).reconcile() == 1
    gate.set()
    await late
    assert "1 fan" in lines(platform.posts[platform.sent[0].key].card)[2]  # the late edit came last
    assert await relay.reconcile() == 1
    assert "2 fans" in lines(platform.posts[platform.sent[0].key].card)[2]


@pytest.mark.parametrize("trouble", [RetryLater(90), ZeroDivisionError("a bug"), OSError("no network")])
async def test_an_edit_that_failed_is_made_later_and_holds_up_no_other(
    two_rooms: MadeShop, relay: Relay, platform: FakePlatform, clock: Clock, trouble: Exception
) -> None:
    await relay.drain()
    fan = await two_rooms.fan(1)
    await two_rooms.press(fan, "e", f"p:{two_rooms.round_id}:1:1")
    platform.trouble[ROOM] = trouble
    with capture_logs():
        assert await relay.reconcile() == 1
    assert [p.group for p in platform.edits] == [OTHER]
    platform.trouble.clear()
    clock.advance(seconds=EDIT_S - 1)
    assert await relay.reconcile() == 0
    clock.advance(seconds=90)
    assert await relay.reconcile() == 1


async def test_a_post_that_is_gone_is_edited_no_more(
    made: MadeShop, relay: Relay, platform: FakePlatform
) -> None:
    await relay.drain()
    fan = await made.fan(1)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    platform.trouble[ROOM] = Gone("deleted by a moderator")
    with capture_logs() as logs:
        assert await relay.reconcile() == 0
    assert [line["event"] for line in logs] == ["edit_dropped"]
    assert await live(made) == []


async def test_a_card_that_cannot_be_made_stops_no_other_edit(
    made: MadeShop, relay: Relay, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.clock.advance(hours=40)
    await rounds.tick(made.store)
    await relay.drain()
    fan = await made.fan(1)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    compose = bulletin.compose

    async def broken(tx: Any, kind: str, round_id: int) -> Any:
        if kind == "reminder":
            raise KeyError("a bug")
        return await compose(tx, kind, round_id)

    monkeypatch.setattr(bulletin, "compose", broken)
    with capture_logs() as logs:
        assert await relay.reconcile() == 1
    assert [line["event"] for line in logs] == ["card_failed"]
    assert [p.card.kind for p in platform.edits] == ["round"]


async def test_another_platforms_posts_are_for_its_own_relay(made: MadeShop, relay: Relay) -> None:
    await relay.drain()
    fan = await made.fan(1)
    await made.press(fan, "e", f"p:{made.round_id}:1:1")
    elsewhere = FakePlatform("telegram")
    there = Relay(made.store, elsewhere, ours)
    assert (await there.drain(), await there.reconcile()) == (0, 0)
    sent: list[Post] = [*elsewhere.sent, *elsewhere.edits]
    assert sent == []
