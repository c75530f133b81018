"""The menu of commands that clients offer: per language, per place, more for who runs the shop."""

from collections.abc import Collection, Mapping

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from bot.i18n import LANGUAGES, Reader, render
from bot.port import Role
from bot.text import Text, t

_FANS: Mapping[str, Text] = {
    "vote": t("Go on with my ballot"),
    "ballot": t("What I picked"),
    "said": t("What I said, and what became of it"),
    "presales": t("What can be ordered"),
    "orders": t("My orders"),
    "campaign": t("What runs here, and the next dates"),
    "results": t("How the last round ended"),
    "language": t("Change the language"),
    "link": t("Join my accounts"),
    "me": t("What is kept about me"),
    "takeout": t("Everything that is kept about me, as a file"),
    "help": t("What can be said here"),
}
_GROUPS: Mapping[str, Text] = {name: _FANS[name] for name in ("vote", "campaign", "results", "help")}
_STAFF: Mapping[str, Text] = {
    "round": t("The round: status, open, pause, extend, close"),
    "mod": t("Hide, set aside, undo, the log"),
}
_OWNERS: Mapping[str, Text] = {
    "preview": t("The cut, as I would sign it"),
    "sign": t("Sign the cut"),
}
_SETTING_UP: Mapping[str, Text] = {
    "hide": t("Hide the comment this answers"),
    "doctor": t("What stops me from working here"),
    "setup": t("Join this group to a campaign"),
}


class Menus:
    """Registers menus with Telegram."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def register(self) -> None:
        """Register what everybody is offered, in every language; English is also for all other ones."""
        scopes: tuple[tuple[BotCommandScope, Mapping[str, Text]], ...] = (
            (BotCommandScopeAllPrivateChats(), _FANS),
            (BotCommandScopeAllGroupChats(), _GROUPS),
            (BotCommandScopeAllChatAdministrators(), {**_GROUPS, **_STAFF, **_SETTING_UP}),
        )
        for scope, commands in scopes:
            await self._put(scope, commands)

    async def offer(self, chat_id: int, roles: Collection[Role]) -> None:
        """Offer somebody what their roles may say, in their own chat."""
        if Role.OWNER in roles:
            await self._put(BotCommandScopeChat(chat_id), {**_FANS, **_STAFF, **_OWNERS})
        elif Role.MODERATOR in roles:
            await self._put(BotCommandScopeChat(chat_id), {**_FANS, **_STAFF})

    async def _put(self, scope: BotCommandScope, commands: Mapping[str, Text]) -> None:
        for language in LANGUAGES:
            said = [BotCommand(name, render(text, Reader(language))) for name, text in commands.items()]
            await self._bot.set_my_commands(said, scope, language_code=None if language == "en" else language)
