"""Who and what there is on the far side: people, chats, their members and messages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.telegram.botapi.failures import Fail, bad, forbidden

Message = dict[str, Any]
MODERN = ("supergroup", "channel")
_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass
class User:
    """Somebody with an account. `started` and `blocked` are about our bot."""

    id: int
    name: str
    username: str = ""
    language: str | None = "en"
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def shown(self) -> dict[str, Any]:
        said: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.name}
        if self.username:
            said["username"] = self.username
        if self.language:
            said["language_code"] = self.language
        return said


@dataclass
class Member:
    """Somebody's place in a chat. `status` is the Bot API's word for it; `rights` are an administrator's."""

    user: User
    status: str
    rights: frozenset[str] = frozenset()
    anonymous: bool = False

    def may(self, right: str) -> bool:
        return self.status == "creator" or right in self.rights

    def shown(self) -> dict[str, Any]:
        said: dict[str, Any] = {"user": self.user.shown(), "status": self.status}
        if self.status == "creator":
            return said | {"is_anonymous": self.anonymous}
        if self.status == "administrator":
            rights = {right: right in self.rights for right in _RIGHTS}
            return said | rights | {"is_anonymous": self.anonymous, "can_be_edited": False}
        if self.status == "kicked":
            return said | {"until_date": 0}
        return said


@dataclass
class Chat:
    """A private chat, group, supergroup or channel. Messages are as the Bot API shows them, by their id."""

    id: int
    type: str
    title: str
    person: User | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    muted: bool = False
    ids: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    @property
    def private(self) -> bool:
        return self.type == "private"

    def shown(self) -> dict[str, Any]:
        said: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.person is not None:
            named = {"first_name": self.person.name}
            return said | named | ({"username": self.person.username} if self.person.username else {})
        return said | {"title": self.title} | ({"is_forum": True} if self.forum else {})

    def status_of(self, user: User) -> str:
        member = self.members.get(user.id)
        return member.status if member else "left"


class World:
    """Everything there is, seen from one bot. `wall` is the time written on messages, in Unix seconds."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall
        self._users = count(1001)
        self._chats = count(1)
        self._albums = count(13_000_000_000)
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.bot = User(7_700_000_001, "Catwalk", "catwalk_test_bot", None, is_bot=True)
        self.reads_everything = False
        """Privacy mode is off: the bot is sent every message of its groups."""

    def add_user(self, name: str, **facts: Any) -> User:
        user = User(next(self._users), name, **facts)
        self.users[user.id] = user
        self.chats[user.id] = Chat(user.id, "private", "", person=user)
        return user

    def add_chat(self, type_: str, title: str, *, forum: bool = False) -> Chat:
        number = next(self._chats)
        chat_id = -(1_000_000_000_000 + number) if type_ in MODERN else -(5_000 + number)
        self.chats[chat_id] = chat = Chat(chat_id, type_, title, forum=forum)
        return chat

    def album(self) -> str:
        return str(next(self._albums))

    def chat(self, chat_id: int) -> Chat:
        """Find a chat the bot may know of."""
        chat = self.chats.get(chat_id)
        if chat is None or (chat.private and not self._met(chat)):
            raise bad("chat not found")
        return chat

    def _met(self, chat: Chat) -> bool:
        """Say whether the bot ever saw the person: in the private chat, or in a group of both."""
        assert chat.person is not None
        person = chat.person
        return person.started or any(
            person.id in other.members and self.bot.id in other.members for other in self.chats.values()
        )

    def check_is_there(self, chat: Chat) -> None:
        """Raise what the server says of a group that became a supergroup."""
        if chat.migrated_to is not None:
            why = "group chat was upgraded to a supergroup chat"
            raise Fail(400, f"Bad Request: {why}", {"migrate_to_chat_id": chat.migrated_to})

    def check_may_send(self, chat: Chat, thread: int | None = None) -> None:
        """Raise what the server says when the bot may not write to a chat."""
        self.check_is_there(chat)
        if chat.person is not None:
            _check_person(chat.person)
            return
        status = chat.status_of(self.bot)
        named = "group" if chat.type == "group" else chat.type
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {named} chat")
        if status == "left":
            raise forbidden(f"bot is not a member of the {named} chat")
        if chat.muted and status == "member":
            raise bad("not enough rights to send text messages to the chat")
        if thread is not None and thread != 1 and (not chat.forum or thread not in chat.topics):
            raise bad("message thread not found")
        if thread is not None and chat.topics.get(thread) == "closed" and status == "member":
            raise bad("TOPIC_CLOSED")

    def put(self, chat: Chat, message: Message, sender: User | None) -> Message:
        """Add a message to a chat; gives it its id and date."""
        head: Message = {"message_id": chat.ids(), "date": int(self.wall()), "chat": chat.shown()}
        if sender is not None:
            head["from"] = sender.shown()
        kept = head | message
        chat.messages[kept["message_id"]] = kept
        return kept


def _check_person(person: User) -> None:
    if person.deactivated:
        raise forbidden("user is deactivated")
    if person.is_bot:
        raise forbidden("bot can't send messages to bots")
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
