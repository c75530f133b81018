"""What simulated fans say under a design: short, in their own words, about something it really has.

These are what people say, not texts of the program, so no catalogue translates them. A line is
`what the garment must be | what is said`; holes are filled from `words`.
"""

from collections.abc import Mapping
from random import Random

from bot.demo.garments import Garment
from bot.demo.palette import PAIRS
from bot.demo.phrases import LINES, OPENERS, PLAIN, WORDS

_OPENING = 0.3

_Line = tuple[Mapping[str, frozenset[str]], str]


def _parsed(text: str) -> tuple[_Line, ...]:
    out: list[_Line] = []
    for line in text.strip().splitlines():
        needs, said = (part.strip() for part in line.split("|"))
        wanted = [need.partition("=") for need in needs.split()]
        out.append(({name: frozenset(values.split(",")) for name, _, values in wanted}, said))
    return tuple(out)


_LINES = {key: _parsed(text) for key, text in LINES.items()}


def remark(rng: Random, language: str, garment: Garment, liked: bool) -> str:
    """Say something that is true of the garment: praise when `liked`, else a wish or a doubt.

    Of a photo, about which nothing is known, only what can be said of anything.
    """
    if not garment["colour"]:
        return rng.choice(PLAIN[language, liked])
    fitting = [line for line in _LINES[language, liked] if _fits(line[0], garment)]
    _, said = rng.choices(fitting, [_pointed(line) for line in fitting])[0]
    opener = rng.choice(OPENERS[language]) if rng.random() < _OPENING else ""
    return opener + said.format_map(_words(rng, language, garment))


def _fits(needs: Mapping[str, frozenset[str]], garment: Garment) -> bool:
    for name, values in needs.items():
        value = garment.category if name == "category" else garment[name]
        if not value or (values != {""} and value not in values):
            return False
    return True


def _pointed(line: _Line) -> float:
    """Prefer lines that suit few garments, so that comments are about this one."""
    return 0.4 if not line[0] else 2.0 if all(values != {""} for values in line[0].values()) else 1.0


def _words(rng: Random, language: str, garment: Garment) -> Mapping[str, str]:
    words = WORDS[language]
    other = rng.choice([colour for colour in PAIRS[garment["colour"]] if colour != garment["accent"]])
    colour, accent, other = (words.get(name, name) for name in (garment["colour"], garment["accent"], other))
    return {
        "colour": colour,
        "accent": accent,
        "other": other,
        "this": words[garment.category],
        **{f"{article}_colour": _french(article, colour) for article in ("le", "ce", "de")},
        "le_accent": _french("le", accent),
    }


def _french(article: str, word: str) -> str:
    """Join a French article to a word: « l'écru », « cet écru », « le sable »."""
    if word[0] not in "aeéiou":
        return f"{article} {word}"
    return f"cet {word}" if article == "ce" else f"{article[0]}'{word}"
