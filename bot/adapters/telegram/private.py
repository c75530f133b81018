"""A fan's own chat with the bot: the ballot in one message, words and numbers beside it."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import structlog
from msgspec import UNSET
from telegram import Bot, CallbackQuery, ForceReply, Message

from bot.adapters.telegram import answers, ballot, design, sales, toasts
from bot.adapters.telegram.commands import Menus
from bot.adapters.telegram.door import Door
from bot.adapters.telegram.files import Answers, album_of, sent_file
from bot.adapters.telegram.receive import Passes, Toast
from bot.adapters.telegram.redraws import Redraws
from bot.adapters.telegram.shown import Shown
from bot.adapters.telegram.subjects import subject
from bot.adapters.telegram.updates import Query
from bot.adapters.telegram.who import PLATFORM, actor_of, event_of
from bot.adapters.telegram.window import Spot, Window, answer
from bot.adapters.telegram.words import html, toast
from bot.errors import RuleError
from bot.i18n import number, render
from bot.port import (
    Actor,
    CardPage,
    Command,
    Comment,
    DesignView,
    DuelPage,
    Inbox,
    Look,
    Me,
    Memos,
    NewDesigns,
    OrdersView,
    Press,
    Reply,
    Sent,
    Sheet,
    ShowBallot,
    ShowDesign,
    ShowOrders,
    ShowPage,
    ShowPresales,
    ShowSaid,
    ShowTakeout,
    Takeout,
    Upload,
    Wish,
    sale_words,
)
from bot.port.places import (
    BALLOT,
    BEFORE,
    COMMAND,
    HELP,
    LARGE,
    MINE,
    NEXT,
    ORDERS,
    PRESALES,
    RESULTS,
    SAY,
    Place,
    place_of,
    read,
)
from bot.port.readers import STRANGERS, Readers
from bot.port.words import names_a_design, onward
from bot.text import Text, t

log = structlog.get_logger()

BROKEN = t("Something broke on our side. What you saved is safe: tap again.")

_NUMBERS = re.compile(r"[\s,;.、，]*-?#?\d{1,4}(?:[\s,;.、，]+-?#?\d{1,4})*[\s,;.、，]*")
_ONE = re.compile(r"\s*#(\d{1,4})\s*")
_VERSION = re.compile(r"\s*#(\d{1,4})\s*v\d{1,3}\b[\s:,.]*(.*)", re.DOTALL | re.IGNORECASE)
_FORWARDED = t("Forwarded words are somebody else’s, so I take none of them. Write to me yourself.")
_COMMANDS = {"start": BALLOT, "vote": BALLOT, "ballot": MINE, "presales": PRESALES, "orders": ORDERS}


@dataclass(frozen=True, slots=True)
class _At:
    """Who acts, in which chat, and the message under which a button was tapped, if it is still there."""

    actor: Actor
    chat_id: int
    event: str
    under: Spot | None = None


class Private:
    """What people do in their own chat with the bot."""

    def __init__(
        self,
        bot: Bot,
        inbox: Inbox,
        door: Door,
        window: Window,
        readers: Readers,
        redraws: Redraws,
        menus: Menus,
        memos: Memos,
        passes: Passes,
        room: str | None,
    ) -> None:
        self._bot = bot
        self._files = Answers(window, memos)
        self._inbox = inbox
        self._door = door
        self._window = window
        self._readers = readers
        self._redraws = redraws
        self._menus = menus
        self._passes = passes
        self._room = room
        self._leaving: set[tuple[int, int, int]] = set()  # chats, messages and their pages being turned

    # ------------------------------------------------------------------ taps

    def vote(self, query: Query) -> Awaitable[Toast] | None:
        """Take a tap that does something; None for one that only shows something, and for one under a message
        that is not in the fan's own chat."""
        message, user = query.message, query.by
        action, _, _ = query.data.partition("@")
        if not action or user.is_bot or message is None or message.chat.id != user.id:
            return None
        name = " ".join(part for part in (user.first_name, user.last_name) if part)
        actor = Actor(PLATFORM, str(user.id), name, user.language_code)
        under = Spot(message.message_id, message.photo is not UNSET) if message.date else None
        return self._voted(_At(actor, user.id, query.id, under), query.data)

    async def _voted(self, at: _At, written: str) -> Toast:
        """Do what was tapped, say what that was, and show what follows after that."""
        try:
            tap = read(written)
            reply = await self._inbox.press(Press(at.actor, at.event, tap.action))
        except RuleError as refused:
            return Toast(toast(self._refusal(at.actor, refused)), alert=True)
        except Exception as error:
            if self._passes(error):
                raise  # and Telegram brings the tap again
            log.exception("vote_failed")  # it would each time, and hold up everybody's
            return Toast(render(BROKEN, self._readers.of(at.actor)), alert=True)
        words = toasts.pressed(reply, tap.place, self._readers.heard(at.actor, reply))
        if at.under is not None and tap.place is not None and tap.place.kind in (BALLOT, LARGE):
            # Not after the toast: its answer may be so late that the page is another by then.
            self._later(at, at.under, tap.place)
            return Toast(words)
        leads = tap.place is not None or reply.screen is not None
        return Toast(words, after=lambda: self._after(at, tap.place, reply), surely=leads)

    async def tapped(self, query: CallbackQuery) -> None:
        """Answer a tap that only shows something, and show it."""
        message = query.message if isinstance(query.message, Message) else None
        under = Spot(message.message_id, bool(message.photo)) if message else None
        at = _At(actor_of(query.from_user), query.from_user.id, query.id, under)
        try:
            place = read(query.data or "").place
        except RuleError as refused:
            await answer(query, toast(self._refusal(at.actor, refused)), alert=True)
            return
        await answer(query)
        if place is not None:
            await self._go(at, place)

    async def _after(self, at: _At, place: Place | None, reply: Reply) -> None:
        """Show what a press leads to."""
        if place is not None:
            await self._go(at, place)
        elif reply.screen is not None:
            await self._show(at, answers.reply(reply, self._readers.of(at.actor), self._room))

    def _later(self, at: _At, under: Spot, place: Place) -> None:
        """Change the buttons of the page that a press was made on, once the thumb rests."""

        async def redraw() -> Callable[[], Awaitable[None]] | None:
            await self._window.lull()
            if (shown := await self._seen(at, place)) is None:
                return None
            return partial(self._window.keys, at.chat_id, under.message_id, shown)

        self._redraws.later((at.chat_id, under.message_id), redraw)

    async def _turn(self, at: _At, place: Place) -> None:
        """Leave a finished page, once however often that is tapped while it takes its time."""
        page = place.number(0) or 1
        leaving = (at.chat_id, at.under.message_id if at.under else 0, page)
        if leaving in self._leaving:
            return
        self._leaving.add(leaving)
        try:
            await self._onward(at, page, place.number(1) or 0)
        finally:
            self._leaving.discard(leaving)

    async def _onward(self, at: _At, page: int, pages: int) -> None:
        """Show the page after a finished one, most often the next, or everything answered."""
        there = await self._page(at, page + 1 if page < pages else 1)
        following = onward(there.pages, page)
        if following == there.page:
            await self._show(at, ballot.page(there, self._readers.of(at.actor)))
        else:
            await self._go(at, Place(BALLOT, (following, len(there.pages))) if following else Place(MINE))

    async def _page(self, at: _At, page: int | None) -> Sheet | CardPage | DuelPage:
        reply = await self._look(at, ShowPage(page))
        assert isinstance(reply.screen, Sheet | CardPage | DuelPage)
        return reply.screen

    # ------------------------------------------------------------------ places

    async def _go(self, at: _At, place: Place) -> None:
        """Show a place; what refuses it is said in its stead."""
        try:
            match place.kind:
                case _ if place.kind == COMMAND:
                    name, _, args = place.words.removeprefix("/").partition(" ")
                    await self._command(at, name, args)
                case _ if place.kind in (HELP, RESULTS):
                    await self._command(at, "help" if place.kind == HELP else "results", "")
                case _ if place.kind == NEXT:
                    await self._turn(at, place)
                case _ if place.kind == SAY and place.number(2):
                    await self._ask(at, place.number(2) or 0)
                case _:
                    shown = await self._seen(at, place)
                    if shown is not None:
                        await self._show(at, shown)
        except RuleError as refused:
            await self._say(at, self._refusal(at.actor, refused))

    async def _seen(self, at: _At, place: Place) -> Shown | None:
        """Look at a place, as a message."""
        page, pages, design_number = place.number(0), place.number(1) or 0, place.number(2)
        match place.kind:
            case _ if place.kind == BALLOT or (place.kind in (LARGE, SAY) and design_number is None):
                screen = await self._page(at, page)
                if place.kind != BALLOT and isinstance(screen, Sheet):
                    return ballot.pad(screen, place.kind, self._readers.of(at.actor))
                return ballot.page(screen, self._readers.of(at.actor))
            case _ if place.kind in (LARGE, BEFORE) and design_number is not None:
                return await self._design(at, place.kind, design_number, page or 0, pages)
            case _ if place.kind == MINE:
                return await self._screen(at, ShowBallot())
            case _ if place.kind == PRESALES:
                return await self._presale(at, place) if page else await self._screen(at, ShowPresales())
            case _ if place.kind == ORDERS:
                return await self._orders(at, page)
        return None

    async def _screen(self, at: _At, wish: Wish) -> Shown:
        reply = await self._look(at, wish)
        return answers.reply(reply, self._readers.of(at.actor), self._room)

    async def _design(self, at: _At, kind: str, design_number: int, page: int, pages: int) -> Shown:
        view = (await self._look(at, ShowDesign(design_number))).screen
        assert isinstance(view, DesignView)
        reader = self._readers.of(at.actor)
        if kind == BEFORE and view.before is not None:
            return design.before(view, view.before, page, pages, reader)
        return design.design(view, page, pages, reader)

    async def _presale(self, at: _At, place: Place) -> Shown:
        """Show a presale with what was chosen of it; what cannot be quoted is said beside the choice."""
        view, refused = await sale_words.looked(place, lambda wish: self._look(at, wish))
        return sales.presale(view, place, self._readers.of(at.actor), refused)

    async def _orders(self, at: _At, order_id: int | None) -> Shown:
        view = (await self._look(at, ShowOrders())).screen
        assert isinstance(view, OrdersView)
        reader = self._readers.of(at.actor)
        asked = next((o for o in view.orders if o.id == order_id and o.cancel), None)
        return sales.cancelling(asked, reader) if asked else sales.orders(view, reader)

    async def _look(self, at: _At, wish: Wish) -> Reply:
        reply = await self._inbox.look(Look(at.actor, wish))
        self._readers.heard(at.actor, reply)
        return reply

    async def _ask(self, at: _At, design_number: int) -> None:
        """Ask for words about a design; what answers this message is about it."""
        reader = self._readers.of(at.actor)
        ask = render(t("What would make it better?"), reader)
        hint = ForceReply(input_field_placeholder=render(t("longer sleeves please"), reader)[:64])
        await self._bot.send_message(at.chat_id, f"💬 {number(design_number)} {ask}", reply_markup=hint)

    # ------------------------------------------------------------------ words

    async def written(self, message: Message) -> None:
        """Take words: a command, numbers, a comment."""
        assert message.from_user is not None
        actor, text = actor_of(message.from_user), message.text or message.caption or ""
        at = _At(actor, message.chat.id, event_of(message))
        try:
            if (file := sent_file(self._bot, message)) is not None:
                await self._file(at, message, file, text)
            elif message.forward_origin is not None:
                raise RuleError("words.forwarded", _FORWARDED)
            elif text.startswith("/"):
                name, _, args = text[1:].partition(" ")
                await self._commanded(at, name.partition("@")[0].lower(), args.strip())
            else:
                await self._words(at, message, text)
        except RuleError as refused:
            await self._say(at, self._refusal(actor, refused))

    async def edited(self, message: Message) -> None:
        """Take changed words of a comment; of anything else nothing is taken again."""
        assert message.from_user is not None
        text = message.text or message.caption or ""
        actor = actor_of(message.from_user)
        at = _At(actor, message.chat.id, event_of(message))
        about = subject(message)
        named = text.lstrip().startswith("#") and not _ONE.fullmatch(text)
        if about is None and (not named or (message.photo and _VERSION.fullmatch(text))):
            return
        try:
            await self._comment(at, text, about, edited=True)
        except RuleError as refused:
            await self._say(at, self._refusal(actor, refused))

    async def _words(self, at: _At, message: Message, text: str) -> None:
        about = subject(message)
        if about is not None:
            await self._comment(at, text, about)
        elif one := _ONE.fullmatch(text):
            await self._show(at, await self._design(at, LARGE, int(one[1]), 0, 0))
        elif _NUMBERS.fullmatch(text):
            await self._command(at, "pick", text)
        elif text.lstrip().startswith("#"):
            await self._comment(at, text, None)
        else:
            hint = t("Send numbers to pick them, #067 and a few words to comment, or /vote for your ballot.")
            await self._say(at, render(hint, self._readers.of(at.actor)))

    async def _comment(
        self, at: _At, text: str, about: int | None, edited: bool = False, photo: Sent | None = None
    ) -> None:
        said = Comment(at.actor, at.event, None, text, about, edited=edited, photo=photo)
        await self._tell(at, await self._inbox.comment(said))

    # ------------------------------------------------------------------ files

    async def _file(self, at: _At, message: Message, file: Sent, words: str) -> None:
        """Take a photo or zip: the next version of a design (`#067 v2 sleeves +4 cm` under it), what somebody
        means by a comment, else designs for a campaign that has not begun."""
        about = subject(message)
        if not _VERSION.fullmatch(words) and (about is not None or names_a_design(words)):
            if message.forward_origin is not None:
                raise RuleError("words.forwarded", _FORWARDED)
            await self._comment(at, words, about, photo=file)
            return
        album = album_of(message)
        if version := _VERSION.fullmatch(words):
            note = " ".join(version[2].split())
            sent: Upload | NewDesigns = Upload(at.actor, at.event, int(version[1]), file, note)
        else:
            sent = NewDesigns(at.actor, at.event, file, words, album)
        try:
            reply = await self._inbox.upload(sent)
            shown = answers.reply(reply, self._readers.heard(at.actor, reply), self._room)
        except RuleError as refused:
            shown = Shown(html(refusal(refused), self._readers.refused(at.actor, refused)))
        await self._files.tell(at.chat_id, album, shown)

    # ------------------------------------------------------------------ commands

    async def _commanded(self, at: _At, name: str, args: str) -> None:
        if name == "start" and args:
            await self._enter(at, args)
        elif name == "said":
            await self._show(at, await self._screen(at, ShowSaid()))
        elif name == "takeout":
            await self._tell(at, await self._look(at, ShowTakeout()))
        elif name in _COMMANDS and not args:
            await self._go(at, Place(_COMMANDS[name]))
        else:
            await self._command(at, name, args)

    async def _enter(self, at: _At, payload: str) -> None:
        """Let somebody in who came by a group's button, and show them where it leads."""
        go = await self._door.enter(at.actor, payload)
        await self._go(at, place_of(go) or Place(BALLOT))

    async def _command(self, at: _At, name: str, args: str) -> None:
        reply = await self._inbox.command(Command(at.actor, at.event, name, args))
        if isinstance(reply.screen, Me):
            await self._menus.offer(at.chat_id, reply.screen.roles)
        await self._tell(at, reply)

    # ------------------------------------------------------------------ answers

    async def _tell(self, at: _At, reply: Reply) -> None:
        """Answer with a message of its own."""
        reader = self._readers.heard(at.actor, reply)
        if isinstance(reply.screen, Takeout):
            said = render(reply.text, reader) if reply.text else None
            await self._bot.send_document(
                at.chat_id, reply.screen.words.encode(), caption=said, filename=reply.screen.name
            )
            return
        if reply.strip is not None and reply.text is not None and reply.screen is None:
            await self._say(at, toasts.pressed(reply, None, reader))
            return
        await self._window.send(at.chat_id, answers.reply(reply, reader, self._room))

    async def _show(self, at: _At, shown: Shown) -> None:
        """Show something in place of the message that was tapped, whatever still waited to be drawn there."""
        if at.under is None:
            await self._window.send(at.chat_id, shown)
            return
        with self._redraws.turning((at.chat_id, at.under.message_id)):
            remember = await self._window.show(at.chat_id, shown, at.under)
        await remember()

    async def _say(self, at: _At, words: str) -> None:
        await self._bot.send_message(at.chat_id, words)

    def _refusal(self, actor: Actor, refused: RuleError) -> str:
        return render(refusal(refused), self._readers.refused(actor, refused))


def refusal(refused: RuleError) -> Text:
    """Say why not; who is a stranger is told how to come in."""
    if refused.code in STRANGERS:
        return t(
            "Open your fan group here on Telegram and tap Vote there: then I know which ballot is yours."
        )
    return refused.text
