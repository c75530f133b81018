"""Fans, accounts, roles, groups and the codes that let people in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update

from bot.port import Role
from bot.storage.notices import move_notices
from bot.storage.store import Tx
from bot.storage.tables import Account, Code, Comment, Fan, Group, GroupCampaign, Member, RoleRow, table
from bot.storage.upsert import put_new

fan, account, role, code = table(Fan), table(Account), table(RoleRow), table(Code)
group, group_campaign, member = table(Group), table(GroupCampaign), table(Member)
comment = table(Comment)


@dataclass(frozen=True, slots=True)
class Person:
    """An account with the fan behind it. `language` is the one they chose, or None."""

    account_id: int
    fan_id: int
    platform: str
    name: str
    language: str | None
    waits_since: datetime | None
    roles: frozenset[Role]

    def may(self, *wanted: Role) -> bool:
        """Say whether a role fits; an owner may do what any role may."""
        return Role.OWNER in self.roles or bool(self.roles.intersection(wanted))


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A fan group as we know it."""

    id: int
    platform: str
    remote_id: str
    title: str
    language: str
    admits_late: bool
    cursor: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code gives: its kind decides which of the fields matter."""

    kind: str
    role: Role | None = None
    campaign_id: int | None = None
    group_id: int | None = None
    account_id: int | None = None


_PERSON = (
    select(account.c.id, account.c.fan_id, account.c.name, fan.c.language, fan.c.waits_since, role.c.role)
    .join(fan, fan.c.id == account.c.fan_id)
    .outerjoin(role, role.c.account_id == account.c.id)
    .where(account.c.platform == bindparam("platform"), account.c.remote_id == bindparam("remote_id"))
)


async def find_person(tx: Tx, platform: str, remote_id: str) -> Person | None:
    """Look an account up by its platform's id; an id that no platform sends is nobody's."""
    if not remote_id.isprintable():
        return None
    found = (await tx.conn.execute(_PERSON, {"platform": platform, "remote_id": remote_id})).all()
    if not found:
        return None
    first = found[0]
    roles = frozenset({Role.FAN, *(Role(line.role) for line in found if line.role)})
    return Person(first.id, first.fan_id, platform, first.name, first.language, first.waits_since, roles)


async def put_account(
    tx: Tx, platform: str, remote_id: str, name: str, language: str | None, now: datetime
) -> Person:
    """Find or make an account; a new one is a new fan."""
    if person := await find_person(tx, platform, remote_id):
        return person
    fan_id = await _new_fan(tx, language, now, None)
    made = await put_new(
        tx,
        account,
        [
            {
                "fan_id": fan_id,
                "platform": platform,
                "remote_id": remote_id,
                "name": name,
                "first_seen_at": now,
            }
        ],
    )
    if not made:  # another worker was first; its fan stays, ours has no account
        await tx.conn.execute(delete(fan).where(fan.c.id == fan_id))
    person = await find_person(tx, platform, remote_id)
    assert person is not None
    return person


async def _new_fan(tx: Tx, language: str | None, now: datetime, waits_since: datetime | None) -> int:
    made = await tx.conn.execute(
        insert(fan).values(language=language, created_at=now, waits_since=waits_since).returning(fan.c.id)
    )
    fan_id: int = made.scalar_one()
    return fan_id


async def set_language(tx: Tx, fan_id: int, language: str) -> None:
    await tx.conn.execute(update(fan).where(fan.c.id == fan_id).values(language=language))


async def grant(tx: Tx, account_id: int, granted: Role, by: int | None, now: datetime) -> None:
    """Give an account a role; giving it twice does nothing."""
    await put_new(
        tx, role, [{"account_id": account_id, "role": granted.value, "granted_at": now, "granted_by": by}]
    )


async def has_owner(tx: Tx) -> bool:
    found = await tx.conn.execute(select(role.c.role).where(role.c.role == Role.OWNER.value).limit(1))
    return found.first() is not None


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that helps run the shop."""

    name: str
    platform: str
    role: Role
    granted_at: datetime


async def role_holders(tx: Tx) -> list[Holder]:
    """List who holds which role, the longest first."""
    found = await tx.conn.execute(
        select(account.c.name, account.c.platform, role.c.role, role.c.granted_at)
        .join(account, account.c.id == role.c.account_id)
        .order_by(role.c.granted_at, account.c.id)
    )
    return [Holder(line.name, line.platform, Role(line.role), line.granted_at) for line in found]


async def accounts_of(tx: Tx, fan_id: int) -> list[tuple[int, str, str]]:
    """List a fan's accounts: our id, platform, name."""
    found = await tx.conn.execute(
        select(account.c.id, account.c.platform, account.c.name)
        .where(account.c.fan_id == fan_id)
        .order_by(account.c.id)
    )
    return [(line.id, line.platform, line.name) for line in found]


async def fan_of_account(tx: Tx, account_id: int) -> int | None:
    found: int | None = (
        await tx.conn.execute(select(account.c.fan_id).where(account.c.id == account_id))
    ).scalar_one_or_none()
    return found


async def move_accounts(tx: Tx, from_fan: int, to_fan: int) -> None:
    """Hand every account of one fan to another; the emptied fan points to the one that stays.

    The fan waits for a later round only if both did, and no longer than either: nobody loses a vote by it.
    """
    found = await tx.conn.execute(select(fan.c.waits_since).where(fan.c.id.in_([from_fan, to_fan])))
    waits = list(found.scalars())
    waits_since = None if None in waits else min(waits, default=None)
    await tx.conn.execute(update(account).where(account.c.fan_id == from_fan).values(fan_id=to_fan))
    await tx.conn.execute(update(comment).where(comment.c.fan_id == from_fan).values(fan_id=to_fan))
    await move_notices(tx, from_fan, to_fan)
    await tx.conn.execute(update(fan).where(fan.c.id == from_fan).values(merged_into=to_fan))
    await tx.conn.execute(update(fan).where(fan.c.id == to_fan).values(waits_since=waits_since))


async def split_account(tx: Tx, account_id: int, language: str | None, now: datetime) -> int:
    """Make an account a fan of its own again, who waits for rounds that open from now on.

    What the account said goes with it; what the fan was told stays with the other accounts.
    """
    fan_id = await _new_fan(tx, language, now, now)
    await tx.conn.execute(update(account).where(account.c.id == account_id).values(fan_id=fan_id))
    await tx.conn.execute(update(comment).where(comment.c.account_id == account_id).values(fan_id=fan_id))
    return fan_id


# ------------------------------------------------------------------ codes


async def put_code(
    tx: Tx,
    hashed: str,
    invitation: Invitation,
    now: datetime,
    expires_at: datetime | None,
    uses: int | None,
) -> None:
    """Keep a code by its keyed hash, good for `uses` people (None: any number)."""
    await tx.conn.execute(
        insert(code).values(
            hash=hashed,
            kind=invitation.kind,
            role=invitation.role.value if invitation.role else None,
            campaign_id=invitation.campaign_id,
            group_id=invitation.group_id,
            account_id=invitation.account_id,
            created_at=now,
            expires_at=expires_at,
            uses_left=uses,
        )
    )


async def take_code(tx: Tx, hashed: str, kind: str, now: datetime) -> Invitation | None:
    """Use a code up by one; None when it is unknown, spent, expired or of another kind."""
    taken = await tx.conn.execute(
        update(code)
        .where(
            code.c.hash == hashed,
            code.c.kind == kind,
            or_(code.c.expires_at.is_(None), code.c.expires_at > now),
            or_(code.c.uses_left.is_(None), code.c.uses_left > 0),
        )
        .values(uses_left=code.c.uses_left - 1)
        .returning(code.c.role, code.c.campaign_id, code.c.group_id, code.c.account_id)
    )
    line = taken.first()
    if line is None:
        return None
    return Invitation(
        kind, Role(line.role) if line.role else None, line.campaign_id, line.group_id, line.account_id
    )


async def drop_codes(tx: Tx, kind: str, account_id: int) -> None:
    """Forget an account's unused codes of a kind, so that only the newest one works."""
    await tx.conn.execute(delete(code).where(code.c.kind == kind, code.c.account_id == account_id))


# ------------------------------------------------------------------ groups

_GROUP = (
    group.c.id, group.c.platform, group.c.remote_id, group.c.title, group.c.language, group.c.admits_late,
    group.c.cursor,
)  # fmt: skip


_FIND_GROUP = select(*_GROUP).where(
    group.c.platform == bindparam("platform"), group.c.remote_id == bindparam("remote_id")
)


async def find_group(tx: Tx, platform: str, remote_id: str) -> GroupRow | None:
    """Look a group up by its platform's id; an id that no platform sends is none of ours."""
    if not remote_id.isprintable():
        return None
    found = await tx.conn.execute(_FIND_GROUP, {"platform": platform, "remote_id": remote_id})
    line = found.first()
    return GroupRow(*line) if line else None


async def groups_by_id(tx: Tx, ids: list[int]) -> list[GroupRow]:
    found = await tx.conn.execute(select(*_GROUP).where(group.c.id.in_(ids)).order_by(group.c.id))
    return [GroupRow(*line) for line in found]


async def all_groups(tx: Tx) -> list[GroupRow]:
    found = await tx.conn.execute(select(*_GROUP).order_by(group.c.id))
    return [GroupRow(*line) for line in found]


async def groups_on(tx: Tx, platform: str) -> list[GroupRow]:
    found = await tx.conn.execute(select(*_GROUP).where(group.c.platform == platform).order_by(group.c.id))
    return [GroupRow(*line) for line in found]


async def put_group(
    tx: Tx, platform: str, remote_id: str, title: str, language: str, admits_late: bool, now: datetime
) -> GroupRow:
    """Find or make a group by its platform's id."""
    await put_new(
        tx,
        group,
        [
            {
                "platform": platform,
                "remote_id": remote_id,
                "title": title,
                "language": language,
                "admits_late": admits_late,
                "created_at": now,
            }
        ],
    )
    made = await find_group(tx, platform, remote_id)
    assert made is not None
    return made


async def put_group_campaign(tx: Tx, group_id: int, campaign_id: int, now: datetime) -> bool:
    """Let a group join a campaign; False when it had."""
    made = await put_new(
        tx, group_campaign, [{"group_id": group_id, "campaign_id": campaign_id, "joined_at": now}]
    )
    return made > 0


async def groups_of(tx: Tx, campaign_id: int) -> list[GroupRow]:
    """List the groups that vote in a campaign."""
    found = await tx.conn.execute(
        select(*_GROUP)
        .join(group_campaign, group_campaign.c.group_id == group.c.id)
        .where(group_campaign.c.campaign_id == campaign_id)
        .order_by(group.c.id)
    )
    return [GroupRow(*line) for line in found]


async def put_member(tx: Tx, group_id: int, account_id: int, joined_at: datetime | None) -> None:
    await put_new(tx, member, [{"group_id": group_id, "account_id": account_id, "joined_at": joined_at}])


async def see_member(tx: Tx, group_id: int, account_id: int, now: datetime) -> None:
    """Remember when a member was last seen in a group."""
    there = (member.c.group_id == group_id, member.c.account_id == account_id)
    await tx.conn.execute(update(member).where(*there).values(seen_at=now))


async def drop_member(tx: Tx, group_id: int, account_id: int) -> None:
    """Forget that an account is in a group."""
    there = (member.c.group_id == group_id, member.c.account_id == account_id)
    await tx.conn.execute(delete(member).where(*there))


async def last_group(tx: Tx, account_id: int) -> GroupRow | None:
    """Find the group an account was last seen in."""
    found = await tx.conn.execute(
        select(*_GROUP)
        .join(member, member.c.group_id == group.c.id)
        .where(member.c.account_id == account_id)
        .order_by(member.c.seen_at.desc().nulls_last(), group.c.id.desc())
        .limit(1)
    )
    line = found.first()
    return GroupRow(*line) if line else None


async def move_group(tx: Tx, group_id: int, remote_id: str) -> None:
    """Give a group another of its platform's ids."""
    await tx.conn.execute(update(group).where(group.c.id == group_id).values(remote_id=remote_id))


_IS_MEMBER = select(member.c.account_id).where(
    member.c.group_id == bindparam("group_id"), member.c.account_id == bindparam("account_id")
)


async def is_member(tx: Tx, group_id: int, account_id: int) -> bool:
    found = await tx.conn.execute(_IS_MEMBER, {"group_id": group_id, "account_id": account_id})
    return found.first() is not None


async def memberships(tx: Tx, account_id: int) -> list[GroupRow]:
    found = await tx.conn.execute(
        select(*_GROUP)
        .join(member, member.c.group_id == group.c.id)
        .where(member.c.account_id == account_id)
        .order_by(group.c.id)
    )
    return [GroupRow(*line) for line in found]


async def touch_groups(tx: Tx, group_ids: list[int]) -> None:
    """Move these groups' change cursors: something they show is different now."""
    await tx.conn.execute(update(group).where(group.c.id.in_(group_ids)).values(cursor=group.c.cursor + 1))
