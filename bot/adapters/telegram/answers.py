"""What a command or a look found, as a message: lines, what to say next, where to go."""

from bot.adapters.telegram import ballot, sales
from bot.adapters.telegram.design import design
from bot.adapters.telegram.shown import Key, Shown, key, link, rows, wrapped
from bot.adapters.telegram.words import bold, fit, html
from bot.i18n import Reader, render
from bot.port import (
    Answer,
    BallotView,
    Button,
    CardPage,
    DesignView,
    DuelPage,
    Me,
    OrdersView,
    PresalesView,
    PresaleView,
    Reply,
    Said,
    Screen,
    Sheet,
)
from bot.port.places import COMMAND, PRESALES, Place, fits, place_of
from bot.port.words import kept_words
from bot.text import t, verbatim

_CHOICES = 2


def reply(given: Reply, reader: Reader, room: str | None = None) -> Shown:
    """Show a reply: its screen where it has one, else its sentence. `room` is the address of the room."""
    if given.screen is not None and (shown := screen(given.screen, reader, room)) is not None:
        return shown
    return Shown(html(given.text, reader) if given.text else html(t("Done"), reader))


def screen(given: Screen, reader: Reader, room: str | None = None) -> Shown | None:
    """Show a screen as a message; None for those that are not shown in a chat."""
    match given:
        case Sheet() | CardPage() | DuelPage():
            return ballot.page(given, reader)
        case DesignView(page=page):
            return design(given, page or 0, 0, reader)
        case BallotView():
            return ballot.mine(given, reader)
        case Answer():
            return answer(given, reader, room)
        case Me():
            return me(given, reader)
        case Said():
            return said(given, reader)
        case PresaleView(number=number):
            return sales.presale(given, Place(PRESALES, (number,)), reader)
        case PresalesView():
            return sales.presales(given, reader)
        case OrdersView():
            return sales.orders(given, reader)
    return None


def answer(given: Answer, reader: Reader, room: str | None = None, bullet: str = "• ") -> Shown:
    """Show what a command found, with a button for each command and place to go on with."""
    says = [
        key(render(choice.label, reader), Place(COMMAND, words=choice.say))
        for choice in given.choices
        if fits(Place(COMMAND, words=choice.say))
    ]
    ways = [way for button in given.buttons if (way := _way(button, reader, room))]
    lines = [f"{bullet}{html(line, reader)}" for line in given.lines]
    return Shown(fit([bold(given.title, reader), *lines]), None, rows(*wrapped(says, _CHOICES), ways))


def _way(button: Button, reader: Reader, room: str | None) -> Key | None:
    """Lead to a place in the chat, or in the room where a chat has none."""
    label = render(button.label, reader)
    if (place := place_of(button.go)) is not None:
        return key(label, place)
    if room and button.go.startswith("desk:"):
        return link(label, "/".join([room, *button.go.split(":")]))
    return None


def me(given: Me, reader: Reader) -> Shown:
    """Show what is kept about a person."""
    head = bold(t("What we keep about you"), reader)
    return Shown(fit([head, *(html(line, reader) for line in kept_words(given))]))


def said(given: Said, reader: Reader) -> Shown:
    """Show what a person said and what became of it, and what they alone were told."""
    words = [
        " — ".join(html(part, reader) for part in (verbatim(one.body), one.status) if part is not None)
        for one in given.remarks
    ]
    told = [html(notice.text, reader) for notice in given.notices]
    head = [bold(t("What you said"), reader)] if words else [html(t("You have said nothing yet."), reader)]
    return Shown(fit([*head, *words[:20]], told))
