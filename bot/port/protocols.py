"""The protocols: what an adapter may ask of Catwalk, and what Catwalk asks of an adapter."""

from collections.abc import Mapping
from typing import Protocol

from bot.port.asks import Command, Comment, Look, NewDesigns, News, Press, Upload
from bot.port.posts import Limits, Post
from bot.port.screens import Reply


class Inbox(Protocol):
    """What an adapter may ask of Catwalk. Every call raises RuleError with a sentence to show."""

    async def press(self, press: Press) -> Reply: ...
    async def look(self, look: Look) -> Reply: ...
    async def comment(self, comment: Comment) -> Reply: ...
    async def command(self, command: Command) -> Reply: ...
    async def upload(self, upload: Upload | NewDesigns) -> Reply: ...
    async def hear(self, news: News) -> None: ...


class Memos(Protocol):
    """What an adapter must know again after a restart: values by key, kept until they are put anew.

    One about a `post`, by its key, is kept only while that is still to be settled.
    """

    async def read(self, key: str) -> str | None: ...
    async def put(self, key: str, value: str, *, post: str | None = None) -> None: ...


class ChatAdapter(Protocol):
    """What the relay and main ask of a platform. Raises DeliveryError only."""

    platform: str
    limits: Limits

    async def run(self, inbox: Inbox) -> None: ...
    async def post(self, post: Post) -> str: ...
    async def edit(self, post: Post, remote_id: str) -> None: ...
    async def retract(self, group: str, remote_id: str) -> None: ...
    async def direct(self, remote_id: str, told: Reply) -> None: ...


class Ledger(Protocol):
    """What a platform sent us, kept from before we acknowledge it until it is handled.

    An `account` is the platform's own id of ours; an update's content is text, as it was sent.
    """

    async def put(self, account: str, updates: Mapping[int, str]) -> frozenset[int]:
        """Keep updates by their ids; gives the ids that were not there before."""
        ...

    async def waiting(self, account: str) -> dict[int, str]:
        """List what was not handled, the oldest first."""
        ...

    async def handled(self, account: str, update_id: int) -> None:
        """Mark an update as handled; its content is forgotten."""
        ...
