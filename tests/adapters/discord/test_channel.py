"""What a channel is told: one post a round, kept true, with its pictures and its thread."""

import pytest

from bot.adapters.discord.adapter import Account, DiscordAdapter
from bot.adapters.discord.client import CatwalkClient
from bot.errors import Gone, Refused, RetryLater
from bot.i18n import Reader
from bot.port import Back, Button, Card, Chart, News, Picture, Post
from bot.service.memos import StoredMemos
from bot.text import t, verbatim
from tests.adapters.discord.stage import Stage, labels, parts, pictures, words
from tests.made_shop import HOUR

LOOKS = "10\N{NO-BREAK SPACE}looks"


def asked(stage: Stage, method: str, path: str) -> list[dict[str, object]]:
    """List what Discord was asked, by the ends of its paths."""
    return [r.json or {} for r in stage.env.http_requests if r.method == method and r.path.endswith(path)]


def card(title: str = "Hello", photo: str = "a" * 64) -> Card:
    return Card("result", verbatim(title), (), (Picture(1, 1, photo, t("Done")),))


async def test_a_round_is_one_post_with_its_sheets_its_buttons_and_a_thread(stage: Stage) -> None:
    assert f"### Round 1 of 1: {LOOKS}, 3 go on" in words(stage.card)
    assert labels(stage.card) == [["Vote", "Find #", "My ballot", "Comment", "Rules"]]
    assert len(pictures(stage.card)) == 1
    assert [len(sheet) for sheet in stage.drawings.sheets] == [10]
    assert [thread.name for thread in stage.votes.threads] == [f"Round 1 of 1: {LOOKS}, 3 go on"]
    (sent,) = asked(stage, "POST", "/messages")
    assert sent["nonce"] == "2"
    assert sent["enforce_nonce"] is True


async def test_two_hundred_designs_are_ten_sheets_with_words_for_who_cannot_see_them(stage: Stage) -> None:
    designs = tuple(Picture(n, 1, f"{n:064x}", t("Number {n}", n=n)) for n in range(1, 201))
    all_of_them = Card("round", verbatim("Round 1"), (), designs, (Button(t("Vote"), "vote"),))
    await stage.adapter.post(Post(str(stage.votes.id), "99", all_of_them, Reader()))
    assert [len(sheet) for sheet in stage.drawings.sheets[-10:]] == [20] * 10
    (gallery,) = [part for part in parts(stage.card) if part["type"] == 12]
    assert all(item["description"].startswith("Number ") for item in gallery["items"])
    assert len(list(parts(stage.card))) == 8


async def test_the_post_is_kept_true_once_a_minute_with_the_pictures_it_has(stage: Stage) -> None:
    before = pictures(stage.card)
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    await ada.click(sheet, label=labels(sheet)[0][0])
    await stage.relay()
    assert "0 fans" in words(stage.card)
    stage.made.clock.advance(seconds=61)
    await stage.relay()
    assert "1 fan, 1 opinion" in words(stage.card)
    assert pictures(stage.card) == before
    assert len(stage.drawings.sheets) == 2  # the channel's and Ada's: nothing was drawn for the edit
    (edit,) = asked(stage, "PATCH", f"/messages/{stage.card.id}")
    assert edit["attachments"] == [{"id": int(before[0].split("/")[-2])}]


async def test_an_edit_whose_pictures_are_refused_names_them_by_where_they_lie(stage: Stage) -> None:
    group = str(stage.votes.id)
    sent = await stage.adapter.post(Post(group, "7", card(), Reader()))
    before = pictures(stage.card)
    stage.env.inject_error("PATCH", f"/channels/{group}/messages/{sent}", status=400, times=1)
    await stage.adapter.edit(Post(group, "7", card("Later", "b" * 64), Reader()), sent)
    assert words(stage.card) == "### Later"
    assert pictures(stage.card) == []  # a new picture cannot come in; the old one is not wanted any more
    stage.env.inject_error("PATCH", f"/channels/{group}/messages/{sent}", status=400, times=1)
    again = await stage.adapter.post(Post(group, "8", card(), Reader()))
    stage.env.inject_error("PATCH", f"/channels/{group}/messages/{again}", status=400, times=1)
    await stage.adapter.edit(Post(group, "8", card("Later"), Reader()), again)
    assert [url.split("/")[-1] for url in pictures(stage.card)] == [before[0].split("/")[-1]]


async def test_after_a_restart_the_same_post_is_not_sent_again(stage: Stage) -> None:
    post = Post(str(stage.votes.id), "7", card(), Reader())
    sent = await stage.adapter.post(post)
    fresh = DiscordAdapter(Account("t"), stage.drawings, StoredMemos(stage.made.store, "discord"), b"")
    await stage.env.restart_bot(fresh.open(stage.made.catwalk))
    assert await fresh.post(post) == sent
    assert len([m for m in stage.votes.history() if words(m) == "### Hello"]) == 1


BECOMES: tuple[tuple[int, int, type[Exception]], ...] = (
    (403, 50001, RetryLater), (404, 10003, Gone), (403, 50013, RetryLater), (429, 30046, RetryLater),
    (400, 50035, Refused), (500, 0, RetryLater),
)  # fmt: skip


async def test_what_became_of_a_post_is_said_in_our_words(stage: Stage) -> None:
    for status, code, becomes in BECOMES:
        stage.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
        with pytest.raises(becomes):
            await stage.adapter.post(Post(str(stage.votes.id), "7", card(), Reader()))


@pytest.mark.parametrize("code", [50001, 50013])
async def test_a_post_waits_for_what_a_moderator_must_grant(stage: Stage, code: int) -> None:
    """The channel is not shown to us any more, or we may not write there."""
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    await ada.click(sheet, label=labels(sheet)[0][0])
    stage.env.inject_error("POST", "/channels/*/messages", status=403, code=code, times=1)
    stage.made.clock.set(stage.made.clock() + 50 * HOUR)
    await stage.closed()
    await stage.relay()
    assert "Round 1 closed" not in words(stage.card)
    stage.made.clock.advance(minutes=11)
    await stage.relay()
    assert "Round 1 closed" in words(stage.card)


async def test_a_post_in_a_channel_we_saw_no_more_for_a_while_is_kept_true_again(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    await ada.click(sheet, label=labels(sheet)[0][0])
    stage.env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50001, times=1)
    for minutes in (2, 2, 9):
        stage.made.clock.advance(minutes=minutes)
        assert "0 fans" in words(stage.card)
        await stage.relay()
    assert "1 fan, 1 opinion" in words(stage.card)
    assert len(asked(stage, "PATCH", f"/messages/{stage.card.id}")) == 2, "it is not tried again and again"


async def test_a_thread_that_may_not_be_opened_keeps_nothing_up(stage: Stage) -> None:
    stage.env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    talked = Card("round", verbatim("Round 2"), buttons=(Button(t("Vote"), "vote"),))
    assert await stage.adapter.post(Post(str(stage.votes.id), "9", talked, Reader()))
    assert len(stage.votes.threads) == 1


async def test_a_result_is_its_picture_and_its_lines(stage: Stage) -> None:
    result = Card("result", verbatim("Round 1 closed"), (verbatim("96 in"),), (
        Picture(1, 1, "a" * 64, t("Done"), "safe"),
    ), (), None, (), Chart("cut:1", verbatim("96 in, 41 on the edge")))  # fmt: skip
    await stage.adapter.post(Post(str(stage.votes.id), "9", result, Reader()))
    assert pictures(stage.card)[0].endswith(".png")
    (gallery,) = [part for part in parts(stage.card) if part["type"] == 12]
    assert gallery["items"][0]["description"] == "96 in, 41 on the edge"


async def test_a_server_that_takes_us_back_is_told_what_is_true(stage: Stage) -> None:
    assert isinstance(stage.env.bot, CatwalkClient)
    heard: list[News] = []

    async def hear(news: News) -> None:
        heard.append(news)

    stage.made.catwalk.hear = hear  # type: ignore[method-assign]
    again = stage.env.create_guild("Again")
    channel = again.create_text_channel("votes")
    guild = stage.env.bot.get_guild(again.id)
    assert guild is not None
    await stage.env.bot.on_guild_join(guild)
    assert heard == [Back("discord", str(channel.id))]


async def test_a_person_is_told_in_private(stage: Stage) -> None:
    ada = stage.env.create_user("ada")
    await stage.told(ada, "Done")
    assert words(ada.dm_channel.history()[-1]) == "Done"
    stage.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    with pytest.raises(Gone):
        await stage.told(ada, "Done")
