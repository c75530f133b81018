"""Who may come in, who is whom: invitations, roles, linking of one person's accounts, groups."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import RuleError
from bot.i18n import LANGUAGES, language_of
from bot.port import Actor, Me, Reply, Role
from bot.rounds import ballots
from bot.rounds.ballots import Given
from bot.rounds.model import BallotShape, Campaign, Round
from bot.service.field import Stored, answers_of, field_of, put_answers
from bot.service.shop import Shop, known, language_for, new_code
from bot.storage import (
    fan_orders,
    journal,
    one_ballot,
    orders,
    people,
    presales,
    rounds,
    tallies,
    votes,
)
from bot.storage.people import GroupRow, Invitation, Person
from bot.storage.store import Tx
from bot.storage.votes import Key
from bot.text import Text, t

ROOM, CLAIM, LINK, SETUP = "room", "claim", "link", "setup"
"""The kinds of codes: into the room, to a role, to join two accounts, to join a group to a campaign."""

LINK_LASTS = timedelta(minutes=10)
CLAIM_LASTS = timedelta(days=2)
SETUP_LASTS = timedelta(days=7)
_LINK_LETTERS, _LONG_LETTERS = 8, 26
NAME_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Issued:
    """A code as it is shown once, and when it stops working (None: when it is withdrawn)."""

    code: str
    expires_at: datetime | None


# ------------------------------------------------------------------ codes handed out


async def invite_role(shop: Shop, role: Role, by: int | None) -> Issued:
    """Make a one-time code that gives whoever claims it a role."""
    async with shop.store.begin() as tx:
        now = await tx.now()
        issued = Issued(new_code(_LONG_LETTERS), now + CLAIM_LASTS * shop.speed)
        await people.put_code(
            tx,
            shop.hashed(CLAIM, issued.code),
            Invitation(CLAIM, role=role, account_id=by),
            now,
            issued.expires_at,
            1,
        )
        await journal.record(tx, "role_invited", now, account_id=by, role=role.value)
        return issued


async def invite_fans(shop: Shop, group: str, uses: int | None, by: int | None) -> Issued:
    """Make an invitation into a room group, good for `uses` fans (None: any number)."""
    async with shop.store.begin() as tx:
        now = await tx.now()
        found = await people.find_group(tx, "room", group)
        if found is None:
            raise RuleError("group.unknown", t("There is no room called {name}.", name=group))
        issued = Issued(new_code(_LONG_LETTERS), None)
        invitation = Invitation(ROOM, group_id=found.id, account_id=by)
        await people.put_code(tx, shop.hashed(ROOM, issued.code), invitation, now, None, uses)
        await journal.record(tx, "fans_invited", now, account_id=by, group=group)
        return issued


async def invite_group(shop: Shop, campaign: Campaign, by: int | None) -> Issued:
    """Make a one-time code with which a group joins a campaign (`/setup CODE`)."""
    async with shop.store.begin() as tx:
        now = await tx.now()
        issued = Issued(new_code(_LONG_LETTERS), now + SETUP_LASTS * shop.speed)
        invitation = Invitation(SETUP, campaign_id=campaign.id, account_id=by)
        await people.put_code(tx, shop.hashed(SETUP, issued.code), invitation, now, issued.expires_at, 1)
        await journal.record(tx, "group_invited", now, account_id=by, campaign_id=campaign.id)
        return issued


async def add_room(shop: Shop, name: str, title: str, language: str) -> GroupRow:
    """Add a group to the built-in room; the shop keeps its door, so who comes late counts."""
    async with shop.store.begin() as tx:
        return await people.put_group(tx, "room", name, title, language, True, await tx.now())


# ------------------------------------------------------------------ codes used


async def enter(shop: Shop, actor: Actor, code: str, group: str | None) -> Reply:
    """Come into the room: by invitation, or by name alone where the shop allows it."""
    async with shop.store.begin() as tx:
        now = await tx.now()
        if code.strip():
            taken = await people.take_code(tx, shop.hashed(ROOM, code), ROOM, now)
            if taken is None or taken.group_id is None:
                raise RuleError(
                    "code.spent", t("This invitation does not work any more. Ask the shop for a new one.")
                )
            groups = await people.groups_by_id(tx, [taken.group_id])
        elif shop.open_by_name:
            everyone = await people.groups_on(tx, "room")
            groups = [g for g in everyone if group in (None, g.remote_id)][:1]
        else:
            raise RuleError(
                "enter.invitation", t("This room is by invitation. Open the link the shop sent you.")
            )
        person = await _admit(tx, actor, now)
        for room in groups:
            await people.put_member(tx, room.id, person.account_id, now)
        return Reply(
            t("Welcome, {name}.", name=person.name),
            await _me(tx, person),
            language=language_for(person, actor),
        )


async def claim(shop: Shop, actor: Actor, code: str) -> Reply:
    """Use a one-time role invitation: the account gets the role, and sees every group of the room."""
    async with shop.store.begin() as tx:
        now = await tx.now()
        taken = await people.take_code(tx, shop.hashed(CLAIM, code), CLAIM, now)
        if taken is None or taken.role is None:
            raise RuleError(
                "code.spent", t("This link was used before or is too old. Ask an owner for a new one.")
            )
        person = await _admit(tx, actor, now)
        await people.grant(tx, person.account_id, taken.role, taken.account_id, now)
        if actor.platform == "room":
            for room in await people.groups_on(tx, "room"):
                await people.put_member(tx, room.id, person.account_id, now)
        await journal.record(tx, "role_claimed", now, account_id=person.account_id, role=taken.role.value)
        person = await known(tx, actor)
        return Reply(_role_text(taken.role), await _me(tx, person), language=language_for(person, actor))


def _role_text(role: Role) -> Text:
    return {
        Role.FAN: t("You are in."),
        Role.MODERATOR: t("You are a moderator of this shop now."),
        Role.DESIGNER: t("You are a designer of this shop now."),
        Role.OWNER: t("You are an owner of this shop now."),
    }[role]


async def _admit(tx: Tx, actor: Actor, now: datetime) -> Person:
    name = " ".join(actor.name.split())
    if not 1 <= len(name) <= NAME_LETTERS or not name.isprintable():
        raise RuleError("name.shape", t("Choose a name of 1 to {most} letters.", most=NAME_LETTERS))
    language = language_of(actor.language) if actor.language else None
    return await people.put_account(tx, actor.platform, actor.remote_id, name, language, now)


# ------------------------------------------------------------------ one person, several accounts


async def link(shop: Shop, actor: Actor, code: str) -> Reply:
    """Without a code: issue one. With the code of another account: become the same fan as it."""
    if not code.strip():
        return await _issue_link(shop, actor)
    async with shop.store.begin() as tx:
        running = await _hold_rounds(tx)
        await presales.lock_orders(tx)
        now = await tx.now()
        person = await known(tx, actor)
        taken = await people.take_code(tx, shop.hashed(LINK, code), LINK, now)
        other = await people.fan_of_account(tx, taken.account_id) if taken and taken.account_id else None
        if other is None:
            raise RuleError(
                "code.spent", t("This code was used before or is too old. Say /link to get a new one.")
            )
        if other == person.fan_id:
            return Reply(t("These accounts are one person already."), language=language_for(person, actor))
        for round_ in running:
            await _merge_ballots(tx, round_, person.fan_id, other, now)
        await fan_orders.move_orders(tx, person.fan_id, other)
        await people.move_accounts(tx, person.fan_id, other)
        await journal.record(tx, "accounts_linked", now, account_id=person.account_id)
        return Reply(
            t("Linked. It is one ballot now, on whichever device you vote."),
            language=language_for(person, actor),
        )


async def _hold_rounds(tx: Tx) -> list[Round]:
    """Keep everybody from voting and rounds from opening while accounts change hands; list the running ones.

    One may have closed while we waited for it: its ballots are counted, and stay whose they are.
    """
    await tx.exclude_rounds([0])  # what an opening takes
    await tx.exclude_rounds([r.id for r in await rounds.running_rounds(tx)])
    return await rounds.running_rounds(tx)


async def _issue_link(shop: Shop, actor: Actor) -> Reply:
    async with shop.store.begin() as tx:
        now = await tx.now()
        person = await known(tx, actor)
        code = new_code(_LINK_LETTERS)
        await people.drop_codes(tx, LINK, person.account_id)
        invitation = Invitation(LINK, account_id=person.account_id)
        await people.put_code(tx, shop.hashed(LINK, code), invitation, now, now + LINK_LASTS * shop.speed, 1)
        return Reply(
            t(
                "Your code is {code}. Within ten minutes, say /link {code} with your other account.",
                code=f"{code[:4]}-{code[4:]}",
            ),
            language=language_for(person, actor),
        )


async def _merge_ballots(tx: Tx, round_: Round, gone: int, stays: int, now: datetime) -> None:
    """Join two fans' ballots in a running round: the newer answer wins, the tally follows."""
    gone_key, stays_key = (round_.id, gone), (round_.id, stays)
    theirs = await one_ballot.ballot_of(tx, gone_key)
    if theirs is None:
        await orders.move_order(tx, round_.id, gone, stays)
        return
    mine = await one_ballot.ballot_of(tx, stays_key)
    merged = await _merge_answers(tx, round_, gone_key, stays_key)
    aside = await one_ballot.set_aside_of(tx, stays_key)
    if aside[0] is None:
        aside = await one_ballot.set_aside_of(tx, gone_key)
    tally: Counter[tuple[int, str]] = Counter()
    for ballot, key in ((mine, stays_key), (theirs, gone_key)):
        if ballot is not None and not ballot.set_aside:
            _weigh(tally, await tallies.weights_of(tx, key), -1)
    await one_ballot.move_ballot(tx, round_.id, gone, stays, mine.presses if mine else 0)
    await put_answers(tx, {(stays_key, one): given for one, given in merged.items()})
    count = ballots.Count(
        sum(g.cell.answer is not None for g in merged.values()), sum(g.cell.picked for g in merged.values())
    )
    group_id, presses = (mine.group_id, mine.presses) if mine else (theirs.group_id, 0)
    row = votes.BallotRow(group_id, count, presses + theirs.presses, False)
    await votes.put_counts(tx, {stays_key: (row, theirs.presses)}, now)
    await one_ballot.set_aside(tx, stays_key, *aside)
    if aside[0] is None:
        _weigh(tally, await tallies.weights_of(tx, stays_key), 1)
    versions = {version for version, _ in tally}
    await votes.add_to_tally(tx, {(round_.id, v): (tally[v, "answers"], tally[v, "picks"]) for v in versions})


def _weigh(tally: Counter[tuple[int, str]], weights: Mapping[int, tuple[int, int]], sign: int) -> None:
    for version, (answers, picks) in weights.items():
        tally[version, "answers"] += sign * answers
        tally[version, "picks"] += sign * picks


async def _merge_answers(tx: Tx, round_: Round, gone: Key, stays: Key) -> dict[Stored, Given]:
    """Join the answers and the drawn orders, in which every answer keeps its page."""
    theirs = await answers_of(tx, round_, gone[1])
    merged = ballots.merge(await answers_of(tx, round_, stays[1]), theirs)
    mine, other = await orders.order_of(tx, *stays), await orders.order_of(tx, *gone)
    await orders.move_order(tx, round_.id, gone[1], stays[1])
    if mine is not None and other is not None and round_.plan.ballot is not BallotShape.SHEETS:
        field = await field_of(tx, round_, {})
        done = {field.item(stored) for stored, given in theirs.items() if given.cell.answer is not None}
        await orders.change_order(tx, *stays, ballots.merge_orders(round_.plan, mine, other, done))
    return merged


async def unlink(shop: Shop, actor: Actor) -> Reply:
    """Make this account a fan of its own again; open ballots stay with the other accounts' fan."""
    async with shop.store.begin() as tx:
        await _hold_rounds(tx)
        await presales.lock_orders(tx)
        now = await tx.now()
        person = await known(tx, actor)
        if len(await people.accounts_of(tx, person.fan_id)) < 2:
            raise RuleError("unlink.single", t("This account is not linked to another one."))
        await people.split_account(tx, person.account_id, person.language, now)
        await journal.record(tx, "account_unlinked", now, account_id=person.account_id)
        return Reply(
            t(
                "Unlinked. Your open ballot stays with your other account; "
                "this one votes again from the next round."
            ),
            language=language_for(person, actor),
        )


# ------------------------------------------------------------------ about me


async def set_language(shop: Shop, actor: Actor, wish: str) -> Reply:
    """Answer this fan in another language from now on."""
    chosen = wish.strip().lower()
    async with shop.store.begin() as tx:
        person = await known(tx, actor)
        if chosen not in LANGUAGES:
            raise RuleError("language.unknown", t("We speak en, fr and zh. Say /language and one of them."))
        await people.set_language(tx, person.fan_id, chosen)
    return Reply(t("From now on in English."), language=chosen)


async def me(shop: Shop, actor: Actor) -> Reply:
    """Show the person what is kept about them."""
    async with shop.store.read() as tx:
        person = await known(tx, actor)
        return Reply(screen=await _me(tx, person), language=language_for(person, actor))


async def _me(tx: Tx, person: Person) -> Me:
    groups = await people.memberships(tx, person.account_id)
    return Me(
        person.name,
        person.language or "",
        tuple((platform, name) for _, platform, name in await people.accounts_of(tx, person.fan_id)),
        tuple(sorted(person.roles)),
        tuple((g.remote_id, g.title) for g in groups if g.platform == person.platform),
    )
