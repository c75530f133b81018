"""Designs sent from a chat: one at a time or as a zip, to a campaign whose first round has not opened."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import RuleError
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Actor, Answer, Command, NewDesigns, Reply, Role, Sent, at_hand
from bot.service import designs, people
from bot.service.catwalk import Catwalk
from bot.storage import campaigns, journal
from bot.storage.store import Store
from tests.clock import Clock
from tests.intake.made import jpeg, packed
from tests.made_shop import MadeShop, campaign_file, made_shop, plan
from tests.rendered import english

DORA = Actor("telegram", "7", "Dora", "en")


@pytest.fixture
async def made(file_store: Store, clock: Clock, tmp_path: Path) -> MadeShop:
    """A shop with ten designs in a campaign that has not begun, a place for photos and a designer."""
    shop = await made_shop(file_store, clock)
    shop.shop = replace(shop.shop, studio=Studio(PhotoStore(tmp_path / "photos")))
    shop.catwalk = Catwalk(shop.shop)
    issued = await people.invite_role(shop.shop, Role.DESIGNER, None)
    await shop.catwalk.command(Command(DORA, "claim", "claim", issued.code))
    return shop


async def send(
    made: MadeShop, data: bytes, words: str = "", event: str = "e1", batch: str | None = None
) -> Reply:
    return await made.catwalk.upload(NewDesigns(DORA, event, at_hand(data), words, batch))


def said(reply: Reply) -> list[str]:
    assert isinstance(reply.screen, Answer)
    return [
        english(line).replace("\N{NO-BREAK SPACE}", " ") for line in (reply.screen.title, *reply.screen.lines)
    ]


async def titles(made: MadeShop) -> dict[int, str]:
    async with made.store.read() as tx:
        return {c.number: c.title for c in await campaigns.competitors(tx, made.campaign_id)}


# ------------------------------------------------------------------ photos


async def test_a_photo_becomes_the_next_design_with_its_words_as_title(made: MadeShop) -> None:
    reply = await send(made, jpeg(1), "Sage wrap dress")
    assert said(reply) == ["1 design is added to Spring: #011", "Spring has 11 looks now."]
    assert (await titles(made))[11] == "Sage wrap dress"
    async with made.store.read() as tx:
        (entry, *_) = await journal.entries(tx, made.campaign_id)
    assert (entry.who, entry.action, entry.facts["numbers"]) == ("Dora", "designs_added", [11])


async def test_a_file_without_words_has_its_name_as_title(made: MadeShop) -> None:
    for n, name in enumerate(("linen_coat.jpg", "IMG_2041.JPG", "")):
        await made.catwalk.upload(NewDesigns(DORA, f"e{n}", at_hand(jpeg(n), name)))
    assert [title for n, title in (await titles(made)).items() if n > 10] == ["linen coat", "", ""]


async def test_the_same_event_is_answered_again_and_adds_nothing(made: MadeShop) -> None:
    first = await send(made, jpeg(1))
    assert await send(made, jpeg(2)) == first
    assert len(await titles(made)) == 11


async def test_every_part_of_an_album_is_answered_with_all_of_it(made: MadeShop) -> None:
    for n in range(4):
        await send(made, jpeg(n), event=f"e{n}", batch="album")
    await send(made, jpeg(2), event="e8", batch="album")
    reply = await send(made, b"no photo at all", event="e9", batch="album")
    assert said(reply) == [
        "4 designs are added to Spring: #011 to #014",
        "Photo 5: This is the very photo of #013.",
        "Photo 6: This is not a picture. Photos must be JPEG, PNG or WebP.",
        "Spring has 14 looks now.",
    ]


async def test_a_look_alike_is_added_and_told(made: MadeShop) -> None:
    await send(made, jpeg(1))
    reply = await send(made, jpeg(1, (600, 800)), event="e2")
    assert said(reply)[1].startswith("#011 and #012 look almost the same.")


# ------------------------------------------------------------------ zips


async def test_a_zip_of_photos_is_numbered_and_titled_by_name(made: MadeShop) -> None:
    reply = await send(made, packed({"looks/linen_coat.jpg": jpeg(1), "looks/IMG_2041.jpg": jpeg(2)}))
    assert said(reply) == ["2 designs are added to Spring: #011 and #012", "Spring has 12 looks now."]
    assert {n: t for n, t in (await titles(made)).items() if n > 10} == {11: "", 12: "linen coat"}


async def test_a_list_in_the_zip_says_numbers_titles_and_facts(made: MadeShop) -> None:
    table = b"number,photo,title,colour\n40,a.jpg,Coat,sage\n,b.jpg,Cape,ink\n"
    reply = await send(made, packed({"designs.csv": table, "photos/a.jpg": jpeg(1), "photos/b.jpg": jpeg(2)}))
    assert said(reply)[0] == "2 designs are added to Spring: #012 and #040"
    assert (await titles(made))[40] == "Coat"


async def test_a_zip_with_anything_wrong_adds_nothing_and_says_all_of_it(made: MadeShop) -> None:
    await send(made, jpeg(1), event="e0")
    table = b"number,photo,title\n3,a.jpg,Coat\n,b.jpg,Cape\n,none.jpg,Cap\n"
    files = {"designs.csv": table, "photos/a.jpg": jpeg(1), "photos/b.jpg": b"broken"}
    lines = said(await send(made, packed(files)))
    assert lines[0] == "Nothing was added to Spring."
    assert lines[1] == "designs.csv:2: Number 3 is in this campaign already."
    assert lines[2].startswith("designs.csv:4: There is no photo")
    assert any(line.startswith("photos/b.jpg: ") for line in lines)
    assert "Coat: This is the very photo of #011." in lines
    assert len(await titles(made)) == 11


async def test_no_more_designs_than_a_campaign_takes(made: MadeShop) -> None:
    files = {f"{n}.jpg": jpeg(n) for n in range(3)}
    table = "photo\n" + "".join(f"{n % 3}.jpg\n" for n in range(291))
    lines = said(await send(made, packed({"designs.csv": table.encode(), **files})))
    assert "designs.csv: With these the campaign would have 301 designs; it takes at most 300." in lines


@pytest.mark.parametrize("data", [b"PK\x03\x04 cut short", packed({}), packed({"a.txt": b"words"})])
async def test_what_is_no_zip_of_photos_is_said(made: MadeShop, data: bytes) -> None:
    assert said(await send(made, data))[0] == "Nothing was added to Spring."


# ------------------------------------------------------------------ who, and where


async def test_nothing_is_fetched_from_who_may_not(made: MadeShop) -> None:
    async def fetch() -> bytes:
        raise AssertionError("fetched")

    fan = await made.fan(1)
    for actor, code in ((fan, "additions.role"), (Actor("telegram", "9", "Sam"), "who.unknown")):
        with pytest.raises(RuleError) as refused:
            await made.catwalk.upload(NewDesigns(actor, "e1", Sent(fetch)))
        assert refused.value.code == code
    await made.open()
    with pytest.raises(RuleError) as refused:
        await made.catwalk.upload(NewDesigns(DORA, "e1", Sent(fetch)))
    assert refused.value.code == "additions.begun"


async def test_of_several_drafts_one_is_named(made: MadeShop) -> None:
    await designs.load(made.store, replace(campaign_file([plan(made.clock)], 5, "shoes"), title="Shoes"))
    with pytest.raises(RuleError) as refused:
        await send(made, jpeg(1), "Coat")
    assert english(refused.value.text).endswith("which one it is for: spring, shoes")
    assert (
        said(await send(made, jpeg(1), "shoes Coat", batch="album"))[0] == "1 design is added to Shoes: #006"
    )
    later = await send(made, jpeg(2), event="e2", batch="album")
    assert said(later)[0] == "2 designs are added to Shoes: #006 and #007", "the album stays together"


async def test_a_round_that_opens_meanwhile_keeps_its_designs(made: MadeShop) -> None:
    async def fetch() -> bytes:
        await made.open()
        return jpeg(1)

    with pytest.raises(RuleError) as refused:
        await made.catwalk.upload(NewDesigns(DORA, "e1", Sent(fetch)))
    assert refused.value.code == "additions.begun"
    assert len(await titles(made)) == 10
