"""What the places that a button leads to look like for who presses it."""

from bot.adapters.discord import answers, ballot, design, sales
from bot.adapters.discord.habits import Habits
from bot.adapters.discord.shown import Shown
from bot.adapters.discord.visit import Visit, ask
from bot.i18n import Reader
from bot.port import (
    BallotView,
    CardPage,
    DesignView,
    DuelPage,
    Inbox,
    Look,
    OrdersView,
    PresaleView,
    Reply,
    Sheet,
    ShowBallot,
    ShowDesign,
    ShowOrders,
    ShowPage,
    ShowPresales,
    Wish,
    sale_words,
)
from bot.port.places import BALLOT, BEFORE, LARGE, MINE, ORDERS, PRESALES, SAY, Place
from bot.port.readers import Readers
from bot.text import Text


class Sights:
    """Looks at places, each time anew, as messages in their reader's language."""

    def __init__(self, inbox: Inbox, habits: Habits, readers: Readers, room: str | None) -> None:
        self._inbox = inbox
        self.habits = habits
        self.readers = readers
        self._room = room

    def reader(self, visit: Visit) -> Reader:
        return self.readers.of(visit.actor)

    async def look(self, visit: Visit, wish: Wish) -> Reply:
        reply = await ask(self._inbox, visit, self._inbox.look, Look(visit.actor, wish, visit.group))
        self.readers.heard(visit.actor, reply)
        return reply

    def reply(self, visit: Visit, reply: Reply) -> Shown:
        """Show a reply's screen with its sentence; where there is none its sentence alone."""
        reader = self.readers.heard(visit.actor, reply)
        match reply.screen:
            case PresaleView() as view:
                return sales.presale(view, sale_words.quoted_at(view), reader, said=reply.text)
            case OrdersView() as view:
                return sales.orders(view, reader, reply.text)
        return answers.reply(reply, reader, self._room)

    async def at(self, visit: Visit, place: Place, said: Text | None = None) -> Shown | None:
        """Look at a place, as a message; `said` is what was just done there."""
        page, pages, number = place.number(0), place.number(1) or 0, place.number(2)
        match place.kind:
            case _ if place.kind in (LARGE, BEFORE) and number:
                return await self.design(visit, place.kind, number, page or 0, pages, said)
            case _ if place.kind in (BALLOT, LARGE, SAY):
                screen = await self.page(visit, page)
                if place.kind != BALLOT and isinstance(screen, Sheet):
                    return ballot.pad(screen, place.kind, self.reader(visit))
                menus = await self.habits.wants_menus(visit.actor)
                return ballot.page(screen, self.reader(visit), said, menus)
            case _ if place.kind == MINE:
                view = (await self.look(visit, ShowBallot())).screen
                assert isinstance(view, BallotView)
                return ballot.mine(view, self.reader(visit), await self.habits.wants_menus(visit.actor), said)
            case _ if place.kind == PRESALES:
                return await self._presale(visit, place) if page else await self.screen(visit, ShowPresales())
            case _ if place.kind == ORDERS:
                return await self._orders(visit, page)
        return None

    async def page(self, visit: Visit, page: int | None) -> Sheet | CardPage | DuelPage:
        screen = (await self.look(visit, ShowPage(page))).screen
        assert isinstance(screen, Sheet | CardPage | DuelPage)
        return screen

    async def screen(self, visit: Visit, wish: Wish) -> Shown:
        return answers.reply(await self.look(visit, wish), self.reader(visit), self._room)

    async def design(
        self, visit: Visit, kind: str, number: int, page: int, pages: int, said: Text | None = None
    ) -> Shown:
        view = (await self.look(visit, ShowDesign(number))).screen
        assert isinstance(view, DesignView)
        reader = self.reader(visit)
        if kind == BEFORE and view.before is not None:
            return design.before(view, view.before, page, pages, reader)
        return design.design(view, page, pages, reader, said)

    async def _presale(self, visit: Visit, place: Place) -> Shown:
        """Show a presale with what was chosen of it; what cannot be quoted is said beside the choice."""
        view, refused = await sale_words.looked(place, lambda wish: self.look(visit, wish))
        return sales.presale(view, place, self.reader(visit), refused)

    async def _orders(self, visit: Visit, order_id: int | None) -> Shown:
        view = (await self.look(visit, ShowOrders())).screen
        assert isinstance(view, OrdersView)
        asked = next((o for o in view.orders if o.id == order_id and o.cancel), None)
        return (
            sales.cancelling(asked, self.reader(visit)) if asked else sales.orders(view, self.reader(visit))
        )
