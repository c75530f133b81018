"""/preview and /sign: the cut of a closed round as its owner would sign it, and the signature."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot import cards
from bot.errors import RuleError
from bot.port import Answer, Button, Choice, Command, Reply, Role
from bot.rounds.engine import numbered
from bot.rounds.model import TO_COME, Campaign, MarkKind, Round, RoundState
from bot.service import rounds
from bot.service.commands.here import Here, here, leading_number
from bot.service.commands.rounds import to_open
from bot.service.commands.row import Counter, Row
from bot.service.commands.standing import current
from bot.service.desk.cut import CutRow, CutView, cut_view
from bot.service.rounds import By
from bot.storage import comments, journal, tallies, wishes
from bot.storage import rounds as round_rows
from bot.storage.store import Tx
from bot.text import Count, Hole, Numbers, Text, When, t, tn

_TAG_LETTERS = 6
_YES = "yes"
_MOST_NUMBERS = 60


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cut that can be signed now, with what its owner is told before that."""

    found: Here
    campaign: Campaign
    round: Round
    following: Round | None
    cut: CutView

    @property
    def tag(self) -> str:
        """Name this very decision, and whether it would be made without a quorum."""
        told = f"{self.cut.digest}{self.round.quorum_met}"
        return hashlib.sha256(told.encode()).hexdigest()[:_TAG_LETTERS]

    @property
    def say(self) -> str:
        """Write the command that asks to sign this and nothing else."""
        return f"/sign {self.campaign.key} {self.round.number} {self.tag}"

    def answer(self, title: Text, lines: Sequence[Text], *choices: Choice) -> Reply:
        desk = Button(t("At the desk"), f"desk:round:{self.round.id}")
        answer = Answer(title, tuple(lines), choices, (desk,))
        return Reply(title, answer, language=self.found.language, zone=self.campaign.zone.key)


async def _preview(at: Counter, c: Command) -> Reply:
    """Show what a signature would do: who goes on, the line, ties and marks, and what would be lost."""
    async with at.shop.store.read() as tx:
        seen, _ = await _look(tx, c)
        lines = [_verdicts(seen.cut), *_line(seen), *_marked(seen.cut), *await _lost(tx, seen)]
    return seen.answer(_title(seen), lines, Choice(t("Sign this cut"), seen.say))


async def _sign(at: Counter, c: Command) -> Reply:
    """Sign the cut that was shown; said without it, tell first what the signature does."""
    async with at.shop.store.read() as tx:
        found = await here(tx, c, Role.OWNER)
        done = await journal.entry_of_event(tx, found.person.account_id, c.event_id)
        if done is not None and done.round_id is not None:
            return await _signed(tx, found, done.round_id, done.id)
        seen, words = await _look(tx, c)
        shown, _, sure = words.partition(" ")
        if shown and shown != seen.tag:
            raise RuleError(
                "cut.changed", t("The cut changed while you looked at it. Look again, then sign.")
            )
        if sure.strip().lower() != _YES:
            return await _confirm(tx, seen)
    by = By(found.person.account_id, event_id=c.event_id)
    await rounds.sign(at.shop.store, seen.round.id, by, not seen.round.quorum_met, seen.cut.digest)
    async with at.shop.store.read() as tx:
        entry = await journal.entry_of_event(tx, found.person.account_id, c.event_id)
        assert entry is not None
        return await _signed(tx, found, seen.round.id, entry.id)


# ------------------------------------------------------------------ which cut


async def _look(tx: Tx, c: Command) -> tuple[_Seen, str]:
    """Find the cut meant and the words that followed; raises RuleError where there is none to sign."""
    found = await here(tx, c, Role.OWNER)
    campaign, words = found.campaign(f"/{c.name}", c.args)
    number, words = leading_number(words)
    siblings = await round_rows.rounds_of(tx, campaign.id)
    round_ = numbered(siblings, number) if number is not None else _newest(siblings)
    if round_ is None:
        raise RuleError("round.unknown", t("There is no such round."))
    cut = await cut_view(tx, round_) if round_.state is RoundState.CLOSED else None
    if cut is None:
        raise RuleError("cut.none", _none(round_))
    return _Seen(found, campaign, round_, numbered(siblings, round_.number + 1), cut), words


def _newest(siblings: list[Round]) -> Round | None:
    closed = [r for r in siblings if r.state is RoundState.CLOSED]
    return closed[-1] if closed else current(siblings)


def _none(round_: Round) -> Text:
    match round_.state:
        case RoundState.CLOSED:
            return t("The votes are still being counted. Try again in a moment.")
        case RoundState.SIGNED_OFF:
            return t("The cut of round {number} is signed already.", number=round_.number)
    return t("There is a cut to sign once round {number} has closed.", number=round_.number)


# ------------------------------------------------------------------ what is told before


def _title(seen: _Seen) -> Text:
    return t(
        "Round {number}: {kept} go on, {left} leave",
        number=seen.round.number, kept=len(seen.cut.kept), left=len(seen.cut.left),
    )  # fmt: skip


def _verdicts(cut: CutView) -> Text:
    return t(
        "{safe} safely in, {edge} on the edge, {out} out",
        safe=cut.count("safe"), edge=cut.count("edge"), out=cut.count("out"),
    )  # fmt: skip


def _line(seen: _Seen) -> list[Text]:
    """Say who stands beside the line, and what happens to those who are equal there."""
    last, first = seen.cut.at_the_line()
    lines = []
    if last:
        lines.append(t("Last in: {designs}", designs=_numbers(last)))
    if first:
        lines.append(t("First out: {designs}", designs=_numbers(first)))
    lines.append(cards.tie_sentence(seen.round.plan.tie_rule))
    if tied := seen.cut.tied:
        lines.append(tn("{n} is equal at the cut.", "{n} are equal at the cut.", len(tied)))
        lines.append(t("So {kept} of them go on.", kept=sum(row.kept for row in tied)))
    return lines


def _marked(cut: CutView) -> list[Text]:
    lines = []
    for row in cut.marked:
        assert row.mark is not None
        facts: dict[str, Hole] = {"number": Numbers((row.candidate.number,)), "reason": row.mark.reason}
        if row.mark.kind is MarkKind.KEEP:
            lines.append(t("{number} goes on because you say so: {reason}", **facts))
        else:
            lines.append(t("{number} leaves because you say so: {reason}", **facts))
    return lines


async def _lost(tx: Tx, seen: _Seen) -> list[Text]:
    """Say who leaves, with what was said of them and nobody answered."""
    left = [row.candidate for row in seen.cut.left]
    if not left:
        return []
    shown = Numbers(tuple(sorted(c.number for c in left)[:_MOST_NUMBERS]))
    lines = [t("They leave: {designs}", designs=shown)]
    if len(left) > _MOST_NUMBERS:
        lines.append(tn("{n} more is at the desk.", "{n} more are at the desk.", len(left) - _MOST_NUMBERS))
    counts = await wishes.open_counts(tx, seen.campaign.id)
    waiting = sum(counts.get(c.design_id, (0, 0))[1] for c in left)
    if waiting:
        lines.append(
            tn("{n} comment on them is not answered.", "{n} comments on them are not answered.", waiting)
        )
    return lines


def _numbers(rows: Sequence[CutRow]) -> Numbers:
    return Numbers(tuple(row.candidate.number for row in rows))


async def _confirm(tx: Tx, seen: _Seen) -> Reply:
    """Say what a signature brings about, with the button that makes it."""
    round_, following = seen.round, seen.following
    lines = [_title(seen), cards.signing_sentence(following.number if following else None)]
    if following is not None:
        lines.append(_then(following, (await tx.now()) < following.plan.opens_at))
    said = await comments.count_between(tx, seen.campaign.id, round_.opened_at, round_.closed_at)
    if said:
        lines.append(_stays(said))
    label = t("Sign the cut")
    if not round_.quorum_met:
        voted = await tallies.turnout(tx, round_.id)
        fans = tn("{n} fan", "{n} fans", voted)
        lines.append(t("{fans} voted; {quorum} were needed.", fans=fans, quorum=round_.plan.quorum))
        label = t("Sign all the same")
    title = t("Sign the cut of round {number}?", number=round_.number)
    back = Choice(t("Look again"), f"/preview {seen.campaign.key} {round_.number}")
    return seen.answer(title, lines, Choice(label, f"{seen.say} {_YES}"), back)


def _stays(said: int) -> Text:
    return tn(
        "{n} comment was written in this round. It stays with its design.",
        "{n} comments were written in this round. They stay with their designs.",
        said,
    )


def _then(following: Round, ahead: bool) -> Text:
    facts: dict[str, Hole] = {"number": following.number, "at": When(following.plan.opens_at)}
    if ahead:
        return t("Round {number} is then scheduled and opens by itself {at}.", **facts)
    return t("Round {number} was planned for {at}, which is past: you open it by hand.", **facts)


# ------------------------------------------------------------------ what is told after


async def _signed(tx: Tx, found: Here, round_id: int, entry: int) -> Reply:
    """Say that it is signed, what is next and how to take it back."""
    round_ = await round_rows.round_by_id(tx, round_id)
    assert round_ is not None
    campaign = next(c for c in found.campaigns if c.id == round_.campaign_id)
    following = numbered(await round_rows.rounds_of(tx, campaign.id), round_.number + 1)
    kept = sum(line.kept for line in await round_rows.signed_cut(tx, round_id))
    title = t("The cut of round {number} is signed. The groups are being told.", number=round_.number)
    lines = [t("{looks} go on.", looks=Count(kept, campaign.noun))]
    if following is not None and following.state is RoundState.SCHEDULED:
        lines.append(
            t("Round {number} is to open {at}.", number=following.number, at=When(following.plan.opens_at))
        )
    lines.append(t("To take the signature back, say /mod undo {entry} and why.", entry=str(entry)))
    choices = []
    if following is not None and following.state in TO_COME:
        choices.append(to_open(campaign, following))
    answer = Answer(title, tuple(lines), tuple(choices))
    return Reply(title, answer, language=found.language, zone=campaign.zone.key)


ROWS = {
    "preview": Row(
        _preview,
        (t("/preview shows the cut of a closed round as you would sign it."),),
        frozenset({Role.OWNER}),
    ),
    "sign": Row(
        _sign,
        (t("/sign says what a signature does, and signs with one more tap."),),
        frozenset({Role.OWNER}),
    ),
}
