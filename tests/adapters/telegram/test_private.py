"""The ballot in a fan's own chat, against the stand-in server."""

import asyncio
import json

import pytest

from bot.port import Actor, Look, Press, Reply, ShowBallot
from bot.service import rounds
from bot.service.memos import StoredMemos
from bot.service.rounds import By
from tests.adapters.telegram.stage import Stage, labels, words
from tests.telegram.botapi.world import Message, User


def numbers(message: Message) -> list[str]:
    """Read the numbers on a sheet's pad."""
    return [label[-3:] for row in labels(message) for label in row if label[-3:].isdecimal()]


async def turned(stage: Stage, user: User, sheet: Message, button: str, page: int) -> None:
    """Turn to a page, and wait until it is there."""
    await stage.tap(user, sheet, button)
    await stage.until(lambda: f"Page {page} of 3" in words(sheet))


async def picks(stage: Stage, user: User) -> list[int]:
    """Read what the service has of somebody's ballot."""
    actor = Actor("telegram", str(user.id), user.name)
    view = (await stage.made.catwalk.look(Look(actor, ShowBallot()))).screen
    return sorted(tile.number for tile in view.picks)  # type: ignore[union-attr]


# ------------------------------------------------------------------ coming in


async def test_a_fan_comes_by_the_groups_button_and_picks(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    assert "photo" in sheet
    assert words(sheet).startswith("Spring · Page 1 of 3")
    pad, leaf, tools = labels(sheet)
    assert len(pad) == 4
    assert leaf == ["1/3", "▶️"]
    assert tools == ["🔍 Zoom", "💬 Comment", "✅ Done"]
    toast = await stage.tap(ada, sheet, pad[0])
    assert toast == f"❤️ #{pad[0]} added. · 1 pick · 1/3"
    await stage.until(lambda: labels(sheet)[0][0] == f"❤️ {pad[0]}")
    assert await picks(stage, ada) == [int(pad[0])]


async def test_who_is_not_in_the_group_is_refused_and_votes_for_nothing(stage: Stage) -> None:
    eve = stage.user("Eve", inside=False)
    answer = await stage.opened(eve)
    assert words(answer) == "This ballot is for the people in its group. Join it, then vote."
    forged = stage.api.people.forges(eve, answer, f"t:{stage.made.round_id}:1@v:1:3")
    assert "fan group" in str((await forged.answered())["text"])


@pytest.mark.parametrize("payload", ["AAAA", "x" * 64, "-_-_", "é"])
async def test_a_link_that_is_not_ours_opens_nothing(stage: Stage, payload: str) -> None:
    ada = stage.user("Ada")
    answer = await stage.say(ada, f"/start {payload}")
    assert words(answer) == "This link is not one of ours. Tap Vote in your group."


async def test_a_stranger_who_presses_start_is_told_where_to_tap(stage: Stage) -> None:
    stranger = stage.user("Sam", inside=False)
    answer = await stage.say(stranger, "/start")
    assert words(answer).startswith("Open your fan group here on Telegram and tap Vote there")


async def test_who_joined_after_the_opening_may_look_and_not_vote(stage: Stage) -> None:
    stage.api.crowd.promotes(stage.user("Olga"), stage.api.state.world.bot, stage.fans)
    stage.made.clock.advance(minutes=5)
    late = stage.user("Late", inside=False)
    stage.api.crowd.joins(late, stage.fans)
    await stage.handled()  # chats are served side by side
    sheet = await stage.opened(late)
    assert "You joined after this round opened" in words(sheet)
    assert numbers(sheet) == []


# ------------------------------------------------------------------ leafing


async def test_done_finishes_a_page_and_shows_the_next_in_the_same_message(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    first = numbers(sheet)
    await stage.tap(ada, sheet, "✅ Done")
    await stage.until(lambda: "Page 2 of 3" in words(sheet))
    assert set(numbers(sheet)).isdisjoint(first)
    await stage.tap(ada, sheet, "◀️")
    await stage.until(lambda: "Page 1 of 3" in words(sheet))
    assert numbers(sheet) == first
    assert len(stage.messages(ada)) == 1


@pytest.fixture
def slow_memos(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Have the file ids of pictures remembered only once this is set, as in a crowd that takes its time."""
    put, go_on = StoredMemos.put, asyncio.Event()

    async def late(memos: StoredMemos, key: str, value: str, *, post: str | None = None) -> None:
        if key.startswith("file:"):
            await go_on.wait()
        await put(memos, key, value, post=post)

    monkeypatch.setattr(StoredMemos, "put", late)
    return go_on


async def test_a_page_turns_though_the_one_before_it_is_not_written_down_yet(
    stage: Stage, slow_memos: asyncio.Event
) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    await turned(stage, ada, sheet, "✅ Done", 2)
    await turned(stage, ada, sheet, "✅ Done", 3)
    slow_memos.set()


async def test_a_pick_is_marked_though_its_page_is_not_written_down_yet(
    stage: Stage, slow_memos: asyncio.Event
) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    await turned(stage, ada, sheet, "✅ Done", 2)
    number = numbers(sheet)[0]
    await stage.tap(ada, sheet, number)
    await stage.until(lambda: labels(sheet)[0][0] == f"❤️ {number}")
    slow_memos.set()


async def test_the_last_page_reads_done_and_ends_with_everything_picked(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    picked = numbers(sheet)[0]
    await stage.tap(ada, sheet, picked)
    for page in (2, 3):
        await turned(stage, ada, sheet, "▶️", page)
    assert labels(sheet)[-2] == ["◀️", "3/3", "Done"]
    await stage.tap(ada, sheet, "Done")
    mine = await stage.until(lambda: stage.messages(ada)[1:])
    assert words(mine[0]).startswith("My ballot\n10 of 10 seen · 1 pick")
    assert f"Number {int(picked)}: Dress {int(picked)}" in words(mine[0])


async def test_leafing_through_finished_pages_passes_none_of_them_over(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    for label, page in (("▶️", 2), ("▶️", 3), ("◀️", 2), ("◀️", 1), ("▶️", 2), ("▶️", 3)):
        await turned(stage, ada, sheet, label, page)
    await turned(stage, ada, sheet, "◀️", 2)
    await turned(stage, ada, sheet, "✅ Done", 3)


async def test_a_page_is_uploaded_once(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    for label, page in (("▶️", 2), ("◀️", 1), ("▶️", 2), ("◀️", 1)):
        await turned(stage, ada, sheet, label, page)
    assert len(stage.drawings.sheets) == 2


async def test_a_finished_fan_of_another_day_comes_back_to_the_first_page_left(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    await stage.tap(ada, sheet, "✅ Done")
    await stage.until(lambda: "Page 2 of 3" in words(sheet))
    assert "Page 2 of 3" in words(await stage.say(ada, "/vote"))


# ------------------------------------------------------------------ typed, undone, large


async def test_typed_numbers_are_one_message_and_many_votes(stage: Stage) -> None:
    ada = stage.user("Ada")
    await stage.opened(ada)
    answer = await stage.say(ada, "1 2 3")
    assert words(answer) == "❤️ #001, #002, and #003 added. · 3 picks"
    assert await picks(stage, ada) == [1, 2, 3]
    assert words(await stage.say(ada, "-2")) == "#002 taken back. · 2 picks"
    assert (
        words(await stage.say(ada, "99")) == "There is no #099 in this round. Check the number on the photo."
    )


async def test_undo_takes_the_last_pick_back(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    number = numbers(sheet)[1]
    await stage.tap(ada, sheet, number)
    await stage.until(lambda: "↩️ Undo" in labels(sheet)[-1])
    assert await stage.tap(ada, sheet, "↩️ Undo") == f"Taken back: #{number}. · 0 picks · 1/3"
    assert await picks(stage, ada) == []


async def test_zoom_shows_one_design_and_leads_back(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    number = numbers(sheet)[0]
    await stage.tap(ada, sheet, "🔍 Zoom")
    await stage.until(lambda: "see large" in words(sheet))
    await stage.tap(ada, sheet, number)
    await stage.until(lambda: words(sheet).startswith(f"#{number} Dress"))
    await stage.tap(ada, sheet, "❤️ I’d love this")
    await stage.until(lambda: "💔 Take back" in labels(sheet)[0])
    assert await picks(stage, ada) == [int(number)]
    await stage.tap(ada, sheet, "◀️ Back")
    await stage.until(lambda: "Page 1 of 3" in words(sheet))
    assert labels(sheet)[0][0] == f"❤️ {number}"


async def test_a_tap_while_voting_is_paused_says_so_and_keeps_the_picks(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    await rounds.pause(stage.made.store, stage.made.round_id, By())
    toast = await stage.tap(ada, sheet, numbers(sheet)[0])
    assert toast == "Voting is paused by the moderators. Your picks are safe."


@pytest.mark.parametrize("data", ["@", "@y", "@v:x", "nonsense", "@z:1:3:99999", "t:1", "@s:rm", "@v:9999"])
async def test_forged_buttons_are_answered_and_change_nothing(stage: Stage, data: str) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    forged = stage.api.people.forges(ada, sheet, data)
    await forged.answered()
    assert await picks(stage, ada) == []


async def test_a_button_of_a_closed_round_says_so(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    await rounds.close(stage.made.store, stage.made.round_id, By())
    assert "closed" in await stage.tap(ada, sheet, numbers(sheet)[0])
    assert await picks(stage, ada) == []


async def test_a_message_too_old_to_be_changed_still_votes_and_leads_on(stage: Stage) -> None:
    """Telegram names such a message by its id alone, with the date 0."""
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    old = {"chat": sheet["chat"], "message_id": sheet["message_id"], "date": 0}
    number, page, before = numbers(sheet)[0], words(sheet), len(stage.messages(ada))
    vote = stage.api.people.forges(ada, old, f"p:{stage.made.round_id}:{int(number)}:1@v:1:3")
    assert f"#{number} added" in str((await vote.answered())["text"])
    stage.api.people.forges(ada, old, "@v:2:3")
    await stage.until(lambda: any("Page 2 of 3" in words(m) for m in stage.messages(ada)[before:]))
    assert words(sheet) == page
    assert await picks(stage, ada) == [int(number)]


async def test_nobody_votes_under_what_was_shown_to_somebody_else(stage: Stage) -> None:
    """Not another fan, not under a message of no chat, not a bot."""
    ada, bo, robot = stage.user("Ada"), stage.user("Bo"), stage.user("Robot", is_bot=True)
    sheet, own = await stage.opened(ada), await stage.opened(bo)
    pick = f"p:{stage.made.round_id}:1:1@v:1:3"
    for who, under, data in ((bo, sheet, pick), (bo, sheet, "@b"), (bo, None, pick), (robot, own, pick)):
        toast = str((await stage.api.people.forges(who, under, data).answered())["text"])
        assert toast.startswith("This button was meant for somebody else.")
    await stage.handled()
    assert await picks(stage, ada) == await picks(stage, bo) == []
    assert words(own).startswith("Spring · Page 1 of 3")


@pytest.mark.parametrize("text", ["1 2", "/pick 1 2", "#001 longer sleeves"])
async def test_forwarded_words_are_nobodys(stage: Stage, text: str) -> None:
    ada, bo = stage.user("Ada"), stage.user("Bo")
    await stage.opened(ada)
    said = stage.api.people.says(bo, stage.fans, text)
    before = len(stage.messages(ada))
    stage.api.people.forwards(ada, said, stage.api.people.private(ada))
    assert words(await stage.answer(ada, before)).startswith("Forwarded words are somebody else’s")
    assert await picks(stage, ada) == []


async def test_a_design_of_ours_sent_back_to_us_is_no_comment(stage: Stage) -> None:
    ada = stage.user("Ada")
    await stage.opened(ada)
    large = await stage.say(ada, "#001")
    before = len(stage.messages(ada))
    stage.api.people.forwards(ada, large, stage.api.people.private(ada))
    assert words(await stage.answer(ada, before)).startswith("Forwarded words are somebody else’s")
    assert "Ada:" not in words(await stage.say(ada, "#001"))


async def test_who_asks_while_something_is_broken_is_told(stage: Stage) -> None:
    ada = stage.user("Ada")
    await stage.opened(ada)

    async def broken(_command: object) -> None:
        raise LookupError("a mistake of ours")

    stage.made.catwalk.command = broken  # type: ignore[method-assign, assignment]
    answer = await stage.say(ada, "/results")
    assert words(answer) == "Something broke on our side. What you saved is safe: try again."


async def test_a_vote_that_we_cannot_take_holds_up_nobody_elses(stage: Stage) -> None:
    ada, bo = stage.user("Ada"), stage.user("Bo")
    hers, his = await stage.opened(ada), await stage.opened(bo)
    take = stage.made.catwalk.press

    async def broken(press: Press) -> Reply:
        if press.actor.remote_id == str(ada.id):
            raise LookupError("a mistake of ours")
        return await take(press)

    stage.made.catwalk.press = broken  # type: ignore[method-assign]
    toast = await stage.tap(ada, hers, numbers(hers)[0])
    assert toast == "Something broke on our side. What you saved is safe: tap again."
    assert "added" in await stage.tap(bo, his, numbers(his)[0])


async def test_nothing_is_paid_here_and_a_payment_is_told_so_at_once(stage: Stage) -> None:
    ada = stage.user("Ada")
    bill = {"currency": "EUR", "total_amount": 100, "invoice_payload": "forged"}
    refused = await stage.api.people.pays_a(ada, bill).answered()
    assert refused["ok"] in (False, "false")
    assert refused["error_message"] == "Nothing can be paid here yet, and nothing was charged."


async def test_a_comment_is_asked_for_and_kept_with_its_design(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    number = numbers(sheet)[0]
    await stage.tap(ada, sheet, "💬 Comment")
    await stage.until(lambda: "say something about" in words(sheet))
    await stage.tap(ada, sheet, number)
    asked = await stage.until(lambda: next(iter(stage.messages(ada)[1:]), None))
    assert words(asked) == f"💬 #{number} What would make it better?"
    answer = await stage.say(ada, "longer <b>sleeves</b>", reply_to=asked)
    assert words(answer) == f"Noted for #{number}. The designers read every one."
    large = await stage.say(ada, f"#{number}")
    assert "Ada: longer <b>sleeves</b>" in words(large)


# ------------------------------------------------------------------ the same everywhere


async def test_the_ballot_speaks_the_fans_language(stage: Stage) -> None:
    zoe = stage.user("Zoé", language="fr")
    sheet = await stage.opened(zoe)
    assert "Page\N{NO-BREAK SPACE}1 sur\N{NO-BREAK SPACE}3" in words(sheet)
    answer = await stage.say(zoe, "/language zh")
    assert words(answer) != ""
    assert "第\N{NO-BREAK SPACE}1/3\N{NO-BREAK SPACE}页" in words(await stage.say(zoe, "/vote"))


async def test_everything_kept_about_a_person_is_theirs_as_a_file(stage: Stage) -> None:
    ada = stage.user("Ada")
    sheet = await stage.opened(ada)
    await stage.tap(ada, sheet, numbers(sheet)[0])
    sent = await stage.say(ada, "/takeout")
    kept = json.loads(stage.api.state.files.by_id(sent["document"]["file_id"]).content)
    assert kept["accounts"] == [{"platform": "telegram", "name": "Ada"}]
    assert [given["answer"] for given in kept["answers"]] == [1]
