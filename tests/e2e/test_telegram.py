"""A process that serves a group on Telegram: what keeps it from starting, and a kill in the middle."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random

import pytest

from tests.adapters.telegram.stage import words
from tests.e2e import made
from tests.e2e.conftest import installed
from tests.e2e.process import Catwalk, Died, free_port
from tests.e2e.telegram import account, hooked, ours, until
from tests.telegram.botapi.server import BotApi, serving
from tests.telegram.botapi.world import Member, Message, User

PATIENCE_S = 40.0


@pytest.fixture
def shop(tmp_path: Path, bytecode: Path, photos: Path) -> Iterator[Catwalk]:
    """An installation with a campaign, whose bot's token is the stand-in server's."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"
    made.fill(url, made.campaign(tmp_path / "slow"), photos)
    yield from installed(tmp_path, bytecode, url, photos)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serving(BotApi(strict=True)) as api:
        yield api


# ------------------------------------------------------------------ what keeps it from starting


async def refused(shop: Catwalk, **changed: str) -> str:
    with pytest.raises(Died) as died:
        await asyncio.to_thread(shop.start, **changed)
    done = died.value.done
    assert done.code == 2, done
    assert done.err.count("\n") == 1, done.err
    return done.err


async def test_a_wrong_token(shop: Catwalk, api: BotApi) -> None:
    wrong = account(api) | {"CATWALK_TELEGRAM__TOKEN": "7700000001:wrong"}
    said = await refused(shop, **wrong)
    assert (
        said == "CATWALK_TELEGRAM__TOKEN: Telegram does not know this token. Copy it from @BotFather again.\n"
    )


async def test_a_server_that_does_not_answer(shop: Catwalk, api: BotApi) -> None:
    nobody = f"http://127.0.0.1:{free_port(Random(5))}/bot"
    said = await refused(shop, **account(api) | {"CATWALK_TELEGRAM__BASE_URL": nobody})
    assert said.startswith("CATWALK_TELEGRAM__BASE_URL: Telegram’s server does not answer")
    assert api.token not in said


async def test_a_webhook_without_its_secret_and_one_whose_port_is_taken(shop: Catwalk, api: BotApi) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        hook = account(api) | hooked(other.getsockname()[1])
        assert "Stop what runs there, or choose another port." in await refused(shop, **hook)
        del hook["CATWALK_TELEGRAM__WEBHOOK_SECRET"]
        assert "CATWALK_TELEGRAM__WEBHOOK_SECRET" in await refused(shop, **hook)


# ------------------------------------------------------------------ a kill in the middle


async def tap(api: BotApi, user: User, message: Message, button: str) -> str:
    return str((await api.people.taps(user, message, button).answered(PATIENCE_S)).get("text", ""))


def number(message: Message, at: int) -> str:
    pad = message["reply_markup"]["inline_keyboard"]
    return str(pad[at // 4][at % 4]["text"])


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_ballot_goes_on_in_its_message_after_a_kill(shop: Catwalk, api: BotApi, mode: str) -> None:
    settings = account(api) | hooked(free_port(Random(7))) if mode == "webhook" else account(api)
    owner, ada = api.state.world.add_user("Olga"), api.state.world.add_user("Ada")
    fans = api.crowd.group("Fans", owner)
    fans.members[ada.id] = Member(ada, "member")
    api.crowd.adds_bot(owner, fans)
    first = await asyncio.to_thread(shop.start, **settings)
    code = (await asyncio.to_thread(shop.run, "group", "code", "spring")).out.split()[-1]
    api.people.says(owner, fans, f"/setup {code}")
    await until(lambda: ours(api, fans))
    for step in ("schedule", "open"):
        assert (await asyncio.to_thread(shop.run, "round", step, "spring", "1")).code == 0
    card = await until(lambda: next((m for m in ours(api, fans) if "reply_markup" in m), None))
    vote = card["reply_markup"]["inline_keyboard"][0][0]["url"]
    api.people.start(ada, vote.partition("start=")[2])
    sheet = await until(lambda: next(iter(ours(api, api.people.private(ada))), None))
    picked = number(sheet, 0)
    assert f"#{picked} added" in await tap(api, ada, sheet, picked)
    assert (api.state.updates.webhook is not None) == (mode == "webhook")
    api.limits.flood(ada.id, 2.0)  # so that the page cannot turn yet
    done = api.people.taps(ada, sheet, "✅ Done")
    assert "is done" in str((await done.answered(PATIENCE_S)).get("text", ""))
    await until(lambda: done.update_id in api.state.updates.taken)
    first.kill()
    assert "Page 1 of" in words(sheet)
    await asyncio.to_thread(shop.start, **settings)
    await until(lambda: "Page 2 of" in words(sheet))
    other = number(sheet, 1)
    assert "2 picks" in await tap(api, ada, sheet, other)
    assert len([m for m in ours(api, fans) if "reply_markup" in m]) == 1
