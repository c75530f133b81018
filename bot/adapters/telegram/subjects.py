"""Which design a message is about: the number it names, or that of the picture of ours that it answers."""

import re

from telegram import Message

_ASKED, _PICTURED = re.compile(r"💬 #(\d{1,4})\b"), re.compile(r"#(\d{1,4})\b")


def subject(message: Message) -> int | None:
    """Find the design that a message answers: our question about it, or a picture of ours that shows it."""
    asked = message.reply_to_message
    if asked is None or asked.from_user is None or not asked.from_user.is_bot:
        return None
    found = _ASKED.match(asked.text or "") or _PICTURED.match(asked.caption or "")
    return int(found[1]) if found else None
