"""What commands are called and explained as, in their readers' languages."""

import hashlib
import json

from discord import Locale
from discord.app_commands import CommandTree, TranslationContextTypes, Translator, locale_str

from bot.i18n import Reader, render
from bot.text import Text, t

CAMPAIGN = t("Which campaign, where there are several")

_LOCALES = {Locale.french: "fr", Locale.chinese: "zh"}


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
