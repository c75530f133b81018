"""What a person can ask about their own data: take it along, or be forgotten."""

import json
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import RuleError
from bot.i18n import Reader, render
from bot.port import Actor, OrderView, Reply, Takeout
from bot.rounds import ballots
from bot.rounds.ballots import Cell
from bot.service import ordering, presale_views
from bot.service.photos import sweep
from bot.service.shop import Shop, known, language_for
from bot.service.wire import load_text
from bot.storage import journal, moderation, notices, people, presales, privacy, rounds
from bot.storage.privacy import Answered, Cast, Said
from bot.storage.store import DATABASE_ERRORS, Store
from bot.text import t

log = structlog.get_logger()

_DELIVERABLE = timedelta(days=2)
"""How long a letter is worth delivering; the notice itself stays."""

_MOST_NOTICES = 100_000  # more than anybody was ever told


async def takeout(shop: Shop, actor: Actor) -> Reply:
    """Write everything kept about a person as JSON, for that person only."""
    async with shop.store.read() as tx:
        person = await known(tx, actor)
        accounts = await people.accounts_of(tx, person.fan_id)
        groups = await people.memberships(tx, person.account_id)
        said = await privacy.comments_by(tx, person.fan_id)
        were = await moderation.were(tx, person.fan_id)
        ballots_cast = await privacy.ballots_by(tx, were)
        answers = await privacy.votes_by(tx, were)
        pairs = await privacy.duels_by(tx, were)
        ordered = await presale_views.orders_of(tx, person.fan_id)
        told = await notices.notices_of(tx, person.fan_id, None, _MOST_NOTICES)
    language = language_for(person, actor)
    data = {
        "name": person.name,
        "language": person.language,
        "roles": sorted(person.roles),
        "accounts": [{"platform": platform, "name": name} for _, platform, name in accounts],
        "groups": [g.title for g in groups],
        "comments": [await _comment(shop, line) for line in said],
        "ballots": [_ballot(line) for line in ballots_cast],
        "answers": [_answer(line) for line in answers],
        "duels": [{**line._asdict(), "at": line.at.isoformat()} for line in pairs],
        "orders": [_order(o) for o in ordered.orders],
        "notices": [
            {"at": line.at.isoformat(), "text": render(load_text(line.text), Reader(language))}
            for line in reversed(told)
        ],
    }
    words = json.dumps(data, ensure_ascii=False, indent=2)
    return Reply(screen=Takeout("catwalk.json", words), language=language)


async def _comment(shop: Shop, said: Said) -> dict[str, Any]:
    """Write a comment, with its photo as a data address where it has one."""
    written = {**said._asdict(), "at": said.at.isoformat()}
    data = await shop.studio.read(said.photo) if said.photo and shop.studio else None
    return {**written, "photo": data and f"data:image/jpeg;base64,{b64encode(data).decode()}"}


def _ballot(line: Cast) -> dict[str, Any]:
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in line._asdict().items()}


def _answer(line: Answered) -> dict[str, Any]:
    """Write an answer with its reasons in words."""
    reasons = sorted(ballots.reasons(Cell(chips=line.chips)))
    told = {key: value for key, value in line._asdict().items() if key != "chips"}
    return {**told, "at": line.at.isoformat(), **({"reasons": reasons} if reasons else {})}


def _order(order: OrderView) -> dict[str, Any]:
    return {
        "at": order.at.isoformat(),
        "number": order.number,
        "title": order.title,
        "colour": order.colour,
        "size": order.size,
        "state": order.state,
        "total": str(order.total.amount),
        "currency": order.total.currency,
        "lines": [
            {"from": line.serial_from, "to": line.serial_to, "price": str(line.unit.amount)}
            for line in order.lines
        ],
    }


async def forget(shop: Shop, actor: Actor, word: str) -> Reply:
    """Forget a person: names, accounts and words go; answers stay counted and belong to nobody known.
    What they ordered is cancelled, since nobody could send it to them.

    `word` must be "yes", so that nobody is forgotten by a slip of the thumb.
    """
    async with shop.store.begin() as tx:
        # Nobody may vote while the account goes, or the vote would come from nowhere.
        await tx.exclude_rounds([0])
        await tx.exclude_rounds([r.id for r in await rounds.running_rounds(tx)])
        await presales.lock_orders(tx)
        person = await known(tx, actor)
        if word.strip().lower() != "yes":
            raise RuleError(
                "forget.confirm",
                t(
                    "This cannot be undone. Your name, accounts and comments go, and your orders are "
                    "cancelled. To do it, say: /forget yes"
                ),
            )
        if await privacy.owners(tx) == [person.fan_id]:
            raise RuleError("forget.last_owner", t("You are the only owner. Invite another one first."))
        now = await tx.now()
        await ordering.cancel_all(tx, person.fan_id, now)
        groups = await privacy.forget(tx, person.fan_id)
        if groups:
            await people.touch_groups(tx, groups)
        await journal.record(tx, "fan_forgotten", now)
    try:
        await sweep(shop)
    except DATABASE_ERRORS as error:  # they are forgotten, and photos are swept every hour
        log.warning("photos_not_swept", reason=type(error).__name__)
    return Reply(
        t("You are forgotten here. Thank you for having been with us."), language=language_for(person, actor)
    )


async def tidy(store: Store) -> int:
    """Delete what is kept longer than it is of use: spent and expired codes, letters nobody could deliver."""
    async with store.begin() as tx:
        now = await tx.now()
        letters = await notices.drop_old_letters(tx, now - _DELIVERABLE)
        return letters + await privacy.drop_spent_codes(tx, now)
