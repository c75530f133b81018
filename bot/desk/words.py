"""What the desk says of a round: its state, what could be done next, and what each step brings about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import cards
from bot.service.desk import CampaignLine, RoundLine, RoundPage
from bot.text import Count, Hole, Noun, Text, When, t, tn

EXTENSIONS = (1, 6, 24, 72)
"""The hours one tap extends a round by."""

STATES: Mapping[str, Text] = {
    "draft": t("Draft"),
    "scheduled": t("Scheduled"),
    "open": t("Open"),
    "paused": t("Paused"),
    "closed": t("To be signed"),
    "signed_off": t("Signed off"),
    "void": t("Called off"),
}

LABELS: Mapping[str, Text] = {
    "schedule": t("Schedule"),
    "unschedule": t("Back to draft"),
    "open": t("Open now"),
    "pause": t("Pause"),
    "resume": t("Resume"),
    "close": t("Close now"),
    "void": t("Call it off"),
    "sign": t("Sign the cut"),
    "unsign": t("Undo the signature"),
    "again": t("Run it again"),
}

ASKING = frozenset({"close", "void", "sign", "unsign"})
"""Steps with a page of their own, because they end something."""

_DONE: Mapping[str, Text] = {
    "schedule": t("Scheduled. It opens by itself."),
    "unschedule": t("It is a draft again."),
    "open": t("Open. The groups are being told."),
    "pause": t("Paused. Every pick is safe."),
    "resume": t("Open again. Fans lost no time."),
    "extend": t("Extended."),
    "close": t("Closed. No vote is taken any more."),
    "void": t("Called off."),
    "sign": t("Signed. The groups are being told."),
    "unsign": t("The signature is undone. The cut is yours again."),
    "again": t("Drafted anew. Schedule it or open it when you are ready."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do and what comes of it. `asks`: a page leads to it, else its form is sent at once."""

    act: str
    label: Text
    says: Text
    path: str
    asks: bool


def done(act: str) -> Text:
    return _DONE[act]


def round_path(round_id: int) -> str:
    return f"/desk/round/{round_id}"


def group_count(n: int) -> Text:
    return tn("{n} group", "{n} groups", n)


def fan_count(n: int) -> Text:
    return tn("{n} fan", "{n} fans", n)


# ------------------------------------------------------------------ what a step brings about


@dataclass(frozen=True, slots=True)
class Facts:
    """What the consequences of a round's steps depend on."""

    line: RoundLine | RoundPage
    now: datetime
    groups: int
    last: bool


def facts_of(page: RoundPage) -> Facts:
    return Facts(page, page.now, len(page.groups), page.following is None)


def _schedule(f: Facts) -> Text:
    plan = f.line.round.plan
    return t(
        "It opens by itself {opens} in {groups} and closes {closes}.",
        opens=When(plan.opens_at), closes=When(f.line.round.closes_at), groups=group_count(f.groups),
    )  # fmt: skip


def _open(f: Facts) -> Text:
    round_ = f.line.round
    closes_at = round_.closes_at
    if closes_at <= f.now:  # as the round's own rule has it: it keeps its planned length
        closes_at = f.now + (round_.plan.closes_at - round_.plan.opens_at)
    return t(
        "{groups} hear of it at once. Votes are taken until {closes}.",
        groups=group_count(f.groups), closes=When(closes_at),
    )  # fmt: skip


def _resume(f: Facts) -> Text:
    round_ = f.line.round
    lost = max(f.now - (round_.paused_at or f.now), timedelta())
    return t(
        "Votes are taken again. The pause is added to the end, so it closes {at}.",
        at=When(round_.closes_at + lost),
    )


def _void(f: Facts) -> Text:
    if f.line.round.state in ("draft", "scheduled"):
        return t("It never opens. This cannot be undone, but it can be run again.")
    return t("Its votes are kept and lead to nothing. This cannot be undone, but it can be run again.")


_SAYS: Mapping[str, Callable[[Facts], Text]] = {
    "schedule": _schedule,
    "unschedule": lambda f: t("It no longer opens by itself. You can schedule or open it later."),
    "open": _open,
    "pause": lambda f: t("Votes and the clock stop at once. Every pick stays, and fans are told."),
    "resume": _resume,
    "close": lambda f: t("Votes stop for good and are counted. The groups see the result, then you sign."),
    "void": _void,
    "sign": lambda f: cards.signing_sentence(None if f.last else f.line.round.number + 1),
    "unsign": lambda f: t("The cut is yours to change again. The groups see the standings instead."),
    "again": lambda f: t(
        "A new round {number} is drafted with the same rules. It starts without votes.",
        number=f.line.round.number,
    ),
}


def step(act: str, facts: Facts) -> Step:
    path = f"{round_path(facts.line.round.id)}/{act}"
    return Step(act, LABELS[act], _SAYS[act](facts), path, act in ASKING)


def extensions(page: RoundPage) -> list[tuple[int, datetime]]:
    """List by how many hours a round can be extended with one tap, and when it would close then."""
    hours = EXTENSIONS if "extend" in page.acts else ()
    return [(n, page.round.closes_at + timedelta(hours=n)) for n in hours]


_FIRST = ("sign", "resume", "schedule", "open", "again")


def next_act(line: RoundLine | RoundPage) -> str | None:
    """Choose the one step to offer first; None where waiting or reading is what comes next."""
    if line.round.state == "scheduled":
        return None
    return next((act for act in _FIRST if act in line.acts), None)


def other_acts(page: RoundPage) -> list[str]:
    """List the remaining steps, gentle ones first. Extending has its own row of buttons."""
    first = next_act(page)
    order = ("open", "pause", "resume", "unschedule", "unsign", "close", "void")
    return [act for act in order if act in page.acts and act != first]


@dataclass(frozen=True, slots=True)
class Way:
    """A link from a round's summary. `saves`: it is a file to keep."""

    label: Text
    path: str
    saves: bool = False


def onward(page: RoundPage) -> list[Way]:
    """List where a round's summary leads, the next step first: only what there is for this person."""
    here, following = round_path(page.round.id), page.following
    ways = []
    if "sign" in page.acts:
        ways.append(Way(LABELS["sign"], f"{here}/sign"))
    elif following and page.round.state == "signed_off":
        opens = page.staff.runs and following.state in ("draft", "scheduled")
        number = following.number
        label = t("Open round {number}", number=number) if opens else t("Go to round {number}", number=number)
        ways.append(Way(label, round_path(following.id)))
    if page.cut and page.cut.count("edge") and page.round.state == "closed":
        ways.append(Way(t("See the edge"), f"{here}?show=edge#cut"))
    ways.append(Way(t("See the whole cut"), f"{here}#cut"))
    ways.append(Way(t("Comments"), f"/desk/campaign/{page.campaign.id}/designs"))
    ways.append(Way(t("Standings as a table (CSV)"), f"{here}/standings.csv", saves=True))
    return ways


# ------------------------------------------------------------------ one round in a line


def status(line: RoundLine, campaign: CampaignLine) -> Text:
    """Say in a line or two where a round is."""
    plan, noun = line.round.plan, campaign.campaign.noun
    match line.round.state:
        case "draft" if line.looks is None:
            return t("Takes part: whatever round {earlier} keeps.", earlier=line.round.number - 1)
        case "draft" | "scheduled":
            holes: dict[str, Hole] = {
                "at": When(plan.opens_at),
                "looks": Count(line.looks or 0, noun),
                "keep": plan.keep,
            }
            if line.round.state == "draft":
                return t("Planned for {at}: {looks}, {keep} go on.", **holes)
            return t("Opens by itself {at}: {looks}, {keep} go on.", **holes)
        case "open":
            return _running(t("Closes {at}.", at=When(line.round.closes_at)), line)
        case "paused":
            return _running(t("Paused {at}.", at=When(line.round.paused_at or plan.opens_at)), line)
        case "closed" if line.kept is None:
            return counting()
        case "closed":
            return t("As it stands, {kept} go on and {left} leave.", **_outcome(line, noun))
        case "signed_off" if line.round.number == campaign.campaign.rounds:
            return t("The shortlist: {kept}.", **_outcome(line, noun))
        case "signed_off":
            return t("{kept} went on, {left} left.", **_outcome(line, noun))
    return t("Its votes lead to nothing.")


def _running(when: Text, line: RoundLine) -> Text:
    if line.fans is None:
        return when
    return t("{when} {fans} so far.", when=when, fans=fan_count(line.fans))


def _outcome(line: RoundLine, noun: Noun) -> dict[str, Hole]:
    return {"kept": Count(line.kept or 0, noun), "left": line.left or 0}


def counting() -> Text:
    return t("The votes are being counted. Look again in a moment.")
