"""What presales said together, put side by side: eighty posts one below the other bury everything else.

They open together, climb at the same instants and end together, so it is eighty posts each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.port import FeedPost

_KINDS = ("presale", "price", "presale_result")
_FEWEST = 3
_TOGETHER = timedelta(hours=1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Posts of one kind about presales that came one after the other; `id` is the first one's."""

    id: int
    at: datetime
    kind: str
    posts: tuple[FeedPost, ...]


def shelved(items: Sequence[_T]) -> list[_T | Shelf]:
    """Put runs of presales' posts on a shelf each, and leave everything else where it is."""
    found: list[_T | Shelf] = []
    run: list[FeedPost] = []
    for item in items:
        post = item if isinstance(item, FeedPost) and item.card.kind in _KINDS else None
        if run and not (post and _belongs(post, run[0])):
            found += _on_shelf(run)
            run = []
        if post is None:
            found.append(item)
        else:
            run.append(post)
    return found + _on_shelf(run)


def _belongs(post: FeedPost, first: FeedPost) -> bool:
    return post.card.kind == first.card.kind and post.at - first.at <= _TOGETHER


def _on_shelf(run: list[FeedPost]) -> list[Any]:
    if len(run) < _FEWEST:
        return list(run)
    return [Shelf(run[0].id, run[0].at, run[0].card.kind, tuple(run))]
