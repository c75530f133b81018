"""A fan's ballot by their taste, answered on Telegram by taps."""

import re
from collections.abc import AsyncIterator

from tests.adapters.tastes import Taste
from tests.adapters.telegram.stage import Stage, labels, words
from tests.telegram.botapi.world import Message, User

_RATES = {"love": "❤️ Love", "like": "👍 Like", "pass": "👋 Pass"}


async def vote_by_taps(stage: Stage, fan: User, link: str, taste: Taste) -> list[str]:
    """Answer a whole round from the group's button to the end, in one message; give what each page said."""
    page = await stage.came(fan, link)
    answers = len(stage.messages(fan))
    seen = [words(page)]
    while len(stage.messages(fan)) == answers:
        ends = _last_card(page)  # by now: once tapped it may be the next one already
        async for button in _buttons(stage, fan, page, taste):
            await stage.tap(fan, page, button)
        if ends:
            break
        await stage.until(lambda: words(page) != seen[-1] or len(stage.messages(fan)) > answers)
        seen.append(words(page))
    return seen


async def _buttons(stage: Stage, fan: User, page: Message, taste: Taste) -> AsyncIterator[str]:
    """Name what is tapped on a page, the one that leads on last."""
    keys = [label for row in labels(page) for label in row]
    numbers = [label for label in keys if label.isdecimal()]
    if "✅ Done" in keys:
        for label in numbers:
            if int(label) in taste.picked:
                yield label
        yield "✅ Done"
    elif card := re.search(r"#(\d{3}) ", words(page)):
        yield _RATES[taste.rate(int(card[1]))]
        if not _last_card(page):
            yield "▶️"
    else:
        yield f"{taste.better(*map(int, numbers)):03d}"


def _last_card(page: Message) -> bool:
    keys = [label for row in labels(page) for label in row]
    return "👋 Pass" in " ".join(keys) and "▶️" not in keys
