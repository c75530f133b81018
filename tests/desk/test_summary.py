"""A closed round in one minute at the desk: its picture, its lines, and only the ways that are open."""

import re

import httpx
import pytest

from bot.port import Role
from bot.rounds.summary import lines
from bot.service import summary
from tests.desk.stage import Desk, words
from tests.rendered import english


def ways(page: httpx.Response) -> list[tuple[str, str]]:
    """Read where the page leads: (label, address)."""
    found = re.findall(r'<a class="button[^"]*" href="([^"]+)"[^>]*>([^<]+)</a>', page.text)
    return [(label, path) for path, label in found]


async def test_the_round_and_its_summary_say_the_same_lines(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    async with desk.made.store.read() as tx:
        said = [english(line) for line in lines(await summary.summary(tx, desk.made.round_id))]
    assert len(said) == 5
    for path in (desk.path(), f"{desk.path()}/summary"):
        page = words(await owner.get(path))
        for line in said:
            assert line.replace("\N{NO-BREAK SPACE}", " ") in page


async def test_the_picture_is_there_in_words_and_on_both_papers(desk: Desk) -> None:
    await desk.closed()
    page = (await (await desk.owner()).get(f"{desk.path()}/summary")).text
    assert re.search(
        r'<source srcset="/chart/\d+-[0-9a-f]{32}\.en\.dark\.png" media="\(prefers-color-sch', page
    )
    assert re.search(r'<img src="/chart/\d+-[0-9a-f]{32}\.en\.light\.png" alt="A chart of 10', page)


async def test_an_owner_goes_on_to_sign_and_then_to_the_next_round(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    here = desk.path()
    before = ways(await owner.get(f"{here}/summary"))
    assert before[0] == ("Sign the cut", f"{here}/sign")
    assert ("See the edge", f"{here}?show=edge#cut") in before
    assert ("Standings as a table (CSV)", f"{here}/standings.csv") in before
    assert ("Comments", f"/desk/campaign/{desk.made.campaign_id}/designs") in before
    for _, path in before:
        assert (await owner.get(path.partition("#")[0])).status_code == 200
    await desk.sign()
    after = ways(await owner.get(f"{here}/summary"))
    assert after[0] == ("Open round 2", desk.path(2))
    assert "See the edge" not in dict(after)


async def test_who_may_not_sign_is_not_sent_to(desk: Desk) -> None:
    await desk.closed()
    for role in (Role.MODERATOR, Role.DESIGNER):
        page = await (await desk.person(role)).get(f"{desk.path()}/summary")
        assert page.status_code == 200
        assert "Sign the cut" not in dict(ways(page))


@pytest.mark.parametrize("role", [Role.OWNER, Role.MODERATOR, Role.DESIGNER])
async def test_a_running_round_has_no_summary(desk: Desk, role: Role) -> None:
    await desk.made.open()
    await desk.vote([(1, 2), (1,)])
    answered = await (await desk.person(role)).get(f"{desk.path()}/summary")
    assert (answered.status_code, answered.headers["location"]) == (303, desk.path())


async def test_fans_have_no_summary_of_this_kind(desk: Desk) -> None:
    await desk.closed()
    answered = await (await desk.person(Role.FAN)).get(f"{desk.path()}/summary")
    assert answered.status_code == 403
    assert "Integrity" not in words(answered)
