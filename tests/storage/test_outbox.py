"""The outbox: told once, claimed by one, in order within a group, settled only by who holds the claim."""

import asyncio
from datetime import timedelta

import pytest

from bot.storage import outbox, people
from bot.storage.outbox import Errand, PostRow
from bot.storage.store import Store, Tx
from tests.clock import START, Clock
from tests.made_shop import held, until_asked

CLAIM_S = 30.0
CARD = {"kind": "round"}


@pytest.fixture
async def groups(store: Store) -> list[int]:
    """Three groups: two in the room, one elsewhere."""
    async with store.begin() as tx:
        made = [
            await people.put_group(tx, platform, name, name, "en", True, START)
            for platform, name in (("room", "one"), ("room", "two"), ("telegram", "three"))
        ]
    return [g.id for g in made]


async def tell(store: Store, groups: list[int], kind: str = "round", subject: int = 1) -> int:
    async with store.begin() as tx:
        return await outbox.tell(tx, groups, kind, subject, await tx.now())


async def take(store: Store, worker: str = "a", platform: str = "room", most: int = 20) -> list[Errand]:
    async with store.begin() as tx:
        return await outbox.take_errands(tx, platform, worker, await tx.now(), CLAIM_S, most)


async def settle(store: Store, errand: Errand, worker: str = "a") -> bool:
    async with store.begin() as tx:
        return await outbox.settle(tx, errand, worker, "m", CARD, "digest", await tx.now())


async def posts(store: Store, group_id: int) -> list[PostRow]:
    async with store.read() as tx:
        return await outbox.group_posts(tx, group_id, None, None, 50)


async def test_telling_twice_is_telling_once(store: Store, groups: list[int]) -> None:
    assert await tell(store, groups) == 3
    assert await tell(store, groups) == 0
    assert await tell(store, groups, subject=2) == 3
    assert [e.subject_id for e in await take(store)] == [1, 1]
    async with store.read() as tx:
        assert await outbox.was_told(tx, "round", 2)
        assert not await outbox.was_told(tx, "round", 3)


async def test_what_a_transaction_did_not_finish_is_not_told(store: Store, groups: list[int]) -> None:
    async def fail() -> None:
        async with store.begin() as tx:
            await outbox.tell(tx, groups, "round", 1, START)
            raise RuntimeError("the round did not open after all")

    with pytest.raises(RuntimeError):
        await fail()
    assert await take(store) == []


async def test_a_claim_keeps_others_away_until_it_runs_out(
    store: Store, groups: list[int], clock: Clock
) -> None:
    await tell(store, groups)
    first = await take(store, "a")
    assert [(e.group_id, e.attempts) for e in first] == [(groups[0], 1), (groups[1], 1)]
    assert await take(store, "b") == []
    clock.advance(seconds=CLAIM_S - 0.001)
    assert await take(store, "b") == []
    clock.advance(seconds=0.001)
    assert [(e.id, e.attempts) for e in await take(store, "b")] == [(e.id, 2) for e in first]


async def test_a_group_is_told_one_thing_after_the_other(store: Store, groups: list[int]) -> None:
    await tell(store, groups[:1], "round")
    await tell(store, groups[:1], "reminder")
    (first,) = await take(store)
    assert first.kind == "round"
    assert await take(store, "b") == []
    assert await settle(store, first)
    (second,) = await take(store)
    assert second.kind == "reminder"


async def test_what_waits_for_later_is_not_overtaken(store: Store, groups: list[int], clock: Clock) -> None:
    await tell(store, groups[:1], "round")
    await tell(store, groups[:1], "reminder")
    (first,) = await take(store)
    async with store.begin() as tx:
        assert await outbox.put_off(tx, first, "a", clock() + timedelta(minutes=5))
    assert await take(store) == []
    clock.advance(minutes=5)
    assert [e.kind for e in await take(store)] == ["round"]


async def test_other_platforms_are_for_their_own_relay(store: Store, groups: list[int]) -> None:
    await tell(store, groups)
    assert [e.group_id for e in await take(store, platform="telegram")] == [groups[2]]
    assert await take(store, platform="discord") == []


async def test_at_most_so_many_at_once(store: Store, groups: list[int]) -> None:
    await tell(store, groups)
    assert len(await take(store, most=1)) == 1
    assert len(await take(store, most=1)) == 1
    assert await take(store, most=1) == []


async def test_a_post_is_settled_once_and_only_by_who_holds_the_claim(
    store: Store, groups: list[int], clock: Clock
) -> None:
    await tell(store, groups[:1])
    (errand,) = await take(store, "a")
    clock.advance(seconds=CLAIM_S)
    await take(store, "b")
    assert not await settle(store, errand, "a")
    assert await posts(store, groups[0]) == []
    assert await settle(store, errand, "b")
    assert not await settle(store, errand, "b")
    (post,) = await posts(store, groups[0])
    assert (post.outbox_id, post.remote_id, post.card, post.posted_at) == (errand.id, "m", CARD, clock())


async def test_who_lost_the_claim_neither_drops_nor_puts_off(
    store: Store, groups: list[int], clock: Clock
) -> None:
    await tell(store, groups[:1])
    (errand,) = await take(store, "a")
    clock.advance(seconds=CLAIM_S)
    await take(store, "b")
    async with store.begin() as tx:
        assert not await outbox.drop_errand(tx, errand, "a", "gone", clock())
        assert not await outbox.put_off(tx, errand, "a", clock())
    assert await take(store, "c") == []
    assert await settle(store, errand, "b")


async def test_what_is_dropped_is_over_and_lets_the_next_one_through(
    store: Store, groups: list[int], clock: Clock
) -> None:
    await tell(store, groups[:1], "round")
    await tell(store, groups[:1], "reminder")
    (errand,) = await take(store)
    async with store.begin() as tx:
        assert await outbox.drop_errand(tx, errand, "a", "Gone: blocked", clock())
    assert not await settle(store, errand)
    assert [e.kind for e in await take(store)] == ["reminder"]


async def test_two_workers_that_claim_at_once_share_the_work(
    store: Store, other_store: Store, groups: list[int]
) -> None:
    """On PostgreSQL the second skips what the first holds; on SQLite it waits and finds it taken."""
    await tell(store, groups)
    got: list[Errand] = []

    async def first() -> None:
        async with store.begin() as tx:
            got.extend(await outbox.take_errands(tx, "room", "a", START, CLAIM_S, most=1))
            taken.set()
            await over.wait()

    taken, over = asyncio.Event(), asyncio.Event()
    one = asyncio.create_task(first())
    await taken.wait()
    if store.sqlite:
        two = await until_asked(other_store, lambda: take(other_store, "b"))
        assert not two.done()
        over.set()
        await one
        others = await two
    else:
        others = await take(other_store, "b")  # returns although the first transaction is open
        over.set()
        await one
    assert [e.group_id for e in got] == [groups[0]]
    assert [e.group_id for e in others] == [groups[1]]


async def test_the_second_of_two_settlements_at_once_is_refused(
    store: Store, other_store: Store, groups: list[int]
) -> None:
    await tell(store, groups[:1])
    (errand,) = await take(store)

    async def first(tx: Tx) -> None:
        assert await outbox.settle(tx, errand, "a", "first", CARD, "d", START)

    async with held(store, first):
        second = asyncio.create_task(settle(other_store, errand, "a"))
    assert await second is False
    assert [p.remote_id for p in await posts(store, groups[0])] == ["first"]


# ------------------------------------------------------------------ posts that are kept true


@pytest.fixture
async def post(store: Store, groups: list[int]) -> PostRow:
    await tell(store, groups[:1])
    (errand,) = await take(store)
    await settle(store, errand)
    return (await posts(store, groups[0]))[0]


async def claim(store: Store, post: PostRow, digest: str = "digest") -> object:
    async with store.begin() as tx:
        return await outbox.take_post(tx, post.id, digest, await tx.now(), CLAIM_S)


async def live(store: Store) -> list[PostRow]:
    async with store.read() as tx:
        return await outbox.live_posts(tx, "room", await tx.now())


async def test_an_edit_is_claimed_by_one_and_only_of_the_card_it_saw(
    store: Store, post: PostRow, clock: Clock
) -> None:
    assert await claim(store, post, "another digest") is None
    assert await claim(store, post) == clock() + timedelta(seconds=CLAIM_S)
    assert await claim(store, post) is None
    assert await live(store) == []
    clock.advance(seconds=CLAIM_S)
    assert [p.id for p in await live(store)] == [post.id]
    assert await claim(store, post) is not None


async def test_an_edit_is_recorded_and_frees_the_post(store: Store, post: PostRow, clock: Clock) -> None:
    async with store.begin() as tx:
        held_until = await outbox.take_post(tx, post.id, "digest", clock(), CLAIM_S)
        assert held_until is not None
        assert await outbox.show(tx, post.id, held_until, {"kind": "new"}, "new digest", clock())
    (now,) = await live(store)
    assert (now.digest, now.card, now.edited_at) == ("new digest", {"kind": "new"}, clock())


async def test_two_edits_that_crossed_are_edited_once_more(store: Store, post: PostRow, clock: Clock) -> None:
    async with store.begin() as tx:
        slow = await outbox.take_post(tx, post.id, "digest", clock(), CLAIM_S)
    clock.advance(seconds=CLAIM_S)
    async with store.begin() as tx:
        quick = await outbox.take_post(tx, post.id, "digest", clock(), CLAIM_S)
        assert slow is not None
        assert quick is not None
        assert await outbox.show(tx, post.id, quick, {"kind": "newer"}, "newer", clock())
        await outbox.rest(tx, post.id)
        assert not await outbox.show(tx, post.id, slow, {"kind": "older"}, "older", clock())
    (now,) = await live(store)
    assert now.digest == ""


async def test_a_post_at_rest_is_left_alone_until_it_is_revived(store: Store, post: PostRow) -> None:
    async with store.begin() as tx:
        await outbox.rest(tx, post.id)
    assert await live(store) == []
    async with store.begin() as tx:
        await outbox.revive(tx, "round", 2)
        await outbox.revive(tx, "result", 1)
    assert await live(store) == []
    async with store.begin() as tx:
        await outbox.revive(tx, "round", 1)
    assert [p.id for p in await live(store)] == [post.id]


async def test_a_post_whose_platform_asked_to_wait_is_left_alone_that_long(
    store: Store, post: PostRow, clock: Clock
) -> None:
    async with store.begin() as tx:
        held_until = await outbox.take_post(tx, post.id, "digest", clock(), CLAIM_S)
        assert held_until is not None
        await outbox.put_off_post(tx, post.id, held_until, clock() + timedelta(hours=1))
    clock.advance(minutes=59)
    assert await live(store) == []
    clock.advance(minutes=1)
    assert [p.id for p in await live(store)] == [post.id]


async def test_posts_are_paged_back_from_the_newest(store: Store, groups: list[int], clock: Clock) -> None:
    for subject in range(1, 4):
        await tell(store, groups[:1], subject=subject)
        (errand,) = await take(store)
        await settle(store, errand)
        clock.advance(hours=1)
    async with store.read() as tx:
        newest = await outbox.group_posts(tx, groups[0], None, None, 2)
        assert [p.subject_id for p in newest] == [3, 2]
        older = await outbox.group_posts(tx, groups[0], newest[-1].posted_at, None, 2)
        assert [p.subject_id for p in older] == [1]
        since = await outbox.group_posts(tx, groups[0], None, START + timedelta(hours=1), 9)
        assert [p.subject_id for p in since] == [3, 2]
