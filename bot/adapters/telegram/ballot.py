"""A page of a ballot as a message: a sheet with its number pad, a card, a duel."""

from collections.abc import Sequence

from bot.adapters.telegram.shown import Key, Shown, key, rows, wrapped
from bot.adapters.telegram.words import CAPTION_LETTERS, bold, fit, html, marked
from bot.i18n import Reader, number, render
from bot.port import BallotView, Before, CardPage, DuelPage, Sheet, Strip, Tile
from bot.port.pictures import Contact, Large
from bot.port.places import BALLOT, BEFORE, LARGE, MINE, NEXT, SAY, Place
from bot.port.words import changed_words, page_name, page_words, picks_words, seen_words
from bot.text import When, t, verbatim

COLUMNS = 4
"""Numbers side by side on a sheet and on its pad, so that a thumb finds the same place on both."""

_CHIPS, _JUMPS = 3, 40
_PICKED, _ALSO = "❤️", "✓"

Page = Sheet | CardPage | DuelPage


def figures(design_number: int) -> str:
    """Write a number as it stands on the photo: 067."""
    return f"{design_number:03d}"


def page(shown: Page, reader: Reader) -> Shown:
    """Show a page of a ballot."""
    match shown:
        case Sheet():
            return sheet(shown, reader)
        case CardPage():
            return card(shown, reader)
    return duel(shown, reader)


def progress(strip: Strip, reader: Reader) -> str:
    """Say how far the ballot is and until when it can be changed, in one line."""
    said = [seen_words(strip), picks_words(strip)]
    words = " · ".join(html(one, reader) for one in said if one is not None)
    if strip.state != "open":
        return words
    closes = html(t("Closes {at}.", at=When(strip.closes_at)), reader)
    return f"{words}\n⏳ {closes}"


def _title(shown: Page, reader: Reader) -> str:
    where = page_words(shown.strip.ballot, shown.page, len(shown.pages))
    return bold(t("{title} · {page}", title=shown.title, page=where), reader)


def here(shown: Page, kind: str = BALLOT, *numbers: int) -> Place:
    return Place(kind, (shown.page, len(shown.pages), *numbers))


# ------------------------------------------------------------------ sheets


def sheet(shown: Sheet, reader: Reader) -> Shown:
    """Show a contact sheet with one button a design; ▶ and ✅ finish the page, ◀ does not."""
    how = shown.closed or t("Tap the numbers you would love to have, then ✅. Or just send them: 61 67 72")
    head = [_title(shown, reader), html(how, reader), progress(shown.strip, reader)]
    pad = [_number(shown, tile) for tile in shown.tiles if tile.toggle]
    return Shown(
        fit(head, listed(shown.tiles, reader), CAPTION_LETTERS),
        contact(shown.tiles, COLUMNS),
        rows(*wrapped(pad, COLUMNS), _leaf(shown, reader, shown.finish), _tools(shown, reader, shown.finish)),
    )


def contact(tiles: Sequence[Tile], columns: int) -> Contact:
    return Contact(tuple((tile.photo, tile.number, tile.version) for tile in tiles), columns)


def listed(tiles: Sequence[Tile], reader: Reader) -> list[str]:
    """List what a picture shows, for whoever cannot see it."""
    return [html(tile.alt, reader) for tile in tiles]


def _number(shown: Sheet, tile: Tile) -> Key:
    label = f"{_PICKED} {figures(tile.number)}" if tile.picked else figures(tile.number)
    return key(label, here(shown), tile.toggle)


def pad(shown: Sheet, kind: str, reader: Reader) -> Shown:
    """Show a sheet whose numbers lead to a design (LARGE) or to words about one (SAY)."""
    asks = {
        LARGE: t("Tap the number you want to see large."),
        SAY: t("Tap the number you want to say something about."),
    }
    keys = [key(figures(tile.number), here(shown, kind, tile.number)) for tile in shown.tiles]
    back = key(marked("◀️", t("Back"), reader), here(shown))
    return Shown(
        fit([_title(shown, reader), html(asks[kind], reader)], (), CAPTION_LETTERS),
        contact(shown.tiles, COLUMNS),
        rows(*wrapped(keys, COLUMNS), [back]),
    )


# ------------------------------------------------------------------ leafing


def _leaf(shown: Page, reader: Reader, finish: str = "") -> list[Key]:
    """Make ◀ 4/10 ▶; where a page is finished by leafing on, ▶ does that, and reads Done on the last.

    A page that is finished already is left as it is: ▶ leads to the one beside it.
    """
    pages = len(shown.pages)
    last, finished = shown.page == pages, shown.pages[shown.page - 1]
    keys = [key(f"{shown.page}/{pages}", Place(MINE))]
    if shown.page > 1:
        keys.insert(0, key("◀️", Place(BALLOT, (shown.page - 1, pages))))
    if finish and shown.closed is None and (last or not finished):
        label = render(t("Done"), reader) if last else "▶️"
        keys.append(key(label, here(shown, NEXT), finish))
    elif shown.page < pages:
        keys.append(key("▶️", Place(BALLOT, (shown.page + 1, pages))))
    return keys


def _tools(shown: Page, reader: Reader, finish: str = "") -> list[Key]:
    """Make the row below: see large, say something, undo, done."""
    keys = []
    if isinstance(shown, Sheet):
        keys.append(key(marked("🔍", t("Zoom"), reader), here(shown, LARGE)))
        keys.append(key(marked("💬", t("Comment"), reader), here(shown, SAY)))
    if shown.undo:
        keys.append(key(marked("↩️", t("Undo"), reader), here(shown), shown.undo))
    if finish and shown.closed is None:
        keys.append(key(marked("✅", t("Done"), reader), here(shown, NEXT), finish))
    return keys


# ------------------------------------------------------------------ cards


def card(shown: CardPage, reader: Reader) -> Shown:
    """Show one design to love, like or pass, with why once it is answered."""
    tile, place = shown.tile, here(shown)
    head = [
        _title(shown, reader),
        bold(t("{number} {title}", number=number(tile.number), title=tile.title), reader),
        *changed(shown.before, reader),
        html(shown.closed or t("Love it, like it or pass. Then you can say why."), reader),
        progress(shown.strip, reader),
    ]
    chips = [
        key(f"{_ALSO} {render(c.label, reader)}" if c.chosen else render(c.label, reader), place, c.press)
        for c in shown.chips if c.press
    ]  # fmt: skip
    said = here(shown, SAY, tile.number)
    speak = [key(marked("💬", t("Comment"), reader), said)]
    if shown.before:
        speak.insert(0, key(f"v{shown.before.version} | v{tile.version}", here(shown, BEFORE, tile.number)))
    return Shown(
        fit(head, listed([tile], reader), CAPTION_LETTERS),
        Large(tile.photo),
        rows(
            rates(shown.answer, (shown.passed, shown.like, shown.love), place, reader),
            *wrapped(chips, _CHIPS),
            _leaf(shown, reader),
            [*speak, *_tools(shown, reader)],
        ),
    )


def rates(answer: str | None, actions: Sequence[str], place: Place, reader: Reader) -> list[Key]:
    """Make Pass, Like and Love, the given answer marked; nothing where none is taken."""
    labels = {
        "pass": marked("👋", t("Pass"), reader),
        "like": marked("👍", t("Like"), reader),
        "love": marked(_PICKED, t("Love"), reader),
    }
    return [
        key(f"{_ALSO} {label}" if name == answer else label, place, action)
        for (name, label), action in zip(labels.items(), actions, strict=True)
        if action
    ]


def changed(before: Before | None, reader: Reader) -> list[str]:
    """Say what is new about a version, and how many had asked for it."""
    if before is None:
        return []
    return [f"🧵 {html(changed_words(before), reader)}", html(verbatim(before.note), reader)]


# ------------------------------------------------------------------ duels


def duel(shown: DuelPage, reader: Reader) -> Shown:
    """Show two designs side by side: tap the number of the one you would rather have."""
    sides = (shown.left, shown.right)
    ask = shown.closed or t("Which would you rather have? Tap its number.")
    evens = render(t("Can’t choose"), reader)
    even = (
        [key(f"{_ALSO} {evens}" if shown.evened else evens, here(shown, NEXT), shown.even)]
        if shown.even
        else []
    )
    picks = [
        key(f"{_PICKED} {figures(s.number)}" if s.picked else figures(s.number), here(shown, NEXT), s.press)
        for s in sides if s.press
    ]  # fmt: skip
    looks = [key(f"🔍 {figures(s.number)}", here(shown, LARGE, s.number)) for s in sides]
    return Shown(
        fit([_title(shown, reader), html(ask, reader), progress(shown.strip, reader)],
            listed(sides, reader), CAPTION_LETTERS),
        contact(sides, 2),
        rows(picks, even, _leaf(shown, reader), [*looks, *_tools(shown, reader)]),
    )  # fmt: skip


# ------------------------------------------------------------------ all of it


def mine(view: BallotView, reader: Reader) -> Shown:
    """Show everything the fan is for, and the pages that are left."""
    left = [n for n, done in enumerate(view.pages, 1) if not done]
    head = [bold(t("My ballot"), reader), progress(view.strip, reader)]
    if view.closed:
        head.append(html(view.closed, reader))
    elif not left:
        head.append(html(t("You have seen everything. You can change your mind until the close."), reader))
    picked = [
        f"{_PICKED if tile.number in view.loved else ''}{html(tile.alt, reader)}" for tile in view.picks
    ]
    pages = len(view.pages)
    jumps = [
        key(f"{n} {_ALSO}" if view.pages[n - 1] else str(n), Place(BALLOT, (n, pages)))
        for n in range(1, pages + 1)
    ][:_JUMPS]
    go = [key(render(t("Go on with {page}", page=page_name(view.strip.ballot, left[0])), reader),
              Place(BALLOT, (left[0], pages)))] if left and not view.closed else []  # fmt: skip
    undo = [key(marked("↩️", t("Undo"), reader), Place(MINE), view.undo)] if view.undo else []
    return Shown(fit(head, picked), None, rows([*go, *undo], *wrapped(jumps, 8)))
