"""Who is in which chat: people and the bot come, go, are made administrators; groups become supergroups."""

from collections.abc import Iterable
from typing import Any

from tests.telegram.botapi.state import State
from tests.telegram.botapi.world import Chat, Member, Message, User

ADMIN = frozenset({"can_manage_chat", "can_delete_messages", "can_pin_messages", "can_invite_users"})


class Crowd:
    """Makes chats and moves people and the bot in and out of them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._world = state.world

    def group(self, title: str, owner: User, kind: str = "supergroup", *, forum: bool = False) -> Chat:
        """Make a group, supergroup or channel with its owner in it."""
        chat = self._world.add_chat(kind, title, forum=forum)
        chat.members[owner.id] = Member(owner, "creator")
        return chat

    def topic(self, chat: Chat, name: str) -> int:
        """Open a topic of a forum; gives its message_thread_id."""
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        opened = self._world.put(chat, created, None)
        chat.topics[opened["message_id"]] = "open"
        return int(opened["message_id"])

    def joins(self, user: User, chat: Chat) -> None:
        """Enter a group; the bot hears it as a service message, and as `chat_member` if it may."""
        self._change(chat, user, user, Member(user, "member"))
        self._service(chat, user, {"new_chat_members": [user.shown()]})

    def leaves(self, user: User, chat: Chat) -> None:
        self._change(chat, user, user, None)
        self._service(chat, user, {"left_chat_member": user.shown()})

    def bans(self, by: User, user: User, chat: Chat) -> None:
        self._change(chat, by, user, Member(user, "kicked"))

    def promotes(
        self, by: User, user: User, chat: Chat, rights: Iterable[str] = ADMIN, *, anonymous: bool = False
    ) -> None:
        """Make somebody, or the bot, an administrator."""
        self._change(chat, by, user, Member(user, "administrator", frozenset(rights), anonymous))

    def demotes(self, by: User, user: User, chat: Chat) -> None:
        self._change(chat, by, user, Member(user, "member"))

    def adds_bot(self, by: User, chat: Chat) -> None:
        bot = self._world.bot
        status = Member(bot, "administrator", ADMIN) if chat.type == "channel" else Member(bot, "member")
        self._change(chat, by, bot, status)
        self._service(chat, by, {"new_chat_members": [bot.shown()]})

    def removes_bot(self, by: User, chat: Chat) -> None:
        self._change(chat, by, self._world.bot, Member(self._world.bot, "kicked"))

    def migrates(self, chat: Chat, by: User) -> Chat:
        """Turn a group into a supergroup, which is another chat with another id."""
        modern = self._world.add_chat("supergroup", chat.title)
        modern.members = dict(chat.members)
        self._service(chat, by, {"migrate_to_chat_id": modern.id})
        chat.migrated_to = modern.id
        self._service(modern, by, {"migrate_from_chat_id": chat.id})
        return modern

    def _change(self, chat: Chat, by: User, user: User, now: Member | None) -> None:
        """Change somebody's place and tell the bot of it."""
        before = chat.members.get(user.id) or Member(user, "left")
        if now is None:
            chat.members.pop(user.id, None)
        else:
            chat.members[user.id] = now
        change: dict[str, Any] = {
            "chat": chat.shown(),
            "from": by.shown(),
            "date": int(self._world.wall()),
            "old_chat_member": before.shown(),
            "new_chat_member": (now or Member(user, "left")).shown(),
        }
        bot = self._world.bot
        if user is bot:
            self._state.updates.put("my_chat_member", change)
        elif chat.status_of(bot) == "administrator":
            self._state.updates.put("chat_member", change)

    def _service(self, chat: Chat, by: User, content: Message) -> None:
        """Put a message of Telegram's own into a chat; the bot hears it whatever its privacy mode."""
        message = self._world.put(chat, content, by)
        if chat.status_of(self._world.bot) in ("member", "administrator"):
            self._state.updates.put("message", message)
