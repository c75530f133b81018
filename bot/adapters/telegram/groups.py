"""A fan group: comments by number or in answer to the bot, commands answered in private, who is in it."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, User
from telegram.constants import ReactionEmoji
from telegram.error import TelegramError

from bot.adapters.telegram import answers, doctor, toasts
from bot.adapters.telegram.budget import Budget, Once
from bot.adapters.telegram.door import Door, is_inside
from bot.adapters.telegram.files import sent_file
from bot.adapters.telegram.links import Way
from bot.adapters.telegram.private import refusal
from bot.adapters.telegram.shown import Shown, link
from bot.adapters.telegram.subjects import subject
from bot.adapters.telegram.trouble import delivery_error, is_rightless
from bot.adapters.telegram.who import ANONYMOUS_ID, PLATFORM, actor_of, event_of
from bot.adapters.telegram.window import Window, answer
from bot.adapters.telegram.words import html, toast
from bot.errors import Gone, RuleError
from bot.i18n import render
from bot.port import (
    Actor,
    Back,
    BallotView,
    Command,
    Comment,
    Inbox,
    Look,
    Memos,
    Moved,
    Reply,
    Seen,
    ShowBallot,
    ShowPage,
)
from bot.port.places import HELP, MINE, read
from bot.port.readers import STRANGERS, Readers
from bot.port.words import names_a_design
from bot.text import t

log = structlog.get_logger()

A = TypeVar("A")
Ask = Callable[[A], Awaitable[Reply]]


class Groups:
    """What happens in groups."""

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        door: Door,
        window: Window,
        readers: Readers,
        memos: Memos,
        room: str | None,
    ) -> None:
        self._bot = bot
        self._inbox = inbox
        self._door = door
        self._window = window
        self._readers = readers
        self._memos = memos
        self._room = room
        self._budget = Budget()
        self._invited = Once[tuple[int, str]]()

    # ------------------------------------------------------------------ taps

    async def tapped(self, query: CallbackQuery) -> None:
        """Answer a glance with a toast; whatever else was tapped here goes on in the private chat."""
        assert query.message is not None
        actor, group = actor_of(query.from_user), str(query.message.chat.id)
        reader = self._readers.of(actor)
        try:
            place = read(query.data or "").place
            if place is not None and place.kind == HELP:
                words = t("Tap Vote: your ballot opens in our private chat, where nobody sees it.")
                await answer(query, toast(render(words, reader)), alert=True)
                return
            if place is not None and place.kind == MINE:
                view = await self._inbox.look(Look(actor, ShowBallot(), group))
                assert isinstance(view.screen, BallotView)
                await answer(query, toasts.mine(view.screen, self._readers.heard(actor, view)))
                return
        except RuleError as refused:
            if refused.code not in STRANGERS:
                await answer(query, toast(render(refused.text, reader)), alert=True)
                return
        await answer(query, url=self._door.links.url(Way(group, "vote")))

    # ------------------------------------------------------------------ who comes and goes

    async def changed(self, update: ChatMemberUpdated) -> None:
        """Take note of who came, left or was banned; when somebody came is Telegram's word."""
        was, now = update.old_chat_member, update.new_chat_member
        before, after = is_inside(was), is_inside(now)
        if now.user.is_bot or before == after:
            return
        joined_at = update.date if after else None
        await self._inbox.hear(Seen(actor_of(now.user), str(update.chat.id), after, joined_at))

    async def ourselves(self, update: ChatMemberUpdated) -> None:
        """Take note that we are in a group again."""
        if is_inside(update.new_chat_member) and not is_inside(update.old_chat_member):
            await self._inbox.hear(Back(PLATFORM, str(update.chat.id)))

    async def _service(self, message: Message) -> bool:
        """Take note of what Telegram itself says in a group; False for what people say."""
        group = str(message.chat.id)
        if message.migrate_to_chat_id is not None:
            await self._inbox.hear(Moved(PLATFORM, group, str(message.migrate_to_chat_id)))
            return True
        for user in message.new_chat_members:
            if not user.is_bot:
                await self._inbox.hear(Seen(actor_of(user), group, True, message.date))
        gone = message.left_chat_member
        if gone is not None and not gone.is_bot:
            await self._inbox.hear(Seen(actor_of(gone), group, False))
        return bool(message.new_chat_members or gone)

    # ------------------------------------------------------------------ words

    async def written(self, message: Message, edited: bool = False) -> None:
        """Take what is said in a group: a command, or a comment; of anything else nothing is kept."""
        if await self._service(message):
            return
        text = message.text or message.caption or ""
        user = message.from_user
        if text.startswith("/") and not edited and message.forward_origin is None:
            await self._command(message, text)
        elif user is not None and not user.is_bot and self._is_comment(message, text):
            await self._comment(message, actor_of(user), text, edited)

    def _is_comment(self, message: Message, text: str) -> bool:
        """Say whether words are meant for the designers: they name a design, or answer one of our posts.

        What is passed on is not: it may well be a design that we showed somebody in private.
        """
        answered = message.reply_to_message
        to_us = (
            answered is not None and answered.from_user is not None and answered.from_user.id == self._bot.id
        )
        says = bool(text) or bool(message.photo)
        own = message.sender_chat is None and message.forward_origin is None
        return says and own and (to_us or names_a_design(text))

    async def _comment(self, message: Message, actor: Actor, text: str, edited: bool) -> None:
        about = None if names_a_design(text) else subject(message)
        said = Comment(
            actor, event_of(message), str(message.chat.id), text, about, replies=_answered(message),
            edited=edited, photo=sent_file(self._bot, message) if message.photo else None,
        )  # fmt: skip
        try:
            await self._as_member(actor, str(message.chat.id), self._inbox.comment, said)
        except RuleError as refused:
            await self._react(message, ReactionEmoji.SHRUG)
            await self._privately(actor, Shown(html(refusal(refused), self._readers.refused(actor, refused))))
            return
        await self._react(message, ReactionEmoji.WRITING_HAND)

    async def _as_member(self, actor: Actor, group: str, ask: Ask[A], what: A) -> Reply:
        """Ask something for somebody; who is not known yet is let in first, if they are here."""
        try:
            return await ask(what)
        except RuleError as refused:
            if refused.code not in STRANGERS:
                raise
        await self._door.admit(actor, group)
        return await ask(what)

    async def _react(self, message: Message, emoji: str) -> None:
        """Acknowledge with a reaction, which costs the group no message."""
        try:
            await self._bot.set_message_reaction(message.chat.id, message.message_id, emoji)
        except TelegramError as refused:
            log.info("reaction_refused", reason=refused.message)

    # ------------------------------------------------------------------ commands

    async def _command(self, message: Message, text: str) -> None:
        """Do what a command says. Only who says it sees the answer, but for what concerns the whole group."""
        words, _, args = text[1:].partition(" ")
        name, _, to = words.lower().partition("@")
        if to and to != self._bot.username.lower():
            return
        if message.sender_chat is not None or message.from_user is None:
            await self._unnamed(message)
            return
        actor, group = actor_of(message.from_user), str(message.chat.id)
        if name == "doctor":
            said = await doctor.examine(self._bot, message.chat.id)
            await self._answer(message, answers.answer(said, self._readers.of(actor), bullet=""))
        elif name == "setup":
            await self._set_up(message, actor, args)
        else:
            asked = Command(
                actor,
                event_of(message),
                name,
                args.strip(),
                group,
                message.chat.title or "",
                _answered(message),
            )
            found = await self._found(actor, group, asked, to_us=bool(to))
            if found is not None:
                await self._privately(actor, found, message)

    async def _found(self, actor: Actor, group: str, asked: Command, *, to_us: bool) -> Shown | None:
        """Find the answer to a command; None for one we do not know: it may be another bot's."""
        try:
            if asked.name in ("vote", "start"):
                reply = await self._as_member(actor, group, self._inbox.look, Look(actor, ShowPage(), group))
            else:
                reply = await self._as_member(actor, group, self._inbox.command, asked)
        except RuleError as refused:
            if refused.code == "command.unknown" and not to_us:
                return None
            return Shown(html(refusal(refused), self._readers.refused(actor, refused)))
        return answers.reply(reply, self._readers.heard(actor, reply), self._room)

    async def _set_up(self, message: Message, actor: Actor, code: str) -> None:
        """Join the group to a campaign; its posts go to the topic this was said in."""
        group, reader = str(message.chat.id), self._readers.of(actor)
        asked = Command(actor, event_of(message), "setup", code.strip(), group, message.chat.title or "")
        try:
            reply = await self._inbox.command(asked)
        except RuleError as refused:
            await self._answer(message, Shown(html(refused.text, reader)))
            return
        if message.is_topic_message and message.message_thread_id:
            await self._memos.put(f"topic:{group}", str(message.message_thread_id))
        await self._answer(message, answers.reply(reply, self._readers.heard(actor, reply), self._room))

    async def _unnamed(self, message: Message) -> None:
        """Tell who writes in the group's name why that gets no answer; a channel's posts are nobody's."""
        if message.from_user is None or message.from_user.id != ANONYMOUS_ID:
            return
        words = t(
            "You write as the group, so I cannot know who you are. "
            "Switch off “Remain anonymous” in your administrator rights and say it again."
        )
        await self._answer(message, Shown(html(words, self._readers.of(actor_of(message.from_user)))))

    # ------------------------------------------------------------------ answers

    async def _answer(self, message: Message, shown: Shown) -> None:
        """Answer in the group itself, or where that costs it no message: most it bears is for our posts."""
        asker = message.from_user
        assert asker is not None
        if self._spend(message, asker):
            await self._here(message, asker, shown)
        elif asker.id == ANONYMOUS_ID:
            await self._react(message, ReactionEmoji.SHRUG)
        else:
            await self._privately(actor_of(asker), shown, message)

    def _spend(self, message: Message, asker: User) -> bool:
        return self._budget.spend(message.chat.id, asker.id, time.monotonic())

    async def _here(self, message: Message, asker: User, shown: Shown) -> None:
        """Answer in the group; in private where we may not write there, if we may do that."""
        thread = message.message_thread_id if message.is_topic_message else None
        try:
            await self._window.send(message.chat.id, shown, thread, message.message_id)
        except TelegramError as error:
            if not is_rightless(error):
                raise
            await self._privately(actor_of(asker), shown)

    async def _privately(self, actor: Actor, shown: Shown, asked: Message | None = None) -> None:
        """Answer where only who asked sees it; who never pressed Start is told how, once, if they asked."""
        try:
            await self._window.send(int(actor.remote_id), shown)
        except TelegramError as error:
            if not isinstance(delivery_error(error), Gone):
                raise
            if asked is None:
                return
            await self._invite(asked, actor)

    async def _invite(self, asked: Message, actor: Actor) -> None:
        """Tell somebody once how to hear us: what everybody reads is not for one to fill."""
        asker, told = asked.from_user, (asked.chat.id, actor.remote_id)
        assert asker is not None
        if told in self._invited or not self._spend(asked, asker):
            await self._react(asked, ReactionEmoji.SHRUG)
            return
        self._invited.add(told)
        reader = self._readers.of(actor)
        words = t("I answer in our private chat. Open it and press Start, then ask me again.")
        url = self._door.links.url(Way(str(asked.chat.id), "vote"))
        opened = link(render(t("Open our chat"), reader), url)
        await self._here(asked, asker, Shown(html(words, reader), None, ((opened,),)))


def _answered(message: Message) -> str | None:
    """Name what was said by the message this answers."""
    return event_of(message.reply_to_message) if message.reply_to_message else None
