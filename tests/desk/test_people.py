"""Invitations: each works as it says, is shown once and is written nowhere."""

import re

import pytest

from bot.port import Actor, Command, Role
from bot.storage import people
from tests.desk.stage import HOME, Desk, words

PAGE = "/desk/people"


def secret(page: str) -> str:
    found = re.search(r'<code class="secret">([^<]*)</code>', page)
    assert found
    return found[1]


@pytest.mark.parametrize("role", [Role.OWNER, Role.MODERATOR, Role.DESIGNER])
async def test_a_role_link_gives_that_role_once(desk: Desk, role: Role) -> None:
    owner = await desk.owner()
    made = await owner.act(PAGE, f"{PAGE}/role", role=role)
    link = secret(made.text)
    assert link.startswith(f"{HOME}/claim?code=")
    assert f"A link for a new {role}" in words(made)
    assert "It works once, until" in words(made)

    first, second = await desk.stranger("First"), await desk.stranger("Second")
    path = link.removeprefix(HOME)
    assert (await first.act(path, "/claim", name="First")).headers["location"] == "/desk"
    assert (await first.get("/desk")).status_code == 200
    listed = words(await owner.get(PAGE)).split("Who runs the shop")[1]
    assert re.search(rf"First {role.capitalize()}, Room, since ", listed)
    assert (await second.act(path, "/claim", name="Second")).status_code == 409
    assert (await second.get("/desk")).status_code == 403


async def test_a_secret_is_shown_once_and_kept_nowhere(desk: Desk) -> None:
    owner = await desk.owner()
    made = await owner.act(PAGE, f"{PAGE}/role", role="moderator")
    code = secret(made.text).split("code=")[1]
    assert "location" not in made.headers
    assert code not in str(made.headers)
    for path in (PAGE, "/desk", desk.log_path):
        assert code not in (await owner.get(path)).text


async def test_a_fans_link_lets_in_as_many_as_it_says(desk: Desk) -> None:
    owner = await desk.owner()
    made = await owner.act(PAGE, f"{PAGE}/fans", group="main", uses="2")
    assert "2 fans can come in by it." in words(made)
    path = secret(made.text).removeprefix(HOME)
    answers = []
    for name in ("Ann", "Ben", "Cem"):
        fan = await desk.stranger(name)
        answers.append((await fan.act(path, "/enter", name=name)).status_code)
    assert answers == [303, 303, 409]


async def test_an_empty_number_lets_in_everybody(desk: Desk) -> None:
    made = await (await desk.owner()).act(PAGE, f"{PAGE}/fans", group="main", uses="")
    assert "Any number of fans can come in by it." in words(made)
    assert secret(made.text).startswith(f"{HOME}/enter?code=")


async def test_a_setup_code_lets_a_chat_group_join(desk: Desk) -> None:
    owner = await desk.owner()
    made = await owner.act(PAGE, f"{PAGE}/group", campaign=str(desk.made.campaign_id))
    assert "Say this in the group that joins Spring" in words(made)
    command, code = secret(made.text).split()
    assert command == "/setup"
    async with desk.made.store.begin() as tx:
        now = await tx.now()
        await people.put_group(tx, "telegram", "-100", "Paris fans", "fr", False, now)
        await people.put_account(tx, "telegram", "7", "Admin", "fr", now)
    await desk.made.catwalk.command(Command(Actor("telegram", "7", "Admin"), "e", "setup", code, "-100"))
    assert "The room and Paris fans" in words(await owner.get(PAGE))


async def test_a_new_room_votes_at_once_with_its_owner_in_it(desk: Desk) -> None:
    owner = await desk.owner()
    campaign = f"campaign-{desk.made.campaign_id}"
    fields = {"title": "Été à Paris", "language": "fr", campaign: "yes"}
    for _ in range(2):  # sent twice it is the same room
        added = await owner.act(PAGE, f"{PAGE}/room", **fields)
        assert (added.status_code, added.headers["location"]) == (303, PAGE)
    page = words(await owner.get(PAGE))
    assert "Spring The room and Été à Paris" in page
    async with desk.made.store.read() as tx:
        rooms = await people.groups_on(tx, "room")
    assert [(r.remote_id, r.language) for r in rooms] == [("main", "en"), ("ete-a-paris", "fr")]
    assert (await owner.get("/r/ete-a-paris")).status_code == 200


async def test_rooms_with_like_names_are_two(desk: Desk) -> None:
    owner = await desk.owner()
    for title in ("Spring", "Spring!", "春天", "夏天"):
        await owner.post(f"{PAGE}/room", title=title, language="zh")
    async with desk.made.store.read() as tx:
        rooms = await people.groups_on(tx, "room")
    assert {r.title: r.remote_id for r in rooms if r.remote_id != "main"} == {
        "Spring": "spring", "Spring!": "spring-2", "春天": "room", "夏天": "room-2",
    }  # fmt: skip
    # Nobody asked for a campaign, so none of them votes.
    assert "Spring The room Add a room" in words(await owner.get(PAGE))


@pytest.mark.parametrize(
    ("what", "fields", "said"),
    [
        ("role", {}, "Choose what the person will do"),
        ("role", {"role": "fan"}, "Choose what the person will do"),
        ("role", {"role": "emperor"}, "Choose what the person will do"),
        ("fans", {"group": "elsewhere"}, "There is no room called elsewhere."),
        ("fans", {"group": "main", "uses": "0"}, "Say how many fans may use the link"),
        ("fans", {"group": "main", "uses": "-3"}, "Say how many fans may use the link"),
        ("fans", {"group": "main", "uses": "many"}, "Say how many fans may use the link"),
        ("fans", {"group": "main", "uses": "100001"}, "Say how many fans may use the link"),
        ("group", {"campaign": "999"}, "There is no such campaign."),
        ("room", {"title": "  ", "language": "en"}, "Give the room a name of 1 to 60 letters."),
        ("room", {"title": "x" * 61, "language": "en"}, "Give the room a name of 1 to 60 letters."),
        ("room", {"title": "Fine", "language": "tlh"}, "Choose the language the room speaks."),
    ],
)
async def test_what_cannot_be_is_said_on_the_page(
    desk: Desk, what: str, fields: dict[str, str], said: str
) -> None:
    owner = await desk.owner()
    answered = await owner.post(f"{PAGE}/{what}", **fields)
    assert answered.status_code == 409
    assert said in words(answered)
    assert "Invite someone to help" in words(answered)
    assert 'class="secret"' not in answered.text
