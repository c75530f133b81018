"""The shop and its reference agree at every step; and a shop with a planted bug is found out."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from msgspec import structs

from bot.errors import RuleError
from bot.rounds import ballots, engine
from bot.rounds.ballots import Given
from bot.rounds.model import Round
from bot.service import batch, designs, rounds
from bot.service import people as use_people
from bot.storage import campaigns, one_ballot, people, voters, votes
from tests.machine.pair import Place, on_sqlite
from tests.machine.shop_machine import ShopMachine
from tests.made_shop import EMPTY_ALL
from tests.postgres import Server


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Runner]:
    """A loop for all machines of a test, in which nothing is left to chance."""
    monkeypatch.setattr(designs, "new_seed", lambda: "the seed of every round")
    with asyncio.Runner() as made:
        yield made


def play(place: Place, examples: int, *, shrink: bool = True) -> None:
    """Let so many machines of 30 steps run; with the same numbers everywhere and every time."""

    class Machine(ShopMachine):
        pass

    Machine.place = place
    plan = settings(
        max_examples=examples, stateful_step_count=30, derandomize=True, deadline=None, print_blob=True,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(Machine, settings=plan)


MUST_MEET = {
    *((f"{tap} in round 1", "ok") for tap in ("pick", "finish", "undo")),
    *(("pick", f"vote.{why}") for why in ("early", "late", "paused")),
    *((step, "ok") for step in ("link", "unlink", "pause", "resume", "tick", "mark", "sign", "type")),
    ("pick in round 2", "ok"),
    ("pick", "who.unknown"),
    ("undo", "undo.nothing"),
}
"""What the machines on SQLite must have come across: one that meets little proves little."""


def test_a_shop_on_sqlite(runner: asyncio.Runner, tmp_path: Path, migrated_file: Path) -> None:
    place = Place(runner, on_sqlite(tmp_path, migrated_file))
    play(place, 28)
    missed = MUST_MEET - set(place.met)
    assert not missed


def test_a_shop_on_postgresql(runner: asyncio.Runner, postgresql: Server, migrated_database: str) -> None:
    name = migrated_database.rpartition("/")[2]
    from_one = (
        "DO $$ DECLARE s regclass; BEGIN FOR s IN SELECT oid::regclass FROM pg_class WHERE relkind = 'S' "
        "LOOP PERFORM setval(s, 1, false); END LOOP; END $$"
    )

    def new_url() -> str:
        postgresql.execute(EMPTY_ALL, name)
        postgresql.execute(from_one, name)
        return migrated_database

    place = Place(runner, new_url)
    play(place, 6)
    assert place.met["pick in round 1", "ok"] > 20


# ------------------------------------------------------------------ planted bugs


def accept_at_the_closing_instant(patch: pytest.MonkeyPatch) -> None:
    check = engine.check_votable

    def too_kind(round_: Round, now: datetime) -> None:
        check(round_, now - timedelta(microseconds=1))

    patch.setattr(engine, "check_votable", too_kind)


def undo_unsees_a_page(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "undo_picks", ballots.put_back)


def a_link_counts_twice(patch: pytest.MonkeyPatch) -> None:
    merge, add = use_people._merge_ballots, votes.add_to_tally

    async def forget_the_tally(*_args: object) -> None:
        pass

    async def merge_only(*args: Any) -> None:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(votes, "add_to_tally", forget_the_tally)
            await merge(*args)
        assert votes.add_to_tally is add

    patch.setattr(use_people, "_merge_ballots", merge_only)


def a_link_forgets_what_was_set_aside(patch: pytest.MonkeyPatch) -> None:
    async def nothing_aside(*_args: object) -> tuple[None, None]:
        return None, None

    patch.setattr(one_ballot, "set_aside_of", nothing_aside)


def a_ballot_set_aside_is_tallied(patch: pytest.MonkeyPatch) -> None:
    meet = voters.meet

    async def unaware(*args: Any) -> dict[int, voters.Met]:
        return {
            i: structs.replace(met, ballot=met.ballot and structs.replace(met.ballot, set_aside=False))
            for i, met in (await meet(*args)).items()
        }

    patch.setattr(voters, "meet", unaware)


def the_older_answer_wins(patch: pytest.MonkeyPatch) -> None:
    merge = ballots.merge

    def turned(kept: Mapping[int, Given], other: Mapping[int, Given]) -> dict[int, Given]:
        merged = merge(kept, other)
        for position in kept.keys() & other.keys():
            older = min(kept[position], other[position], key=lambda given: given.at)
            merged[position] = merged[position]._replace(cell=older.cell)
        return merged

    patch.setattr(ballots, "merge", turned)


def a_replay_counts_again(patch: pytest.MonkeyPatch) -> None:
    meet = voters.meet

    async def never_seen(*args: Any) -> dict[int, voters.Met]:
        return {i: structs.replace(met, first=None) for i, met in (await meet(*args)).items()}

    patch.setattr(voters, "meet", never_seen)


def a_pause_takes_time(patch: pytest.MonkeyPatch) -> None:
    resume = engine.resume

    def lose_time(round_: Round, now: datetime) -> Round:
        return replace(resume(round_, now), closes_at=round_.closes_at)

    patch.setattr(engine, "resume", lose_time)


def a_missed_quorum_extends_for_ever(patch: pytest.MonkeyPatch) -> None:
    extend = engine.extend_for_quorum

    def forget(round_: Round, now: datetime) -> Round:
        return replace(extend(round_, now), quorum_extended=False)

    patch.setattr(engine, "extend_for_quorum", forget)


def everybody_goes_on(patch: pytest.MonkeyPatch) -> None:
    async def all_of_them(tx: Any, round_: Round) -> Any:
        return await campaigns.competitors(tx, round_.campaign_id)

    patch.setattr(rounds, "_competing", all_of_them)


def an_unlinked_account_votes_at_once(patch: pytest.MonkeyPatch) -> None:
    split = people.split_account

    async def without_waiting(tx: Any, account_id: int, language: str | None, now: datetime) -> int:
        return await split(tx, account_id, language, now - engine.LONGEST_EXTENSION)

    patch.setattr(people, "split_account", without_waiting)


def a_batch_forgets_what_it_did_itself(patch: pytest.MonkeyPatch) -> None:
    record = batch._record

    def forget(book: Any, one: Any, *rest: Any) -> Any:
        before = dict(one.ballot.cells)
        told = record(book, one, *rest)
        one.ballot.cells = before
        return told

    patch.setattr(batch, "_record", forget)


def late_votes_are_counted_at_the_count(patch: pytest.MonkeyPatch) -> None:
    def whenever(round_: Round, now: datetime) -> None:
        if round_.opened_at is None:
            raise RuleError("vote.early", engine.named(round_.state))

    patch.setattr(engine, "check_votable", whenever)


PLANTED: list[Callable[[pytest.MonkeyPatch], None]] = [
    accept_at_the_closing_instant, undo_unsees_a_page, a_link_counts_twice, a_link_forgets_what_was_set_aside,
    a_ballot_set_aside_is_tallied, the_older_answer_wins, a_replay_counts_again, a_pause_takes_time,
    a_missed_quorum_extends_for_ever, everybody_goes_on, an_unlinked_account_votes_at_once,
    a_batch_forgets_what_it_did_itself, late_votes_are_counted_at_the_count,
]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(
    plant: Callable[[pytest.MonkeyPatch], None],
    runner: asyncio.Runner,
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        play(Place(runner, on_sqlite(tmp_path, migrated_file)), 150, shrink=False)
