"""A page of a ballot as a message: a sheet with its number pad or as a menu, a card, a duel."""

from collections.abc import Iterable, Sequence

from bot.adapters.discord.shown import (
    MOST_OPTIONS,
    Key,
    Look,
    Menu,
    Option,
    Part,
    Pictured,
    Shown,
    alt,
    key,
    rows,
    wrapped,
)
from bot.adapters.discord.words import bold, fit, plain, small, titled
from bot.i18n import Reader, number, render
from bot.port import BallotView, Before, CardPage, DuelPage, Reply, Sheet, Strip, Tile
from bot.port.pictures import Contact, Large
from bot.port.places import BALLOT, BEFORE, LARGE, MENU, MINE, NEXT, SAY, SWITCH, Place, data
from bot.port.words import changed_words, page_name, page_words, picks_words, seen_words
from bot.text import Text, When, t, verbatim

COLUMNS = 5
"""Numbers side by side on a sheet and on its pad, so that a thumb finds the same place on both."""

_JUMPS = 20
_PICKED = "❤️"

AS_MENU, AS_BUTTONS = 1, 2
"""What a SWITCH leads to from now on."""

Page = Sheet | CardPage | DuelPage


def figures(design_number: int) -> str:
    """Write a number as it stands on the photo: 067."""
    return f"{design_number:03d}"


def page(shown: Page, reader: Reader, said: Text | None = None, as_menu: bool = False) -> Shown:
    """Show a page of a ballot; `said` is what was just done on it."""
    match shown:
        case Sheet() if as_menu or len(shown.tiles) > MOST_OPTIONS:
            return menu(shown, reader, said)
        case Sheet():
            return sheet(shown, reader, said)
        case CardPage():
            return card(shown, reader, said)
    return duel(shown, reader, said)


def progress(strip: Strip, reader: Reader, said: Text | None = None) -> str:
    """Say what was just done, how far the ballot is and until when it can be changed."""
    done = [seen_words(strip), picks_words(strip)]
    words = [" · ".join(plain(one, reader) for one in done if one is not None)]
    if strip.state == "open":
        words.append(plain(t("Closes {at}.", at=When(strip.closes_at)), reader))
    told = [] if said is None else [bold(said, reader)]
    return "\n".join([*told, small("\n".join(words))])


def _title(shown: Page, reader: Reader) -> str:
    where = page_words(shown.strip.ballot, shown.page, len(shown.pages))
    return titled(t("{title} · {page}", title=shown.title, page=where), reader)


def here(shown: Page, kind: str = BALLOT, *numbers: int) -> Place:
    return Place(kind, (shown.page, len(shown.pages), *numbers))


# ------------------------------------------------------------------ sheets


def sheet(shown: Sheet, reader: Reader, said: Text | None = None) -> Shown:
    """Show a contact sheet with a button for each design, green where it is picked; → finishes the page."""
    how = shown.closed or t("Tap the numbers you would love to have.")
    pad = [_number(shown, tile) for tile in shown.tiles if tile.toggle]
    head = [_title(shown, reader), plain(how, reader)]
    picks = _picks(tile.number for tile in shown.tiles if tile.picked)
    return Shown(
        fit([*head, picks, progress(shown.strip, reader, said)]),
        (contact(shown.tiles, COLUMNS, reader),),
        rows(*wrapped(pad, COLUMNS), [*_leaf(shown, reader), *_tools(shown, reader)]),
    )


def _picks(numbers: Iterable[int]) -> str:
    picks = " ".join(map(number, numbers))
    return f"{_PICKED} {picks}" if picks else ""


def redrawn(parts: list[Part], tapped: str, reply: Reply, reader: Reader) -> list[Part] | None:
    """Redraw a sheet after a tap on its pad, from what the message shows and the press said.

    None where that does not tell everything: the message is no such sheet, or it lacks a button for undo.
    """
    inside: list[Part] = parts[0].get("components", []) if parts else []
    rows_ = [part["components"] for part in inside if part["type"] == 1]
    undo = render(t("Undo"), reader)
    if reply.strip is None or not rows_ or undo not in [one.get("label") for one in rows_[-1]]:
        return None
    pad = {int(one["label"]): one for row in rows_ for one in row if one.get("label", "").isdecimal()}
    if tapped not in [one["custom_id"] for one in pad.values()] or any(n not in pad for n, _ in reply.picked):
        return None
    for n, picked in reply.picked:
        pad[n]["style"] = int(Look.PICKED if picked else Look.PLAIN)
    picks = _picks(n for n, one in pad.items() if one["style"] == Look.PICKED)
    head = inside[0]["content"].split("\n")[:2]
    inside[0]["content"] = fit([*head, picks, progress(reply.strip, reader, reply.text)])
    return parts


def menu(shown: Sheet, reader: Reader, said: Text | None = None) -> Shown:
    """Show a contact sheet with its designs as a menu: one choice for the whole page, read out by name."""
    how = shown.closed or t("Choose the ones you would love to have, then go on.")
    menus = [] if shown.closed else [
        Menu(
            _span(part),
            data("", here(shown, MENU, n)),
            tuple(Option(_line(tile), str(tile.number), tile.picked) for tile in part),
        )
        for n, part in enumerate(_halved(shown.tiles), 1)
    ]  # fmt: skip
    return Shown(
        fit([_title(shown, reader), plain(how, reader), progress(shown.strip, reader, said)]),
        (contact(shown.tiles, COLUMNS, reader),),
        rows(*menus, [*_leaf(shown, reader), *_tools(shown, reader)]),
    )


def part_of(shown: Sheet, n: int) -> Sequence[Tile]:
    """Find the designs that menu `n` (from 1) of a page asks about."""
    parts = _halved(shown.tiles)
    return parts[n - 1] if 1 <= n <= len(parts) else ()


def _halved(tiles: Sequence[Tile]) -> list[Sequence[Tile]]:
    """Divide designs into as many menus as they need."""
    each = len(tiles) if len(tiles) <= MOST_OPTIONS else -(-len(tiles) // 2)
    return [tiles[i : i + each] for i in range(0, len(tiles), each)] if tiles else []


def _span(tiles: Sequence[Tile]) -> str:
    numbers = sorted(tile.number for tile in tiles)
    return f"{figures(numbers[0])} … {figures(numbers[-1])}"


def _line(tile: Tile) -> str:
    return f"{number(tile.number)} {tile.title}"


def contact(tiles: Sequence[Tile], columns: int, reader: Reader) -> Pictured:
    drawn = Contact(tuple((tile.photo, tile.number, tile.version) for tile in tiles), columns)
    return Pictured(drawn, alt((tile.alt for tile in tiles), reader))


def photo(tile: Tile, reader: Reader) -> Pictured:
    return Pictured(Large(tile.photo), render(tile.alt, reader))


def _number(shown: Sheet, tile: Tile) -> Key:
    """Make a design's button. Its words stay as wide as they are, or a phone would break the row; a line
    above says what is picked.
    """
    look = Look.PICKED if tile.picked else Look.PLAIN
    return key(figures(tile.number), here(shown), tile.toggle, look)


def pad(shown: Sheet, kind: str, reader: Reader) -> Shown:
    """Show a sheet whose numbers lead to a design (LARGE) or to words about one (SAY)."""
    asks = {
        LARGE: t("Tap the number you want to see large."),
        SAY: t("Tap the number you want to say something about."),
    }
    keys = [
        key(figures(tile.number), here(shown, kind, tile.number), look=Look.MAIN)
        for tile in shown.tiles[:MOST_OPTIONS]
    ]
    return Shown(
        fit([_title(shown, reader), plain(asks[kind], reader)]),
        (contact(shown.tiles, COLUMNS, reader),),
        rows(*wrapped(keys, COLUMNS), [key(f"← {render(t('Back'), reader)}", here(shown))]),
    )


# ------------------------------------------------------------------ leafing


def _leaf(shown: Page, reader: Reader) -> list[Key]:
    """Make ← and →; where a page is finished by leafing on, → does that, and reads Done on the last.

    A page that is finished already is left as it is: → leads to the one beside it.
    """
    pages = len(shown.pages)
    keys = [key("←", Place(BALLOT, (shown.page - 1, pages)))] if shown.page > 1 else []
    last, finished = shown.page == pages, shown.pages[shown.page - 1]
    if isinstance(shown, Sheet) and shown.closed is None and (last or not finished):
        label = render(t("Done"), reader) if last else "→"
        keys.append(key(label, here(shown, NEXT), shown.finish, Look.MAIN))
    elif shown.page < pages:
        keys.append(key("→", Place(BALLOT, (shown.page + 1, pages))))
    return keys


def _tools(shown: Page, reader: Reader) -> list[Key]:
    """Make what is beside leafing: see large, say something, undo."""
    keys = []
    if isinstance(shown, Sheet):
        keys.append(key(render(t("Zoom"), reader), here(shown, LARGE)))
        keys.append(key(render(t("Comment"), reader), here(shown, SAY)))
    if shown.undo:
        keys.append(key(render(t("Undo"), reader), here(shown), shown.undo))
    return keys


# ------------------------------------------------------------------ cards


def card(shown: CardPage, reader: Reader, said: Text | None = None) -> Shown:
    """Show one design to love, like or pass, with why once it is answered."""
    tile, place = shown.tile, here(shown)
    head = [
        _title(shown, reader),
        bold(t("{number} {title}", number=number(tile.number), title=tile.title), reader),
        *changed(shown.before, reader),
        plain(shown.closed or t("Love it, like it or pass. Then you can say why."), reader),
        progress(shown.strip, reader, said),
    ]
    chips = [
        key(render(c.label, reader), place, c.press, Look.PICKED if c.chosen else Look.PLAIN)
        for c in shown.chips
        if c.press
    ]
    speak = [key(render(t("Comment"), reader), here(shown, SAY, tile.number))]
    if shown.before:
        speak.insert(0, key(f"v{shown.before.version} | v{tile.version}", here(shown, BEFORE, tile.number)))
    return Shown(
        fit(head),
        (photo(tile, reader),),
        rows(
            rates(shown.answer, (shown.passed, shown.like, shown.love), place, reader),
            *wrapped(chips, 3),
            [*_leaf(shown, reader), *speak, *_tools(shown, reader)],
        ),
    )


def rates(answer: str | None, actions: Sequence[str], place: Place, reader: Reader) -> list[Key]:
    """Make Pass, Like and Love, the given answer green; nothing where none is taken."""
    labels = {
        "pass": render(t("Pass"), reader),
        "like": f"👍 {render(t('Like'), reader)}",
        "love": f"{_PICKED} {render(t('Love'), reader)}",
    }
    return [
        key(label, place, action, Look.PICKED if name == answer else Look.PLAIN)
        for (name, label), action in zip(labels.items(), actions, strict=True)
        if action
    ]


def changed(before: Before | None, reader: Reader) -> list[str]:
    """Say what is new about a version, and how many had asked for it."""
    if before is None:
        return []
    return [bold(changed_words(before), reader), plain(verbatim(before.note), reader)]


# ------------------------------------------------------------------ duels


def duel(shown: DuelPage, reader: Reader, said: Text | None = None) -> Shown:
    """Show two designs side by side: tap the number of the one you would rather have."""
    sides = (shown.left, shown.right)
    ask = shown.closed or t("Which would you rather have? Tap its number.")
    picks = [
        key(figures(s.number), here(shown, NEXT), s.press, Look.PICKED if s.picked else Look.MAIN)
        for s in sides
        if s.press
    ]
    even = key(
        render(t("Can’t choose"), reader),
        here(shown, NEXT),
        shown.even,
        Look.PICKED if shown.evened else Look.PLAIN,
    )
    looks = [key(f"🔍 {figures(s.number)}", here(shown, LARGE, s.number)) for s in sides]
    return Shown(
        fit([_title(shown, reader), plain(ask, reader), progress(shown.strip, reader, said)]),
        (contact(sides, 2, reader),),
        rows(
            [*picks, even] if shown.even else [],
            [*_leaf(shown, reader), *looks, *_tools(shown, reader)],
        ),
    )


# ------------------------------------------------------------------ all of it


def mine(view: BallotView, reader: Reader, as_menu: bool = False, said: Text | None = None) -> Shown:
    """Show everything the fan is for, the pages that are left, and how the ballot is to be shown."""
    left = [n for n, done in enumerate(view.pages, 1) if not done]
    head = [titled(t("My ballot"), reader), progress(view.strip, reader, said)]
    if view.closed:
        head.append(plain(view.closed, reader))
    elif not left:
        head.append(plain(t("You have seen everything. You can change your mind until the close."), reader))
    picked = [
        f"{_PICKED if tile.number in view.loved else '-'} {plain(tile.alt, reader)}" for tile in view.picks
    ]
    return Shown(
        fit(head, picked),
        (),
        rows(_onward(view, left, reader), *wrapped(_jumps(view)), _switch(view.strip, as_menu, reader)),
    )


def _onward(view: BallotView, left: Sequence[int], reader: Reader) -> list[Key]:
    keys = []
    if left and not view.closed:
        words = t("Go on with {page}", page=page_name(view.strip.ballot, left[0]))
        keys.append(key(render(words, reader), Place(BALLOT), look=Look.MAIN))
    if view.undo:
        keys.append(key(render(t("Undo"), reader), Place(MINE), view.undo))
    return keys


def _jumps(view: BallotView) -> list[Key]:
    """Make a button for each page, green where it is finished; of many, for those near the first open."""
    pages = len(view.pages)
    first = next((n for n, done in enumerate(view.pages, 1) if not done), 1)
    start = max(1, min(first - _JUMPS // 2, pages - _JUMPS + 1))
    return [
        key(str(n), Place(BALLOT, (n, pages)), look=Look.PICKED if view.pages[n - 1] else Look.PLAIN)
        for n in range(start, min(pages, start + _JUMPS - 1) + 1)
    ]


def _switch(strip: Strip, as_menu: bool, reader: Reader) -> list[Key]:
    if strip.ballot != "sheets":
        return []
    label, to = (t("Use buttons"), AS_BUTTONS) if as_menu else (t("Use menus"), AS_MENU)
    return [key(render(label, reader), Place(SWITCH, (to,)))]
