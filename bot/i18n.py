"""Render text for a reader: gettext catalogues and Babel's formats, chosen per person.

Catalogues are read straight from the `.po` files at start, so there is no compile step to forget.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from gettext import c2py
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_datetime, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from bot.money import EXPONENTS, Money
from bot.text import Count, Hole, Noun, Numbers, Share, Span, Text, When

LANGUAGES = ("en", "fr", "zh")
"""The languages every text exists in; English is the source."""

_UNTRANSLATED = Text("{words}").msgid


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: their language and the zone whose clock they live by."""

    language: str = "en"
    zone: tzinfo = UTC


@lru_cache(maxsize=1024)
def language_of(*wishes: str | None) -> str:
    """Choose the best of our languages for a person's wishes, first wish first; English at last."""
    asked = [w.replace("-", "_") for wish in wishes if wish for w in (wish, wish.split("-")[0])]
    return negotiate_locale([w.split("_")[0] for w in asked], LANGUAGES) or "en"


@cache
def catalogue(language: str) -> Catalog:
    """Read one language's catalogue; English is the source and needs none."""
    path = files("bot") / "locale" / language / "LC_MESSAGES" / "catwalk.po"
    with path.open("rb") as f:
        return read_po(f, locale=language)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse("zh_Hans" if language == "zh" else language)


def _plural_index(language: str, n: int) -> int:
    if language == "en":
        return 0 if n == 1 else 1
    return _plural_rule(language)(n)


@cache
def _plural_rule(language: str) -> Callable[[int], int]:
    return c2py(catalogue(language).plural_expr)


def _pattern(text: Text, language: str) -> str:
    plural = text.plural is not None and text.n is not None
    if language != "en" and text.msgid != _UNTRANSLATED:
        message = catalogue(language).get(text.msgid)
        if message is not None and message.string:
            if isinstance(message.string, str):
                return message.string
            form = message.string[_plural_index(language, text.n or 0)]
            if form:
                return form
    if plural and text.plural is not None and text.n != 1:
        return text.plural
    return text.msgid


def render(text: Text, reader: Reader) -> str:
    """Render `text` in the reader's language, numbers and instants in their format."""
    pattern = _pattern(text, reader.language)
    if not text.holes:
        return pattern
    return pattern.format_map({name: _hole(value, reader) for name, value in text.holes.items()})


def _hole(value: Hole, reader: Reader) -> str:
    locale = _locale(reader.language)
    match value:
        case str():
            return value
        case Numbers(values):  # in every toast
            return listed([number(v) for v in values], reader)
        case int() | float():
            return format_decimal(value, locale=locale)
        case Text():
            return render(value, reader)
        case When(at):
            return moment(at, reader)
        case Span(seconds):
            span = timedelta(seconds=max(0, round(seconds)))
            return format_timedelta(span, threshold=1.5, locale=locale)
        case Share(share):
            pattern = "0%" if reader.language == "zh" else "0\N{NO-BREAK SPACE}%"
            return format_percent(share, pattern, locale=locale)
        case Count(n, noun):
            return f"{format_decimal(n, locale=locale)}\N{NO-BREAK SPACE}{plural(noun, n, reader.language)}"
        case Money():
            return money(value, reader)


def plural(noun: Noun, n: int, language: str) -> str:
    """Choose the noun's form for `n`; a language the campaign did not name falls back to English."""
    if language not in noun.forms:
        language = "en"
    forms = noun.forms[language]
    return forms[min(_plural_index(language, n), len(forms) - 1)]


def listed(words: Sequence[str], reader: Reader) -> str:
    """Join words as a list in the reader's language: `a, b and c`."""
    if len(words) < 2:
        return words[0] if words else ""
    return format_list(list(words), locale=_locale(reader.language))


def number(design_number: int) -> str:
    """Write a design's number as fans do: `#067`."""
    return f"#{design_number:03d}"


def money(amount: Money, reader: Reader) -> str:
    """Write an amount as the reader's language does, without decimals where it is whole: `€110`, `110 €`."""
    locale = _locale(reader.language)
    whole = amount.amount == amount.amount.to_integral_value()
    decimals = "" if whole else "." + "0" * EXPONENTS[amount.currency]
    pattern = _currency_pattern(reader.language).replace("0.00", f"0{decimals}")
    shown: str = format_currency(
        amount.amount, amount.currency, format=pattern, locale=locale, currency_digits=False
    )
    return re.sub(r"(?<=[A-Z])(?=\d)", "\N{NO-BREAK SPACE}", shown)  # a code, unlike a sign, stands apart


@cache
def _currency_pattern(language: str) -> str:
    return str(_locale(language).currency_formats["standard"].pattern)


def moment(at: datetime, reader: Reader) -> str:
    """Write an instant on the reader's clock with the zone's city: `Fri 27 Nov, 20:00 (Berlin)`."""
    locale = _locale(reader.language)
    local = at.astimezone(reader.zone)
    pattern = {"en": "EEE d MMM, HH:mm", "fr": "EEE d MMM, HH:mm", "zh": "M月d日EEE HH:mm"}[reader.language]
    day = format_datetime(local, pattern, tzinfo=reader.zone, locale=locale)
    if isinstance(reader.zone, ZoneInfo) and reader.zone.key != "UTC":
        city = get_timezone_location(reader.zone, locale=locale, return_city=True)
    else:
        city = "UTC"
    return f"{day}（{city}）" if reader.language == "zh" else f"{day} ({city})"
