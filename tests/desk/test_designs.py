"""The designers' pages: what fans ask, the version that answers it, and who may."""

import re
from collections.abc import Iterable

import httpx
import pytest

from bot.port import Actor, Comment, Feed, Look, Notice, Role, ShowFeed, at_hand
from tests.desk.conftest import PHOTO_BYTES, MakeDesk
from tests.desk.stage import BALLOTS, NAVIGATION, Desk, Person, words
from tests.intake.made import jpeg
from tests.made_shop import ROOM
from tests.rendered import english


@pytest.fixture
async def signed(make_desk: MakeDesk) -> Desk:
    """A desk whose round 1 kept #001 to #004, with comments on #001 and #007."""
    desk = await make_desk()
    await desk.made.open()
    for i, (number, said) in enumerate(((1, "longer sleeves"), (1, "pockets"), (7, "shorter"))):
        fan = await desk.made.fan(i)
        await desk.made.catwalk.comment(Comment(fan, f"c{i}", ROOM, said, number))
    await desk.vote(BALLOTS)
    owner = await desk.owner()
    await owner.act(f"{desk.path()}/close", f"{desk.path()}/close", reason="Enough votes")
    assert (await desk.sign()).status_code == 303
    return desk


def all_path(desk: Desk) -> str:
    return f"/desk/campaign/{desk.made.campaign_id}/designs"


def one_path(desk: Desk, number: int = 1) -> str:
    return f"/desk/campaign/{desk.made.campaign_id}/design/{number}"


async def ticks(person: Person, path: str) -> dict[str, str]:
    """Read the comments that can be ticked on a page, oldest first, as fields."""
    page = (await person.get(path)).text
    return dict.fromkeys(reversed(re.findall(r'type="checkbox" name="(c-\d+)"', page)), "yes")


async def send_photo(
    person: Person,
    desk: Desk,
    photo: bytes | None = None,
    *,
    number: int = 1,
    note: str = "longer sleeves",
    ticked: Iterable[str] = (),
) -> httpx.Response:
    path = f"{one_path(desk, number)}/upload"
    data = {**await person.hidden(path, path), "note": note, **dict.fromkeys(ticked, "yes")}
    files = {"photo": ("IMG 1.JPG", jpeg(1) if photo is None else photo, "image/jpeg")}
    return await person.client.post(path, data=data, files=files, headers=NAVIGATION)


async def notices(desk: Desk, fan: Actor) -> list[str]:
    screen = (await desk.made.catwalk.look(Look(fan, ShowFeed(), ROOM))).screen
    assert isinstance(screen, Feed)
    return [english(i.text) for i in screen.items if isinstance(i, Notice)]


# ------------------------------------------------------------------ the way through


async def test_a_designer_answers_two_wishes_with_version_2(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    listed = await designer.get(all_path(signed))
    assert "2 open wishes" in words(listed)
    assert "Place 1 of 10" in words(listed)
    assert "#007" not in words(listed), "it left"

    path = one_path(signed)
    sleeves, pockets = await ticks(designer, path)
    chosen = await designer.act(path, f"{path}/choose", act="upload", **{sleeves: "yes", pockets: "yes"})
    assert chosen.headers["location"] == f"{path}/upload?c={sleeves[2:]}-{pockets[2:]}"
    form = (await designer.get(chosen.headers["location"])).text
    assert len(re.findall(r'name="c-\d+" value="yes" checked', form)) == 2

    sent = await send_photo(designer, signed, ticked=(sleeves, pockets))
    assert (sent.status_code, sent.headers["location"]) == (303, path)
    page = await designer.get(path)
    assert "Version 2 waits" in words(page)
    assert "2 fans are told then that their wish was used." in words(page)
    assert words(page).count("Answered by version 2") == 2
    assert await notices(signed, await signed.made.fan(0)) == []

    await signed.made.open(2)
    for i in (0, 1):
        assert len(await notices(signed, await signed.made.fan(i))) == 1
    page = await designer.get(path)
    assert "Take it back" not in words(page)
    assert "Upload version" not in words(page)
    assert "Round 2 is running" in words(page)


async def test_a_version_is_taken_back_and_sent_anew(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    path = one_path(signed)
    await send_photo(designer, signed)
    assert "Version 2 is in already." in words(await designer.get(f"{path}/upload"))
    taken = await designer.act(path, f"{path}/withdraw")
    assert taken.status_code == 303
    assert "Version 2 of #001 is taken back." in words(await designer.get(path))
    assert (await send_photo(designer, signed)).status_code == 303


async def test_comments_are_grouped_declined_and_opened_again(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    path = one_path(signed)
    sleeves, pockets = await ticks(designer, path)
    await designer.act(path, f"{path}/choose", act="grouped", **{sleeves: "yes"})
    assert "1 comment is grouped." in words(await designer.get(path))
    asked = await designer.act(path, f"{path}/choose", act="decline", **{pockets: "yes"})
    why = asked.headers["location"]
    assert "pockets" in words(await designer.get(why))
    refused = await designer.act(why, f"{path}/decline", reason=" ")
    assert refused.status_code == 409
    assert "Say why in a few words" in words(refused)
    done = await designer.act(why, f"{path}/decline", reason="the cloth is too thin")
    assert done.status_code == 303
    assert "Declined: the cloth is too thin" in words(await designer.get(path))
    assert len(await notices(signed, await signed.made.fan(1))) == 1
    await designer.act(path, f"{path}/choose", act="new", **{sleeves: "yes", pockets: "yes"})
    assert "2 comments are open again." in words(await designer.get(path))
    owner = await signed.owner()
    log = words(await owner.get(signed.log_path))
    assert "The designer declined a comment on #001" in log
    assert "the cloth is too thin" in log


async def test_nothing_ticked_is_said(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    path = one_path(signed)
    refused = await designer.act(path, f"{path}/choose", act="grouped")
    assert refused.status_code == 409
    assert "Choose at least one comment on this design." in words(refused)
    asked = await designer.act(path, f"{path}/choose", act="decline")
    assert "Nothing is ticked" in words(await designer.get(asked.headers["location"]))


async def test_filters_stay_in_the_address(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    await send_photo(designer, signed, number=2)

    async def shown(show: str) -> list[str]:
        page = await designer.get(f"{all_path(signed)}?show={show}")
        return re.findall(r'<li id="d(\d+)">', page.text)

    assert await shown("all") == await shown("nonsense") == ["001", "002", "003", "004"]
    assert await shown("open") == ["001"]
    assert await shown("in") == ["002"]


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("photo", "sentence"),
    [
        (b"", "Choose the photo of the new version first."),
        (b"GIF89a and so on", "Save it as JPEG, PNG or WebP."),
        (jpeg(1)[:500], "This picture is damaged or cut short."),
        (b"\xff\xd8\xff" + bytes(PHOTO_BYTES), "a photo may have at most 0.2 MB"),
    ],
)
async def test_a_bad_photo_is_refused_with_a_sentence_and_the_words_are_kept(
    signed: Desk, photo: bytes, sentence: str
) -> None:
    designer = await signed.person(Role.DESIGNER)
    sleeves, _ = await ticks(designer, one_path(signed))
    refused = await send_photo(designer, signed, photo, note="Longer «sleeves»", ticked=[sleeves])
    assert refused.status_code == 409
    assert sentence in words(refused)
    assert 'value="Longer «sleeves»"' in refused.text
    assert f'name="{sleeves}" value="yes" checked' in refused.text


async def test_a_body_far_over_the_limit_is_cut_off_and_other_forms_stay_small(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    assert (await send_photo(designer, signed, bytes(PHOTO_BYTES + 100_000))).status_code == 413
    path = f"{one_path(signed)}/choose"
    assert (await designer.post(path, act="x" * 100_000)).status_code == 413


async def test_the_same_form_sent_twice_keeps_one_version(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    path = f"{one_path(signed)}/upload"
    data = {**await designer.hidden(path, path), "note": "longer"}
    files = {"photo": ("a.jpg", jpeg(1), "image/jpeg")}
    answers = [await designer.client.post(path, data=data, files=files, headers=NAVIGATION) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]


@pytest.mark.parametrize("role", [Role.FAN, Role.MODERATOR])
async def test_who_may_not_act_is_turned_away_before_the_photo_is_read(signed: Desk, role: Role) -> None:
    person = await signed.person(role)
    path = one_path(signed)
    data = {"csrf": await person.token(), "note": "mine"}
    files = {"photo": ("a.jpg", jpeg(1), "image/jpeg")}
    for act in ("upload", "withdraw", "decline"):
        sent = await person.client.post(f"{path}/{act}", data=data, files=files, headers=NAVIGATION)
        assert sent.status_code in (400, 403), act
    assert (await person.post(f"{path}/withdraw")).status_code == 403
    assert (await person.post(f"{path}/choose", act="grouped")).status_code == 403
    assert (await person.get(path)).status_code == (403 if role is Role.FAN else 200)
    assert (await person.get(all_path(signed))).status_code == (403 if role is Role.FAN else 200)


async def test_a_moderator_reads_and_is_offered_no_act(signed: Desk) -> None:
    moderator = await signed.person(Role.MODERATOR)
    page = (await moderator.get(one_path(signed))).text
    assert "longer sleeves" in page
    assert 'id="dock"' not in page


async def test_another_site_cannot_send_a_photo(signed: Desk) -> None:
    designer = await signed.person(Role.DESIGNER)
    path = f"{one_path(signed)}/upload"
    data = {**await designer.hidden(path, path), "note": "longer"}
    files = {"photo": ("a.jpg", jpeg(1), "image/jpeg")}
    headers = {**NAVIGATION, "Sec-Fetch-Site": "cross-site"}
    assert (await designer.client.post(path, data=data, files=files, headers=headers)).status_code == 403
    sent = await designer.client.post(path, data={"note": "no token"}, files=files, headers=NAVIGATION)
    assert sent.status_code == 403


@pytest.mark.parametrize(
    "where", ["/desk/campaign/999/designs", "/desk/campaign/999/design/1", "{}/design/99"]
)
async def test_what_is_not_there_is_not_found(signed: Desk, where: str) -> None:
    owner = await signed.owner()
    path = where.format(f"/desk/campaign/{signed.made.campaign_id}")
    assert (await owner.get(path)).status_code == 404
    assert (await owner.post(f"{path}/choose", act="grouped")).status_code in (404, 405)


async def test_before_and_during_a_round_nothing_is_uploaded(desk: Desk) -> None:
    owner = await desk.owner()
    assert "the first one has not been held yet" in words(await owner.get(all_path(desk)))
    await desk.made.open()
    assert "Round 1 is running" in words(await owner.get(f"{one_path(desk)}/upload"))
    path = f"{one_path(desk)}/upload"
    data = {"csrf": await owner.token(), "note": "longer"}
    files = {"photo": ("a.jpg", jpeg(1), "image/jpeg")}
    sent = await owner.client.post(path, data=data, files=files, headers=NAVIGATION)
    assert sent.status_code == 409
    assert "Round 1 is running" in words(sent)


async def test_a_photo_that_came_with_a_wish_is_shown_beside_it_and_hidden_with_it(signed: Desk) -> None:
    fan = await signed.made.fan(4)
    said = Comment(fan, "photo", ROOM, "#001 such a collar", photo=at_hand(jpeg(5)))
    await signed.made.catwalk.comment(said)
    designer, moderator = await signed.person(Role.DESIGNER), await signed.person(Role.MODERATOR)
    shown = 'alt="The photo that came with this comment"'
    page = (await designer.get(one_path(signed))).text
    assert page.count(shown) == 1
    assert len(re.findall(r'class="reference" href="/photo/[0-9a-f]{64}.jpg"', page)) == 1
    listed = f"/desk/campaign/{signed.made.campaign_id}/comments"
    said_here = (await moderator.get(listed)).text
    assert said_here.count(shown) == 1
    newest = max(map(int, re.findall(r'<li id="c(\d+)">', said_here)))
    await moderator.post(f"/desk/comment/{newest}", reason="off topic")
    assert shown not in (await designer.get(one_path(signed))).text
