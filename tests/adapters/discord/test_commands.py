"""Commands: registered once a version, explained in each language, the same words as everywhere."""

from collections.abc import Iterator
from typing import Any

import discord
import pytest
from simcord.builders import ChannelHandle
from sqlalchemy import select

from bot.adapters.discord import commands as offered
from bot.adapters.discord.adapter import Account, DiscordAdapter
from bot.service import designs
from bot.service.memos import StoredMemos
from bot.storage.memos import memo
from tests.adapters.discord.stage import Stage, connected, screen, words
from tests.made_shop import SECRET, campaign_file, plan


def registered(stage: Stage) -> list[dict[str, Any]]:
    """List what was asked of Discord to register commands."""
    return [r.json or {} for r in stage.env.http_requests if r.method == "PUT" and "/commands" in r.path]


def explained(commands: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """List everything of commands that has a description, however deep."""
    for one in commands:
        if one.get("type", 1) == 1 or "description" in one:
            yield one
        yield from explained(one.get("options", []))


async def test_commands_are_registered_once_for_each_version_of_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(registered(stage)) == 1
    await stage.restarted()
    assert len(registered(stage)) == 1
    monkeypatch.setattr(offered, "_FANS", {k: v for k, v in offered._FANS.items() if k != "unlink"})
    await stage.restarted()
    assert len(registered(stage)) == 2
    assert "unlink" not in stage.member("ada").available_commands(stage.votes)


async def test_every_command_and_option_is_explained_in_three_languages_and_not_too_long(
    stage: Stage,
) -> None:
    (commands,) = registered(stage)
    assert isinstance(commands, list)
    names = [one["name"] for one in commands]
    assert len(names) == len(set(names)) <= 100
    for one in explained(commands):
        assert 1 <= len(one["description"]) <= 100
        assert len(one.get("options", [])) <= 25
        if one.get("description_localizations") is None:
            continue
        assert set(one["description_localizations"]) == {"fr", "zh-CN"}, one
        assert all(1 <= len(said) <= 100 for said in one["description_localizations"].values()), one
    without = [one["name"] for one in explained(commands) if not one.get("description_localizations")]
    assert without == []


async def test_while_developing_commands_are_on_one_server_only(stage: Stage) -> None:
    made = stage.made
    await stage.env.shutdown()
    there = Account("t", server=4242)
    adapter = DiscordAdapter(there, stage.drawings, StoredMemos(made.store, "discord"), SECRET)
    async with connected(adapter.open(made.catwalk)) as env:
        paths = [r.path for r in env.http_requests if r.method == "PUT" and "/commands" in r.path]
    assert len(paths) == 1
    assert "/guilds/4242/" in paths[0]


async def test_a_channel_is_set_up_once_with_an_owners_code(stage: Stage) -> None:
    general = stage.guild.create_text_channel("general")
    wrong = await stage.admin.slash(general, "setup", code="AAAA-BBBB")
    assert "This code was used before or is too old." in words(screen(wrong))
    code = await stage.code()
    right = await stage.admin.slash(general, "setup", code=code)
    assert "Fans · #general takes part in Spring now." in words(screen(right))
    await stage.relay()
    assert [m for m in general.history() if m.flags.components_v2]
    again = await stage.admin.slash(general, "setup", code=code)
    assert "This code was used before or is too old." in words(screen(again))


async def test_a_forum_cannot_be_set_up(stage: Stage) -> None:
    forum = stage.guild.create_forum_channel("ideas")
    thread = stage.env.backend.create_thread(forum.id, "sleeves", stage.admin.id)
    answer = await stage.admin.slash(ChannelHandle(stage.env, stage.guild, thread), "setup", code="AAAA")
    assert "Say /setup in a text channel." in words(screen(answer))


async def test_the_doctor_names_what_is_missing(stage: Stage) -> None:
    well = words(screen(await stage.admin.slash(stage.votes, "doctor")))
    assert well.count("✅") == 5
    assert "⚠️" not in well
    assert stage.env.bot.user is not None
    taken = discord.PermissionOverwrite(attach_files=False, create_public_threads=False)
    quiet = stage.guild.create_text_channel("quiet", overwrites={stage.env.bot.user: taken})
    ill = words(screen(await stage.admin.slash(quiet, "doctor")))
    assert "Give me “Attach Files”." in ill
    assert "Create Public Threads" in ill
    assert ill.count("✅") == 3


async def test_help_lists_what_one_may_say(stage: Stage) -> None:
    ada = stage.member("ada")
    await stage.opened(ada)
    said = words(screen(await ada.slash(stage.votes, "help")))
    assert "/campaign tells what runs here" in said
    assert "/round" not in said
    rules = words(screen(await ada.click(stage.card, label="Rules")))
    assert rules == said


async def test_a_person_takes_their_data_along_and_is_forgotten_with_their_habits(stage: Stage) -> None:
    ada = stage.member("ada")
    mine = screen(await ada.slash(stage.votes, "ballot"))
    await ada.click(mine, label="Use menus")
    file = screen(await ada.slash(stage.votes, "takeout"))
    assert [one.filename for one in file.attachments] == ["catwalk.json"]
    assert "What we keep about you" in words(screen(await ada.slash(stage.votes, "me")))
    unsure = screen(await ada.slash(stage.votes, "forget"))
    assert "This cannot be undone." in words(unsure)
    gone = screen(await ada.slash(stage.votes, "forget", sure="yes"))
    assert "You are forgotten here." in words(gone)
    async with stage.made.store.read() as tx:
        kept = (await tx.conn.execute(select(memo).where(memo.c.key.startswith("habit:")))).all()
    assert [row.value for row in kept] == [""]
    assert str(ada.id) not in kept[0].key


async def test_where_several_campaigns_run_one_is_chosen_while_typing(stage: Stage) -> None:
    await designs.load(stage.made.store, campaign_file([plan(stage.made.clock)], key="summer"))
    ada = stage.member("ada")
    await stage.opened(ada)
    assert await ada.autocomplete(stage.votes, "results", "campaign", "s") == []
    await stage.join("summer")
    choices = await ada.autocomplete(stage.votes, "results", "campaign", "")
    assert sorted(one["value"] for one in choices) == ["spring", "summer"]
    stranger = stage.member("eve")
    assert await stranger.autocomplete(stage.votes, "results", "campaign", "") != []


async def test_a_design_is_chosen_by_its_number_or_its_title_while_typing(stage: Stage) -> None:
    ada = stage.member("ada")
    typed = {"1": [1, 10], "#01": [1, 10], "dress 7": [7], "no such": []}
    for words_, found in typed.items():
        choices = await ada.autocomplete(stage.votes, "find", "number", words_)
        assert [one["value"] for one in choices] == found, words_
    every = await ada.autocomplete(stage.votes, "order", "number", "")
    assert [one["name"] for one in every][:2] == ["#001 Dress 1", "#002 Dress 2"]


async def test_accounts_are_joined_and_the_ballot_goes_on(stage: Stage) -> None:
    fan = await stage.made.fan(1)
    await stage.made.look(fan)
    ada = stage.member("ada")
    await stage.opened(ada)
    issued = words(screen(await ada.slash(stage.votes, "link")))
    code = issued.split("Your code is ")[1].split(".")[0]
    assert "Linked." in await stage.linked(fan, code)
    await stage.made.press(fan, "e1", f"p:{stage.made.round_id}:7:1")
    assert "Number 7" in words(screen(await ada.slash(stage.votes, "ballot")))
