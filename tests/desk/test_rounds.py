"""Running a round from the desk: each step with its consequence, and forms sent twice."""

from datetime import timedelta

from bot.port import Role
from bot.rounds.model import RoundState
from bot.service import rounds as use_rounds
from tests.clock import Clock
from tests.desk.conftest import MakeDesk
from tests.desk.stage import BALLOTS, Desk, Person, words


async def step(desk: Desk, person: Person, act: str, page: str | None = None, **fields: str) -> str:
    """Press a step's button on the round's page (or on `page`) and read where it leads."""
    path = desk.path()
    answered = await person.act(page or path, f"{path}/{act}", **fields)
    assert answered.status_code == 303, words(answered)
    return words(await person.get(answered.headers["location"]))


async def test_the_rules_are_printed_before_the_opening(desk: Desk) -> None:
    page = words(await (await desk.owner()).get(desk.path()))
    assert "Opens Fri 27 Nov, 21:00 (Berlin)" in page
    assert "Closes Sun 29 Nov, 21:00 (Berlin)" in page
    assert "Takes part 10 looks" in page
    assert "Goes on 4 looks" in page
    assert "Quorum 3 fans" in page
    assert "a draw fixed before the round decides" in page
    assert "Groups The room" in page


async def test_a_round_is_scheduled_and_taken_back(desk: Desk) -> None:
    owner = await desk.owner()
    overview = words(await owner.get("/desk"))
    assert "opens by itself Fri 27 Nov, 21:00 (Berlin) in 1 group and closes Sun 29 Nov" in overview
    answered = await owner.act("/desk", f"{desk.path()}/schedule")
    assert answered.headers["location"] == "/desk"
    assert await desk.state() is RoundState.SCHEDULED
    assert "Opens by itself" in words(await owner.get("/desk"))
    await step(desk, owner, "unschedule")
    assert await desk.state() is RoundState.DRAFT


async def test_a_past_opening_can_only_be_made_up_for_by_hand(desk: Desk, clock: Clock) -> None:
    clock.advance(hours=60)
    owner = await desk.owner()
    page = await owner.get(desk.path())
    assert f'action="{desk.path()}/schedule"' not in page.text
    # Its planned closing has passed as well, so it keeps its planned two days from now.
    assert "Votes are taken until Wed 2 Dec, 08:00 (Berlin)" in words(page)
    await step(desk, owner, "open")
    assert (await desk.made.round()).closes_at == clock() + timedelta(days=2)


async def test_a_round_is_run_to_its_close(desk: Desk, clock: Clock) -> None:
    owner = await desk.owner()
    assert "Round 1 of 2" in await step(desk, owner, "open")
    await desk.vote(BALLOTS)
    closes_at = (await desk.made.round()).closes_at

    assert "Paused" in await step(desk, owner, "pause")
    assert await desk.state() is RoundState.PAUSED
    clock.advance(hours=3)
    page = words(await owner.get(desk.path()))
    assert "left when it goes on" in page
    assert "so it closes Mon 30 Nov, 00:00 (Berlin)" in page
    await step(desk, owner, "resume")
    assert (await desk.made.round()).closes_at == closes_at + timedelta(hours=3)

    assert "closes Mon 30 Nov, 06:00 (Berlin)" in words(await owner.get(desk.path()))
    await step(desk, owner, "extend", hours="6")
    assert (await desk.made.round()).closes_at == closes_at + timedelta(hours=9)

    asked = words(await owner.get(f"{desk.path()}/close"))
    assert "6 fans voted so far, and 3 are enough." in asked
    assert "A closed round does not open again." in asked
    page = await step(desk, owner, "close", f"{desk.path()}/close", reason="The factory needs the list")
    assert "Round 1 in one minute" in page  # counted at once, without waiting for the clock
    assert "“The factory needs the list”" in page


async def test_what_ends_something_needs_a_reason(desk: Desk) -> None:
    await desk.made.open()
    owner = await desk.owner()
    for act in ("close", "void"):
        answered = await owner.act(f"{desk.path()}/{act}", f"{desk.path()}/{act}", reason="  ")
        assert answered.status_code == 409
        assert "Say why in a few words" in words(answered)
    assert (await owner.post(f"{desk.path()}/close", reason="x" * 301)).status_code == 409
    assert await desk.state() is RoundState.OPEN


async def test_calling_off_says_what_it_costs(desk: Desk) -> None:
    await desk.made.open()
    owner = await desk.owner()
    asked = words(await owner.get(f"{desk.path()}/void"))
    assert "Round 2 needs the signed cut of this one, so it opens only after it was run again." in asked
    page = await step(desk, owner, "void", f"{desk.path()}/void", reason="The photos were mixed up")
    assert await desk.state() is RoundState.VOID
    assert "This round was called off." in page
    assert "A new round 1 is drafted with the same rules. It starts without votes." in page


async def test_what_was_called_off_is_run_again(desk: Desk) -> None:
    await desk.made.open()
    await use_rounds.void(desk.made.store, desk.made.round_id, use_rounds.CLOCK)
    owner, moderator = await desk.owner(), await desk.person(Role.MODERATOR)
    assert "/again" not in (await moderator.get(desk.path())).text
    assert (await moderator.post(f"{desk.path()}/again")).status_code == 403
    again = [await owner.post(f"{desk.path()}/again") for _ in range(2)]
    assert {a.status_code for a in again} == {303}
    [path] = {a.headers["location"] for a in again}
    assert path != desk.path()
    page = await owner.get(path)
    assert "Round 1 of 2 Draft" in words(page)
    assert f'action="{path}/open"' in page.text
    assert f'action="{desk.path()}/again"' not in (await owner.get(desk.path())).text
    assert [e.action for e in await desk.log()].count("round_again") == 1


async def test_forms_sent_twice_act_once(desk: Desk) -> None:
    owner, path = await desk.owner(), desk.path()
    steps: list[tuple[str, dict[str, str]]] = [
        ("open", {}),
        ("pause", {}),
        ("resume", {}),
        ("extend", {"hours": "24", "closes_at": (await desk.made.round()).closes_at.isoformat()}),
        ("close", {"reason": "Enough"}),
    ]
    for act, fields in steps:
        if act == "close":
            await desk.vote(BALLOTS)
        logged = len(await desk.log())
        for _ in range(2):
            answered = await owner.post(f"{path}/{act}", **fields)
            assert (answered.status_code, answered.headers["location"]) == (303, path), act
        assert len(await desk.log()) == logged + 1, act
    fields = await owner.hidden(f"{path}/sign", f"{path}/sign")
    fields.pop("csrf")
    for _ in range(2):
        assert (await owner.post(f"{path}/sign", **fields)).status_code == 303
    assert [e.action for e in await desk.log()].count("round_sign") == 1


async def test_an_extension_rests_on_the_time_it_was_chosen_by(desk: Desk) -> None:
    """Two people extend the same hour: the second one is asked again instead of adding up."""
    await desk.made.open()
    owner, moderator = await desk.owner(), await desk.person(Role.MODERATOR)
    planned = (await desk.made.round()).closes_at
    fields = await owner.hidden(desk.path(), f"{desk.path()}/extend")
    assert fields["closes_at"] == planned.isoformat()
    await moderator.act(desk.path(), f"{desk.path()}/extend", hours="72")
    answered = await owner.post(f"{desk.path()}/extend", hours="6", closes_at=fields["closes_at"])
    assert answered.status_code == 409
    assert "The closing time was changed meanwhile." in words(answered)
    assert (await desk.made.round()).closes_at == planned + timedelta(hours=72)


async def test_an_extension_must_be_hours(desk: Desk) -> None:
    await desk.made.open()
    owner = await desk.owner()
    planned = (await desk.made.round()).closes_at
    for hours in ("", "0", "-6", "six", "²", "721", "99999"):
        answered = await owner.post(f"{desk.path()}/extend", hours=hours, closes_at=planned.isoformat())
        assert answered.status_code == 409, hours
    assert (await desk.made.round()).closes_at == planned


async def test_a_refused_step_says_why_on_the_round_s_page(make_desk: MakeDesk) -> None:
    desk = await make_desk()
    owner = await desk.owner()
    answered = await owner.post(f"{desk.path(2)}/open")
    assert answered.status_code == 409
    assert "Sign the cut of round 1 first: it decides who takes part." in words(answered)
    assert "Round 2 of 2" in words(answered)


async def test_a_round_that_ran_out_offers_nothing_but_its_end(desk: Desk, clock: Clock) -> None:
    await desk.made.open()
    owner = await desk.owner()
    clock.set((await desk.made.round()).closes_at)
    page = (await owner.get(desk.path())).text
    assert f"{desk.path()}/pause" not in page
    assert f"{desk.path()}/extend" not in page
    assert f"{desk.path()}/close" in page


async def test_a_missed_quorum_extends_once_and_is_told(desk: Desk, clock: Clock) -> None:
    await desk.made.open()
    await desk.vote(BALLOTS[:2])
    clock.set((await desk.made.round()).closes_at)
    await use_rounds.tick(desk.made.store)
    page = words(await (await desk.owner()).get(desk.path()))
    assert "It was extended once, because fewer than 3 fans had voted." in page
    assert "Catwalk extended round 1: too few fans had voted" in page


async def test_an_empty_installation_says_how_to_begin(bare_desk: Desk) -> None:
    owner = await bare_desk.owner()
    overview = words(await owner.get("/desk"))
    assert "No campaign yet" in overview
    assert "catwalk campaign load FOLDER" in overview
    page = words(await owner.get("/desk/people"))
    assert "There is no room yet. Add one below first." in page
    assert "There is no campaign yet." in page
    assert (
        await owner.act("/desk/people", "/desk/people/room", title="Fans", language="en")
    ).status_code == 303


async def test_the_overview_says_where_every_round_is(desk: Desk) -> None:
    owner = await desk.owner()
    overview = words(await owner.get("/desk"))
    assert "Spring 10 designs, 2 rounds · The room" in overview
    assert "Takes part: whatever round 1 keeps." in overview
