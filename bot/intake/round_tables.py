"""Take the `[[rounds]]` of a campaign file: each round's rules, in order and narrowing down."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.errors import RuleError
from bot.intake.toml_table import Table
from bot.local_time import to_utc
from bot.rounds.model import BallotShape, RoundPlan, TieRule
from bot.text import Text, t, tn

MAX_ROUNDS = 12
MAX_KEEP = 10_000
MAX_QUORUM = 1_000_000
MAX_EXTEND_HOURS = 720
PAGE_SIZES = (4, 30)
YEARS = (2000, 2100)

_KEYS = ("ballot", "opens_at", "closes_at", "keep", "quorum", "tie_rule", "extend_by_hours", "page_size")
_EXAMPLE = "2030-05-01T18:00:00"


def take_rounds(table: Table, zone: ZoneInfo | None, designs: int | None) -> tuple[RoundPlan, ...] | None:
    """Take every round of the file; None when one of them cannot be used, which is then noted.

    `zone` and `designs` (how many compete in the first round) are None when they are not known.
    """
    value = table.take("rounds")
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
        table.note("rounds", t("Write each round as a table of its own that starts with a line [[rounds]]."))
        return None
    if len(value) > MAX_ROUNDS:
        table.note("rounds", t("There are {n} rounds; at most {most} can be.", n=len(value), most=MAX_ROUNDS))
    drafts = [_Draft(Table(table.source, ("rounds", i), v), zone) for i, v in enumerate(value)]
    drafts[0].check_designs(designs)
    for earlier, later in pairwise(drafts):
        later.check_after(earlier)
    plans = [draft.plan(number) for number, draft in enumerate(drafts, start=1)]
    whole = tuple(plan for plan in plans if plan is not None)
    return whole if len(whole) == len(plans) else None


class _Draft:
    """One round as far as its values could be taken: enough to be compared with its neighbours."""

    def __init__(self, table: Table, zone: ZoneInfo | None) -> None:
        self.table = table
        table.check_keys(_KEYS)
        self.ballot = table.take_choice("ballot", BallotShape)
        self.opens_at = _instant(table, "opens_at", zone)
        self.closes_at = _instant(table, "closes_at", zone)
        self.keep = table.take_number("keep", 1, MAX_KEEP)
        self.quorum = table.take_number("quorum", 0, MAX_QUORUM)
        self.tie_rule = table.take_choice("tie_rule", TieRule)
        self.hours = table.take_number("extend_by_hours", 1, MAX_EXTEND_HOURS, 24)
        self.page_size = table.take_number("page_size", *PAGE_SIZES, 20)
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            table.note("closes_at", t("The round must close after it opens. Choose a later “closes_at”."))

    def plan(self, number: int) -> RoundPlan | None:
        if self.ballot is None or self.tie_rule is None or self.quorum is None or self.keep is None:
            return None
        if self.opens_at is None or self.closes_at is None or self.hours is None or self.page_size is None:
            return None
        return RoundPlan(
            number=number,
            ballot=BallotShape(self.ballot),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            keep=self.keep,
            quorum=self.quorum,
            tie_rule=TieRule(self.tie_rule),
            extend_by=timedelta(hours=self.hours),
            page_size=self.page_size,
        )

    def check_designs(self, designs: int | None) -> None:
        if self.keep is not None and designs is not None and self.keep >= designs:
            text = tn(
                "The first round must keep fewer than the {n} design there is.",
                "The first round must keep fewer than the {n} designs there are.",
                designs,
            )
            self.table.note("keep", text)

    def check_after(self, earlier: "_Draft") -> None:
        if earlier.keep and self.keep and self.keep >= earlier.keep:
            text = t("This round must keep fewer than the {n} that the round before keeps.", n=earlier.keep)
            self.table.note("keep", text)
        if earlier.closes_at and self.opens_at and self.opens_at < earlier.closes_at:
            text = t("This round opens before the one above it closes. Put the rounds one after the other.")
            self.table.note("opens_at", text)


def _instant(table: Table, key: str, zone: ZoneInfo | None) -> datetime | None:
    value = table.take(key)
    if value is None:
        return None
    if isinstance(value, date) and not YEARS[0] <= value.year < YEARS[1]:
        table.note(key, t("The year of “{key}” cannot be right. Look at it again.", key=key))
        return None
    if not isinstance(value, datetime) or value.tzinfo is not None:
        table.note(key, _not_local(key, value, zone))
        return None
    if zone is None:
        return value.replace(tzinfo=UTC)  # only to compare the rounds: without a zone there are no rules
    try:
        return to_utc(value, zone)
    except RuleError as error:
        table.note(key, error.text)
        return None


def _not_local(key: str, value: object, zone: ZoneInfo | None) -> Text:
    """Say why a value is no local time, with the line to write instead."""
    match value:
        case datetime():
            local = value.astimezone(zone).replace(tzinfo=None).isoformat() if zone else _EXAMPLE
            reason = t("“{key}” must be a local time, without Z or an offset", key=key)
        case date():
            local = f"{value.isoformat()}T18:00:00"
            reason = t("“{key}” needs the time of day too", key=key)
        case time():
            local = f"2030-05-01T{value.isoformat()}"
            reason = t("“{key}” needs the day too", key=key)
        case _:
            local = _EXAMPLE
            reason = t("“{key}” must be a local time, without quotes", key=key)
    return t("{reason}: {key} = {local}", reason=reason, key=key, local=local)
