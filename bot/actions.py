"""Button text ↔ action: at most 64 bytes, stateless, and untrusted when it comes back.

p:12:67:1   round 12: pick design 67        p:12:67:0   take that pick back
t:12:67     round 12: the other of the two (platforms whose buttons are redrawn late)
f:12:4:…    round 12: page 4 is finished     u:12        round 12: undo my last change
"""

import re
from dataclasses import dataclass

from bot.errors import RuleError
from bot.port import ACTION_BYTES
from bot.text import t


@dataclass(frozen=True, slots=True)
class Pick:
    """Pick designs by number; `want` False takes picks back, None turns each to its other state."""

    round_id: int
    numbers: tuple[int, ...]
    want: bool | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """Finish a page (from 1): what is on it and not picked has been passed on."""

    round_id: int
    page: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the fan's last change of picks."""

    round_id: int


Action = Pick | Finish | Undo

_SHAPES = (
    (re.compile(r"p:([0-9]{1,15}):([0-9]{1,4}):([01])"), lambda r, n, w: Pick(r, (n,), w == 1)),
    (re.compile(r"t:([0-9]{1,15}):([0-9]{1,4})"), lambda r, n: Pick(r, (n,))),
    (re.compile(r"f:([0-9]{1,15}):([0-9]{1,3})"), Finish),
    (re.compile(r"u:([0-9]{1,15})"), Undo),
)


def encode(action: Action) -> str:
    """Write an action as button text. A Pick of several numbers has none: it is typed, not tapped."""
    match action:
        case Pick(round_id, (number,), None):
            return f"t:{round_id}:{number}"
        case Pick(round_id, (number,), want):
            return f"p:{round_id}:{number}:{int(bool(want))}"
        case Finish(round_id, page):
            return f"f:{round_id}:{page}"
        case Undo(round_id):
            return f"u:{round_id}"
        case _:
            raise ValueError("only a pick of one design fits a button")


def decode(text: str) -> Action:
    """Read button text back; raises RuleError for anything we did not write."""
    if len(text.encode()) <= ACTION_BYTES:
        for shape, make in _SHAPES:
            if match := shape.fullmatch(text):
                return make(*map(int, match.groups()))
    raise RuleError(
        "action.unknown", t("This button is not one of ours any more. Open your ballot again and tap there.")
    )
