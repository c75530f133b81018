"""Discord's errors as ours. Nothing else looks into them."""

import aiohttp
import discord

from bot.errors import DeliveryError, Gone, Refused, RetryLater

_PATIENCE_S = 5.0
_LONG_S = 600.0
"""How long we wait where Discord bears no more for a while, or where a moderator must do something first."""

_GONE = frozenset({10003, 10004, 10008, 10013, 50007})
"""Unknown channel, server, message or person; who takes no private messages: Discord's API."""

_LATER = frozenset({30046, 50001, 50013, 160005})
"""Too many edits of an old message; no access, which is also said of a server we were taken off; a permission
is missing; a locked thread: Discord's API."""

TROUBLE = (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError)
"""What can be raised by speaking to Discord."""


def delivery_error(error: Exception) -> DeliveryError:
    """Say what became of a post: to be tried later, undeliverable for good, or refused as it is."""
    match error:
        case discord.RateLimited(retry_after=wait):
            return RetryLater(wait)
        case discord.HTTPException(code=code) if code in _LATER:
            return RetryLater(_LONG_S)
        case discord.HTTPException(code=code) if code in _GONE:
            return Gone(f"{code} {error.text}")
        case discord.HTTPException(status=status) if status == 429 or status >= 500:
            return RetryLater(_PATIENCE_S)
        case discord.HTTPException():
            return Refused(f"{error.code} {error.text}")
    return RetryLater(_PATIENCE_S)
