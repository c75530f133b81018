"""What single people are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.store import Tx
from bot.storage.tables import Account, Fan, Group, Letter, Member, Notice, UtcDateTime, table

notice, account, member, group = table(Notice), table(Account), table(Member), table(Group)
letter, fan = table(Letter), table(Fan)

_PART = 500

_PAGES = "room"
"""The platform that needs no letters: its pages show every notice."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice; `text` is the JSON of what it says, `go` where more of it is."""

    id: int
    at: datetime
    text: dict[str, Any]
    seen_at: datetime | None
    go: str | None


async def put_notices(
    tx: Tx, lines: Sequence[tuple[int, str, dict[str, Any]]], now: datetime, go: str | None = None
) -> int:
    """Tell fans (id, key, text); returns how many were new, since the same key twice does nothing.

    A new one also goes out as a letter to each of its fan's accounts on chat platforms.
    """
    make = sqlite.insert if tx.sqlite else postgresql.insert
    new: list[int] = []
    for i in range(0, len(lines), _PART):
        part = [
            {"fan_id": fan, "key": key, "text": said, "go": go, "at": now}
            for fan, key, said in lines[i : i + _PART]
        ]
        put = make(notice).values(part).on_conflict_do_nothing().returning(notice.c.id)
        new += (await tx.conn.execute(put)).scalars()
    for i in range(0, len(new), _PART):
        await _write_letters(tx, new[i : i + _PART], now)
    return len(new)


async def _write_letters(tx: Tx, notice_ids: Sequence[int], now: datetime) -> None:
    whom = (
        select(notice.c.id, account.c.id, literal(now, UtcDateTime()))
        .join(account, account.c.fan_id == notice.c.fan_id)
        .where(notice.c.id.in_(notice_ids), account.c.platform != _PAGES)
    )
    await tx.conn.execute(insert(letter).from_select(["notice_id", "account_id", "due_at"], whom))


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter that is due; `language` is the one its reader chose, or None."""

    notice_id: int
    account_id: int
    remote_id: str
    language: str | None
    text: dict[str, Any]
    go: str | None


async def due_letters(tx: Tx, platform: str, now: datetime, most: int) -> list[LetterRow]:
    """List what is to be told to people on a platform, the oldest first."""
    found = await tx.conn.execute(
        select(
            letter.c.notice_id,
            letter.c.account_id,
            account.c.remote_id,
            fan.c.language,
            notice.c.text,
            notice.c.go,
        )
        .join(notice, notice.c.id == letter.c.notice_id)
        .join(account, account.c.id == letter.c.account_id)
        .join(fan, fan.c.id == account.c.fan_id)
        .where(account.c.platform == platform, letter.c.due_at <= now)
        .order_by(letter.c.due_at, letter.c.notice_id)
        .limit(most)
    )
    return [LetterRow(*line) for line in found]


async def drop_letter(tx: Tx, sent: LetterRow) -> None:
    """Take out a letter that arrived, or never will."""
    await tx.conn.execute(delete(letter).where(_is(sent)))


async def put_off_letter(tx: Tx, sent: LetterRow, until: datetime) -> None:
    """Try a letter again at an instant."""
    await tx.conn.execute(update(letter).where(_is(sent)).values(due_at=until))


def _is(sent: LetterRow) -> ColumnElement[bool]:
    return and_(letter.c.notice_id == sent.notice_id, letter.c.account_id == sent.account_id)


async def drop_old_letters(tx: Tx, before: datetime) -> int:
    """Take out letters that nobody could deliver in time."""
    old = select(notice.c.id).where(notice.c.at < before)
    return (await tx.conn.execute(delete(letter).where(letter.c.notice_id.in_(old)))).rowcount


async def notices_of(tx: Tx, fan_id: int, before: datetime | None, most: int) -> list[NoticeRow]:
    """List what a fan was told, newest first, at most `most`."""
    shown = tuple(notice.c[name] for name in NoticeRow.__slots__)
    query = select(*shown).where(notice.c.fan_id == fan_id)
    if before is not None:
        query = query.where(notice.c.at < before)
    found = await tx.conn.execute(query.order_by(notice.c.at.desc(), notice.c.id.desc()).limit(most))
    return [NoticeRow(*line) for line in found]


async def unseen(tx: Tx, fan_id: int) -> int:
    """Count what a fan was told and has not looked at."""
    found = await tx.conn.execute(
        select(func.count()).where(notice.c.fan_id == fan_id, notice.c.seen_at.is_(None))
    )
    return int(found.scalar_one())


async def mark_seen(tx: Tx, fan_id: int, now: datetime) -> None:
    """Remember that a fan looked at what they were told so far."""
    await tx.conn.execute(
        update(notice).where(notice.c.fan_id == fan_id, notice.c.seen_at.is_(None)).values(seen_at=now)
    )


async def groups_of_fans(tx: Tx, fan_ids: Sequence[int]) -> list[int]:
    """List the groups in which these fans read, in order."""
    found = await tx.conn.execute(
        select(member.c.group_id)
        .join(account, account.c.id == member.c.account_id)
        .where(account.c.fan_id.in_(fan_ids))
        .distinct()
        .order_by(member.c.group_id)
    )
    return list(found.scalars())


async def move_notices(tx: Tx, from_fan: int, to_fan: int) -> None:
    """Hand one fan's notices to another; what both were told is kept once."""
    had = select(notice.c.key).where(notice.c.fan_id == to_fan)
    await tx.conn.execute(delete(notice).where(notice.c.fan_id == from_fan, notice.c.key.in_(had)))
    await tx.conn.execute(update(notice).where(notice.c.fan_id == from_fan).values(fan_id=to_fan))
