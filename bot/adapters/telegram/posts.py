"""A card as a group is shown it: an album of contact sheets where there are many photos, then one message."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.adapters.telegram.ballot import COLUMNS, figures
from bot.adapters.telegram.links import Links, Way
from bot.adapters.telegram.shown import Key, Shown, key, link, rows, wrapped
from bot.adapters.telegram.words import CAPTION_LETTERS, bold, fit, html, marked
from bot.i18n import Reader, render
from bot.port import Button, Card, Picture, Post
from bot.port.pictures import Contact, Drawn, Large, Shot
from bot.port.places import HELP, MINE, Place
from bot.text import t

SHEET_TILES, MOST_SHEETS = 20, 10
"""Designs on one contact sheet, and photos in an album (Bot API: 2 to 10)."""

_BUTTONS = 2
_ICONS = {"vote": "💬", "ballot": "📋", "results": "📊", "presales": "🛍"}


@dataclass(frozen=True, slots=True)
class Posted:
    """What goes to a group for one card: `album` first, each sheet with its caption; then the message."""

    album: tuple[Shown, ...]
    message: Shown
    pinned: bool


def posted(post: Post, links: Links, room: str | None) -> Posted:
    """Show a card to a group. `room` is the address of the browser room, where it has a public one."""
    card, reader = post.card, post.reader
    album = _album(card, reader)
    shot = None if album else _shot(card, reader)
    words = fit(_lines(card, reader), (), CAPTION_LETTERS) if shot else fit(_lines(card, reader))
    return Posted(album, Shown(words, shot, _keys(post, links, room)), pinned=bool(album))


def _lines(card: Card, reader: Reader) -> list[str]:
    lines = [bold(card.title, reader), *(html(line, reader) for line in card.told)]
    return [*lines, *(f"{_bar(m.share)} {html(m.label, reader)}" for m in card.meters)]


def _bar(share: float) -> str:
    """Draw how full something is, in ten characters."""
    full = min(10, int(share * 10))
    return "▰" * full + "▱" * (10 - full)


def _shot(card: Card, reader: Reader) -> Shot | None:
    if card.chart is not None:
        return Drawn(card.chart.key, reader.language)
    return Large(card.pictures[0].photo) if len(card.pictures) == 1 else None


def _album(card: Card, reader: Reader) -> tuple[Shown, ...]:
    """Lay out the designs of a round on contact sheets, by number, so that one can be found.

    A cut is told by its chart. A single sheet cannot be an album; it is halved.
    """
    pictures = sorted(card.pictures, key=lambda p: p.number)
    if card.chart is not None or len(pictures) < 2 or any(p.verdict for p in pictures):
        return ()
    each = SHEET_TILES if len(pictures) > SHEET_TILES else -(-len(pictures) // 2)
    each = max(each, -(-len(pictures) // MOST_SHEETS))
    return tuple(_sheet(pictures[i : i + each], reader) for i in range(0, len(pictures), each))


def _sheet(pictures: Sequence[Picture], reader: Reader) -> Shown:
    span = f"{figures(pictures[0].number)}–{figures(pictures[-1].number)}"
    tiles = tuple((p.photo, p.number, p.version) for p in pictures)
    names = [html(p.alt, reader) for p in pictures]
    return Shown(fit([f"<b>{span}</b>"], names, CAPTION_LETTERS), Contact(tiles, COLUMNS))


def _keys(post: Post, links: Links, room: str | None) -> tuple[tuple[Key, ...], ...]:
    keys = [_button(button, post, links) for button in post.card.buttons]
    if any(button.go == "vote" for button in post.card.buttons):
        if room:
            keys.append(link(marked("🌐", t("Browser room"), post.reader), room))
        keys.append(key("❓", Place(HELP)))
    return rows(*wrapped(keys, _BUTTONS))


def _button(button: Button, post: Post, links: Links) -> Key:
    """Make a button in a group: what is private opens the private chat, a glance is a toast."""
    label = f"{_ICONS.get(button.go, '🛍')} {render(button.label, post.reader)}"
    if button.go == "ballot":
        return key(label, Place(MINE))
    return link(label, links.url(Way(post.group, button.go)))
