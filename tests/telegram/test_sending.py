"""What the stand-in takes and refuses when the bot sends."""

import pytest
from telegram import InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken
from telegram.ext import ExtBot

from tests.telegram.botapi.server import BotApi
from tests.telegram.botapi.world import Chat, User
from tests.telegram.playing import keyboard, photo


async def test_a_wrong_token_is_refused(api: BotApi) -> None:
    with pytest.raises(InvalidToken, match="rejected by the server"):
        async with ExtBot("7700000001:wrong", base_url=api.base_url):
            pass


async def test_html_becomes_text_and_entities(bot: ExtBot[None], ada: User) -> None:
    sent = await bot.send_message(
        ada.id, "  🧵 <b>Round &amp; 1</b> <a href='https://a.example/?x=1'>look</a>", parse_mode="HTML"
    )
    assert sent.text == "🧵 Round & 1 look"
    assert [(e.type, e.offset, e.length, e.url) for e in sent.entities] == [
        ("bold", 3, 9, None),
        ("text_link", 13, 4, "https://a.example/?x=1"),
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("1 <2", "Unclosed start tag at byte offset 2"),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
    ],
)
async def test_bad_html_is_refused(bot: ExtBot[None], ada: User, source: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(ada.id, source, parse_mode=ParseMode.HTML)
    assert str(refused.value).lower() == f"can't parse entities: {why}".lower()


async def test_long_and_empty_words_are_refused(bot: ExtBot[None], ada: User) -> None:
    await bot.send_message(ada.id, "🧵" * 2048)
    with pytest.raises(BadRequest, match="essage is too long"):
        await bot.send_message(ada.id, "🧵" * 2048 + "x")
    with pytest.raises(BadRequest, match="aption is too long"):
        await bot.send_photo(ada.id, photo(), caption="x" * 1025)
    with pytest.raises(BadRequest, match="essage text is empty"):
        await bot.send_message(ada.id, " <b> </b> ", parse_mode="HTML")


async def test_who_cannot_be_written_to(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat) -> None:
    stranger, met = (api.state.world.add_user(name) for name in ("Stranger", "Met"))
    with pytest.raises(BadRequest, match="hat not found"):
        await bot.send_message(stranger.id, "hello")
    api.crowd.joins(met, fans)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(met.id, "hello")
    api.people.blocks(ada)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ada.id, "hello")
    api.crowd.removes_bot(ada, fans)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(fans.id, "hello")


async def test_a_group_that_became_a_supergroup_names_it(api: BotApi, bot: ExtBot[None], ada: User) -> None:
    old = api.crowd.group("Old", ada, "group")
    api.crowd.adds_bot(ada, old)
    modern = api.crowd.migrates(old, ada)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(old.id, "hello")
    assert moved.value.new_chat_id == modern.id
    assert (await bot.send_message(modern.id, "hello")).chat.type == "supergroup"


async def test_a_keyboard_has_its_limits(bot: ExtBot[None], ada: User) -> None:
    sent = await bot.send_message(ada.id, "pad", reply_markup=keyboard(*[list("abcdefgh")] * 12))
    assert sent.reply_markup is not None
    assert len(sent.reply_markup.inline_keyboard) == 12
    with pytest.raises(BadRequest, match="eply markup is too long"):
        await bot.send_message(ada.id, "pad", reply_markup=keyboard(*[list("abcdefgh")] * 13))
    with pytest.raises(BadRequest, match="eply markup is too long"):
        await bot.send_message(ada.id, "pad", reply_markup=keyboard(list("abcdefghi")))
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(ada.id, "pad", reply_markup=keyboard(["é" * 33]))


async def test_a_photo_is_sent_again_by_its_id(api: BotApi, bot: ExtBot[None], ada: User, fans: Chat) -> None:
    first = await bot.send_photo(ada.id, photo(400, 300), caption="<b>look</b>", parse_mode="HTML")
    assert [(size.width, size.height) for size in first.photo] == [(90, 68), (320, 240), (400, 300)]
    again = await bot.send_photo(fans.id, first.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == first.photo[-1].file_unique_id
    assert api.state.files.uploads == 1
    with pytest.raises(BadRequest, match="rong file identifier"):
        await bot.send_photo(ada.id, "AgACunknown")


async def test_what_is_no_photo_is_refused(bot: ExtBot[None], ada: User) -> None:
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(ada.id, b"no picture")
    with pytest.raises(BadRequest, match=r"(?i)photo_invalid_dimensions"):
        await bot.send_photo(ada.id, photo(2, 50))


async def test_an_album_has_two_to_ten_photos(bot: ExtBot[None], fans: Chat) -> None:
    sent = await bot.send_media_group(fans.id, [InputMediaPhoto(photo(), caption=f"{n}") for n in range(10)])
    assert [message.caption for message in sent] == [str(n) for n in range(10)]
    assert len({message.media_group_id for message in sent}) == 1
    with pytest.raises(BadRequest, match="as an album"):
        await bot.send_media_group(fans.id, [InputMediaPhoto(photo())])
    with pytest.raises(BadRequest, match="oo many messages to send as an album"):
        await bot.send_media_group(fans.id, [InputMediaPhoto(sent[0].photo[0].file_id)] * 11)


async def test_a_topic_must_exist_and_be_open(api: BotApi, bot: ExtBot[None], ada: User) -> None:
    forum = api.crowd.group("Forum", ada, forum=True)
    api.crowd.adds_bot(ada, forum)
    topic = api.crowd.topic(forum, "Looks")
    sent = await bot.send_message(forum.id, "here", message_thread_id=topic)
    assert sent.message_thread_id == topic
    with pytest.raises(BadRequest, match="essage thread not found"):
        await bot.send_message(forum.id, "where?", message_thread_id=topic + 100)
    forum.topics[topic] = "closed"
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(forum.id, "late", message_thread_id=topic)


async def test_a_document_can_be_downloaded(bot: ExtBot[None], ada: User) -> None:
    sent = await bot.send_document(ada.id, b"a,b\n1,2\n", filename="results.csv", caption="all of it")
    assert sent.document is not None
    assert sent.document.file_name == "results.csv"
    file = await bot.get_file(sent.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"


async def test_a_reply_needs_what_it_replies_to(bot: ExtBot[None], fans: Chat) -> None:
    first = await bot.send_message(fans.id, "first")
    second = await bot.send_message(fans.id, "second", reply_to_message_id=first.message_id)
    assert second.reply_to_message is not None
    with pytest.raises(BadRequest, match="essage to be replied not found"):
        await bot.send_message(fans.id, "third", reply_to_message_id=9_999)
