"""What people see: the feed, a page of their ballot, one design, everything they answered."""

from dataclasses import replace

from bot.errors import RuleError
from bot.port import (
    Before,
    DesignView,
    Feed,
    FeedPost,
    Index,
    Look,
    Notice,
    Remark,
    Reply,
    Role,
    Screen,
    ShowBallot,
    ShowDesign,
    ShowDesigns,
    ShowFeed,
    ShowMe,
    ShowOrders,
    ShowPage,
    ShowPresale,
    ShowPresales,
    ShowRemark,
    ShowSaid,
    ShowTakeout,
    Strip,
)
from bot.rounds.ballots import EMPTY, Count
from bot.rounds.model import BallotShape, Candidate, Round
from bot.service import ballot, moderation, presale_views, privacy, said
from bot.service import people as use_people
from bot.service.ballot import Mine
from bot.service.comments import member_group, remark
from bot.service.field import Field, field_of, strip_of
from bot.service.notices import shown as shown_notice
from bot.service.shop import Shop, known, language_for
from bot.service.wire import load_card
from bot.storage import campaigns, comments, notices, one_ballot, orders, outbox, people, presales, rounds
from bot.storage.people import GroupRow, Person
from bot.storage.store import Tx
from bot.text import Numbers, Text, t

FEED_ITEMS = 60
_DESIGN_COMMENTS = 50
_RANK: dict[type, int] = {FeedPost: 0, Remark: 1, Notice: 2}


async def look(shop: Shop, wanted: Look, fields: dict[int, Field] | None = None) -> Reply:
    """Answer a wish to see something; raises RuleError for who may not.

    `fields` caches what rounds' ballots are made of (see `field.field_of`).
    """
    fields = {} if fields is None else fields
    if isinstance(wanted.wish, ShowMe):
        return await use_people.me(shop, wanted.actor)
    if isinstance(wanted.wish, ShowTakeout):
        return await privacy.takeout(shop, wanted.actor)
    if isinstance(wanted.wish, ShowSaid):
        return await said.look(shop, wanted)
    if isinstance(wanted.wish, ShowRemark):
        return await moderation.see(shop, wanted, wanted.wish.id)
    while (reply := await _screen(shop, wanted, fields)) is None:
        await ballot.begin(shop, wanted.actor, wanted.group, fields)
    return reply


async def _screen(shop: Shop, wanted: Look, fields: dict[int, Field]) -> Reply | None:
    """Read a screen; None where a ballot must be drawn first, since it could be answered there."""
    async with shop.store.read() as tx:
        person = await known(tx, wanted.actor)
        group = await member_group(tx, person, wanted.actor.platform, wanted.group)
        screen: Screen | None
        match wanted.wish:
            case ShowFeed() as wish:
                screen = await _feed(tx, person, group, wish, fields)
            case ShowPage(page):
                mine = await ballot.mine_of(tx, person, group, fields)
                screen = None if mine.to_draw else await ballot.page_of(tx, mine, page)
            case ShowDesign(number):
                screen = await _design(tx, person, group, number, fields)
            case ShowDesigns(words):
                screen = await _index(tx, group, words)
            case ShowBallot():
                screen = ballot.answered(await ballot.mine_of(tx, person, group, fields))
            case ShowPresales():
                screen = await presale_views.list_of(tx, group, person.fan_id)
            case ShowPresale() as wish:
                screen = await presale_views.page_of(tx, group, person.fan_id, wish)
            case ShowOrders():
                screen = await presale_views.orders_of(tx, person.fan_id)
        return Reply(screen=screen, language=language_for(person, wanted.actor)) if screen else None


async def _index(tx: Tx, group: GroupRow, words: str) -> Index:
    """Find the designs of this group's round by the beginning of their number, or by words in their title."""
    round_ = await rounds.group_round(tx, group.id)
    competitors = await campaigns.competitors(tx, round_.campaign_id) if round_ else []
    sought = words.strip().lstrip("#").casefold()
    return Index(
        tuple(
            (c.number, c.title)
            for c in competitors
            if str(c.number).startswith(sought.lstrip("0") or sought) or sought in c.title.casefold()
        )
    )


async def _design(
    tx: Tx, person: Person, group: GroupRow, number: int, fields: dict[int, Field]
) -> DesignView | None:
    """Show a design; None where the ballot it can be answered on is not drawn yet."""
    round_ = await rounds.group_round(tx, group.id)
    competitors = await campaigns.competitors(tx, round_.campaign_id) if round_ else []
    design = next((c for c in competitors if c.number == number), None)
    if design is None:
        raise RuleError("design.unknown", t("There is no design {number} here.", number=Numbers((number,))))
    rows = await comments.design_comments(tx, group.id, design.design_id, _DESIGN_COMMENTS)
    remarks = tuple(remark(row, person.fan_id, person.may(Role.MODERATOR)) for row in rows)
    facts = tuple(t("{name}: {value}", name=k, value=v) for k, v in design.attributes.items() if v)
    before = await ballot.before_of(tx, design)
    sold = await presales.has_one(tx, design.design_id)
    if round_ is None or round_.opened_at is None:
        closed = t("Nothing is open for votes yet. The group is told when it is.")
        tile = ballot.tile_of(design)
        return DesignView(tile, facts, remarks, None, None, closed, before=before, presale=sold)
    mine = await ballot.mine_of(tx, person, group, fields)
    if mine.to_draw:
        return None
    return replace(_in_round(mine, design, facts, remarks, before), presale=sold)


def _in_round(
    mine: Mine, design: Candidate, facts: tuple[Text, ...], remarks: tuple[Remark, ...], before: Before | None
) -> DesignView:
    """Show a design with what this fan may answer about it in the round, and why not if not."""
    position = mine.field.by_number.get(design.number)
    if position is None:
        closed = t("It is not in this round any more.")
        return DesignView(ballot.tile_of(design), facts, remarks, mine.strip, None, closed, before=before)
    page, shape = mine.page_of(position), mine.round.plan.ballot
    cell = mine.cells.get(position, EMPTY)
    love, like, passed = ballot.rates(mine, position)
    return DesignView(
        mine.tile(position),
        facts,
        remarks,
        mine.strip,
        page,
        mine.closed or _only(shape, page),
        None if shape is not BallotShape.CARDS or cell.answer is None else ballot.ANSWERS[cell.answer],
        love,
        like,
        passed,
        before=before,
    )


def _only(shape: BallotShape, page: int | None) -> Text | None:
    """Say why a design itself takes no answer from this fan though the round does."""
    if shape is BallotShape.DUELS:
        return t("This round asks about pairs: answer them on your ballot.")
    if page is None:
        return t("It is not among your cards. This round asks each fan only about some.")
    return None


async def _feed(tx: Tx, person: Person, group: GroupRow, wish: ShowFeed, fields: dict[int, Field]) -> Feed:
    round_ = await rounds.group_round(tx, group.id)
    posts = await outbox.group_posts(tx, group.id, wish.before, None, FEED_ITEMS)
    rows = await comments.group_comments(tx, group.id, wish.before, None, FEED_ITEMS)
    told = await notices.notices_of(tx, person.fan_id, wish.before, FEED_ITEMS)
    items: list[FeedPost | Remark | Notice] = [FeedPost(p.id, p.posted_at, load_card(p.card)) for p in posts]
    items += [remark(row, person.fan_id, person.may(Role.MODERATOR)) for row in rows]
    items += [shown_notice(row) for row in told]
    items.sort(key=lambda item: (item.at, _RANK[type(item)], item.id))
    shown, more = items[-FEED_ITEMS:], len(items) >= FEED_ITEMS
    strip = None
    zone, title = "UTC", group.title
    if round_ is not None:
        campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
        zone, title = campaign.zone.key, campaign.title
        strip = await _strip(tx, person, round_, fields)
    groups = await people.memberships(tx, person.account_id)
    return Feed(
        group.remote_id, title, zone, tuple(shown), strip, group.cursor,
        shown[0].at if more and shown else None,
        tuple((g.remote_id, g.title) for g in groups if g.platform == group.platform),
        presales=await presales.open_in(tx, group.id, await tx.now()),
        unseen=await notices.unseen(tx, person.fan_id),
    )  # fmt: skip


async def _strip(tx: Tx, person: Person, round_: Round, fields: dict[int, Field]) -> Strip:
    field = await field_of(tx, round_, fields)
    key = (round_.id, person.fan_id)
    row = await one_ballot.ballot_of(tx, key)
    order = None if round_.plan.ballot is BallotShape.SHEETS else await orders.order_of(tx, *key)
    return strip_of(field, round_, row.counted if row else Count(), await tx.now(), order)
