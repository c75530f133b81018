"""What one person is told: written with the fact itself, shown in their own feed and to nobody else."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.port import Notice
from bot.service.wire import dump_text, load_text
from bot.storage import notices, people
from bot.storage.notices import NoticeRow
from bot.storage.store import Tx
from bot.text import Text


async def tell(tx: Tx, fan_id: int, key: str, text: Text, now: datetime) -> bool:
    """Tell a fan something, once a `key` (`comment:12:hidden`); False when they were told before."""
    return await tell_all(tx, [(fan_id, key, text)], now) > 0


async def tell_each(tx: Tx, key: str, texts: Mapping[int, Text], now: datetime, go: str | None = None) -> int:
    """Tell several fans, each their own sentence, once a `key` and fan; returns how many were told."""
    return await tell_all(tx, [(fan_id, key, said) for fan_id, said in sorted(texts.items())], now, go)


async def tell_all(
    tx: Tx, lines: Sequence[tuple[int, str, Text]], now: datetime, go: str | None = None
) -> int:
    """Tell fans (id, key, sentence) in one go; returns how many lines were new.

    `go` names where more of it is, as a button's does.
    """
    told = await notices.put_notices(
        tx, [(fan_id, key, dump_text(said)) for fan_id, key, said in lines], now, go
    )
    groups = await notices.groups_of_fans(tx, [fan_id for fan_id, _, _ in lines]) if told else []
    if groups:
        await people.touch_groups(tx, groups)
    return told


def shown(row: NoticeRow) -> Notice:
    """Show a notice as its fan sees it."""
    return Notice(row.id, row.at, load_text(row.text), row.seen_at is not None, row.go)
