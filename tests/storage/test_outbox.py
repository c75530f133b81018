"""The outbox: told once, in order within a group, and settled once, whoever sends."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.storage import outbox, people
from bot.storage.outbox import Errand, PostRow
from bot.storage.store import Store, Tx
from tests.clock import START, Clock
from tests.made_shop import held

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


async def due(store: Store, platform: str = "room", busy: Sequence[int] = (), most: int = 20) -> list[Errand]:
    async with store.read() as tx:
        return await outbox.due_errands(tx, platform, await tx.now(), busy, most)


async def settle(store: Store, errand: Errand) -> bool:
    async with store.begin() as tx:
        return await outbox.settle(tx, errand, "m", CARD, "digest", await tx.now())


async def put_off(store: Store, errand: Errand, **wait: float) -> None:
    async with store.begin() as tx:
        await outbox.put_off(tx, errand, await tx.now() + timedelta(**wait))


async def posts(store: Store, group_id: int) -> list[PostRow]:
    async with store.read() as tx:
        return await outbox.group_posts(tx, group_id, None, None, 50)


async def test_telling_twice_is_telling_once(store: Store, groups: list[int]) -> None:
    assert await tell(store, groups) == 3
    assert await tell(store, groups) == 0
    assert await tell(store, groups, subject=2) == 3
    assert [e.subject_id for e in await due(store)] == [1, 1]
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
    assert await due(store) == []


async def test_a_group_is_told_one_thing_after_the_other(store: Store, groups: list[int]) -> None:
    await tell(store, groups[:1], "round")
    await tell(store, groups[:1], "reminder")
    (first,) = await due(store)
    assert first.kind == "round"
    assert await due(store, busy=groups[:1]) == []
    assert await settle(store, first)
    (second,) = await due(store)
    assert second.kind == "reminder"


async def test_a_group_that_is_being_told_holds_up_no_other(store: Store, groups: list[int]) -> None:
    await tell(store, groups)
    assert [e.group_id for e in await due(store, busy=groups[:1])] == [groups[1]]


async def test_what_waits_for_later_is_not_overtaken(store: Store, groups: list[int], clock: Clock) -> None:
    await tell(store, groups[:1], "round")
    await tell(store, groups[:1], "reminder")
    (first,) = await due(store)
    assert first.attempts == 0
    await put_off(store, first, minutes=5)
    assert await due(store) == []
    clock.advance(minutes=5)
    assert [(e.kind, e.attempts) for e in await due(store)] == [("round", 1)]


async def test_other_platforms_are_for_their_own_relay(store: Store, groups: list[int]) -> None:
    await tell(store, groups)
    assert [e.group_id for e in await due(store, platform="telegram")] == [groups[2]]
    assert await due(store, platform="discord") == []


async def test_at_most_so_many_at_once_and_the_oldest_first(store: Store, groups: list[int]) -> None:
    await tell(store, groups[1:2])
    await tell(store, groups[:1])
    assert [e.group_id for e in await due(store, most=1)] == [groups[1]]
    assert [e.group_id for e in await due(store, most=2)] == [groups[1], groups[0]]
    assert await due(store, most=0) == []


async def test_a_post_is_settled_once(store: Store, groups: list[int], clock: Clock) -> None:
    await tell(store, groups[:1])
    (errand,) = await due(store)
    assert await settle(store, errand)
    assert not await settle(store, errand)
    (post,) = await posts(store, groups[0])
    assert (post.outbox_id, post.remote_id, post.card, post.posted_at) == (errand.id, "m", CARD, clock())


async def test_what_was_settled_is_neither_dropped_nor_put_off(store: Store, groups: list[int]) -> None:
    """By a former holder of the lease, who has not heard of it."""
    await tell(store, groups[:1])
    (errand,) = await due(store)
    assert await settle(store, errand)
    await put_off(store, errand, days=-1)
    async with store.begin() as tx:
        assert not await outbox.drop_errand(tx, errand, "gone", START)
    assert await due(store) == []
    assert len(await posts(store, groups[0])) == 1


async def test_what_is_dropped_is_over_and_lets_the_next_one_through(
    store: Store, groups: list[int], clock: Clock
) -> None:
    await tell(store, groups[:1], "round")
    await tell(store, groups[:1], "reminder")
    (errand,) = await due(store)
    async with store.begin() as tx:
        assert await outbox.drop_errand(tx, errand, "Gone: blocked", clock())
    assert not await settle(store, errand)
    assert [e.kind for e in await due(store)] == ["reminder"]


async def test_the_second_of_two_settlements_at_once_is_refused(
    store: Store, other_store: Store, groups: list[int]
) -> None:
    await tell(store, groups[:1])
    (errand,) = await due(store)

    async def first(tx: Tx) -> None:
        assert await outbox.settle(tx, errand, "first", CARD, "d", START)

    async with held(store, first):
        second = asyncio.create_task(settle(other_store, errand))
    assert await second is False
    assert [p.remote_id for p in await posts(store, groups[0])] == ["first"]


# ------------------------------------------------------------------ posts that are kept true


@pytest.fixture
async def post(store: Store, groups: list[int]) -> PostRow:
    await tell(store, groups[:1])
    (errand,) = await due(store)
    await settle(store, errand)
    return (await posts(store, groups[0]))[0]


async def live(store: Store) -> list[PostRow]:
    async with store.read() as tx:
        return await outbox.live_posts(tx, "room", await tx.now())


async def test_an_edit_is_recorded(store: Store, post: PostRow, clock: Clock) -> None:
    async with store.begin() as tx:
        assert await outbox.show(tx, post, {"kind": "new"}, "new digest", clock())
    (now,) = await live(store)
    assert (now.digest, now.card, now.edited_at) == ("new digest", {"kind": "new"}, clock())


async def test_two_edits_that_crossed_are_edited_once_more(store: Store, post: PostRow, clock: Clock) -> None:
    """Also when the second one showed what the first had replaced."""
    async with store.begin() as tx:
        assert await outbox.show(tx, post, CARD, post.digest, clock())
        await outbox.rest(tx, post)
        assert not await outbox.show(tx, post, {"kind": "older"}, "older", clock())
    (now,) = await live(store)
    assert now.digest == ""


async def test_a_post_at_rest_is_left_alone_until_it_is_revived(store: Store, post: PostRow) -> None:
    async with store.begin() as tx:
        await outbox.rest(tx, post)
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
        await outbox.put_off_post(tx, post.id, clock() + timedelta(hours=1))
    clock.advance(minutes=59)
    assert await live(store) == []
    clock.advance(minutes=1)
    assert [p.id for p in await live(store)] == [post.id]


async def test_posts_are_paged_back_from_the_newest(store: Store, groups: list[int], clock: Clock) -> None:
    for subject in range(1, 4):
        await tell(store, groups[:1], subject=subject)
        (errand,) = await due(store)
        await settle(store, errand)
        clock.advance(hours=1)
    async with store.read() as tx:
        newest = await outbox.group_posts(tx, groups[0], None, None, 2)
        assert [p.subject_id for p in newest] == [3, 2]
        older = await outbox.group_posts(tx, groups[0], newest[-1].posted_at, None, 2)
        assert [p.subject_id for p in older] == [1]
        since = await outbox.group_posts(tx, groups[0], None, START + timedelta(hours=1), 9)
        assert [p.subject_id for p in since] == [3, 2]


async def test_what_must_stay_true_is_told_again_where_its_posts_are_out_of_reach(
    store: Store, groups: list[int]
) -> None:
    _, other, moved = groups
    for kind in ("round", "reminder"):
        await tell(store, [moved, other], kind)
    for errand in [*await due(store, "telegram"), *await due(store, "room")]:
        await settle(store, errand)
    (over,) = await due(store, "telegram")
    await settle(store, over)
    async with store.begin() as tx:
        (first, last) = await outbox.live_posts(tx, "telegram", await tx.now())
        await outbox.rest(tx, last)
        await outbox.post_anew(tx, moved, await tx.now())
    (again,) = await due(store, "telegram")
    assert (again.id, again.attempts) == (first.outbox_id, 0)
    assert await settle(store, again)
    async with store.read() as tx:
        assert len(await outbox.live_posts(tx, "room", await tx.now())) == 1


async def test_what_was_given_up_can_be_taken_up(store: Store, groups: list[int]) -> None:
    _, _, gone = groups
    await tell(store, [gone])
    (errand,) = await due(store, "telegram")
    async with store.begin() as tx:
        await outbox.drop_errand(tx, errand, "Gone: kicked", await tx.now())
        assert await outbox.given_up(tx, gone, "Refused") == []
        missed = await outbox.given_up(tx, gone, "Gone")
        await outbox.take_up(tx, missed, await tx.now())
        assert await outbox.given_up(tx, gone, "Gone") == []
    assert [e.id for e in await due(store, "telegram")] == [errand.id]
