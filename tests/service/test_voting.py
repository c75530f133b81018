"""Group commit: presses share a transaction and nothing else; each gets its own answer, once and for all."""

import asyncio
import gc
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.errors import RuleError, StateError
from bot.port import Actor, Command, Press, Reply, Sheet
from bot.rounds.model import RoundState
from bot.service import batch, deciding, designs, rounds, voting
from bot.service.batch import Asked
from bot.service.catwalk import Catwalk
from bot.service.field import Field
from bot.service.rounds import By
from bot.service.shop import Shop
from bot.storage import one_ballot, people, tallies, votes
from bot.storage import rounds as round_rows
from bot.storage.direct_postgresql import Connection as DirectPostgresql
from bot.storage.inline_sqlite import Connection as InlineSqlite
from bot.storage.store import Store
from tests.made_shop import ROOM, MadeShop, campaign_file, plan
from tests.rendered import english

Outcome = Reply | RuleError


async def outcomes(*asked: Awaitable[Reply]) -> list[Outcome]:
    """Let presses go at once and collect what each was answered, in order."""
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(one, (Reply, RuleError)) for one in found), found
    return [one for one in found if isinstance(one, (Reply, RuleError))]


def codes(found: Sequence[Outcome]) -> list[str]:
    """Name each outcome: `ok`, or the code it was refused with (every refusal says something)."""
    assert all(english(one.text) for one in found if one.text is not None)
    return [one.code if isinstance(one, RuleError) else "ok" for one in found]


def words(reply: Outcome) -> str:
    assert reply.text is not None
    return english(reply.text)


@contextmanager
def commits(store: Store) -> Iterator[list[object]]:
    """Collect the batches a store commits."""
    seen: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        driver = InlineSqlite if store.sqlite else DirectPostgresql
        commit = driver.commit

        async def counted(connection: Any) -> None:
            seen.append(connection)
            await commit(connection)

        patch.setattr(driver, "commit", counted)
        yield seen


class Gate:
    """Holds a worker's batches, just before they begin, until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()

        async def commit(
            store: Store, fields: dict[int, Field], asked: Sequence[Asked]
        ) -> list[Reply | RuleError]:
            self.reached.set()
            await self.open.wait()
            return await batch.commit(store, fields, asked)

        monkeypatch.setattr(voting, "commit", commit)


def worker(made: MadeShop, store: Store) -> Catwalk:
    """Another process of the same shop."""
    return Catwalk(Shop(store, made.shop.secret, open_by_name=True))


async def some_fans(made: MadeShop, count: int) -> list[Actor]:
    return [await made.fan(i) for i in range(count)]


def pick(made: MadeShop, number: int, want: int = 1) -> str:
    return f"p:{made.round_id}:{number}:{want}"


# ------------------------------------------------------------------ one transaction for many


async def test_what_waited_during_a_commit_is_the_next_transaction(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 30)
    gate = Gate(monkeypatch)
    with commits(made.store) as seen:
        first = asyncio.create_task(made.press(fans[0], "e", pick(made, 1)))
        await gate.reached.wait()
        rest = [asyncio.create_task(made.press(fan, "e", pick(made, 1))) for fan in fans[1:]]
        await asyncio.sleep(0)  # lets them queue up
        gate.open.set()
        assert codes(await outcomes(first, *rest)) == ["ok"] * 30
    assert len(seen) == 2
    assert await made.tally() == {1: (30, 30)}
    assert await made.turnout() == 30


async def test_a_batch_holds_only_so_many(made: MadeShop) -> None:
    fans = await some_fans(made, 10)
    small = Catwalk(made.shop, batch=4)
    with commits(made.store) as seen:
        found = await outcomes(*(made.press(fan, "e", pick(made, 1), small) for fan in fans))
    assert codes(found) == ["ok"] * 10
    assert len(seen) == 3


async def test_a_request_goes_on_between_two_batches_however_many_wait(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a quick disk nothing in a batch waits, and some requests need eight turns of the loop."""
    stored: list[int] = []

    async def store_at_once(_: Store, __: dict[int, Field], asked: Sequence[Asked]) -> list[Reply]:
        stored.append(len(asked))
        return [Reply()] * len(asked)

    async def request() -> int:
        for _ in range(8):
            await asyncio.sleep(0)
        return len(stored)

    monkeypatch.setattr(voting, "commit", store_at_once)
    asking = asyncio.create_task(request())
    fans = [Actor("room", f"{n}", "A fan", "en") for n in range(4 * 256)]
    await outcomes(*(made.press(fan, "e", pick(made, 1)) for fan in fans))
    assert stored == [256] * 4
    assert await asking <= 2


async def test_an_answer_is_given_only_after_the_commit(
    made: MadeShop, other_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fan,) = await some_fans(made, 1)
    put = votes.put
    written, go_on = asyncio.Event(), asyncio.Event()

    async def put_and_wait(*args: Any) -> None:
        await put(*args)
        written.set()
        await go_on.wait()

    monkeypatch.setattr(votes, "put", put_and_wait)
    press = asyncio.create_task(made.press(fan, "e", pick(made, 1)))
    await written.wait()
    async with other_store.read() as tx:
        assert await tallies.recount(tx, made.round_id) == {}
    assert not press.done()
    go_on.set()
    assert words(await press) == "#001 added."
    assert await made.tally() == {1: (1, 1)}


async def test_a_full_queue_says_busy_and_loses_nothing(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 5)
    gate = Gate(monkeypatch)
    narrow = Catwalk(made.shop, queue=4)  # of which one round takes half
    first = asyncio.create_task(made.press(fans[0], "e", pick(made, 1), narrow))
    await gate.reached.wait()
    rest = [asyncio.create_task(made.press(fan, "e", pick(made, 1), narrow)) for fan in fans[1:]]
    await asyncio.sleep(0)
    gate.open.set()
    assert codes(await outcomes(first, *rest)) == ["ok", "ok", "ok", "busy", "busy"]
    assert (
        codes(await outcomes(*(made.press(fan, "e", pick(made, 1), narrow) for fan in fans[3:])))
        == ["ok"] * 2
    )
    assert await made.tally() == {1: (5, 5)}


async def other_round(made: MadeShop, store: Store) -> int:
    """Open a round of another campaign in the same room; returns its id."""
    loaded = await designs.load(store, campaign_file([plan(made.clock)], key="autumn"))
    async with store.begin() as tx:
        room = await people.find_group(tx, "room", ROOM)
        assert room is not None
        await people.put_group_campaign(tx, room.id, loaded.campaign_id, made.clock())
        (other,) = await round_rows.rounds_of(tx, loaded.campaign_id)
    await rounds.open_round(store, other.id, By())
    return other.id


async def test_a_flooded_round_delays_no_other(
    made: MadeShop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 9)
    other = await other_round(made, store)
    catwalk = Catwalk(made.shop, batch=4)
    for round_id in (made.round_id, other):  # so that both are known here
        await made.press(fans[0], "known", f"p:{round_id}:9:1", catwalk)
    answered: list[int] = []

    async def press(fan: Actor, round_id: int) -> None:
        await made.press(fan, "e", f"p:{round_id}:1:1", catwalk)
        answered.append(round_id)

    gate = Gate(monkeypatch)
    flood = [asyncio.create_task(press(fan, made.round_id)) for fan in fans]
    await gate.reached.wait()
    late = [asyncio.create_task(press(fan, other)) for fan in fans[:2]]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(*flood, *late)
    assert answered.count(made.round_id) == 9
    assert sorted(answered[4:8]) == sorted([made.round_id, other] * 2)  # the batch after the one under way


async def test_a_flooded_round_leaves_another_its_places(
    made: MadeShop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 9)
    other = await other_round(made, store)
    narrow = Catwalk(made.shop, queue=8)
    for round_id in (made.round_id, other):
        await made.press(fans[0], "known", f"p:{round_id}:9:1", narrow)
    gate = Gate(monkeypatch)
    first = asyncio.create_task(made.press(fans[0], "e", pick(made, 1), narrow))
    await gate.reached.wait()
    flood = [asyncio.create_task(made.press(fan, "e", pick(made, 1), narrow)) for fan in fans[1:]]
    await asyncio.sleep(0)
    late = [asyncio.create_task(made.press(fan, "e", f"p:{other}:1:1", narrow)) for fan in fans[:2]]
    await asyncio.sleep(0)
    gate.open.set()
    assert codes(await outcomes(first, *flood)) == ["ok"] * 5 + ["busy"] * 4
    assert codes(await outcomes(*late)) == ["ok", "ok"]


async def test_who_hangs_up_while_waiting_takes_nobody_along(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 3)
    gate = Gate(monkeypatch)
    tasks = [asyncio.create_task(made.press(fan, "e", pick(made, 1))) for fan in fans]
    await gate.reached.wait()
    tasks[1].cancel()
    gate.open.set()
    assert codes(await outcomes(tasks[0], tasks[2])) == ["ok", "ok"]
    assert codes(await outcomes(made.press(fans[1], "again", pick(made, 2)))) == ["ok"]


async def test_a_press_inside_a_unit_of_work_is_a_bug_and_not_a_deadlock(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    async with made.store.begin():
        with pytest.raises(StateError):
            await made.press(fan, "e", pick(made, 1))
    assert codes(await outcomes(made.press(fan, "e", pick(made, 1)))) == ["ok"]


# ------------------------------------------------------------------ refused presses and their neighbours


async def test_a_refused_press_spoils_no_other(made: MadeShop) -> None:
    fans = await some_fans(made, 2)
    stranger = Actor("room", "nobody", "Nobody", "en")
    impostor = Actor("room", "fan-0\0x", "Fan 0", "en")
    outsider = Actor("telegram", "outsider", "Out", "en")
    async with made.store.begin() as tx:
        await people.put_account(tx, "telegram", "outsider", "Out", "en", made.clock())
    found = await outcomes(
        made.press(fans[0], "1", pick(made, 1)),
        made.press(stranger, "2", pick(made, 1)),
        made.press(outsider, "3", pick(made, 1)),
        made.press(impostor, "4", pick(made, 1)),
        made.press(fans[0], "5", pick(made, 999)),
        made.press(fans[0], "6", "p:999999:1:1"),
        made.press(fans[0], "7", f"f:{made.round_id}:1"),
        made.press(fans[0], "8", "p:nonsense"),
        made.press(fans[0], "nine nine\n", pick(made, 1)),
        made.press(fans[0], "10", f"u:{made.round_id}"),
        made.press(fans[0], "11", f"u:{made.round_id}"),
        made.press(fans[1], "12", pick(made, 2)),
    )
    assert codes(found) == [
        "ok", "who.unknown", "vote.outsider", "who.unknown", "ballot.number", "round.unknown", "ballot.page",
        "action.unknown", "event.unknown", "ok", "undo.nothing", "ok",
    ]  # fmt: skip
    assert await made.tally() == {2: (1, 1)}


async def test_a_press_before_the_opening_does_not_spoil_the_round(made: MadeShop, store: Store) -> None:
    """The candidates are frozen when a round opens, so what was read of it before is not to be kept."""
    (fan,) = await some_fans(made, 1)
    loaded = await designs.load(store, campaign_file([plan(made.clock)], key="autumn"))
    async with store.read() as tx:
        (coming,) = await round_rows.rounds_of(tx, loaded.campaign_id)
    assert codes(await outcomes(made.press(fan, "1", f"p:{coming.id}:1:1"))) == ["vote.early"]
    await rounds.open_round(store, coming.id, By())
    assert codes(await outcomes(made.press(fan, "2", f"p:{coming.id}:1:1"))) == ["ok"]


async def test_late_votes_are_refused_from_the_closing_instant_on(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    round_ = await made.round()
    made.clock.set(round_.closes_at)
    made.clock.advance(microseconds=-1)
    assert codes(await outcomes(made.press(fan, "1", pick(made, 1)))) == ["ok"]
    made.clock.advance(microseconds=1)
    found = await outcomes(made.press(fan, "2", pick(made, 2)), made.press(fan, "1", pick(made, 1)))
    assert codes(found) == ["vote.late", "ok"]
    assert (await made.round()).state is RoundState.OPEN  # nobody has closed it yet
    assert await made.tally() == {1: (1, 1)}


async def test_a_crowd_that_is_late_is_told_the_closing_time_without_another_look(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 3)
    made.clock.set((await made.round()).closes_at)
    await outcomes(made.press(fans[0], "1", pick(made, 1)))  # the batch that gets to know the round
    monkeypatch.setattr(made.store, "read", None)
    found = await outcomes(*(made.press(fan, "2", pick(made, 1)) for fan in fans))
    assert codes(found) == ["vote.late"] * 3
    assert [one.zone for one in found if isinstance(one, RuleError)] == ["Europe/Berlin"] * 3


async def test_a_refusal_leaves_nothing_behind(made: MadeShop) -> None:
    """What refuses a press knows through its traceback what it refused, which knows it: only the collector
    can end that."""
    fans = await some_fans(made, 3)
    await outcomes(*(made.press(fan, "1", pick(made, 1)) for fan in fans))
    made.clock.set((await made.round()).closes_at)
    found = codes(await outcomes(*(made.press(fan, "2", pick(made, 2)) for fan in fans)))
    assert found == ["vote.late"] * 3
    await asyncio.sleep(0)  # their tasks end
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, RuleError)]


async def test_only_what_many_do_alike_is_remembered(made: MadeShop) -> None:
    """Three hundred designs picked at once, a few thousand times, would be 200 MB."""
    (fan,) = await some_fans(made, 1)
    deciding._pick_one.cache_clear()
    await made.press(fan, "1", pick(made, 1))
    assert deciding._pick_one.cache_info().currsize == 1
    await made.catwalk.command(Command(fan, "2", "pick", "2 3 4", ROOM))
    assert deciding._pick_one.cache_info().currsize == 1


async def test_what_the_database_refuses_fails_alone(made: MadeShop, monkeypatch: pytest.MonkeyPatch) -> None:
    fans = await some_fans(made, 9)
    put = votes.put
    tried: list[int] = []

    async def refuse_one(tx: Any, counts: Any, presses: Sequence[votes.PressLine], *rest: Any) -> None:
        tried.append(len(presses))
        if any(p[3] == "bad" for p in presses):
            presses = [(*p[:4], None, *p[5:]) for p in presses]  # type: ignore[misc]
        await put(tx, counts, presses, *rest)

    monkeypatch.setattr(votes, "put", refuse_one)
    events = ["e"] * 8
    events.insert(5, "bad")
    presses = [made.press(fan, name, pick(made, 1)) for fan, name in zip(fans, events, strict=True)]
    with capture_logs() as logs:
        found = await outcomes(*presses)
    assert [(line["event"], line["log_level"]) for line in logs] == [("press_not_stored", "error")]
    assert codes(found) == ["ok"] * 5 + ["votes.unsaved"] + ["ok"] * 3
    assert await made.tally() == {1: (8, 8)}
    assert tried == [9, 4, 5, 2, 1, 1, 3]  # in halves, not one by one


async def test_when_the_database_is_down_nobody_is_told_it_was_saved(
    made: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fans = await some_fans(made, 4)
    tried = 0

    async def down(*_args: object) -> list[Reply | RuleError]:
        nonlocal tried
        tried += 1
        raise ConnectionRefusedError

    with monkeypatch.context() as broken, capture_logs() as logs:
        broken.setattr(voting, "commit", down)
        found = await outcomes(*(made.press(fan, "e", pick(made, 1)) for fan in fans))
    assert codes(found) == ["votes.unsaved"] * 4
    assert tried == 1
    assert [(line["event"], line["presses"]) for line in logs] == [("votes_not_stored", 4)]
    assert await made.tally() == {}
    assert codes(await outcomes(*(made.press(fan, "e", pick(made, 1)) for fan in fans))) == ["ok"] * 4


# ------------------------------------------------------------------ replays


async def test_a_replayed_press_gets_its_first_answer(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    turn = f"t:{made.round_id}:3"
    first = await made.press(fan, "e", turn)
    assert (words(first), first.picked) == ("#003 added.", ((3, True),))
    again = await made.press(fan, "e", turn)
    assert (words(again), again.picked) == ("#003 added.", ((3, True),))
    assert words(await made.press(fan, "other", turn)) == "#003 taken back."
    assert words(await made.press(fan, "e", turn)) == "#003 added."
    assert await made.tally() == {}


async def test_a_press_replayed_in_the_same_batch_counts_once(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    turn = f"t:{made.round_id}:3"
    found = await outcomes(*(made.press(fan, "e", turn) for _ in range(5)))
    assert [words(one) for one in found] == ["#003 added."] * 5
    assert await made.tally() == {3: (1, 1)}


async def test_a_press_replayed_to_two_workers_at_once_counts_once(
    made: MadeShop, other_store: Store
) -> None:
    (fan,) = await some_fans(made, 1)
    there = worker(made, other_store)
    for i in range(10):
        turn = f"t:{made.round_id}:{i + 1}"
        found = await outcomes(made.press(fan, f"e{i}", turn), made.press(fan, f"e{i}", turn, there))
        assert [words(one) for one in found] == [f"#{i + 1:03d} added."] * 2
    assert await made.tally() == dict.fromkeys(range(1, 11), (1, 1))


async def test_a_replay_is_answered_in_a_pause_and_after_the_close(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    await made.press(fan, "e", pick(made, 3))
    await rounds.pause(made.store, made.round_id, By())
    found = await outcomes(made.press(fan, "e", pick(made, 3)), made.press(fan, "new", pick(made, 4)))
    assert codes(found) == ["ok", "vote.paused"]
    await rounds.resume(made.store, made.round_id, By())
    await rounds.close(made.store, made.round_id, By())
    found = await outcomes(made.press(fan, "e", pick(made, 3)), made.press(fan, "new", pick(made, 4)))
    assert codes(found) == ["ok", "vote.late"]
    assert words(found[0]) == "#003 added."
    assert found[0].strip is not None if isinstance(found[0], Reply) else False
    assert await made.tally() == {3: (1, 1)}


async def test_the_same_event_of_two_fans_is_two_events(made: MadeShop) -> None:
    fans = await some_fans(made, 2)
    found = await outcomes(made.press(fans[0], "e", pick(made, 1)), made.press(fans[1], "e", pick(made, 2)))
    assert [words(one) for one in found] == ["#001 added.", "#002 added."]
    assert await made.tally() == {1: (1, 1), 2: (1, 1)}


async def test_a_refused_press_may_be_tried_again_with_the_same_event(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    await rounds.pause(made.store, made.round_id, By())
    assert codes(await outcomes(made.press(fan, "e", pick(made, 1)))) == ["vote.paused"]
    await rounds.resume(made.store, made.round_id, By())
    assert codes(await outcomes(made.press(fan, "e", pick(made, 1)))) == ["ok"]


# ------------------------------------------------------------------ undo and pages


async def test_undo_goes_back_press_by_press(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    for i, (number, want) in enumerate([(1, 1), (2, 1), (1, 0), (3, 1)]):
        await made.press(fan, f"p{i}", pick(made, number, want))
    taken = [words(await made.press(fan, f"u{i}", f"u:{made.round_id}")) for i in range(4)]
    assert taken == ["Taken back: #003.", "Taken back: #001.", "Taken back: #002.", "Taken back: #001."]
    assert codes(await outcomes(made.press(fan, "u4", f"u:{made.round_id}"))) == ["undo.nothing"]
    assert await made.tally() == {}


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_undo_inside_one_batch_is_undo_one_after_the_other(made: MadeShop, size: int) -> None:
    (fan,) = await some_fans(made, 1)
    await made.press(fan, "before", pick(made, 9))
    catwalk = Catwalk(made.shop, batch=size)
    undo = f"u:{made.round_id}"
    actions = [pick(made, 1), pick(made, 2), undo, pick(made, 3), undo, undo, undo, undo, pick(made, 4), undo]
    found = await outcomes(*(made.press(fan, f"e{i}", a, catwalk) for i, a in enumerate(actions)))
    assert [words(one) for one in found] == [
        "#001 added.", "#002 added.", "Taken back: #002.", "#003 added.", "Taken back: #003.",
        "Taken back: #001.", "Taken back: #009.", "There is nothing left to take back.", "#004 added.",
        "Taken back: #004.",
    ]  # fmt: skip
    assert await made.tally() == {}


async def test_an_undo_that_is_replayed_goes_back_once(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    await made.press(fan, "1", pick(made, 1))
    await made.press(fan, "2", pick(made, 2))
    undo = f"u:{made.round_id}"
    found = await outcomes(*(made.press(fan, "u", undo) for _ in range(3)))
    assert [words(one) for one in found] == ["Taken back: #002."] * 3
    assert await made.tally() == {1: (1, 1)}


async def test_a_finished_page_is_passed_on_where_it_was_not_picked(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    sheet = (await made.look(fan)).screen
    assert isinstance(sheet, Sheet)
    first, *others = [tile.number for tile in sheet.tiles]
    await made.press(fan, "1", pick(made, first))
    done = await made.press(fan, "2", sheet.finish)
    assert words(done) == "Page 1 of 3 is done."
    assert done.strip is not None
    assert (done.strip.seen, done.strip.picks, done.strip.total) == (4, 1, 10)
    assert await made.tally() == {first: (1, 1)} | dict.fromkeys(others, (1, 0))
    await made.press(fan, "3", f"u:{made.round_id}")
    assert await made.tally() == dict.fromkeys((first, *others), (1, 0))


async def test_the_history_names_what_was_asked_and_an_answer_that_changed_nothing_none(
    made: MadeShop,
) -> None:
    (fan,) = await some_fans(made, 1)
    await made.look(fan)
    page = f"f:{made.round_id}:1"
    asked = [pick(made, 1), pick(made, 1), page, page, f"u:{made.round_id}"]
    for n, action in enumerate(asked):
        await made.press(fan, f"{n}", action)
    async with made.store.read() as tx:
        kinds = await tx.conn.execute(select(votes.press.c.kind).order_by(votes.press.c.seq))
        assert [*kinds.scalars()] == ["pick", "none", "finish", "finish", "undo"]


async def test_a_page_of_another_order_is_not_finished_by_mistake(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    await made.look(fan)
    found = await outcomes(made.press(fan, "1", f"f:{made.round_id}:1:00000000"))
    assert codes(found) == ["ballot.order"]
    assert await made.tally() == {}


async def test_typed_numbers_are_one_press(made: MadeShop) -> None:
    (fan,) = await some_fans(made, 1)
    added = await made.catwalk.command(Command(fan, "e1", "pick", "1 2 #003", ROOM))
    assert added.picked == ((1, True), (2, True), (3, True))
    taken = await made.catwalk.command(Command(fan, "e2", "pick", "-2 -3", ROOM))
    assert words(taken) == "#002 and #003 taken back."
    await made.press(fan, "u", f"u:{made.round_id}")
    assert await made.tally() == {1: (1, 1), 2: (1, 1), 3: (1, 1)}


# ------------------------------------------------------------------ two workers


async def test_two_workers_pressing_for_one_fan_keep_every_count_exact(
    made: MadeShop, other_store: Store
) -> None:
    (fan,) = await some_fans(made, 1)
    there = worker(made, other_store)
    presses = [
        made.press(fan, f"{i}-{n}", f"t:{made.round_id}:{n}", there if (i + n) % 2 else None)
        for i in range(5)
        for n in range(1, 11)
    ]
    found = await outcomes(*presses)
    assert codes(found) == ["ok"] * 50
    assert await made.tally() == dict.fromkeys(range(1, 11), (1, 1))  # five turns each: picked
    async with made.store.read() as tx:
        person = await people.find_person(tx, fan.platform, fan.remote_id)
        assert person is not None
        row = await one_ballot.ballot_of(tx, (made.round_id, person.fan_id))
    assert row is not None
    assert (row.counted.answers, row.counted.picks, row.presses) == (10, 10, 50)
    last = await made.press(fan, "last", pick(made, 1))
    assert last.strip is not None
    assert (last.strip.picks, last.strip.seen) == (10, 10)


async def test_two_workers_with_many_fans_keep_the_tally_exact(made: MadeShop, other_store: Store) -> None:
    fans = await some_fans(made, 12)
    there = worker(made, other_store)
    await asyncio.gather(*(made.look(fan) for fan in fans))
    actions = ["t:{}:1", "t:{}:2", "f:{}:1", "u:{}", "p:{}:5:1", "f:{}:2", "t:{}:5"]
    found = await outcomes(
        *(
            made.press(fan, f"{i}", action.format(made.round_id), there if (i + n) % 2 else None)
            for i, action in enumerate(actions)
            for n, fan in enumerate(fans)
        )
    )
    assert set(codes(found)) <= {"ok", "undo.nothing"}
    assert await made.turnout() == 12
    assert sum(answers for answers, _ in (await made.tally()).values()) >= 12 * 8


async def test_presses_of_another_process_are_seen_by_undo(made: MadeShop, other_store: Store) -> None:
    (fan,) = await some_fans(made, 1)
    there = worker(made, other_store)
    await made.press(fan, "1", pick(made, 1))
    await made.press(fan, "2", pick(made, 2), there)
    assert words(await made.press(fan, "3", f"u:{made.round_id}")) == "Taken back: #002."
    assert words(await made.press(fan, "4", f"u:{made.round_id}", there)) == "Taken back: #001."
    assert isinstance(await made.catwalk.press(Press(fan, "1", pick(made, 1), ROOM)), Reply)
