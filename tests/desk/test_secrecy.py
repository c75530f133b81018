"""While a round runs nobody at the desk learns who leads, or anything about one fan."""

import re

import httpx
import pytest

from bot.port import Actor, Role
from bot.service import desk as views
from tests.desk.conftest import MakeDesk
from tests.desk.stage import BALLOTS, Desk, words

STAFF = (Role.OWNER, Role.MODERATOR, Role.DESIGNER)


def bare(page: httpx.Response) -> str:
    """Strip what differs between two renderings of the same page: tokens and nonces."""
    return re.sub(r'name="(csrf|event_id)" value="[^"]*"', "", page.text)


async def everything(desk: Desk) -> dict[str, str]:
    """Render every page of a running round as every role."""
    paths = [p for n in (1, 2) for p in (desk.path(n), f"{desk.path(n)}?show=safe", f"{desk.path(n)}/close")]
    found = {}
    for role in STAFF:
        person = await desk.person(role)
        for path in ("/desk", desk.log_path, "/desk/people", *paths, f"{desk.path()}/standings.csv"):
            found[f"{role} {path}"] = bare(await person.get(path))
    return found


async def test_the_pages_are_the_same_whoever_leads(desk: Desk) -> None:
    """Turn every ballot round and compare: what does not change with the votes cannot tell them."""
    await desk.made.open()
    await desk.vote(BALLOTS)
    await everything(desk)  # words of welcome are said once
    leading = await everything(desk)
    for i, picks in enumerate(BALLOTS):
        fan = await desk.made.fan(i)
        for number in picks:
            await desk.made.press(fan, f"turn-{i}-{number}", f"p:{desk.made.round_id}:{number}:0")
        for number in picks:
            await desk.made.press(fan, f"turned-{i}-{number}", f"p:{desk.made.round_id}:{11 - number}:1")
    turned = await desk.made.tally()
    assert turned[10] == (6, 6)
    assert turned[1][1] == 0
    assert await everything(desk) == leading


async def test_the_same_is_told_apart_once_the_round_has_closed(make_desk: MakeDesk) -> None:
    """The control: after the close the leader is on the page, so the comparison above can fail."""
    desk = await make_desk()
    await desk.closed()
    page = words(await (await desk.owner()).get(desk.path()))
    assert "6 of 6" in page
    assert "Safely in" in page or "On the edge" in page


async def test_a_running_round_has_no_standings_for_anybody(desk: Desk) -> None:
    await desk.made.open()
    await desk.vote(BALLOTS)
    for role in STAFF:
        person = await desk.person(role)
        csv = await person.get(f"{desk.path()}/standings.csv")
        assert csv.status_code == 409
        assert "Standings exist from the close of a round on." in words(csv)
    view = await views.round_page(desk.made.shop, await _actor(desk), desk.made.round_id)
    assert view.cut is None


async def _actor(desk: Desk) -> Actor:
    """Let an owner in without a browser."""
    by = await desk.made.owner()
    assert by.account_id is not None
    return Actor("room", "owner", "Olga", "en")


@pytest.mark.parametrize("state", ["paused", "void"])
async def test_nor_has_a_paused_or_called_off_one(desk: Desk, state: str) -> None:
    await desk.made.open()
    await desk.vote(BALLOTS)
    owner = await desk.owner()
    await owner.post(f"{desk.path()}/{'pause' if state == 'paused' else 'void'}", reason="Wrong photos")
    assert (await owner.get(f"{desk.path()}/standings.csv")).status_code == 409
    page = words(await owner.get(desk.path()))
    assert "chance" not in page
    assert "Place" not in page


async def test_turnout_shows_counts_and_no_person(desk: Desk) -> None:
    await desk.made.open()
    await desk.vote(BALLOTS)
    page = words(await (await desk.person(Role.MODERATOR)).get(desk.path()))
    assert "fans voted, 3 are needed 6" in page
    assert "opinions 60" in page
    assert "designs or more were seen by half of them 10" in page
    assert "The room Room 6 fans" in page
    assert "Fan 0" not in page


async def test_a_median_of_few_fans_is_not_shown(desk: Desk) -> None:
    """With four ballots the middle one is somebody's."""
    await desk.made.open()
    await desk.vote(BALLOTS[:4])
    owner = await desk.owner()
    assert "seen by half of them" not in words(await owner.get(desk.path()))
    await desk.vote(BALLOTS[4:5], first=4)
    assert "seen by half of them" in words(await owner.get(desk.path()))


async def test_a_designer_sees_no_turnout_before_the_close(desk: Desk) -> None:
    await desk.made.open()
    await desk.vote(BALLOTS)
    designer = await desk.person(Role.DESIGNER)
    for path in (desk.path(), "/desk"):
        assert "6 fans" not in words(await designer.get(path))
    await (await desk.owner()).post(f"{desk.path()}/close", reason="Enough")
    page = words(await designer.get(desk.path()))
    assert "10 looks, 6 voters" in page
    assert "Keep it" not in page
