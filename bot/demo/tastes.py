"""Simulated fans: what each of them likes, how long they stay and how much they say.

What draws a fan to a garment, on the logit scale, is the garment's own quality, which everybody sees,
plus the fan's weights for its attributes. Weights come from a handful of ways to dress and from noise,
so that fans agree on some designs and split over others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, log
from random import Random
from types import MappingProxyType

from bot.demo import remarks
from bot.demo.garments import Garment
from bot.demo.names import names
from bot.demo.palette import DYES

Weights = Mapping[tuple[str, str], float]

_LANGUAGES = {"en": 0.7, "fr": 0.18, "zh": 0.12}

WAYS: Mapping[str, str] = {
    "romantic": """
        pattern floral dot -plain -check, sleeve puff bishop bell
        colour rose lilac butter plum -charcoal -ink
        silhouette tiered wrap smock empire blouse peplum circle -sheath -column -straight -blazer
        neckline sweetheart square bow, length midi maxi, category -trousers
    """,
    "minimal": """
        pattern plain rib -floral -dot -check, colour ecru ink charcoal sand -coral -mustard -rose
        silhouette column slip sheath straight blazer pencil cocoon slouchy -tiered -smock -balloon
        neckline boat turtleneck crew, sleeve long sleeveless -puff -bishop, waist plain straight bias
    """,
    "bold": """
        pattern colour-block check stripe -plain, colour coral mustard petrol terracotta moss -ecru -sand
        silhouette balloon barrel wide palazzo boxy bomber trumpet wrap -pencil -sheath -classic
        neckline halter lapel, sleeve bell puff, waist belted, category jumpsuit
    """,
    "classic": """
        pattern breton stripe check plain -colour-block, colour ink ecru sky petrol cocoa -lilac -coral
        silhouette shirt pencil a-line classic trench cardigan sheath pleated jumper -balloon -barrel -smock
        neckline collar crew boat, length knee hip midi -mini, waist belted, category coat jacket
    """,
    "breezy": """
        pattern dot floral plain stripe, colour butter sky sage coral ecru -charcoal -plum
        silhouette sun slip shift camisole tee culottes smock circle -trench -blazer -pencil
        sleeve strap short cap sleeveless -long, length mini cropped short knee -maxi, category -coat -jacket
    """,
}
"""Ways to dress: attribute values somebody is drawn to, or, with a minus, put off by."""


def _weights(words: str) -> Weights:
    out: dict[tuple[str, str], float] = {}
    attribute = ""
    for word in words.replace(",", " ").split():
        if word in ("pattern", "sleeve", "colour", "silhouette", "neckline", "length", "waist", "category"):
            attribute = word
        else:
            out[attribute, word.removeprefix("-")] = -1.0 if word.startswith("-") else 1.0
    return MappingProxyType(out)


_WAYS = {name: _weights(words) for name, words in WAYS.items()}

_PULL: Mapping[str, float] = {
    "category": 0.5,
    "silhouette": 0.7,
    "neckline": 0.3,
    "sleeve": 0.4,
    "length": 0.35,
    "waist": 0.2,
    "pattern": 0.6,
    "colour": 0.65,
}
"""How much each attribute counts in a taste."""


_FASHIONS = ("silhouette", "colour", "pattern", "length")


@cache
def _charm(about: str, spread: float) -> float:
    return Random(f"charm of {about}").gauss(0.0, spread)


def quality(garment: Garment) -> float:
    """Return how good everybody finds a garment, on the logit scale: the truth an estimate looks for.

    Part belongs to its attributes, as fashions do, and part to this one design.
    """
    look = " ".join(f"{name}={value}" for name, value in sorted(garment.attributes.items()))
    fashion = sum(
        _charm(f"{name}={garment[name]}", 0.3) for name in ("silhouette", "colour", "pattern", "length")
    )
    return fashion + _charm(f"{garment.category} {look}", 0.6)


_ALIKE = 0.2
"""Closer than this on the logit scale two garments are hard to choose between."""


@dataclass(frozen=True)
class Taste:
    """One simulated fan. `way` is the way of dressing that shaped the weights most.

    `leniency` shifts every answer (logit), `patience` is the chance to go on after a page, and
    `talkativeness` the chance to say something about a page.
    """

    name: str
    language: str
    way: str
    weights: Weights
    leniency: float
    patience: float
    talkativeness: float

    def likes(self, garment: Garment) -> float:
        """Return the probability that this fan picks the garment."""
        parts = {"category": garment.category, **garment.attributes}
        drawn = sum(self.weights.get(part, 0.0) * _PULL.get(part[0], 0.0) for part in parts.items())
        return 1 / (1 + exp(-(self.leniency + quality(garment) + drawn)))

    def answer(self, rng: Random, garment: Garment) -> bool:
        """Decide on one garment."""
        return rng.random() < self.likes(garment)

    def reaction(self, rng: Random, garment: Garment) -> str:
        """Say "love", "like" or "pass" of one garment: who loves it would pick it on a sheet."""
        likes = self.likes(garment)
        if rng.random() < likes:
            return "love"
        return "like" if rng.random() < likes**0.5 else "pass"

    def prefers(self, rng: Random, *both: Garment) -> int | None:
        """Choose between two garments (0 or 1), or None where they are alike to this fan."""
        left, right = (log(p / (1 - p)) for p in map(self.likes, both))
        if abs(left - right) < _ALIKE:
            return None if rng.random() < 0.5 else rng.randrange(2)
        return int(rng.random() < 1 / (1 + exp(left - right)))

    def goes_on(self, rng: Random) -> bool:
        """Decide after a page whether to look at another."""
        return rng.random() < self.patience

    def pages(self, rng: Random, pages: int) -> int:
        """Decide how many of `pages` to look at; at least one."""
        n = 1
        while n < pages and self.goes_on(rng):
            n += 1
        return n

    def remark(self, rng: Random, garment: Garment, liked: bool) -> str:
        """Say something about the garment in the fan's language."""
        return remarks.remark(rng, self.language, garment, liked)


def crowd(seed: int, count: int) -> tuple[Taste, ...]:
    """Make up `count` fans; the same seed gives the same ones, and more fans only adds to them."""
    rng = Random(f"crowd {seed}")
    called = {language: names(language, Random(f"names {seed} {language}")) for language in _LANGUAGES}
    return tuple(_taste(rng, called) for _ in range(count))


def _taste(rng: Random, called: Mapping[str, Iterator[str]]) -> Taste:
    language = rng.choices(list(_LANGUAGES), list(_LANGUAGES.values()))[0]
    first, second = rng.sample(list(_WAYS), 2)
    mixed: dict[tuple[str, str], float] = {("colour", colour): 0.0 for colour in DYES}
    for way, share in ((first, rng.uniform(0.7, 1.1)), (second, rng.uniform(0.0, 0.45))):
        for part, weight in _WAYS[way].items():
            mixed[part] = mixed.get(part, 0.0) + share * weight
    weights = {part: weight + rng.gauss(0.0, 0.35) for part, weight in mixed.items()}
    return Taste(
        name=next(called[language]),
        language=language,
        way=first,
        weights=MappingProxyType(weights),
        leniency=rng.gauss(-2.1, 0.7),
        patience=rng.betavariate(9.0, 1.2),
        talkativeness=rng.betavariate(1.1, 5.0),
    )
