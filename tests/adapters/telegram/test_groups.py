"""A group on the stand-in server: its posts, its comments, its commands, who comes and goes."""

from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from bot import cards
from bot.adapters.telegram.budget import GROUP_MOST, PERSON_MOST
from bot.i18n import Reader
from bot.port import Actor, Look, Post, Role, ShowDesign, ShowFeed
from bot.service import bulletin, people, rounds
from bot.service.rounds import By
from bot.storage import campaigns
from tests.adapters.telegram.stage import Stage, labels, words
from tests.telegram.botapi.world import Chat, Member, User


async def said(stage: Stage, about: int) -> list[str]:
    """Read what the group said about a design."""
    olga = stage.user("Reader")
    await stage.opened(olga)
    view = (
        await stage.made.catwalk.look(Look(Actor("telegram", str(olga.id), "R"), ShowDesign(about)))
    ).screen
    return [f"{r.author}: {r.body}" for r in view.remarks]  # type: ignore[union-attr]


async def moderator(stage: Stage) -> User:
    return await stage.claimed(stage.user("Mo"), Role.MODERATOR)


def reaction(stage: Stage, message: dict[str, int]) -> list[str]:
    return stage.api.state.reactions.get((stage.fans.id, message["message_id"]), [])


# ------------------------------------------------------------------ posts


async def test_a_round_is_an_album_and_a_pinned_card(stage: Stage) -> None:
    stage.api.crowd.promotes(stage.user("Olga"), stage.api.state.world.bot, stage.fans)
    await stage.relay()
    _, first, second, card = stage.ours(stage.fans)
    assert first["media_group_id"] == second["media_group_id"]
    assert words(first).startswith("001–005\nNumber 1: Dress 1. red\n")
    assert words(card).startswith("Round 1 of 1: 10\N{NO-BREAK SPACE}looks")
    assert labels(card) == [["💬 Vote", "📋 My ballot"], ["❓"]]
    assert stage.fans.pinned == [card["message_id"]]


async def test_the_card_is_edited_when_it_changed_and_at_most_once_a_minute(stage: Stage) -> None:
    await stage.relay()
    card = stage.ours(stage.fans)[-1]
    ada = stage.user("Ada")
    await stage.opened(ada)
    await stage.say(ada, "1 2")
    await stage.relay()
    assert "0 fans" in words(card)
    stage.made.clock.advance(seconds=61)
    await stage.relay()
    assert "1 fan, 2 opinions" in words(card)
    stage.made.clock.advance(seconds=61)
    await stage.relay()
    assert len(stage.api.called("editMessageText")) == 1


async def test_a_round_takes_four_posts_and_ends_with_its_picture(stage: Stage) -> None:
    ada = stage.user("Ada")
    await stage.opened(ada)
    await stage.say(ada, "1 2 3")
    await stage.relay()
    closed = await rounds.close(stage.made.store, stage.made.round_id, By())
    await rounds.count(stage.made.store, closed)
    await stage.relay()
    result = stage.ours(stage.fans)[-1]
    assert "photo" in result
    assert words(result).startswith("Round 1 closed")
    assert len({m.get("media_group_id", m["message_id"]) for m in stage.ours(stage.fans)[1:]}) == 3


async def test_what_was_sent_before_a_crash_is_not_sent_again(stage: Stage) -> None:
    """The relay died between the sending and its note of it: the adapter knows."""
    async with stage.made.store.read() as tx:
        card = await bulletin.compose(tx, cards.ROUND, stage.made.round_id)
    assert card is not None
    post = Post(str(stage.fans.id), "77", card, Reader())
    sent = await stage.adapter.post(post)
    before = len(stage.ours(stage.fans))
    assert await stage.adapter.post(post) == sent
    assert len(stage.ours(stage.fans)) == before


# ------------------------------------------------------------------ taps in the group


async def test_my_ballot_is_a_toast_and_sends_nothing(stage: Stage) -> None:
    await stage.relay()
    card = stage.ours(stage.fans)[-1]
    ada = stage.user("Ada")
    await stage.opened(ada)
    await stage.say(ada, "1 2")
    before = len(stage.ours(stage.fans))
    assert await stage.tap(ada, card, "📋 My ballot") == "2 of 10 seen · 2 picks"
    assert len(stage.ours(stage.fans)) == before


async def test_who_never_pressed_start_is_led_there(stage: Stage) -> None:
    await stage.relay()
    card = stage.ours(stage.fans)[-1]
    new = stage.user("New", started=False)
    query = stage.api.people.taps(new, card, "📋 My ballot")
    url = (await query.answered())["url"]
    payload = url.removeprefix("https://t.me/catwalk_test_bot?start=")
    assert len(payload) <= 64
    stage.api.people.start(new, payload)
    await stage.until(lambda: stage.messages(new))
    assert "Page 1 of 3" in words(stage.messages(new)[0])


# ------------------------------------------------------------------ words in the group


async def test_a_comment_by_number_is_kept_and_acknowledged_with_a_reaction(stage: Stage) -> None:
    stage.api.state.world.reads_everything = True
    ada = stage.user("Ada")
    before = len(stage.ours(stage.fans))
    message = stage.api.people.says(ada, stage.fans, "#007 longer sleeves please")
    await stage.until(lambda: reaction(stage, message))
    assert reaction(stage, message) == ["✍"]
    assert await said(stage, 7) == ["Ada: longer sleeves please"]
    stage.api.people.edits(ada, message, "#007 shorter sleeves please")
    await stage.until(lambda: len(stage.api.called("setMessageReaction")) == 2)
    assert await said(stage, 7) == ["Ada: shorter sleeves please"]
    assert len(stage.ours(stage.fans)) == before


async def test_what_names_no_design_stays_between_people(stage: Stage) -> None:
    stage.api.state.world.reads_everything = True
    ada = stage.user("Ada")
    stage.api.people.says(ada, stage.fans, "good morning everybody")
    message = stage.api.people.says(ada, stage.fans, "#008 in blue")
    await stage.until(lambda: reaction(stage, message))
    feed = (await stage.made.catwalk.look(Look(Actor("telegram", str(ada.id), "A"), ShowFeed()))).screen
    assert [r.body for r in feed.items] == ["in blue"]  # type: ignore[union-attr]


async def test_what_is_passed_on_is_neither_comment_nor_command(stage: Stage) -> None:
    mo = await moderator(stage)
    await stage.opened(mo)
    large = await stage.say(mo, "#003")
    passed = stage.api.people.forwards(mo, large, stage.fans)
    eve = stage.user("Eve")
    close = stage.api.people.says(eve, stage.api.people.private(eve), "/round pause")
    stage.api.people.forwards(mo, close, stage.fans)
    await stage.handled()
    assert reaction(stage, passed) == []
    assert await said(stage, 3) == []
    assert "paused" not in words(await stage.say(mo, "/round status"))


async def test_a_command_for_another_bot_is_not_answered(stage: Stage) -> None:
    ada, eve = stage.user("Ada"), stage.user("Eve", started=False)
    await stage.opened(ada)
    before, there = len(stage.messages(ada)), len(stage.ours(stage.fans))
    for text in ("/weather", "/", "/weather@another_bot"):
        for who in (ada, eve):
            stage.api.people.says(who, stage.fans, text)
    await stage.handled()
    assert len(stage.messages(ada)) == before
    assert len(stage.ours(stage.fans)) == there
    told = await stage.say_here(ada, stage.fans, f"/weather@{stage.api.state.world.bot.username}")
    assert words(told) == "There is no /weather here. Say /help for what there is."


async def test_an_unknown_number_gets_a_shrug_and_a_private_word(stage: Stage) -> None:
    stage.api.state.world.reads_everything = True
    ada = stage.user("Ada")
    message = stage.api.people.says(ada, stage.fans, "#099 in blue")
    await stage.until(lambda: stage.messages(ada))
    assert reaction(stage, message) == ["🤷"]
    assert words(stage.messages(ada)[0]) == "There is no #099 here. Check the number on the photo."


async def test_a_moderator_hides_a_comment_by_answering_it(stage: Stage) -> None:
    stage.api.state.world.reads_everything = True
    ada, mo = stage.user("Ada"), await moderator(stage)
    message = stage.api.people.says(ada, stage.fans, "#007 spam")
    await stage.until(lambda: reaction(stage, message))
    before = len(stage.messages(mo))
    stage.api.people.says(mo, stage.fans, "/hide not about a look", reply_to=message)
    answer = await stage.until(lambda: next(iter(stage.messages(mo)[before:]), None))
    assert "hidden" in words(answer)
    assert labels(answer) == [["Undo"]]
    assert await said(stage, 7) == []
    await stage.relay()
    assert "not about a look" in words(stage.messages(ada)[-1])
    await stage.tap(mo, answer, "Undo")
    await stage.until(lambda: stage.messages(mo)[before + 1 :])
    assert await said(stage, 7) == ["Ada: spam"]


async def test_a_fan_may_not_hide(stage: Stage) -> None:
    stage.api.state.world.reads_everything = True
    ada, eve = stage.user("Ada"), stage.user("Eve")
    message = stage.api.people.says(ada, stage.fans, "#007 nice")
    await stage.until(lambda: reaction(stage, message))
    stage.api.people.says(eve, stage.fans, "/hide", reply_to=message)
    answer = await stage.until(lambda: next(iter(stage.messages(eve)), None))
    assert words(answer) == "/hide is for the people who run this shop."


# ------------------------------------------------------------------ commands in the group


async def test_commands_are_answered_in_private(stage: Stage) -> None:
    mo = await moderator(stage)
    before, there = len(stage.messages(mo)), len(stage.ours(stage.fans))
    stage.api.people.says(mo, stage.fans, "/round status")
    answer = await stage.until(lambda: next(iter(stage.messages(mo)[before:]), None))
    assert words(answer).startswith("Round 1 of 1 is open")
    assert labels(answer) == [["Pause", "Extend 24 h"]]
    assert len(stage.ours(stage.fans)) == there


async def test_who_cannot_be_written_to_is_told_how(stage: Stage) -> None:
    new = stage.user("New", started=False)
    before = len(stage.ours(stage.fans))
    stage.api.people.says(new, stage.fans, "/campaign")
    answer = await stage.until(lambda: next(iter(stage.ours(stage.fans)[before:]), None))
    assert words(answer).startswith("I answer in our private chat.")


async def test_nobody_fills_a_group_with_invitations_to_press_start(stage: Stage) -> None:
    eve = stage.user("Eve", started=False)
    there = len(stage.ours(stage.fans))
    first, second = (stage.api.people.says(eve, stage.fans, "/help") for _ in range(2))
    await stage.until(lambda: reaction(stage, second))
    assert (reaction(stage, first), reaction(stage, second)) == ([], ["🤷"])
    assert len(stage.ours(stage.fans)) == there + 1


@pytest.mark.parametrize("what", ["/doctor", "/setup AAAA-BBBB"])
async def test_nobody_fills_a_group_with_answers(stage: Stage, what: str) -> None:
    eve, mo = stage.user("Eve"), await moderator(stage)
    there = len(stage.ours(stage.fans))
    for _ in range(PERSON_MOST + 3):
        stage.api.people.says(eve, stage.fans, what)
    await stage.until(lambda: stage.messages(eve)[2:])  # the last three
    assert len(stage.ours(stage.fans)) == there + PERSON_MOST
    stage.api.people.says(mo, stage.fans, what)
    await stage.handled()
    assert len(stage.ours(stage.fans)) == there + PERSON_MOST + 1, "who said little is still answered there"


async def test_many_together_leave_a_group_room_for_its_posts(stage: Stage) -> None:
    mo = await moderator(stage)
    for n in range(GROUP_MOST):
        for _ in range(2):
            stage.api.people.says(stage.user(f"Eve {n}", started=False), stage.fans, "/doctor")
    answer = await stage.say_here(mo, stage.fans, "/doctor")
    assert words(answer).startswith("What I can do here")
    assert len(stage.ours(stage.fans)) == GROUP_MOST, "of which one was the answer to its set-up"


async def test_who_stays_anonymous_is_told_so_only_so_often(stage: Stage) -> None:
    olga, there = stage.user("Olga"), len(stage.ours(stage.fans))
    say = partial(stage.api.people.says, olga, stage.fans, "/round pause", anonymous=True)
    said = [say() for _ in range(PERSON_MOST + 1)]
    await stage.until(lambda: reaction(stage, said[-1]))
    assert len(stage.ours(stage.fans)) == there + PERSON_MOST


async def test_the_doctor_says_what_is_missing_and_what_is_well(stage: Stage) -> None:
    before = len(stage.ours(stage.fans))
    stage.api.people.says(stage.user("Olga"), stage.fans, "/doctor")
    answer = await stage.until(lambda: next(iter(stage.ours(stage.fans)[before:]), None))
    assert words(answer).count("⚠️") == 3
    stage.api.crowd.promotes(stage.user("Owner"), stage.api.state.world.bot, stage.fans)
    stage.api.people.says(stage.user("Olga"), stage.fans, "/doctor")
    answer = await stage.until(lambda: next(iter(stage.ours(stage.fans)[before + 1 :]), None))
    assert words(answer).count("✅") == 3


async def test_the_doctor_answers_in_private_where_we_may_not_write(stage: Stage) -> None:
    stage.fans.muted = True
    answer = await stage.say_here(stage.user("Olga"), stage.fans, "/doctor")
    assert words(answer).splitlines()[1].startswith("⚠️ I may not write here")


async def test_who_cannot_be_answered_anywhere_is_no_trouble(stage: Stage) -> None:
    stage.fans.muted = True
    with capture_logs() as logs:
        stage.api.people.says(stage.user("Eve", started=False), stage.fans, "/doctor")
        stage.api.people.says(stage.user("Eve", started=False), stage.fans, "/help")
        stage.api.people.says(stage.user("Olga"), stage.fans, "/round pause", anonymous=True)
        await stage.handled()
    assert [e["event"] for e in logs if e["log_level"] == "error"] == []


async def test_a_used_code_joins_nothing(stage: Stage) -> None:
    other = stage.api.crowd.group("Others", stage.user("Olga"))
    stage.api.crowd.adds_bot(stage.user("Olga"), other)
    stage.api.people.says(stage.user("Olga"), other, "/setup AAAA-BBBB")
    await stage.until(lambda: stage.texts(other))
    assert stage.texts(other)[0].startswith("This code was used before or is too old")


# ------------------------------------------------------------------ groups change


async def test_a_live_card_is_posted_again_where_a_group_became_a_supergroup(stage: Stage) -> None:
    """Its messages are out of reach there; the album, which never changes, is not repeated."""
    stage.api.crowd.promotes(stage.user("Olga"), stage.api.state.world.bot, stage.fans)
    await stage.relay()
    moved = stage.api.crowd.migrates(stage.fans, stage.user("Olga"))
    await stage.handled()
    await stage.relay()
    (card,) = stage.ours(moved)
    assert words(card).startswith("Round 1 of 1")
    assert moved.pinned == [card["message_id"]]
    ada = stage.user("Ada")
    moved.members[ada.id] = Member(ada, "member")
    stage.api.people.start(ada, stage.payload())  # by the button of the old card
    await stage.until(lambda: stage.messages(ada))
    await stage.say(ada, "1 2")
    stage.made.clock.advance(seconds=61)
    await stage.relay()
    assert "1 fan, 2 opinions" in words(card)


async def test_posts_that_had_not_been_sent_follow_the_group(stage: Stage) -> None:
    """Telegram says it in answer to the first of them, before its message about it is read."""
    moved = stage.api.crowd.migrates(stage.fans, stage.user("Olga"))
    await stage.relay()
    stage.made.clock.advance(seconds=120)
    await stage.relay()
    assert "Round 1 of 1" in stage.texts(moved)[-1]


async def test_a_group_that_takes_us_back_is_told_what_is_true_by_then(stage: Stage) -> None:
    olga, bot = stage.user("Olga"), stage.api.state.world.bot
    await stage.relay()
    card = stage.ours(stage.fans)[-1]
    stage.api.crowd.removes_bot(olga, stage.fans)
    stage.made.clock.advance(seconds=61)
    await rounds.extend(stage.made.store, stage.made.round_id, timedelta(hours=24), By())
    await stage.relay()
    stage.made.clock.advance(seconds=61)
    await stage.relay()
    assert "Mon 30 Nov" not in words(card)
    assert len(stage.api.refused(403)) == 1, "who is out is not tried again and again"
    stage.api.crowd.adds_bot(olga, stage.fans)
    await stage.handled()
    await stage.relay()
    assert "Mon 30 Nov" in words(card)
    assert bot.id in stage.fans.members


async def test_what_a_group_missed_is_told_if_it_still_matters(stage: Stage) -> None:
    olga = stage.user("Olga")
    stage.api.crowd.removes_bot(olga, stage.fans)
    await stage.relay()
    there = len(stage.ours(stage.fans))
    stage.api.crowd.adds_bot(olga, stage.fans)
    await stage.handled()
    await stage.relay()
    assert "Round 1 of 1" in stage.texts(stage.fans)[-1]
    assert len(stage.ours(stage.fans)) == there + 3, "an album of two sheets, and the card"


async def test_who_was_banned_votes_no_more(stage: Stage) -> None:
    olga = stage.user("Olga")
    stage.api.crowd.promotes(olga, stage.api.state.world.bot, stage.fans)
    eve = stage.user("Eve")
    sheet = await stage.opened(eve)
    stage.api.crowd.bans(olga, eve, stage.fans)
    await stage.handled()
    toast = await stage.tap(eve, sheet, labels(sheet)[0][0])
    assert toast == "This ballot belongs to fan groups you are not in. Join one, then vote."


@pytest.mark.parametrize("ban_first", [True, False])
async def test_a_vote_in_the_very_moment_of_a_ban_is_stored_or_refused_and_never_half(
    stage: Stage, ban_first: bool
) -> None:
    olga = stage.user("Olga")
    stage.api.crowd.promotes(olga, stage.api.state.world.bot, stage.fans)
    eve = stage.user("Eve")
    sheet = await stage.opened(eve)
    first, second = labels(sheet)[0][:2]
    if ban_first:
        stage.api.crowd.bans(olga, eve, stage.fans)
    tap = stage.api.people.taps(eve, sheet, first)
    if not ban_first:
        stage.api.crowd.bans(olga, eve, stage.fans)
    stored = "added" in (await tap.answered())["text"]
    await stage.handled()
    assert "fan groups you are not in" in await stage.tap(eve, sheet, second)
    tally = await stage.made.tally()  # which compares what is kept with a recount
    assert tally == ({int(first): (1, 1)} if stored else {})


async def test_a_group_without_us_is_given_up(stage: Stage) -> None:
    stage.api.crowd.removes_bot(stage.user("Olga"), stage.fans)
    before = len(stage.ours(stage.fans))
    await stage.relay()
    assert len(stage.ours(stage.fans)) == before
    assert stage.api.refused(403)


async def test_a_group_in_which_we_may_not_write_is_told_later(stage: Stage) -> None:
    stage.fans.muted = True
    there = len(stage.ours(stage.fans))
    await stage.relay()
    await stage.relay()
    assert len(stage.api.refused(400)) == 1, "who may not write does not try again at once"
    stage.fans.muted = False
    stage.made.clock.advance(seconds=301)
    await stage.relay()
    assert len(stage.ours(stage.fans)) == there + 3, "an album of two sheets, and the card"


async def in_topic(stage: Stage) -> tuple[Chat, int]:
    """Set up a forum of Olga's in one of its topics."""
    olga = stage.user("Olga")
    forum = stage.api.crowd.group("Forum", olga, forum=True)
    stage.api.crowd.adds_bot(olga, forum)
    topic = stage.api.crowd.topic(forum, "Looks")
    async with stage.made.store.read() as tx:
        campaign = await campaigns.campaign_by_id(tx, stage.made.campaign_id)
    code = (await people.invite_group(stage.made.shop, campaign, None)).code
    stage.api.people.says(olga, forum, f"/setup {code}", thread=topic)
    await stage.until(lambda: stage.texts(forum))
    return forum, topic


async def test_posts_go_to_the_topic_the_group_was_set_up_in(stage: Stage) -> None:
    forum, topic = await in_topic(stage)
    await stage.relay()
    assert {m.get("message_thread_id") for m in stage.ours(forum)} == {topic}


@pytest.mark.parametrize("became", ["closed", "deleted"])
async def test_without_its_topic_a_group_is_told_where_everybody_reads(stage: Stage, became: str) -> None:
    forum, topic = await in_topic(stage)
    if became == "closed":
        forum.topics[topic] = "closed"
    else:
        del forum.topics[topic]
    before = len(stage.ours(forum))
    await stage.relay()
    *album, card = stage.ours(forum)[before:]
    assert len(album) == 2
    assert words(card).startswith("Round 1 of 1")
    assert {m.get("message_thread_id") for m in (*album, card)} == {None}


async def test_a_closed_topic_is_open_to_an_administrator(stage: Stage) -> None:
    forum, topic = await in_topic(stage)
    stage.api.crowd.promotes(stage.user("Olga"), stage.api.state.world.bot, forum)
    forum.topics[topic] = "closed"
    await stage.relay()
    assert {m.get("message_thread_id") for m in stage.ours(forum)} == {topic}


# ------------------------------------------------------------------ nobody in particular


@pytest.mark.parametrize("what", ["/round pause", "/setup AAAA-BBBB", "/results", "/mod log", "/hide rude"])
async def test_no_command_is_taken_from_who_stays_anonymous(stage: Stage, what: str) -> None:
    before = len(stage.ours(stage.fans))
    stage.api.people.says(stage.user("Olga"), stage.fans, what, anonymous=True)
    answer = await stage.until(lambda: next(iter(stage.ours(stage.fans)[before:]), None))
    assert words(answer).startswith("You write as the group")
    assert (await stage.made.round()).state == "open"


async def test_what_a_channel_or_the_group_itself_says_is_nobodys_comment(stage: Stage) -> None:
    stage.api.state.world.reads_everything = True
    olga = stage.user("Olga")
    news = stage.api.crowd.group("News", olga, "channel")
    before = len(stage.ours(stage.fans))
    stage.api.people.says(olga, stage.fans, "#007 from the channel", channel=news)
    stage.api.people.says(olga, stage.fans, "#007 from the group", anonymous=True)
    stage.api.people.says(olga, stage.fans, "/round pause", channel=news)
    await stage.handled()
    assert await said(stage, 7) == []
    assert not stage.api.called("setMessageReaction")
    assert len(stage.ours(stage.fans)) == before, "a channel gets no answer"
    assert (await stage.made.round()).state == "open"


async def test_posts_of_a_channel_we_are_in_are_not_even_asked_for(stage: Stage) -> None:
    olga, bot = stage.user("Olga"), stage.api.state.world.bot
    news = stage.api.crowd.group("News", olga, "channel")
    stage.api.crowd.promotes(olga, bot, news)
    stage.api.people.posts(news, "#007 longer")
    stage.api.people.posts(news, "/setup AAAA-BBBB")
    await stage.handled()
    assert stage.ours(news) == []
    assert await said(stage, 7) == []
