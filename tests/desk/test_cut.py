"""The cut at the desk: marks, the signature and its undo, a missed quorum, the shortlist."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.desk.cut import Kind, by_kind
from bot.port import Actor, Role
from bot.rounds.model import RoundState, TieRule
from bot.service import desk as views
from bot.service import rounds as use_rounds
from bot.storage import rounds
from tests.clock import Clock
from tests.desk.conftest import MakeDesk
from tests.desk.stage import BALLOTS, Desk, Person, words


async def mark(desk: Desk, person: Person, number: int, kind: str, reason: str = "") -> httpx.Response:
    """Send a design's mark form as it stands on the page."""
    return await person.post(f"{desk.path()}/mark", number=str(number), kind=kind, reason=reason)


def going_on(page: httpx.Response) -> set[int]:
    """Read which designs the strip says go on."""
    placed = re.findall(r'<li class="placed \w+ (kept|left-out)" id="d(\d+)">', page.text)
    assert len(placed) == 10
    return {int(number) for decision, number in placed if decision == "kept"}


async def signed(desk: Desk) -> dict[int, bool]:
    """Read the cut as signed: number → kept."""
    number_of = {c.design_id: c.number for c in await desk.made.candidates()}
    async with desk.made.store.read() as tx:
        lines = await rounds.signed_cut(tx, desk.made.round_id)
    return {number_of[line.design_id]: line.kept for line in lines}


# ------------------------------------------------------------------ looking


async def test_a_closed_round_is_told_in_a_minute(desk: Desk) -> None:
    await desk.closed()
    page = words(await (await desk.owner()).get(desk.path()))
    assert "10 looks, 6 voters (room 6), median 10 looks seen" in page
    assert re.search(r"\d+ in, \d+ on the edge, \d+ out at the cut of 4", page)
    assert "4 looks go on to round 2, 6 leave. Nothing is final before you sign." in page
    assert "Place 1 Goes on 6 of 6 chance" in page


async def test_every_design_is_there_once_with_its_interval_and_its_reason(desk: Desk) -> None:
    await desk.closed()
    page = await (await desk.owner()).get(desk.path())
    assert going_on(page) == {1, 2, 3, 4}
    assert page.text.count('class="interval"') == 10
    ends = re.findall(r'class="interval-line" x1="([\d.-]+)" y1="4" x2="([\d.-]+)"', page.text)
    assert all(0 <= float(low) < float(high) <= 100 for low, high in ends)
    assert words(page).count("seen by 6 fans, picked by") == 10


async def test_filters_live_in_the_address(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    every = set(re.findall(r'id="(d\d+)"', (await owner.get(desk.path())).text))
    found: set[str] = set()
    for key in ("safe", "edge", "out"):
        part = re.findall(r'id="(d\d+)"', (await owner.get(f"{desk.path()}?show={key}")).text)
        if set(part) != every:  # a part without designs has no filter and shows all
            assert not found & set(part)
            found |= set(part)
    assert found == every
    nonsense = await owner.get(f"{desk.path()}?show=<script>")
    assert going_on(nonsense) == {1, 2, 3, 4}
    assert "<script>" not in nonsense.text.replace('<script type="module"', "")


async def test_kinds_are_compared_where_there_are_several(desk: Desk) -> None:
    await desk.closed()
    assert "What goes on, by kind" not in words(await (await desk.owner()).get(desk.path()))
    by = await desk.made.owner()
    assert by.account_id
    view = await views.round_page(desk.made.shop, Actor("room", "owner", "Olga"), desk.made.round_id)
    assert view.cut
    kinds = {1: "shoes", 2: "shoes", 5: "coat", 6: "shoes"}
    rows = tuple(
        replace(r, candidate=replace(r.candidate, category=kinds.get(r.candidate.number, "dress")))
        for r in view.cut.rows
    )
    assert by_kind(replace(view.cut, rows=rows)) == [
        Kind("dress", 6, 2), Kind("shoes", 3, 2), Kind("coat", 1, 0),
    ]  # fmt: skip


# ------------------------------------------------------------------ marking


async def test_a_mark_needs_a_reason_and_changes_the_preview(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    refused = await mark(desk, owner, 9, "keep")
    assert refused.status_code == 409
    assert "Say why in a few words: the reason is shown beside the decision." in words(refused)

    kept = await mark(desk, owner, 9, "keep", "The mill holds this fabric for us")
    assert (kept.status_code, kept.headers["location"]) == (303, f"{desk.path()}#d009")
    page = await owner.get(desk.path())
    assert going_on(page) == {1, 2, 3, 9}
    assert "The shop says: The mill holds this fabric for us" in words(page)
    assert "Kept by the shop" in words(page)

    await mark(desk, owner, 1, "veto", "Too close to last year")
    page = await owner.get(desk.path())
    assert going_on(page) == {2, 3, 4, 9}
    only = await owner.get(f"{desk.path()}?show=marked")
    assert sorted(re.findall(r'id="d(\d+)"', only.text)) == ["001", "009"]


async def test_a_mark_is_sent_from_the_page_and_taken_off_again(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    page, action = f"{desk.path()}?show=out", f"{desk.path()}/mark"
    fields = await owner.hidden(page, action)
    await owner.post(action, **{**fields, "kind": "keep", "reason": "A favourite of ours"})
    number = int(fields["number"])
    assert number in going_on(await owner.get(desk.path()))
    gone = await mark(desk, owner, number, "none")
    assert gone.status_code == 303
    assert going_on(await owner.get(desk.path())) == {1, 2, 3, 4}
    assert "Marked" not in words(await owner.get(desk.path()))


async def test_what_was_typed_is_kept_when_a_mark_is_refused(desk: Desk) -> None:
    """Five designs cannot be kept where four go on."""
    await desk.closed()
    owner = await desk.owner()
    for number in (5, 6, 7, 8):
        assert (await mark(desk, owner, number, "keep", "Needed")).status_code == 303
    refused = await mark(desk, owner, 9, "keep", 'Also "needed"')
    assert refused.status_code == 409
    assert "5 designs are marked keep, but only 4 can go on." in words(refused)
    assert 'value="Also &#34;needed&#34;"' in refused.text
    assert refused.text.count('<details name="placed" open>') == 1
    assert going_on(refused) == {5, 6, 7, 8}


@pytest.mark.parametrize("number", ["", "0", "11", "-1", "²", "1e3", "99999"])
async def test_only_designs_of_the_round_are_marked(desk: Desk, number: str) -> None:
    await desk.closed()
    owner = await desk.owner()
    answered = await owner.post(f"{desk.path()}/mark", number=number, kind="keep", reason="Why not")
    assert answered.status_code == 409
    assert going_on(await owner.get(desk.path())) == {1, 2, 3, 4}


async def test_marks_are_for_the_time_between_close_and_signature(desk: Desk) -> None:
    await desk.made.open()
    owner = await desk.owner()
    answered = await mark(desk, owner, 1, "keep", "I like it")
    assert answered.status_code == 409
    assert "Marks are set between the close of a round and its signature." in words(answered)
    await desk.vote(BALLOTS)
    await owner.post(f"{desk.path()}/close", reason="Enough")
    await desk.sign()
    assert (await mark(desk, owner, 1, "veto", "Changed my mind")).status_code == 409


async def test_what_people_write_is_shown_as_words(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    await mark(desk, owner, 1, "veto", '<img src=x onerror="alert(1)">')
    before = [await owner.get(p) for p in (desk.path(), f"{desk.path()}/sign", desk.log_path)]
    await desk.sign()
    for page in (*before, await owner.get(desk.path())):
        assert "<img src=x" not in page.text
        assert "&lt;img src=x" in page.text


# ------------------------------------------------------------------ signing


async def test_signing_keeps_what_the_page_showed(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    await mark(desk, owner, 9, "keep", "The mill holds this fabric")
    asked = words(await owner.get(f"{desk.path()}/sign"))
    assert "4 looks go on to round 2, 6 leave." in asked
    assert "#009 goes on because you say so: The mill holds this fabric" in asked
    assert "Round 2 is then scheduled and opens by itself Fri 4 Dec, 21:00 (Berlin)." in asked

    answered = await desk.sign()
    assert (answered.status_code, answered.headers["location"]) == (303, desk.path())
    assert {n for n, kept in (await signed(desk)).items() if kept} == {1, 2, 3, 9}
    assert await desk.state(2) is RoundState.SCHEDULED
    page = words(await owner.get(desk.path()))
    assert "4 looks go on to round 2, 6 leave. Round 2 opens by itself Fri 4 Dec, 21:00 (Berlin)." in page
    assert "The shop says: The mill holds this fabric" in page
    assert "Keep it" not in page


async def test_a_cut_that_changed_meanwhile_is_not_signed(desk: Desk) -> None:
    await desk.closed()
    owner, path = await desk.owner(), f"{desk.path()}/sign"
    seen = await owner.hidden(path, path)
    await mark(desk, owner, 9, "keep", "The mill holds this fabric")
    answered = await owner.post(path, seen=seen["seen"])
    assert answered.status_code == 409
    assert "The cut changed while you looked at it." in words(answered)
    assert (await owner.post(path)).status_code == 409
    assert await desk.state() is RoundState.CLOSED


async def test_a_signature_is_undone_until_the_next_round_opens(desk: Desk, clock: Clock) -> None:
    await desk.closed()
    owner, path = await desk.owner(), f"{desk.path()}/unsign"
    await mark(desk, owner, 9, "keep", "The mill holds this fabric")
    await desk.sign()
    asked = words(await owner.get(path))
    assert "Your marks stay as they are." in asked
    assert "Round 2 comes off the schedule." in asked
    assert (await owner.act(path, path, reason=" ")).status_code == 409
    assert (await owner.act(path, path, reason="One dress was missing")).status_code == 303
    assert await desk.state() is RoundState.CLOSED
    assert await desk.state(2) is RoundState.DRAFT
    assert going_on(await owner.get(desk.path())) == {1, 2, 3, 9}

    await desk.sign()
    clock.set((await desk.made.round(2)).plan.opens_at + timedelta(minutes=1))
    await use_rounds.tick(desk.made.store)
    assert await desk.state(2) is RoundState.OPEN
    assert "Undo the signature" not in words(await owner.get(desk.path()))
    answered = await owner.post(path, reason="Too late")
    assert answered.status_code == 409
    assert "The next round has opened, so the cut of round 1 stands." in words(answered)


async def test_ties_at_the_cut_are_told(make_desk: MakeDesk) -> None:
    """Seven designs nobody picked are equal; the printed rule lets all of them go on."""
    desk = await make_desk(tie_rule=TieRule.ALL)
    await desk.closed([(1,), (1, 2), (1, 2, 3)])
    owner = await desk.owner()
    asked = words(await owner.get(f"{desk.path()}/sign"))
    assert "7 are equal at the cut. If several are equal at the cut, all of them go on." in asked
    assert "So 7 of them go on." in asked
    assert "10 looks go on to round 2, 0 leave." in asked
    assert "Just out" not in asked


# ------------------------------------------------------------------ a missed quorum


async def test_a_missed_quorum_is_the_owner_s_choice(desk: Desk) -> None:
    await desk.closed(BALLOTS[:2])
    owner, path = await desk.owner(), f"{desk.path()}/sign"
    page = words(await owner.get(desk.path()))
    assert "Only 2 fans voted; 3 were needed." in page
    asked = await owner.get(path)
    assert 'name="accept_quorum"' in asked.text
    assert f'href="{desk.path()}/void"' in asked.text

    refused = await desk.sign()
    assert refused.status_code == 409
    assert "Confirm that you sign it all the same, or void the round." in words(refused)
    assert await desk.state() is RoundState.CLOSED
    assert (await desk.sign(accept_quorum="yes")).status_code == 303
    assert await desk.state() is RoundState.SIGNED_OFF


async def test_or_the_round_is_called_off(desk: Desk) -> None:
    await desk.closed(BALLOTS[:2])
    owner, path = await desk.owner(), f"{desk.path()}/void"
    assert (await owner.act(path, path, reason="Too few voted")).status_code == 303
    assert await desk.state() is RoundState.VOID
    assert (await owner.get(f"{desk.path()}/standings.csv")).status_code == 409


async def test_a_reached_quorum_asks_nothing(desk: Desk) -> None:
    await desk.closed()
    assert "accept_quorum" not in (await (await desk.owner()).get(f"{desk.path()}/sign")).text


async def test_a_round_without_any_vote_can_still_be_decided(desk: Desk) -> None:
    await desk.closed([])
    page = words(await (await desk.owner()).get(desk.path()))
    assert "10 looks, 0 voters" in page
    assert "Nobody was shown this one" in page or "not shown to anyone" in page
    assert (await desk.sign(accept_quorum="yes")).status_code == 303


# ------------------------------------------------------------------ the last round


async def test_the_last_signature_makes_the_shortlist(desk: Desk, clock: Clock) -> None:
    await desk.closed()
    await desk.sign()
    clock.set((await desk.made.round(2)).plan.opens_at)
    await use_rounds.tick(desk.made.store)
    await desk.vote([(2,), (2, 3), (2, 3), (2, 3, 4)], first=20)
    owner, path = await desk.owner(), desk.path(2)
    await owner.act(f"{path}/close", f"{path}/close", reason="Enough")
    assert "2 looks are the shortlist, 2 leave." in words(await owner.get(f"{path}/sign"))
    assert (await desk.sign(2)).status_code == 303
    page = words(await owner.get(path))
    assert "The shortlist" in page
    assert "2 looks go to the presale, each with its reason." in page
    assert "place 1 of 4: seen by 4 fans, picked by 4" in page
    assert "The shortlist: 2 looks." in words(await owner.get("/desk"))


async def test_the_overview_leads_to_the_decision(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    page = await owner.get("/desk")
    assert "To be signed" in words(page)
    assert "As it stands, 4 looks go on and 6 leave." in words(page)
    assert f'<a class="button primary" href="{desk.path()}">Look at the cut</a>' in page.text
    moderator = await desk.person(Role.MODERATOR)
    assert "Look at the cut" not in words(await moderator.get("/desk"))
