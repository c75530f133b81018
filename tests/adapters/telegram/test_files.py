"""Photos and zips sent to the bot: designs for a campaign that has not begun, one answer an album."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Role
from bot.service.catwalk import Catwalk
from bot.storage import campaigns, wishes
from bot.storage.store import Store
from tests.adapters.telegram.stage import Stage, staged, words
from tests.clock import Clock
from tests.intake.made import jpeg, packed
from tests.made_shop import made_shop
from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import User


@pytest.fixture
async def draft(
    api: BotApi, file_store: Store, clock: Clock, tmp_path: Path
) -> AsyncIterator[tuple[Stage, User]]:
    """A campaign whose round has not opened, and its designer, who is in no group."""
    made = await made_shop(file_store, clock)
    made.shop = replace(made.shop, studio=Studio(PhotoStore(tmp_path / "photos")))
    made.catwalk = Catwalk(made.shop)
    async with staged(api, made) as stage:
        yield stage, await stage.claimed(stage.user("Dora", inside=False), Role.DESIGNER)


async def count(stage: Stage) -> int:
    async with stage.made.store.read() as tx:
        return len(await campaigns.competitors(tx, stage.made.campaign_id))


async def test_an_album_is_answered_by_one_message(draft: tuple[Stage, User]) -> None:
    stage, dora = draft
    before = len(stage.messages(dora))
    photos = [jpeg(1), jpeg(2), jpeg(1), jpeg(3)]
    stage.api.people.sends_album(dora, stage.api.people.private(dora), photos, "Sage wrap dress")
    await stage.handled()
    (answer,) = stage.messages(dora)[before:]
    assert words(answer).splitlines() == [
        "3 designs are added to Spring: #011 to #013",
        "• Photo 3: This is the very photo of #011.",
        "• Spring has 13\N{NO-BREAK SPACE}looks now.",
    ]
    assert await count(stage) == 13


async def test_an_album_cut_off_by_a_crash_is_answered_once_and_added_once(
    draft: tuple[Stage, User], api: BotApi
) -> None:
    """Half of it was handled when the process died: what was not comes again, and so may what was."""
    stage, dora = draft
    before = len(stage.messages(dora))
    stage.api.people.sends_album(dora, stage.api.people.private(dora), [jpeg(1), jpeg(2)])
    await stage.handled()
    handled = list(stage.messages(dora)[before:])
    updates = [m for m in api.people.private(dora).messages.values() if "media_group_id" in m]
    async with staged(api, stage.made):
        for message in updates:
            api.state.updates.put("message", message)
        await stage.handled()
    assert stage.messages(dora)[before:] == handled
    assert await count(stage) == 12


async def test_a_zip_is_added_or_refused_as_a_whole(draft: tuple[Stage, User]) -> None:
    stage, dora = draft
    chat = stage.api.people.private(dora)
    before = len(stage.messages(dora))
    stage.api.people.sends_document(
        dora, chat, "more.zip", packed({"coat.jpg": jpeg(1), "cape.jpg": jpeg(2)})
    )
    assert words(await stage.answer(dora, before)).startswith("2 designs are added to Spring: #011 and #012")
    stage.api.people.sends_document(dora, chat, "more.zip", packed({"a.jpg": jpeg(1), "b.jpg": jpeg(3)}))
    assert words(await stage.answer(dora, before + 1)).startswith("Nothing was added to Spring.")
    assert await count(stage) == 12


async def test_a_file_telegram_does_not_hand_out_is_told_with_the_way_out(draft: tuple[Stage, User]) -> None:
    stage, dora = draft
    before = len(stage.messages(dora))
    chat = stage.api.people.private(dora)
    stage.api.people.sends_document(dora, chat, "all.zip", b"PK" + bytes(20_000_000))
    answer = words(await stage.answer(dora, before))
    assert answer.startswith(
        "Telegram hands bots files of up to 20 MB, and this one is larger. Send a zip in "
    )


async def test_a_fans_photo_adds_nothing_and_is_told_what_photos_are_for(draft: tuple[Stage, User]) -> None:
    stage, _ = draft
    await stage.set_up(stage.user("Olga"))
    ada = stage.user("Ada")
    await stage.opened(ada)
    answer = await stage.send(ada, jpeg(1), "look at this")
    assert words(answer).startswith("To say something about a look with a photo, write its number")
    assert not stage.api.called("getFile")
    assert await count(stage) == 10


async def test_a_photo_under_a_number_is_a_comment_for_the_designers(draft: tuple[Stage, User]) -> None:
    """Also where it answers the question about one, or a picture of it."""
    stage, _ = draft
    await stage.set_up(stage.user("Olga"))
    await stage.made.open()
    ada = stage.user("Ada")
    await stage.opened(ada)
    chat = stage.api.people.private(ada)
    assert words(await stage.send(ada, jpeg(1), "#003 like this")).startswith("Noted for #003.")
    large = await stage.say(ada, "#004")
    before = len(stage.messages(ada))
    stage.api.people.sends_photo(ada, chat, jpeg(2), reply_to=large)
    assert words(await stage.answer(ada, before)).startswith("Noted for #004.")
    assert await shown(stage) == {3: 1, 4: 1}


async def test_changed_words_under_a_photo_change_the_comment_and_never_a_version(
    draft: tuple[Stage, User],
) -> None:
    stage, dora = draft
    await stage.set_up(stage.user("Olga"))
    await stage.made.open()
    ada = stage.user("Ada")
    await stage.opened(ada)
    people = stage.api.people
    before = len(stage.messages(ada))
    photo = people.sends_photo(ada, people.private(ada), jpeg(1), "#003 like this")
    await stage.answer(ada, before)
    people.edits(ada, photo, "#003 like this, in blue")
    assert words(await stage.answer(ada, before + 1)) == "Changed."
    assert await shown(stage) == {3: 1}
    sent = people.sends_photo(dora, people.private(dora), jpeg(2), "#003 v2 in blue")
    await stage.handled()
    there = len(stage.messages(dora))
    people.edits(dora, sent, "#003 v2 in green")
    await stage.handled()
    assert len(stage.messages(dora)) == there


async def test_a_photo_in_the_group_is_acknowledged_with_a_reaction(draft: tuple[Stage, User]) -> None:
    stage, _ = draft
    await stage.set_up(stage.user("Olga"))
    stage.api.state.world.reads_everything = True
    ada = stage.user("Ada")
    sent = stage.api.people.sends_photo(ada, stage.fans, jpeg(1), "#005 such a collar")
    other = stage.api.people.sends_photo(ada, stage.fans, jpeg(2), "my cat")
    await stage.handled()
    assert stage.api.state.reactions.get((stage.fans.id, sent["message_id"])) == ["✍"]
    assert (stage.fans.id, other["message_id"]) not in stage.api.state.reactions
    assert await shown(stage) == {5: 1}


async def shown(stage: Stage) -> dict[int, int]:
    """Count the photos that came with comments, by design."""
    found: dict[int, int] = {}
    async with stage.made.store.read() as tx:
        for design in await campaigns.competitors(tx, stage.made.campaign_id):
            kept = sum(w.reference is not None for w in await wishes.wishes_of(tx, design.design_id))
            found |= {design.number: kept} if kept else {}
    return found
