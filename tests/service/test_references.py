"""Photos that come with comments: kept for the designers, hidden and forgotten with the words."""

import asyncio
import base64
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import RuleError
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import (
    Actor,
    Comment,
    Look,
    Remark,
    Reply,
    Role,
    Sent,
    ShowDesign,
    ShowTakeout,
    Takeout,
    at_hand,
)
from bot.service import desk, privacy, workroom
from bot.service.catwalk import Catwalk
from bot.service.comments import MOST_PHOTOS
from bot.storage import campaigns
from bot.storage.store import Store
from tests.clock import Clock
from tests.intake.made import encoded, jpeg, picture
from tests.made_shop import ROOM, MadeShop, made_shop
from tests.rendered import english
from tests.service.talk import Talk


@pytest.fixture
async def made(store: Store, clock: Clock, tmp_path: Path) -> MadeShop:
    """A shop with an open round and a place for photos."""
    shop = await made_shop(store, clock)
    shop.shop = replace(shop.shop, studio=Studio(PhotoStore(tmp_path / "photos")))
    shop.catwalk = Catwalk(shop.shop)
    await shop.open()
    return shop


async def say(
    made: MadeShop, data: bytes, words: str = "#003 like these sleeves", event: str = "c1", fan: int = 1
) -> Reply:
    actor = await made.fan(fan)
    return await made.catwalk.comment(Comment(actor, event, ROOM, words, photo=at_hand(data)))


async def references(made: MadeShop, number: int = 3) -> list[tuple[str, str | None]]:
    """Read what designers see beside a design: words and the photo that came with them."""
    dora = await Talk(made).who(Role.DESIGNER)
    page = await workroom.design_page(made.shop, dora, made.campaign_id, number)
    return [(wish.body, wish.reference) for wish in page.wishes]


def files(made: MadeShop) -> list[Path]:
    assert made.shop.studio is not None
    return sorted(made.shop.studio.store.root.rglob("*.jpg"))


async def test_a_photo_is_cleaned_and_shown_to_the_designers(made: MadeShop) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    reply = await say(made, encoded(picture(1), exif=exif))
    assert english(reply.text) == "Noted for #003. The designers read every one."  # type: ignore[arg-type]
    ((words, photo),) = await references(made)
    assert words == "#003 like these sleeves"
    assert photo is not None
    kept = made.shop.studio.store.path(photo).read_bytes()  # type: ignore[union-attr]
    assert b"at home" not in kept
    assert Image.open(io.BytesIO(kept)).size == (300, 400)


async def test_words_are_not_needed_with_a_photo(made: MadeShop) -> None:
    actor = await made.fan(1)
    await made.catwalk.comment(Comment(actor, "c1", ROOM, "", number=3, photo=at_hand(jpeg(1))))
    ((words, photo),) = await references(made)
    assert (words, photo is not None) == ("", True)
    screen = (await made.catwalk.look(Look(actor, ShowDesign(3), ROOM))).screen
    assert [r.body for r in screen.remarks] == ["📷"]  # type: ignore[union-attr]


async def test_the_same_event_is_fetched_and_kept_once(made: MadeShop) -> None:
    async def again() -> bytes:
        raise AssertionError("fetched twice")

    await say(made, jpeg(1))
    actor = await made.fan(1)
    await made.catwalk.comment(Comment(actor, "c1", ROOM, "#003 like these", photo=Sent(again)))
    assert len(await references(made)) == 1


async def test_what_is_no_photo_keeps_no_comment(made: MadeShop) -> None:
    with pytest.raises(RuleError):
        await say(made, b"no photo")
    assert await references(made) == []
    assert files(made) == []


async def test_a_comment_that_is_refused_costs_no_download_and_leaves_no_file(made: MadeShop) -> None:
    async def fetch() -> bytes:
        raise AssertionError("fetched")

    with pytest.raises(RuleError) as refused:
        await made.catwalk.comment(
            Comment(await made.fan(1), "c1", ROOM, "#099 like this", photo=Sent(fetch))
        )
    assert refused.value.code == "comment.number"
    assert files(made) == []


async def test_a_flood_of_photos_is_refused_before_it_is_fetched(made: MadeShop) -> None:
    async def fetch() -> bytes:
        raise AssertionError("fetched")

    for n in range(MOST_PHOTOS):
        await say(made, jpeg(n), event=f"c{n}")
    actor = await made.fan(1)
    with pytest.raises(RuleError) as refused:
        await made.catwalk.comment(Comment(actor, "more", ROOM, "#003 and this", photo=Sent(fetch)))
    assert refused.value.code == "comment.photos"
    await made.catwalk.comment(Comment(actor, "words", ROOM, "#003 and this"))
    made.clock.advance(seconds=timedelta(hours=1).total_seconds() + 1)
    await say(made, jpeg(9), event="later")
    with pytest.raises(RuleError) as refused:
        await made.catwalk.comment(Comment(Actor("room", "x", "X"), "e", ROOM, "#003", photo=Sent(fetch)))
    assert refused.value.code == "who.unknown"


async def test_it_is_hidden_and_shown_again_with_its_words(made: MadeShop) -> None:
    talk = Talk(made)
    await say(made, jpeg(1))
    (said,) = [item for item in (await talk.feed(await made.fan(2))).items if isinstance(item, Remark)]
    (undo,) = (await talk.choices(Role.MODERATOR, f"/mod hide c{said.id} not about a look")).values()
    assert await references(made) == []
    moderator = await talk.who(Role.MODERATOR)
    page = await desk.said_page(made.shop, moderator, made.campaign_id, hidden=True)
    assert [line.row.reference is not None for line in page.lines] == [True]
    await talk.say(Role.MODERATOR, undo)
    assert len(await references(made)) == 1


async def test_it_is_taken_along_as_a_photo(made: MadeShop) -> None:
    await say(made, jpeg(1))
    file = (await made.catwalk.look(Look(await made.fan(1), ShowTakeout()))).screen
    assert isinstance(file, Takeout)
    (said,) = json.loads(file.words)["comments"]
    data = base64.b64decode(said["photo"].removeprefix("data:image/jpeg;base64,"))
    assert Image.open(io.BytesIO(data)).size == (300, 400)


async def test_it_is_forgotten_with_its_fan_unless_somebody_else_shows_it(made: MadeShop) -> None:
    await say(made, jpeg(1))
    await say(made, jpeg(2), event="c2")
    await say(made, jpeg(2), event="c3", fan=2)
    assert len(files(made)) == 6, "a photo, a tile and a thumb of each"
    await privacy.forget(made.shop, await made.fan(1), "yes")
    assert len(files(made)) == 3
    assert [photo is not None for _, photo in await references(made)] == [True]
    async with made.store.read() as tx:
        kept = [row.hash for row in (await campaigns.known_photos(tx)).values() if row.width == 300]
    assert len(kept) == 1


async def test_few_files_are_in_memory_at_a_time(made: MadeShop) -> None:
    here, most, full, go = 0, 0, asyncio.Event(), asyncio.Event()

    async def fetch() -> bytes:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == 4:
            full.set()
        await go.wait()
        here -= 1
        return jpeg(1)

    fans = [await made.fan(n) for n in range(9)]
    said = [Comment(fan, f"c{n}", ROOM, "#003", photo=Sent(fetch)) for n, fan in enumerate(fans)]
    coming = [asyncio.create_task(made.catwalk.comment(one)) for one in said]
    await full.wait()
    go.set()
    await asyncio.gather(*coming)
    assert most == 4
    assert len(await references(made)) == 9
