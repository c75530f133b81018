"""What is said on Discord: by form, by command, by a message attached or sent to us; hidden with a reason."""

import discord
from simcord.actors import MemberActor
from simcord.components import walk_components

from bot.port import Role
from tests.adapters.discord.stage import Stage, labels, screen, words
from tests.intake.made import jpeg


async def kept(stage: Stage, member: MemberActor) -> str:
    """Read what somebody said, as they see it themselves."""
    return words(screen(await member.slash(stage.votes, "said")))


async def met(stage: Stage, name: str) -> MemberActor:
    """Let somebody in who has opened their ballot once."""
    member = stage.member(name)
    await stage.opened(member)
    return member


async def test_a_comment_is_ticked_and_written_in_a_form(stage: Stage) -> None:
    ada = stage.member("ada")
    asked = await ada.click(stage.card, label="Comment")
    assert asked.modal is not None
    labelled = [part["label"] for part in asked.modal["components"]]
    assert labelled == [
        "The number on the photo", "What is it about?", "What would make it better?", "A photo that shows it",
    ]  # fmt: skip
    given = {"number": "7", "reasons": ["colour", "length"], "words": "too long"}
    answer = screen(await ada.submit_modal(asked, given))
    assert answer.ephemeral
    assert "Noted for #007." in words(answer)
    assert "Colour and Length: too long" in await kept(stage, ada)
    nothing = await ada.submit_modal(await ada.click(stage.card, label="Comment"), {"number": "7"})
    assert "Write a few words first." in words(screen(nothing))


async def test_a_comment_from_the_sheet_knows_its_design_and_leaves_the_sheet(stage: Stage) -> None:
    ada = stage.member("ada")
    sheet = await stage.opened(ada)
    number = labels(sheet)[0][1]
    pad = screen(await ada.click(sheet, label="Comment"))
    asked = await ada.click(pad, label=number)
    assert asked.modal is not None
    assert asked.modal["title"] == f"#{number}"
    await stage.restarted()  # a form that is open outlives the bot
    answer = screen(
        await ada.submit_modal(asked, {"words": "longer sleeves", "photo": ("a.jpg", jpeg(1, (900, 1200)))})
    )
    assert f"Noted for #{number}." in words(answer)
    assert answer.id != sheet.id
    assert "longer sleeves" in await kept(stage, ada)


async def test_a_comment_is_said_by_a_command(stage: Stage) -> None:
    ada = stage.member("ada")
    answer = await ada.slash(stage.votes, "comment", number=7, words="in sage, please")
    assert "Noted for #007." in words(screen(answer))
    unknown = await ada.slash(stage.votes, "comment", number=999, words="hm")
    assert "There is no #999 here." in words(screen(unknown))


async def test_a_message_that_names_a_design_is_attached_to_it_at_once(stage: Stage) -> None:
    ada, bob = await met(stage, "ada"), await met(stage, "bob")
    said = await ada.send(stage.votes, "I want #007 in green")
    answer = await bob.context_menu(stage.votes, "Attach to a design", said)
    assert "Noted for #007." in words(screen(answer))
    again = await bob.context_menu(stage.votes, "Attach to a design", said)
    assert "Noted for #007." in words(screen(again))
    assert (await kept(stage, ada)).count("I want #007 in green") == 1
    assert "You have said nothing yet." in await kept(stage, bob)


async def test_any_other_message_is_attached_by_a_form_that_keeps_its_words(stage: Stage) -> None:
    ada, bob = await met(stage, "ada"), await met(stage, "bob")
    said = await ada.send(stage.votes, "shorter   sleeves\nplease")
    asked = await bob.context_menu(stage.votes, "Attach to a design", said)
    assert asked.modal is not None
    value = next(p["value"] for p in parts_of(asked.modal) if p.get("custom_id") == "words")
    assert value == said.content
    changed = await bob.submit_modal(asked, {"number": "7", "words": "I hate it"})
    assert "leave them as they are" in words(screen(changed))
    asked = await bob.context_menu(stage.votes, "Attach to a design", said)
    await bob.submit_modal(asked, {"number": "7", "words": "shorter sleeves please"})
    assert "shorter sleeves please" in await kept(stage, ada)
    own = await ada.send(stage.votes, "a pocket")
    asked = await ada.context_menu(stage.votes, "Attach to a design", own)
    await ada.submit_modal(asked, {"number": "8", "words": "two pockets"})
    assert "two pockets" in await kept(stage, ada)


async def test_words_of_strangers_and_bots_are_not_attached(stage: Stage) -> None:
    ada, eve = await met(stage, "ada"), stage.member("eve")
    said = await eve.send(stage.votes, "#007 is mine")
    answer = await ada.context_menu(stage.votes, "Attach to a design", said)
    assert "Whoever wrote this has no ballot here yet." in words(screen(answer))
    answer = await ada.context_menu(stage.votes, "Attach to a design", stage.card)
    assert "Only what a person wrote" in words(screen(answer))
    assert "Noted for #007." in words(screen(await eve.context_menu(stage.votes, "Attach to a design", said)))


async def test_words_to_the_bot_in_the_rounds_thread_are_a_comment(stage: Stage) -> None:
    ada = stage.member("ada")
    thread, us = stage.votes.threads[0], stage.env.bot.user
    assert us is not None
    said = await ada.send(thread, f"{us.mention} #007 longer sleeves please")
    assert reactions(stage, said) == ["✍️"]
    assert "longer sleeves please" in await kept(stage, ada)
    await ada.edit(said, f"{us.mention} #007 shorter sleeves please")
    assert "shorter sleeves please" in await kept(stage, ada)
    assert "longer sleeves please" not in await kept(stage, ada)
    wrong = await ada.send(thread, f"{us.mention} #999 hm")
    assert reactions(stage, wrong) == ["🤷"]
    assert "There is no #999 here." in words(ada.user.dm_channel.history()[-1])


async def test_what_is_not_said_to_the_bot_is_nobodys_business(stage: Stage) -> None:
    ada = await met(stage, "ada")
    said = await ada.send(stage.votes, "#007 longer sleeves please")
    assert reactions(stage, said) == []
    assert "You have said nothing yet." in await kept(stage, ada)


async def test_a_moderator_hides_a_message_with_a_reason_and_its_author_is_told(stage: Stage) -> None:
    ada = await met(stage, "ada")
    await stage.opened(stage.admin)
    await stage.granted(stage.admin, Role.MODERATOR)
    said = await ada.send(stage.votes, "#007 is ugly like its designer")
    await ada.context_menu(stage.votes, "Attach to a design", said)
    asked = await stage.admin.context_menu(stage.votes, "Hide this comment", said)
    answer = screen(await stage.admin.submit_modal(asked, {"words": "unkind"}))
    assert labels(answer) == [["Undo"]]
    await stage.relay()
    assert "unkind" in words(ada.user.dm_channel.history()[-1])
    assert "Hidden by the moderators: unkind" in await kept(stage, ada)
    undone = screen(await stage.admin.click(answer, label="Undo"))
    assert undone.id == answer.id
    assert "Hidden by the moderators" not in await kept(stage, ada)


async def test_who_may_not_hide_is_refused_by_the_shop_too(stage: Stage) -> None:
    mods = stage.guild.create_role("Mods", permissions=discord.Permissions(manage_messages=True))
    mod = stage.guild.add_member(stage.env.create_user("mod"), roles=[mods])
    await stage.opened(mod)
    said = await mod.send(stage.votes, "#007 hm")
    asked = await mod.context_menu(stage.votes, "Hide this comment", said)
    answer = screen(await mod.submit_modal(asked, {"words": "because"}))
    assert "is for the people who run this shop" in words(answer)


def parts_of(modal: dict[str, object]) -> list[dict[str, object]]:
    return list(walk_components(modal["components"]))


def reactions(stage: Stage, message: discord.Message) -> list[str]:
    stored = stage.env.backend.get_message(message.channel.id, message.id)
    return [str(reaction.emoji) for reaction in stored.reactions]
