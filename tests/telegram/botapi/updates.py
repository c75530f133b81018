"""Updates on their way to the bot: polled with `getUpdates`, or sent to its webhook."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.telegram.botapi.failures import Fail, conflict

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "pre_checkout_query",
    "my_chat_member",
    "chat_member",
    "message_reaction",
)
_ASKED_FOR = frozenset({"chat_member", "message_reaction"})
"""What is only sent to bots that name it in `allowed_updates`."""

_OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"

Update = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are sent. `connections` bounds how many at once."""

    url: str
    secret: str | None
    connections: int


class Updates:
    """The bot's queue. What a webhook's answer asks for is handed to `called`; its result is lost."""

    def __init__(self, called: Callable[[dict[str, Any]], Awaitable[None]], retry_s: float) -> None:
        self._called = called
        self._retry_s = retry_s
        self._ids = 100_000
        self._queue: deque[Update] = deque()
        self._news = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self.taken: set[int] = set()
        """The ids of what the bot acknowledged: by an offset beyond it, or by its webhook's 200."""
        self.polled = asyncio.Event()
        """Somebody waits for news."""
        self.delivered = asyncio.Event()
        """The webhook has received everything."""
        self.allowed = frozenset(KINDS) - _ASKED_FOR
        self.webhook: Webhook | None = None
        self.last_error: tuple[int, str] | None = None
        self._delivering: asyncio.Task[None] | None = None
        self._off = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queue)

    def allow(self, kinds: list[str]) -> None:
        """Set what is sent from now on; an empty list is everything but what must be named."""
        self.allowed = frozenset(kinds) if kinds else frozenset(KINDS) - _ASKED_FOR

    def put(self, kind: str, content: Any) -> int:
        """Queue an update, if its kind is one the bot wants; gives its id, which is 0 for one that is not.

        A kind we do not know is sent as it is.
        """
        if kind not in self.allowed and kind in KINDS:
            return 0
        self._ids += 1
        self._queue.append({"update_id": self._ids, kind: deepcopy(content)})
        self._announce()
        return self._ids

    def again(self, update: Update) -> None:
        """Queue an update once more under its own id, as happens when its receipt was lost."""
        self._queue.appendleft(update)
        self._announce()

    def _announce(self) -> None:
        self.delivered.clear()
        self._news.set()
        self._end_poll()

    def drop(self) -> None:
        self._queue.clear()

    # ------------------------------------------------------------ polling

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Update]:
        """Answer `getUpdates`: forget what is before `offset`, wait for something to send."""
        if self.webhook is not None:
            why = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook"
            )
            raise conflict(f"{why} first")
        self._end_poll(conflict(_OTHER))
        self._forget(offset)
        waiting = self._poller = asyncio.get_running_loop().create_future()
        if not self._queue and timeout_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    self.polled.set()
                    await waiting
        return list(self._queue)[:limit]

    def _end_poll(self, refusal: Fail | None = None) -> None:
        """Answer whoever waits in `poll`, with a refusal or with what is there now."""
        self.polled.clear()
        if self._poller is None or self._poller.done():
            return
        if refusal is None:
            self._poller.set_result(None)
        else:
            self._poller.set_exception(refusal)
            self._poller.exception()  # it may be nobody's any more

    def _forget(self, offset: int) -> None:
        if offset < 0:
            while len(self._queue) > -offset:
                self._queue.popleft()
        while offset > 0 and self._queue and self._queue[0]["update_id"] < offset:
            self.taken.add(self._queue.popleft()["update_id"])

    # ------------------------------------------------------------ webhook

    async def set_webhook(self, webhook: Webhook | None) -> None:
        """Send updates to another place, or keep them for `getUpdates`."""
        await self.stop()
        self.webhook = webhook
        self.last_error = None
        if webhook is not None:
            self._end_poll(conflict("terminated by setWebhook request"))
            self._off.clear()
            self._delivering = asyncio.create_task(self._deliver(webhook))

    async def stop(self) -> None:
        self._off.set()
        if self._delivering is not None:
            self._delivering.cancel()
            await asyncio.gather(self._delivering, return_exceptions=True)
            self._delivering = None

    async def _deliver(self, webhook: Webhook) -> None:
        """Send what is queued, in order for each person or chat and side by side between them."""
        lanes: dict[int, asyncio.Task[None]] = {}
        sending: set[asyncio.Task[None]] = set()
        begun: set[int] = set()
        connector = aiohttp.TCPConnector(limit=webhook.connections)
        async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
            try:
                while True:
                    self._news.clear()
                    for update in [u for u in self._queue if u["update_id"] not in begun]:
                        begun.add(update["update_id"])
                        lane = _lane(update)
                        task = asyncio.create_task(self._send(session, webhook, update, lanes.get(lane)))
                        lanes[lane] = task
                        sending.add(task)
                        task.add_done_callback(sending.discard)
                    await self._news.wait()
            finally:
                for task in sending:
                    task.cancel()
                await asyncio.gather(*sending, return_exceptions=True)

    async def _send(
        self,
        session: aiohttp.ClientSession,
        webhook: Webhook,
        update: Update,
        before: asyncio.Task[None] | None,
    ) -> None:
        """Send one update after the one before it, until it is received; then do what the answer asks."""
        if before is not None:
            await asyncio.wait({before})
        wait_s = self._retry_s
        while True:
            try:
                asked = await _received(session, webhook, update)
            except (aiohttp.ClientError, TimeoutError) as error:
                self.last_error = (int(time.time()), str(error) or type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._off.wait()
                wait_s = min(wait_s * 2, 60.0)
                continue
            self._queue.remove(update)
            self.taken.add(update["update_id"])
            if asked:
                await self._called(asked)
            if not self._queue:
                self.delivered.set()
            return


async def _received(
    session: aiohttp.ClientSession, webhook: Webhook, update: Update
) -> dict[str, Any] | None:
    """Post an update; give the method call in the answer, if there is one."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
    timeout = aiohttp.ClientTimeout(total=60)
    async with session.post(webhook.url, json=update, headers=headers, timeout=timeout) as answer:
        body = await answer.read()
        if not 200 <= answer.status <= 299:
            why = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            raise aiohttp.ClientError(why)
        if answer.content_type != "application/json" or not body:
            return None
        asked: dict[str, Any] = await answer.json()
        return asked if asked.get("method") else None


def _lane(update: Update) -> int:
    """Say whose updates must keep their order: a person's buttons, a chat's messages."""
    content = next(value for key, value in update.items() if key != "update_id")
    if not isinstance(content, dict):
        return 0
    owner = content.get("chat") or content.get("from") or {}
    return int(owner.get("id", 0))
