"""Between a form's fields and the port's values."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any

from bot.adapters.web.render import url
from bot.port import (
    Actor,
    BallotView,
    CardPage,
    DesignView,
    DuelPage,
    Me,
    OrdersView,
    PresalesView,
    PresaleView,
    Quote,
    Reply,
    Screen,
    Sheet,
    Strip,
)
from bot.port.words import picks_words, seen_words

_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z_]{0,31})(?:\s+(.*))?", re.DOTALL)


def event_id(actor: Actor, form: Mapping[str, str], *meant: object) -> str:
    """Name one act: who, from which rendered form, meaning what.

    A form carries one nonce for all its buttons; sent twice it is one event, another button of the same
    page is another, and nobody can use up the name of somebody else's event.
    """
    nonce = form.get("event_id", "")
    if not _NONCE.fullmatch(nonce):
        nonce = secrets.token_urlsafe(12)
    named = "\0".join([actor.remote_id, nonce, *(str(m) for m in meant)])
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def typed_command(text: str) -> tuple[str, str] | None:
    """Read `/name args`; None for words that only happen to start with a slash."""
    match = _COMMAND.fullmatch(text)
    return (match[1].lower(), (match[2] or "").strip()) if match else None


def number_of(text: str | None) -> int | None:
    """Read a small whole number; None when there is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 9 else None


def screen_url(group: str, screen: Screen | None) -> str | None:
    """Find the page that shows a screen."""
    match screen:
        case Sheet(page=page) | CardPage(page=page) | DuelPage(page=page):
            return url("r", group, "vote", page=page)
        case BallotView():
            return url("r", group, "ballot")
        case DesignView(tile=tile):
            return url("r", group, "look", tile.number)
        case PresaleView(number=number, quote=Quote() as quote):
            chosen = {"colour": quote.colour, "size": quote.size}
            return url("r", group, "presale", number, quantity=quote.quantity, **chosen) + "#quote"
        case PresaleView(number=number):
            return url("r", group, "presale", number)
        case PresalesView():
            return url("r", group, "presales")
        case OrdersView():
            return url("r", group, "orders")
        case Me():
            return "/me"
    return None


def strip_of(reply: Reply) -> Strip | None:
    """Find how far the fan is, wherever the reply says it."""
    return reply.strip or getattr(reply.screen, "strip", None)


def progress(strip: Strip) -> dict[str, Any]:
    """Say how far a ballot is, in numbers and in words."""
    return {
        "seen": strip.seen,
        "total": strip.total,
        "picks": strip.picks,
        "seen_words": seen_words(strip),
        "picks_words": picks_words(strip),
    }
