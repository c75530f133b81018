"""What the bot hears when people do things in the stand-in."""

from typing import Any

import pytest
from telegram import LabeledPrice
from telegram.error import BadRequest
from telegram.ext import ExtBot

from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, User
from tests.telegram.playing import keyboard, photo


@pytest.fixture
def heard(api: BotApi, fans: Chat) -> Any:
    """A function: the updates since the group was made, or since it was last called."""
    api.state.updates.drop()

    async def hear(bot: ExtBot[None]) -> list[dict[str, Any]]:
        updates = [update.to_dict() for update in await bot.get_updates()]
        api.state.updates.drop()
        return updates

    return hear


async def test_privacy_mode_hides_what_is_not_for_the_bot(
    api: BotApi, bot: ExtBot[None], ada: User, fans: Chat, heard: Any
) -> None:
    sent = await bot.send_message(fans.id, "look 67")
    shown = fans.messages[sent.message_id]
    api.people.says(ada, fans, "#067 longer sleeves")
    api.people.says(ada, fans, "longer sleeves", reply_to=shown)
    api.people.says(ada, fans, "/help")
    api.people.says(ada, fans, "/help@another_bot")
    assert [u["message"]["text"] for u in await heard(bot)] == ["longer sleeves", "/help"]
    api.crowd.promotes(ada, api.state.world.bot, fans)
    api.people.says(ada, fans, "#067 longer sleeves")
    assert [sorted(u) for u in await heard(bot)] == [
        ["my_chat_member", "update_id"],
        ["message", "update_id"],
    ]


async def test_a_comment_is_edited(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat, heard: Any) -> None:
    api.state.world.reads_everything = True
    said = api.people.says(ada, fans, "#067 long sleeves")
    api.people.edits(ada, said, "#067 longer sleeves")
    first, second = await heard(bot)
    assert first["message"]["text"] == "#067 long sleeves"
    assert second["edited_message"]["text"] == "#067 longer sleeves"


async def test_anonymous_administrators_and_channels_have_no_name(
    api: BotApi, bot: ExtBot[None], ada: User, fans: Chat, heard: Any
) -> None:
    channel = api.crowd.group("News", ada, "channel")
    api.crowd.adds_bot(ada, channel)
    api.state.updates.drop()
    api.people.says(ada, fans, "/round status", anonymous=True)
    api.people.says(ada, fans, "/help", channel=channel)
    api.people.posts(channel, "new looks")
    anonymous, named, post = await heard(bot)
    assert anonymous["message"]["from"]["username"] == "GroupAnonymousBot"
    assert anonymous["message"]["sender_chat"]["id"] == fans.id
    assert named["message"]["sender_chat"]["id"] == channel.id
    assert post["channel_post"]["text"] == "new looks"
    assert "from" not in post["channel_post"]


async def test_an_album_is_an_update_a_photo(api: BotApi, bot: ExtBot[None], ada: User, heard: Any) -> None:
    api.people.sends_album(ada, api.people.private(ada), [photo(), photo(), photo()], "#067 v2 sleeves")
    messages = [u["message"] for u in await heard(bot)]
    assert [m.get("caption") for m in messages] == ["#067 v2 sleeves", None, None]
    assert len({m["media_group_id"] for m in messages}) == 1


async def test_a_forwarded_message_and_a_forged_button(
    api: BotApi, bot: ExtBot[None], ada: User, fans: Chat, heard: Any
) -> None:
    sent = await bot.send_message(ada.id, "my ballot", reply_markup=keyboard(["a"]))
    private = api.people.private(ada).messages[sent.message_id]
    forwarded = api.people.forwards(ada, private, fans)
    assert "reply_markup" not in forwarded
    with pytest.raises(LookupError):
        api.people.taps(ada, forwarded, "a")
    api.people.forges(ada, private, "p:1:2:1\0")
    assert [u["callback_query"]["data"] for u in await heard(bot)] == ["p:1:2:1\0"]


async def test_coming_and_going_is_told(
    api: BotApi, bot: ExtBot[None], ada: User, fans: Chat, heard: Any
) -> None:
    bo = api.state.world.add_user("Bo")
    api.crowd.joins(bo, fans)
    api.crowd.leaves(bo, fans)
    api.people.blocks(ada)
    api.crowd.removes_bot(ada, fans)
    joined, left, blocked, removed = await heard(bot)
    assert joined["message"]["new_chat_members"][0]["first_name"] == "Bo"
    assert left["message"]["left_chat_member"]["first_name"] == "Bo"
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert removed["my_chat_member"]["chat"]["id"] == fans.id
    assert (await bot.get_chat_member(ada.id, ada.id)).status == "member"


async def test_members_and_administrators_are_shown(
    api: BotApi, bot: ExtBot[None], ada: User, fans: Chat
) -> None:
    bo = api.state.world.add_user("Bo")
    assert (await bot.get_chat_member(fans.id, bo.id)).status == "left"
    api.crowd.bans(ada, bo, fans)
    assert (await bot.get_chat_member(fans.id, bo.id)).status == "kicked"
    api.crowd.promotes(ada, api.state.world.bot, fans)
    top = await bot.get_chat_administrators(fans.id)
    assert [(member.user.first_name, member.status) for member in top] == [
        ("Ada", "creator"),
        ("Catwalk", "administrator"),
    ]
    with pytest.raises(BadRequest, match="here are no administrators in the private chat"):
        await bot.get_chat_administrators(ada.id)
    assert await bot.leave_chat(fans.id)
    assert fans.status_of(api.state.world.bot) == "left"


async def test_a_menu_is_kept_per_scope_and_language(bot: ExtBot[None]) -> None:
    await bot.set_my_commands([("help", "What you can do")])
    await bot.set_my_commands([("help", "Ce que vous pouvez faire")], language_code="fr")
    assert [c.description for c in await bot.get_my_commands(language_code="fr")] == [
        "Ce que vous pouvez faire"
    ]
    assert await bot.get_my_commands(language_code="zh") == ()
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([("Help!", "no")])


async def test_a_payment_waits_for_the_bots_word(api: BotApi, bot: ExtBot[None], ada: User) -> None:
    sent = await bot.send_invoice(
        ada.id, "Dress", "One dress", "order:7", "XTR", [LabeledPrice("Dress", 100)]
    )
    checkout = api.people.pays(ada, api.people.private(ada).messages[sent.message_id])
    await bot.answer_pre_checkout_query(checkout.id, ok=True)
    assert (await checkout.answered())["ok"] == "true"
    with pytest.raises(BadRequest, match="uery is too old"):
        await bot.answer_pre_checkout_query(checkout.id, ok=True)
