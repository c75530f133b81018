"""Run `catwalk run` as ever, with a platform outside, and where asked with a stop or a flaw.

`run.py PLATFORM [--stop-at POINT] [--without lock|lease] WORDS` takes the words of `catwalk run`. When it
first reaches POINT (see `tests/e2e/killed_at.py`) it stops itself (SIGSTOP), until somebody lets it go on.
Without the rounds' lock, or with a lease that never excludes, the harness must find what goes wrong.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterable
from http.client import HTTPConnection
from itertools import count
from typing import Any

import bot.__main__
from bot import main
from bot.errors import Refused
from bot.lease import Lease
from bot.port import Inbox, Limits, Post, Reply
from bot.storage import leases
from bot.storage.store import Tx
from tests.e2e import killed_at
from tests.faults.outside import NAME

BEFORE_A_POST = "before a post"


class Megaphone:
    """A platform that only tells: each post is one request, and it knows no key to tell repeats by."""

    platform = NAME
    limits = Limits(edit_every_s=3600.0)

    def __init__(self, address: str) -> None:
        self._address = address

    async def run(self, inbox: Inbox) -> None:
        """Hear nothing, for ever."""
        await asyncio.Event().wait()

    async def post(self, post: Post) -> str:
        said = {"key": post.key, "kind": post.card.kind, "sender": os.getpid()}
        return await asyncio.to_thread(self._send, json.dumps(said).encode())

    def _send(self, body: bytes) -> str:
        connection = HTTPConnection(self._address)
        try:
            connection.request("POST", "/", body)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    async def edit(self, post: Post, remote_id: str) -> None:
        raise Refused("what was said is said")

    async def retract(self, group: str, remote_id: str) -> None:
        raise Refused("what was said is said")

    async def direct(self, remote_id: str, told: Reply) -> None:
        raise Refused("nobody listens alone")


def stop() -> None:
    """Stop here and now, as a machine does that hangs."""
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_before_a_post() -> None:
    """Stop when the platform's lease is looked at for the first time, the last thing before a request."""
    check, looks = Lease.check, count()

    def stopping(lease: Lease) -> None:
        if lease.name == NAME and next(looks) == 0:
            stop()
        check(lease)

    Lease.check = stopping  # type: ignore[method-assign,assignment]


async def _no_lock(_tx: Tx, _round_ids: Iterable[int]) -> None:
    """Exclude nobody."""


async def _anybodys(*_: Any) -> bool:
    """Give the lease to whoever asks."""
    return True


def drop(guard: str) -> None:
    """Take away what keeps processes out of each other's way."""
    if guard == "lock":
        Tx.share_rounds = Tx.exclude_rounds = _no_lock  # type: ignore[method-assign,assignment]
    else:
        leases.take = _anybodys  # type: ignore[assignment]
        Lease.left_s = property(lambda _lease: 60.0)  # type: ignore[assignment]


def run(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("platform")
    parser.add_argument("--stop-at", choices=(BEFORE_A_POST, *killed_at.POINTS))
    parser.add_argument("--without", choices=("lock", "lease"))
    given, own = parser.parse_known_args(words)

    class Louder(main.Installation):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            self.join(Megaphone(given.platform), self.lease(NAME))

    main.Installation = Louder  # type: ignore[misc]
    if given.stop_at == BEFORE_A_POST:
        stop_before_a_post()
    elif given.stop_at:
        killed_at.strike_at(given.stop_at, 1, stop)
    if given.without:
        drop(given.without)
    return bot.__main__.main(["run", *own])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
