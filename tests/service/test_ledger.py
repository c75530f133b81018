"""What a platform sent is kept once, handled once, and known again for a while."""

from bot.service.ledger import StoredLedger, tidy
from bot.storage.store import Store
from tests.clock import Clock


async def test_an_update_is_kept_once_for_each_account(store: Store) -> None:
    ledger = StoredLedger(store)
    assert await ledger.put("1", {8: "eight", 7: "seven"}) == {7, 8}
    assert await ledger.put("1", {8: "eight again", 9: "nine"}) == {9}
    assert await ledger.put("2", {8: "another bot's"}) == {8}
    assert list((await ledger.waiting("1")).items()) == [(7, "seven"), (8, "eight"), (9, "nine")]


async def test_what_is_handled_is_forgotten_and_still_known(store: Store, clock: Clock) -> None:
    ledger = StoredLedger(store)
    await ledger.put("1", {7: "seven", 8: "eight"})
    await ledger.handled("1", 7)
    assert await ledger.waiting("1") == {8: "eight"}
    clock.advance(hours=47)
    assert await tidy(store) == 0
    assert await ledger.put("1", {7: "seven"}) == frozenset()
    clock.advance(hours=2)
    assert await tidy(store) == 1
    assert await ledger.waiting("1") == {8: "eight"}
