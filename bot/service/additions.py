"""Designs sent from a chat to a campaign that has not begun: one photo at a time, or a zip of them.

Each photo of an album is an event of its own, added or refused by itself; a zip is added as a whole or not at
all. Every answer sums up the whole batch, so that an album needs one message that is edited as it grows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import ConfigError, Problem, RuleError
from bot.intake.designs_file import MAX_NUMBER, TITLE_LETTERS
from bot.intake.limits import DEFAULTS
from bot.intake.near import near_to
from bot.intake.photos import CleanPhoto
from bot.intake.read import Additions, DesignFile, alike, title_of
from bot.intake.words import hidden_character
from bot.port import Actor, Answer, NewDesigns, Reply, Role
from bot.rounds.model import Campaign
from bot.service.photos import clean, cleaned, known_photos, put_photos, studio_of
from bot.service.shop import Shop, check_event, known, language_for
from bot.service.wire import dump_text, load_text
from bot.storage import additions, campaigns, journal, rounds
from bot.storage.additions import AdditionRow
from bot.storage.campaigns import NewDesign
from bot.storage.people import Person
from bot.storage.store import Tx
from bot.text import Count, Numbers, Text, t, tn

_ZIP = b"PK"
_MOST_PROBLEMS = 15


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a photo or zip comes to: designs to add, and what to say besides."""

    designs: tuple[DesignFile, ...] = ()
    said: tuple[Text, ...] = ()


async def add(shop: Shop, sent: NewDesigns) -> Reply:
    """Add what was sent to a draft campaign; the same event again is answered again, and adds nothing."""
    check_event(sent.event_id)
    async with shop.store.read() as tx:
        person = await _designer(tx, sent.actor)
        before = await _before(tx, person, sent)
        if before is not None:
            return await _answer(tx, person, sent, before)
        campaign, title = await _draft(tx, person, sent)
    async with studio_of(shop).turns:
        data = await sent.file.fetch()
        if data.startswith(_ZIP):
            found = await _unpacked(shop, data, campaign)
        else:
            found = await _single(shop, data, title or title_of(sent.file.name))
    async with shop.store.begin() as tx:
        await tx.exclude_rounds([0])  # no round opens between the check and the commit
        person = await _designer(tx, sent.actor)
        if await _before(tx, person, sent) is None:
            await _check_not_begun(tx, campaign)
            await put_photos(tx, {d.photo.hash: d.photo for d in found.designs}.values(), shop.photos)
            await _keep(tx, person, campaign, sent, found)
        return await _answer(tx, person, sent, campaign)


async def _designer(tx: Tx, actor: Actor) -> Person:
    """Find who sends; a fan is told what photos are for."""
    person = await known(tx, actor)
    if not person.may(Role.DESIGNER):
        raise RuleError(
            "additions.role",
            t("To say something about a look with a photo, write its number under the photo, like #067."),
        )
    return person


# ------------------------------------------------------------------ where it goes


async def _before(tx: Tx, person: Person, sent: NewDesigns) -> Campaign | None:
    """Find the campaign that this very event went to before, if it did."""
    rows = await additions.of_batch(tx, person.account_id, _batch(sent))
    done = next((row for row in rows if row.event_id == sent.event_id), None)
    return await campaigns.campaign_by_id(tx, done.campaign_id) if done else None


def _batch(sent: NewDesigns) -> str:
    return sent.batch or sent.event_id


async def _draft(tx: Tx, person: Person, sent: NewDesigns) -> tuple[Campaign, str]:
    """Find the campaign meant and the title: the one that the words begin with or the batch goes to already,
    else the only one that has not begun."""
    drafts = [c for c in await campaigns.all_campaigns(tx) if not await _has_begun(tx, c)]
    words = " ".join(sent.words.split())
    first, _, rest = words.partition(" ")
    named = next((c for c in drafts if c.key.lower() == first.lower().rstrip(":")), None)
    if named is not None:
        return named, rest
    earlier = await additions.of_batch(tx, person.account_id, _batch(sent))
    same = next((c for c in drafts if earlier and c.id == earlier[0].campaign_id), None)
    if same is not None or len(drafts) == 1:
        return same or drafts[0], words
    if not drafts:
        raise RuleError(
            "additions.begun",
            t("Every campaign has opened its first round, so its designs are fixed. Load a new one."),
        )
    keys = ", ".join(c.key for c in drafts)
    raise RuleError(
        "additions.which",
        t("Several campaigns have not begun. Write under the photo which one it is for: {keys}", keys=keys),
    )


async def _has_begun(tx: Tx, campaign: Campaign) -> bool:
    return any(r.opened_at is not None for r in await rounds.rounds_of(tx, campaign.id))


async def _check_not_begun(tx: Tx, campaign: Campaign) -> None:
    if await _has_begun(tx, campaign):
        raise RuleError(
            "additions.begun",
            t("Round 1 of {campaign} has opened, so its designs are fixed.", campaign=campaign.title),
        )


async def _there(tx: Tx, campaign: Campaign) -> dict[int, CleanPhoto]:
    return {n: clean(row) for n, row in (await additions.photos_of(tx, campaign.id)).items()}


# ------------------------------------------------------------------ what is in it


async def _single(shop: Shop, data: bytes, title: str) -> _Outcome:
    """Clean one photo; why it cannot be used is said of it alone. It is numbered when it is kept."""
    if len(title) > TITLE_LETTERS or hidden_character(title):
        return _Outcome(
            said=(t("Write its title in one line of at most {most} letters.", most=TITLE_LETTERS),)
        )
    try:
        photo = await cleaned(shop, data)
    except RuleError as refused:
        return _Outcome(said=(refused.text,))
    return _Outcome((DesignFile(0, title, "", {}, photo),))


async def _unpacked(shop: Shop, data: bytes, campaign: Campaign) -> _Outcome:
    """Read a zip: all of it is good, or nothing is added and every problem is told."""
    async with shop.store.read() as tx:
        there, kept = await _there(tx, campaign), await known_photos(tx)
    try:
        found: Additions = await studio_of(shop).unpack(data, there, kept.get)
    except ConfigError as wrong:
        return _Outcome(said=_listed(wrong.problems))
    return _Outcome(found.designs, _listed(found.warnings))


def _listed(problems: Sequence[Problem]) -> tuple[Text, ...]:
    lines = [t("{where}: {what}", where=p.place, what=p.text) for p in problems[:_MOST_PROBLEMS]]
    if len(problems) > _MOST_PROBLEMS:
        lines.append(tn("and {n} more", "and {n} more", len(problems) - _MOST_PROBLEMS))
    return tuple(lines)


# ------------------------------------------------------------------ keeping it


async def _keep(tx: Tx, person: Person, campaign: Campaign, sent: NewDesigns, found: _Outcome) -> None:
    """Add the designs, compared with what is there by now, and write down what became of them."""
    there, now = await _there(tx, campaign), await tx.now()
    designs, said = _numbered(found, there, campaign)
    await campaigns.add_designs(
        tx, campaign.id,
        [NewDesign(d.number, d.title, d.category, d.attributes, d.photo.hash) for d in designs], now,
    )  # fmt: skip
    numbers = [d.number for d in designs]
    dumped = [dump_text(line) for line in said]
    await additions.add(tx, person.account_id, sent.event_id, _batch(sent), campaign.id, numbers, dumped, now)
    if numbers:
        await journal.record(
            tx, "designs_added", now, account_id=person.account_id, campaign_id=campaign.id,
            event_id=sent.event_id, numbers=numbers,
        )  # fmt: skip


def _numbered(
    found: _Outcome, there: Mapping[int, CleanPhoto], campaign: Campaign
) -> tuple[tuple[DesignFile, ...], tuple[Text, ...]]:
    """Give a single photo the next number, unless it is there already; a zip's numbers must be free still."""
    if len(there) + len(found.designs) > DEFAULTS.max_designs:
        text = t(
            "{campaign} takes at most {most} designs.", campaign=campaign.title, most=DEFAULTS.max_designs
        )
        return (), (text,)
    if not found.designs or found.designs[0].number:
        if any(d.number in there for d in found.designs):
            raise RuleError("additions.moved", t("Somebody else added designs meanwhile. Send it again."))
        return found.designs, found.said
    one, number = found.designs[0], max(there, default=0) + 1
    same = next((n for n, p in there.items() if p.hash == one.photo.hash), None)
    if same is not None:
        return (), (t("This is the very photo of {design}.", design=Numbers((same,))),)
    if number > MAX_NUMBER:
        return (), (t("No number is free after {last}.", last=Numbers((MAX_NUMBER,))),)
    near = near_to(one.photo.phash, {n: p.phash for n, p in there.items()}, DEFAULTS.near)
    return (replace(one, number=number),), tuple(alike(n, number) for n in near)


# ------------------------------------------------------------------ the answer


async def _answer(tx: Tx, person: Person, sent: NewDesigns, campaign: Campaign) -> Reply:
    """Say what became of the whole batch so far."""
    rows = await additions.of_batch(tx, person.account_id, _batch(sent))
    numbers = sorted(n for row in rows for n in row.numbers)
    title = _title(numbers, campaign)
    total = Count(len(await campaigns.competitors(tx, campaign.id)), campaign.noun)
    lines = [line for n, row in enumerate(rows, 1) for line in _lines(row, n, len(rows))]
    answer = Answer(title, (*lines, t("{campaign} has {looks} now.", campaign=campaign.title, looks=total)))
    return Reply(title, answer, language=language_for(person, sent.actor), zone=campaign.zone.key)


def _title(numbers: Sequence[int], campaign: Campaign) -> Text:
    if not numbers:
        return t("Nothing was added to {campaign}.", campaign=campaign.title)
    return tn(
        "{n} design is added to {campaign}: {numbers}", "{n} designs are added to {campaign}: {numbers}",
        len(numbers), campaign=campaign.title, numbers=_span(numbers),
    )  # fmt: skip


def _span(numbers: Sequence[int]) -> Text:
    """Name numbers, those in a row by their ends."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        ends = Numbers(tuple(numbers[:1])), Numbers(tuple(numbers[-1:]))
        return t("{first} to {last}", first=ends[0], last=ends[1])
    return Text("{words}", {"words": Numbers(tuple(numbers))})


def _lines(row: AdditionRow, n: int, of: int) -> list[Text]:
    """Say what there is to say of one photo, named by its place where there are several."""
    said = [load_text(line) for line in row.said]
    return [t("Photo {n}: {what}", n=n, what=line) for line in said] if of > 1 else said
