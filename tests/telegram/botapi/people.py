"""What people do in Telegram, for tests to play: they write, tap, join, block; the bot gets its updates."""

from itertools import count
from typing import Any

from tests.telegram.botapi import html
from tests.telegram.botapi.files import document, photo_sizes
from tests.telegram.botapi.state import Query, State
from tests.telegram.botapi.world import Chat, Message, User

_ANONYMOUS = User(1087968824, "Group", "GroupAnonymousBot", None, is_bot=True)
_CHANNEL_BOT = User(136817688, "Channel", "Channel_Bot", None, is_bot=True)


class People:
    """Everybody but the bot. A message given here is the one that stands in its chat, and changes with it."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._world = state.world
        self._queries = count(4_400_000_000)

    # ------------------------------------------------------------ words

    def start(self, user: User, payload: str = "") -> Message:
        """Press Start in the private chat, as a deep link with a payload does."""
        user.started, was_blocked = True, user.blocked
        user.blocked = False
        if was_blocked:
            self._private_status(user, "kicked", "member")
        return self.says(user, self.private(user), f"/start {payload}".strip())

    def private(self, user: User) -> Chat:
        return self._world.chats[user.id]

    def says(
        self,
        user: User,
        chat: Chat,
        text: str,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
        anonymous: bool = False,
        channel: Chat | None = None,
    ) -> Message:
        """Write to a chat; as its anonymous administrator, or in the name of a channel, if so asked."""
        said: Message = {"text": text} | _commands(text)
        return self._say(
            user, chat, said, reply_to=reply_to, thread=thread, anonymous=anonymous, channel=channel
        )

    def sends_photo(
        self, user: User, chat: Chat, photo: bytes, caption: str = "", *, reply_to: Message | None = None
    ) -> Message:
        said = {"photo": photo_sizes(self._state.files.put_photo(photo))} | _caption(caption)
        return self._say(user, chat, said, reply_to=reply_to)

    def sends_album(self, user: User, chat: Chat, photos: list[bytes], caption: str = "") -> list[Message]:
        """Send photos at once: an update each, of which the first has the caption."""
        album = {"media_group_id": self._world.album()}
        return [
            self._say(user, chat, {"photo": photo_sizes(self._state.files.put_photo(photo))} | album | words)
            for photo, words in zip(photos, [_caption(caption)] + [{}] * (len(photos) - 1), strict=True)
        ]

    def sends_document(self, user: User, chat: Chat, name: str, content: bytes, caption: str = "") -> Message:
        said = {"document": document(self._state.files.put_document(content, name))} | _caption(caption)
        return self._say(user, chat, said)

    def forwards(self, user: User, message: Message, chat: Chat) -> Message:
        """Forward a message to a chat, with its keyboard's callback buttons gone as in Telegram."""
        origin = {"type": "user", "sender_user": message.get("from"), "date": message["date"]}
        if "from" not in message:
            origin = {"type": "hidden_user", "sender_user_name": "somebody", "date": message["date"]}
        kept = {k: message[k] for k in ("text", "caption", "photo", "document") if k in message}
        return self._say(user, chat, kept | {"forward_origin": origin})

    def edits(self, user: User, message: Message, text: str) -> Message:
        """Change one's own words, of a message or under a photo."""
        chat = self._world.chats[message["chat"]["id"]]
        name = "text" if "text" in message else "caption"
        message |= {name: text, "edit_date": int(self._world.wall())}
        kind = "edited_channel_post" if chat.type == "channel" else "edited_message"
        self._hear(chat, message, user, kind)
        return message

    def posts(self, channel: Chat, text: str) -> Message:
        """Post in a channel, where nobody is named."""
        said = {"sender_chat": channel.shown(), "text": text}
        post = self._world.put(channel, said, None)
        if channel.status_of(self._world.bot) == "administrator":
            self._state.updates.put("channel_post", post)
        return post

    def _say(
        self,
        user: User,
        chat: Chat,
        said: Message,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
        anonymous: bool = False,
        channel: Chat | None = None,
    ) -> Message:
        head: Message = {}
        sender = user
        if anonymous:
            head, sender = {"sender_chat": chat.shown()}, _ANONYMOUS
        elif channel is not None:
            head, sender = {"sender_chat": channel.shown()}, _CHANNEL_BOT
        if reply_to is not None:
            head["reply_to_message"] = {k: v for k, v in reply_to.items() if k != "reply_to_message"}
        if thread is not None:
            head |= {"message_thread_id": thread, "is_topic_message": True}
        message = self._world.put(chat, head | said, sender)
        self._hear(chat, message, user, "message")
        return message

    def _hear(self, chat: Chat, message: Message, sender: User, kind: str) -> None:
        """Send a message to the bot, if it may hear it."""
        if chat.private:
            heard = not sender.blocked
        else:
            heard = chat.status_of(self._world.bot) not in ("left", "kicked") and self._for_bot(chat, message)
        if heard:
            self._state.updates.put(kind, message)

    def _for_bot(self, chat: Chat, message: Message) -> bool:
        """Say whether privacy mode lets a group's message through to the bot."""
        bot = self._world.bot
        if self._world.reads_everything or chat.status_of(bot) == "administrator" or chat.type == "channel":
            return True
        words = message.get("text") or message.get("caption") or ""
        replied = message.get("reply_to_message", {}).get("from", {}).get("id") == bot.id
        command = words.startswith("/") and ("@" not in words.split()[0] or f"@{bot.username}" in words)
        return replied or command or f"@{bot.username}" in words

    # ------------------------------------------------------------ buttons and payments

    def taps(self, user: User, message: Message, button: str) -> Query:
        """Tap a button, named by its label or its data."""
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for each in row:
                if "callback_data" in each and button in (each["text"], each["callback_data"]):
                    return self.forges(user, message, each["callback_data"])
        raise LookupError(f"no button {button!r} under this message")

    def forges(self, user: User, message: Message | None, data: str) -> Query:
        """Send any callback data under any message, as one's own client can; None: under an inline one."""
        query_id = str(next(self._queries))
        content: dict[str, Any] = {"id": query_id, "from": user.shown(), "data": data}
        if message is None:
            content |= {"inline_message_id": "AAAA", "chat_instance": "1"}
        else:
            shown = {k: v for k, v in message.items() if k != "reply_to_message"}
            content |= {"message": shown, "chat_instance": str(message["chat"]["id"])}
        query = self._state.callbacks[query_id] = Query(query_id, user.id, self._state.clock(), content)
        query.update_id = self._state.updates.put("callback_query", content)
        return query

    def pays(self, user: User, invoice: Message) -> Query:
        """Press Pay under an invoice; the bot is asked whether that is all right."""
        payload = self._state.payloads[invoice["chat"]["id"], invoice["message_id"]]
        billed = {name: invoice["invoice"][name] for name in ("currency", "total_amount")}
        return self.pays_a(user, billed | {"invoice_payload": payload})

    def pays_a(self, user: User, bill: dict[str, Any]) -> Query:
        """Press Pay under a bill that may be anybody's."""
        query_id = str(next(self._queries))
        content = {"id": query_id, "from": user.shown()} | bill
        query = self._state.checkouts[query_id] = Query(query_id, user.id, self._state.clock(), content)
        self._state.updates.put("pre_checkout_query", content)
        return query

    def reacts(self, user: User, message: Message, emoji: str) -> None:
        chat = self._world.chats[message["chat"]["id"]]
        content = {
            "chat": chat.shown(),
            "message_id": message["message_id"],
            "user": user.shown(),
            "date": int(self._world.wall()),
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}],
        }
        if chat.status_of(self._world.bot) == "administrator":
            self._state.updates.put("message_reaction", content)

    # ------------------------------------------------------------ coming and going

    def blocks(self, user: User) -> None:
        user.blocked = True
        self._private_status(user, "member", "kicked")

    def _private_status(self, user: User, old: str, new: str) -> None:
        bot = self._world.bot.shown()
        before, after = ({"user": bot, "status": s} | _until(s) for s in (old, new))
        self._membership("my_chat_member", self.private(user), user, before, after)

    def _membership(self, kind: str, chat: Chat, by: User, old: dict[str, Any], new: dict[str, Any]) -> None:
        change = {"chat": chat.shown(), "from": by.shown(), "date": int(self._world.wall())}
        self._state.updates.put(kind, change | {"old_chat_member": old, "new_chat_member": new})


def _until(status: str) -> dict[str, Any]:
    return {"until_date": 0} if status == "kicked" else {}


def _caption(words: str) -> Message:
    return {"caption": words} if words else {}


def _commands(text: str) -> Message:
    """Mark the command a text begins with."""
    if not text.startswith("/") or len(text) == 1:
        return {}
    length = html.utf16(text.split(maxsplit=1)[0])
    return {"entities": [{"type": "bot_command", "offset": 0, "length": length}]}
