"""What people do on Discord, and what they are shown for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from discord import Attachment, HTTPException, Interaction
from discord.app_commands import Choice

from bot.adapters.discord import answers, ballot, doctor, forms
from bot.adapters.discord.files import attachment
from bot.adapters.discord.habits import Habits
from bot.adapters.discord.shown import MOST_OPTIONS, OPTION_LETTERS, Shown
from bot.adapters.discord.sights import Sights
from bot.adapters.discord.talk import Talk
from bot.adapters.discord.visit import Asked, Visit, ask, refusal
from bot.adapters.discord.who import PLATFORM, actor_in, bears_posts, group_of, joined_at, title_of
from bot.adapters.discord.window import Window, fields
from bot.adapters.discord.words import cut, plain
from bot.errors import NotHeld, RuleError
from bot.i18n import number, render
from bot.port import (
    Answer,
    Back,
    Command,
    Comment,
    Inbox,
    Index,
    Memos,
    NewDesigns,
    Press,
    Reply,
    Sent,
    Sheet,
    ShowDesigns,
    ShowSaid,
    ShowTakeout,
    Takeout,
    Upload,
    Wish,
)
from bot.port.pictures import Studio
from bot.port.places import (
    BALLOT,
    COMMAND,
    FIND,
    HELP,
    LARGE,
    MENU,
    MINE,
    NEXT,
    ORDERS,
    PRESALES,
    RESULTS,
    SAY,
    SWITCH,
    Place,
    read,
)
from bot.port.readers import Readers
from bot.port.words import onward
from bot.text import Text, t

log = structlog.get_logger()

PATIENCE_S = 1.5
"""How long an answer may take before we ask for time: Discord waits 3 s, and some of it is on the way."""

_WISHES: Mapping[str, Wish] = {"said": ShowSaid(), "takeout": ShowTakeout()}
_COMMANDS = {"vote": BALLOT, "ballot": MINE, "presales": PRESALES, "orders": ORDERS}

Deed = Callable[[Visit], Awaitable[None]]


class House:
    """Takes interactions to the Inbox, and shows what comes of them."""

    def __init__(self, inbox: Inbox, studio: Studio, memos: Memos, room: str | None, secret: bytes) -> None:
        self._inbox = inbox
        self._studio = studio
        self._sights = Sights(inbox, Habits(memos, secret), Readers(), room)
        self.talk = Talk(inbox, self._sights, secret)

    # ------------------------------------------------------------------ doors

    async def tapped(self, interaction: Interaction) -> None:
        """Do what a button or a menu carries."""
        data: Any = interaction.data
        chosen = data.get("values")
        written = chosen[0] if chosen and chosen[0].startswith("@") else data["custom_id"]
        await self.attend(interaction, lambda visit: self._tapped(visit, written, chosen or []))

    async def filled_in(self, interaction: Interaction) -> None:
        """Do what a form asked for."""
        data: Any = interaction.data
        given, photo = fields(interaction), forms.photo_of(interaction)
        await self.attend(interaction, lambda visit: self._filled_in(visit, data["custom_id"], given, photo))

    async def commanded(self, interaction: Interaction, name: str, *args: str | None) -> None:
        """Do what a command says."""
        said = " ".join(arg for arg in args if arg)
        await self.attend(interaction, lambda visit: self._commanded(visit, name, said))

    async def commented(
        self, interaction: Interaction, about: int, words: str, photo: Attachment | None
    ) -> None:
        """Say something about a design."""
        file = attachment(interaction.client, photo) if photo else None
        await self.attend(interaction, lambda visit: self._comment(visit, about, words, file))

    async def uploaded(self, interaction: Interaction, about: int, photo: Attachment, note: str) -> None:
        """Take the next version of a design."""
        file = attachment(interaction.client, photo)
        await self.attend(interaction, lambda visit: self._upload(visit, about, file, note))

    async def added(self, interaction: Interaction, given: Sequence[Attachment], words: str) -> None:
        """Take designs for a campaign that has not begun."""
        sent = [attachment(interaction.client, one) for one in given]
        await self.attend(interaction, lambda visit: self._add(visit, sent, words))

    async def found(self, interaction: Interaction, about: int) -> None:
        """Show a design."""
        await self.attend(interaction, lambda visit: self._show(visit, Place(LARGE, (0, 0, about))))

    async def set_up(self, interaction: Interaction, code: str) -> None:
        """Join the channel to a campaign."""
        title, posts = title_of(interaction), bears_posts(interaction.channel)
        await self.attend(interaction, lambda visit: self._set_up(visit, title, posts, code))

    async def examined(self, interaction: Interaction) -> None:
        """Say what stops us from working in this channel."""
        found = Reply(screen=doctor.examine(interaction.app_permissions))
        await self.attend(interaction, lambda visit: self._examined(visit, found))

    async def campaigns(self, interaction: Interaction, words: str) -> list[Choice[str]]:
        """Offer the campaigns that run here, where there are several."""
        visit = self._visit(interaction)
        asked = Command(visit.actor, visit.event, "campaign", "", visit.group)
        try:
            screen = (await self._ask(visit, self._inbox.command, asked)).screen
        except RuleError:
            return []
        offered = screen.choices if isinstance(screen, Answer) else ()
        named = [(render(one.label, self._sights.reader(visit)), one.say) for one in offered]
        return [
            Choice(name=cut(title, OPTION_LETTERS), value=say.rpartition(" ")[2])
            for title, say in named
            if words.casefold() in title.casefold()
        ][:MOST_OPTIONS]

    async def designs(self, interaction: Interaction, words: str) -> list[Choice[int]]:
        """Offer the designs whose number or title is being typed."""
        visit = self._visit(interaction)
        try:
            screen = (await self._sights.look(visit, ShowDesigns(words))).screen
        except RuleError:
            return []
        assert isinstance(screen, Index)
        return [
            Choice(name=cut(f"{number(n)} {title}", OPTION_LETTERS), value=n)
            for n, title in screen.designs[:MOST_OPTIONS]
        ]

    def _visit(self, interaction: Interaction) -> Visit:
        return Visit(
            actor_in(interaction),
            group_of(interaction.channel),
            str(interaction.id),
            joined_at(interaction.user),
            Window(interaction, self._studio),
        )

    async def back(self, group: str) -> None:
        """Say that we are in a group again."""
        await self._inbox.hear(Back(PLATFORM, group))

    async def attend(self, interaction: Interaction, deed: Deed) -> None:
        """Have something done for an interaction, and asked for time when that takes long."""
        visit = self._visit(interaction)
        doing = asyncio.create_task(self._done(visit, deed))
        done, _ = await asyncio.wait([doing], timeout=PATIENCE_S)
        if not done:
            try:
                await visit.window.hold()
            except HTTPException as late:
                log.info("answer_refused", code=late.code)
        await doing

    async def _done(self, visit: Visit, deed: Deed) -> None:
        """Do something and leave nobody without an answer, as far as Discord still takes one."""
        try:
            try:
                await deed(visit)
            except RuleError as refused:
                reader = self._sights.readers.refused(visit.actor, refused)
                await visit.window.say(Shown(plain(refusal(refused), reader)))
        except HTTPException as late:
            log.info("answer_refused", code=late.code)
        except NotHeld:
            log.info("interaction_left")  # to whoever speaks for this account now: the next press finds them
        except Exception:
            log.exception("interaction_failed")
            await self._sorry(visit)

    async def _sorry(self, visit: Visit) -> None:
        sorry = t("Something broke on our side. What you saved is safe: tap again.")
        try:
            await visit.window.say(Shown(plain(sorry, self._sights.reader(visit))))
        except HTTPException as late:
            log.info("answer_refused", code=late.code)

    # ------------------------------------------------------------------ taps

    async def _tapped(self, visit: Visit, written: str, chosen: Sequence[str]) -> None:
        tap = read(written)
        if tap.action:
            press = Press(visit.actor, visit.event, tap.action, visit.group)
            reply = await self._ask(visit, self._inbox.press, press)
            await self._after(visit, written, tap.place, reply)
        elif tap.place is not None:
            await self._go(visit, tap.place, chosen)

    async def _after(self, visit: Visit, written: str, place: Place | None, reply: Reply) -> None:
        """Show what follows a press. A tap on a pad says all that its sheet must change: nothing is read."""
        reader = self._sights.reader(visit)
        if place is not None and place.kind == BALLOT:
            redrawn = ballot.redrawn(visit.window.parts, written, reply, reader)
            if redrawn is not None and await visit.window.redraw(redrawn):
                return
        if place is not None and place.kind == NEXT:
            await self._turn(visit, place)
        elif place is not None and (shown := await self._sights.at(visit, place, reply.text)) is not None:
            await visit.window.show(shown)
        else:
            await visit.window.show(self._sights.reply(visit, reply))

    async def _turn(self, visit: Visit, place: Place) -> None:
        """Show the page after a finished one, or everything answered when none is left."""
        page = place.number(0) or 1
        here = await self._sights.page(visit, page)
        following = onward(here.pages, page)
        to = Place(BALLOT, (following, len(here.pages))) if following else Place(MINE)
        await self._go(visit, to)

    # ------------------------------------------------------------------ places

    async def _go(self, visit: Visit, place: Place, chosen: Sequence[str] = ()) -> None:
        """Show a place, or do what it stands for."""
        match place.kind:
            case _ if place.kind == COMMAND:
                name, _, args = place.words.removeprefix("/").partition(" ")
                await self._commanded(visit, name, args)
            case _ if place.kind in (HELP, RESULTS):
                await self._commanded(visit, "help" if place.kind == HELP else "results", "")
            case _ if place == Place(BALLOT) and visit.seen and not visit.window.in_place:
                await self._inbox.hear(visit.seen)  # from the channel itself: the way in
                await self._show(visit, place)
            case _ if place.kind == FIND:
                await visit.window.ask(forms.find(self._sights.reader(visit)))
            case _ if place.kind == SAY and (place.number(2) or not place.numbers):
                await visit.window.ask(forms.comment(place.number(2), place, self._sights.reader(visit)))
            case _ if place.kind == SWITCH:
                await self._sights.habits.want_menus(visit.actor, place.number(0) == ballot.AS_MENU)
                await self._go(visit, Place(BALLOT))
            case _ if place.kind == MENU:
                await self._choose(visit, place, chosen)
            case _:
                await self._show(visit, place)

    async def _show(self, visit: Visit, place: Place, said: Text | None = None) -> None:
        shown = await self._sights.at(visit, place, said)
        if shown is not None:
            await visit.window.show(shown)

    async def _choose(self, visit: Visit, place: Place, chosen: Sequence[str]) -> None:
        """Make a menu's answers those of the ballot: one choice for all the designs it asks about."""
        page = await self._sights.page(visit, place.number(0))
        if not isinstance(page, Sheet):
            await self._go(visit, Place(BALLOT))
            return
        asked = ballot.part_of(page, place.number(2) or 1)
        picks = [f"{tile.number}" for tile in asked if str(tile.number) in chosen and not tile.picked]
        drops = [f"-{tile.number}" for tile in asked if str(tile.number) not in chosen and tile.picked]
        said = None
        for part in (picks, drops):
            if part:
                pick = Command(visit.actor, f"{visit.event}.{part[0]}", "pick", " ".join(part), visit.group)
                said = (await self._ask(visit, self._inbox.command, pick)).text
        await self._show(visit, Place(BALLOT, place.numbers[:2]), said)

    # ------------------------------------------------------------------ forms

    async def _filled_in(self, visit: Visit, written: str, given: dict[str, Any], photo: Sent | None) -> None:
        if written.startswith("attach:"):
            await self.talk.attached(visit, written, given)
            return
        if written.startswith("hide:"):
            await self.talk.hidden(visit, written, given)
            return
        place = read(written).place
        if place is not None and place.kind == FIND:
            await visit.window.show(await self._sights.design(visit, LARGE, forms.number_of(given), 0, 0))
        elif place is not None and place.kind == SAY:
            about = forms.number_of(given) if forms.asks_number(place) else place.number(2)
            words = forms.comment_of(given, self._sights.reader(visit))
            await self._comment(visit, about, words, photo)

    async def _comment(self, visit: Visit, about: int | None, words: str, photo: Sent | None) -> None:
        said = Comment(visit.actor, visit.event, visit.group, words, about, photo=photo)
        reply = await self._ask(visit, self._inbox.comment, said)
        await visit.window.say(self._sights.reply(visit, reply))

    # ------------------------------------------------------------------ files

    async def _upload(self, visit: Visit, about: int, photo: Sent, note: str) -> None:
        reply = await self._inbox.upload(Upload(visit.actor, visit.event, about, photo, note))
        await self._tell(visit, reply)

    async def _add(self, visit: Visit, files: Sequence[Sent], words: str) -> None:
        """Add designs one after the other; the last answer says what became of them all."""
        batch = visit.event if len(files) > 1 else None
        parts = [
            NewDesigns(visit.actor, f"{visit.event}.{n}", file, words, batch)
            for n, file in enumerate(files, 1)
        ]
        replies = [await self._inbox.upload(part) for part in parts]
        await self._tell(visit, replies[-1])

    # ------------------------------------------------------------------ commands

    async def _commanded(self, visit: Visit, name: str, args: str) -> None:
        if name in _COMMANDS and not args:
            await self._go(visit, Place(_COMMANDS[name]))
        elif name in _WISHES:
            await self._tell(visit, await self._sights.look(visit, _WISHES[name]))
        else:
            command = Command(visit.actor, visit.event, name, args, visit.group)
            reply = await self._ask(visit, self._inbox.command, command)
            if name == "forget":
                await self._sights.habits.forget(visit.actor)
            await self._tell(visit, reply)

    async def _set_up(self, visit: Visit, title: str, posts: bool, code: str) -> None:
        """Join a channel, if it can be posted in."""
        if not posts:
            raise RuleError("setup.where", t("Nothing can be posted here. Say /setup in a text channel."))
        said = Command(visit.actor, visit.event, "setup", code, visit.group, title)
        await self._tell(visit, await self._inbox.command(said))

    async def _examined(self, visit: Visit, found: Reply) -> None:
        await visit.window.show(answers.reply(found, self._sights.reader(visit)))

    async def _tell(self, visit: Visit, reply: Reply) -> None:
        if isinstance(reply.screen, Takeout):
            file = reply.screen
            said = plain(reply.text, self._sights.reader(visit)) if reply.text else ""
            await visit.window.hand_over(file.name, file.words.encode(), said)
        else:
            await visit.window.show(self._sights.reply(visit, reply))

    async def _ask(self, visit: Visit, call: Callable[[Asked], Awaitable[Reply]], what: Asked) -> Reply:
        reply = await ask(self._inbox, visit, call, what)
        self._sights.readers.heard(visit.actor, reply)
        return reply
