"""What every adapter owes the relay, tried on each of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot import cards
from bot.adapters.discord import adapter as discord
from bot.adapters.telegram import adapter as telegram
from bot.adapters.web.room import RoomAdapter
from bot.i18n import LANGUAGES, Reader
from bot.port import Card, ChatAdapter, Inbox, Post, Reply
from bot.service.ledger import StoredLedger
from bot.service.memos import StoredMemos
from bot.storage.store import Store
from bot.text import t, verbatim
from tests.adapters.discord.stage import connected
from tests.adapters.drawings import Drawings
from tests.adapters.telegram.conftest import api
from tests.adapters.telegram.stage import SECRET, Hurry
from tests.adapters.web.fake_inbox import FakeInbox
from tests.clock import Clock
from tests.made_shop import file_store, migrated_file
from tests.telegram.botapi.server import BotApi

__all__ = ["api", "file_store", "migrated_file"]

There = tuple[ChatAdapter, str, str]


@asynccontextmanager
async def running(adapter: ChatAdapter, inbox: Inbox) -> AsyncIterator[None]:
    serving = asyncio.create_task(adapter.run(inbox))
    yield
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


@asynccontextmanager
async def in_the_room(inbox: FakeInbox, clock: Clock, folder: Path) -> AsyncIterator[There]:
    adapter = RoomAdapter(
        secret=SECRET.decode(), base_url="http://room.test", photo_path=lambda photo, tile: folder,
        clock=clock, open_by_name=True, changes=inbox.changes, secure_cookies=False,
    )  # fmt: skip
    async with running(adapter, inbox):
        yield adapter, "spring", "fan-1"


@asynccontextmanager
async def on_telegram(inbox: FakeInbox, store: Store, api: BotApi) -> AsyncIterator[There]:
    ada = api.state.world.add_user("Ada")
    api.people.start(ada)
    chat = api.crowd.group("Fans", ada)
    api.crowd.adds_bot(ada, chat)
    bot = telegram.Account(api.token, api.base_url, api.base_file_url).bot(Hurry())
    memos, ledger = StoredMemos(store, "telegram"), StoredLedger(store)
    adapter = telegram.TelegramAdapter(bot, Drawings(), memos, ledger, SECRET)
    async with running(adapter, inbox):
        yield adapter, str(chat.id), str(ada.id)


@asynccontextmanager
async def on_discord(inbox: FakeInbox, store: Store) -> AsyncIterator[There]:
    adapter = discord.DiscordAdapter(discord.Account("t"), Drawings(), StoredMemos(store, "discord"), SECRET)
    async with connected(adapter.open(inbox)) as env:
        channel = env.create_guild("Fans").create_text_channel("votes")
        yield adapter, str(channel.id), str(env.create_user("ada").id)


@pytest.fixture(params=["room", "telegram", "discord"])
async def there(
    request: pytest.FixtureRequest, clock: Clock, tmp_path: Path, api: BotApi, file_store: Store
) -> AsyncIterator[There]:
    """An adapter that runs, with a group and a person it can write to."""
    inbox = FakeInbox(clock)
    made: AbstractAsyncContextManager[There] = {
        "room": lambda: in_the_room(inbox, clock, tmp_path),
        "telegram": lambda: on_telegram(inbox, file_store, api),
        "discord": lambda: on_discord(inbox, file_store),
    }[request.param]()
    async with made as there:
        yield there


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
