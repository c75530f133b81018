"""What stops the bot from doing its work in a channel, and what to do about it."""

from discord import Permissions

from bot.port import Answer
from bot.text import Text, t


def examine(may: Permissions) -> Answer:
    """Look at the bot's own permissions in the channel this was asked in."""
    needs = (
        (may.view_channel and may.send_messages, t("I may post here."),
         t("I may not post here. Give me “View Channel” and “Send Messages”.")),
        (may.attach_files, t("I may show photos."),
         t("I may not show photos. Give me “Attach Files”.")),
        (may.read_message_history, t("I may keep the round’s post true."),
         t("I may not find my own posts again. Give me “Read Message History”.")),
        (may.create_public_threads and may.send_messages_in_threads, t("I may open a thread for each round."),
         t("I may not open threads. Give me “Create Public Threads” and “Send Messages in Threads”.")),
        (may.add_reactions, t("I may acknowledge comments with a reaction."),
         t("I may not react to comments. Give me “Add Reactions”.")),
    )  # fmt: skip
    return Answer(t("What I can do here"), tuple(_line(*need) for need in needs))


def _line(granted: bool, well: Text, missing: Text) -> Text:
    return t("✅ {what}", what=well) if granted else t("⚠️ {what}", what=missing)
