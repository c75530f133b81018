"""Hiding, setting aside, taking back: what follows, what is told to whom, and what is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import RuleError
from bot.port import (
    Actor,
    Answer,
    CardPage,
    Command,
    Comment,
    DuelPage,
    Feed,
    Look,
    Remark,
    Role,
    ShowFeed,
    ShowPage,
    ShowRemark,
    ShowTakeout,
    Takeout,
)
from bot.rounds.model import BallotShape
from bot.service import people, rounds
from bot.service.rounds import By
from bot.storage import journal, moderation
from bot.storage import rounds as round_rows
from bot.storage.journal import Entry
from bot.storage.store import Store
from bot.storage.tables import Ballot, table
from tests.clock import Clock
from tests.made_shop import ROOM, MadeShop, made_shop, plan
from tests.rendered import english
from tests.service.talk import REFUSED, Talk

MOD, OWNER, FAN, DESIGNER = Role.MODERATOR, Role.OWNER, Role.FAN, Role.DESIGNER


@pytest.fixture
def talk(made: MadeShop) -> Talk:
    return Talk(made)


async def comment(made: MadeShop, actor: Actor, words: str, event: str = "said") -> int:
    """Say something in the group; return the comment's number."""
    await made.catwalk.comment(Comment(actor, event, ROOM, words))
    feed = await Talk(made).feed(actor)
    return max(item.id for item in feed.items if isinstance(item, Remark))


async def shown(talk: Talk, who: Role | Actor = FAN) -> list[str]:
    return [item.body for item in (await talk.feed(who)).items if isinstance(item, Remark)]


async def log(made: MadeShop) -> list[Entry]:
    async with made.store.read() as tx:
        return await journal.entries(tx, made.campaign_id)


async def pick(made: MadeShop, actor: Actor, number: int, event: str = "e") -> None:
    await made.press(actor, f"{event}-{number}", f"p:{made.round_id}:{number}:1")


async def standing_picks(made: MadeShop) -> dict[int, int]:
    candidates = await made.candidates()
    async with made.store.read() as tx:
        assert await round_rows.is_counted(tx, made.round_id)
        found = await round_rows.standings(tx, made.round_id)
    return {candidates[s.position].number: s.picks for s in found if s.picks}


# ------------------------------------------------------------------ hiding a comment


async def test_a_hidden_comment_leaves_the_group_and_its_author_knows_why(made: MadeShop, talk: Talk) -> None:
    ana = await made.fan(1)
    n = await comment(made, ana, "#003 buy watches at my shop")
    assert await talk.say(MOD, f"/mod hide c{n} advertising.") == [f"c{n} is hidden. Fan 1 is told why."]
    assert await shown(talk) == await shown(talk, ana) == await shown(talk, MOD) == []
    assert await talk.told(ana) == [
        "Your comment “#003 buy watches at my shop” was hidden by the moderators: advertising. "
        "Change it and send it again, if you like."
    ]
    assert await talk.told(FAN) == []
    entry = (await log(made))[0]
    assert (entry.who, entry.action, entry.reason, entry.facts["comment"]) == (
        "Moderator", "mod_hide", "advertising.", n,
    )  # fmt: skip


async def test_a_hidden_comment_can_be_said_again(made: MadeShop, talk: Talk) -> None:
    ana = await made.fan(1)
    n = await comment(made, ana, "#003 rubbish")
    await talk.say(MOD, f"/mod hide {n} rude")
    await comment(made, ana, "#003 longer sleeves", "again")
    assert await shown(talk) == ["longer sleeves"]


async def test_undo_shows_a_comment_again_with_the_status_it_had(made: MadeShop, talk: Talk) -> None:
    ana = await made.fan(1)
    n = await comment(made, ana, "#003 longer sleeves")
    async with made.store.begin() as tx:
        assert await moderation.move_status(tx, n, "new", "declined", "the cut would not hold")
    await talk.say(MOD, f"/mod hide c{n} rude")
    made.clock.advance(hours=23)
    taken = await talk.say(MOD, "/mod undo")
    assert taken == [f"Number {(await log(made))[1].id} of the log is taken back."]
    assert await shown(talk) == ["longer sleeves"]
    assert (await talk.told(ana))[-1] == "Your comment “#003 longer sleeves” is shown again."
    async with made.store.read() as tx:
        said = await moderation.said(tx, n)
    assert said is not None
    assert (said.status, said.reason) == ("declined", "the cut would not hold")


async def test_what_is_hidden_twice_is_hidden_once(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(1), "spam")
    first = await talk.say(MOD, f"/mod hide c{n} spam", event="same")
    assert await talk.say(MOD, f"/mod hide c{n} spam", event="same") == first
    assert await talk.say(MOD, f"/mod hide c{n} spam") == [REFUSED + "mod.hidden"]
    assert len(await talk.told(await made.fan(1))) == 1
    assert [e.action for e in await log(made)].count("mod_hide") == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("/mod hide c{n}", "mod.reason"),
        ("/mod hide c{n}   ", "mod.reason"),
        ("/mod hide", "mod.which"),
        ("/mod hide it is rude", "mod.which"),
        ("/mod hide c999999 rude", "mod.comment"),
        ("/mod hide c{n} " + "x" * 301, "mod.reason"),
    ],
)
async def test_a_comment_that_cannot_be_hidden_stays(
    made: MadeShop, talk: Talk, words: str, code: str
) -> None:
    n = await comment(made, await made.fan(1), "#003 nice")
    assert await talk.say(MOD, words.format(n=n)) == [REFUSED + code]
    assert await shown(talk) == ["nice"]
    assert await talk.told(await made.fan(1)) == []


async def test_only_a_comment_of_this_group_can_be_hidden(made: MadeShop, talk: Talk) -> None:
    await people.add_room(made.shop, "other", "Another room", "en")
    stranger = Actor("room", "stranger", "Zoe", "en")
    await made.catwalk.command(Command(stranger, "enter", "enter", "", "other"))
    await made.catwalk.comment(Comment(stranger, "said", "other", "hello"))
    feed = (await made.catwalk.look(Look(stranger, ShowFeed(), "other"))).screen
    assert isinstance(feed, Feed)
    (n,) = [item.id for item in feed.items if isinstance(item, Remark)]
    assert await talk.say(MOD, f"/mod hide c{n} rude") == [REFUSED + "mod.comment"]


# ------------------------------------------------------------------ setting a ballot aside


async def test_a_ballot_set_aside_leaves_tally_and_turnout(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ana, 2)
    await pick(made, ben, 1)
    assert await talk.say(MOD, "/mod aside Fan 1 ten accounts, one phone") == [
        "Fan 1’s ballot in round 1 is set aside and not counted. Fan 1 is told why."
    ]
    assert await made.tally() == {1: (1, 1)}
    assert await made.turnout() == 1
    await pick(made, ana, 3)  # still theirs to change, still not counted
    assert await made.tally() == {1: (1, 1)}
    assert await talk.told(ana) == [
        "Your ballot in round 1 is set aside: it is kept, but does not count. "
        "The reason: ten accounts, one phone. If that is a mistake, ask the moderators here in the group."
    ]
    assert await talk.told(ben) == []
    made.clock.advance(hours=1)
    await talk.say(MOD, "/mod undo")
    assert await made.tally() == {1: (2, 2), 2: (1, 1), 3: (1, 1)}
    assert await made.turnout() == 2
    assert (await talk.told(ana))[-1] == "Your ballot in round 1 counts again."


@pytest.mark.parametrize("shape", [BallotShape.CARDS, BallotShape.DUELS])
async def test_cards_and_duels_are_set_aside_and_put_back_too(
    store: Store, clock: Clock, shape: BallotShape
) -> None:
    made = await made_shop(store, clock, plans=[replace(plan(clock), ballot=shape)])
    talk = Talk(made)
    await made.open()
    for i in (1, 2):
        fan = await made.fan(i)
        for page in (1, 2):
            screen = (await made.catwalk.look(Look(fan, ShowPage(page), ROOM))).screen
            assert isinstance(screen, CardPage | DuelPage)
            action = screen.love if isinstance(screen, CardPage) else screen.left.press
            await made.press(fan, f"e-{page}", action)
    both = await made.tally()
    await talk.say(MOD, "/mod aside Fan 1 bots")
    assert await made.turnout() == 1
    one = await made.tally()  # which checks the kept tally against the votes
    assert sum(n for n, _ in both.values()) == 2 * sum(n for n, _ in one.values())
    await talk.say(MOD, "/mod undo")
    assert await made.tally() == both
    await talk.say(MOD, "/mod aside Fan 2 bots")
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    assert await made.turnout() == 1


async def test_nobody_learns_whether_somebody_voted(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    voted = await talk.say(MOD, "/mod aside Fan 1 why")
    silent = await talk.say(MOD, "/mod aside Fan 2 why")
    assert [line.replace("Fan 1", "Fan 2") for line in voted] == silent
    await pick(made, ben, 1)
    assert await made.tally() == {}
    assert await made.turnout() == 0


async def test_a_closed_round_is_counted_anew(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ben, 2)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    assert await standing_picks(made) == {1: 1, 2: 1}
    await talk.say(MOD, "/mod aside Fan 1 bought votes")
    assert await standing_picks(made) == {2: 1}
    await talk.say(MOD, "/mod undo")
    assert await standing_picks(made) == {1: 1, 2: 1}


async def test_the_quorum_follows_the_ballots_of_a_closed_round(made: MadeShop, talk: Talk) -> None:
    await pick(made, await made.fan(1), 1)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    assert (await made.round()).quorum_met
    await talk.say(MOD, "/mod aside Fan 1 bought votes")
    assert not (await made.round()).quorum_met
    with pytest.raises(RuleError, match=r"round\.quorum"):
        await rounds.sign(made.store, made.round_id, By())
    await talk.say(MOD, "/mod undo")
    assert (await made.round()).quorum_met


async def test_a_crash_between_the_ballot_and_the_count_signs_nothing_old(
    made: MadeShop, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pick(made, await made.fan(1), 1)
    await pick(made, await made.fan(2), 2)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))

    async def crash(*_: object) -> bool:
        return False

    with monkeypatch.context() as broken:
        broken.setattr(rounds, "count", crash)
        await talk.say(MOD, "/mod aside Fan 1 bought votes")
    with pytest.raises(RuleError, match=r"round\.uncounted"):
        await rounds.sign(made.store, made.round_id, By())
    assert await rounds.tick(made.store) == 1
    assert await standing_picks(made) == {2: 1}
    await rounds.sign(made.store, made.round_id, By())


async def test_a_signed_cut_stands(made: MadeShop, talk: Talk) -> None:
    await pick(made, await made.fan(1), 1)
    await pick(made, await made.fan(2), 2)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    await talk.say(MOD, "/mod aside Fan 1 bought votes")
    await rounds.sign(made.store, made.round_id, By())
    assert await talk.say(MOD, "/mod aside Fan 2 bought votes") == [REFUSED + "mod.signed"]
    assert await talk.say(MOD, "/mod undo") == [REFUSED + "mod.signed"]
    assert await made.turnout() == 1


async def test_a_ballot_is_set_aside_once(made: MadeShop, talk: Talk) -> None:
    await pick(made, await made.fan(1), 1)
    first = await talk.say(MOD, "/mod aside Fan 1 why", event="same")
    assert await talk.say(MOD, "/mod aside Fan 1 why", event="same") == first
    assert await talk.say(MOD, "/mod aside Fan 1 why") == [REFUSED + "mod.aside"]
    assert len(await talk.told(await made.fan(1))) == 1


async def test_a_mark_follows_its_ballot_when_accounts_are_linked(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ben, 2)
    await talk.say(MOD, "/mod aside Fan 1 why")
    issued = await talk.reply(ben, "/link")
    assert issued.text is not None
    await talk.say(ana, f"/link {issued.text.holes['code']}")
    assert await made.tally() == {}
    await talk.say(MOD, "/mod undo")
    assert await made.tally() == {1: (1, 1), 2: (1, 1)}
    assert await made.turnout() == 1
    assert (await talk.told(ben))[-1] == "Your ballot in round 1 counts again."


async def test_two_marks_on_what_became_one_ballot_are_taken_back_one_by_one(
    made: MadeShop, talk: Talk
) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ben, 2)
    await talk.say(MOD, "/mod aside Fan 1 why")
    await talk.say(MOD, "/mod aside Fan 2 why")
    issued = await talk.reply(ben, "/link")
    assert issued.text is not None
    await talk.say(ana, f"/link {issued.text.holes['code']}")
    told = await talk.told(ben)
    await talk.say(MOD, "/mod undo")
    assert await made.tally() == {}
    assert await talk.told(ben) == told
    await talk.say(MOD, "/mod undo")
    assert await made.tally() == {1: (1, 1), 2: (1, 1)}
    assert (await talk.told(ben))[-1] == "Your ballot in round 1 counts again."


async def test_a_closed_round_knows_linked_fans_by_who_they_were(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ben, 2)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    issued = await talk.reply(ben, "/link")
    assert issued.text is not None
    await talk.say(ana, f"/link {issued.text.holes['code']}")
    await talk.say(MOD, "/mod aside Fan 1 why")
    assert await made.turnout() == 0
    await talk.say(MOD, "/mod undo")
    assert await standing_picks(made) == {1: 1, 2: 1}


async def test_what_was_voted_before_linking_is_taken_along(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ben, 2)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    issued = await talk.reply(ben, "/link")
    assert issued.text is not None
    await talk.say(ana, f"/link {issued.text.holes['code']}")
    for actor in (ana, ben):
        data = await taken_along(made, actor)
        assert [line["number"] for line in data["answers"]] == [1, 2]
        assert len(data["ballots"]) == 2


# ------------------------------------------------------------------ whom a name means


async def test_a_fan_is_named_by_a_comment(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(7), "vote for me")
    assert (await talk.say(MOD, f"/mod aside c{n} canvassing"))[0].startswith("Fan 7’s ballot in round 1")


async def test_several_of_one_name_are_told_apart(made: MadeShop, talk: Talk) -> None:
    for i in range(3):
        await made.catwalk.command(
            Command(Actor("room", f"ana-{i}", "Ana Maria", "en"), "e", "enter", "", ROOM)
        )
    last = Actor("room", "ana-2", "Ana Maria", "en")
    n = await comment(made, last, "hello")
    made.clock.advance(hours=3)
    reply = await talk.reply(MOD, "/mod aside ana maria three accounts")
    assert isinstance(reply.screen, Answer)
    assert [english(c.label) for c in reply.screen.choices] == [
        "Ana Maria, here for 3 hours",
        "Ana Maria, here for 3 hours",
        f"Ana Maria, who said c{n}",
    ]
    offered = {english(c.label): c.say for c in reply.screen.choices}
    words = offered[f"Ana Maria, who said c{n}"]
    assert words.endswith(" three accounts")
    assert (await talk.say(MOD, words))[0].startswith("Ana Maria’s ballot in round 1 is set aside")
    assert len(await talk.told(last)) == 1


async def test_the_beginning_of_a_name_offers_who_it_could_be(made: MadeShop, talk: Talk) -> None:
    for i in (1, 2):
        await made.fan(i)
    offered = await talk.choices(MOD, "/mod aside fan bots")
    assert sorted(words.split(" ", 3)[3] for words in offered.values()) == ["bots", "bots"]
    assert await made.turnout() == 0


async def test_a_person_with_two_accounts_of_one_name_is_one(made: MadeShop, talk: Talk) -> None:
    first, second = (Actor("room", f"eva-{i}", "Eva", "en") for i in (1, 2))
    for one in (first, second):
        await made.catwalk.command(Command(one, "e", "enter", "", ROOM))
    issued = await talk.reply(first, "/link")
    assert issued.text is not None
    await talk.say(second, f"/link {issued.text.holes['code']}")
    assert (await talk.say(MOD, "/mod aside eva why"))[0].startswith("Eva’s ballot in round 1 is set aside")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("/mod aside", "who.nobody"),
        ("/mod aside Nobody why", "who.nobody"),
        ("/mod aside % why", "who.nobody"),
        ("/mod aside f999 why", "who.nobody"),
        ("/mod aside c999 why", "mod.comment"),
        ("/mod aside Fan 1", "mod.reason"),
    ],
)
async def test_who_is_not_named_is_not_touched(made: MadeShop, talk: Talk, words: str, code: str) -> None:
    await pick(made, await made.fan(1), 1)
    assert await talk.say(MOD, words) == [REFUSED + code]
    assert await made.turnout() == 1


# ------------------------------------------------------------------ taking back, and the log


async def test_undo_takes_back_ones_own_newest_first(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(1), "spam")
    await talk.say(MOD, f"/mod hide c{n} spam")
    await talk.say(MOD, "/mod aside Fan 1 spam")
    await made.fan(0)
    await talk.say(OWNER, "/mod aside Fan 0 spam")
    await talk.say(MOD, "/mod undo")
    assert (await talk.told(await made.fan(1)))[-1] == "Your ballot in round 1 counts again."
    await talk.say(MOD, "/mod undo")
    assert await shown(talk) == ["spam"]
    assert await talk.say(MOD, "/mod undo") == [REFUSED + "undo.nothing"]


async def test_a_moderator_takes_back_by_number_what_another_did(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(1), "a joke")
    await talk.say(OWNER, f"/mod hide c{n} rude")
    number = (await log(made))[0].id
    assert (await talk.choices(MOD, "/mod log"))[f"Undo {number}"] == f"/mod undo {number}"
    assert await talk.say(MOD, f"/mod undo {number} it was a joke") == [
        f"Number {number} of the log is taken back."
    ]
    assert await shown(talk) == ["a joke"]
    assert await talk.say(MOD, f"/mod undo {number}") == [REFUSED + "undo.undone"]
    assert await talk.choices(MOD, "/mod log") == {}


async def test_after_a_day_it_stands(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(1), "spam")
    await talk.say(MOD, f"/mod hide c{n} spam")
    number = (await log(made))[0].id
    made.clock.advance(hours=24)
    assert await talk.say(MOD, f"/mod undo {number}") == [REFUSED + "undo.late"]
    assert await talk.say(MOD, "/mod undo") == [REFUSED + "undo.nothing"]
    assert await talk.choices(MOD, "/mod log") == {}
    assert await shown(talk) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [("/mod undo 0", "undo.unknown"), ("/mod undo that", "undo.which"), ("/mod undo -1", "undo.which")],
)
async def test_what_cannot_be_taken_back(made: MadeShop, talk: Talk, words: str, code: str) -> None:
    assert await talk.say(MOD, words) == [REFUSED + code]


async def test_other_actions_are_not_taken_back_by_number(made: MadeShop, talk: Talk) -> None:
    number = (await log(made))[0].id  # the opening
    assert await talk.say(OWNER, f"/mod undo {number}") == [REFUSED + "undo.unknown"]


async def test_a_signature_is_taken_back_by_an_owner_who_says_why(made: MadeShop, talk: Talk) -> None:
    await pick(made, await made.fan(1), 1)
    await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
    await rounds.sign(made.store, made.round_id, By())
    number = (await log(made))[0].id
    assert await talk.say(MOD, f"/mod undo {number} wrong") == [REFUSED + "role.missing"]
    assert await talk.say(OWNER, f"/mod undo {number}") == [REFUSED + "mod.reason"]
    assert any(f"{number}." in line for line in await talk.say(OWNER, "/mod log"))
    assert not any(f"{number}." in line for line in await talk.say(MOD, "/mod log"))
    await talk.say(OWNER, f"/mod undo {number} the wrong list", event="same")
    await talk.say(OWNER, f"/mod undo {number} the wrong list", event="same")
    assert (await made.round()).state == "closed"
    assert [e.action for e in await log(made)].count("round_unsign") == 1


async def test_the_log_says_who_what_when_and_why(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(1), "spam")
    await talk.say(MOD, f"/mod hide c{n} spam")
    made.clock.advance(hours=2)
    await talk.say(OWNER, "/mod aside Fan 1 spam")
    await talk.say(OWNER, "/mod undo")
    made.clock.advance(minutes=5)
    hid = next(e.id for e in await log(made) if e.action == "mod_hide")
    assert (await talk.say(MOD, "/mod log"))[:4] == [
        "Who did what",
        "5 minutes ago: Owner let the ballot of Fan 1 count again in round 1",
        "5 minutes ago: Owner set aside the ballot of Fan 1 in round 1 (taken back): “spam”",
        f"{hid}. 2 hours ago: Moderator hid comment c{n}: “spam”",
    ]


async def test_the_log_forgets_the_name_of_who_was_forgotten(made: MadeShop, talk: Talk) -> None:
    ana = await made.fan(1)
    await talk.say(MOD, "/mod aside Fan 1 spam")
    await talk.say(ana, "/forget yes")
    said = " ".join(await talk.say(MOD, "/mod log"))
    assert "somebody who left" in said
    assert "Fan 1" not in said


async def test_a_ballot_can_be_put_back_for_who_was_forgotten(made: MadeShop, talk: Talk) -> None:
    ana = await made.fan(1)
    await pick(made, ana, 1)
    await talk.say(MOD, "/mod aside Fan 1 spam")
    await talk.say(ana, "/forget yes")
    await talk.say(MOD, "/mod undo")
    assert await made.tally() == {1: (1, 1)}


async def test_why_a_ballot_is_set_aside_is_taken_along_and_forgotten(made: MadeShop, talk: Talk) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await pick(made, ana, 1)
    await pick(made, ben, 1)
    await talk.say(MOD, "/mod aside Fan 1 spam from Ana Smith")
    await talk.say(MOD, f"/mod hide c{await comment(made, ana, 'hello')} Ana Smith again")
    await talk.say(MOD, f"/mod hide c{await comment(made, ben, 'hello', 'too')} not about a look")
    cast = (await taken_along(made, ana))["ballots"]
    assert [(b["round"], b["set_aside_reason"]) for b in cast] == [(1, "spam from Ana Smith")]
    assert cast[0]["set_aside_at"] is not None
    assert [b["set_aside_reason"] for b in (await taken_along(made, ben))["ballots"]] == [None]
    await talk.say(ana, "/forget yes")
    async with made.store.read() as tx:
        columns = table(Ballot).c.set_aside_at, table(Ballot).c.set_aside_reason
        kept = (await tx.conn.execute(select(*columns))).all()
    assert [reason for at, reason in kept if at is not None] == [""], "it stays set aside"
    said = " ".join(await talk.say(MOD, "/mod log"))
    assert "Ana Smith" not in said
    assert "“not about a look”" in said


async def taken_along(made: MadeShop, actor: Actor) -> dict[str, Any]:
    file = (await made.catwalk.look(Look(actor, ShowTakeout()))).screen
    assert isinstance(file, Takeout)
    data: dict[str, Any] = json.loads(file.words)
    return data


@pytest.mark.parametrize("number", [None, 3], ids=["words alone", "about a design"])
async def test_nobody_replies_to_what_is_not_in_the_group(
    made: MadeShop, talk: Talk, number: int | None
) -> None:
    ana = await made.fan(1)
    n = await comment(made, ana, "hello")
    for far in (n + 999, 999_999_999):
        with pytest.raises(RuleError) as refused:
            await made.catwalk.comment(Comment(ana, f"to-{far}", ROOM, "yes", number=number, reply_to=far))
        assert refused.value.code == "comment.reply"
    await made.catwalk.comment(Comment(ana, "to-it", ROOM, "yes", number=number, reply_to=n))
    assert await shown(talk) == ["hello", "yes"]


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("role", [FAN, DESIGNER])
@pytest.mark.parametrize("words", ["/mod", "/mod hide c1 x", "/mod aside Fan 1 x", "/mod undo", "/mod log"])
async def test_only_who_runs_the_shop_moderates(made: MadeShop, talk: Talk, role: Role, words: str) -> None:
    ana = await made.fan(1)
    await pick(made, ana, 1)
    await comment(made, ana, "hello")
    assert await talk.say(role, words) == [REFUSED + "role.missing"]
    assert await shown(talk) == ["hello"]
    assert await made.turnout() == 1


async def test_somebody_unknown_is_not_heard(made: MadeShop, talk: Talk) -> None:
    nobody = Actor("room", "nobody", "Nobody", "en")
    for words in ("/mod log", "/round close now", "/campaign", "/results"):
        assert await talk.say(nobody, words) == [REFUSED + "who.unknown"]


async def test_moderators_see_which_comments_they_may_hide(made: MadeShop, talk: Talk) -> None:
    n = await comment(made, await made.fan(1), "#003 nice")
    mine = await comment(made, await talk.who(MOD), "#003 thank you", "mine")
    seen = [i for i in (await talk.feed(MOD)).items if isinstance(i, Remark)]
    assert {i.id: i.hideable for i in seen} == {n: True, mine: False}
    for role in (FAN, DESIGNER):
        assert not any(i.hideable for i in (await talk.feed(role)).items if isinstance(i, Remark))
    look = Look(await talk.who(MOD), ShowRemark(n), ROOM)
    shown_ = (await made.catwalk.look(look)).screen
    assert isinstance(shown_, Remark)
    assert (shown_.id, shown_.hideable) == (n, True)
    for who, number, code in ((FAN, n, "role.missing"), (MOD, n + 99, "mod.comment")):
        with pytest.raises(RuleError, match=code):
            await made.catwalk.look(Look(await talk.who(who), ShowRemark(number), ROOM))
    await talk.say(MOD, f"/mod hide c{n} rude")
    with pytest.raises(RuleError, match=r"mod\.comment"):
        await made.catwalk.look(look)
