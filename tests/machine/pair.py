"""A real shop and its reference, side by side: what is done to the one is done to the other, and compared."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select

from bot.errors import RuleError
from bot.port import Actor, Command, Look, Press, Reply, Sheet, ShowPage
from bot.rounds.model import BallotShape, MarkKind, RoundPlan, RoundState, TieRule
from bot.service import designs, people, rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import one_ballot, tallies, votes
from bot.storage import people as people_rows
from bot.storage import rounds as round_rows
from bot.storage.store import Store, Tx
from bot.storage.tables import Account, Ballot, Outbox, Vote, table
from tests.clock import START, Clock
from tests.machine.reference import ROOM, Reference, Refusal
from tests.made_shop import SECRET, campaign_file

T = TypeVar("T")

DESIGNS, PAGE, ACCOUNTS = 7, 3, 6
HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
vote, ballot, account_table, outbox = table(Vote), table(Ballot), table(Account), table(Outbox)

Tap = tuple[Any, ...]
"""`("pick", (number,), want)`, `("finish", page)` or `("undo",)`."""


@dataclass
class Place:
    """Where machines run, one after the other: an event loop and a database that is emptied for each."""

    runner: asyncio.Runner
    new_url: Callable[[], str]
    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What was done and how it was answered, over all machines: one that meets little proves little."""

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)


def on_sqlite(folder: Path, migrated: Path) -> Callable[[], str]:
    """Give every machine a copy of a migrated file."""

    def new_url() -> str:
        for old in folder.glob("machine.db*"):
            old.unlink()
        shutil.copy(migrated, folder / "machine.db")
        return f"sqlite+aiosqlite:///{folder / 'machine.db'}"

    return new_url


class Pair:
    """Two rounds, two workers, four accounts in the room and two in a chat group."""

    def __init__(self, place: Place, quorum: int, by_hand: bool) -> None:
        self.place = place
        self.clock = Clock()
        self.events = 0
        self.pressed: list[tuple[int, int, str, Tap]] = []
        self.reference = Reference(DESIGNS, PAGE, self._plans(quorum))
        self.place.run(self._begin(self.place.new_url()))
        for account in range(ACCOUNTS - 1):
            self.enter(account, "silent")
        if by_hand:
            self.step("open", 0)
        else:
            self.step("schedule", 0)
            self.press(0, ("pick", (1,), True), 0)  # too early
            self.clock.set(self.reference.rounds[0]["opens_at"])
            self.tick_everywhere()
        for account in range(2):
            self.look(account)

    def _plans(self, quorum: int) -> list[dict[str, Any]]:
        times = [(1, 49), (7 * 24, 9 * 24)]
        return [
            {
                "opens_at": START + opens * HOUR, "closes_at": START + closes * HOUR, "keep": keep,
                "quorum": quorum, "extend_by": 24 * HOUR,
            }
            for (opens, closes), keep in zip(times, (4, 2), strict=True)
        ]  # fmt: skip

    async def _begin(self, url: str) -> None:
        self.stores = [Store(url, clock=self.clock) for _ in range(2)]
        self.store = self.stores[0]
        self.catwalks = [Catwalk(Shop(store, SECRET, open_by_name=True)) for store in self.stores]
        self.shop = self.catwalks[0].shop
        await people.add_room(self.shop, "main", "The room", "en")
        plans = [
            RoundPlan(
                i, BallotShape.SHEETS, r["opens_at"], r["closes_at"], r["keep"], r["quorum"], TieRule.LOT,
                r["extend_by"], PAGE,
            )
            for i, r in enumerate(self.reference.rounds, 1)
        ]  # fmt: skip
        loaded = await designs.load(self.store, campaign_file(plans, DESIGNS))
        async with self.store.begin() as tx:
            self.round_ids = [r.id for r in await round_rows.rounds_of(tx, loaded.campaign_id)]
            self.chat = await people_rows.put_group(tx, "telegram", "chat", "Chat", "en", False, START)
            await people_rows.put_group_campaign(tx, self.chat.id, loaded.campaign_id, START)
            owner = await people_rows.put_account(tx, "room", "owner", "Olga", "en", START)
        self.by = By(owner.account_id, "as agreed")

    def end(self) -> None:
        for store in self.stores:
            self.place.run(store.close())

    def both(self, name: str, expected: Callable[[], object], doing: Awaitable[T]) -> T | None:
        """Do something in the reference and for real: both do it, or both refuse it for the same reason."""
        said = real = "ok"
        try:
            expected()
        except Refusal as refusal:
            said = refusal.code
        found: T | None = None
        try:
            found = self.place.run(_coroutine(doing))
        except RuleError as refused:
            real = refused.code
        assert real == said, f"refused with {real}, the reference says {said}"
        self.place.met[name, real] += 1
        return found

    @property
    def now(self) -> datetime:
        return self.clock()

    def actor(self, account: int) -> Actor:
        return Actor("room" if account < ROOM else "telegram", f"account-{account}", f"Fan {account}", "en")

    def group(self, account: int) -> str:
        return "main" if account < ROOM else "chat"

    def current(self) -> int:
        """Name the round in play: the last that has opened."""
        return 1 if self.reference.rounds[1]["opened_at"] else 0

    def state(self) -> str:
        """Name the state of the round in play."""
        return str(self.reference.rounds[self.current()]["state"])

    # -------------------------------------------------------------- people

    def enter(self, account: int, joined: str) -> None:
        if account < ROOM:
            self.reference.enter(account, "silent", self.now)
            self.place.run(
                self.catwalks[0].command(Command(self.actor(account), "enter", "enter", "", "main"))
            )
        elif account not in self.reference.accounts:
            self.reference.enter(account, joined, self.now)
            self.place.run(self._join_chat(account, joined))

    async def _join_chat(self, account: int, joined: str) -> None:
        async with self.store.begin() as tx:
            made = await people_rows.put_account(
                tx, "telegram", f"account-{account}", f"Fan {account}", "en", self.now
            )
            if joined != "not":
                at = self.now if joined == "recorded" else None
                await people_rows.put_member(tx, self.chat.id, made.account_id, at)

    def link(self, gone: int, stays: int, worker: int) -> None:
        self.both("link", lambda: self._expect_link(gone, stays), self._link(gone, stays, worker))

    def _expect_link(self, gone: int, stays: int) -> None:
        self.reference.person(stays)
        self.reference.link(gone, stays)

    async def _link(self, gone: int, stays: int, worker: int) -> None:
        catwalk = self.catwalks[worker]
        issued = await catwalk.command(Command(self.actor(stays), "e", "link"))
        assert issued.text is not None
        await catwalk.command(Command(self.actor(gone), "e", "link", str(issued.text.holes["code"])))

    def unlink(self, account: int) -> None:
        doing = self.catwalks[0].command(Command(self.actor(account), "e", "unlink"))
        self.both("unlink", lambda: self.reference.unlink(account, self.now), doing)

    def set_aside(self, account: int) -> None:
        """Set a running round's ballot aside, as moderators will be able to."""
        number = self.current()
        facts = self.reference.accounts.get(account)
        found = facts and self.reference.ballots.get((number, facts["person"]))
        if found and not found["aside"] and self.reference.rounds[number]["state"] in ("open", "paused"):
            found["aside"] = True
            self.place.run(self._set_aside(number, account))

    async def _set_aside(self, number: int, account: int) -> None:
        actor, round_id = self.actor(account), self.round_ids[number]
        async with self.store.begin() as tx:
            person = await people_rows.find_person(tx, actor.platform, actor.remote_id)
            assert person is not None
            weights = await tallies.weights_of(tx, (round_id, person.fan_id))
            await one_ballot.set_aside(tx, (round_id, person.fan_id), self.now, "one phone, fifty names")
            await votes.add_to_tally(tx, {(round_id, v): (-n, -picks) for v, (n, picks) in weights.items()})

    # -------------------------------------------------------------- votes

    def press(self, account: int, tap: Tap, worker: int, number: int | None = None) -> None:
        """Press in the round in play, or in round `number` (from 0); a moment passes."""
        self._vote(self.current() if number is None else number, account, self._new_event(), tap, worker)
        self.clock.set(self.now + INSTANT)

    def page_of(self, account: int, number: int) -> int:
        """Find the page of an account's ballot that shows a design; 1 where there is no such ballot."""
        person = self.reference.accounts.get(account, {"person": None})["person"]
        order = self.reference.orders.get((self.current(), person), [])
        return order.index(number) // PAGE + 1 if number in order else 1

    def replay(self, back: int, worker: int) -> None:
        """Repeat an earlier press."""
        if self.pressed:
            number, account, event, tap = self.pressed[-1 - back % len(self.pressed)]
            self._vote(number, account, event, tap, worker)

    def burst(self, presses: list[tuple[int, Tap]]) -> None:
        """Let several presses go at once through one worker: one batch, in their order."""
        number = self.current()
        named = [(account, self._new_event(), tap) for account, tap in presses]
        said = [self._expect_vote(number, *one) for one in named]

        async def all_at_once() -> list[Reply | BaseException]:
            doing = (self._press(number, account, event, tap, 0) for account, event, tap in named)
            return await asyncio.gather(*doing, return_exceptions=True)

        for (_, tap), expected, found in zip(presses, said, self.place.run(all_at_once()), strict=True):
            self._compare(tap[0], expected, found)

    def type_numbers(self, account: int, typed: list[int], add: bool) -> None:
        """Pick by typed numbers: the round is then the one the group is in."""
        args = " ".join(str(n if add else -n) for n in typed)
        event = self._new_event()
        command = Command(self.actor(account), event, "pick", args, self.group(account))
        self.both(
            "type",
            lambda: self._expect_typed(account, event, tuple(dict.fromkeys(typed)), add),
            self.catwalks[0].command(command),
        )

    def _expect_typed(self, account: int, event: str, typed: tuple[int, ...], add: bool) -> None:
        self.reference.person(account)
        if self.reference.accounts[account]["joined"] == "not":
            raise Refusal("room.not_member")
        opened = [n for n, r in enumerate(self.reference.rounds) if r["opened_at"] and r["state"] != "void"]
        if not opened:
            raise Refusal("ballot.none")
        self.reference.vote(opened[-1], account, event, ("pick", typed, add), self.now)

    def _new_event(self) -> str:
        self.events += 1
        return f"event-{self.events}"

    def _vote(self, number: int, account: int, event: str, tap: Tap, worker: int) -> None:
        said = self._expect_vote(number, account, event, tap)
        try:
            found: Reply | BaseException = self.place.run(self._press(number, account, event, tap, worker))
        except RuleError as refused:
            found = refused
        self._compare(tap[0], said, found)

    def _expect_vote(self, number: int, account: int, event: str, tap: Tap) -> Any:
        """Return the code the reference refuses with, or what is picked by it and the counts."""
        self.pressed.append((number, account, event, tap))
        try:
            turned = self.reference.vote(number, account, event, tap, self.now)
        except Refusal as refusal:
            return refusal.code
        person = self.reference.person(account)
        cells = self.reference.ballots[number, person]["cells"].values()
        return turned, sum(c[0] is not None for c in cells), sum(c[0] is True for c in cells)

    def _press(
        self, number: int, account: int, event: str, tap: Tap, worker: int
    ) -> Coroutine[Any, Any, Reply]:
        round_id = self.round_ids[number]
        match tap:
            case ("pick", (design,), None):
                action = f"t:{round_id}:{design}"
            case ("pick", (design,), want):
                action = f"p:{round_id}:{design}:{int(want)}"
            case ("finish", page):
                action = f"f:{round_id}:{page}"
            case _:
                action = f"u:{round_id}"
        return self.catwalks[worker].press(Press(self.actor(account), event, action, self.group(account)))

    def _compare(self, kind: str, said: Any, found: Reply | BaseException) -> None:
        if isinstance(found, Reply):
            assert found.strip is not None
            found_all = (dict(found.picked), found.strip.seen, found.strip.picks)
            assert found_all == said, f"answered {found_all}, the reference says {said}"
            self.place.met[f"{kind} in round {found.strip.round_number}", "ok"] += 1
        else:
            assert isinstance(found, RuleError), found
            assert found.code == said, f"refused with {found.code}, the reference says {said}"
            self.place.met[kind, found.code] += 1

    def look(self, account: int) -> None:
        """Open the sheet: an order is drawn at the first look and kept, whatever happens."""
        facts = self.reference.accounts.get(account)
        number = self.current()
        round_ = self.reference.rounds[number]
        if not facts or facts["joined"] == "not" or round_["state"] not in ("open", "paused"):
            return
        shown = self.place.run(self._shown(account))
        assert sorted(shown) == round_["candidates"]
        order = self.reference.orders.setdefault((number, facts["person"]), list(shown))
        cells = self.reference.ballots.get((number, facts["person"]), {"cells": {}})["cells"]
        assert list(shown) == order, "the order of a ballot changed"
        assert {n for n, picked in shown.items() if picked} == {n for n, c in cells.items() if c[0]}

    async def _shown(self, account: int) -> dict[int, bool]:
        """Turn every page: design → picked, in the order shown."""
        shown: dict[int, bool] = {}
        page, last = 1, 1
        while page <= last:
            look = Look(self.actor(account), ShowPage(page), self.group(account))
            screen = (await self.catwalks[page % 2].look(look)).screen
            assert isinstance(screen, Sheet)
            shown |= {tile.number: tile.picked for tile in screen.tiles}
            page, last = page + 1, len(screen.pages)
        return shown

    # -------------------------------------------------------------- rounds

    def tick(self, worker: int) -> None:
        self.both("tick", lambda: self.reference.tick(self.now), rounds.tick(self.stores[worker]))

    def tick_everywhere(self) -> None:
        """Let both workers tick at once."""
        self.both("tick", lambda: self.reference.tick(self.now), self._tick_both())

    async def _tick_both(self) -> None:
        await asyncio.gather(*(rounds.tick(store) for store in self.stores))

    def step(self, name: str, number: int) -> None:
        """Take a step of a round's life, by its name."""
        round_id, now, reference, by = self.round_ids[number], self.now, self.reference, self.by
        expected, doing = {
            "schedule": (lambda: reference.schedule(number, now), rounds.schedule),
            "open": (lambda: reference.open(number, now), rounds.open_round),
            "pause": (lambda: reference.pause(number, now), rounds.pause),
            "resume": (lambda: reference.resume(number, now), rounds.resume),
            "extend": (lambda: reference.extend(number, 5 * HOUR, now), _extend),
            "close": (lambda: reference.close(number, now), rounds.close),
            "void": (lambda: reference.void(number), rounds.void),
        }[name]
        self.both(name, expected, doing(self.store, round_id, by))

    # -------------------------------------------------------------- the cut

    def mark(self, design: int, kind: str | None) -> None:
        number = self.current()
        doing = rounds.mark(
            self.store, self.round_ids[number], design, MarkKind(kind) if kind else None, self.by
        )
        self.both("mark", lambda: self.reference.mark(number, design, kind), doing)

    def sign(self, accept: bool) -> None:
        number = self.current()
        doing = rounds.sign(self.store, self.round_ids[number], self.by, accept)
        signed = self.both("sign", lambda: self.reference.sign(number, accept, self.now), doing)
        if signed is not None:
            self.reference.rounds[number]["kept"] = self.place.run(self._kept(number))

    def unsign(self, number: int) -> None:
        doing = rounds.unsign(self.store, self.round_ids[number], self.by)
        self.both("unsign", lambda: self.reference.unsign(number), doing)

    async def _kept(self, number: int) -> set[int]:
        """Read who goes on, having checked that the marks and the standings say so."""
        round_ = self.reference.rounds[number]
        async with self.store.read() as tx:
            candidates = await round_rows.candidates(tx, self.round_ids[number])
            standings = await round_rows.standings(tx, self.round_ids[number])
            signed = await round_rows.signed_cut(tx, self.round_ids[number])
        number_of = {c.design_id: c.number for c in candidates}
        quality = {candidates[s.position].number: s.quality for s in standings}
        kept = {number_of[line.design_id] for line in signed if line.kept}
        keeps = {n for n, kind in round_["marks"].items() if kind == "keep"}
        vetoes = {n for n, kind in round_["marks"].items() if kind == "veto"}
        assert sorted(number_of.values()) == sorted(number_of[line.design_id] for line in signed)
        assert sorted(line.place for line in signed) == list(range(1, len(signed) + 1))
        assert keeps <= kept
        assert not vetoes & kept
        assert len(kept) == min(round_["keep"], len(candidates) - len(vetoes))
        by_merit, gone = kept - keeps, set(quality) - kept - vetoes
        if by_merit and gone:
            assert min(quality[n] for n in by_merit) >= max(quality[n] for n in gone)
        return kept

    # -------------------------------------------------------------- what must always hold

    def check(self) -> None:
        self.place.run(self._check())

    async def _check(self) -> None:
        async with self.store.read() as tx:
            opened = [n for n, r in enumerate(self.reference.rounds) if r["opened_at"]]
            for number, round_id in enumerate(self.round_ids):
                await self._check_round(tx, number, round_id)
            for number in opened:
                await self._check_votes(tx, number, self.round_ids[number])
            await self._check_people(tx, opened)
            told = (
                await tx.conn.execute(select(outbox.c.kind, outbox.c.subject_id, outbox.c.group_id))
            ).all()
            assert len(told) == len(set(told)), "a group was told twice"

    async def _check_round(self, tx: Tx, number: int, round_id: int) -> None:
        wanted = self.reference.rounds[number]
        real = await round_rows.round_by_id(tx, round_id)
        assert real is not None
        facts = (real.state.value, real.closes_at, real.opened_at, real.quorum_extended, real.quorum_met)
        assert facts == tuple(
            wanted[f] for f in ("state", "closes_at", "opened_at", "extended", "quorum_met")
        )
        candidates = await round_rows.candidates(tx, round_id)
        assert sorted(c.number for c in candidates) == wanted["candidates"]
        if wanted["counted"] is not None:
            standings = await round_rows.standings(tx, round_id)
            counted = {candidates[s.position].number: (s.seen, s.picks) for s in standings}
            assert {n: c for n, c in counted.items() if c != (0, 0)} == wanted["counted"]
        if wanted["kept"] is not None:
            assert real.state is RoundState.SIGNED_OFF

    async def _check_votes(self, tx: Tx, number: int, round_id: int) -> None:
        number_of = {c.version_id: c.number for c in await round_rows.candidates(tx, round_id)}
        kept, counted = await tallies.kept(tx, round_id), await tallies.recount(tx, round_id)
        assert kept == counted, f"the kept tally {kept} is not what the votes say, {counted}"
        assert {number_of[v]: c for v, c in kept.items()} == self.reference.tally(number)
        assert await tallies.turnout(tx, round_id) == len(self.reference.counted(number))

    async def _check_people(self, tx: Tx, opened: list[int]) -> None:
        """Compare who is whom, and every ballot, answer by answer."""
        found = await tx.conn.execute(select(account_table.c.remote_id, account_table.c.fan_id))
        fan_of = {int(name.partition("-")[2]): fan for name, fan in found if name != "owner"}
        person_of = {a: facts["person"] for a, facts in self.reference.accounts.items()}
        assert fan_of.keys() == person_of.keys()
        pairs = {(person_of[a], fan_of[a]) for a in fan_of}
        assert len(pairs) == len(set(fan_of.values())) == len(set(person_of.values()))
        person_of_fan = {fan_of[a]: person_of[a] for a in fan_of}
        for number in opened:
            round_id = self.round_ids[number]
            number_of = {c.version_id: c.number for c in await round_rows.candidates(tx, round_id)}
            lines = await tx.conn.execute(select(vote).where(vote.c.round_id == round_id))
            real: dict[int, dict[int, tuple[bool | None, bool]]] = {}
            for v in lines:
                picked = None if v.answer is None else bool(v.answer)
                if v.fan_id in person_of_fan and (picked, v.seen) != (None, False):
                    cells = real.setdefault(person_of_fan[v.fan_id], {})
                    cells[number_of[v.version_id]] = (picked, v.seen)
            wanted = {
                person: {n: c[:2] for n, c in b["cells"].items() if c[:2] != (None, False)}
                for (n, person), b in self.reference.ballots.items()
                if n == number and person in person_of.values()
            }
            assert real == {person: cells for person, cells in wanted.items() if cells}
            counts = [func.coalesce(func.sum(ballot.c[name]), 0) for name in ("answers", "picks")]
            sums = (await tx.conn.execute(select(*counts).where(ballot.c.round_id == round_id))).one()
            ballots = [b for (n, _), b in self.reference.ballots.items() if n == number]
            every = [c[0] for b in ballots for c in b["cells"].values()]
            assert tuple(sums) == (sum(p is not None for p in every), sum(p is True for p in every))


async def _coroutine(doing: Awaitable[T]) -> T:
    return await doing


async def _extend(store: Store, round_id: int, by: By) -> object:
    return await rounds.extend(store, round_id, 5 * HOUR, by)
