"""Methods about chats: who is in them, what is pinned, leaving."""

from typing import Any

from tests.telegram.botapi.asked import Asked
from tests.telegram.botapi.failures import bad, forbidden
from tests.telegram.botapi.sending import target
from tests.telegram.botapi.state import Method, State
from tests.telegram.botapi.world import Chat, User

_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


def get_chat(state: State, asked: Asked) -> dict[str, Any]:
    chat = _known(state, asked)
    said = chat.shown() | {"accent_color_id": 0, "max_reaction_count": 11}
    said["accepted_gift_types"] = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        True,
    )
    if not chat.private:
        said["permissions"] = dict.fromkeys(_PERMISSIONS, not chat.muted)
    if chat.pinned and chat.pinned[-1] in chat.messages:
        said["pinned_message"] = chat.messages[chat.pinned[-1]]
    return said


def get_chat_member(state: State, asked: Asked) -> dict[str, Any]:
    chat, user = _known(state, asked), _user(state, asked.whole("user_id"))
    member = chat.members.get(user.id)
    if member is not None:
        return member.shown()
    if chat.private and user.id in (chat.id, state.world.bot.id):
        return {"user": user.shown(), "status": "member"}
    return {"user": user.shown(), "status": "left"}


def _user(state: State, user_id: int) -> User:
    if user_id == state.world.bot.id:
        return state.world.bot
    user = state.world.users.get(user_id)
    if user is None:
        raise bad("invalid user_id specified" if user_id <= 0 else "PARTICIPANT_ID_INVALID")
    return user


def get_chat_administrators(state: State, asked: Asked) -> list[dict[str, Any]]:
    chat = _known(state, asked)
    if chat.private:
        raise bad("there are no administrators in the private chat")
    at_the_top = [m for m in chat.members.values() if m.status in ("creator", "administrator")]
    return [m.shown() for m in at_the_top if not m.user.is_bot or m.user is state.world.bot]


def get_chat_member_count(state: State, asked: Asked) -> int:
    chat = _known(state, asked)
    return 2 if chat.private else sum(m.status not in ("left", "kicked") for m in chat.members.values())


def _known(state: State, asked: Asked) -> Chat:
    """Find a chat the bot may ask about: its own and those it is in."""
    chat = state.world.chat(asked.whole("chat_id"))
    state.world.check_is_there(chat)
    if not chat.private:
        status = chat.status_of(state.world.bot)
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def pin_chat_message(state: State, asked: Asked) -> bool:
    chat = _pins(state, asked)
    message_id = asked.whole("message_id")
    if message_id not in chat.messages:
        raise bad("message to pin not found")
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    chat.pinned.append(message_id)
    return True


def unpin_chat_message(state: State, asked: Asked) -> bool:
    chat = _pins(state, asked)
    message_id = asked.whole("message_id", chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(message_id)
    return True


def _pins(state: State, asked: Asked) -> Chat:
    chat = target(state, asked)
    place = chat.members.get(state.world.bot.id)
    if not chat.private and not (place and place.may("can_pin_messages")):
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat


def leave_chat(state: State, asked: Asked) -> bool:
    chat = _known(state, asked)
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    chat.members.pop(state.world.bot.id)
    return True


METHODS: dict[str, Method] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "leaveChat": leave_chat,
}
