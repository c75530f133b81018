"""The demo's designers: from what fans say about a garment to its next version, and the line beside it.

A change is taken only where the garment's silhouette allows it, so that every version can be drawn. Notes are
what designers write, not texts of the program, and no catalogue translates them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.demo.garments import Garment
from bot.demo.line_up import LINE_UP, Recipe
from bot.demo.palette import PAIRS
from bot.demo.phrases import WORDS


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do to a garment: `attribute` from one of `wrong` to the first of `right` that suits it.

    `asked` are the words, in any language, by which a remark is taken to ask for it.
    """

    attribute: str
    wrong: frozenset[str]
    right: tuple[str, ...]
    note: str
    asked: tuple[str, ...]


def _change(attribute: str, wrong: str, right: str, note: str, *asked: str) -> Change:
    return Change(attribute, frozenset(wrong.split()), tuple(right.split()), note, asked)


CHANGES = (
    _change(
        "sleeve", "short cap", "elbow long bishop", "Longer sleeves",
        "longer sleeves", "to the elbow", "manches plus longues", "袖子再长",
    ),
    _change(
        "sleeve", "sleeveless strap", "short cap elbow", "With sleeves",
        "with sleeves", "wider straps", "avec des manches", "有袖子",
    ),
    _change(
        "sleeve", "long bishop", "short elbow", "Shorter sleeves, for summer",
        "short sleeves", "manches courtes", "短袖",
    ),
    _change(
        "sleeve", "puff bell", "short elbow long", "Slimmer sleeves",
        "less puff", "sleeves too big", "end up in my soup", "moins de volume", "dans ma soupe", "别那么蓬",
        "喇叭袖",
    ),
    _change(
        "length", "mini short cropped", "knee hip midi long", "Cut longer",
        "longer and", "too short", "too cropped", "centimètres de plus", "trop court", "再长十厘米", "太短",
    ),
    _change(
        "length", "maxi long", "midi knee hip", "Cut shorter",
        "midi please", "bit shorter", "plutôt midi", "marcher dessus", "太长",
    ),
    _change(
        "length", "midi knee", "knee mini short", "Cut shorter",
        "shorter please", "at my ankles", "trop long", "再短一点", "拖地",
    ),
    _change(
        "pattern", "floral dot check stripe breton colour-block", "plain", "Plain, without the print",
        "but plain", "too much for me", "tablecloth", "dizzy", "one colour", "en uni", "trop de pois",
        "nappe", "une seule couleur", "纯色", "波点有点密", "像桌布", "一种颜色",
    ),
    _change(
        "pattern", "plain", "dot floral stripe check", "With a print",
        "a print would help", "needs something", "trop sage", "有点素",
    ),
    _change("waist", "straight plain", "belted tied", "With a belt", "a belt", "une ceinture", "加条腰带"),
    _change(
        "waist", "belted tied", "straight plain natural", "Without the belt",
        "without the belt", "sans la ceinture", "不要腰带",
    ),
    _change(
        "neckline", "v scoop sweetheart", "boat crew square", "A higher neckline",
        "bit higher", "too low", "plus haut", "领口再高",
    ),
    _change(
        "neckline", "turtleneck crew boat", "crew scoop v square", "A more open neckline",
        "crew neck", "too high at the neck", "sans col roulé", "trop fermée", "圆领", "再低一点",
    ),
)  # fmt: skip

_COLOUR = "Now in {}"


@dataclass(frozen=True, slots=True)
class Revision:
    """A garment as it is next, and the line that says what changed.

    `answers` are the remarks (by index) that asked for it, `others` those that asked for something else.
    """

    garment: Garment
    note: str
    answers: tuple[int, ...]
    others: tuple[int, ...]


def revise(garment: Garment, remarks: Sequence[str]) -> Revision | None:
    """Do what most remarks ask for; None where none of them asks for what can be done."""
    wishes: dict[str, tuple[Mapping[str, str], list[int]]] = {}
    for i, words in enumerate(remarks):
        for note, made in _asked(garment, words.lower()):
            wishes.setdefault(note, (made, []))[1].append(i)
    if not wishes:
        return None
    note, (made, answers) = max(wishes.items(), key=lambda wish: len(wish[1][1]))
    others = {i for _, asking in wishes.values() for i in asking} - set(answers)
    return Revision(_with(garment, made), note, tuple(answers), tuple(sorted(others)))


def apply(garment: Garment, note: str) -> Garment:
    """Find again what a version looks like by the line that stands beside it."""
    for change in CHANGES:
        if change.note == note and (made := _made(garment, change)):
            return _with(garment, made)
    for colour in PAIRS:
        if note == _COLOUR.format(colour):
            return _with(garment, _dyed(colour))
    return garment


def _asked(garment: Garment, words: str) -> list[tuple[str, Mapping[str, str]]]:
    """List what a remark asks for: (note, attributes to set)."""
    asked = [
        (change.note, made)
        for change in CHANGES
        if any(wish in words for wish in change.asked) and (made := _made(garment, change))
    ]
    allowed = _recipe(garment).colours or tuple(PAIRS)
    asked += [
        (_COLOUR.format(colour), _dyed(colour))
        for language in WORDS.values()
        for colour in allowed
        if colour != garment["colour"] and language.get(colour, colour).lower() in words
    ]
    return list(dict(asked).items())


def _made(garment: Garment, change: Change) -> Mapping[str, str] | None:
    if garment[change.attribute] not in change.wrong:
        return None
    recipe = _recipe(garment)
    allowed = {
        "sleeve": recipe.sleeves, "length": recipe.lengths, "waist": recipe.waists,
        "neckline": recipe.necklines, "pattern": tuple(recipe.patterns),
    }[change.attribute]  # fmt: skip
    right = next((v for v in change.right if v in allowed and v != garment[change.attribute]), None)
    return {change.attribute: right} if right else None


def _dyed(colour: str) -> Mapping[str, str]:
    return {"colour": colour, "accent": PAIRS[colour][0]}


def _recipe(garment: Garment) -> Recipe:
    return next(r for r in LINE_UP[garment.category] if r.silhouette == garment["silhouette"])


def _with(garment: Garment, made: Mapping[str, str]) -> Garment:
    return replace(garment, attributes=MappingProxyType({**garment.attributes, **made}))
