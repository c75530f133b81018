"""What fans say: attached to a design's version by number in the text, by reply or by a form."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import RuleError
from bot.intake.photos import CleanPhoto
from bot.port import Comment, Remark, Reply
from bot.port.words import NAMED
from bot.service.photos import hold_photos, put_photos, take_in
from bot.service.shop import Shop, check_event, known, language_for
from bot.storage import campaigns, comments, people, rounds
from bot.storage.comments import CommentRow
from bot.storage.people import GroupRow, Person
from bot.storage.store import Tx
from bot.text import Numbers, Text, t

LONGEST = 2_000
MOST_PHOTOS = 6
"""How many photos a fan may send with comments within an hour."""

_WITH_PHOTO = "📷"


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a comment is about: None where it is about nothing in particular."""

    campaign_id: int | None
    design_id: int | None
    version_id: int | None
    number: int | None
    reply_to: int | None


def number_in(text: str) -> int | None:
    """Find the design a comment names."""
    match = NAMED.search(text)
    return int(match[1] or match[2]) if match else None


async def comment(shop: Shop, said: Comment) -> Reply:
    """Keep a comment and attach it to the newest version of the design it is about.

    The same event again is answered again and kept once.
    """
    check_event(said.event_id)
    body = _clean(said.text, wordless=said.photo is not None)
    photo = await _reference(shop, said, body)
    async with shop.store.begin() as tx:
        if photo is not None:
            await hold_photos(tx)
        now = await tx.now()
        person = await known(tx, said.actor)
        group = await member_group(tx, person, said.actor.platform, said.group)
        earlier = await comments.comment_of_event(tx, group.id, said.event_id)
        changed = said.edits if said.edits is not None else earlier if said.edited else None
        if changed is not None:
            await _edit(tx, person, group, changed, body, now)
            return Reply(t("Changed."), language=language_for(person, said.actor))
        about = await _subject(tx, said, group, body)
        if earlier is None:
            if photo is not None:
                await put_photos(tx, [photo], shop.photos)
            await comments.add_comment(
                tx, group_id=group.id, campaign_id=about.campaign_id, account_id=person.account_id,
                fan_id=person.fan_id, event_id=said.event_id, design_id=about.design_id,
                version_id=about.version_id, reply_to=about.reply_to, body=body, now=now,
                photo=photo.hash if photo else None,
            )  # fmt: skip
            await people.touch_groups(tx, [group.id])
    return Reply(_thanks(about.number), language=language_for(person, said.actor))


async def _reference(shop: Shop, said: Comment, body: str) -> CleanPhoto | None:
    """Clean the photo that comes with a comment; None where there is none, or it is kept already.

    It is not fetched for a comment that would be refused, nor from who has sent many.
    """
    if said.photo is None:
        return None
    async with shop.store.read() as tx:
        person = await known(tx, said.actor)
        group = await member_group(tx, person, said.actor.platform, said.group)
        if await comments.comment_of_event(tx, group.id, said.event_id) is not None:
            return None
        await _subject(tx, said, group, body)
        sent = await comments.photos_since(tx, person.fan_id, await tx.now() - timedelta(hours=1))
    if sent >= MOST_PHOTOS:
        raise RuleError(
            "comment.photos",
            t("{most} photos an hour are the most we can keep. Say it in words meanwhile.", most=MOST_PHOTOS),
        )
    return await take_in(shop, said.photo)


async def _edit(tx: Tx, person: Person, group: GroupRow, comment_id: int, body: str, now: datetime) -> None:
    """Let an author change their words: they stay about the same design and are new to its designers.

    A hidden comment comes back this way, as the author was told; moderators can hide it again.
    """
    row = await comments.comment_by_id(tx, comment_id)
    if row is None or (row.fan_id, row.group_id) != (person.fan_id, group.id):
        raise RuleError("comment.not_yours", t("You can change only what you said yourself."))
    if row.status == "used":
        raise RuleError(
            "comment.used",
            t("A new version answers this, so it stays as it is. Say something new instead."),
        )
    if body not in (row.body, remark(row, person.fan_id).body):
        await comments.replace_words(tx, comment_id, body, now)
        await people.touch_groups(tx, [group.id])


def _thanks(number: int | None) -> Text:
    if number is None:
        return t("Said. To talk about one design, begin with its number, like #067.")
    return t("Noted for {number}. The designers read every one.", number=Numbers((number,)))


def _clean(text: str, wordless: bool) -> str:
    body = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    body = "".join(c for c in body if c == "\n" or c.isprintable() or c in "\u200d\ufe0f")
    if not body and not wordless:
        raise RuleError("comment.empty", t("Write a few words first."))
    if len(body) > LONGEST:
        raise RuleError(
            "comment.long",
            t("That is {n} letters; {most} are the most we can keep.", n=len(body), most=LONGEST),
        )
    return body


async def _subject(tx: Tx, said: Comment, group: GroupRow, body: str) -> _Subject:
    """Find what a comment is about in its group; raises RuleError for what is not there."""
    round_ = await rounds.group_round(tx, group.id)
    campaign_id = round_.campaign_id if round_ else None
    if said.reply_to is None and said.replies is not None:
        said = replace(said, reply_to=await comments.comment_of_event(tx, group.id, said.replies))
    return _Subject(campaign_id, *await _target(tx, said, group, campaign_id, body), said.reply_to)


async def _target(
    tx: Tx, said: Comment, group: GroupRow, campaign_id: int | None, body: str
) -> tuple[int | None, int | None, int | None]:
    """Find (design, version, number) a comment is about; all None for a remark to everybody."""
    competitors = await campaigns.competitors(tx, campaign_id) if campaign_id else []
    by_number = {c.number: c for c in competitors}
    number = said.number if said.number is not None else number_in(body)
    replied = None
    if said.reply_to is not None:
        replied = await comments.target_of(tx, group.id, said.reply_to)
        if replied is None:
            raise RuleError("comment.reply", t("What you reply to is not here any more."))
    if number is None and replied is not None:
        found = next((c for c in competitors if c.design_id == replied[0]), None)
        return replied[0], replied[1], found.number if found else None
    if number is None:
        return None, None, None
    if number not in by_number:
        raise RuleError(
            "comment.number",
            t("There is no {number} here. Check the number on the photo.", number=Numbers((number,))),
        )
    design = by_number[number]
    return design.design_id, design.version_id, number


async def member_group(tx: Tx, person: Person, platform: str, remote_id: str | None) -> GroupRow:
    """Find a group the person is in; raises RuleError for any other, known or not.

    Without a remote id it is the group they were last seen in.
    """
    if remote_id is None:
        group = await people.last_group(tx, person.account_id)
    else:
        group = await people.find_group(tx, platform, remote_id)
    if group is None or not await people.is_member(tx, group.id, person.account_id):
        raise RuleError("room.not_member", t("You are not in this group. Ask the shop for an invitation."))
    return group


def remark(row: CommentRow, fan_id: int, moderates: bool = False) -> Remark:
    """Show a comment as its group sees it: the design it names first is its number, not its words.

    `moderates` says that the fan who looks may hide it.
    """
    mine, words = row.fan_id == fan_id, said_about(row.body, row.number, row.reference)
    return Remark(
        row.id, row.at, row.author, mine, words, row.number, row.version, row.photo,
        _status(row) if mine else None, row.edited_at is not None, mine and row.status != "used",
        moderates and not mine,
    )  # fmt: skip


def said_about(body: str, number: int | None, reference: str | None) -> str:
    """Write a comment in words, where its photo is not shown."""
    words = words_about(body, number)
    return f"{_WITH_PHOTO} {words}".strip() if reference else words


def words_about(body: str, number: int | None) -> str:
    """Leave out the number that words begin with, where it stands beside them already."""
    named = NAMED.match(body)
    said_twice = named is not None and number_in(body) == number
    return (body[named.end() :].lstrip(" ,:.") if named and said_twice else "") or body


def shortened(words: str, most: int) -> str:
    """Quote words in one line of at most `most` letters; unlike textwrap's, also words without spaces."""
    said = " ".join(words.split())
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


def _status(row: CommentRow) -> Text | None:
    """Say what became of a comment, to its author."""
    match row.status:
        case "grouped":
            return t("Others asked for the same")
        case "used" if row.answered is not None:
            return t("Used in version {version}", version=row.answered)
        case "used":
            return t("Used in the new version")
        case "declined" if row.reason:
            return t("Will not be used: {reason}", reason=row.reason)
        case "declined":
            return t("Will not be used")
        case "hidden" if row.reason:
            return t("Hidden by the moderators: {reason}", reason=row.reason)
        case "hidden":
            return t("Hidden by the moderators")
    return None
