"""Updates polled: asked for again until what came before them is stored."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot
from telegram.request import BaseRequest

from bot.adapters.telegram.receive import Answer, Receiver
from bot.adapters.telegram.updates import Arrived, polled
from bot.errors import NotHeld

log = structlog.get_logger()

_LONG_POLL_S, _MOST = 30, 100
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0


class Polling:
    """Asks Telegram for updates of these `kinds`, and hands them to the receiver.

    The library's own updater acknowledges a batch before it is handled. This one takes what it got as JSON,
    since reading a vote as the library's objects takes longer than storing it.
    """

    def __init__(
        self, bot: ExtBot[Any], request: BaseRequest, receiver: Receiver, kinds: Sequence[str]
    ) -> None:
        self._bot = bot
        self._request = request
        self._receiver = receiver
        self._kinds = kinds
        self._offset = 0
        self._wait_s = _FIRST_WAIT_S

    async def run(self) -> None:
        """Go on until cancelled; raises InvalidToken when Telegram knows us no more."""
        await self._bot.delete_webhook()
        while True:
            try:
                await self._once()
            except InvalidToken:
                raise
            except Exception as error:
                # Nothing is acknowledged: the same updates come again, and what of them was stored is known.
                failed = type(error).__name__
                log.warning("polling_interrupted", reason=failed, again_in_s=self._wait_s)
                await asyncio.sleep(self._wait_s)
                self._wait_s = min(self._wait_s * 2, _LONGEST_WAIT_S)
            else:
                self._wait_s = _FIRST_WAIT_S

    async def _once(self) -> None:
        updates = await self._fetch()
        if not updates:
            return
        answers = await self._receiver.take_all(updates)
        self._offset = updates[-1].update_id + 1
        for answer in answers:
            self._receiver.spawn(self._say(answer))

    async def _fetch(self) -> list[Arrived]:
        asked = {
            "offset": self._offset,
            "limit": _MOST,
            "timeout": _LONG_POLL_S,
            "allowed_updates": json.dumps(self._kinds),
        }
        url = f"{self._bot.base_url}/getUpdates?{urlencode(asked)}"
        try:
            content = await self._request.retrieve(url, read_timeout=_LONG_POLL_S + 5)
        except NetworkError as error:
            raise NetworkError(error.message) from None
        return polled(content)

    async def _say(self, answer: Answer) -> None:
        """Answer a press, then show what follows it."""
        try:
            await self._bot.answer_callback_query(
                answer.query_id, answer.toast.words, show_alert=answer.toast.alert
            )
        except NotHeld:  # whoever speaks now shows what surely follows, and the next tap the rest
            return
        except TelegramError as late:
            log.info("answer_refused", reason=late.message)
        self._receiver.follow(answer)
