"""Telegram's errors as ours. Nothing else matches on their text."""

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import DeliveryError, Gone, Refused, RetryLater

_PATIENCE_S, _RIGHTS_S = 5.0, 300.0
_UNCHANGED = "message is not modified"
_LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_CHAT = ("chat not found", "group chat was deactivated", "peer_id_invalid")
_NO_RIGHTS = ("not enough rights", "have no rights", "chat_write_forbidden", "chat_restricted")
_NO_THREAD = ("message thread not found", "topic_closed", "topic_deleted")


def delivery_error(error: TelegramError) -> DeliveryError:
    """Say what became of a post: to be tried later, undeliverable for good, or refused as it is."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            return RetryLater(wait if isinstance(wait, int) else wait.total_seconds())
        case ChatMigrated() | TimedOut():
            return RetryLater(_PATIENCE_S)
        case Forbidden():
            return Gone(error.message)
        case BadRequest():
            return _refusal(error)
        case NetworkError():
            return RetryLater(_PATIENCE_S)
    return Refused(error.message)


def passes(error: Exception) -> bool:
    """Say whether the same call may well succeed in a moment: Telegram or the way to it had trouble."""
    if isinstance(error, ChatMigrated | BadRequest) or not isinstance(error, TelegramError):
        return False
    return isinstance(delivery_error(error), RetryLater)


def _refusal(error: BadRequest) -> DeliveryError:
    """Say what became of a post that Telegram did not take; rights that we lack may be given any day."""
    if is_rightless(error):
        return RetryLater(_RIGHTS_S)
    return Gone(error.message) if _says(error, *_NO_CHAT) else Refused(error.message)


def is_unchanged(error: TelegramError) -> bool:
    """Say whether an edit was refused because it would change nothing."""
    return _says(error, _UNCHANGED)


def is_lost(error: TelegramError) -> bool:
    """Say whether the message to edit is not there any more, or not ours to edit."""
    return _says(error, *_LOST)


def is_rightless(error: TelegramError) -> bool:
    """Say whether we lack the right to write to a chat that we are in."""
    return _says(error, *_NO_RIGHTS)


def is_threadless(error: TelegramError) -> bool:
    """Say whether the topic to post in is gone or closed."""
    return _says(error, *_NO_THREAD)


def is_too_big(error: TelegramError) -> bool:
    """Say whether a file is larger than Telegram hands out to bots."""
    return _says(error, "file is too big")


def _says(error: TelegramError, *words: str) -> bool:
    return isinstance(error, BadRequest) and any(w in error.message.lower() for w in words)
