"""Words at the desk: listed, hidden with a reason, shown again; and what the log can take back."""

import pytest

from bot.port import Actor, Comment, Feed, Look, Notice, Remark, Role, ShowFeed
from tests.desk.stage import Desk, Person, words
from tests.made_shop import ROOM
from tests.rendered import english


async def said(desk: Desk, text: str, fan: int = 1) -> int:
    """Let a fan say something; return the comment's number."""
    actor = await desk.made.fan(fan)
    await desk.made.catwalk.comment(Comment(actor, f"said-{len(text)}", ROOM, text))
    return max(item.id for item in (await feed(desk, actor)).items if isinstance(item, Remark))


async def feed(desk: Desk, actor: Actor) -> Feed:
    screen = (await desk.made.catwalk.look(Look(actor, ShowFeed(), ROOM))).screen
    assert isinstance(screen, Feed)
    return screen


def path(desk: Desk, hidden: bool = False) -> str:
    return f"/desk/campaign/{desk.made.campaign_id}/comments{'?show=hidden' if hidden else ''}"


async def hide(person: Person, number: int, **fields: str) -> int:
    one = f"/desk/comment/{number}"
    return (await person.act(one, one, **fields)).status_code


async def test_a_comment_is_hidden_and_shown_again(desk: Desk) -> None:
    await desk.made.open()
    number = await said(desk, "#003 <b>rubbish</b>")
    mo = await desk.person(Role.MODERATOR)
    page = await mo.get(path(desk))
    assert "#003 <b>rubbish</b>" in words(page)
    assert f'href="/desk/comment/{number}"' in page.text
    assert await hide(mo, number, reason="rude to Bea") == 303
    assert "Nothing said yet" in words(await mo.get(path(desk)))
    hidden = words(await mo.get(path(desk, hidden=True)))
    assert "rubbish" in hidden
    assert "“rude to Bea”" in hidden
    items = (await feed(desk, await desk.made.fan(1))).items
    assert not any(isinstance(item, Remark) for item in items)
    (told,) = [english(item.text) for item in items if isinstance(item, Notice)]
    assert "rude to Bea" in told
    undo = f"/desk/campaign/{desk.made.campaign_id}/log/{(await desk.log())[0].id}/undo"
    back = await mo.act(path(desk, hidden=True), undo)
    assert back.headers["location"] == path(desk, hidden=True)
    assert "rubbish" in words(await mo.get(path(desk)))


async def test_a_comment_is_not_hidden_without_a_reason_and_the_form_keeps_it(desk: Desk) -> None:
    await desk.made.open()
    number = await said(desk, "hello")
    mo = await desk.person(Role.MODERATOR)
    assert await hide(mo, number, reason=" ") == 409
    long = "x" * 301
    one = f"/desk/comment/{number}"
    refused = await mo.act(one, one, reason=long)
    assert refused.status_code == 409
    assert long in refused.text
    assert "hello" in words(await mo.get(path(desk)))


async def test_the_log_takes_back_what_moderators_did_for_a_day(desk: Desk) -> None:
    await desk.made.open()
    number = await said(desk, "hello")
    mo = await desk.person(Role.MODERATOR)
    await hide(mo, number, reason="spam")
    undo = f"{desk.log_path}/{(await desk.log())[0].id}/undo"
    desk.made.clock.advance(hours=23)
    assert f'action="{undo}"' in (await mo.get(desk.log_path)).text
    desk.made.clock.advance(hours=1)
    assert undo not in (await mo.get(desk.log_path)).text
    assert "Show it again" not in words(await mo.get(path(desk, hidden=True)))
    assert (await mo.post(undo)).status_code == 409
    assert "hello" in words(await mo.get(path(desk, hidden=True)))


async def test_an_owner_takes_back_at_the_desk_what_a_moderator_did(desk: Desk) -> None:
    await desk.made.open()
    number = await said(desk, "a joke")
    await hide(await desk.person(Role.MODERATOR), number, reason="rude")
    owner = await desk.owner()
    undo = f"{desk.log_path}/{(await desk.log())[0].id}/undo"
    assert (await owner.act(desk.log_path, undo)).status_code == 303
    log = words(await owner.get(desk.log_path))
    assert f"The moderator hid comment c{number} (taken back) “rude”" in log
    assert f"The owner showed comment c{number} again" in log


@pytest.mark.parametrize("role", [Role.FAN, Role.DESIGNER])
async def test_only_who_runs_the_rounds_moderates(desk: Desk, role: Role) -> None:
    await desk.made.open()
    number = await said(desk, "hello")
    person = await desk.person(role)
    assert (await person.get(path(desk))).status_code == 403
    assert (await person.get(f"/desk/comment/{number}")).status_code == 403
    assert (await person.post(f"/desk/comment/{number}", reason="why")).status_code == 403
    mo = await desk.person(Role.MODERATOR)
    await hide(mo, number, reason="spam")
    undo = f"{desk.log_path}/{(await desk.log())[0].id}/undo"
    assert (await person.post(undo)).status_code == 403


async def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    owner = await desk.owner()
    for missing in ("/desk/campaign/99/comments", "/desk/comment/99"):
        assert (await owner.get(missing)).status_code == 404
