"""What a page of a ballot is now, for the script of an open one: enough to set every button right."""

from typing import Any

from bot.adapters.web.render import srcset
from bot.adapters.web.wire import progress
from bot.port import CardPage, DesignView, DuelPage, Sheet, Tile


def page_state(page: Sheet | CardPage | DuelPage) -> dict[str, Any]:
    """`photos` are those to fetch before the page is shown."""
    shared = {**progress(page.strip), "page": page.page, "undo": page.undo, "closed": page.closed}
    match page:
        case CardPage():
            return {**shared, **_card_state(page)}
        case DuelPage():
            return {**shared, **_duel_state(page)}
    return {**shared, "tiles": [_tile_state(tile) for tile in page.tiles], "finish": page.finish}


def design_state(view: DesignView) -> dict[str, Any]:
    """Say what one design is now, in the shape of a page that holds only this one."""
    counts = progress(view.strip) if view.strip else {}
    state = {**counts, "tiles": [_tile_state(view.tile)], "undo": None, "closed": view.closed}
    return {**state, **_answer_state(view)} if view.love else state


def _card_state(card: CardPage) -> dict[str, Any]:
    photos = [card.tile.photo, *([card.before.photo] if card.before else [])]
    return {
        **_answer_state(card),
        "chips": [{"key": chip.key, "chosen": chip.chosen, "press": chip.press} for chip in card.chips],
        "photos": [srcset(photo) for photo in photos],
    }


def _answer_state(one: CardPage | DesignView) -> dict[str, Any]:
    return {"answer": one.answer, "presses": {"pass": one.passed, "like": one.like, "love": one.love}}


def _duel_state(duel: DuelPage) -> dict[str, Any]:
    sides = {"first": duel.left, "second": duel.right}
    return {
        "sides": {
            **{name: {"press": tile.press, "chosen": tile.picked} for name, tile in sides.items()},
            "even": {"press": duel.even, "chosen": duel.evened},
        },
        "photos": [srcset(tile.photo) for tile in sides.values()],
    }


def _tile_state(tile: Tile) -> dict[str, Any]:
    return {"number": tile.number, "picked": tile.picked, "press": tile.press}
