"""Revisions: between rounds designers upload the next version of a design that is still in.

An upload is a draft until the next round opens. It can be taken back until then, and its authors are told
then, in the transaction that freezes it into the round (see docs/adr/0018).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.errors import RuleError
from bot.intake.photos import CleanPhoto, PhotoStore
from bot.port import Actor, Reply, Role, Upload
from bot.rounds.model import Campaign, Candidate, Round
from bot.rounds.revise import between
from bot.service import notices
from bot.service.photos import put_photos, take_in
from bot.service.shop import Shop, check_event, check_role, known, language_for
from bot.storage import campaigns, journal, revisions, rounds, wishes
from bot.storage.people import Person
from bot.storage.revisions import VersionRow
from bot.storage.store import Tx
from bot.text import Numbers, Text, t

NOTE_LETTERS = 200
MOST_ANSWERS = 400


@dataclass(frozen=True, slots=True)
class Place:
    """A design that may be revised now: which cut it came through and which round it goes into."""

    campaign: Campaign
    signed: Round
    following: Round
    design: Candidate
    draft: VersionRow | None


# ------------------------------------------------------------------ what is still in


async def survivors(tx: Tx, signed: Round) -> frozenset[int]:
    """List the designs that a signed cut let through."""
    return frozenset(line.design_id for line in await rounds.signed_cut(tx, signed.id) if line.kept)


async def place(tx: Tx, campaign_id: int, number: int) -> Place:
    """Find a design as it may be revised now; raises RuleError while it may not."""
    campaign = next((c for c in await campaigns.all_campaigns(tx) if c.id == campaign_id), None)
    if campaign is None:
        raise RuleError("campaign.unknown", t("There is no such campaign."))
    design = next((c for c in await campaigns.competitors(tx, campaign_id) if c.number == number), None)
    if design is None:
        raise RuleError("design.unknown", t("There is no design {number} here.", number=Numbers((number,))))
    signed, following = between(await rounds.rounds_of(tx, campaign_id))
    if design.design_id not in await survivors(tx, signed):
        raise RuleError(
            "revision.out",
            t("{design} left with round {round}.", design=Numbers((number,)), round=signed.number),
        )
    draft = next(
        (d for d in await revisions.drafts(tx, campaign_id) if d.design_id == design.design_id), None
    )
    return Place(campaign, signed, following, design, draft)


async def designer(tx: Tx, actor: Actor) -> Person:
    """Find who acts; raises RuleError unless they design (owners may everything)."""
    person = await known(tx, actor)
    check_role(person, Role.DESIGNER)
    return person


# ------------------------------------------------------------------ uploading


async def upload(shop: Shop, sent: Upload) -> Reply:
    """Keep the next version of a design as a draft. The same event again is answered again, kept once."""
    check_event(sent.event_id)
    note = _note(sent.note)
    async with shop.store.read() as tx:
        person = await designer(tx, sent.actor)
        campaign_id = await _campaign(tx, sent)
        if await _before(tx, person, sent) is None:
            await _free(tx, campaign_id, sent)
    photo = await take_in(shop, sent.photo)
    async with shop.store.begin() as tx:
        await tx.exclude_rounds([0])  # no round opens between the check and the commit
        person = await designer(tx, sent.actor)
        version = await _before(tx, person, sent)
        found = await _free(tx, campaign_id, sent) if version is None else None
        if found is not None:
            version = await _keep(tx, person, found, sent, note, photo, shop.photos)
        round_ = found.following.number if found else None
    assert version is not None
    return Reply(_kept(sent.number, version, round_), language=language_for(person, sent.actor))


def _note(note: str) -> str:
    words = " ".join(note.split())
    if not words:
        raise RuleError("upload.note", t("Say in one line what changed: fans read it beside the photo."))
    if len(words) > NOTE_LETTERS or not words.isprintable():
        raise RuleError(
            "upload.note",
            t("Please say what changed in one line of at most {most} letters.", most=NOTE_LETTERS),
        )
    return words


async def _campaign(tx: Tx, sent: Upload) -> int:
    """Find the campaign an upload is for: the one it names, else the newest one there is."""
    ids = [c.id for c in await campaigns.all_campaigns(tx)]
    wanted = sent.campaign if sent.campaign is not None else max(ids, default=None)
    if wanted not in ids:
        raise RuleError("campaign.unknown", t("There is no such campaign."))
    assert wanted is not None
    return wanted


async def _before(tx: Tx, person: Person, sent: Upload) -> int | None:
    """Find the version this very event made before, if it did."""
    found = await revisions.version_of_event(tx, person.account_id, sent.event_id)
    return found[2] if found and found[1] == sent.number else None


async def _free(tx: Tx, campaign_id: int, sent: Upload) -> Place:
    """Find the design and check that a version of it is welcome now, with the comments it answers."""
    found = await place(tx, campaign_id, sent.number)
    which = Numbers((sent.number,))
    if found.draft is not None:
        raise RuleError(
            "upload.draft",
            t(
                "Version {version} of {design} is in already. Take it back first to send another.",
                version=found.draft.number,
                design=which,
            ),
        )
    if len(sent.answers) > MOST_ANSWERS:
        raise RuleError(
            "upload.answers", t("A version can answer {most} comments at most.", most=MOST_ANSWERS)
        )
    about = {w.id for w in await wishes.wishes_of(tx, found.design.design_id)}
    if not about.issuperset(sent.answers):
        raise RuleError(
            "upload.answers", t("One of these comments is not about {design} any more.", design=which)
        )
    return found


async def _keep(
    tx: Tx,
    person: Person,
    found: Place,
    sent: Upload,
    note: str,
    photo: CleanPhoto,
    store: PhotoStore | None,
) -> int:
    seen = await revisions.shows_photo(tx, found.campaign.id, photo.hash, photo.source_hash)
    if seen is not None:
        raise RuleError(
            "upload.same",
            t(
                "This is the very photo of {design}, version {version}. Send the one with the change.",
                design=Numbers((seen[0],)),
                version=seen[1],
            ),
        )
    now, version = await tx.now(), found.design.version + 1
    await put_photos(tx, [photo], store)
    await revisions.add_draft(
        tx, found.design.design_id, version, photo.hash, note, person.account_id, sent.event_id,
        sent.answers, now,
    )  # fmt: skip
    await journal.record(
        tx, "version_uploaded", now, account_id=person.account_id, campaign_id=found.campaign.id,
        reason=note, number=sent.number, version=version, photo=photo.hash, answers=sorted(sent.answers),
    )  # fmt: skip
    return version


def _kept(number: int, version: int, round_: int | None) -> Text:
    which = Numbers((number,))
    if round_ is None:
        return t("Version {version} of {design} is in already.", version=version, design=which)
    return t(
        "Version {version} of {design} is in. Fans see it when round {round} opens.",
        version=version,
        design=which,
        round=round_,
    )


async def withdraw(shop: Shop, actor: Actor, campaign_id: int, number: int) -> Text:
    """Take a draft back: nobody saw it, and the comments it answers are open again."""
    async with shop.store.begin() as tx:
        await tx.exclude_rounds([0])
        person = await designer(tx, actor)
        found = await place(tx, campaign_id, number)
        which = Numbers((number,))
        if found.draft is None:
            return t("No new version of {design} is waiting.", design=which)
        now = await tx.now()
        await revisions.drop_draft(tx, found.draft.id)
        await journal.record(
            tx, "version_withdrawn", now, account_id=person.account_id, campaign_id=campaign_id,
            number=number, version=found.draft.number, photo=found.draft.photo,
        )  # fmt: skip
        return t("Version {version} of {design} is taken back.", version=found.draft.number, design=which)


# ------------------------------------------------------------------ opening


async def publish(tx: Tx, round_: Round, competing: Collection[int], now: datetime) -> int:
    """Show the drafts of the designs that compete from now on, and tell whose wishes they answer.

    Called while a round opens, in its transaction; returns how many designs come back changed.
    """
    fresh = {d.id: d for d in await revisions.drafts(tx, round_.campaign_id) if d.design_id in competing}
    if not fresh:
        return 0
    numbers = {c.design_id: c.number for c in await campaigns.competitors(tx, round_.campaign_id)}
    fans: dict[int, set[int]] = {}
    for line in await revisions.publish(tx, list(fresh), now):
        fans.setdefault(line.version_id, set()).add(line.fan_id)
    told = []
    for version_id, asked in fans.items():
        draft = fresh[version_id]
        said = t(
            "Your wish was used: {design} comes back as version {version}. “{note}”",
            design=Numbers((numbers[draft.design_id],)),
            version=draft.number,
            note=draft.note,
        )
        told += [(fan_id, f"version:{version_id}:used", said) for fan_id in sorted(asked)]
    await notices.tell_all(tx, told, now)
    return len(fresh)
