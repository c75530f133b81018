"""Ordering by typed words: the text path of presales."""

import re

from bot.errors import RuleError
from bot.i18n import Reader, listed
from bot.port import Command, Reply, ShowPresale
from bot.presale.model import Presale
from bot.service import presale_views
from bot.service.commands.row import Counter, Row
from bot.service.comments import member_group
from bot.service.shop import known, language_for
from bot.text import t

_SHAPE = re.compile(r"#?(\d{1,4})(?:\s+(\d{1,4}))?(?:\s+(\S.*))?", re.DOTALL)


async def _order(at: Counter, c: Command) -> Reply:
    """Quote an order by typed words, `67 3 sage M`; what it costs is confirmed with the button beside it."""
    shape = _SHAPE.fullmatch(c.args.strip())
    if shape is None:
        raise RuleError(
            "order.words", t("Type the number, how many, the colour and the size, like /order 67 3 sage M.")
        )
    number, quantity, words = int(shape[1]), int(shape[2] or 1), shape[3]
    async with at.shop.store.read() as tx:
        person = await known(tx, c.actor)
        group = await member_group(tx, person, c.actor.platform, c.group)
        language = language_for(person, c.actor)
        presale = await presale_views.numbered(tx, group, number)
        colour, size = _chosen(presale, words or "", language)
        wish = ShowPresale(number, quantity, colour, size)
        screen = await presale_views.page_of(tx, group, person.fan_id, wish)
    text = screen.quote.text if screen.quote else screen.closed
    return Reply(text, screen, language=language)


def _chosen(presale: Presale, words: str, language: str) -> tuple[str, str]:
    """Read a colour and a size, in either order; the only one there is need not be named."""
    said = " ".join(words.casefold().replace(",", " ").split())
    for colour in presale.colours:
        for size in presale.sizes:
            a, b = colour.label.casefold(), size.casefold()
            ways = {f"{a} {b}", f"{b} {a}"}
            if len(presale.colours) == 1:
                ways.add(b)
            if len(presale.sizes) == 1:
                ways.add(a)
            if len(presale.colours) == len(presale.sizes) == 1:
                ways.add("")
            if said in ways:
                return str(colour.place), size
    reader = Reader(language)
    raise RuleError(
        "order.choice",
        t(
            "Name a colour ({colours}) and a size ({sizes}).",
            colours=listed([c.label for c in presale.colours], reader),
            sizes=listed(list(presale.sizes), reader),
        ),
    )


async def _orders(at: Counter, c: Command) -> Reply:
    """Show everything the fan ordered."""
    async with at.shop.store.read() as tx:
        person = await known(tx, c.actor)
        screen = await presale_views.orders_of(tx, person.fan_id)
    text = t("Your orders") if screen.orders else t("You have ordered nothing yet.")
    return Reply(text, screen, language=language_for(person, c.actor))


ROWS = {
    "order": Row(_order, (t("/order 67 3 sage M says what three would cost, to confirm with one tap."),)),
    "orders": Row(_orders, (t("/orders shows what you hold, at which price."),)),
}
