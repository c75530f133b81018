"""An owner in a chat: the round in one minute, its edge, table and talk, the cut previewed and signed."""

from dataclasses import replace

import pytest

from bot.actions import Finish, Pick, encode
from bot.port import Actor, Answer, Command, Comment, Role, Takeout
from bot.rounds.model import MarkKind, RoundState
from bot.service import people, rounds
from bot.service.rounds import By
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import ROOM, made_shop, plan
from tests.rendered import english
from tests.service.talk import REFUSED, Talk

MOD, DESIGNER, OWNER = Role.MODERATOR, Role.DESIGNER, Role.OWNER


@pytest.fixture
async def talk(file_store: Store, clock: Clock) -> Talk:
    """A shop whose first round of two has closed: six fans are for 1, 2 and 3."""
    made = await made_shop(file_store, clock, plans=[plan(clock), replace(plan(clock, 2), keep=2)])
    await made.open()
    for i in range(6):
        fan = await made.fan(i)
        await made.look(fan)
        for n in (1, 2, 3):
            await made.press(fan, f"p{i}-{n}", encode(Pick(made.round_id, (n,), True)))
            await made.press(fan, f"f{i}-{n}", encode(Finish(made.round_id, n)))
    await made.catwalk.comment(Comment(await made.fan(1), "c1", ROOM, "#009 longer sleeves please"))
    await rounds.count(file_store, await rounds.close(file_store, made.round_id, By()))
    return Talk(made)


async def offers(talk: Talk, who: Role, words: str) -> list[str]:
    return list(await talk.choices(who, words))


# ------------------------------------------------------------------ one minute


async def test_the_minute_offers_each_what_they_may_do(talk: Talk) -> None:
    looks = ["See the edge", "CSV", "Comments"]
    assert await offers(talk, OWNER, "/results") == ["Preview the cut", *looks]
    assert await offers(talk, MOD, "/results") == looks
    assert await offers(talk, DESIGNER, "/results") == looks
    assert await offers(talk, Role.FAN, "/results") == []
    await rounds.sign(talk.made.store, talk.made.round_id, By())
    assert (await offers(talk, MOD, "/results"))[0] == "Open round 2"
    assert (await offers(talk, DESIGNER, "/results"))[0] != "Open round 2"
    await talk.made.open(2)
    assert (await offers(talk, MOD, "/results"))[0] == "Extend 24 h"


async def test_a_stale_tap_opens_the_round_it_names_and_no_other(talk: Talk) -> None:
    await rounds.sign(talk.made.store, talk.made.round_id, By())
    say = (await talk.choices(MOD, "/results"))["Open round 2"]
    assert say == "/round open spring 2"
    await talk.say(MOD, say)
    assert (await talk.made.round(2)).state is RoundState.OPEN
    assert await talk.say(MOD, say) == [REFUSED + "round.cannot_open"]
    assert await talk.say(MOD, "/round open spring 9") == [REFUSED + "round.unknown"]


async def test_the_edge_is_listed_with_why(talk: Talk) -> None:
    title, *lines = await talk.say(OWNER, "/results edge")
    assert title.endswith("on the edge")
    assert len(lines) == int(title.split()[0])
    assert all(line.startswith("#") and ": " in line for line in lines)


async def test_the_table_is_a_file_without_a_word_about_any_fan(talk: Talk) -> None:
    reply = await talk.reply(DESIGNER, "/results csv")
    assert isinstance(reply.screen, Takeout)
    assert reply.screen.name == "spring-round-1.csv"
    assert reply.screen.words.startswith("\ufeffplace,number,version")
    assert len(reply.screen.words.splitlines()) == 11
    assert "Fan" not in reply.screen.words


async def test_the_talk_quotes_what_waits_for_an_answer(talk: Talk) -> None:
    assert await talk.say(MOD, "/results comments spring 1") == [
        "1 comment",
        "1 of them waits for an answer.",
        "#009 Dress 9: 1 comment",
        "“longer sleeves please”",
    ]


@pytest.mark.parametrize("part", ["edge", "csv", "comments"])
async def test_fans_read_none_of_that_and_nobody_before_the_close(talk: Talk, part: str) -> None:
    assert await talk.say(Role.FAN, f"/results {part}") == [REFUSED + "role.missing"]
    assert await talk.say(OWNER, f"/results {part} spring 2") == [REFUSED + "round.unknown"]
    await rounds.void(talk.made.store, talk.made.round_id, By())
    assert (await talk.say(OWNER, f"/results {part}"))[0].startswith("No results yet")


async def test_an_owner_who_is_in_no_group_speaks_of_every_campaign(talk: Talk) -> None:
    issued = await people.invite_role(talk.made.shop, OWNER, None)
    ola = Actor("telegram", "77", "Ola", "en")
    await talk.made.catwalk.command(Command(ola, "claim", "claim", issued.code))
    reply = await talk.made.catwalk.command(Command(ola, "r", "results"))
    assert isinstance(reply.screen, Answer)
    assert english(reply.screen.title) == "Round 1 in one minute"
    assert reply.zone == "Europe/Berlin"


# ------------------------------------------------------------------ the cut


async def test_the_preview_says_who_leaves_and_what_is_lost(talk: Talk) -> None:
    said = await talk.say(OWNER, "/preview")
    assert said[0] == "Round 1: 3 go on, 7 leave"
    assert "First out: " in "\n".join(said)
    assert "If several are equal at the cut, a draw fixed before the round decides." in said
    assert "They leave: #004, #005, #006, #007, #008, #009, and #010" in said
    assert said[-1] == "1 comment on them is not answered."


async def test_a_cut_is_signed_by_two_taps_that_say_what_they_do(talk: Talk) -> None:
    first = (await talk.choices(OWNER, "/preview"))["Sign this cut"]
    asked = await talk.say(OWNER, first)
    assert asked[:2] == ["Sign the cut of round 1?", "Round 1: 3 go on, 7 leave"]
    assert "You can undo it until round 2 opens." in asked[2]
    assert (await talk.made.round()).state is RoundState.CLOSED
    say = (await talk.choices(OWNER, first))["Sign the cut"]
    assert len(say.encode()) <= 61 - 40 + len("spring")
    signed = await talk.say(OWNER, say, event="tap")
    assert signed[0] == "The cut of round 1 is signed. The groups are being told."
    assert (await talk.made.round()).state is RoundState.SIGNED_OFF
    assert await talk.say(OWNER, say, event="tap") == signed, "the same tap again is answered again"
    assert await talk.say(OWNER, say) == [REFUSED + "cut.none"]
    back = signed[-1].removeprefix("To take the signature back, say ").removesuffix(" and why.")
    await talk.say(OWNER, f"{back} the photos were wrong")
    assert (await talk.made.round()).state is RoundState.CLOSED


async def test_what_changed_since_it_was_shown_is_not_signed(talk: Talk) -> None:
    say = (await talk.choices(OWNER, "/sign"))["Sign the cut"]
    by = await talk.made.owner()
    before = say.split()[3]
    await rounds.mark(talk.made.store, talk.made.round_id, 9, MarkKind.KEEP, by)
    assert await talk.say(OWNER, say) == [REFUSED + "cut.changed"]
    assert (await talk.choices(OWNER, "/sign"))["Sign the cut"].split()[3] != before
    assert "#009 goes on because you say so: asked for in the shop" in await talk.say(OWNER, "/preview")
