"""Who writes, and where."""

from telegram import Message, User

from bot.port import Actor

PLATFORM = "telegram"

ANONYMOUS_ID = 1087968824
"""In whose name administrators write who stay anonymous: Bot API, `sender_chat`."""


def actor_of(user: User) -> Actor:
    return Actor(PLATFORM, str(user.id), user.full_name, user.language_code)


def event_of(message: Message) -> str:
    """Name what a message says: ids of messages are each chat's own."""
    return f"{message.chat.id}.{message.message_id}"
