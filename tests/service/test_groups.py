"""What platforms tell of groups: who joins a campaign, who is in them, and where they move."""

from datetime import timedelta

import pytest

from bot.errors import RuleError
from bot.port import Actor, Command, Comment, Look, Moved, Press, Role, Said, Seen, Sheet, ShowPage, ShowSaid
from bot.relay import Relay
from bot.service import groups, memos, people
from bot.service.memos import StoredMemos
from bot.storage import campaigns, outbox
from bot.storage import people as rows
from bot.storage.store import Store
from tests.made_shop import FakePlatform, MadeShop

CHAT, OTHER = "-100123", "-100456"
ADA = Actor("telegram", "7", "Ada", "fr")


async def join(made: MadeShop, chat: str = CHAT, title: str = "Fans of Paris") -> str:
    """Join a chat to the campaign; returns the code, which is spent then."""
    async with made.store.read() as tx:
        campaign = await campaigns.campaign_by_id(tx, made.campaign_id)
    code = (await people.invite_group(made.shop, campaign, None)).code
    olga = Actor("telegram", "1", "Olga", "fr-FR")
    await made.catwalk.command(Command(olga, "e1", "setup", code, chat, title))
    return code


async def page(made: MadeShop, group: str | None = None) -> Sheet:
    screen = (await made.catwalk.look(Look(ADA, ShowPage(), group))).screen
    assert isinstance(screen, Sheet)
    return screen


async def refused(made: MadeShop, group: str | None = None) -> str:
    with pytest.raises(RuleError) as error:
        await page(made, group)
    return error.value.code


# ------------------------------------------------------------------ joining a campaign


async def test_setup_makes_the_group_in_its_bringers_language_and_tells_it_the_round(made: MadeShop) -> None:
    await join(made)
    async with made.store.read() as tx:
        here = await rows.find_group(tx, "telegram", CHAT)
        assert here is not None
        assert (here.title, here.language, here.admits_late) == ("Fans of Paris", "fr", False)
        errands = await outbox.due_errands(tx, "telegram", made.clock(), (), 9)
    assert [(e.kind, e.subject_id) for e in errands] == [("round", made.round_id)]


async def test_a_code_joins_one_group(made: MadeShop) -> None:
    code = await join(made)
    with pytest.raises(RuleError) as error:
        await groups.join_campaign(made.shop, Command(ADA, "e2", "setup", code, OTHER, "Others"))
    assert error.value.code == "code.spent"
    async with made.store.read() as tx:
        assert await rows.find_group(tx, "telegram", OTHER) is None


# ------------------------------------------------------------------ who is there


async def test_only_who_was_seen_in_the_group_has_a_ballot_in_it(made: MadeShop) -> None:
    await join(made)
    assert await refused(made, CHAT) == "who.unknown"
    await made.catwalk.hear(Seen(ADA, CHAT))
    assert (await page(made, CHAT)).closed is None
    assert (await page(made)).closed is None
    await made.catwalk.hear(Seen(ADA, CHAT, here=False))
    assert await refused(made, CHAT) == "room.not_member"
    assert await refused(made) == "room.not_member"


async def test_nothing_is_kept_of_groups_that_are_not_ours(made: MadeShop) -> None:
    await made.catwalk.hear(Seen(ADA, OTHER))
    await made.catwalk.hear(Moved("telegram", OTHER, "-1"))
    async with made.store.read() as tx:
        assert await rows.find_person(tx, "telegram", "7") is None


async def test_a_recorded_join_after_the_opening_waits_and_an_unknown_one_counts(made: MadeShop) -> None:
    await join(made)
    late = made.clock() + timedelta(minutes=1)
    made.clock.set(late)
    await made.catwalk.hear(Seen(ADA, CHAT, joined_at=late))
    assert (await page(made, CHAT)).closed is not None
    await made.catwalk.hear(Seen(ADA, CHAT))  # seen again says nothing new about when
    assert (await page(made, CHAT)).closed is not None
    silent = Actor("telegram", "8", "Silent")
    await made.catwalk.hear(Seen(silent, CHAT))
    reply = await made.catwalk.press(Press(silent, "p1", f"p:{made.round_id}:1:1", CHAT))
    assert reply.picked == ((1, True),)


@pytest.mark.parametrize(
    ("name", "kept"), [("  Ada \u200b Lovelace ", "Ada Lovelace"), ("\u202e", "Fan"), ("x" * 90, "x" * 40)]
)
async def test_any_name_a_platform_gives_is_borne(made: MadeShop, name: str, kept: str) -> None:
    await join(made)
    await made.catwalk.hear(Seen(Actor("telegram", "9", name), CHAT))
    async with made.store.read() as tx:
        person = await rows.find_person(tx, "telegram", "9")
    assert person is not None
    assert person.name == kept


async def test_without_a_group_it_is_the_one_somebody_was_last_seen_in(made: MadeShop) -> None:
    await join(made)
    await join(made, OTHER, "Fans of Rome")
    for chat in (CHAT, OTHER, CHAT):
        made.clock.advance(seconds=1)
        await made.catwalk.hear(Seen(ADA, chat))
        said = (await made.catwalk.look(Look(ADA, ShowSaid()))).screen
        assert isinstance(said, Said)
        assert said.group == chat


async def test_a_group_keeps_its_people_when_it_moves(made: MadeShop) -> None:
    await join(made)
    await made.catwalk.hear(Seen(ADA, CHAT))
    await made.catwalk.hear(Moved("telegram", CHAT, "-1009"))
    await made.catwalk.hear(Moved("telegram", CHAT, "-1009"))
    assert (await page(made, "-1009")).closed is None


# ------------------------------------------------------------------ words by their events


async def test_words_are_changed_and_answered_by_the_event_that_said_them(made: MadeShop) -> None:
    await join(made)
    await made.catwalk.hear(Seen(ADA, CHAT))
    await made.catwalk.comment(Comment(ADA, "m1", CHAT, "#007 longer"))
    await made.catwalk.comment(Comment(ADA, "m1", CHAT, "#007 shorter", edited=True))
    await made.catwalk.comment(Comment(ADA, "m2", CHAT, "and in blue", replies="m1"))
    await made.catwalk.comment(Comment(ADA, "m3", CHAT, "#003 said late", edited=True))
    said = (await made.catwalk.look(Look(ADA, ShowSaid(), CHAT))).screen
    assert isinstance(said, Said)
    assert sorted((r.number or 0, r.body, r.edited) for r in said.remarks) == [
        (3, "said late", False),
        (7, "and in blue", False),
        (7, "shorter", True),
    ]


async def test_a_moderator_hides_by_answering(made: MadeShop) -> None:
    await join(made)
    mo = Actor("telegram", "5", "Mo")
    for who in (ADA, mo):
        await made.catwalk.hear(Seen(who, CHAT))
    issued = await people.invite_role(made.shop, Role.MODERATOR, None)
    await made.catwalk.command(Command(mo, "c1", "claim", issued.code))
    await made.catwalk.comment(Comment(ADA, "m1", CHAT, "#007 spam"))
    await made.catwalk.command(Command(mo, "c2", "hide", "off topic", CHAT, replies="m1"))
    said = (await made.catwalk.look(Look(ADA, ShowSaid(), CHAT))).screen
    assert isinstance(said, Said)
    assert said.remarks[0].status is not None
    with pytest.raises(RuleError) as error:
        await made.catwalk.command(Command(mo, "c3", "hide", "off topic", CHAT))
    assert error.value.code == "mod.answer"


# ------------------------------------------------------------------ memos


async def test_what_was_sent_of_a_post_is_known_until_that_is_settled(made: MadeShop) -> None:
    ours = StoredMemos(made.store, "room")
    async with made.store.read() as tx:
        (errand,) = await outbox.due_errands(tx, "room", await tx.now(), (), 10)
    await ours.put("file:1", "kept")
    for key in (f"album:{errand.id}", f"post:{errand.id}"):
        await ours.put(key, "sent", post=str(errand.id))
    assert await memos.tidy(made.store) == 0
    assert await Relay(made.store, FakePlatform(), lambda: None).drain() == 1
    assert await memos.tidy(made.store) == 2
    assert await ours.read("file:1") == "kept"


async def test_a_memo_is_kept_by_platform_and_the_newest_wins(store: Store) -> None:
    ours, theirs = StoredMemos(store, "telegram"), StoredMemos(store, "other")
    assert await ours.read("file:1") is None
    await ours.put("file:1", "a")
    await ours.put("file:1", "b")
    assert await ours.read("file:1") == "b"
    assert await theirs.read("file:1") is None
