"""A fan's ballot on Discord: private, changed in place, resumed anywhere, and always answered."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import ResponseMessage

from bot.adapters.discord import house
from bot.port import Look, Reply
from bot.rounds.model import BallotShape
from bot.storage.store import Store
from tests.adapters.discord.stage import Stage, green, labels, parts, pictures, screen, voting, words
from tests.clock import Clock
from tests.made_shop import plan


async def tap(member: MemberActor, message: ResponseMessage, label: str) -> ResponseMessage:
    """Press a button of a private screen; give the screen after it."""
    return screen(await member.click(message, label=label))


async def picked(stage: Stage, member: MemberActor) -> list[str]:
    """Read from /ballot what somebody picked."""
    mine = screen(await member.slash(stage.votes, "ballot"))
    return [line.split(":")[0] for line in words(mine).split("\n") if line.startswith("- Number")]


# ------------------------------------------------------------------ sheets


async def test_a_tap_picks_in_place_and_the_next_takes_it_back(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    assert sheet.ephemeral
    assert "Page 1 of 3" in words(sheet)
    first = labels(sheet)[0][0]
    after = await tap(ada, sheet, first)
    assert after.id == sheet.id
    assert f"#{first} added." in words(after)
    assert "1 pick" in words(after)
    assert f"❤️ #{first}\n" in words(after)
    assert green(after) == [first]
    assert labels(after)[-1] == ["→", "Zoom", "Comment", "Undo"]
    after = await tap(ada, after, first)
    assert green(after) == []
    after = await tap(ada, after, "Undo")
    assert green(after) == [first]
    assert len(stage.drawings.sheets) == 2  # the sheet was drawn once, and sent once
    assert sheet.id not in [message.id for message in stage.votes.history(viewer=stage.admin)]


async def test_what_a_tap_redraws_is_what_a_look_shows(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tap reads nothing but what was pressed; on a sheet that was looked at anew all is the same."""
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    first, second, third, _ = labels(sheet)[0]
    await tap(ada, sheet, first)  # with it comes the button for undo
    looked: list[Look] = []
    look = stage.made.catwalk.look

    async def counted(wanted: Look) -> Reply:
        looked.append(wanted)
        return await look(wanted)

    monkeypatch.setattr(stage.made.catwalk, "look", counted)
    for label in (second, third, first, third):
        await tap(ada, sheet, label)
    assert looked == []
    redrawn = (words(sheet).replace(f"**#{third} taken back.**\n", ""), green(sheet), labels(sheet))
    again = await tap(ada, await tap(ada, sheet, "→"), "←")
    assert redrawn[1:] == (green(again), labels(again))
    assert redrawn[0].split("\n")[:3] == words(again).split("\n")[:3]
    assert len(pictures(sheet)) == 1


async def test_a_ballot_is_read_to_its_end_and_changed_from_my_ballot(stage: Stage) -> None:
    ada = stage.member("ada")
    page = await stage.opened(ada)
    await tap(ada, page, labels(page)[0][1])
    page = await tap(ada, page, "→")
    assert "Page 2 of 3" in words(page)
    assert "4 of 10 seen" in words(page)
    page = await tap(ada, page, "←")
    assert "Page 1 of 3" in words(page)
    page = await tap(ada, await tap(ada, page, "→"), "→")
    assert "Page 3 of 3" in words(page)
    done = await tap(ada, page, "Done")
    assert "My ballot" in words(done)
    assert "You have seen everything." in words(done)
    assert green(done) == ["1", "2", "3"]
    assert labels(done)[0] == ["Undo"]
    assert "Page 2 of 3" in words(await tap(ada, done, "2"))


async def test_vote_goes_on_at_the_first_page_not_finished_also_in_private_messages(stage: Stage) -> None:
    ada = stage.member("ada")
    await tap(ada, await stage.opened(ada), "→")
    resumed = screen(await ada.slash(stage.votes, "vote"))
    assert "Page 2 of 3" in words(resumed)
    private = screen(await ada.user.slash("vote"))
    assert "Page 2 of 3" in words(private)
    assert "Page 3 of 3" in words(screen(await ada.user.click(private, label="→")))


async def test_zoom_and_back_keep_the_place(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    number = labels(sheet)[0][2]
    pad = await tap(ada, sheet, "Zoom")
    assert labels(pad) == [labels(sheet)[0], ["← Back"]]
    large = await tap(ada, pad, number)
    photo = pictures(large)
    assert f"### #{number} Dress {int(number)}" in words(large)
    loved = await tap(ada, large, "❤️ I’d love this")
    assert labels(loved)[0] == ["Take back"]
    back = await tap(ada, loved, "← Back")
    assert green(back) == [number]
    assert pictures(back) != photo
    assert len(stage.drawings.sheets) == 3  # it was not in the message any more, so it was drawn again


async def test_what_is_found_by_its_number_can_be_picked(stage: Stage) -> None:
    ada = stage.member("ada")
    asked = await ada.click(stage.card, label="Find #")
    found = screen(await ada.submit_modal(asked, {"number": "#007"}))
    assert "Dress 7" in words(found)
    assert labels(await tap(ada, found, "❤️ I’d love this"))[0] == ["Take back"]
    assert await picked(stage, ada) == ["- Number 7"]
    wrong = await ada.submit_modal(await ada.click(stage.card, label="Find #"), {"number": "seven"})
    assert "That is not a design’s number." in words(screen(wrong))


# ------------------------------------------------------------------ menus


async def test_who_prefers_menus_answers_a_page_with_one_choice(stage: Stage) -> None:
    ada = stage.member("ada")
    mine = screen(await ada.slash(stage.votes, "ballot"))
    sheet = await tap(ada, mine, "Use menus")
    (menu,) = [part for part in parts(sheet) if part["type"] == 3]
    assert (menu["min_values"], menu["max_values"]) == (0, 4)
    values = [option["value"] for option in menu["options"]]
    assert [option["label"] for option in menu["options"]] == [f"#{int(v):03d} Dress {v}" for v in values]
    after = screen(await ada.select(sheet, values[:2]))
    assert "2 picks" in words(after)
    after = screen(await ada.select(after, values[1:3]))
    (menu,) = [part for part in parts(after) if part["type"] == 3]
    assert [option["value"] for option in menu["options"] if option["default"]] == values[1:3]
    assert sorted(await picked(stage, ada)) == sorted(f"- Number {v}" for v in values[1:3])
    assert "0 picks" in words(screen(await ada.select(after, [])))


async def test_the_preference_outlives_a_restart_and_can_be_changed_back(stage: Stage) -> None:
    ada = stage.member("ada")
    await tap(ada, screen(await ada.slash(stage.votes, "ballot")), "Use menus")
    await stage.restarted()
    sheet = screen(await ada.slash(stage.votes, "vote"))
    assert [part for part in parts(sheet) if part["type"] == 3]
    mine = screen(await ada.slash(stage.votes, "ballot"))
    assert not [part for part in parts(await tap(ada, mine, "Use buttons")) if part["type"] == 3]


# ------------------------------------------------------------------ cards and duels


@pytest.fixture
async def cards(file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    asking = replace(plan(clock), ballot=BallotShape.CARDS)
    async with voting(file_store, clock, tmp_path, plans=[asking]) as stage:
        yield stage


@pytest.fixture
async def duels(file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    asking = replace(plan(clock), ballot=BallotShape.DUELS)
    async with voting(file_store, clock, tmp_path, plans=[asking]) as stage:
        yield stage


async def test_a_card_is_loved_with_its_reasons_and_waits_for_its_fan(cards: Stage) -> None:
    ada = cards.member("ada")
    card = await cards.opened(ada)
    assert "Card 1 of 10" in words(card)
    assert labels(card)[0] == ["Pass", "👍 Like", "❤️ Love"]
    loved = await tap(ada, card, "❤️ Love")
    assert green(loved) == ["❤️ Love"]
    assert "Card 1 of 10" in words(loved)
    why = await tap(ada, loved, "Colour")
    assert green(why) == ["❤️ Love", "Colour"]
    assert "Card 2 of 10" in words(await tap(ada, why, "→"))


async def test_a_duel_goes_on_by_itself(duels: Stage) -> None:
    ada = duels.member("ada")
    duel = await duels.opened(ada)
    assert "Duel 1 of" in words(duel)
    assert [len(sheet) for sheet in duels.drawings.sheets][-1:] == [2]
    left, right, even = labels(duel)[0]
    assert even == "Can’t choose"
    following = await tap(ada, duel, left)
    assert "Duel 2 of" in words(following)
    back = await tap(ada, following, "←")
    assert green(back) == [left]
    assert right not in green(back)


# ------------------------------------------------------------------ who, when, and what goes wrong


async def test_who_came_too_late_is_told_why(stage: Stage) -> None:
    late = stage.member("late")
    joined = stage.made.clock() + timedelta(hours=1)
    stage.env.backend.get_guild(stage.guild.id).members[late.id].joined_at = joined.isoformat()
    sheet = await stage.opened(late)
    assert "You joined after this round opened" in words(sheet)
    assert labels(sheet) == [["→", "Zoom", "Comment"]]


async def test_a_stranger_in_private_messages_is_told_how_to_come_in(stage: Stage) -> None:
    stranger = stage.env.create_user("eve")
    answer = screen(await stranger.slash("vote"))
    assert "press Vote there" in words(answer)


async def test_in_another_channel_one_speaks_of_the_group_one_was_last_in(stage: Stage) -> None:
    general = stage.guild.create_text_channel("general")
    ada = stage.member("ada")
    assert "press Vote there" in words(screen(await ada.slash(general, "vote")))
    await stage.opened(ada)
    assert "Page 1 of 3" in words(screen(await ada.slash(general, "vote")))


async def test_a_year_old_button_still_works_after_a_restart(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    first = labels(sheet)[0][0]
    await stage.restarted()
    await stage.env.advance_time(365 * 86_400)
    assert green(await tap(ada, sheet, first)) == [first]
    assert "Page 1 of 3" in words(await stage.opened(ada))


async def test_nothing_of_a_screen_stays_in_the_library(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    await tap(ada, await tap(ada, sheet, "→"), "←")
    await ada.click(stage.card, label="Find #")
    assert isinstance(stage.env.bot, discord.Client)
    assert stage.env.bot.persistent_views == []
    store = stage.env.bot._connection._view_store
    assert not store._views
    assert not store._modals
    assert not store._synced_message_views


FORGED = ("p:1:999:1@v:1:3", "@v:99999", "t:1", "@y", "x", "@m:1:3:1", "p:" + "9" * 90)


async def test_a_forged_button_is_refused_politely(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    for forged in FORGED:
        answer = await stage.pressed(ada, sheet, forged)
        assert answer.acknowledged, forged
        assert words(screen(answer)), forged
    assert await picked(stage, ada) == []


async def test_a_slow_page_is_asked_time_for_and_comes_below(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    drawn, draw = asyncio.Event(), stage.drawings.sheet

    async def slow(tiles: object, columns: int) -> bytes:
        await stage.env.external_wait(drawn.wait(), reason="a picture takes its time")
        return await draw(tiles, columns)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.drawings, "sheet", slow)
    monkeypatch.setattr(house, "PATIENCE_S", 0.01)
    late = await ada.click(sheet, label="→")
    assert late.deferred
    drawn.set()
    await stage.env.settle()
    (below,) = late.followups
    assert below.ephemeral
    assert "Page 2 of 3" in words(below)
    assert len(pictures(below)) == 1
    assert "Page 3 of 3" in words(await tap(ada, below, "→"))


async def test_a_slow_answer_without_new_pictures_changes_the_message(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    let, press = asyncio.Event(), stage.made.catwalk.press

    async def slow(pressed: object) -> object:
        await stage.env.external_wait(let.wait(), reason="the database takes its time")
        return await press(pressed)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.made.catwalk, "press", slow)
    first = labels(sheet)[0][0]
    monkeypatch.setattr(house, "PATIENCE_S", 0.01)
    late = await ada.click(sheet, label=first)
    assert late.deferred
    let.set()
    await stage.env.settle()
    assert green(sheet) == [first]
    assert len(pictures(sheet)) == 1
    assert late.followups == []


async def test_a_slow_command_says_its_words_first_and_its_picture_below(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = stage.member("ada")
    drawn, draw = asyncio.Event(), stage.drawings.sheet

    async def slow(tiles: object, columns: int) -> bytes:
        await stage.env.external_wait(drawn.wait(), reason="a picture takes its time")
        return await draw(tiles, columns)  # type: ignore[arg-type]

    monkeypatch.setattr(stage.drawings, "sheet", slow)
    monkeypatch.setattr(house, "PATIENCE_S", 0.01)
    late = await ada.slash(stage.votes, "vote")
    assert late.deferred
    assert late.ephemeral
    drawn.set()
    await stage.env.settle()
    assert "Page 1 of 3" in words(screen(late))
    assert pictures(screen(late)) == []
    (below,) = late.followups
    assert len(pictures(below)) == 1
    assert green(await tap(ada, below, labels(below)[0][0]))


TOO_LATE, TWICE = (404, 10062, 1), (400, 40060, 2)
"""Status, code, and how often we try: what is refused in place is said anew."""


@pytest.mark.parametrize("refused", [TOO_LATE, TWICE])
async def test_a_tap_whose_answer_discord_takes_no_more_is_stored_all_the_same(
    stage: Stage, refused: tuple[int, int, int]
) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    first = labels(sheet)[0][0]
    status, code, times = refused
    stage.env.inject_error("POST", "/interactions/*/callback", status=status, code=code, times=times)
    assert not (await ada.click(sheet, label=first)).acknowledged
    assert await picked(stage, ada) == [f"- Number {int(first)}"]


async def test_a_change_that_discord_does_not_bear_is_said_anew(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    stage.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
    answer = screen(await ada.click(sheet, label="→"))
    assert answer.id != sheet.id
    assert "Page 2 of 3" in words(answer)
    first, second, *_ = labels(answer)[0]
    await tap(ada, answer, first)
    stage.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035, times=2)
    anew = screen(await ada.click(answer, label=second))
    assert anew.id != answer.id
    assert green(anew) == [first, second]


async def test_what_breaks_is_said_and_logged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)

    async def broken(_press: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(stage.made.catwalk, "press", broken)
    answer = screen(await ada.click(sheet, label=labels(sheet)[0][0]))
    assert "Something broke on our side." in words(answer)


async def test_a_fan_reads_in_their_own_language(stage: Stage) -> None:
    ada = stage.member("ada")
    await stage.opened(ada)
    await ada.slash(stage.votes, "language", language="fr")
    sheet = await stage.opened(ada)
    assert "Page 1 sur 3" in words(sheet).replace("\N{NO-BREAK SPACE}", " ")
    assert labels(sheet)[-1] == ["→", "Zoom", "Commenter"]
