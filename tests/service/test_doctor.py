"""`catwalk doctor`: who serves what, and with `--recount` whether tallies are what their votes say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.service import doctor
from bot.storage import leases, one_ballot, tallies, votes
from bot.storage import people as people_rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import MadeShop, made_shop
from tests.rendered import english


async def said(
    made: MadeShop, folder: Path, *, recount: bool = True, about: str = "tally"
) -> list[tuple[bool, str]]:
    """Let the doctor look, and list what was found about tallies, or whatever else."""
    found = await doctor.examine(made.store, folder, recount=recount)
    return [(f.well, english(f.text)) for f in found if about in f.text.msgid]


async def test_without_being_asked_nobody_recounts(made: MadeShop, tmp_path: Path) -> None:
    assert await said(made, tmp_path, recount=False) == []


async def test_a_round_that_never_opened_has_nothing_to_recount(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    assert await said(await made_shop(store, clock), tmp_path) == []


async def test_a_tally_is_what_picks_passes_undos_and_ballots_set_aside_make_it(
    made: MadeShop, tmp_path: Path
) -> None:
    for i in range(4):
        fan = await made.fan(i)
        await made.press(fan, "a", f"p:{made.round_id}:1:1")
        await made.press(fan, "b", f"p:{made.round_id}:{i + 2}:1")
    await made.press(await made.fan(0), "c", f"u:{made.round_id}")
    async with made.store.begin() as tx:
        person = await people_rows.find_person(tx, "room", "fan-3")
        assert person is not None
        key = (made.round_id, person.fan_id)
        weights = await tallies.weights_of(tx, key)
        await one_ballot.set_aside(tx, key, made.clock(), "one phone, fifty names")
        await votes.add_to_tally(tx, {(made.round_id, v): (-a, -p) for v, (a, p) in weights.items()})
    assert await said(made, tmp_path) == [(True, "Spring, round 1: the tally is what the votes say.")]


async def test_a_difference_is_told_with_both_numbers_and_left_alone(made: MadeShop, tmp_path: Path) -> None:
    await made.press(await made.fan(1), "a", f"p:{made.round_id}:7:1")
    version = next(c.version_id for c in await made.candidates() if c.number == 7)
    async with made.store.begin() as tx:
        await votes.add_to_tally(tx, {(made.round_id, version): (4, 2)})
    told = (
        False,
        "Spring, round 1: the tally of #007 version 1 says 5 answers and 3 picks, its votes say 1 and 1. "
        "Standings are counted from the votes and are right. Keep a copy of the database and report this.",
    )
    assert await said(made, tmp_path) == [told]
    assert await said(made, tmp_path) == [told]


async def test_votes_without_a_tally_are_a_difference(made: MadeShop, tmp_path: Path) -> None:
    await made.press(await made.fan(1), "a", f"p:{made.round_id}:7:1")
    version = next(c.version_id for c in await made.candidates() if c.number == 7)
    async with made.store.begin() as tx:
        await votes.add_to_tally(tx, {(made.round_id, version): (-1, -1)})
    ((well, text),) = await said(made, tmp_path)
    assert not well
    assert "says 0 answers and 0 picks, its votes say 1 and 1" in text


# ------------------------------------------------------------------ leases


async def test_who_serves_a_platform_and_who_left_without_a_word(made: MadeShop, tmp_path: Path) -> None:
    assert await said(made, tmp_path, about="{holder}") == []
    now = datetime.now(UTC)
    async with made.store.begin() as tx:
        await leases.take(tx, "room", "here/7/ab", now, 3600)
        await leases.take(tx, "telegram", "there/8/cd", now - timedelta(hours=2), 10)
    (held, room), (lost, telegram) = await said(made, tmp_path, about="{holder}")
    assert (held, lost) == (True, False)
    assert room.startswith("room is served by here/7/ab, for ")
    assert telegram.startswith("Nobody serves telegram: there/8/cd stopped without a word ")
