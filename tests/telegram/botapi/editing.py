"""Methods that change a message of the bot's, or take one away."""

from typing import Any

from tests.telegram.botapi import markup
from tests.telegram.botapi.asked import Asked
from tests.telegram.botapi.failures import bad
from tests.telegram.botapi.sending import caption_of, media_of, target, text_of
from tests.telegram.botapi.state import Method, State
from tests.telegram.botapi.world import Chat, Message

_TWO_DAYS_S = 48 * 3600
_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document")
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
_REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)


def edit_message_text(state: State, asked: Asked) -> Message:
    chat, message = _own(state, asked)
    said = text_of(asked, "text", "entities")
    if not said:
        raise bad("message text is empty")
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edited(state, asked, chat, message, said)


def edit_message_caption(state: State, asked: Asked) -> Message:
    chat, message = _own(state, asked)
    said = caption_of(asked.given)
    if "photo" not in message and "document" not in message:
        raise bad("there is no caption in the message to edit")
    media = {kind: message[kind] for kind in ("photo", "document") if kind in message}
    return _edited(state, asked, chat, message, media | said)


def edit_message_media(state: State, asked: Asked) -> Message:
    chat, message = _own(state, asked)
    said = media_of(state, asked, asked.parsed("media"))
    if "media_group_id" in message and ("photo" in said) != ("photo" in message):
        raise bad("message can't be edited")
    return _edited(state, asked, chat, message, said)


def edit_message_reply_markup(state: State, asked: Asked) -> Message:
    chat, message = _own(state, asked)
    return _edited(state, asked, chat, message, {k: message[k] for k in _CONTENT if k in message})


def _own(state: State, asked: Asked) -> tuple[Chat, Message]:
    """Find the bot's message a call is about."""
    chat = target(state, asked)
    message = chat.messages.get(asked.whole("message_id"))
    if message is None:
        raise bad("message to edit not found")
    sender = message.get("from", {}).get("id")
    if sender != state.world.bot.id and not (chat.type == "channel" and sender is None):
        raise bad("message can't be edited")
    return chat, message


def _edited(state: State, asked: Asked, chat: Chat, message: Message, said: Message) -> Message:
    """Change what a message says; a keyboard that is not given again is taken away."""
    keyboard = markup.checked(asked.given.get("reply_markup"), private=chat.private)
    if keyboard and "media_group_id" in message:
        raise bad("message can't be edited")
    state.count(chat.id, 1)
    if _face(message) == _face(said | ({"reply_markup": keyboard} if keyboard else {})):
        raise bad(_NOT_MODIFIED)
    for name in (*_CONTENT, "reply_markup"):
        message.pop(name, None)
    message |= said | {"edit_date": int(state.world.wall())}
    if keyboard:
        message["reply_markup"] = keyboard
    return message


def _face(message: Message) -> dict[str, Any]:
    """Give what people see of a message; a photo is the same when its largest size is."""
    seen = {name: message[name] for name in (*_CONTENT, "reply_markup") if name in message}
    if "photo" in seen:
        seen["photo"] = seen["photo"][-1]["file_unique_id"]
    return seen


def delete_message(state: State, asked: Asked) -> bool:
    chat = state.world.chat(asked.whole("chat_id"))
    _delete(state, chat, asked.whole("message_id"))
    return True


def delete_messages(state: State, asked: Asked) -> bool:
    chat = state.world.chat(asked.whole("chat_id"))
    ids = asked.listed("message_ids", "can't parse message identifiers")
    if not 1 <= len(ids) <= 100:
        raise bad("wrong number of message identifiers")
    for message_id in ids:
        if int(message_id) in chat.messages:
            _delete(state, chat, int(message_id))
    return True


def _delete(state: State, chat: Chat, message_id: int) -> None:
    message = chat.messages.get(message_id)
    if message is None:
        raise bad("message to delete not found")
    place = chat.members.get(state.world.bot.id)
    if message["date"] < state.world.wall() - _TWO_DAYS_S and not (
        place and place.may("can_delete_messages")
    ):
        raise bad("message can't be deleted for everyone")
    own = chat.private or message.get("from", {}).get("id") == state.world.bot.id
    if not own and not (place and place.may("can_delete_messages")):
        raise bad("message can't be deleted")
    del chat.messages[message_id]


def set_message_reaction(state: State, asked: Asked) -> bool:
    chat = target(state, asked)
    message = chat.messages.get(asked.whole("message_id"))
    if message is None:
        raise bad("message to react not found")
    wanted = asked.listed("reaction", "can't parse reaction types")
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for reaction in wanted:
        if (
            reaction.get("type") != "emoji"
            or str(reaction.get("emoji", "")).removesuffix("️") not in _REACTIONS
        ):
            raise bad("REACTION_INVALID")
    state.reactions[chat.id, message["message_id"]] = [str(reaction["emoji"]) for reaction in wanted]
    return True


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
}
