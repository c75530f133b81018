"""Codes work once, accounts are made once, and a fan's accounts move together."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.port import Role
from bot.storage import people
from bot.storage.people import Invitation, Person
from bot.storage.store import Store, Tx
from tests.clock import START, Clock
from tests.made_shop import held, until_asked, until_blocked

HASH = "a" * 64


async def put_code(
    store: Store, *, uses: int | None = 1, expires_at: datetime | None = None, kind: str = "room"
) -> None:
    async with store.begin() as tx:
        await people.put_code(tx, HASH, Invitation(kind, role=Role.OWNER), START, expires_at, uses)


async def take(store: Store, kind: str = "room", hashed: str = HASH) -> Invitation | None:
    async with store.begin() as tx:
        return await people.take_code(tx, hashed, kind, await tx.now())


async def enter(store: Store, remote_id: str = "ana") -> Person:
    async with store.begin() as tx:
        return await people.put_account(tx, "room", remote_id, "Ana", "fr", await tx.now())


async def test_a_code_works_as_often_as_it_says(store: Store) -> None:
    await put_code(store, uses=2)
    assert [await take(store) is not None for _ in range(3)] == [True, True, False]


async def test_a_code_for_any_number_works_on(store: Store) -> None:
    await put_code(store, uses=None)
    assert all([await take(store) is not None for _ in range(5)])


async def test_a_code_is_only_good_for_what_it_was_made_for(store: Store) -> None:
    await put_code(store, kind="claim")
    assert await take(store, "room") is None
    assert await take(store, "claim", "b" * 64) is None
    assert await take(store, "claim") == Invitation("claim", role=Role.OWNER)


async def test_a_code_works_until_the_instant_it_expires(store: Store, clock: Clock) -> None:
    await put_code(store, uses=None, expires_at=START + timedelta(minutes=10))
    clock.advance(minutes=10, microseconds=-1)
    assert await take(store) is not None
    clock.advance(microseconds=1)
    assert await take(store) is None


async def test_a_code_taken_by_what_then_failed_still_works(store: Store) -> None:
    await put_code(store)

    async def fail() -> None:
        async with store.begin() as tx:
            assert await people.take_code(tx, HASH, "room", START)
            raise RuntimeError("the name was refused")

    with pytest.raises(RuntimeError):
        await fail()
    assert await take(store) is not None


async def test_two_workers_cannot_use_one_code_twice(store: Store, other_store: Store) -> None:
    """The second asks while the first has taken the code and not committed."""
    await put_code(store)
    first: list[Invitation | None] = []

    async def take_first(tx: Tx) -> None:
        first.append(await people.take_code(tx, HASH, "room", START))

    async with held(store, take_first):
        if store.sqlite:
            second = await until_asked(other_store, lambda: take(other_store))
        else:
            second = asyncio.create_task(take(other_store))
            await until_blocked(store, second)
        assert not second.done()
    assert first[0] is not None
    assert await second is None


async def test_many_at_once_get_as_many_as_there_are(store: Store, other_store: Store) -> None:
    await put_code(store, uses=3)
    got = await asyncio.gather(*(take(s) for s in (store, other_store) * 10))
    assert sum(one is not None for one in got) == 3


async def test_only_the_newest_code_of_an_account_works(store: Store) -> None:
    ana = await enter(store)
    async with store.begin() as tx:
        await people.put_code(tx, HASH, Invitation("link", account_id=ana.account_id), START, None, 1)
        await people.drop_codes(tx, "link", ana.account_id)
        await people.put_code(tx, "b" * 64, Invitation("link", account_id=ana.account_id), START, None, 1)
    assert await take(store, "link") is None
    assert await take(store, "link", "b" * 64) == Invitation("link", account_id=ana.account_id)


async def test_an_account_is_one_fan_however_often_it_comes(store: Store) -> None:
    ana = await enter(store)
    assert await enter(store) == ana
    assert (ana.language, ana.roles, ana.may(Role.FAN), ana.may(Role.OWNER)) == (
        "fr", frozenset({Role.FAN}), True, False,
    )  # fmt: skip
    assert (await enter(store, "bo")).fan_id != ana.fan_id


async def test_an_account_that_two_workers_meet_at_once_is_one_fan(store: Store, other_store: Store) -> None:
    seen = await asyncio.gather(*(enter(s) for s in (store, other_store) * 10))
    assert len({(p.account_id, p.fan_id) for p in seen}) == 1


@pytest.mark.parametrize("remote_id", ["", "ana\0", "ana\ud800", "a" * 10_000, "' OR 1=1 --"])
async def test_an_id_no_platform_sends_is_nobody_and_no_group(store: Store, remote_id: str) -> None:
    await enter(store)
    async with store.read() as tx:
        assert await people.find_person(tx, "room", remote_id) is None
        assert await people.find_group(tx, "room", remote_id) is None


async def test_roles_hang_on_the_account_and_an_owner_may_do_everything(store: Store) -> None:
    ana, bo = await enter(store), await enter(store, "bo")
    async with store.begin() as tx:
        assert not await people.has_owner(tx)
        for _ in range(2):
            await people.grant(tx, ana.account_id, Role.OWNER, None, START)
        await people.grant(tx, bo.account_id, Role.MODERATOR, ana.account_id, START)
        assert await people.has_owner(tx)
    ana, bo = await enter(store), await enter(store, "bo")
    assert all(ana.may(role) for role in Role)
    assert bo.may(Role.DESIGNER, Role.MODERATOR)
    assert not bo.may(Role.DESIGNER)
    async with store.begin() as tx:
        await people.move_accounts(tx, bo.fan_id, ana.fan_id)
    assert (await enter(store, "bo")).roles == frozenset({Role.FAN, Role.MODERATOR})


async def test_linked_accounts_are_one_fan_until_one_is_split_off(store: Store) -> None:
    ana, bo = await enter(store), await enter(store, "bo")
    async with store.begin() as tx:
        await people.move_accounts(tx, bo.fan_id, ana.fan_id)
        assert await people.accounts_of(tx, ana.fan_id) == [
            (ana.account_id, "room", "Ana"), (bo.account_id, "room", "Ana"),
        ]  # fmt: skip
        assert await people.accounts_of(tx, bo.fan_id) == []
    assert (await enter(store, "bo")).fan_id == ana.fan_id
    async with store.begin() as tx:
        alone = await people.split_account(tx, bo.account_id, "zh", START)
    again = await enter(store, "bo")
    assert (again.fan_id, again.language, again.waits_since) == (alone, "zh", START)
    assert alone not in (ana.fan_id, bo.fan_id)


async def test_groups_are_made_once_and_join_a_campaign_once(store: Store) -> None:
    async with store.begin() as tx:
        one = await people.put_group(tx, "room", "main", "The room", "en", True, START)
        again = await people.put_group(tx, "room", "main", "Another title", "fr", False, START)
        assert again == one
        ana = await people.put_account(tx, "room", "ana", "Ana", None, START)
        for _ in range(2):
            await people.put_member(tx, one.id, ana.account_id, START)
        assert await people.is_member(tx, one.id, ana.account_id)
        assert not await people.is_member(tx, one.id, ana.account_id + 1)
        assert await people.memberships(tx, ana.account_id) == [one]
        await people.touch_groups(tx, [one.id])
        (touched,) = await people.groups_by_id(tx, [one.id])
        assert touched.cursor == one.cursor + 1
