"""One design as a message: its photo large, what is known and said of it, its answers."""

from dataclasses import replace

from bot.adapters.telegram.ballot import changed, rates
from bot.adapters.telegram.shown import Key, Shown, key, rows
from bot.adapters.telegram.words import CAPTION_LETTERS, bold, fit, html, marked
from bot.i18n import Reader, number, render
from bot.port import Before, DesignView, Remark
from bot.port.pictures import Large
from bot.port.places import BALLOT, BEFORE, LARGE, PRESALES, SAY, Place
from bot.text import t


def design(view: DesignView, page: int, pages: int, reader: Reader) -> Shown:
    """Show a design; `page` of `pages` is where Back leads, 0 to the page the ballot was left at."""
    tile = view.tile
    place = Place(LARGE, (page, pages, tile.number))
    closed = [html(view.closed, reader)] if view.closed else []
    facts = " · ".join(html(fact, reader) for fact in view.facts)
    said = [_remark(remark, reader) for remark in view.remarks]
    answers = rates(view.answer, (view.passed, view.like, view.love), place, reader) if view.love else _pick(
        view, place, reader
    )  # fmt: skip
    return Shown(
        fit([_named(view, reader), *changed(view.before, reader), facts, *closed], said, CAPTION_LETTERS),
        Large(tile.photo),
        rows(answers, _around(view, page, pages, reader), [_back(page, pages, reader)]),
    )


def _named(view: DesignView, reader: Reader) -> str:
    return bold(t("{number} {title}", number=number(view.tile.number), title=view.tile.title), reader)


def _remark(remark: Remark, reader: Reader) -> str:
    return html(t("{who}: {what}", who=remark.author, what=remark.body), reader)


def _pick(view: DesignView, place: Place, reader: Reader) -> list[Key]:
    if not view.tile.toggle:
        return []
    label = t("Take back") if view.tile.picked else t("I’d love this")
    return [key(f"{'💔' if view.tile.picked else '❤️'} {render(label, reader)}", place, view.tile.toggle)]


def _around(view: DesignView, page: int, pages: int, reader: Reader) -> list[Key]:
    """Make the row that goes on from a design: the version before, words about it, its presale."""
    n = view.tile.number
    keys = [key(marked("💬", t("Comment"), reader), Place(SAY, (page, pages, n)))]
    if view.before:
        keys.insert(0, key(f"v{view.before.version} | v{view.tile.version}", Place(BEFORE, (page, pages, n))))
    if view.presale:
        keys.append(key(marked("🛍", t("Presale"), reader), Place(PRESALES, (n,))))
    return keys


def _back(page: int, pages: int, reader: Reader) -> Key:
    return key(marked("◀️", t("Back"), reader), Place(BALLOT, (page, pages) if page else ()))


def before(view: DesignView, old: Before, page: int, pages: int, reader: Reader) -> Shown:
    """Show the version that a design's newest one replaced."""
    was = t(
        "{number} {title}, version {n}", number=number(view.tile.number), title=view.tile.title, n=old.version
    )
    now = design(replace(view, before=None), page, pages, reader)
    swap = key(f"v{old.version} | v{view.tile.version}", Place(LARGE, (page, pages, view.tile.number)))
    return Shown(
        fit([bold(was, reader), *changed(old, reader)], (), CAPTION_LETTERS),
        Large(old.photo),
        rows([swap], *now.keys[-1:]),
    )
