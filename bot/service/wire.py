"""Texts and cards as JSON, so that what was said once can be shown again in any language."""

import hashlib
import json
from typing import Any

from pydantic import TypeAdapter

from bot.port import Card
from bot.text import Text

_TEXT: TypeAdapter[Text] = TypeAdapter(Text)
_CARD: TypeAdapter[Card] = TypeAdapter(Card)


def dump_text(text: Text) -> dict[str, Any]:
    dumped: dict[str, Any] = _TEXT.dump_python(text, mode="json")
    return dumped


def load_text(stored: dict[str, Any]) -> Text:
    return _TEXT.validate_python(stored)


def dump_card(card: Card) -> dict[str, Any]:
    dumped: dict[str, Any] = _CARD.dump_python(card, mode="json")
    return dumped


def load_card(stored: dict[str, Any]) -> Card:
    return _CARD.validate_python(stored)


def digest(dumped: dict[str, Any]) -> str:
    """Name a card's content: equal cards have equal digests."""
    return hashlib.sha256(json.dumps(dumped, sort_keys=True).encode()).hexdigest()
