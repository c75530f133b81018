"""Methods that send: texts, photos, albums, documents, invoices."""

from typing import Any

from tests.telegram.botapi import html, markup
from tests.telegram.botapi.asked import Asked
from tests.telegram.botapi.failures import Fail, bad
from tests.telegram.botapi.files import document, photo_sizes
from tests.telegram.botapi.state import Method, State
from tests.telegram.botapi.world import Chat, Message

TEXT_UNITS, CAPTION_UNITS = 4096, 1024


def send_message(state: State, asked: Asked) -> Message:
    chat = target(state, asked)
    said = text_of(asked, "text", "entities")
    if not said:
        raise bad("message text is empty")
    keyboard = markup.checked(asked.given.get("reply_markup"), private=chat.private)
    return _send(state, asked, chat, [said], keyboard)[0]


def send_photo(state: State, asked: Asked) -> Message:
    chat = target(state, asked)
    said = photo_of(state, asked, asked.given.get("photo", "photo")) | caption_of(asked.given)
    keyboard = markup.checked(asked.given.get("reply_markup"), private=chat.private)
    return _send(state, asked, chat, [said], keyboard)[0]


def send_document(state: State, asked: Asked) -> Message:
    chat = target(state, asked)
    said = document_of(state, asked, asked.given.get("document", "document")) | caption_of(asked.given)
    keyboard = markup.checked(asked.given.get("reply_markup"), private=chat.private)
    return _send(state, asked, chat, [said], keyboard)[0]


def send_media_group(state: State, asked: Asked) -> list[Message]:
    chat = target(state, asked)
    media = asked.listed("media", "can't parse media")
    if not media:
        raise bad("there are no messages to send")
    if not 2 <= len(media) <= 10:
        raise bad("wrong number of messages to send as an album" if len(media) < 2 else _TOO_MANY)
    if len({item.get("type") == "document" for item in media if isinstance(item, dict)}) > 1:
        raise bad("document can't be mixed with other media types")
    album = {"media_group_id": state.world.album()}
    items = [media_of(state, asked, item) | album for item in media]
    return _send(state, asked, chat, items, None)


_TOO_MANY = "too many messages to send as an album"


def send_invoice(state: State, asked: Asked) -> Message:
    chat = target(state, asked)
    for name in ("title", "description", "payload", "currency"):
        if name not in asked:
            raise bad(f"{name} is empty")
    prices = asked.listed("prices", "can't parse prices")
    if not prices:
        raise bad("there must be at least one price")
    total = sum(int(price["amount"]) for price in prices)
    invoice = {name: asked.text(name) for name in ("title", "description", "currency")}
    said = {"invoice": invoice | {"start_parameter": "", "total_amount": total}}
    keyboard = markup.checked(asked.given.get("reply_markup"), private=chat.private)
    sent = _send(state, asked, chat, [said], keyboard)[0]
    state.payloads[chat.id, sent["message_id"]] = asked.text("payload")
    return sent


def send_chat_action(state: State, asked: Asked) -> bool:
    target(state, asked)
    if "action" not in asked:
        raise bad("wrong parameter action in request")
    return True


def target(state: State, asked: Asked) -> Chat:
    """Find the chat a call is for, which the bot must be able to write to."""
    chat = state.world.chat(asked.whole("chat_id"))
    thread = asked.whole("message_thread_id", 0) or None
    state.world.check_may_send(chat, thread)
    return chat


def _send(
    state: State, asked: Asked, chat: Chat, items: list[Message], keyboard: dict[str, Any] | None
) -> list[Message]:
    """Put messages into a chat, once they are counted."""
    reply = _reply(state, asked, chat)
    state.count(chat.id, len(items))
    head = dict(reply)
    if thread := asked.whole("message_thread_id", 0):
        head |= {"message_thread_id": thread, "is_topic_message": True}
    if keyboard:
        head["reply_markup"] = keyboard
    sender = None if chat.type == "channel" else state.world.bot
    return [state.world.put(chat, head | item, sender) for item in items]


def _reply(state: State, asked: Asked, chat: Chat) -> Message:
    wanted = asked.parsed("reply_parameters") or {}
    message_id = wanted.get("message_id") or asked.whole("reply_to_message_id", 0)
    if not message_id:
        return {}
    replied = chat.messages.get(int(message_id))
    if replied is None:
        if wanted.get("allow_sending_without_reply") or asked.flag("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return {"reply_to_message": {k: v for k, v in replied.items() if k != "reply_to_message"}}


# ------------------------------------------------------------------ content


def text_of(asked: Asked, name: str, entities: str) -> Message:
    """Read a text and its entities; {} when nothing is left of it."""
    text, marks = _parsed(asked.given, name, entities)
    if html.utf16(text) > TEXT_UNITS:
        raise bad("message is too long")
    return {"text": text} | ({"entities": marks} if marks else {}) if text else {}


def caption_of(given: dict[str, Any]) -> Message:
    text, marks = _parsed(given, "caption", "caption_entities")
    if html.utf16(text) > CAPTION_UNITS:
        raise bad("message caption is too long")
    return {"caption": text} | ({"caption_entities": marks} if marks else {}) if text else {}


def _parsed(given: dict[str, Any], name: str, entities: str) -> tuple[str, list[dict[str, Any]]]:
    source, mode = str(given.get(name) or ""), str(given.get("parse_mode") or "").lower()
    if mode == "html":
        return html.parse(source)
    if mode in ("markdown", "markdownv2"):
        raise Fail(501, "This stand-in reads HTML only")
    if mode:
        raise bad("unsupported parse_mode")
    marks = given.get(entities) or []
    return html.trimmed(source, marks if isinstance(marks, list) else [])


def photo_of(state: State, asked: Asked, value: Any) -> Message:
    upload = asked.upload(value) or asked.files.get("photo")
    if upload is not None:
        return {"photo": photo_sizes(state.files.put_photo(upload.content))}
    if not value or value == "photo":
        raise bad("there is no photo in the request")
    return {"photo": photo_sizes(state.files.sizes_of(str(value)))}


def document_of(state: State, asked: Asked, value: Any) -> Message:
    upload = asked.upload(value) or asked.files.get("document")
    if upload is not None:
        return {"document": document(state.files.put_document(upload.content, upload.name))}
    if not value or value == "document":
        raise bad("there is no document in the request")
    return {"document": document(state.files.by_id(str(value), "document"))}


def media_of(state: State, asked: Asked, item: Any) -> Message:
    """Read one InputMedia, a photo's or a document's."""
    if not isinstance(item, dict) or "type" not in item:
        raise bad("can't parse InputMedia: expected an Object")
    if not item.get("media"):
        raise bad("media not found")
    if str(item["media"]).startswith("attach://") and asked.upload(item["media"]) is None:
        raise bad("media not found")
    if item["type"] == "photo":
        return photo_of(state, asked, item["media"]) | caption_of(item)
    if item["type"] == "document":
        return document_of(state, asked, item["media"]) | caption_of(item)
    raise bad(f'type "{item["type"]}" is not supported here')


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendMediaGroup": send_media_group,
    "sendInvoice": send_invoice,
    "sendChatAction": send_chat_action,
}
