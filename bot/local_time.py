"""Turn a local time into an instant, refusing the ones that do not exist or happen twice."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import RuleError
from bot.text import t

_NOT_PLACES = frozenset({"localtime", "Factory", "posixrules"})


@cache
def zone_names() -> frozenset[str]:
    """List the IANA zones, without the entries that only mean "wherever this machine is"."""
    return frozenset(available_timezones()) - _NOT_PLACES


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """Resolve a naive `local` time in `zone`; raise RuleError in a gap or a fold (PEP 495).

    In a gap the offset before the change (fold 0) is the smaller one, in a fold the larger one.
    """
    early = local.replace(tzinfo=zone, fold=0)
    late = local.replace(tzinfo=zone, fold=1)
    before, after = _offset(early), _offset(late)
    if before == after:
        return early.astimezone(UTC)
    facts = {
        "local": local.isoformat(" "),
        "zone": zone.key,
        "before": offset_name(before),
        "after": offset_name(after),
    }
    if before < after:
        raise RuleError(
            "time.gap",
            t(
                "{local} does not exist in {zone}: the clocks go forward from {before} to {after} then."
                " Choose a time before or after the change.",
                **facts,
            ),
        )
    raise RuleError(
        "time.fold",
        t(
            "{local} happens twice in {zone}: the clocks go back from {before} to {after} then."
            " Choose a time before or after the change.",
            **facts,
        ),
    )


def offset_name(offset: timedelta) -> str:
    """Write an offset as in `UTC-05:00`."""
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _offset(at: datetime) -> timedelta:
    return at.utcoffset() or timedelta(0)
