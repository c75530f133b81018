"""What the groups are told of presales: the card a post should show now, read for the relay.

A `presale` and a `presale_result` post are about a presale, a `price` post about one announced step.
"""

from bot import presale_cards
from bot.port import Card
from bot.presale.engine import RUNNING
from bot.presale.model import Presale, PresaleState
from bot.presale_cards import PRESALE, PRESALE_RESULT, PRICE
from bot.service.presale_views import missed_sentence, seen_by
from bot.storage import presales
from bot.storage.store import Tx

KINDS = frozenset({PRESALE, PRICE, PRESALE_RESULT})


async def subject(tx: Tx, kind: str, subject_id: int) -> Presale:
    """Find the presale that a post is about."""
    if kind == PRICE:
        step = await presales.step_by_id(tx, subject_id)
        assert step is not None
        subject_id = step.presale_id
    presale = await presales.presale_by_id(tx, subject_id)
    assert presale is not None
    return presale


async def compose(tx: Tx, kind: str, subject_id: int) -> Card | None:
    """Compute the card; None for a step of the price that is not the newest any more."""
    presale = await subject(tx, kind, subject_id)
    view = await seen_by(tx, presale.id)
    match kind:
        case "presale":
            return presale_cards.presale_card(view)
        case "price":
            step = await presales.step_by_id(tx, subject_id)
            if step is None or step.stage != presale.stage or presale.state is not PresaleState.OPEN:
                return None
            return presale_cards.price_card(view)
        case _:
            return presale_cards.result_card(view, [missed_sentence(presale)])


async def is_final(tx: Tx, kind: str, subject_id: int) -> bool:
    """Say whether a post will never change again: a step's announcement at once, the others at the end."""
    presale = await subject(tx, kind, subject_id)
    return kind != PRESALE or presale.state not in (*RUNNING, PresaleState.DECIDING)
