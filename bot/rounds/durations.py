"""Lengths of time as people type them: 24h, 90m, 2d, 1d 12h."""

import re
from datetime import timedelta

from bot.errors import RuleError
from bot.text import t

_UNITS = {
    "minutes": ("m", "min", "minute", "minutes", "分", "分钟"),
    "hours": ("h", "hour", "hours", "heure", "heures", "时", "小时"),
    "days": ("d", "j", "day", "days", "jour", "jours", "天"),
    "weeks": ("w", "week", "weeks", "semaine", "semaines", "周"),
}
"""What each unit is called in English, French and Chinese."""

_UNIT = {name: unit for unit, names in _UNITS.items() for name in names}
_NAMES = "|".join(sorted(_UNIT, key=len, reverse=True))
_PART = re.compile(rf"\s*([0-9]{{1,5}})\s*({_NAMES})(?![a-zà-ÿ])", re.IGNORECASE)


def take_duration(words: str) -> tuple[timedelta, str]:
    """Read the length of time that words begin with; returns it and the words that follow.

    Raises RuleError where they begin with none, so that `extend 24` is never guessed at.
    """
    length, end = timedelta(), 0
    while part := _PART.match(words, end):
        length += timedelta(**{_UNIT[part[2].lower()]: int(part[1])})
        end = part.end()
    if end == 0:
        raise RuleError(
            "duration.shape", t("Say how long, with its unit: 90m, 24h or 2d, for minutes, hours or days.")
        )
    return length, words[end:].strip(" ,;:.，。")
