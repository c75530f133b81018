"""Who may see and do what at the desk, and whose forms are taken."""

import pytest

from bot.port import Role
from bot.rounds.model import RoundState
from tests.desk.stage import NAVIGATION, Desk, words

OWNER, MODERATOR, DESIGNER, FAN = Role.OWNER, Role.MODERATOR, Role.DESIGNER, Role.FAN
REFUSED = "Only the people who run this shop can do that."


def pages(desk: Desk) -> dict[str, set[Role]]:
    """List every page with the roles it opens for while round 1 is closed and to be signed."""
    return {
        "/desk": {OWNER, MODERATOR, DESIGNER},
        desk.path(): {OWNER, MODERATOR, DESIGNER},
        desk.path(2): {OWNER, MODERATOR, DESIGNER},
        f"{desk.path()}/standings.csv": {OWNER, MODERATOR, DESIGNER},
        f"{desk.path()}/sign": {OWNER},
        f"{desk.path()}/void": {OWNER},
        desk.log_path: {OWNER, MODERATOR},
        "/desk/people": {OWNER},
    }


@pytest.mark.parametrize("role", Role)
async def test_a_page_opens_for_its_roles_alone(desk: Desk, role: Role) -> None:
    await desk.closed()
    person = await desk.person(role)
    for path, roles in pages(desk).items():
        answered = await person.get(path)
        if role in roles:
            assert answered.status_code == 200, path
        elif role is FAN or path in ("/desk/people", desk.log_path):
            assert answered.status_code == 403, path
            assert REFUSED in words(answered)
        else:  # a step's page leads whoever cannot take the step back to the round
            assert (answered.status_code, answered.headers["location"]) == (303, desk.path()), path


async def test_a_stranger_is_shown_the_way_in(desk: Desk) -> None:
    await desk.closed()
    stranger = await desk.stranger()
    for path in pages(desk):
        answered = await stranger.get(path)
        assert answered.status_code == 403, path
        assert "Dress" not in answered.text


async def test_what_is_not_there_says_so(desk: Desk) -> None:
    owner = await desk.owner()
    for path in (
        "/desk/round/999",
        "/desk/round/999/standings.csv",
        f"{desk.path()}/explode",
        "/desk/nothing",
    ):
        assert (await owner.get(path)).status_code == 404
    assert (await owner.post(f"{desk.path()}/explode")).status_code == 404
    assert (await owner.get("/desk/campaign/999/log")).status_code == 409


STEPS = {
    "schedule": {OWNER},
    "open": {OWNER, MODERATOR},
    "pause": {OWNER, MODERATOR},
    "extend": {OWNER, MODERATOR},
    "resume": {OWNER, MODERATOR},
    "close": {OWNER, MODERATOR},
    "mark": {OWNER},
    "sign": {OWNER},
    "unsign": {OWNER},
    "void": {OWNER},
}
"""Every step of a round's life in an order in which each is possible."""


@pytest.mark.parametrize("role", Role)
async def test_a_step_is_taken_by_its_roles_alone(desk: Desk, role: Role) -> None:
    person, owner = await desk.person(role), await desk.owner()
    for step, roles in STEPS.items():
        before = await desk.log()
        fields = {"reason": "Because", "hours": "6", "number": "1", "kind": "keep", "accept_quorum": "yes"}
        fields["closes_at"] = (await desk.made.round()).closes_at.isoformat()
        if step == "sign":
            fields |= await owner.hidden(f"{desk.path()}/sign", f"{desk.path()}/sign")
            fields.pop("csrf")
        answered = await person.post(f"{desk.path()}/{step}", **fields)
        if role in roles:
            assert answered.status_code == 303, words(answered)
            assert len(await desk.log()) == len(before) + 1
        else:
            assert answered.status_code == 403
            assert REFUSED in words(answered)
            assert await desk.log() == before
            await owner.post(f"{desk.path()}/{step}", **fields)


@pytest.mark.parametrize("role", [FAN, MODERATOR, DESIGNER])
@pytest.mark.parametrize("what", ["role", "fans", "group", "room"])
async def test_only_owners_invite(desk: Desk, role: Role, what: str) -> None:
    person = await desk.person(role)
    answered = await person.post(
        f"/desk/people/{what}", role="owner", group="main", campaign=str(desk.made.campaign_id), title="Mine",
        language="en",
    )  # fmt: skip
    assert answered.status_code == 403
    assert REFUSED in words(answered)
    assert "code=" not in answered.text
    assert "/setup" not in answered.text


async def test_a_form_without_its_token_does_nothing(desk: Desk) -> None:
    owner, path = await desk.owner(), f"{desk.path()}/open"
    other = await (await desk.person(DESIGNER)).token()
    for data in ({}, {"csrf": ""}, {"csrf": "made up"}, {"csrf": other}):
        answered = await owner.client.post(path, data=data, headers=NAVIGATION)
        assert answered.status_code == 403
    crossed = {**NAVIGATION, "Sec-Fetch-Site": "cross-site"}
    answered = await owner.client.post(path, data={"csrf": await owner.token()}, headers=crossed)
    assert answered.status_code == 403
    assert await desk.state() is RoundState.DRAFT


async def test_a_get_never_changes_anything(desk: Desk) -> None:
    owner, before = await desk.owner(), await desk.log()
    for step in STEPS:
        assert (await owner.get(f"{desk.path()}/{step}")).status_code in (200, 303, 404)
    assert await desk.log() == before
    assert await desk.state() is RoundState.DRAFT


async def test_a_role_taken_by_a_link_leads_to_the_desk(desk: Desk) -> None:
    moderator = await desk.stranger("Mo")
    link = await (await desk.owner()).act("/desk/people", "/desk/people/role", role="moderator")
    code = words(link).split("/claim?code=")[1].split()[0]
    claimed = await moderator.act(f"/claim?code={code}", "/claim", name="Mo")
    assert (claimed.status_code, claimed.headers["location"]) == (303, "/desk")
    assert (await moderator.get("/desk")).status_code == 200
