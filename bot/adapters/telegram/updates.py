"""Updates as they arrive, read as far as a tap that votes needs: Telegram sends the whole page with it."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

Raw = dict[str, Any]
"""An update, or a part of one, as Telegram sent it."""


class Person(msgspec.Struct):
    """Who tapped."""

    id: int
    first_name: str
    last_name: str | None = None
    language_code: str | None = None
    is_bot: bool = False


class Chat(msgspec.Struct):
    """Where a message stands."""

    id: int


class Under(msgspec.Struct):
    """The message a button stands under; `date` is 0 where Telegram no longer shows it to bots."""

    message_id: int
    chat: Chat
    date: int = 0
    photo: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Query(msgspec.Struct):
    """A tap on a button of ours, which may carry anything."""

    id: str
    by: Person = msgspec.field(name="from")
    message: Under | None = None
    data: str = ""


class _Update(msgspec.Struct):
    update_id: int
    callback_query: Query | None = None


class _Polled(msgspec.Struct):
    result: list[msgspec.Raw]


@dataclass(frozen=True)
class Arrived:
    """An update as it came; `query` if it is a tap."""

    content: bytes
    update_id: int
    query: Query | None

    @cached_property
    def whole(self) -> Raw:
        """All of it."""
        found: Raw = json.loads(self.content)
        return found


_UPDATE = msgspec.json.Decoder(_Update)
_POLLED = msgspec.json.Decoder(_Polled)


def arrived(content: bytes) -> Arrived:
    """Read an update; raises ValueError for what is none."""
    try:
        return _read(content)
    except (msgspec.DecodeError, RecursionError):
        return _strange(content)


def polled(content: bytes) -> list[Arrived]:
    """Read what `getUpdates` answered."""
    try:
        updates = [bytes(update) for update in _POLLED.decode(content).result]
    except msgspec.DecodeError:
        updates = [json.dumps(update).encode() for update in json.loads(content)["result"]]
    return [arrived(update) for update in updates]


def _read(content: bytes) -> Arrived:
    update = _UPDATE.decode(content)
    return Arrived(content, update.update_id, update.callback_query)


def _strange(content: bytes) -> Arrived:
    """Read what is an update all the same: one with half a surrogate pair, which becomes a question mark, or
    with a tap that is none of ours."""
    try:
        update = json.loads(content)
        update_id = update["update_id"]
    except (TypeError, LookupError, RecursionError) as error:
        raise ValueError("no update") from error
    if not isinstance(update_id, int):
        raise ValueError("an update has a number")
    mended = json.dumps(update, ensure_ascii=False).encode(errors="replace")
    try:
        return _read(mended)
    except msgspec.DecodeError:
        return Arrived(mended, update_id, None)
