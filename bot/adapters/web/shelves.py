"""Presales that opened together, put side by side: eighty posts one below the other bury everything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.port import FeedPost

_FEWEST = 3
_TOGETHER = timedelta(hours=1)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Posts about presales that came one after the other; `id` is the first one's."""

    id: int
    at: datetime
    posts: tuple[FeedPost, ...]


def shelved(items: Sequence[_T]) -> list[_T | Shelf]:
    """Put runs of presales' posts on a shelf each, and leave everything else where it is."""
    found: list[_T | Shelf] = []
    run: list[FeedPost] = []
    for item in items:
        post = item if isinstance(item, FeedPost) and item.card.kind == "presale" else None
        if run and (post is None or post.at - run[0].at > _TOGETHER):
            found += _on_shelf(run)
            run = []
        if post is None:
            found.append(item)
        else:
            run.append(post)
    return found + _on_shelf(run)


def _on_shelf(run: list[FeedPost]) -> list[Any]:
    return [Shelf(run[0].id, run[0].at, tuple(run))] if len(run) >= _FEWEST else list(run)
