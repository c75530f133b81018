"""The demo's season: which garments exist, described by attributes, all different to the eye."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType

from bot.demo.line_up import LINE_UP, SHARES, Recipe
from bot.demo.palette import DYES, PAIRS
from bot.demo.titles import titles

ATTRIBUTES = ("silhouette", "neckline", "sleeve", "length", "waist", "pattern", "colour", "accent")

_APART: Mapping[str, float] = {
    "silhouette": 3.0,
    "neckline": 1.0,
    "sleeve": 1.5,
    "length": 1.5,
    "waist": 0.4,
    "pattern": 2.0,
    "colour": 2.0,
    "accent": 0.4,
}
"""How much a difference in each attribute shows; two garments of one silhouette stay 3 apart at least."""

_TRIES = 30


@dataclass(frozen=True)
class Garment:
    """One design: `attributes` holds those of `ATTRIBUTES` that its category has."""

    title: str
    category: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")


_Look = tuple[str, Mapping[str, str]]


def season(seed: int, count: int = 200) -> tuple[Garment, ...]:
    """Design a season: the same seed gives the same garments, in an order without merit.

    Every garment is the best of many tries, measured by how far it is from those already in.
    """
    rng = Random(seed)
    looks: list[_Look] = []
    worn: Counter[str] = Counter()
    for category in _plan(count, rng):
        look = _next(rng, category, looks, worn)
        looks.append(look)
        worn[look[1]["colour"]] += 1
    names = titles(looks)
    return tuple(
        Garment(name, category, MappingProxyType(dict(attributes)))
        for name, (category, attributes) in zip(names, looks, strict=True)
    )


def _plan(count: int, rng: Random) -> list[str]:
    """Deal out the categories by their shares, then shuffle."""
    total = sum(SHARES.values())
    exact = {name: count * share / total for name, share in SHARES.items()}
    plan = [name for name, n in exact.items() for _ in range(int(n))]
    by_rest = sorted(exact, key=lambda name: int(exact[name]) - exact[name])
    plan += by_rest[: count - len(plan)]
    rng.shuffle(plan)
    return plan


def _next(rng: Random, category: str, looks: Sequence[_Look], worn: Counter[str]) -> _Look:
    others = [attributes for kind, attributes in looks if kind == category]
    best: Mapping[str, str] = {}
    most = float("-inf")
    while most < 3.0:
        for _ in range(_TRIES):
            tried = _try(rng, category)
            apart = min((distance(tried, other) for other in others), default=99.0)
            crowding = 0.9 * worn[tried["colour"]] / (1 + len(looks) / len(DYES))
            alike = sum(1 for other in others if other["silhouette"] == tried["silhouette"]) / (
                1 + len(others)
            )
            merit = min(apart, 6.0) - crowding - 4.0 * alike
            if (apart >= 3.0 and merit > most) or not best:
                best, most = tried, max(merit, 3.0) if apart >= 3.0 else float("-inf")
    return category, best


def distance(a: Mapping[str, str], b: Mapping[str, str]) -> float:
    """Measure how different two garments of one category look."""
    return sum(weight for name, weight in _APART.items() if a.get(name) != b.get(name))


def _try(rng: Random, category: str) -> Mapping[str, str]:
    recipes = LINE_UP[category]
    recipe = rng.choices(recipes, [r.weight for r in recipes])[0]
    colour, accent = _dye(rng, recipe)
    pattern = rng.choices(list(recipe.patterns), list(recipe.patterns.values()))[0]
    if pattern == "breton" and colour not in ("ecru", "sky", "butter", "rose") and rng.random() < 0.6:
        colour, accent = "ecru", rng.choice(PAIRS["ecru"])
    parts = {
        "silhouette": recipe.silhouette,
        "neckline": _one(rng, recipe.necklines),
        "sleeve": _one(rng, recipe.sleeves),
        "length": _one(rng, recipe.lengths),
        "waist": _one(rng, recipe.waists),
        "pattern": pattern,
        "colour": colour,
        "accent": accent,
    }
    if parts["neckline"] == "halter":
        parts["sleeve"] = "sleeveless"
    return {name: value for name, value in parts.items() if value}


def _one(rng: Random, values: Sequence[str]) -> str:
    return rng.choice(values) if values else ""


def _dye(rng: Random, recipe: Recipe) -> tuple[str, str]:
    colour = rng.choice(recipe.colours or tuple(DYES))
    return colour, rng.choice(PAIRS[colour])
