"""What the stand-in takes and refuses when the bot changes what it sent, or answers a button."""

from typing import Any

import pytest
from telegram import InputMediaPhoto
from telegram.error import BadRequest
from telegram.ext import ExtBot

from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, User
from tests.telegram.playing import keyboard, photo


async def test_an_edit_must_change_something(bot: ExtBot[None], ada: User) -> None:
    sent = await bot.send_message(ada.id, "one", reply_markup=keyboard(["a"]))
    same: dict[str, Any] = {"chat_id": ada.id, "message_id": sent.message_id}
    with pytest.raises(BadRequest, match="essage is not modified"):
        await bot.edit_message_text("one", **same, reply_markup=keyboard(["a"]))
    await bot.edit_message_reply_markup(**same, reply_markup=keyboard(["b"]))
    edited = await bot.edit_message_text("two", **same)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("two", None)


async def test_only_what_stands_there_and_is_the_bots_own_is_edited(
    api: BotApi, bot: ExtBot[None], ada: User
) -> None:
    theirs = api.people.says(ada, api.people.private(ada), "mine")
    with pytest.raises(BadRequest, match="essage can't be edited"):
        await bot.edit_message_text("yours", chat_id=ada.id, message_id=theirs["message_id"])
    with pytest.raises(BadRequest, match="essage to edit not found"):
        await bot.edit_message_text("x", chat_id=ada.id, message_id=777)
    sent = await bot.send_photo(ada.id, photo())
    with pytest.raises(BadRequest, match="here is no text in the message to edit"):
        await bot.edit_message_text("x", chat_id=ada.id, message_id=sent.message_id)


async def test_a_page_is_turned_by_file_id(bot: ExtBot[None], ada: User) -> None:
    first = await bot.send_photo(ada.id, photo(60), caption="1 / 2", reply_markup=keyboard(["▶"]))
    other = await bot.send_photo(ada.id, photo(80))
    media = InputMediaPhoto(other.photo[-1].file_id, caption="2 / 2")
    same: dict[str, Any] = {
        "chat_id": ada.id,
        "message_id": first.message_id,
        "reply_markup": keyboard(["◀"]),
    }
    turned = await bot.edit_message_media(media, **same)
    assert not isinstance(turned, bool)
    assert (turned.caption, turned.photo[-1].width) == ("2 / 2", 80)
    with pytest.raises(BadRequest, match="essage is not modified"):
        await bot.edit_message_media(media, **same)


async def test_what_is_deleted_is_gone(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat) -> None:
    sent = await bot.send_message(fans.id, "soon gone")
    await bot.delete_message(fans.id, sent.message_id)
    with pytest.raises(BadRequest, match="essage to delete not found"):
        await bot.delete_message(fans.id, sent.message_id)
    theirs = api.people.says(ada, fans, "/mine")
    with pytest.raises(BadRequest, match="essage can't be deleted"):
        await bot.delete_message(fans.id, theirs["message_id"])
    api.crowd.promotes(ada, api.state.world.bot, fans)
    await bot.delete_message(fans.id, theirs["message_id"])
    assert theirs["message_id"] not in fans.messages


async def test_a_button_is_answered_once_and_in_time(
    api: BotApi, bot: ExtBot[None], ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await bot.send_message(ada.id, "tap", reply_markup=keyboard(["a"]))
    shown = api.people.private(ada).messages[sent.message_id]
    tap = api.people.taps(ada, shown, "a")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(tap.id, "x" * 201)
    await bot.answer_callback_query(tap.id, "❤️ 063 added")
    assert (await tap.answered())["text"] == "❤️ 063 added"
    late = api.people.taps(ada, shown, "a")
    monkeypatch.setattr(late, "asked_at", late.asked_at - 16)
    for each in (tap, late):
        with pytest.raises(BadRequest, match="uery is too old"):
            await bot.answer_callback_query(each.id)


async def test_a_pin_needs_the_right_to(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat) -> None:
    sent = await bot.send_message(fans.id, "control")
    with pytest.raises(BadRequest, match="ot enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(fans.id, sent.message_id)
    api.crowd.promotes(ada, api.state.world.bot, fans)
    await bot.pin_chat_message(fans.id, sent.message_id)
    shown = await bot.get_chat(fans.id)
    assert shown.pinned_message is not None
    assert shown.pinned_message.text == "control"


async def test_a_reaction_is_one_of_telegrams(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat) -> None:
    said = api.people.says(ada, fans, "/hello")
    await bot.set_message_reaction(fans.id, said["message_id"], "👀")
    assert api.state.reactions[fans.id, said["message_id"]] == ["👀"]
    with pytest.raises(BadRequest, match=r"(?i)reaction_invalid"):
        await bot.set_message_reaction(fans.id, said["message_id"], "✅")
