"""Groups on other platforms: how they join a campaign, who is in them, where they move."""

from datetime import datetime
from functools import partial

from bot import cards
from bot.errors import Gone, RuleError
from bot.i18n import language_of
from bot.port import Actor, Back, Command, Moved, News, Reply, Seen
from bot.service import bulletin
from bot.service.people import NAME_LETTERS, SETUP
from bot.service.shop import Shop, language_for
from bot.storage import campaigns, journal, outbox, people, rounds
from bot.storage.people import GroupRow, Person
from bot.storage.store import Tx
from bot.text import t

_TITLE_LETTERS = 200
_NAMELESS = "Fan"


async def join_campaign(shop: Shop, said: Command) -> Reply:
    """Join the group this was said in to a campaign, with an owner's code; tell it the round that runs."""
    async with shop.store.begin() as tx:
        now = await tx.now()
        if not said.group:
            raise RuleError("setup.where", t("Say /setup and the code in the group that is to join."))
        taken = await people.take_code(tx, shop.hashed(SETUP, said.args), SETUP, now)
        if taken is None or taken.campaign_id is None:
            raise RuleError(
                "code.spent", t("This code was used before or is too old. Ask an owner for a new one.")
            )
        person = await _account(tx, said.actor, now)
        here = await _group(tx, said, now)
        await people.put_member(tx, here.id, person.account_id, None)
        await people.put_group_campaign(tx, here.id, taken.campaign_id, now)
        await people.touch_groups(tx, [here.id])
        for running in await rounds.running_rounds(tx):
            if running.campaign_id == taken.campaign_id:
                await outbox.tell(tx, [here.id], cards.ROUND, running.id, now)
        await journal.record(
            tx,
            "group_joined",
            now,
            account_id=person.account_id,
            campaign_id=taken.campaign_id,
            group=here.title,
        )
        campaign = await campaigns.campaign_by_id(tx, taken.campaign_id)
        return Reply(
            t("{group} takes part in {campaign} now.", group=here.title, campaign=campaign.title),
            language=language_for(person, said.actor),
        )


async def _group(tx: Tx, said: Command, now: datetime) -> GroupRow:
    """Find the group a command was said in, or make it: whoever brings it speaks its language."""
    assert said.group is not None
    title = " ".join(said.title.split())[:_TITLE_LETTERS] or said.group
    language = language_of(said.actor.language)
    return await people.put_group(tx, said.actor.platform, said.group, title, language, False, now)


async def hear(shop: Shop, news: News) -> None:
    """Take note of what a platform tells of a group of ours; of others nothing is kept."""
    if isinstance(news, Seen):  # as many as there are fans
        await shop.store.join(partial(_see, seen=news))
        return
    async with shop.store.begin() as tx:
        match news:
            case Moved(platform, group, to):
                here = await people.find_group(tx, platform, group)
                if here is not None and await people.find_group(tx, platform, to) is None:
                    await people.move_group(tx, here.id, to)
                    await outbox.post_anew(tx, here.id, await tx.now())
            case Back(platform, group):
                here = await people.find_group(tx, platform, group)
                if here is not None:
                    await _catch_up(tx, here.id)


async def _catch_up(tx: Tx, group_id: int) -> None:
    """Let a group that could not be reached say what is true by now, and hear what it missed of that."""
    now = await tx.now()
    await outbox.revive_group(tx, group_id)
    await outbox.hurry_group(tx, group_id, now)
    missed = await outbox.given_up(tx, group_id, Gone.__name__)
    still = [e for e in missed if not await bulletin.is_final(tx, e.kind, e.subject_id)]
    await outbox.take_up(tx, still, now)


async def _see(tx: Tx, seen: Seen) -> None:
    here = await people.find_group(tx, seen.actor.platform, seen.group)
    if here is None:
        return
    now = await tx.now()
    if seen.here:
        person = await _account(tx, seen.actor, now)
        await people.put_member(tx, here.id, person.account_id, seen.joined_at)
        await people.see_member(tx, here.id, person.account_id, now)
    elif known := await people.find_person(tx, seen.actor.platform, seen.actor.remote_id):
        await people.drop_member(tx, here.id, known.account_id)


async def _account(tx: Tx, actor: Actor, now: datetime) -> Person:
    """Find or make the account of somebody whose platform let them in."""
    printable = "".join(c for c in actor.name if c.isprintable() or c.isspace())
    name = " ".join(printable.split())[:NAME_LETTERS].strip() or _NAMELESS
    language = language_of(actor.language) if actor.language else None
    return await people.put_account(tx, actor.platform, actor.remote_id, name, language, now)
