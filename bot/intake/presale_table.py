"""Take the `[presale]` of a campaign file: the ladder, its clock, the minimum and the choice there is."""

from datetime import time
from decimal import Decimal, InvalidOperation

from bot.intake.toml_table import Table
from bot.money import EXPONENTS, Money, from_major
from bot.presale.engine import LONGEST
from bot.presale.ladder import Combine, Ladder, TimeRule
from bot.presale.model import IfMissed, PresalePlan
from bot.text import t

MAX_STEPS = 200
MAX_UNITS = 1_000_000
MAX_LIMIT = 1_000
MAX_CHOICES = 20
_MAX_AMOUNT = Decimal(10_000_000)

_KEYS = (
    "currency", "base", "step", "list", "every_units", "every_days", "days", "at", "combine", "moq",
    "colours", "sizes", "limit", "cap", "if_missed",
)  # fmt: skip


def take_presale(table: Table) -> PresalePlan | None:
    """Take the plan of the presales; None when it cannot be used, which is then noted, or is not there."""
    value = table.values.get("presale")
    if value is None:
        return None
    if not isinstance(value, dict):
        table.note("presale", t("Write “presale” as a table of its own that starts with a line [presale]."))
        return None
    inside = Table(table.source, ("presale",), value)
    inside.check_keys(_KEYS)
    prices = _prices(inside)
    every_units = inside.take_number("every_units", 1, MAX_UNITS)
    clock = _clock(inside)
    combine = inside.take_choice("combine", Combine, Combine.MAX.value)
    moq = inside.take_number("moq", 1, MAX_UNITS)
    colours, sizes = _choices(inside, "colours", 40), _choices(inside, "sizes", 20)
    limit = inside.take_number("limit", 1, MAX_LIMIT, 10)
    cap = inside.take_number("cap", 1, MAX_UNITS, 10_000)
    if_missed = inside.take_choice("if_missed", IfMissed)
    if cap is not None and moq is not None and cap < moq:
        inside.note("cap" if "cap" in value else "moq", t("“cap” must not be smaller than “moq”."))
        return None
    if prices is None or every_units is None or clock is None or combine is None or moq is None:
        return None
    if colours is None or sizes is None or limit is None or cap is None or if_missed is None:
        return None
    return PresalePlan(
        *prices, every_units, clock, moq, colours, sizes, limit, cap, Combine(combine), IfMissed(if_missed)
    )


def _prices(table: Table) -> tuple[Money, Money, Money] | None:
    """Take base, step and list price, which must make a ladder."""
    currency = table.take_choice("currency", sorted(EXPONENTS))
    base, step, top = (_amount(table, key, currency) for key in ("base", "step", "list"))
    if base is None or step is None or top is None:
        return None
    if top < base:
        table.note("list", t("“list” is the highest price: it must not be below “base”."))
        return None
    if Ladder(base, step, top, 1).stages > MAX_STEPS:
        table.note(
            "step", t("So small a “step” makes more than {most} prices. Choose a larger one.", most=MAX_STEPS)
        )
        return None
    return base, step, top


def _amount(table: Table, key: str, currency: str | None) -> Money | None:
    value = table.take(key)
    if value is None or currency is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        amount = Decimal(value)
        if not 0 < amount <= _MAX_AMOUNT:
            raise ValueError
        return from_major(amount, currency)
    except (InvalidOperation, ValueError):
        table.note(
            key,
            t(
                "“{key}” must be an amount of {currency} above 0: a whole number, or in quotes with decimals"
                " as in {example}.",
                key=key,
                currency=currency,
                example=f'"{Decimal(5).scaleb(-EXPONENTS[currency]) + 99}"',
            ),
        )
        return None


def _clock(table: Table) -> TimeRule | None:
    days = table.take_number("days", 1, LONGEST.days)
    every = table.take_number("every_days", 1, LONGEST.days) if "every_days" in table.values else None
    at = table.take("at")
    if at is not None and (not isinstance(at, time) or at.tzinfo is not None):
        table.note("at", t("“at” must be a time of day, without quotes, as in 18:00:00."))
        return None
    if days is None or at is None or ("every_days" in table.values and every is None):
        return None
    return TimeRule(days, at, every)


def _choices(table: Table, key: str, most: int) -> tuple[str, ...] | None:
    value = table.take(key)
    if value is None:
        return None
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CHOICES:
        table.note(
            key, t("“{key}” must be a list of 1 to {most} words in quotes.", key=key, most=MAX_CHOICES)
        )
        return None
    words = [table.check_words(key, word, most) for word in value]
    whole = tuple(word for word in words if word is not None)
    if len({word.casefold() for word in whole}) < len(whole):
        table.note(key, t("“{key}” names one of them twice.", key=key))
        return None
    return whole if len(whole) == len(words) else None
