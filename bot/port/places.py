"""What a chat's button carries: what it does and what is shown after it, in few bytes.

t:12:67@v:4:10    the port's action `t:12:67`, tapped on page 4 of 10
f:12:4@d:4:10     a page is finished, the next one is shown
@v:5:10           page 5 of the ballot          @v    the page where it was left
@z:4:10           page 4's pad looks for a design       @z:4:10:67    design 67, large
@o:4:10:67        how it looked before                  @q:4:10       a pad to say something
@q:4:10:67        say something about design 67
@b @h @r @n       my ballot, help, results, presales    @n:67:2:1:3   three of 67 in colour 2, size 1
@m:4:10           page 4 as a menu              @w:4:10:1 @w:4:10:2   from now on as a menu, as buttons
@g                a number is asked for         @s:/mod undo 7        what a tap says for a person
"""

import re
from dataclasses import dataclass

from bot.errors import RuleError
from bot.text import t

DATA_BYTES = 64
"""Longest callback data on Telegram: Bot API. Others bear more."""

BALLOT, NEXT, LARGE, BEFORE, SAY, MINE, HELP, RESULTS, PRESALES, ORDERS, COMMAND = "vdzoqbhrnis"
MENU, SWITCH, FIND = "mwg"

_NUMBERED = frozenset(
    (BALLOT, NEXT, LARGE, BEFORE, SAY, MINE, HELP, RESULTS, PRESALES, ORDERS, MENU, SWITCH, FIND)
)


@dataclass(frozen=True, slots=True)
class Place:
    """What to show: `kind` is one of the letters above, the rest are its numbers in order."""

    kind: str
    numbers: tuple[int, ...] = ()
    words: str = ""

    def number(self, at: int) -> int | None:
        """Read a number of a place; 0 stands for none."""
        return self.numbers[at] or None if at < len(self.numbers) else None


@dataclass(frozen=True, slots=True)
class Tap:
    """A button as it comes back: untrusted, since custom clients send any bytes."""

    action: str
    place: Place | None


_GO = re.compile(r"presale:(\d{1,4})")
_PLACES = {"vote": BALLOT, "ballot": MINE, "results": RESULTS, "help": HELP, "presales": PRESALES}


def place_of(go: str) -> Place | None:
    """Find the place in a chat that a button of the port names."""
    if match := _GO.fullmatch(go):
        return Place(PRESALES, (int(match[1]),))
    kind = _PLACES.get(go)
    return Place(kind) if kind else None


def data(action: str, place: Place | None = None, most: int = DATA_BYTES) -> str:
    """Write what a button carries; a place that does not fit beside an action is left out."""
    full = f"{action}@{_written(place)}" if place else action
    if len(full.encode()) <= most:
        return full
    if not action:
        raise ValueError(f"{full!r} does not fit a button")
    return action


def fits(place: Place, most: int = DATA_BYTES) -> bool:
    return len(f"@{_written(place)}".encode()) <= most


def _written(place: Place) -> str:
    if place.kind == COMMAND:
        return f"{place.kind}:{place.words}"
    return ":".join([place.kind, *map(str, place.numbers)])


def read(text: str) -> Tap:
    """Read what a button carried; raises RuleError for what we did not write."""
    action, at, written = text.partition("@")
    if not at:
        return Tap(action, None)
    kind, colon, rest = written.partition(":")
    if kind == COMMAND and rest.startswith("/"):
        return Tap(action, Place(kind, words=rest))
    words = rest.split(":") if colon else []
    if kind not in _NUMBERED or not all(w.isascii() and w.isdecimal() and len(w) <= 9 for w in words):
        raise RuleError(
            "action.unknown",
            t("This button is not one of ours any more. Open your ballot again and tap there."),
        )
    return Tap(action, Place(kind, tuple(map(int, words))))
