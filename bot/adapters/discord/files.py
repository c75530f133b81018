"""Files that people send with a command or a form, fetched once they are welcome."""

import structlog
from discord import Attachment, Client

from bot.adapters.discord.trouble import TROUBLE
from bot.errors import RuleError
from bot.port import Sent
from bot.text import t

log = structlog.get_logger()

MOST_BYTES = 100_000_000
"""Largest file we read into memory; Discord bears more."""


def sent(client: Client, name: str, url: str, size: int) -> Sent:
    """Hand in a file that lies at Discord."""

    async def fetch() -> bytes:
        if size > MOST_BYTES:
            raise RuleError("file.large", _LARGE)
        try:
            return await client.http.get_from_cdn(url)
        except TROUBLE as refused:
            log.info("file_refused", reason=type(refused).__name__)
            raise RuleError("file.away", _AWAY) from None

    return Sent(fetch, name)


def attachment(client: Client, given: Attachment) -> Sent:
    return sent(client, given.filename, given.url, given.size)


_LARGE = t("This file is larger than 100 MB. Send a zip in several parts.")
_AWAY = t("Discord did not hand this file over. Send it again.")
