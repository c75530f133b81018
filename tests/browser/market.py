"""A shop whose shortlist is signed and can be opened for orders: eight plain designs, four of them kept."""

from pathlib import Path

from bot.actions import Finish, encode
from bot.port import Actor, Command, Look, PresaleView, Press, ShowPage, ShowPresale
from bot.service import presales, rounds
from bot.storage import presales as stored
from bot.storage.store import Store
from tests.browser.shop import Shop, load

DESIGNS = 8

RULES = """\
key = "market"
title = "Winter looks"
time_zone = "Europe/Berlin"

[noun]
en = ["look", "looks"]
fr = ["tenue", "tenues"]
zh = ["款"]

[[rounds]]
ballot = "sheets"
opens_at = 2026-11-27T20:30:00
closes_at = 2026-11-30T20:00:00
keep = 4
quorum = 1
tie_rule = "lot"

[presale]
currency = "EUR"
base = 100
step = 10
list = 300
every_units = 5
every_days = 7
days = 30
at = 18:00:00
moq = 6
colours = ["Sage green", "Ink"]
sizes = ["S", "M", "L"]
if_missed = "end"
"""


def make(root: Path) -> Path:
    """Make a folder with photos and the database to copy."""
    return load(root, DESIGNS, RULES)


def sign(shop: Shop) -> None:
    """Let six fans pick the first four designs, close the round and sign it."""
    shop.open()
    code = shop.invitation().split("code=")[1]
    for i in range(6):
        shop.do(_vote(shop, i, code))
    shop.step(_close)
    shop.step(rounds.sign)


async def _vote(shop: Shop, i: int, code: str) -> None:
    actor, inbox = Actor("room", f"crowd-{i}", f"Fan {i}", "en"), shop.inbox
    await inbox.command(Command(actor, f"enter-{i}", "enter", code, "main"))
    await inbox.look(Look(actor, ShowPage(), "main"))
    await inbox.command(Command(actor, "picks", "pick", "1 2 3 4", "main"))
    await inbox.press(Press(actor, "done", encode(Finish(1, 1)), "main"))


async def _close(store: Store, round_id: int, by: rounds.By) -> None:
    await rounds.count(store, await rounds.close(store, round_id, by))


def order(shop: Shop, i: int, number: int, quantity: int, colour: int = 1, size: str = "M") -> None:
    """Let fan `i` of the crowd order as a room does."""
    shop.do(_order(shop, i, number, quantity, colour, size))


async def _order(shop: Shop, i: int, number: int, quantity: int, colour: int, size: str) -> None:
    actor = Actor("room", f"crowd-{i}", f"Fan {i}", "en")
    wish = ShowPresale(number, quantity, str(colour), size)
    view = (await shop.inbox.look(Look(actor, wish, "main"))).screen
    assert isinstance(view, PresaleView)
    assert view.quote is not None
    await shop.inbox.press(Press(actor, f"order-{view.quote.confirm}", view.quote.confirm, "main"))


def open_all(shop: Shop) -> None:
    """Open every presale of the shortlist."""
    shop.step(_open)


async def _open(store: Store, _round_id: int, by: rounds.By) -> None:
    await presales.open_presales(store, 1, by)


def sold(shop: Shop, number: int) -> int:
    """Count how many serials of a design's presale are drawn."""
    found: list[int] = []

    async def read(store: Store, _round_id: int, _by: rounds.By) -> None:
        async with store.read() as tx:
            ordered = await stored.presales_of(tx, 1)
            designs = await stored.designs_of(tx, [p.version_id for p in ordered])
            found.extend(p.next_serial - 1 for p in ordered if designs[p.version_id].number == number)

    shop.step(read)
    return found[0]
