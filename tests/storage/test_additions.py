"""What was sent to add designs is read in order by its batch, and a campaign's photos by number."""

from bot.storage import additions, people
from bot.storage.additions import AdditionRow
from tests.made_shop import MadeShop


async def test_a_batch_is_read_in_the_order_it_was_taken_in_and_no_other(made: MadeShop) -> None:
    await made.fan(1)
    await made.fan(2)
    async with made.store.begin() as tx:
        one, other = [await people.find_person(tx, "room", f"fan-{n}") for n in (1, 2)]
        assert one
        assert other
        now = await tx.now()
        for event, batch, numbers in (("b", "album", [12]), ("a", "album", []), ("c", "c", [13])):
            said = [{"msgid": event}]
            await additions.add(tx, one.account_id, event, batch, made.campaign_id, numbers, said, now)
        await additions.add(tx, other.account_id, "b", "album", made.campaign_id, [14], [], now)
        rows = await additions.of_batch(tx, one.account_id, "album")
    assert rows == [
        AdditionRow(made.campaign_id, "b", [12], [{"msgid": "b"}]),
        AdditionRow(made.campaign_id, "a", [], [{"msgid": "a"}]),
    ]


async def test_each_design_shows_one_photo(made: MadeShop) -> None:
    async with made.store.read() as tx:
        shown = await additions.photos_of(tx, made.campaign_id)
    assert {n: photo.hash for n, photo in shown.items()} == {n: f"{n:064x}" for n in range(1, 11)}
