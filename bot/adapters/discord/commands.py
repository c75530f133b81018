"""The commands that clients offer, in each language; what they say is the same on every surface."""

from collections.abc import Mapping
from typing import Any

from discord import Attachment, Interaction
from discord.app_commands import (
    AppCommandContext,
    Choice,
    Command,
    CommandTree,
    Range,
    autocomplete,
    choices,
    describe,
)

from bot.adapters.discord import staff
from bot.adapters.discord.completing import campaigns_of, designs_of
from bot.adapters.discord.described import CAMPAIGN, said
from bot.adapters.discord.house import House
from bot.text import Text, t

_TONGUES = [Choice(name=n, value=v) for n, v in (("English", "en"), ("Français", "fr"), ("中文", "zh"))]

_ANYWHERE = AppCommandContext(guild=True, dm_channel=True, private_channel=False)

_FANS: Mapping[str, Text] = {
    "vote": t("Go on with my ballot"),
    "ballot": t("What I picked"),
    "said": t("What I said, and what became of it"),
    "presales": t("What can be ordered"),
    "orders": t("My orders"),
    "unlink": t("Part my accounts again"),
    "me": t("What is kept about me"),
    "takeout": t("Everything that is kept about me, as a file"),
    "help": t("What can be said here"),
    "even": t("Say of your next pair that you can’t choose"),
}
_ANSWERS: Mapping[str, Text] = {
    "pick": t("Pick designs by their numbers, or answer your next pair"),
    "love": t("Love cards, by their numbers"),
    "like": t("Like cards, by their numbers"),
    "pass": t("Pass on cards, by their numbers"),
}

_PARTS: Mapping[str, Text] = {
    "edge": t("The edge"), "csv": t("The standings, as a file"), "comments": t("The comments"),
}  # fmt: skip


def furnish(tree: CommandTree, house: House) -> None:
    """Register every command."""
    for name, text in _FANS.items():
        tree.add_command(_plain(house, name, text))
    for name, text in _ANSWERS.items():
        tree.add_command(_answering(house, name, text))
    _fans(tree, house)
    staff.furnish(tree, house)


def _answering(house: House, name: str, text: Text) -> Command[Any, ..., None]:
    """Make a command that answers by numbers: the text path of every ballot."""

    async def do(interaction: Interaction, numbers: str) -> None:
        await house.commanded(interaction, name, numbers)

    described = describe(numbers=said(t("Like 61 67 72; -67 takes one back")))(do)
    return Command(name=name, description=said(text), callback=described, allowed_contexts=_ANYWHERE)


def _plain(house: House, name: str, text: Text) -> Command[Any, ..., None]:
    async def do(interaction: Interaction) -> None:
        await house.commanded(interaction, name)

    return Command(name=name, description=said(text), callback=do, allowed_contexts=_ANYWHERE)


# ------------------------------------------------------------------ fans


def _fans(tree: CommandTree, house: House) -> None:
    campaigns, designs = campaigns_of(house), designs_of(house)

    @tree.command(description=said(t("What runs here, and the next dates")))
    @describe(campaign=said(CAMPAIGN))
    @autocomplete(campaign=campaigns)
    async def campaign(interaction: Interaction, campaign: str | None = None) -> None:
        await house.commanded(interaction, "campaign", campaign)

    @tree.command(description=said(t("How the last round ended")))
    @describe(part=said(t("For the shop’s people: a part of it")), campaign=said(CAMPAIGN))
    @choices(part=[Choice(name=said(label), value=key) for key, label in _PARTS.items()])
    @autocomplete(campaign=campaigns)
    async def results(
        interaction: Interaction, part: Choice[str] | None = None, campaign: str | None = None
    ) -> None:
        await house.commanded(interaction, "results", part.value if part else None, campaign)

    @tree.command(description=said(t("Say something about a design")))
    @describe(
        number=said(t("The number on the photo")),
        words=said(t("What would make it better?")),
        photo=said(t("A photo that shows it")),
    )
    @autocomplete(number=designs)
    async def comment(
        interaction: Interaction, number: Range[int, 1, 9999], words: str, photo: Attachment | None = None
    ) -> None:
        await house.commented(interaction, number, words, photo)

    @tree.command(description=said(t("See a design large")))
    @describe(number=said(t("The number on the photo")))
    @autocomplete(number=designs)
    async def find(interaction: Interaction, number: Range[int, 1, 9999]) -> None:
        await house.found(interaction, number)

    @tree.command(description=said(t("Order: see what it costs first")))
    @describe(
        number=said(t("The number on the photo")),
        quantity=said(t("How many")),
        colour=said(t("Which colour, where there are several")),
        size=said(t("Which size, where there are several")),
    )
    @autocomplete(number=designs)
    async def order(
        interaction: Interaction,
        number: Range[int, 1, 9999],
        quantity: Range[int, 1, 9999] = 1,
        colour: str | None = None,
        size: str | None = None,
    ) -> None:
        await house.commanded(interaction, "order", str(number), str(quantity), colour, size)

    @tree.command(description=said(t("Join my accounts")))
    @describe(code=said(t("The code your other account was given; without one you get a code")))
    async def link(interaction: Interaction, code: str | None = None) -> None:
        await house.commanded(interaction, "link", code)

    @tree.command(description=said(t("Change the language")))
    @describe(language=said(t("Which language we speak")))
    @choices(language=_TONGUES)
    async def language(interaction: Interaction, language: Choice[str]) -> None:
        await house.commanded(interaction, "language", language.value)

    @tree.command(description=said(t("Have me taken out of everything")))
    @describe(sure=said(t("Write yes; it cannot be undone")))
    async def forget(interaction: Interaction, sure: str | None = None) -> None:
        await house.commanded(interaction, "forget", sure)

    @tree.command(description=said(t("Take up an invitation to help run the shop")))
    @describe(code=said(t("The code you were given")))
    async def claim(interaction: Interaction, code: str) -> None:
        await house.commanded(interaction, "claim", code)
