"""A card as a channel is shown it: words, contact sheets where there are many photos, buttons."""

from bot.adapters.discord.ballot import COLUMNS
from bot.adapters.discord.shown import MOST_PICTURES, PETROL, ROSE, Key, Look, Pictured, Shown, alt, key, rows
from bot.adapters.discord.words import fit, plain, small, titled
from bot.i18n import Reader, render
from bot.port import Button, Card, Picture, Post
from bot.port.pictures import Contact, Drawn, Large
from bot.port.places import FIND, HELP, SAY, Place, place_of
from bot.text import t

SHEET_TILES = 20
"""Designs on a contact sheet."""

_IN_FULL = 2


def posted(post: Post) -> Shown:
    """Show a card to a channel."""
    card, reader = post.card, post.reader
    lines = [titled(card.title, reader), *_lines(card, reader)]
    lines += [f"{_bar(m.share)} {plain(m.label, reader)}" for m in card.meters]
    sold = any(button.go.startswith("presale") for button in card.buttons) or bool(card.meters)
    return Shown(fit(lines), pictures(card, reader), rows(_keys(card, reader)), PETROL if sold else ROSE)


def _lines(card: Card, reader: Reader) -> list[str]:
    """Say a card's lines: what matters first in full, the rest of a round's in passing."""
    said = [plain(line, reader) for line in card.lines]
    if card.talk is None:
        return said
    talk = t("Talk about one: press Comment, or write to me with its number.")
    return [*said[:_IN_FULL], *(small(line) for line in (*said[_IN_FULL:], plain(talk, reader)))]


def is_talked_about(card: Card) -> bool:
    """Say whether people will want to talk about a card: one that asks for their votes."""
    return any(button.go == "vote" for button in card.buttons)


def _bar(share: float) -> str:
    """Draw how full something is, in ten characters."""
    full = min(10, int(share * 10))
    return "▰" * full + "▱" * (10 - full)


def pictures(card: Card, reader: Reader) -> tuple[Pictured, ...]:
    """Choose a card's pictures: its chart, its photo, or all its designs on contact sheets, by number."""
    if card.chart is not None:
        drawn = Drawn(card.chart.key, reader.language)
        return (Pictured(drawn, render(card.chart.alt, reader)),)
    if any(p.verdict for p in card.pictures):
        return ()  # a cut is told by its chart
    if len(card.pictures) == 1:
        only = card.pictures[0]
        return (Pictured(Large(only.photo), render(only.alt, reader)),)
    by_number = sorted(card.pictures, key=lambda p: p.number)
    each = max(SHEET_TILES, -(-len(by_number) // MOST_PICTURES))
    return tuple(_sheet(by_number[i : i + each], reader) for i in range(0, len(by_number), each))


def _sheet(designs: list[Picture], reader: Reader) -> Pictured:
    tiles = tuple((p.photo, p.number, p.version) for p in designs)
    return Pictured(Contact(tiles, COLUMNS), alt((p.alt for p in designs), reader))


def _keys(card: Card, reader: Reader) -> list[Key]:
    keys = [found for button in card.buttons if (found := _button(button, reader))]
    if is_talked_about(card):
        keys.insert(1, key(render(t("Find #"), reader), Place(FIND)))
        keys.append(key(render(t("Comment"), reader), Place(SAY)))
        keys.append(key(render(t("Rules"), reader), Place(HELP)))
    return keys


def _button(button: Button, reader: Reader) -> Key | None:
    place = place_of(button.go)
    look = Look.MAIN if button.go == "vote" or button.go.startswith("presale:") else Look.PLAIN
    return key(render(button.label, reader), place, look=look) if place else None
