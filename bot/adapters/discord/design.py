"""One design as a message: its photo large, what is known and said of it, its answers."""

from dataclasses import replace

from bot.adapters.discord.ballot import changed, photo, rates
from bot.adapters.discord.shown import Key, Look, Pictured, Shown, alt, key, rows
from bot.adapters.discord.words import bold, fit, plain, small, titled
from bot.i18n import Reader, number, render
from bot.port import Before, DesignView, Remark
from bot.port.pictures import Contact
from bot.port.places import BALLOT, BEFORE, LARGE, PRESALES, SAY, Place
from bot.text import Text, t


def design(view: DesignView, page: int, pages: int, reader: Reader, said: Text | None = None) -> Shown:
    """Show a design; `page` of `pages` is where Back leads, 0 to the page the ballot was left at."""
    tile = view.tile
    place = Place(LARGE, (page, pages, tile.number))
    named = t("{number} {title}", number=number(tile.number), title=tile.title)
    head = [
        titled(named, reader),
        *changed(view.before, reader),
        small(" · ".join(plain(fact, reader) for fact in view.facts)),
        plain(view.closed, reader) if view.closed else "",
        bold(said, reader) if said else "",
    ]
    answers = (
        rates(view.answer, (view.passed, view.like, view.love), place, reader)
        if view.love
        else _pick(view, place, reader)
    )
    return Shown(
        fit(head, [_remark(remark, reader) for remark in view.remarks]),
        (photo(tile, reader),),
        rows(answers, [*_around(view, page, pages, reader), back(page, pages, reader)]),
    )


def _remark(remark: Remark, reader: Reader) -> str:
    said = t("{who}: {what}", who=remark.author, what=remark.body)
    named = t("{what} ({comment})", what=said, comment=f"c{remark.id}") if remark.hideable else said
    return f"> {' '.join(plain(named, reader).split())}"


def _pick(view: DesignView, place: Place, reader: Reader) -> list[Key]:
    if not view.tile.press:
        return []
    if view.tile.picked:
        return [key(render(t("Take back"), reader), place, view.tile.press)]
    return [key(f"❤️ {render(t('I’d love this'), reader)}", place, view.tile.press, Look.MAIN)]


def _around(view: DesignView, page: int, pages: int, reader: Reader) -> list[Key]:
    """Make what goes on from a design: the version before, words about it, its presale."""
    n = view.tile.number
    keys = [key(render(t("Comment"), reader), Place(SAY, (page, pages, n)))]
    if view.before:
        keys.insert(0, key(f"v{view.before.version} | v{view.tile.version}", Place(BEFORE, (page, pages, n))))
    if view.presale:
        keys.append(key(render(t("Presale"), reader), Place(PRESALES, (n,))))
    return keys


def back(page: int, pages: int, reader: Reader) -> Key:
    return key(f"← {render(t('Back'), reader)}", Place(BALLOT, (page, pages) if page else ()))


def before(view: DesignView, old: Before, page: int, pages: int, reader: Reader) -> Shown:
    """Show both versions of a design side by side, the older one first."""
    now = design(replace(view, before=None), page, pages, reader)
    was = t(
        "{number} {title}, version {n}", number=number(view.tile.number), title=view.tile.title, n=old.version
    )
    words = fit([titled(was, reader), *changed(old, reader)])
    tile = view.tile
    both = Contact(((old.photo, tile.number, old.version), (tile.photo, tile.number, tile.version)), 2)
    return replace(now, words=words, pictures=(Pictured(both, alt((old.alt, tile.alt), reader)),))
