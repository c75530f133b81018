"""Read `campaign.toml`: the rules of a campaign, fixed and printed before it opens."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from bot.errors import Problem
from bot.i18n import LANGUAGES
from bot.intake.presale_table import take_presale
from bot.intake.round_tables import take_rounds
from bot.intake.toml_table import Source, Table
from bot.local_time import zone_names
from bot.presale.model import PresalePlan
from bot.rounds.model import RoundPlan
from bot.text import Noun, t, tn

FILE = "campaign.toml"

_KEYS = ("key", "title", "time_zone", "language", "noun", "rounds", "presale")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FORMS = {"en": 2, "fr": 2, "zh": 1}
"""Plural forms per language, by the CLDR rules the catalogues use."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All that `campaign.toml` says, checked."""

    key: str
    title: str
    noun: Noun
    zone: ZoneInfo
    language: str
    rounds: tuple[RoundPlan, ...]
    presale: PresalePlan | None = None


def read_rules(data: bytes, designs: int | None) -> tuple[Rules | None, list[Problem]]:
    """Read the file's bytes; rules are None exactly when there are problems.

    `designs` is how many designs compete, None when that is not known.
    """
    source = Source(FILE)
    table = source.parse(data)
    rules = None if table is None else _rules(table, designs)
    return (None if source.problems else rules), source.problems


def _rules(table: Table, designs: int | None) -> Rules | None:
    table.check_keys(_KEYS)
    key = _key(table)
    title = table.take_words("title", 80)
    zone = _zone(table)
    language = table.take_choice("language", LANGUAGES, "en")
    noun = _noun(table)
    rounds = take_rounds(table, zone, designs)
    presale = take_presale(table)
    if key is None or title is None or zone is None or language is None or noun is None or rounds is None:
        return None
    return Rules(key, title, noun, zone, language, rounds, presale)


def _key(table: Table) -> str | None:
    key = table.take_words("key", 40)
    if key is None or _SLUG.fullmatch(key):
        return key
    table.note(
        "key",
        t("“key” goes into addresses: only small letters, digits and single hyphens, as in “summer-looks”."),
    )
    return None


def _zone(table: Table) -> ZoneInfo | None:
    name = table.take_words("time_zone", 60)
    if name is None:
        return None
    if name in zone_names():
        return ZoneInfo(name)
    near = get_close_matches(name, zone_names(), 1)
    if near:
        table.note(
            "time_zone", t("There is no time zone “{zone}”. Did you mean “{near}”?", zone=name, near=near[0])
        )
    else:
        table.note(
            "time_zone",
            t(
                "There is no time zone “{zone}”. Write it as area and city, such as “Europe/Paris”.",
                zone=name,
            ),
        )
    return None


def _noun(table: Table) -> Noun | None:
    value = table.take("noun")
    if value is None:
        return None
    if not isinstance(value, dict):
        table.note("noun", t('“noun” must be a table: a line [noun], then en = ["look", "looks"].'))
        return None
    inside = Table(table.source, (*table.path, "noun"), value)
    inside.check_keys(LANGUAGES)
    inside.take("en")
    forms = {name: _forms(inside, name) for name in LANGUAGES if name in value}
    whole = {name: words for name, words in forms.items() if words is not None}
    return Noun(whole) if "en" in whole and len(whole) == len(forms) else None


def _forms(table: Table, language: str) -> tuple[str, ...] | None:
    value, wanted = table.values[language], _FORMS[language]
    if not isinstance(value, list) or len(value) != wanted:
        table.note(
            language,
            tn(
                "“{language}” needs a list of {n} word.",
                "“{language}” needs a list of {n} words: for one thing, then for several.",
                wanted,
                language=language,
            ),
        )
        return None
    words = [table.check_words(language, word, 24) for word in value]
    whole = tuple(word for word in words if word is not None)
    return whole if len(whole) == wanted else None
