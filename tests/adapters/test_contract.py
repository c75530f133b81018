"""What every adapter owes the relay, tried on each of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot import cards
from bot.adapters.telegram.adapter import Account, TelegramAdapter
from bot.adapters.web.room import RoomAdapter
from bot.i18n import LANGUAGES, Reader
from bot.port import Card, ChatAdapter, Post, Reply
from bot.service.ledger import StoredLedger
from bot.service.memos import StoredMemos
from bot.storage.store import Store
from bot.text import t, verbatim
from tests.adapters.telegram.conftest import api
from tests.adapters.telegram.stage import SECRET, Drawings, Hurry
from tests.adapters.web.fake_inbox import FakeInbox
from tests.clock import Clock
from tests.made_shop import file_store, made_shop, migrated_file
from tests.telegram.botapi.server import BotApi

__all__ = ["api", "file_store", "migrated_file"]

There = tuple[ChatAdapter, str, str]


@pytest.fixture(params=["room", "telegram"])
async def there(
    request: pytest.FixtureRequest, clock: Clock, tmp_path: Path, api: BotApi, file_store: Store
) -> AsyncIterator[There]:
    """An adapter that runs, with a group and a person it can write to."""
    inbox = FakeInbox(clock)
    if request.param == "room":
        adapter: ChatAdapter = RoomAdapter(
            secret=SECRET.decode(), base_url="http://room.test", photo_path=lambda photo, tile: tmp_path,
            clock=clock, open_by_name=True, changes=inbox.changes, secure_cookies=False,
        )  # fmt: skip
        group, person = "spring", "fan-1"
    else:
        made = await made_shop(file_store, clock)
        ada = api.state.world.add_user("Ada")
        api.people.start(ada)
        chat = api.crowd.group("Fans", ada)
        api.crowd.adds_bot(ada, chat)
        bot = Account(api.token, api.base_url, api.base_file_url).bot(Hurry())
        memos, ledger = StoredMemos(made.store, "telegram"), StoredLedger(made.store)
        adapter = TelegramAdapter(bot, Drawings(), memos, ledger, SECRET)
        group, person = str(chat.id), str(ada.id)
    running = asyncio.create_task(adapter.run(inbox))
    yield adapter, group, person
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def card(inbox: FakeInbox, title: str = "Round 1") -> Card:
    """A card with everything a card may have, and words that are markup elsewhere."""
    opening = inbox.opening()
    lines = (verbatim("<b>&</b>"), *opening.lines)
    return Card(cards.ROUND, verbatim(title), lines, opening.pictures, opening.buttons)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_card_is_posted_edited_and_taken_away(there: There, clock: Clock, language: str) -> None:
    adapter, group, _ = there
    inbox, reader = FakeInbox(clock), Reader(language)
    sent = await adapter.post(Post(group, "1", card(inbox), reader))
    assert sent
    await adapter.edit(Post(group, "1", card(inbox, "Round 1, later"), reader), sent)
    await adapter.edit(Post(group, "1", card(inbox, "Round 1, later"), reader), sent)
    await adapter.retract(group, sent)


async def test_the_same_key_twice_is_one_post(there: There, clock: Clock) -> None:
    adapter, group, _ = there
    post = Post(group, "1", card(FakeInbox(clock)), Reader())
    assert await adapter.post(post) == await adapter.post(post)
    other = Post(group, "2", card(FakeInbox(clock)), Reader())
    assert await adapter.post(other) != await adapter.post(post)


async def test_one_person_can_be_told_something(there: There) -> None:
    adapter, _, person = there
    await adapter.direct(person, Reply(t("Done")))


async def test_an_edit_interval_is_named(there: There) -> None:
    adapter, _, _ = there
    assert adapter.limits.edit_every_s > 0
