"""A fan's ballot by their taste, answered on Discord by taps."""

import re

from simcord.actors import MemberActor
from simcord.results import ResponseMessage

from tests.adapters.discord.stage import Stage, green, labels, screen, words
from tests.adapters.tastes import Taste

_RATES = {"love": "❤️ Love", "like": "👍 Like", "pass": "Pass"}


async def vote_by_taps(stage: Stage, fan: MemberActor, taste: Taste) -> list[str]:
    """Answer a whole round from the card's button to the end, on one screen; give what each page said."""
    return await go_on(fan, await stage.opened(fan), taste)


async def change_by_taps(stage: Stage, fan: MemberActor, taste: Taste) -> list[str]:
    """Go through a ballot once more, from its first page on."""
    mine = screen(await fan.slash(stage.votes, "ballot"))
    return await go_on(fan, screen(await fan.click(mine, label="1")), taste)


async def go_on(fan: MemberActor, page: ResponseMessage, taste: Taste) -> list[str]:
    seen = [words(page)]
    while "My ballot" not in seen[-1] and not _last_card(page):
        page = await _answered(fan, page, taste)
        seen.append(words(page))
    if _last_card(page):
        await _answered(fan, page, taste)
    return seen


async def _answered(fan: MemberActor, page: ResponseMessage, taste: Taste) -> ResponseMessage:
    """Answer a page as it is liked; give the one it leads to."""
    keys = _keys(page)
    numbers = [label for label in keys if label.isdecimal()]
    if "Zoom" in keys:
        for label in numbers:
            if (int(label) in taste.picked) != (label in green(page)):
                page = screen(await fan.click(page, label=label))
        return screen(await fan.click(page, label="Done" if "Done" in keys else "→"))
    if card := re.search(r"#(\d{3}) ", words(page)):
        page = screen(await fan.click(page, label=_RATES[taste.rate(int(card[1]))]))
        return page if _last_card(page) else screen(await fan.click(page, label="→"))
    return screen(await fan.click(page, label=f"{taste.better(*map(int, numbers)):03d}"))


def _keys(page: ResponseMessage) -> list[str]:
    return [label for row in labels(page) for label in row]


def _last_card(page: ResponseMessage) -> bool:
    keys = _keys(page)
    return "Pass" in keys and "→" not in keys
