"""A whole season while the power goes again and again: it ends as if it never had, for everybody."""

import asyncio
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from bot.service import designs
from bot.storage import fan_orders, presales, rounds, tallies
from bot.storage.store import Store, Tx
from bot.storage.tables import Account, ActionLog, Comment, Design, Notice, Outbox, Post, table
from tests.e2e import made, season
from tests.intake.made import folder, jpeg
from tests.postgres import Server

LIVES = multiprocessing.get_context("forkserver")
LIVES.set_forkserver_preload(["tests.e2e.season"])
"""Every life is a process of its own; forked where all is imported, it begins at once."""

MOST_MOMENTS, LAST = 120, 10
"""Power goes up to so many statements after a step begins, and not so near the end that it is over before."""

DESIGNS = 12

_HEAD = """\
key = "spring"
title = "Spring looks"
time_zone = "Europe/Berlin"

[noun]
en = ["look", "looks"]

[[rounds]]
ballot = "sheets"
opens_at = 2026-11-28T10:00:00
closes_at = 2026-11-30T10:00:00
keep = 8
quorum = 3
tie_rule = "lot"
page_size = 6

[[rounds]]
ballot = "cards"
opens_at = 2026-12-01T10:00:00
closes_at = 2026-12-03T10:00:00
keep = 5
quorum = 3
tie_rule = "lot"

[[rounds]]
ballot = "duels"
opens_at = 2026-12-04T10:00:00
closes_at = 2026-12-06T10:00:00
keep = 3
quorum = 3
tie_rule = "lot"

[presale]
currency = "EUR"
base = 100
step = 10
list = 300
every_units = 4
every_days = 3
days = 9
at = 18:00:00
moq = 5
colours = ["Sage", "Black"]
sizes = ["S", "M", "L"]
limit = 10
cap = 200
if_missed = "end"
"""


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a campaign of three rounds and a presale."""
    root = tmp_path_factory.mktemp("season")
    lines = [f"{n:03d}.jpg,Look {n},dress\n" for n in range(1, DESIGNS + 1)]
    photos = {f"photos/{n:03d}.jpg": jpeg(n) for n in range(1, DESIGNS + 1)}
    return folder(root / "spring", _HEAD, "photo,title,category\n" + "".join(lines), photos)


class Play:
    """One season on a database of its own."""

    def __init__(self, root: Path, source: Path, url: str) -> None:
        self.home = root / "home"
        self.home.mkdir(parents=True)
        self.url = url
        made.fill(url, source, root / "photos")
        asyncio.run(season.prepare(url, self.home))

    def live(self, step: int = 0, moment: int = 0) -> int:
        """Play on to the end, or until the power goes at so many moments from a step on; say how it ended."""
        life = LIVES.Process(target=season.live, args=(self.url, self.home, step, moment))
        life.start()
        life.join(300)
        assert life.exitcode is not None, "a life does not end"
        return life.exitcode

    @property
    def answered(self) -> int:
        """Count the steps that were taken."""
        return len((self.home / "answered").read_text().split())

    @property
    def said(self) -> str:
        return (self.home / "said").read_text()

    def truth(self) -> dict[str, Any]:
        return asyncio.run(_truth(self.url))


async def _truth(url: str) -> dict[str, Any]:
    """Read all that anybody was told, holds or decided, by names that no power cut changes."""
    store = Store(url)
    try:
        async with store.read() as tx:
            number_of = await _pairs(tx, _design.c.id, _design.c.number)
            fan_of = await _pairs(tx, _account.c.fan_id, _account.c.remote_id)
            kept: dict[str, Any] = {}
            for round_ in await rounds.rounds_of(tx, 1):
                cut = await rounds.signed_cut(tx, round_.id)
                kept[f"cut {round_.number}"] = [
                    (number_of[line.design_id], line.kept, line.place, _rounded(line.reason)) for line in cut
                ]
                candidates = await rounds.candidates(tx, round_.id)
                counted = await tallies.kept(tx, round_.id)
                kept[f"votes {round_.number}"] = sorted(
                    (c.number, c.version, counted.get(c.version_id)) for c in candidates
                )
            for presale in await presales.presales_of(tx, 1):
                number = number_of[presale.design_id]
                kept[f"presale {number}"] = (
                    presale.state, presale.next_serial, presale.net, presale.stage,
                    [(c.label, c.units, c.counted) for c in presale.colours],
                )  # fmt: skip
                kept[f"orders {number}"] = [
                    (fan_of[o.fan_id], o.colour, o.size, o.quantity, o.total, o.state, o.at, o.lines)
                    for o in await fan_orders.orders_in(tx, presale.id)
                ]
            said = await tx.conn.execute(select(_comment.c.body, _comment.c.status, _comment.c.reason))
            kept["comments"] = sorted(tuple(line) for line in said)
            told = await tx.conn.execute(select(_notice.c.fan_id, _notice.c.text))
            kept["notices"] = sorted((fan_of[fan], json.dumps(text, sort_keys=True)) for fan, text in told)
            done = await tx.conn.execute(
                select(_log.c.action, _log.c.at).where(_log.c.action != "campaign_loaded")
            )
            kept["log"] = sorted(tuple(line) for line in done)
            posts = await tx.conn.execute(select(_post.c.kind, _post.c.card))
            kept["posts"] = sorted((kind, json.dumps(_rounded(card), sort_keys=True)) for kind, card in posts)
            waiting = select(_outbox.c.key).where(_outbox.c.settled_at.is_(None))
            kept["waiting"] = list((await tx.conn.execute(waiting)).scalars())
        return kept
    finally:
        await store.close()


def _rounded(words: Any) -> Any:
    """Read stored words without the last digits of their numbers.

    PostgreSQL returns votes in any order, and their sums differ then by the order they are added in.
    """
    return json.loads(json.dumps(words), parse_float=lambda said: round(float(said), 9))


async def _pairs(tx: Tx, key: Any, value: Any) -> dict[Any, Any]:
    return {line[0]: line[1] for line in await tx.conn.execute(select(key, value))}


_design, _account, _comment, _notice = table(Design), table(Account), table(Comment), table(Notice)
_log, _post, _outbox = table(ActionLog), table(Post), table(Outbox)


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make a new database by name."""
    if request.param == "sqlite":
        yield lambda name: f"sqlite+aiosqlite:///{tmp_path / name}.db"
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.fresh_database() as first, server.fresh_database() as second:
        urls = {"calm": first, "dark": second}
        yield urls.__getitem__


@pytest.mark.parametrize(("new_url", "kills"), [("sqlite", 20), ("postgresql", 8)], indirect=["new_url"])
def test_power_cuts_change_nothing(
    new_url: Callable[[str], str],
    kills: int,
    tmp_path: Path,
    spring: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(designs, "new_seed", lambda: "the seed of every round")
    calm = Play(tmp_path / "calm", spring, new_url("calm"))
    assert calm.live() == 0, calm.said
    wanted = calm.truth()
    assert wanted["waiting"] == []
    assert Counter(kind for kind, _ in wanted["posts"])["price"] >= 4

    dark, rng = Play(tmp_path / "dark", spring, new_url("dark")), Random(kills)
    for step in sorted(rng.sample(range(calm.answered - LAST), kills)):
        assert dark.live(step, rng.randrange(1, MOST_MOMENTS)) == -9, dark.said
    assert dark.live() == 0, dark.said
    assert dark.truth() == wanted
