"""What is said in channels: words to us, a message that somebody attaches to a design, a comment to hide."""

import hmac
import re
from collections.abc import Mapping
from typing import Any

import structlog
from discord import Client, HTTPException, Message

from bot.adapters.discord import forms
from bot.adapters.discord.files import attachment
from bot.adapters.discord.shown import Shown
from bot.adapters.discord.sights import Sights
from bot.adapters.discord.trouble import TROUBLE
from bot.adapters.discord.visit import Visit, ask, refusal
from bot.adapters.discord.who import actor_of, event_of, group_of, joined_at
from bot.adapters.discord.window import Screen
from bot.adapters.discord.words import plain
from bot.errors import RuleError
from bot.port import Actor, Command, Comment, Inbox, Seen
from bot.port.readers import STRANGERS
from bot.port.words import names_a_design
from bot.text import t

log = structlog.get_logger()

HEARD, PUZZLED = "✍️", "🤷"

_SIGN_LETTERS = 16
_ATTACH = re.compile(r"attach:(\d{1,20}\.\d{1,20}):(\d{1,20}):([0-9a-f]{16})")
_HIDE = re.compile(r"hide:(\d{1,20}\.\d{1,20})")


class Talk:
    """Takes words in channels to the Inbox."""

    def __init__(self, inbox: Inbox, sights: Sights, secret: bytes) -> None:
        self._inbox = inbox
        self._sights = sights
        self._secret = secret

    # ------------------------------------------------------------------ a message as a comment

    async def attach(self, visit: Visit, message: Message) -> None:
        """Make a message a comment of its author's: at once where it names a design, else by a form."""
        if message.author.bot or not message.content.strip():
            raise RuleError("attach.wordless", t("Only what a person wrote can be attached to a design."))
        event = event_of(message.channel.id, message.id)
        if names_a_design(message.content):
            await self._keep(visit, str(message.author.id), event, message.content, None)
            return
        author = str(message.author.id)
        words = message.content[: forms.COMMENT_LETTERS]
        carries = f"attach:{event}:{author}:{self._sign(event, author, words)}"
        await visit.window.ask(forms.attach(carries, words, self._sights.reader(visit)))

    async def attached(self, visit: Visit, carried: str, given: Mapping[str, Any]) -> None:
        """Take a filled-in form. Only authors may change the words; anybody else's stay as they were."""
        found = _ATTACH.fullmatch(carried)
        if found is None:
            raise RuleError("form.unknown", t("This form is not one of ours any more."))
        event, author, sign = found.groups()
        words = forms.words_of(given)
        untouched = hmac.compare_digest(sign, self._sign(event, author, words))
        if author != visit.actor.remote_id and not untouched:
            raise RuleError("attach.changed", t("These are somebody else’s words: leave them as they are."))
        await self._keep(visit, author, event, words, forms.number_of(given))

    async def _keep(self, visit: Visit, author: str, event: str, words: str, number: int | None) -> None:
        mine = author == visit.actor.remote_id
        actor = visit.actor if mine else Actor(visit.actor.platform, author, "")
        said = Comment(actor, event, visit.group, words, number)
        try:
            if mine:
                reply = await ask(self._inbox, visit, self._inbox.comment, said)
            else:
                reply = await self._inbox.comment(said)
        except RuleError as refused:
            if mine or refused.code not in STRANGERS:
                raise
            unknown = t("Whoever wrote this has no ballot here yet. They can attach it themselves.")
            raise RuleError("attach.stranger", unknown) from None
        await visit.window.say(self._sights.reply(visit, reply))

    def _sign(self, event: str, author: str, words: str) -> str:
        """Sign words as a form carries them; how they are spaced is left to Discord."""
        written = f"discord.attach:{event}:{author}:{' '.join(words.split())}"
        return hmac.digest(self._secret, written.encode(), "sha256").hex()[:_SIGN_LETTERS]

    # ------------------------------------------------------------------ a comment hidden

    async def hide(self, visit: Visit, message: Message) -> None:
        """Ask why a message that is a comment is to be hidden."""
        carries = f"hide:{event_of(message.channel.id, message.id)}"
        await visit.window.ask(forms.hide(carries, self._sights.reader(visit)))

    async def hidden(self, visit: Visit, carried: str, given: Mapping[str, Any]) -> None:
        found = _HIDE.fullmatch(carried)
        if found is None:
            raise RuleError("form.unknown", t("This form is not one of ours any more."))
        why = forms.words_of(given)
        said = Command(visit.actor, visit.event, "hide", why, visit.group, replies=found[1])
        reply = await ask(self._inbox, visit, self._inbox.command, said)
        await visit.window.say(self._sights.reply(visit, reply))

    # ------------------------------------------------------------------ words to us

    async def heard(self, client: Client, message: Message, edited: bool = False) -> None:
        """Take words that mention us, or answer us, as a comment; Discord shows us no others."""
        group, us = group_of(message.channel), client.user
        if group is None or us is None or message.author.bot or not us.mentioned_in(message):
            return
        actor = actor_of(message.author)
        words = message.content.replace(us.mention, "").strip()
        photo = next((one for one in message.attachments if "image" in (one.content_type or "")), None)
        said = Comment(
            actor, event_of(message.channel.id, message.id), group, words, edited=edited,
            replies=_answered(message), photo=attachment(client, photo) if photo else None,
        )  # fmt: skip
        try:
            await self._inbox.hear(Seen(actor, group, joined_at=joined_at(message.author)))
            await self._inbox.comment(said)
        except RuleError as refused:
            await _react(message, PUZZLED)
            await _whisper(
                message, Shown(plain(refusal(refused), self._sights.readers.refused(actor, refused)))
            )
            return
        await _react(message, HEARD)


def _answered(message: Message) -> str | None:
    """Name what was said by the message this answers."""
    answers = message.reference
    return event_of(answers.channel_id, answers.message_id) if answers and answers.message_id else None


async def _react(message: Message, emoji: str) -> None:
    """Acknowledge with a reaction, which costs the channel no message."""
    try:
        await message.add_reaction(emoji)
    except HTTPException as refused:
        log.info("reaction_refused", reason=refused.text)


async def _whisper(message: Message, shown: Shown) -> None:
    """Say why not in private messages, to who takes any."""
    try:
        await message.author.send(view=Screen(shown.parts()))
    except TROUBLE as error:
        log.info("whisper_refused", reason=type(error).__name__)
