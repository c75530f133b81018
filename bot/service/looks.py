"""What people see: the feed, a page of their ballot, one design, everything they answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot import actions, cards
from bot.actions import Finish, Pick, Undo
from bot.errors import RuleError
from bot.port import (
    Actor,
    BallotView,
    Before,
    DesignView,
    Feed,
    FeedPost,
    Look,
    Notice,
    Remark,
    Reply,
    Role,
    Screen,
    Sheet,
    ShowBallot,
    ShowDesign,
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
    Tile,
)
from bot.rounds import ballots, engine, expose
from bot.rounds.ballots import Cell
from bot.rounds.entry import check_entry
from bot.rounds.model import Candidate, Round
from bot.service import moderation, presale_views, privacy, said
from bot.service import people as use_people
from bot.service.batch import Field, field_of, strip_of
from bot.service.comments import member_group, remark
from bot.service.notices import shown as shown_notice
from bot.service.shop import Shop, known, language_for
from bot.service.wire import load_card
from bot.storage import (
    campaigns,
    comments,
    notices,
    orders,
    outbox,
    people,
    presales,
    revisions,
    rounds,
    votes,
)
from bot.storage.people import GroupRow, Person
from bot.storage.revisions import ChangeRow
from bot.storage.store import Tx
from bot.text import Text, t

FEED_ITEMS = 60
_DESIGN_COMMENTS = 50
_RANK: dict[type, int] = {FeedPost: 0, Remark: 1, Notice: 2}


@dataclass(frozen=True, slots=True)
class _Mine:
    """One fan's ballot in a round that has opened, with why it takes no votes now, if so."""

    round: Round
    field: Field
    cells: dict[int, Cell]  # by position
    strip: Strip
    order: tuple[int, ...]
    can_undo: bool
    closed: Text | None

    @property
    def pages(self) -> tuple[tuple[int, ...], ...]:
        return ballots.pages(self.order, self.round.plan.page_size)

    @property
    def finished(self) -> tuple[bool, ...]:
        return tuple(all(p in self.cells and self.cells[p].seen for p in page) for page in self.pages)

    @property
    def undo(self) -> str | None:
        return actions.encode(Undo(self.round.id)) if self.can_undo and self.closed is None else None

    def tile(self, position: int) -> Tile:
        candidate = self.field.candidates[position]
        picked = self.cells.get(position, Cell()).picked is True
        press = (
            actions.encode(Pick(self.round.id, (candidate.number,), not picked)) if not self.closed else ""
        )
        return tile_of(candidate, picked, press)


def tile_of(candidate: Candidate, picked: bool = False, press: str = "") -> Tile:
    return Tile(
        candidate.number,
        candidate.version,
        candidate.title,
        candidate.photo,
        cards.alt(candidate),
        picked,
        press,
    )


async def look(shop: Shop, wanted: Look, fields: dict[int, Field] | None = None) -> Reply:
    """Answer a wish to see something; raises RuleError for who may not.

    `fields` caches what rounds' ballots are made of (see `batch.field_of`).
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
    if isinstance(wanted.wish, ShowPage):
        await _begin_ballot(shop, wanted.actor, wanted.group)
    async with shop.store.read() as tx:
        person = await known(tx, wanted.actor)
        group = await member_group(tx, person, wanted.actor.platform, wanted.group)
        screen: Screen
        match wanted.wish:
            case ShowFeed() as wish:
                screen = await _feed(tx, person, group, wish, fields)
            case ShowPage(page):
                screen = _sheet(await _mine(tx, person, group, fields), page)
            case ShowDesign(number):
                screen = await _design(tx, person, group, number, fields)
            case ShowBallot():
                screen = _ballot(await _mine(tx, person, group, fields))
            case ShowPresales():
                screen = await presale_views.list_of(tx, group, person.fan_id)
            case ShowPresale() as wish:
                screen = await presale_views.page_of(tx, group, person.fan_id, wish)
            case ShowOrders():
                screen = await presale_views.orders_of(tx, person.fan_id)
        return Reply(screen=screen, language=language_for(person, wanted.actor))


async def _begin_ballot(shop: Shop, actor: Actor, remote_group: str | None) -> None:
    """Fix the order in which this fan sees the round, at their first look, and never again."""
    async with shop.store.read() as tx:
        person = await known(tx, actor)
        group = await member_group(tx, person, actor.platform, remote_group)
        round_ = await rounds.group_round(tx, group.id)
        if round_ is None or round_.state not in engine.RUNNING:
            return
        if await orders.order_of(tx, round_.id, person.fan_id) is not None:
            return
        candidates = await rounds.candidates(tx, round_.id)
        seen = await votes.tallies(tx, round_.id)
    counts = [seen.get(c.version_id, (0, 0))[0] for c in candidates]
    drawn = expose.order(round_.seed, person.fan_id, counts, round_.plan.page_size)
    async with shop.store.begin() as tx:
        await orders.put_order(tx, round_.id, person.fan_id, drawn)


async def _mine(tx: Tx, person: Person, group: GroupRow, fields: dict[int, Field]) -> _Mine:
    round_ = await rounds.group_round(tx, group.id)
    if round_ is None or round_.opened_at is None:
        raise RuleError("ballot.none", t("Nothing is open for votes yet. The group is told when it is."))
    field = await field_of(tx, round_, fields)
    key = (round_.id, person.fan_id)
    row = await votes.ballot_of(tx, key)
    cells = {field.position_of[v]: cell for v, (cell, _, _) in (await votes.cells_of(tx, key)).items()}
    order = await orders.order_of(tx, round_.id, person.fan_id) or tuple(range(len(field.candidates)))
    strip = strip_of(field, round_, row.count if row else ballots.Count(), await tx.now())
    closed = await _closed(tx, person, group, round_, strip)
    return _Mine(round_, field, cells, strip, order, await votes.can_undo(tx, key), closed)


async def _closed(tx: Tx, person: Person, group: GroupRow, round_: Round, strip: Strip) -> Text | None:
    """Say why this fan's ballot takes no votes now, with the very checks a press meets."""
    try:
        engine.check_votable(round_, strip.now)
        memberships = await votes.memberships_of(tx, person.fan_id, round_.campaign_id)
        check_entry(round_, memberships, person.waits_since, group.remote_id)
    except RuleError as refused:
        return refused.text
    return None


def _sheet(mine: _Mine, page: int | None) -> Sheet:
    finished = mine.finished
    if page is None:
        page = next((i for i, done in enumerate(finished, 1) if not done), len(finished))
    if not 1 <= page <= len(finished):
        raise RuleError("ballot.page", t("Your ballot has no page {page}. Open it again.", page=page))
    return Sheet(
        strip=mine.strip,
        title=mine.field.campaign.title,
        page=page,
        pages=finished,
        tiles=tuple(mine.tile(p) for p in mine.pages[page - 1]),
        finish=actions.encode(Finish(mine.round.id, page, ballots.tag(mine.order))),
        undo=mine.undo,
        closed=mine.closed,
    )


def _ballot(mine: _Mine) -> BallotView:
    picks = sorted((p for p, cell in mine.cells.items() if cell.picked), key=mine.order.index)
    return BallotView(mine.strip, tuple(mine.tile(p) for p in picks), mine.finished, mine.undo, mine.closed)


async def _design(
    tx: Tx, person: Person, group: GroupRow, number: int, fields: dict[int, Field]
) -> DesignView:
    round_ = await rounds.group_round(tx, group.id)
    competitors = await campaigns.competitors(tx, round_.campaign_id) if round_ else []
    design = next((c for c in competitors if c.number == number), None)
    if design is None:
        raise RuleError("design.unknown", t("There is no design {number} here.", number=number))
    rows = await comments.design_comments(tx, group.id, design.design_id, _DESIGN_COMMENTS)
    remarks = tuple(remark(row, person.fan_id, person.may(Role.MODERATOR)) for row in rows)
    facts = tuple(t("{name}: {value}", name=k, value=v) for k, v in design.attributes.items() if v)
    tile, strip, page = tile_of(design), None, None
    closed: Text | None = t("Nothing is open for votes yet. The group is told when it is.")
    if round_ is not None and round_.opened_at is not None:
        mine = await _mine(tx, person, group, fields)
        strip, closed = mine.strip, mine.closed
        position = next((c.position for c in mine.field.candidates if c.number == number), None)
        if position is None:
            closed = t("It is not in this round any more.")
        else:
            tile = mine.tile(position)
            page = mine.order.index(position) // mine.round.plan.page_size + 1
    before = before_of(design, await revisions.changes(tx, [design.version_id]))
    return DesignView(tile, facts, remarks, strip, page, closed, before=before)


def before_of(candidate: Candidate, changes: Mapping[int, ChangeRow]) -> Before | None:
    """Show what a version replaced, as `revisions.changes` has it; None for a version 1."""
    found = changes.get(candidate.version_id)
    if found is None:
        return None
    alt = t("{design}, version {version}", design=cards.alt(candidate), version=found.before_number)
    return Before(found.before_photo, alt, found.before_number, found.note, found.asked)


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
    row = await votes.ballot_of(tx, (round_.id, person.fan_id))
    count = row.count if row else ballots.Count()
    return strip_of(field, round_, count, await tx.now())
