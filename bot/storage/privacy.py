"""One person's data: read out for them, or taken out for good."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select, update

from bot.port import Role
from bot.storage import moderation
from bot.storage.store import Tx
from bot.storage.tables import (
    Account,
    ActionLog,
    Ballot,
    Campaign,
    Code,
    Comment,
    Design,
    Duel,
    Fan,
    Group,
    Member,
    Notice,
    Photo,
    RoleRow,
    Round,
    Version,
    Vote,
    table,
)

account, fan, role, code = table(Account), table(Fan), table(RoleRow), table(Code)
member, group, comment = table(Member), table(Group), table(Comment)
vote, version, design = table(Vote), table(Version), table(Design)
ballot, duel = table(Ballot), table(Duel)
round_, campaign, notice = table(Round), table(Campaign), table(Notice)
log, photo = table(ActionLog), table(Photo)

_MODERATED = ("mod_hide", "mod_aside", "mod_undo")


class Said(NamedTuple):
    """`photo` is the hash of the one that came with it."""

    at: datetime
    group: str
    number: int | None
    body: str
    status: str
    reason: str
    photo: str | None


class Answered(NamedTuple):
    campaign: str
    round: int
    number: int
    version: int
    answer: int | None
    seen: bool
    chips: int
    at: datetime


class Cast(NamedTuple):
    """A ballot; one set aside is kept and not counted, for the reason its fan was told."""

    campaign: str
    round: int
    group: str
    first_at: datetime
    last_at: datetime
    set_aside_at: datetime | None
    set_aside_reason: str | None


class Preferred(NamedTuple):
    """`answer` 1 is for the first, 2 for the second, 0 for neither."""

    campaign: str
    round: int
    first: int
    first_version: int
    second: int
    second_version: int
    answer: int | None
    at: datetime


async def comments_by(tx: Tx, fan_id: int) -> list[Said]:
    """List everything a fan wrote, oldest first."""
    found = await tx.conn.execute(
        select(
            comment.c.at,
            group.c.title,
            design.c.number,
            comment.c.body,
            comment.c.status,
            comment.c.reason,
            comment.c.photo,
        )
        .join(group, group.c.id == comment.c.group_id)
        .outerjoin(design, design.c.id == comment.c.design_id)
        .where(comment.c.fan_id == fan_id)
        .order_by(comment.c.at, comment.c.id)
    )
    return [Said(*line) for line in found]


async def ballots_by(tx: Tx, fan_ids: Sequence[int]) -> list[Cast]:
    """List a fan's ballots, in the order of their rounds; `fan_ids` is everybody they were."""
    found = await tx.conn.execute(
        select(
            campaign.c.title, round_.c.number, group.c.title, ballot.c.first_at, ballot.c.last_at,
            ballot.c.set_aside_at, ballot.c.set_aside_reason,
        )
        .join(round_, round_.c.id == ballot.c.round_id)
        .join(campaign, campaign.c.id == round_.c.campaign_id)
        .join(group, group.c.id == ballot.c.group_id)
        .where(ballot.c.fan_id.in_(fan_ids), ballot.c.round_id.in_(select(round_.c.id)))
        .order_by(round_.c.id)
    )  # fmt: skip
    return [Cast(*line) for line in found]


async def votes_by(tx: Tx, fan_ids: Sequence[int]) -> list[Answered]:
    """List a fan's current answers in every round; a scan of the votes, made once in a while."""
    found = await tx.conn.execute(
        select(
            campaign.c.title, round_.c.number, design.c.number, version.c.number, vote.c.answer, vote.c.seen,
            vote.c.chips, vote.c.at,
        )
        .join(round_, round_.c.id == vote.c.round_id)
        .join(campaign, campaign.c.id == round_.c.campaign_id)
        .join(version, version.c.id == vote.c.version_id)
        .join(design, design.c.id == version.c.design_id)
        .where(vote.c.fan_id.in_(fan_ids), vote.c.round_id.in_(select(round_.c.id)))
        .order_by(round_.c.id, design.c.number)
    )  # fmt: skip
    return [Answered(*line) for line in found]


async def duels_by(tx: Tx, fan_ids: Sequence[int]) -> list[Preferred]:
    """List a fan's current answers to pairs in every round."""
    first, second = (version.alias(side) for side in ("first", "second"))
    one, other = (design.alias(f"{side}_design") for side in ("first", "second"))
    found = await tx.conn.execute(
        select(
            campaign.c.title, round_.c.number, one.c.number, first.c.number, other.c.number, second.c.number,
            duel.c.answer, duel.c.at,
        )
        .join(round_, round_.c.id == duel.c.round_id)
        .join(campaign, campaign.c.id == round_.c.campaign_id)
        .join(first, first.c.id == duel.c.first_id)
        .join(second, second.c.id == duel.c.second_id)
        .join(one, one.c.id == first.c.design_id)
        .join(other, other.c.id == second.c.design_id)
        .where(duel.c.fan_id.in_(fan_ids), duel.c.round_id.in_(select(round_.c.id)))
        .order_by(round_.c.id, one.c.number, other.c.number)
    )  # fmt: skip
    return [Preferred(*line) for line in found]


async def owners(tx: Tx) -> list[int]:
    """List the fans behind the owners' accounts."""
    found = await tx.conn.execute(
        select(account.c.fan_id)
        .join(role, role.c.account_id == account.c.id)
        .where(role.c.role == Role.OWNER.value)
        .distinct()
    )
    return list(found.scalars())


async def forget(tx: Tx, fan_id: int) -> list[int]:
    """Take out who a fan is and what they wrote; answers stay, and belong to nobody known.

    Returns the groups whose feeds changed. The photos go by `unshown` and `drop_photos`.
    """
    ids = list((await tx.conn.execute(select(account.c.id).where(account.c.fan_id == fan_id))).scalars())
    said = await tx.conn.execute(select(comment.c.group_id).where(comment.c.fan_id == fan_id).distinct())
    groups = list(said.scalars())
    await tx.conn.execute(
        update(comment)
        .where(comment.c.fan_id == fan_id)
        .values(body="", status="withdrawn", reason="", photo=None)
    )
    await _unsay_why(tx, fan_id)
    await tx.conn.execute(delete(notice).where(notice.c.fan_id == fan_id))
    for owned in (role, member, code):
        await tx.conn.execute(delete(owned).where(owned.c.account_id.in_(ids)))
    for account_id in ids:
        await tx.conn.execute(
            update(account)
            .where(account.c.id == account_id)
            .values(name="", remote_id=f"forgotten-{secrets.token_hex(8)}")
        )
    await tx.conn.execute(update(fan).where(fan.c.id == fan_id).values(language=None))
    return groups


async def unshown(tx: Tx, most: int) -> list[str]:
    """List photos that neither a version nor a comment shows."""
    shown = select(version.c.photo).union(select(comment.c.photo).where(comment.c.photo.is_not(None)))
    found = await tx.conn.execute(select(photo.c.hash).where(photo.c.hash.not_in(shown)).limit(most))
    return list(found.scalars())


async def drop_photos(tx: Tx, hashes: Sequence[str]) -> None:
    """Forget photos that nothing shows."""
    await tx.conn.execute(delete(photo).where(photo.c.hash.in_(hashes)))


async def _unsay_why(tx: Tx, fan_id: int) -> None:
    """Take out why a fan was moderated, which may name them; that it was done stays in the log."""
    were = await moderation.were(tx, fan_id)
    aside = ballot.c.set_aside_reason.is_not(None)
    await tx.conn.execute(update(ballot).where(ballot.c.fan_id.in_(were), aside).values(set_aside_reason=""))
    said = set((await tx.conn.execute(select(comment.c.id).where(comment.c.fan_id == fan_id))).scalars())
    done = await tx.conn.execute(select(log.c.id, log.c.facts).where(log.c.action.in_(_MODERATED)))
    about = [e.id for e in done if e.facts.get("fan") in were or e.facts.get("comment") in said]
    for entry_id in about:
        await tx.conn.execute(update(log).where(log.c.id == entry_id).values(reason=""))


async def drop_spent_codes(tx: Tx, now: datetime) -> int:
    """Delete codes nobody can use any more."""
    gone = await tx.conn.execute(
        delete(code).where((code.c.expires_at <= now) | (func.coalesce(code.c.uses_left, 1) <= 0))
    )
    return gone.rowcount
