"""Which versions a fan is shown first."""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np


def order(seed: str, fan_id: int, seen: Sequence[int], page_size: int) -> tuple[int, ...]:
    """Return every position once, in the order this fan is shown them; the same inputs give the same order.

    `seen` is how often each version was seen so far, by position. Fans stop when they like, so the
    least-seen come first: sorted by seen plus a random amount up to (one page + the mean of seen). Less
    chance would send fans who start together to the same page (their views count only once a page is
    finished), and fill it beyond the others; so much is several times evener than a shuffle and stays
    calm while a third of all fans read at once. Inside a page the order is shuffled again, so a place on
    it tells nobody anything.
    """
    if page_size < 1:
        raise ValueError("a page holds at least 1 version")
    counts = np.asarray(seen, dtype=np.float64)
    if not counts.size:
        return ()
    digest = sha256(f"order:{seed}:{fan_id}".encode()).digest()
    chance = np.random.default_rng(int.from_bytes(digest)).random((2, counts.size))
    ranked = np.argsort(counts + (page_size + counts.mean()) * chance[0], kind="stable")
    pages = np.arange(counts.size) // page_size
    shown = ranked[np.lexsort((chance[1], pages))]
    return tuple(int(position) for position in shown)
