"""Read what a text says, and find every text inside a value."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from msgspec import Struct

from bot.i18n import Reader, render
from bot.text import Text


def english(text: Text) -> str:
    """Render a text as an English reader in UTC sees it."""
    return render(text, Reader())


def texts(value: object) -> Iterator[Text]:
    """Find every text in a card, a screen or a reply, however deep."""
    if isinstance(value, Text):
        yield value
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from texts(one)
