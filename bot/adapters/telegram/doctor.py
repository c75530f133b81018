"""What stops the bot from doing its work in a group, and what to do about it."""

from telegram import Bot, ChatMember, ChatMemberAdministrator, ChatMemberRestricted

from bot.port import Answer
from bot.text import Text, t


async def examine(bot: Bot, chat_id: int) -> Answer:
    """Look at the bot's own rights in a group."""
    me = await bot.get_me()
    there = await bot.get_chat_member(chat_id, me.id)
    leads = isinstance(there, ChatMemberAdministrator)
    pins = isinstance(there, ChatMemberAdministrator) and bool(there.can_pin_messages)
    lines = [_reads(leads or bool(me.can_read_all_group_messages)), _pins(pins), _hears(leads)]
    if not (leads or await _writes(bot, chat_id, there)):
        lines.insert(0, t("⚠️ I may not write here, so my posts wait. Give me the right to send messages."))
    return Answer(t("What I can do here"), tuple(lines))


async def _writes(bot: Bot, chat_id: int, there: ChatMember) -> bool:
    """Say whether a bot that is no administrator may write to a group, as itself and as anybody there."""
    if isinstance(there, ChatMemberRestricted) and not there.can_send_messages:
        return False
    anybody = (await bot.get_chat(chat_id)).permissions
    return anybody is None or bool(anybody.can_send_messages)


def _reads(may: bool) -> Text:
    if may:
        return t("✅ I read what is written here, so comments by number work.")
    return t(
        "⚠️ Privacy mode keeps comments by number from me. Make me an administrator; or switch privacy mode "
        "off at @BotFather and add me to the group again. Until then, answer one of my posts to comment."
    )


def _pins(may: bool) -> Text:
    if may:
        return t("✅ I may pin the round’s card.")
    return t("⚠️ I may not pin the round’s card. Give me the right to pin messages.")


def _hears(may: bool) -> Text:
    if may:
        return t("✅ I am told who joins and leaves.")
    return t("⚠️ I am not told who joins and leaves. Make me an administrator.")
