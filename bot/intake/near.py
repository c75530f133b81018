"""Find photos that look almost the same: fans would split their votes between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

SIDE = 16
BITS = SIDE * SIDE
"""How many marks a perceptual hash compares. The usual 64 take any two garments on plain ground for twins."""


@dataclass(frozen=True, slots=True)
class Near:
    """Two indices into what was compared, and how many of the marks differ."""

    first: int
    second: int
    distance: int


def near_pairs(phashes: Sequence[str], most: int = 20) -> list[Near]:
    """List every pair of hex hashes at most `most` marks apart, in the order given."""
    values = [int(phash, 16) for phash in phashes]
    pairs = (Near(i, j, (values[i] ^ values[j]).bit_count()) for i, j in combinations(range(len(values)), 2))
    return [pair for pair in pairs if pair.distance <= most]


def near_to(phash: str, others: Mapping[int, str], most: int = 20) -> list[int]:
    """List whose hashes are at most `most` marks from one, in the order given."""
    value = int(phash, 16)
    return [name for name, other in others.items() if (value ^ int(other, 16)).bit_count() <= most]
