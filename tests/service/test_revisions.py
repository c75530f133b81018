"""Version 2: uploaded between rounds, shown when the next one opens, and its authors are told then."""

import asyncio
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.actions import Finish, encode
from bot.errors import RuleError
from bot.intake.limits import PhotoLimits
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import (
    Actor,
    Command,
    Comment,
    DesignView,
    Feed,
    FeedPost,
    Look,
    Notice,
    Remark,
    Reply,
    Role,
    Said,
    Sheet,
    ShowDesign,
    ShowFeed,
    ShowSaid,
    Upload,
    at_hand,
)  # fmt: skip
from bot.relay import Relay
from bot.rounds.model import MarkKind
from bot.service import people, revisions, wishes
from bot.service import rounds as use_rounds
from bot.service.catwalk import Catwalk
from bot.service.rounds import By
from bot.storage import journal, moderation
from bot.storage import revisions as rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.intake.made import encoded, jpeg, picture, png_header
from tests.made_shop import ROOM, FakePlatform, MadeShop, lines, made_shop, ours, plan
from tests.rendered import english


@pytest.fixture
async def made(store: Store, clock: Clock, tmp_path: Path) -> MadeShop:
    """A shop with two rounds of ten designs, of which #001 to #003 go on, and a place for photos."""
    shop = await made_shop(store, clock, plans=[plan(clock), replace(plan(clock, 2), keep=2)])
    studio = Studio(PhotoStore(tmp_path / "photos"))
    shop.catwalk = Catwalk(replace(shop.shop, studio=studio))
    await shop.open()
    return shop


async def sign(made: MadeShop, number: int = 1) -> None:
    """Close and sign a round in which one fan picked #001 to #003."""
    fan = await made.fan(1)
    await made.catwalk.command(Command(fan, f"picks-{number}", "pick", "1 2 3", ROOM))
    sheet = (await made.look(fan)).screen
    assert isinstance(sheet, Sheet)
    for page in range(1, len(sheet.pages) + 1):
        await made.press(fan, f"done-{number}-{page}", encode(Finish(made.round_ids[number - 1], page)))
    round_id = made.round_ids[number - 1]
    await use_rounds.count(made.store, await use_rounds.close(made.store, round_id, By()))
    await use_rounds.sign(made.store, round_id, By(), accept_quorum=True)


async def staff(made: MadeShop, role: Role = Role.DESIGNER) -> Actor:
    issued = await people.invite_role(made.shop, role, None)
    actor = Actor("room", f"the-{role}", f"The {role}", "en")
    await made.catwalk.command(Command(actor, "claim", "claim", issued.code))
    await made.catwalk.command(Command(actor, "enter", "enter", "", ROOM))
    return actor


async def say(made: MadeShop, i: int, words: str) -> int:
    """Let fan `i` say something; return our id of it."""
    fan = await made.fan(i)
    made.clock.advance(seconds=1)
    event = re.sub(r"[^A-Za-z0-9]", "-", f"says-{i}-{words}")
    await made.catwalk.comment(Comment(fan, event, ROOM, words))
    return (await said(made, fan)).remarks[0].id


async def said(made: MadeShop, actor: Actor) -> Said:
    screen = (await made.catwalk.look(Look(actor, ShowSaid(), ROOM))).screen
    assert isinstance(screen, Said)
    return screen


async def feed(made: MadeShop, actor: Actor) -> Feed:
    screen = (await made.catwalk.look(Look(actor, ShowFeed(), ROOM))).screen
    assert isinstance(screen, Feed)
    return screen


async def told(made: MadeShop, actor: Actor) -> list[str]:
    return [english(i.text) for i in (await feed(made, actor)).items if isinstance(i, Notice)]


async def design(made: MadeShop, number: int = 1) -> DesignView:
    screen = (await made.catwalk.look(Look(await made.fan(1), ShowDesign(number), ROOM))).screen
    assert isinstance(screen, DesignView)
    return screen


async def send(
    made: MadeShop,
    actor: Actor,
    number: int = 1,
    answers: Sequence[int] = (),
    *,
    event: str = "up",
    photo: bytes | None = None,
    note: str = "longer sleeves",
) -> Reply:
    data = jpeg(number) if photo is None else photo
    return await made.catwalk.upload(Upload(actor, event, number, at_hand(data), note, tuple(answers)))


async def refusal(made: MadeShop, actor: Actor, number: int = 1, **sent: object) -> str:
    with pytest.raises(RuleError) as refused:
        await send(made, actor, number, **sent)  # type: ignore[arg-type]
    assert english(refused.value.text)
    return refused.value.code


async def drafts(made: MadeShop) -> list[tuple[int, str]]:
    async with made.store.read() as tx:
        return [(d.number, d.note) for d in await rows.drafts(tx, made.campaign_id)]


# ------------------------------------------------------------------ the way through


async def test_a_wish_becomes_version_2_and_its_author_is_told_when_the_round_opens(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    wishes_ = [await say(made, 1, "#001 longer sleeves please"), await say(made, 2, "#001 long sleeves")]
    other = await say(made, 2, "#001 and pockets")
    await sign(made)
    designer = await staff(made)
    reply = await send(made, designer, 1, wishes_)
    assert reply.text is not None
    assert english(reply.text) == "Version 2 of #001 is in. Fans see it when round 2 opens."
    assert await told(made, ana) == []
    assert (await design(made)).tile.version == 1, "a draft is nobody's business"

    await made.open(2)
    used = "Your wish was used: #001 comes back as version 2. “longer sleeves”"
    assert await told(made, ana) == await told(made, ben) == [used]
    view = await design(made)
    assert view.tile.version == 2
    assert view.before is not None
    assert (view.before.version, view.before.note, view.before.asked) == (1, "longer sleeves", 2)
    assert view.before.photo == f"{1:064x}"
    status = {r.id: r.status and english(r.status) for r in (await said(made, ben)).remarks}
    assert status == {wishes_[1]: "Used in version 2", other: None}
    assert [(c.number, c.version) for c in sorted(await made.candidates(2), key=lambda c: c.number)] == [
        (1, 2), (2, 1), (3, 1),
    ]  # fmt: skip


async def test_the_groups_hear_how_many_come_back_changed(made: MadeShop) -> None:
    await sign(made)
    designer = await staff(made)
    await send(made, designer, 1, event="a")
    await send(made, designer, 3, event="b")
    await made.open(2)
    platform = FakePlatform()
    await Relay(made.store, platform, ours).drain()
    posts = [p.card for p in platform.sent]
    assert ["2 come back changed." in lines(card) for card in posts] == [False, False, True]
    shown = [i.card for i in (await feed(made, await made.fan(1))).items if isinstance(i, FeedPost)]
    assert "2 come back changed." in lines(shown[-1])


async def test_a_fan_with_two_used_wishes_is_told_once(made: MadeShop) -> None:
    ana = await made.fan(1)
    ids = [await say(made, 1, "#001 longer sleeves"), await say(made, 1, "#001 long please")]
    await sign(made)
    await send(made, await staff(made), 1, ids)
    await made.open(2)
    assert len(await told(made, ana)) == 1
    assert (await feed(made, ana)).unseen == 1
    await said(made, ana)
    assert (await feed(made, ana)).unseen == 0


# ------------------------------------------------------------------ once, and undone


async def test_the_same_event_is_answered_again_and_kept_once(made: MadeShop) -> None:
    await sign(made)
    designer = await staff(made)
    await send(made, designer)
    again = await send(made, designer)
    assert again.text is not None
    assert english(again.text) == "Version 2 of #001 is in already."
    assert await drafts(made) == [(2, "longer sleeves")]
    await made.open(2)
    await send(made, designer)  # a retry that comes after the opening
    assert (await design(made)).tile.version == 2


async def test_two_uploads_at_once_leave_one_draft(made: MadeShop) -> None:
    await sign(made)
    designer = await staff(made)
    sent = [send(made, designer, photo=jpeg(50 + i), event=f"e{i}") for i in range(4)]
    answers = await asyncio.gather(*sent, return_exceptions=True)
    refused = [a for a in answers if isinstance(a, RuleError)]
    assert [r.code for r in refused] == ["upload.draft"] * 3
    assert len(await drafts(made)) == 1


async def test_a_draft_is_taken_back_and_nobody_was_told(made: MadeShop) -> None:
    ana = await made.fan(1)
    wish = await say(made, 1, "#001 longer sleeves")
    await sign(made)
    designer = await staff(made)
    await send(made, designer, 1, [wish])
    text = await revisions.withdraw(made.catwalk.shop, designer, made.campaign_id, 1)
    assert english(text) == "Version 2 of #001 is taken back."
    again = await revisions.withdraw(made.catwalk.shop, designer, made.campaign_id, 1)
    assert english(again) == "No new version of #001 is waiting."
    assert await drafts(made) == []
    await send(made, designer, 1, event="second", note="puff sleeves")  # the same photo, sent anew
    await made.open(2)
    assert await told(made, ana) == []
    assert (await design(made)).before is not None
    async with made.store.read() as tx:
        log = [e.action for e in await journal.entries(tx, made.campaign_id) if "version" in e.action]
    assert log == ["version_uploaded", "version_withdrawn", "version_uploaded"]


async def test_what_left_after_the_signature_was_undone_is_not_shown(made: MadeShop) -> None:
    wish = await say(made, 1, "#003 shorter")
    await sign(made)
    designer = await staff(made)
    await send(made, designer, 3, [wish])
    owner = await made.owner()
    await use_rounds.unsign(made.store, made.round_id, owner)
    assert await refusal(made, designer, 2) == "revision.unsigned"
    await use_rounds.mark(made.store, made.round_id, 3, MarkKind.VETO, owner)
    await use_rounds.sign(made.store, made.round_id, owner, accept_quorum=True)
    await made.open(2)
    assert await told(made, await made.fan(1)) == []
    assert (await design(made, 3)).tile.version == 1


# ------------------------------------------------------------------ who and when


@pytest.mark.parametrize("role", [None, Role.MODERATOR])
async def test_only_designers_and_owners_upload(made: MadeShop, role: Role | None) -> None:
    await sign(made)
    actor = await made.fan(1) if role is None else await staff(made, role)
    assert await refusal(made, actor) == "role.missing"
    await send(made, await staff(made, Role.OWNER))


async def test_only_between_rounds_and_only_what_is_still_in(made: MadeShop) -> None:
    designer = await staff(made)
    assert await refusal(made, designer) == "revision.running"
    await sign(made)
    assert await refusal(made, designer, 7) == "revision.out"
    assert await refusal(made, designer, 77) == "design.unknown"
    await made.open(2)
    assert await refusal(made, designer) == "revision.running"
    await sign(made, 2)
    assert await refusal(made, designer) == "revision.late"


async def test_an_upload_that_meets_an_opening_is_refused_whole(made: MadeShop) -> None:
    """The photo is cleaned between the first check and the commit; the round opens in between."""
    await sign(made)
    designer = await staff(made)
    studio = made.catwalk.shop.studio
    assert studio is not None
    clean = studio.clean

    async def slowly(*args: object) -> object:
        photo = await clean(*args)  # type: ignore[arg-type]
        await made.open(2)
        return photo

    studio.clean = slowly  # type: ignore[method-assign, assignment]
    assert await refusal(made, designer) == "revision.running"
    assert await drafts(made) == []


# ------------------------------------------------------------------ the photo and its words


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"", "photo.empty"),
        (b"GIF89a not a photo", "photo.format"),
        (b"no picture at all", "photo.format"),
        (jpeg(1)[:400], "photo.damaged"),
        (png_header(60_000, 60_000), "photo.pixels"),
        (jpeg(1, (60, 80)), "photo.small"),
    ],
)
async def test_a_photo_is_checked_as_any_photo_is(made: MadeShop, photo: bytes, code: str) -> None:
    await sign(made)
    assert await refusal(made, await staff(made), photo=photo) == code
    assert await drafts(made) == []


async def test_a_photo_is_kept_without_its_metadata_and_with_its_tile(made: MadeShop) -> None:
    image = picture(9)
    exif = Image.Exif()
    exif[0x010E] = "at home, 5 rue des Lilas"
    data = encoded(image, exif=exif)
    assert b"Lilas" in data
    await sign(made)
    await send(made, await staff(made), photo=data)
    async with made.store.read() as tx:
        (draft,) = await rows.drafts(tx, made.campaign_id)
    studio = made.catwalk.shop.studio
    assert studio is not None
    kept = studio.store.path(draft.photo).read_bytes()
    assert b"Lilas" not in kept
    assert Image.open(io.BytesIO(studio.store.tile_path(draft.photo).read_bytes())).size == (480, 600)


async def test_a_photo_over_the_shops_limit_is_refused(made: MadeShop) -> None:
    await sign(made)
    studio = made.catwalk.shop.studio
    assert studio is not None
    studio.limits = PhotoLimits(max_bytes=1000)
    assert await refusal(made, await staff(made)) == "photo.heavy"


async def test_the_very_photo_of_another_version_is_refused(made: MadeShop) -> None:
    await sign(made)
    designer = await staff(made)
    await send(made, designer, 1, photo=jpeg(1))
    assert await refusal(made, designer, 2, photo=jpeg(1), event="b") == "upload.same"
    await made.open(2)
    assert (await design(made, 2)).before is None


@pytest.mark.parametrize("note", ["", "   ", "x" * 201, "bell \a"])
async def test_what_changed_is_said_in_one_line(made: MadeShop, note: str) -> None:
    await sign(made)
    assert await refusal(made, await staff(made), note=note) == "upload.note"


async def test_it_answers_only_comments_on_this_design(made: MadeShop) -> None:
    other = await say(made, 1, "#002 shorter")
    hidden = await say(made, 1, "#001 rude words")
    await sign(made)
    designer = await staff(made)
    async with made.store.begin() as tx:
        assert await moderation.move_status(tx, hidden, "new", "hidden", "rude")
    for answers in ([other], [hidden], [999_999]):
        assert await refusal(made, designer, answers=answers) == "upload.answers"


async def test_a_comment_hidden_after_the_upload_is_not_told_of(made: MadeShop) -> None:
    wish = await say(made, 1, "#001 longer, you fools")
    await sign(made)
    await send(made, await staff(made), 1, [wish])
    async with made.store.begin() as tx:
        assert await moderation.move_status(tx, wish, "new", "hidden", "be kind")
    await made.open(2)
    ana = await made.fan(1)
    assert await told(made, ana) == []
    (remark,) = (await said(made, ana)).remarks
    assert remark.status is not None
    assert english(remark.status) == "Hidden by the moderators: be kind"


# ------------------------------------------------------------------ what becomes of comments


async def settle(made: MadeShop, actor: Actor, ids: Sequence[int], status: str, reason: str = "") -> str:
    made.clock.advance(seconds=1)
    text = await wishes.settle(made.catwalk.shop, actor, made.campaign_id, 1, ids, status, reason)
    return english(text)


async def test_authors_are_told_what_became_of_their_words_once_a_change(made: MadeShop) -> None:
    ana = await made.fan(1)
    one, two = await say(made, 1, "#001 pockets"), await say(made, 1, "#001 gold buttons")
    designer = await staff(made)
    assert await settle(made, designer, [one], "grouped") == "1 comment is grouped."
    assert (
        await settle(made, designer, [two], "declined", "  gold is\nnot for this line ")
        == "1 comment is declined. Its author is told."
    )
    await settle(made, designer, [two], "declined", "gold is not for this line")  # the same form again
    assert await told(made, ana) == [
        "Others asked for the same on #001. Your comment counts with theirs.",
        "Your comment on #001 will not be used: “gold is not for this line”",
    ]
    remarks = (await said(made, ana)).remarks
    assert [r.status and english(r.status) for r in remarks] == [
        "Will not be used: gold is not for this line",
        "Others asked for the same",
    ]
    await settle(made, designer, [one, two], "new")
    assert (await told(made, ana))[2:] == ["Your comment on #001 is open again."]
    async with made.store.read() as tx:
        log = [(e.action, e.reason) for e in await journal.entries(tx, made.campaign_id)]
    assert ("comment_declined", "gold is not for this line") in log


async def test_only_the_author_reads_what_became_of_it(made: MadeShop) -> None:
    wish = await say(made, 1, "#001 pockets")
    await settle(made, await staff(made), [wish], "declined", "no")
    ben = await made.fan(2)
    (seen,) = [i for i in (await feed(made, ben)).items if isinstance(i, Remark)]
    assert seen.status is None
    assert await told(made, ben) == []
    assert (await said(made, ben)).remarks == ()


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        ("declined", " ", "wish.reason"),
        ("declined", "x" * 301, "wish.reason"),
        ("used", "", "wish.status"),
        ("hidden", "", "wish.status"),
    ],
)
async def test_a_decline_has_a_reason_and_only_versions_use(
    made: MadeShop, status: str, reason: str, code: str
) -> None:
    wish = await say(made, 1, "#001 pockets")
    designer = await staff(made)
    with pytest.raises(RuleError) as refused:
        await settle(made, designer, [wish], status, reason)
    assert refused.value.code == code


async def test_who_may_settle_and_which(made: MadeShop) -> None:
    wish, other = await say(made, 1, "#001 pockets"), await say(made, 1, "#002 pockets")
    for actor in (await made.fan(1), await staff(made, Role.MODERATOR)):
        with pytest.raises(RuleError) as refused:
            await settle(made, actor, [wish], "grouped")
        assert refused.value.code == "role.missing"
    designer = await staff(made)
    for ids in ([], [other], [wish, other]):
        with pytest.raises(RuleError) as refused:
            await settle(made, designer, ids, "grouped")
        assert refused.value.code == "wish.unknown"


async def test_what_a_version_answers_is_not_declined(made: MadeShop) -> None:
    wish = await say(made, 1, "#001 pockets")
    await sign(made)
    designer = await staff(made)
    await send(made, designer, 1, [wish])
    for _ in range(2):
        with pytest.raises(RuleError) as refused:
            await settle(made, designer, [wish], "declined", "no")
        assert refused.value.code == "wish.answered"
        if await drafts(made):
            await made.open(2)


# ------------------------------------------------------------------ changing one's own words


async def edit(made: MadeShop, actor: Actor, comment_id: int, words: str) -> str:
    reply = await made.catwalk.comment(Comment(actor, "edit", ROOM, words, edits=comment_id))
    assert reply.text is not None
    return english(reply.text)


async def test_an_author_changes_their_words_and_sends_hidden_ones_again(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    wish = await say(made, 1, "#001 you fools, longer")
    async with made.store.begin() as tx:
        assert await moderation.move_status(tx, wish, "new", "hidden", "be kind")
    assert not [i for i in (await feed(made, ben)).items if isinstance(i, Remark)]
    for same in ("#001 you fools, longer", "you fools, longer"):  # as said, and as shown
        assert await edit(made, ana, wish, same) == "Changed."
    assert not [i for i in (await feed(made, ben)).items if isinstance(i, Remark)], "the same words again"
    await edit(made, ana, wish, "#001 longer please")
    (seen,) = [i for i in (await feed(made, ben)).items if isinstance(i, Remark)]
    assert (seen.id, seen.body, seen.edited, seen.number) == (wish, "longer please", True, 1)


async def test_nobody_changes_anothers_words_nor_what_was_used(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    wish = await say(made, 1, "#001 longer")
    for comment_id in (wish, 999_999):
        with pytest.raises(RuleError) as refused:
            await edit(made, ben, comment_id, "#001 shorter")
        assert refused.value.code == "comment.not_yours"
    await sign(made)
    await send(made, await staff(made), 1, [wish])
    await made.open(2)
    with pytest.raises(RuleError) as refused:
        await edit(made, ana, wish, "#001 shorter")
    assert refused.value.code == "comment.used"
    assert not (await said(made, ana)).remarks[0].editable
