"""What moderators do to words and ballots: each logged, told to the person it touches, and reversible.

Nobody learns by it what somebody voted, nor whether: a fan without a ballot is set aside all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import cards
from bot.errors import RuleError
from bot.port import Actor, Look, Reply, Role
from bot.rounds import engine
from bot.rounds.ballots import Count
from bot.rounds.engine import RUNNING
from bot.rounds.model import Round, RoundState
from bot.service import notices, rounds
from bot.service.comments import member_group, remark, shortened
from bot.service.logbook import Deed
from bot.service.rounds import By
from bot.service.shop import Shop, check_role, known, language_for
from bot.storage import comments, journal, moderation, one_ballot, outbox, people, tallies, voters, votes
from bot.storage import rounds as round_rows
from bot.storage.journal import Entry
from bot.storage.moderation import SaidRow
from bot.storage.people import Person
from bot.storage.store import Tx
from bot.storage.votes import Key
from bot.text import Text, t

HIDE, ASIDE, UNDO, SIGN = "mod_hide", "mod_aside", "mod_undo", "round_sign"
UNDO_WITHIN = timedelta(hours=24)
"""How long what a moderator did can be taken back (chat.md)."""

HIDDEN = "hidden"
REASON_LETTERS = 300
_QUOTED_LETTERS = 60
_STILL_COUNTS = RUNNING | {RoundState.CLOSED}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the sentence for who did it, and its number in the log."""

    text: Text
    entry: int


def handle(comment_id: int) -> str:
    """Name a comment as moderators type it."""
    return f"c{comment_id}"


def checked_reason(words: str) -> str:
    """Read why somebody is moderated, which that person is told; raises RuleError for nothing."""
    reason = " ".join(words.split())
    if not reason:
        raise RuleError("mod.reason", t("Say why in a few words: the person it touches is told."))
    if len(reason) > REASON_LETTERS:
        raise RuleError("mod.reason", t("Please keep the reason under {most} letters.", most=REASON_LETTERS))
    return reason


async def moderator(tx: Tx, actor: Actor) -> Person:
    """Say who moderates; raises RuleError for who may not."""
    person = await known(tx, actor)
    check_role(person, Role.MODERATOR)
    return person


# ------------------------------------------------------------------ words


async def hide(shop: Shop, actor: Actor, comment_id: int, reason: str, event_id: str | None = None) -> Done:
    """Take a comment off every surface of ours; its author is told why."""
    why = checked_reason(reason)
    async with shop.store.begin() as tx:
        person, now = await moderator(tx, actor), await tx.now()
        said = await _said(tx, comment_id)
        text = t("{comment} is hidden. {author} is told why.", comment=handle(said.id), author=said.author)
        if before := await journal.entry_of_event(tx, person.account_id, event_id):
            return Done(text, before.id)
        hidden = said.status == HIDDEN or not await moderation.move_status(
            tx, said.id, said.status, HIDDEN, why
        )
        if hidden:
            raise RuleError("mod.hidden", t("{comment} is hidden already.", comment=handle(said.id)))
        entry = await journal.record(
            tx, HIDE, now, account_id=person.account_id, campaign_id=await _campaign_of(tx, said),
            reason=why, event_id=event_id, comment=said.id, before=said.status, because=said.reason,
        )  # fmt: skip
        told = t(
            "Your comment “{words}” was hidden by the moderators: {reason}. "
            "Change it and send it again, if you like.",
            words=_quoted(said), reason=_unstopped(why),
        )  # fmt: skip
        await notices.tell(tx, said.fan_id, f"mod:{entry}", told, now)
        await people.touch_groups(tx, [said.group_id])
        return Done(text, entry)


async def see(shop: Shop, wanted: Look, comment_id: int) -> Reply:
    """Show one comment of a moderator's group, to be hidden."""
    async with shop.store.read() as tx:
        person = await moderator(tx, wanted.actor)
        group = await member_group(tx, person, wanted.actor.platform, wanted.group)
        row = await comments.comment_by_id(tx, comment_id)
        if row is None or row.group_id != group.id or row.status in comments.UNSEEN:
            raise RuleError(
                "mod.comment", t("There is no comment {comment} here.", comment=handle(comment_id))
            )
        return Reply(
            screen=remark(row, person.fan_id, moderates=True), language=language_for(person, wanted.actor)
        )


async def _said(tx: Tx, comment_id: int) -> SaidRow:
    said = await moderation.said(tx, comment_id)
    if said is None:
        raise RuleError("mod.comment", t("There is no comment {comment} here.", comment=handle(comment_id)))
    return said


async def _campaign_of(tx: Tx, said: SaidRow) -> int | None:
    """Find the campaign whose log says so; a remark made before its group had one goes to its first."""
    if said.campaign_id is not None:
        return said.campaign_id
    round_ = await round_rows.group_round(tx, said.group_id)
    return round_.campaign_id if round_ else None


def _quoted(said: SaidRow) -> str:
    return shortened(said.body, _QUOTED_LETTERS)


def _unstopped(words: str) -> str:
    return words.rstrip(".。!！")


# ------------------------------------------------------------------ ballots


async def set_aside(
    shop: Shop, actor: Actor, round_id: int, account_id: int, reason: str, event_id: str | None = None
) -> Done:
    """Leave a fan's ballot out of a round's count; the fan is told why.

    It can be done until the cut is signed. After the close the round is counted anew.
    """
    why = checked_reason(reason)
    async with shop.store.begin() as tx:
        await tx.exclude_rounds([round_id])
        person, now = await moderator(tx, actor), await tx.now()
        round_ = await _open_to_change(tx, round_id)
        fan_id = await people.fan_of_account(tx, account_id)
        assert fan_id is not None
        name = (await moderation.names_of(tx, [fan_id])).get(fan_id, "")
        text = t(
            "{fan}’s ballot in round {number} is set aside and not counted. {fan} is told why.",
            fan=name, number=round_.number,
        )  # fmt: skip
        if before := await journal.entry_of_event(tx, person.account_id, event_id):
            return Done(text, before.id)
        keys = [(round_id, were) for were in await moderation.were(tx, fan_id)]
        through = await voters.memberships_of(tx, fan_id, round_.campaign_id)
        if not through:
            raise RuleError("mod.outsider", t("{fan} does not vote here.", fan=name))
        if (
            await one_ballot.ballot_of(tx, keys[0]) is None
        ):  # they may still vote, or nobody may know they did not
            made = votes.BallotRow(through[0].group_id, Count(), 0, set_aside=False)
            await votes.put_counts(tx, {keys[0]: (made, 0)}, now)
        taken = [key for key in keys if await _take_out(tx, key, now, why)]
        if not taken:
            raise RuleError("mod.aside", t("{fan}’s ballot is set aside already.", fan=name))
        entry = await journal.record(
            tx, ASIDE, now, account_id=person.account_id, campaign_id=round_.campaign_id, round_id=round_id,
            reason=why, event_id=event_id, fan=fan_id, ballots=[key[1] for key in taken],
        )  # fmt: skip
        told = t(
            "Your ballot in round {number} is set aside: it is kept, but does not count. "
            "The reason: {reason}. If that is a mistake, ask the moderators here in the group.",
            number=round_.number, reason=_unstopped(why),
        )  # fmt: skip
        await _follow(tx, round_)
        await notices.tell(tx, fan_id, f"mod:{entry}", told, now)
    await _count(shop, round_)
    return Done(text, entry)


async def _open_to_change(tx: Tx, round_id: int) -> Round:
    """Find a round whose ballots can be set aside, or back; raises RuleError once the cut is signed."""
    round_ = await round_rows.round_by_id(tx, round_id)
    if round_ is None:
        raise RuleError("round.unknown", t("There is no such round."))
    if round_.state is RoundState.SIGNED_OFF:
        raise RuleError(
            "mod.signed",
            t("The cut of round {number} is signed, so its ballots stand.", number=round_.number),
        )
    if round_.state not in _STILL_COUNTS:
        raise RuleError("mod.no_ballots", t("Round {number} takes no ballots.", number=round_.number))
    return round_


async def _take_out(tx: Tx, key: Key, now: datetime, why: str) -> bool:
    """Set one ballot aside and take it out of the tally; False when there is none or it was."""
    ballot = await one_ballot.ballot_of(tx, key)
    if ballot is None or ballot.set_aside:
        return False
    counted = await tallies.weights_of(tx, key)
    await one_ballot.set_aside(tx, key, now, why)
    await votes.add_to_tally(tx, {(key[0], v): (-n, -picks) for v, (n, picks) in counted.items()})
    return True


async def _put_back(tx: Tx, key: Key) -> None:
    counted = await tallies.weights_of(tx, key)
    await one_ballot.set_aside(tx, key, None, None)
    await votes.add_to_tally(tx, {(key[0], version): weight for version, weight in counted.items()})


async def _follow(tx: Tx, round_: Round) -> None:
    """Let what is shown and what was counted follow the ballots; what is told comes after it."""
    if round_.state is RoundState.CLOSED:  # the round's row before the groups', as a count takes them
        turnout = await tallies.turnout(tx, round_.id)
        await round_rows.count_anew(tx, round_.id, turnout >= round_.plan.quorum)
        await outbox.revive(tx, cards.ROUND, round_.id)
    groups = [g.id for g in await people.groups_of(tx, round_.campaign_id)]
    if groups:
        await people.touch_groups(tx, groups)


async def _count(shop: Shop, round_: Round) -> None:
    """Count a closed round anew at once, which the next tick would do too."""
    if round_.state is RoundState.CLOSED:
        await rounds.count(shop.store, round_)


# ------------------------------------------------------------------ taking it back


async def undo(
    shop: Shop, actor: Actor, entry_id: int | None, campaign_ids: Sequence[int], reason: str = "",
    event_id: str | None = None,
) -> Done:  # fmt: skip
    """Take back what a moderator did in these campaigns: the newest of one's own, or what has this number.

    A moderation can be taken back for a day, a signature (by owners) until the next round opens.
    """
    async with shop.store.read() as tx:
        person, now = await moderator(tx, actor), await tx.now()
        if before := await journal.entry_of_event(tx, person.account_id, event_id):
            return Done(_taken_back(int(before.facts.get("of", before.id))), before.id)
        entry = await _entry(tx, person, entry_id, campaign_ids, now)
    if entry.action == SIGN:
        return await _unsign(shop, person, entry, reason, event_id)
    return await _undo(shop, actor, entry, reason, event_id)


def undoable(deeds: Sequence[Deed], siblings: Sequence[Round], now: datetime, owner: bool) -> frozenset[int]:
    """List which of a campaign's deeds can be taken back now, by their numbers; doing it checks it again."""
    fresh = {d.id for d in deeds if d.action in (HIDE, ASIDE) and not d.undone and now - d.at < UNDO_WITHIN}
    newest = {d.number: d.id for d in reversed(deeds) if d.action == SIGN}
    signed = {r.number for r in siblings if r.state is RoundState.SIGNED_OFF}
    following = {n: engine.counting(siblings, n + 1) for n in signed}
    sold = any(d.action == "presale_open" for d in deeds)  # which is newer than the signature before it
    standing = {n for n, after in following.items() if not (after.opened_at if after else sold)}
    return frozenset(fresh | ({newest[n] for n in standing if n in newest} if owner else set()))


async def _entry(
    tx: Tx, person: Person, entry_id: int | None, campaign_ids: Sequence[int], now: datetime
) -> Entry:
    if entry_id is None:
        found = await journal.newest_by(tx, person.account_id, (HIDE, ASIDE), now - UNDO_WITHIN)
        if found is None:
            raise RuleError(
                "undo.nothing",
                t("There is nothing of yours to take back. /mod log shows what others did, with its number."),
            )
        return found
    found = await journal.entry_by_id(tx, entry_id)
    if found is None or found.campaign_id not in campaign_ids or found.action not in (HIDE, ASIDE, SIGN):
        raise RuleError(
            "undo.unknown",
            t("Number {number} of the log is nothing that can be taken back here.", number=str(entry_id)),
        )
    return found


def _taken_back(number: int) -> Text:
    return t("Number {number} of the log is taken back.", number=str(number))


async def _unsign(shop: Shop, person: Person, entry: Entry, reason: str, event_id: str | None) -> Done:
    """Take a signature back, which the round's own rules allow until the next round opens."""
    check_role(person, Role.OWNER)
    assert entry.round_id is not None
    why = checked_reason(reason)
    await rounds.unsign(shop.store, entry.round_id, By(person.account_id, why, event_id))
    return Done(_taken_back(entry.id), entry.id)


async def _undo(shop: Shop, actor: Actor, entry: Entry, reason: str, event_id: str | None) -> Done:
    round_: Round | None = None
    async with shop.store.begin() as tx:
        if entry.round_id is not None:
            await tx.exclude_rounds([entry.round_id])
        person, now = await moderator(tx, actor), await tx.now()
        if now - entry.at >= UNDO_WITHIN:
            raise RuleError("undo.late", t("This was done more than a day ago, so it stands."))
        if not await journal.take_undo(tx, entry.id, now):
            raise RuleError("undo.undone", t("Number {number} was taken back before.", number=str(entry.id)))
        told: Text | None
        if entry.action == HIDE:
            fan_id, told = await _show_again(tx, entry)
        else:
            fan_id, told, round_ = await _count_again(tx, entry)
        made = await journal.record(
            tx, UNDO, now, account_id=person.account_id, campaign_id=entry.campaign_id,
            round_id=entry.round_id, reason=" ".join(reason.split())[:REASON_LETTERS], event_id=event_id,
            **{**entry.facts, "of": entry.id, "did": entry.action},
        )  # fmt: skip
        if told is not None:
            await notices.tell(tx, fan_id, f"mod:{made}", told, now)
    if round_ is not None:
        await _count(shop, round_)
    return Done(_taken_back(entry.id), made)


async def _show_again(tx: Tx, entry: Entry) -> tuple[int, Text]:
    said = await _said(tx, int(entry.facts["comment"]))
    back = await moderation.move_status(
        tx, said.id, HIDDEN, str(entry.facts["before"]), str(entry.facts["because"])
    )
    if not back:
        raise RuleError("mod.shown", t("{comment} is shown already.", comment=handle(said.id)))
    await people.touch_groups(tx, [said.group_id])
    return said.fan_id, t("Your comment “{words}” is shown again.", words=_quoted(said))


async def _count_again(tx: Tx, entry: Entry) -> tuple[int, Text | None, Round]:
    """Count ballots again, but for one joined with another that was set aside on its own."""
    assert entry.round_id is not None
    round_ = await _open_to_change(tx, entry.round_id)
    others = await journal.standing(tx, round_.id, ASIDE)
    still = {key for other in others for key in await _taken(tx, other, round_)}
    back = [key for key in await _taken(tx, entry, round_) if key not in still]
    for key in back:
        ballot = await one_ballot.ballot_of(tx, key)
        if ballot is not None and ballot.set_aside:
            await _put_back(tx, key)
    await _follow(tx, round_)
    fan_id = await moderation.became(tx, int(entry.facts["fan"]))
    again = t("Your ballot in round {number} counts again.", number=round_.number)
    return fan_id, again if back else None, round_


async def _taken(tx: Tx, entry: Entry, round_: Round) -> list[Key]:
    """Find where the ballots are that were set aside: linked since, one went along, with its mark."""
    keys = []
    for fan_id in map(int, entry.facts["ballots"]):
        gone = await one_ballot.ballot_of(tx, (round_.id, fan_id)) is None
        keys.append((round_.id, await moderation.became(tx, fan_id) if gone else fan_id))
    return keys
