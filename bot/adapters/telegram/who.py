"""Who writes, in which language they read, and where."""

from collections import OrderedDict
from zoneinfo import ZoneInfo

from telegram import Message, User

from bot.i18n import Reader, language_of
from bot.port import Actor, Reply

PLATFORM = "telegram"

ANONYMOUS_ID = 1087968824
"""In whose name administrators write who stay anonymous: Bot API, `sender_chat`."""

_KEPT = 10_000


def actor_of(user: User) -> Actor:
    return Actor(PLATFORM, str(user.id), user.full_name, user.language_code)


def event_of(message: Message) -> str:
    """Name what a message says: ids of messages are each chat's own."""
    return f"{message.chat.id}.{message.message_id}"


class Readers:
    """How people read, as their latest answers told; who is new is asked for by their client's language."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Reader] = OrderedDict()

    def of(self, actor: Actor) -> Reader:
        return self._known.get(actor.remote_id) or Reader(language_of(actor.language))

    def heard(self, actor: Actor, reply: Reply) -> Reader:
        """Learn from a reply, and say how to show it."""
        strip = reply.strip or getattr(reply.screen, "strip", None)
        zone = ZoneInfo(strip.zone) if strip else self.of(actor).zone
        reader = self._known[actor.remote_id] = Reader(reply.language, zone)
        self._known.move_to_end(actor.remote_id)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return reader
