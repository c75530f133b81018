"""What moderators, designers and owners do on Discord: rounds, versions, designs, the cut."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from simcord.actors import MemberActor

from bot.port import Role
from bot.storage import campaigns, revisions
from bot.storage.store import Store
from tests.adapters.discord.stage import Stage, labels, screen, staged, with_studio, words
from tests.clock import Clock
from tests.intake.made import jpeg, packed
from tests.made_shop import HOUR, made_shop, plan

PHOTO = ("sage.jpg", jpeg(3, (900, 1200)))


async def staff(stage: Stage, role: Role) -> MemberActor:
    """Let somebody in who has a role, and manages the server."""
    powers = discord.Permissions(manage_messages=True, manage_guild=True)
    member = stage.guild.add_member(
        stage.env.create_user(role.value), roles=[stage.guild.create_role(role.value, permissions=powers)]
    )
    await stage.granted(member, role)
    return member


async def test_a_moderator_runs_the_round_by_commands_and_buttons(stage: Stage) -> None:
    mod = await staff(stage, Role.MODERATOR)
    status = screen(await mod.slash(stage.votes, "round status"))
    assert status.ephemeral
    assert "Round 1 of 1 is open" in words(status)
    paused = screen(await mod.click(status, label="Pause"))
    assert "Round 1 is paused." in words(paused)
    assert paused.id == status.id
    ada = stage.member("ada")
    assert "Voting is paused" in words(await stage.opened(ada))
    resumed = await mod.slash(stage.votes, "round resume", why="lunch is over")
    assert "Round 1 goes on" in words(screen(resumed))
    later = await mod.slash(stage.votes, "round extend", by="24h", campaign="spring")
    assert "Extended" in words(screen(later))
    log = words(screen(await mod.slash(stage.votes, "mod log")))
    assert "lunch is over" in log
    refused = await mod.slash(stage.votes, "round extend", by="soon")
    assert words(screen(refused))


async def test_who_may_manage_messages_but_has_no_role_is_refused(stage: Stage) -> None:
    powers = discord.Permissions(manage_messages=True)
    mods = stage.guild.create_role("Mods", permissions=powers)
    mod = stage.guild.add_member(stage.env.create_user("mod"), roles=[mods])
    await stage.opened(mod)
    answer = screen(await mod.slash(stage.votes, "round pause"))
    assert "/round is for the people who run this shop." in words(answer)


async def test_fans_are_not_even_shown_what_is_for_the_staff(stage: Stage) -> None:
    shown = stage.member("ada").available_commands(stage.votes)
    assert {"vote", "ballot", "order", "help"} <= set(shown)
    assert not {"round pause", "mod hide", "setup", "doctor"} & set(shown)


async def test_a_ballot_is_set_aside_and_taken_back(stage: Stage) -> None:
    mod, ada = await staff(stage, Role.MODERATOR), stage.member("ada")
    sheet = await stage.opened(ada)
    await ada.click(sheet, label=labels(sheet)[0][0])
    done = screen(await mod.slash(stage.votes, "mod aside", who="ada", why="two accounts"))
    assert labels(done) == [["Undo"]]
    undone = screen(await mod.slash(stage.votes, "mod undo"))
    assert words(undone)


async def test_an_owner_previews_and_signs_a_cut(stage: Stage) -> None:
    owner, ada = await staff(stage, Role.OWNER), stage.member("ada")
    sheet = await stage.opened(ada)
    await ada.click(sheet, label=labels(sheet)[0][0])
    stage.made.clock.advance(hours=50)
    await stage.closed()
    await stage.relay()
    summary = owner.user.dm_channel.history()[-1]
    assert "Round 1" in words(summary)
    preview = screen(await owner.slash(stage.votes, "preview"))
    assert "Round 1: 3 go on, 7 leave" in words(preview)
    asked = screen(await owner.click(preview, label="Sign this cut"))
    signed = screen(await owner.click(asked, label="Sign the cut"))
    assert "The cut of round 1 is signed." in words(signed)
    file = screen(await owner.slash(stage.votes, "results", part="csv"))
    assert [one.filename.endswith(".csv") for one in file.attachments] == [True]


async def test_the_summary_in_private_messages_has_buttons_that_work_there(stage: Stage) -> None:
    owner, ada = await staff(stage, Role.OWNER), stage.member("ada")
    sheet = await stage.opened(ada)
    await ada.click(sheet, label=labels(sheet)[0][0])
    stage.made.clock.set(stage.made.clock() + 50 * HOUR)
    await stage.closed()
    await stage.relay()
    summary = owner.user.dm_channel.history()[-1]
    edge = screen(await owner.user.click(summary, label="Comments"))
    assert edge.ephemeral
    assert words(edge)


@pytest.fixture
async def between(file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    """A channel whose campaign has signed its first round and not opened the second."""
    made = with_studio(
        await made_shop(file_store, clock, plans=[plan(clock), plan(clock, 2)]), tmp_path / "photos"
    )
    await made.sign_first()
    async with staged(made) as stage:
        await stage.set_up()
        yield stage


async def test_a_designer_sends_the_next_version(between: Stage) -> None:
    dora = await staff(between, Role.DESIGNER)
    wrong = await dora.slash(between.votes, "version upload", number=67, photo=PHOTO, note="sleeves +4 cm")
    assert "There is no design #067 here." in words(screen(wrong))
    kept = await dora.slash(between.votes, "version upload", number=2, photo=PHOTO, note="sleeves +4 cm")
    assert "Version 2 of #002 is in. Fans see it when round 2 opens." in words(screen(kept))
    async with between.made.store.read() as tx:
        (draft,) = await revisions.drafts(tx, between.made.campaign_id)
    assert draft.note == "sleeves +4 cm"


@pytest.fixture
async def draft(file_store: Store, clock: Clock, tmp_path: Path) -> AsyncIterator[Stage]:
    """A channel whose campaign has not begun."""
    made = with_studio(await made_shop(file_store, clock), tmp_path / "photos")
    async with staged(made) as stage:
        await stage.set_up()
        yield stage


async def count(stage: Stage) -> int:
    async with stage.made.store.read() as tx:
        return len(await campaigns.competitors(tx, stage.made.campaign_id))


async def test_designs_are_added_from_several_files_with_one_answer(draft: Stage) -> None:
    dora = await staff(draft, Role.DESIGNER)
    photos = {"file": ("a.jpg", jpeg(1)), "file2": ("b.jpg", jpeg(2)), "file3": ("c.jpg", jpeg(1))}
    answer = screen(await dora.slash(draft.votes, "designs add", words="Sage wrap dress", **photos))
    assert "2 designs are added to Spring: #011 and #012" in words(answer)
    assert "Photo 3: This is the very photo of #011." in words(answer)
    zipped = ("more.zip", packed({"coat.jpg": jpeg(4), "cape.jpg": jpeg(5)}))
    answer = screen(await dora.slash(draft.votes, "designs add", file=zipped))
    assert "2 designs are added to Spring: #013 and #014" in words(answer)
    assert await count(draft) == 14


async def test_a_fan_adds_no_designs_and_nothing_is_fetched(draft: Stage) -> None:
    ada = draft.member("ada")
    answer = await ada.slash(draft.votes, "designs add", file=("a.jpg", jpeg(1)))
    assert words(screen(answer))
    assert await count(draft) == 10
