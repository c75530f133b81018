"""The commands that clients offer, in each language; what they say is the same on every surface."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from discord import Interaction, Locale, Permissions
from discord.app_commands import (
    AppCommandContext,
    Choice,
    Command,
    CommandTree,
    Group,
    Range,
    TranslationContextTypes,
    Translator,
    autocomplete,
    choices,
    describe,
    locale_str,
    rename,
)

from bot.adapters.discord.house import House
from bot.i18n import Reader, render
from bot.text import Text, t

_LOCALES = {Locale.french: "fr", Locale.chinese: "zh"}
_TONGUES = [Choice(name=n, value=v) for n, v in (("English", "en"), ("Français", "fr"), ("中文", "zh"))]

_ANYWHERE = AppCommandContext(guild=True, dm_channel=True, private_channel=False)
_IN_CHANNELS = AppCommandContext(guild=True, dm_channel=False, private_channel=False)

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
}

_CAMPAIGN, _WHY = t("Which campaign, where there are several"), t("Why; it is kept in the log")


class Words(Translator):
    """Says what a command is in its reader's language."""

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        text, language = string.extras.get("text"), _LOCALES.get(locale)
        return render(text, Reader(language)) if text is not None and language else None


def said(text: Text) -> locale_str:
    return locale_str(render(text, Reader()), text=text)


async def definitions(tree: CommandTree) -> str:
    """Hash what the commands are, so that they are registered once for each version of them."""
    words = Words()
    payloads = [await command.get_translated_payload(tree, words) for command in tree.get_commands()]
    return hashlib.sha256(json.dumps(payloads, sort_keys=True).encode()).hexdigest()


def furnish(tree: CommandTree, house: House) -> None:
    """Register every command. Discord hides those of the staff from others; who may what is for the shop."""
    for name, text in _FANS.items():
        tree.add_command(_plain(house, name, text))
    _fans(tree, house)
    tree.add_command(_round(house))
    tree.add_command(_mod(house))
    _owners(tree, house)
    _setting_up(tree, house)


def _plain(house: House, name: str, text: Text) -> Command[Any, ..., None]:
    async def do(interaction: Interaction) -> None:
        await house.commanded(interaction, name)

    return Command(name=name, description=said(text), callback=do, allowed_contexts=_ANYWHERE)


# ------------------------------------------------------------------ fans


def _fans(tree: CommandTree, house: House) -> None:
    async def campaigns(interaction: Interaction, words: str) -> list[Choice[str]]:
        return await house.campaigns(interaction, words)

    @tree.command(description=said(t("What runs here, and the next dates")))
    @describe(campaign=said(_CAMPAIGN))
    @autocomplete(campaign=campaigns)
    async def campaign(interaction: Interaction, campaign: str | None = None) -> None:
        await house.commanded(interaction, "campaign", campaign)

    @tree.command(description=said(t("How the last round ended")))
    @describe(campaign=said(_CAMPAIGN))
    @autocomplete(campaign=campaigns)
    async def results(interaction: Interaction, campaign: str | None = None) -> None:
        await house.commanded(interaction, "results", campaign)

    @tree.command(description=said(t("Pick designs by their numbers")))
    @describe(numbers=said(t("Like 61 67 72; -67 takes one back")))
    async def pick(interaction: Interaction, numbers: str) -> None:
        await house.commanded(interaction, "pick", numbers)

    @tree.command(description=said(t("Say something about a design")))
    @describe(number=said(t("The number on the photo")), words=said(t("What would make it better?")))
    async def comment(interaction: Interaction, number: Range[int, 1, 9999], words: str) -> None:
        await house.commented(interaction, number, words)

    @tree.command(description=said(t("See a design large")))
    @describe(number=said(t("The number on the photo")))
    async def find(interaction: Interaction, number: Range[int, 1, 9999]) -> None:
        await house.found(interaction, number)

    @tree.command(description=said(t("Order: see what it costs first")))
    @describe(
        number=said(t("The number on the photo")),
        quantity=said(t("How many")),
        colour=said(t("Which colour, where there are several")),
        size=said(t("Which size, where there are several")),
    )
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

    async def campaigns(interaction: Interaction, words: str) -> list[Choice[str]]:
        return await house.campaigns(interaction, words)

    def verb(name: str, text: Text) -> None:
        @group.command(name=name, description=said(text))
        @describe(campaign=said(_CAMPAIGN), why=said(_WHY))
        @autocomplete(campaign=campaigns)
        async def do(interaction: Interaction, why: str | None = None, campaign: str | None = None) -> None:
            await house.commanded(interaction, "round", name, campaign, why)

    for name, text in verbs.items():
        verb(name, text)

    @group.command(description=said(t("How the round goes")))
    @describe(campaign=said(_CAMPAIGN))
    @autocomplete(campaign=campaigns)
    async def status(interaction: Interaction, campaign: str | None = None) -> None:
        await house.commanded(interaction, "round", "status", campaign)

    @group.command(description=said(t("Close the round later")))
    @describe(by=said(t("How much later: 90m, 24h, 2d")), campaign=said(_CAMPAIGN), why=said(_WHY))
    @autocomplete(campaign=campaigns)
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
    async def campaigns(interaction: Interaction, words: str) -> list[Choice[str]]:
        return await house.campaigns(interaction, words)

    def cut(name: str, text: Text) -> None:
        @tree.command(name=name, description=said(text))
        @describe(campaign=said(_CAMPAIGN), number=said(t("Which round; without a number the newest")))
        @rename(number="round")
        @autocomplete(campaign=campaigns)
        async def do(
            interaction: Interaction, campaign: str | None = None, number: int | None = None
        ) -> None:
            await house.commanded(interaction, name, campaign, str(number) if number else None)

    cut("preview", t("The cut of a closed round, as you would sign it; for owners"))
    cut("sign", t("What a signature does, and one more tap to sign; for owners"))


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
