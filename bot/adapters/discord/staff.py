"""The commands of those who run the shop. Discord hides them from others; who may what is for the shop."""

from typing import Any

from discord import Attachment, Interaction, Message, Permissions
from discord.app_commands import (
    AppCommandContext,
    Command,
    CommandTree,
    ContextMenu,
    Group,
    Range,
    autocomplete,
    describe,
    rename,
)

from bot.adapters.discord.completing import campaigns_of, designs_of
from bot.adapters.discord.described import CAMPAIGN, said
from bot.adapters.discord.house import House
from bot.text import Text, t

_IN_CHANNELS = AppCommandContext(guild=True, dm_channel=False, private_channel=False)

_WHY = t("Why; it is kept in the log")


def furnish(tree: CommandTree, house: House) -> None:
    tree.add_command(_round(house))
    tree.add_command(_mod(house))
    _owners(tree, house)
    _designers(tree, house)
    _on_messages(tree, house)
    _setting_up(tree, house)


# ------------------------------------------------------------------ who runs rounds


def _staff(name: str, text: Text) -> Group:
    may = Permissions(manage_messages=True)
    return Group(name=name, description=said(text), default_permissions=may, allowed_contexts=_IN_CHANNELS)


def _round(house: House) -> Group:
    """Make /round. Its verbs take the same options, but for how long it is extended."""
    group = _staff("round", t("The round: status, open, pause, extend, close"))
    verbs = {
        "open": t("Open the next round now"),
        "pause": t("Pause the round; every pick stays safe"),
        "resume": t("Go on with a paused round"),
        "close": t("Close the round for good"),
        "again": t("Draft anew a round that was called off; for owners"),
    }

    def verb(name: str, text: Text) -> None:
        @group.command(name=name, description=said(text))
        @describe(campaign=said(CAMPAIGN), why=said(_WHY))
        @autocomplete(campaign=campaigns_of(house))
        async def do(interaction: Interaction, why: str | None = None, campaign: str | None = None) -> None:
            await house.commanded(interaction, "round", name, campaign, why)

    for name, text in verbs.items():
        verb(name, text)

    @group.command(description=said(t("How the round goes")))
    @describe(campaign=said(CAMPAIGN))
    @autocomplete(campaign=campaigns_of(house))
    async def status(interaction: Interaction, campaign: str | None = None) -> None:
        await house.commanded(interaction, "round", "status", campaign)

    @group.command(description=said(t("Close the round later")))
    @describe(by=said(t("How much later: 90m, 24h, 2d")), campaign=said(CAMPAIGN), why=said(_WHY))
    @autocomplete(campaign=campaigns_of(house))
    async def extend(
        interaction: Interaction, by: str, why: str | None = None, campaign: str | None = None
    ) -> None:
        await house.commanded(interaction, "round", "extend", campaign, by, why)

    return group


def _mod(house: House) -> Group:
    """Make /mod."""
    group = _staff("mod", t("Hide, set aside, undo, the log"))

    @group.command(description=said(t("Hide a comment; its author is told why")))
    @describe(comment=said(t("Its name, like c12")), why=said(_WHY))
    async def hide(interaction: Interaction, comment: str, why: str) -> None:
        await house.commanded(interaction, "mod", "hide", comment, why)

    @group.command(description=said(t("Leave a ballot out of the count; the fan is told")))
    @describe(who=said(t("A name, or one of their comments, like c12")), why=said(_WHY))
    async def aside(interaction: Interaction, who: str, why: str) -> None:
        await house.commanded(interaction, "mod", "aside", who, why)

    @group.command(description=said(t("Take back what was done")))
    @describe(number=said(t("The number that the log shows; without one, your last deed")), why=said(_WHY))
    async def undo(interaction: Interaction, number: int | None = None, why: str | None = None) -> None:
        which = [] if number is None else [str(number), why]
        await house.commanded(interaction, "mod", "undo", *which)

    @group.command(name="log", description=said(t("Who did what, when and why")))
    async def log_(interaction: Interaction) -> None:
        await house.commanded(interaction, "mod", "log")

    return group


# ------------------------------------------------------------------ who signs


def _owners(tree: CommandTree, house: House) -> None:
    def cut(name: str, text: Text) -> None:
        @tree.command(name=name, description=said(text))
        @describe(campaign=said(CAMPAIGN), number=said(t("Which round; without a number the newest")))
        @rename(number="round")
        @autocomplete(campaign=campaigns_of(house))
        async def do(
            interaction: Interaction, campaign: str | None = None, number: int | None = None
        ) -> None:
            await house.commanded(interaction, name, campaign, str(number) if number else None)

    cut("preview", t("The cut of a closed round, as you would sign it; for owners"))
    cut("sign", t("What a signature does, and one more tap to sign; for owners"))


# ------------------------------------------------------------------ who designs


def _designers(tree: CommandTree, house: House) -> None:
    version = Group(name="version", description=said(t("New versions of designs; for designers")))
    designs = Group(name="designs", description=said(t("Designs of a campaign; for designers")))

    @version.command(description=said(t("Send the next version of a design")))
    @describe(
        number=said(t("The number on the photo")),
        photo=said(t("The photo of the new version")),
        note=said(t("What changed, in one line: fans read it")),
    )
    @autocomplete(number=designs_of(house))
    async def upload(
        interaction: Interaction, number: Range[int, 1, 9999], photo: Attachment, note: str
    ) -> None:
        await house.uploaded(interaction, number, photo, note)

    @designs.command(description=said(t("Add designs to a campaign that has not begun")))
    @describe(
        file=said(t("A photo, or a zip of photos and a designs.csv")),
        words=said(t("The campaign’s key where there are several, and the title of a single photo")),
        **{f"file{n}": said(t("One more")) for n in range(2, 11)},
    )
    async def add(
        interaction: Interaction, file: Attachment, words: str | None = None,
        file2: Attachment | None = None, file3: Attachment | None = None, file4: Attachment | None = None,
        file5: Attachment | None = None, file6: Attachment | None = None, file7: Attachment | None = None,
        file8: Attachment | None = None, file9: Attachment | None = None, file10: Attachment | None = None,
    ) -> None:  # fmt: skip
        more = (file2, file3, file4, file5, file6, file7, file8, file9, file10)
        await house.added(interaction, [file, *(one for one in more if one)], words or "")

    tree.add_command(version)
    tree.add_command(designs)


# ------------------------------------------------------------------ what is said of a message


def _on_messages(tree: CommandTree, house: House) -> None:
    async def attach(interaction: Interaction, message: Message) -> None:
        await house.attend(interaction, lambda visit: house.talk.attach(visit, message))

    async def hide(interaction: Interaction, message: Message) -> None:
        await house.attend(interaction, lambda visit: house.talk.hide(visit, message))

    tree.add_command(
        ContextMenu(name=said(t("Attach to a design")), callback=attach, allowed_contexts=_IN_CHANNELS)
    )
    hiding = ContextMenu(name=said(t("Hide this comment")), callback=hide, allowed_contexts=_IN_CHANNELS)
    hiding.default_permissions = Permissions(manage_messages=True)
    tree.add_command(hiding)


# ------------------------------------------------------------------ setting up


def _setting_up(tree: CommandTree, house: House) -> None:
    may = Permissions(manage_guild=True)

    async def setup(interaction: Interaction, code: str) -> None:
        await house.set_up(interaction, code)

    async def doctor(interaction: Interaction) -> None:
        await house.examined(interaction)

    described = describe(code=said(t("What the owner was given by: catwalk group code")))(setup)
    offers = (
        ("setup", t("Join this channel to a campaign"), described),
        ("doctor", t("What stops me from working here"), doctor),
    )
    for name, text, do in offers:
        command: Command[Any, ..., None] = Command(
            name=name, description=said(text), callback=do, allowed_contexts=_IN_CHANNELS
        )
        command.default_permissions = may
        tree.add_command(command)
