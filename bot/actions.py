"""Button text ↔ action: at most 64 bytes, stateless, and untrusted when it comes back.

p:12:67:1          round 12: pick design 67
p:12:67:0          round 12: take that pick back
t:12:67            round 12: the other of the two (platforms whose buttons are redrawn late)
f:12:4:9c1e07aa    round 12: page 4 is finished, of the order with this tag
c:12:67:2          round 12: love design 67 (1: like it, 0: pass)
r:12:67:colour:1   round 12: the colour is why (0: it is not)
d:12:67:72:1       round 12: of 67 and 72 the first one (2: the second, 0: can't choose)
u:12               round 12: undo my last change
o:7:3:1:2:34000:9c1e07aa   presale 7: order 3 in its colour 1 and size 2 for 340.00, by this ladder's version
x:41               cancel order 41
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bot.errors import RuleError
from bot.port import ACTION_BYTES, REASONS
from bot.text import t


@dataclass(frozen=True, slots=True)
class Pick:
    """Pick designs by number; `want` False takes picks back, None turns each to its other state."""

    round_id: int
    numbers: tuple[int, ...]
    want: bool | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """Finish a page (from 1): what is on it and not picked has been passed on.

    `order` is the tag of the order the page was cut from (`ballots.tag`); empty where nobody saw it.
    """

    round_id: int
    page: int
    order: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """Answer cards by number: 2 loves, 1 likes, 0 passes."""

    round_id: int
    numbers: tuple[int, ...]
    answer: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Name (or with `want` False no longer name) a reason, one of `port.REASONS`, for a card's answer."""

    round_id: int
    number: int
    key: str
    want: bool


@dataclass(frozen=True, slots=True)
class Prefer:
    """Answer a duel of two designs: `choice` 1 is for the first, 2 for the second, 0 for neither."""

    round_id: int
    first: int
    second: int
    choice: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the fan's last change of answers."""

    round_id: int


Action = Pick | Finish | Rate | Reason | Prefer | Undo


@dataclass(frozen=True, slots=True)
class Order:
    """Order units in a presale, for exactly what was quoted. Colour and size are places from 1 in the
    presale's lists; `total` is in minor units; `ladder` the first of the ladder's version."""

    presale_id: int
    quantity: int
    colour: int
    size: int
    total: int
    ladder: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Give an order back."""

    order_id: int


Deal = Order | CancelOrder
"""What is done in a presale, where Action is done on a ballot."""

_SHAPES: tuple[tuple[re.Pattern[str], Callable[..., Action | Deal]], ...] = (
    (re.compile(r"p:([0-9]{1,15}):([0-9]{1,4}):([01])"), lambda r, n, w: Pick(int(r), (int(n),), w == "1")),
    (re.compile(r"t:([0-9]{1,15}):([0-9]{1,4})"), lambda r, n: Pick(int(r), (int(n),))),
    (re.compile(r"f:([0-9]{1,15}):([0-9]{1,3})"), lambda r, p: Finish(int(r), int(p))),
    (re.compile(r"f:([0-9]{1,15}):([0-9]{1,3}):([0-9a-f]{8})"), lambda r, p, o: Finish(int(r), int(p), o)),
    (re.compile(r"c:([0-9]{1,15}):([0-9]{1,4}):([012])"), lambda r, n, a: Rate(int(r), (int(n),), int(a))),
    (
        re.compile(rf"r:([0-9]{{1,15}}):([0-9]{{1,4}}):({'|'.join(REASONS)}):([01])"),
        lambda r, n, k, w: Reason(int(r), int(n), k, w == "1"),
    ),
    (
        re.compile(r"d:([0-9]{1,15}):([0-9]{1,4}):([0-9]{1,4}):([012])"),
        lambda r, a, b, c: Prefer(int(r), int(a), int(b), int(c)),
    ),
    (re.compile(r"u:([0-9]{1,15})"), lambda r: Undo(int(r))),
    (
        re.compile(r"o:([0-9]{1,15}):([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,15}):([0-9a-f]{8})"),
        lambda p, q, c, s, m, v: Order(int(p), int(q), int(c), int(s), int(m), v),
    ),
    (re.compile(r"x:([0-9]{1,15})"), lambda o: CancelOrder(int(o))),
)


def encode(action: Action | Deal) -> str:
    """Write an action as button text. An answer to several numbers has none: it is typed, not tapped."""
    match action:
        case Pick(round_id, (number,), None):
            return f"t:{round_id}:{number}"
        case Pick(round_id, (number,), want):
            return f"p:{round_id}:{number}:{int(bool(want))}"
        case Finish(round_id, page, order):
            return f"f:{round_id}:{page}:{order}" if order else f"f:{round_id}:{page}"
        case Rate(round_id, (number,), answer):
            return f"c:{round_id}:{number}:{answer}"
        case Reason(round_id, number, key, want):
            return f"r:{round_id}:{number}:{key}:{int(want)}"
        case Prefer(round_id, first, second, choice):
            return f"d:{round_id}:{first}:{second}:{choice}"
        case Undo(round_id):
            return f"u:{round_id}"
        case Order(presale_id, quantity, colour, size, total, ladder):
            return f"o:{presale_id}:{quantity}:{colour}:{size}:{total}:{ladder}"
        case CancelOrder(order_id):
            return f"x:{order_id}"
        case _:
            raise ValueError("only an answer to one design fits a button")


@lru_cache(maxsize=4096)
def decode(text: str) -> Action | Deal:
    """Read button text back; raises RuleError for anything we did not write."""
    if len(text) <= ACTION_BYTES:  # our own are ASCII, and the shapes admit nothing else
        for shape, make in _SHAPES:
            if match := shape.fullmatch(text):
                return make(*match.groups())
    raise RuleError(
        "action.unknown", t("This button is not one of ours any more. Open your ballot again and tap there.")
    )
