"""/results: how the last round ended, in one minute for the shop's people, and its edge, table and talk."""

from collections.abc import Sequence

from bot import cards
from bot.errors import RuleError
from bot.i18n import Reader, render
from bot.port import Answer, Button, Choice, Command, Reply, Role, Takeout
from bot.rounds import engine
from bot.rounds import summary as words
from bot.rounds.engine import Event, numbered
from bot.rounds.model import TO_COME, Campaign, Candidate, Round, RoundState, Verdict
from bot.service import bulletin, summary
from bot.service.commands.here import Here, here, leading_number
from bot.service.commands.rounds import to_open
from bot.service.commands.row import Counter, Row
from bot.service.commands.standing import current, line
from bot.service.comments import said_about, shortened
from bot.service.desk.cut import cut_view
from bot.service.desk.export import file_name, standings_csv
from bot.storage import rounds, wishes
from bot.storage.people import Person
from bot.storage.store import Tx
from bot.text import Numbers, Text, t, tn

STAFF = (Role.OWNER, Role.MODERATOR, Role.DESIGNER)
_ENDED = (RoundState.CLOSED, RoundState.SIGNED_OFF)
_EDGE, _TABLE, _TALK = "edge", "csv", "comments"
_MOST_EDGE, _MOST_TALK, _QUOTES, _QUOTED = 20, 10, 2, 90


async def _results(at: Counter, c: Command) -> Reply:
    """Tell how a round ended, the newest unless one is named; before a close there is nothing for anybody.

    Fans read what its post in the group says, the shop's people the round in one minute.
    """
    first, _, rest = c.args.strip().partition(" ")
    part = first.lower() if first.lower() in (_EDGE, _TABLE, _TALK) else ""
    async with at.shop.store.read() as tx:
        found = await here(tx, c, *(STAFF if part else ()))
        campaign, after = found.campaign(f"/results {part}".strip(), rest if part else c.args)
        siblings = await rounds.rounds_of(tx, campaign.id)
        round_ = await _ended(tx, siblings, leading_number(after)[0])
        if round_ is None:
            newest = current(siblings)
            where = [await line(tx, campaign, newest)] if newest else []
            return found.reply(t("No results yet: totals appear when a round has closed."), where)
        if part:
            return await _PARTS[part](tx, found, campaign, round_)
        told = await minute(tx, found.person, campaign, round_) if found.person.may(*STAFF) else None
        return _reply(found, told or await _card(tx, round_))


async def _ended(tx: Tx, siblings: Sequence[Round], number: int | None) -> Round | None:
    """Find a round that ended and is counted: the one with this number, or the last."""
    ended = [r for r in siblings if r.state in _ENDED and await rounds.is_counted(tx, r.id)]
    wanted = [r for r in ended if number is None or r.number == number]
    if ended and not wanted:
        raise RuleError("round.unknown", t("There is no such round."))
    return wanted[-1] if wanted else None


def _reply(found: Here, answer: Answer) -> Reply:
    return Reply(answer.title, answer, language=found.language)


async def _card(tx: Tx, round_: Round) -> Answer:
    card = await bulletin.compose(tx, cards.RESULT, round_.id)
    assert card is not None
    return Answer(card.title, card.lines, buttons=card.buttons)


# ------------------------------------------------------------------ one minute


async def minute(tx: Tx, person: Person, campaign: Campaign, round_: Round) -> Answer | None:
    """Sum a counted round up for one of the shop's people, with what they could do next; else None."""
    summed = await summary.summed_up(tx, round_)
    if summed is None:
        return None
    siblings = await rounds.rounds_of(tx, campaign.id)
    offers = [*_steps(person, campaign, round_, siblings), *_looks(campaign, round_, summed.edge)]
    desk = Button(t("At the desk"), summary.page(round_.id))
    return Answer(words.title(summed), words.lines(summed), tuple(offers), (desk,))


def _steps(person: Person, campaign: Campaign, round_: Round, siblings: Sequence[Round]) -> list[Choice]:
    """Offer the steps that are possible now: the cut, the next round, more time for the one that runs."""
    key, following = campaign.key, numbered(siblings, round_.number + 1)
    offers = []
    if round_.state is RoundState.CLOSED and person.may(Role.OWNER):
        offers.append(Choice(t("Preview the cut"), f"/preview {key} {round_.number}"))
    if not person.may(Role.MODERATOR):
        return offers
    if following and following.state in TO_COME and round_.state is RoundState.SIGNED_OFF:
        offers.append(to_open(campaign, following))
    runs = next((r for r in siblings if (r.state, Event.EXTEND) in engine.TABLE), None)
    if runs is not None:
        offers.append(Choice(t("Extend 24 h"), f"/round extend {key} 24h"))
    return offers


def _looks(campaign: Campaign, round_: Round, edge: int) -> list[Choice]:
    which = f"{campaign.key} {round_.number}"
    see = [Choice(t("See the edge"), f"/results {_EDGE} {which}")] if edge else []
    return [
        *see,
        Choice(t("CSV"), f"/results {_TABLE} {which}"),
        Choice(t("Comments"), f"/results {_TALK} {which}"),
    ]


# ------------------------------------------------------------------ its edge, table and talk


async def _edge(tx: Tx, found: Here, campaign: Campaign, round_: Round) -> Reply:
    """List the designs whose interval crosses the cut, in order, with where each stands."""
    cut = await cut_view(tx, round_)
    rows = [r for r in cut.rows if r.standing.verdict is Verdict.EDGE] if cut else []
    title = tn("{n} on the edge", "{n} on the edge", len(rows))
    lines = [
        t("{design}: {reason}", design=_named(row.candidate), reason=row.reason) for row in rows[:_MOST_EDGE]
    ]
    if len(rows) > _MOST_EDGE:
        lines.append(tn("{n} more is at the desk.", "{n} more are at the desk.", len(rows) - _MOST_EDGE))
    return _reply(
        found, Answer(title, tuple(lines), buttons=(Button(t("At the desk"), f"desk:round:{round_.id}"),))
    )


async def _table(tx: Tx, found: Here, campaign: Campaign, round_: Round) -> Reply:
    """Give the standings as a table; there is no word about any fan in it."""
    cut = await cut_view(tx, round_)
    assert cut is not None
    reader = Reader(found.language, campaign.zone)
    table = standings_csv(cut, lambda text: render(text, reader))
    screen = Takeout(file_name(campaign, round_), table, f"desk:round:{round_.id}:standings.csv")
    return Reply(t("Standings as a table (CSV)"), screen, language=found.language)


async def _talk(tx: Tx, found: Here, campaign: Campaign, round_: Round) -> Reply:
    """List the designs with the most open wishes, with the newest words on each."""
    candidates = await rounds.candidates(tx, round_.id)
    asked = await wishes.open_counts(tx, campaign.id)
    counts = {c.design_id: asked[c.design_id] for c in candidates if c.design_id in asked}
    ranked = sorted(
        (c for c in candidates if c.design_id in counts),
        key=lambda c: (-counts[c.design_id][1], -counts[c.design_id][0], c.number),
    )
    total, waiting = (sum(each) for each in zip(*counts.values(), strict=True)) if counts else (0, 0)
    lines = []
    if waiting:
        lines.append(tn("{n} of them waits for an answer.", "{n} of them wait for an answer.", waiting))
    for c in ranked[:_MOST_TALK]:
        newest = (await wishes.wishes_of(tx, c.design_id))[:_QUOTES]
        n = counts[c.design_id][0]
        lines.append(t("{design}: {comments}", design=_named(c), comments=_comments(n)))
        said_of = (said_about(w.body, c.number, w.reference) for w in newest)
        lines += [t("“{words}”", words=shortened(said, _QUOTED)) for said in said_of]
    desk = Button(t("At the desk"), f"desk:campaign:{campaign.id}:designs")
    return _reply(found, Answer(_comments(total), tuple(lines), buttons=(desk,)))


def _comments(n: int) -> Text:
    return tn("{n} comment", "{n} comments", n)


def _named(candidate: Candidate) -> Text:
    return t("{number} {title}", number=Numbers((candidate.number,)), title=candidate.title)


_PARTS = {_EDGE: _edge, _TABLE: _table, _TALK: _talk}

ROWS = {
    "results": Row(_results, (t("/results tells how the last round ended."),)),
}
