"""Open pages hear of a change, nobody polls for nothing, and everything ends when the room closes."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from bot.adapters.web import RoomAdapter
from bot.adapters.web.live import Live
from bot.adapters.web.routes import STREAMS
from bot.i18n import Reader
from bot.port import Post, Reply
from bot.text import t
from tests.adapters.web.browser import Browser
from tests.adapters.web.fake_inbox import FakeInbox
from tests.adapters.web.serving import served

SOON_S = 5.0
"""Longer than anything here may take; nothing waits for it to pass."""


class Cursors:
    """Cursors of groups, and how often each was asked for."""

    def __init__(self) -> None:
        self.now: dict[str, int] = {}
        self.asked: list[str] = []
        self.broken = False
        self.read = asyncio.Event()

    async def __call__(self, group: str) -> int:
        self.asked.append(group)
        self.read.set()
        if self.broken:
            raise OSError("no database")
        return self.now.get(group, 0)

    async def once_more(self) -> None:
        """Wait until the next poll has been made."""
        self.read.clear()
        await asyncio.wait_for(self.read.wait(), SOON_S)


async def after(stream: AsyncGenerator[int, None]) -> int:
    return await asyncio.wait_for(anext(stream), SOON_S)


async def test_a_listener_hears_the_cursor_now_and_at_each_change() -> None:
    cursors = Cursors()
    live = Live(cursors, 0.001)
    async with aclosing(live.listen("spring")) as stream:
        assert await after(stream) == 0
        cursors.now["spring"] = 7
        assert await after(stream) == 7
        cursors.now["spring"] = 3
        assert await after(stream) == 3, "any change counts, not only growth"


async def test_one_poll_serves_all_who_listen_to_a_group() -> None:
    cursors = Cursors()
    live = Live(cursors, 3600)
    streams = [live.listen("spring") for _ in range(20)]
    assert [await after(s) for s in streams] == [0] * 20
    assert cursors.asked == ["spring"]
    cursors.now["spring"] = 1
    live.wake("spring")
    assert [await after(s) for s in streams] == [1] * 20
    assert cursors.asked == ["spring"] * 2
    for stream in streams:
        await stream.aclose()


async def test_only_groups_with_listeners_are_polled() -> None:
    live = Live(Cursors(), 0.001)
    live.wake("spring")
    assert live.groups == frozenset()
    first, second = live.listen("spring"), live.listen("spring")
    await after(first)
    await after(second)
    await first.aclose()
    assert live.groups == {"spring"}
    await second.aclose()
    assert live.groups == frozenset()
    async with aclosing(live.listen("spring")) as again:
        assert await after(again) == 0, "and are polled again when somebody returns"


async def test_a_failing_database_is_asked_again() -> None:
    cursors = Cursors()
    live = Live(cursors, 0.001)
    async with aclosing(live.listen("spring")) as stream:
        await after(stream)
        cursors.broken = True
        await cursors.once_more()
        await cursors.once_more()
        cursors.now["spring"] = 9
        cursors.broken = False
        assert await after(stream) == 9


async def test_closing_ends_every_stream() -> None:
    live = Live(Cursors(), 3600)
    streams = [live.listen("spring"), live.listen("autumn")]
    for stream in streams:
        await after(stream)
    waiting = [asyncio.ensure_future(anext(s)) for s in streams]
    await asyncio.sleep(0)
    live.close()
    for ended in waiting:
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(ended, SOON_S)
    assert live.groups == frozenset()
    with pytest.raises(StopAsyncIteration):
        await after(live.listen("spring"))


async def test_a_post_points_open_pages_at_it(room: RoomAdapter, inbox: FakeInbox) -> None:
    room.live._every_s = 3600
    post = Post("spring", "outbox-7", inbox.opening(), Reader())
    async with aclosing(room.live.listen("spring")) as stream:
        await after(stream)
        inbox.cursor = 2
        assert await room.post(post) == "outbox-7"
        assert await after(stream) == 2
        inbox.cursor = 3
        await room.edit(post, "outbox-7")
        assert await after(stream) == 3
        inbox.cursor = 4
        await room.retract("spring", "outbox-7")
        assert await after(stream) == 4
    await room.direct("somebody", Reply(t("Hello")))


async def test_the_room_is_served_on_when_another_tells_its_groups(
    room: RoomAdapter, inbox: FakeInbox
) -> None:
    """The lease of the room is for its sending: without it, open pages are still kept true."""
    running = asyncio.create_task(room.run(inbox))
    async with aclosing(room.live.listen("spring")) as stream:
        await after(stream)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        inbox.cursor = 2
        room.live.wake("spring")
        assert await after(stream) == 2
        room.close()
        with pytest.raises(StopAsyncIteration):
            await after(stream)


# ------------------------------------------------------------------ over HTTP


async def next_event(lines: AsyncIterator[str]) -> str:
    async def read() -> str:
        async for line in lines:
            if line.startswith("data:"):
                return line.removeprefix("data:").strip()
        return "ended"

    return await asyncio.wait_for(read(), SOON_S)


async def test_a_page_hears_of_a_change_and_of_the_end(room: RoomAdapter, inbox: FakeInbox) -> None:
    async with served(room, inbox) as url, httpx.AsyncClient(base_url=url) as client:
        await Browser(client).enter()
        async with client.stream("GET", "/events/spring") as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            lines = answer.aiter_lines()
            assert await next_event(lines) == "1"
            inbox.say("Ana", "hello")
            assert await next_event(lines) == "2"
            room.close()
            assert await next_event(lines) == "ended"


async def test_a_server_with_open_streams_stops(room: RoomAdapter, inbox: FakeInbox) -> None:
    async with httpx.AsyncClient() as client:
        async with served(room, inbox) as url:
            client.base_url = httpx.URL(url)
            await Browser(client).enter()
            answer = await client.send(client.build_request("GET", "/events/spring"), stream=True)
            lines = answer.aiter_lines()
            assert await next_event(lines) == "1"
        assert await next_event(lines) == "ended", "the server ended it, within the time `served` gives"
        await answer.aclose()


async def test_a_reader_who_leaves_stops_the_poll(
    room: RoomAdapter, inbox: FakeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = asyncio.Event()
    stop = room.live._stop

    def stop_and_tell(watch: Any) -> None:
        stop(watch)
        stopped.set()

    monkeypatch.setattr(room.live, "_stop", stop_and_tell)
    async with served(room, inbox) as url, httpx.AsyncClient(base_url=url) as client:
        await Browser(client).enter()
        async with client.stream("GET", "/events/spring") as answer:
            await next_event(answer.aiter_lines())
            assert room.live.groups == {"spring"}
        await asyncio.wait_for(stopped.wait(), SOON_S)
        assert room.live.groups == frozenset()


async def test_one_account_holds_so_many_streams_and_no_more(room: RoomAdapter, inbox: FakeInbox) -> None:
    limits = httpx.Limits(max_connections=STREAMS + 2)
    async with served(room, inbox) as url, httpx.AsyncClient(base_url=url, limits=limits) as client:
        await Browser(client).enter()
        opened = []
        for _ in range(STREAMS):
            answer = await client.send(client.build_request("GET", "/events/spring"), stream=True)
            lines = answer.aiter_lines()
            await next_event(lines)
            opened.append((answer, lines))
        assert (await client.get("/events/spring")).status_code == 429
        for answer, _ in opened:
            await answer.aclose()
