"""Updates as they arrive, read as far as a tap that votes needs: Telegram sends the whole page with it."""

import json
from typing import Any, NamedTuple

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


class Arrived(NamedTuple):
    """An update as it came; `query` if it is a tap."""

    content: bytes
    update_id: int
    query: Query | None

    @property
    def whole(self) -> Raw:
        """Read all of it."""
        found: Raw = json.loads(self.content)
        return found


_UPDATE = msgspec.json.Decoder(_Update)
_POLLED = msgspec.json.Decoder(_Polled)


def arrived(content: bytes) -> Arrived:
    """Read an update; raises ValueError for what is none."""
    try:
        update = _UPDATE.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return _strange(content)
    return Arrived(content, update.update_id, update.callback_query)


def polled(content: bytes) -> list[Arrived]:
    """Read what `getUpdates` answered."""
    try:
        updates = [bytes(update) for update in _POLLED.decode(content).result]
    except msgspec.DecodeError:
        updates = [json.dumps(update).encode() for update in json.loads(content)["result"]]
    return [arrived(update) for update in updates]


def query_of(update: Raw) -> Query | None:
    """Find the tap in an update that was kept, if it is one of ours."""
    return arrived(json.dumps(update).encode()).query


def _strange(content: bytes) -> Arrived:
    """Read what is an update all the same: with half a surrogate pair, or a tap that is none of ours."""
    try:
        update_id = json.loads(content)["update_id"]
    except (TypeError, LookupError, RecursionError) as error:
        raise ValueError("no update") from error
    if not isinstance(update_id, int):
        raise ValueError("an update has a number")
    return Arrived(content, update_id, None)
