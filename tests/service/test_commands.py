"""Every command, said by every role in every state: what is answered, and what happens."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.errors import RuleError
from bot.port import Actor, Answer, Command, Reply, Role
from bot.rounds.model import RoundState
from bot.service import designs, rounds
from bot.service import people as use_people
from bot.service.commands import COMMANDS
from bot.service.rounds import By
from bot.storage import journal, people
from bot.storage import rounds as round_rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_presale import made_presale
from tests.made_shop import ROOM, campaign_file, made_shop, plan
from tests.rendered import english, texts
from tests.service.talk import REFUSED, Talk

FAN, MOD, DESIGNER, OWNER = Role.FAN, Role.MODERATOR, Role.DESIGNER, Role.OWNER
S = RoundState


@pytest.fixture
async def talk(store: Store, clock: Clock) -> Talk:
    """A shop whose campaign has two rounds, both drafts."""
    first = plan(clock)
    week = timedelta(days=7)
    second = replace(
        first, number=2, keep=2, opens_at=first.opens_at + week, closes_at=first.closes_at + week
    )
    return Talk(await made_shop(store, clock, plans=[first, second]))


async def bring(talk: Talk, state: RoundState) -> None:
    """Bring round 1 into a state, with one fan who voted."""
    made = talk.made
    if state in (S.OPEN, S.PAUSED, S.CLOSED, S.SIGNED_OFF, S.VOID):
        await made.open()
        await made.press(await made.fan(1), "e", f"p:{made.round_id}:1:1")
    match state:
        case S.SCHEDULED:
            await rounds.schedule(made.store, made.round_id, By())
        case S.PAUSED:
            await rounds.pause(made.store, made.round_id, By())
        case S.CLOSED | S.SIGNED_OFF:
            await rounds.count(made.store, await rounds.close(made.store, made.round_id, By()))
        case S.VOID:
            await rounds.void(made.store, made.round_id, By())
    if state is S.SIGNED_OFF:
        await rounds.sign(made.store, made.round_id, By())


# ------------------------------------------------------------------ who may say what

SAYS = {
    "/campaign": {FAN, MOD, DESIGNER, OWNER},
    "/results": {FAN, MOD, DESIGNER, OWNER},
    "/help": {FAN, MOD, DESIGNER, OWNER},
    "/me": {FAN, MOD, DESIGNER, OWNER},
    "/language": {FAN, MOD, DESIGNER, OWNER},
    "/link": {FAN, MOD, DESIGNER, OWNER},
    "/round": {MOD, OWNER},
    "/round status": {MOD, OWNER},
    "/round open": {MOD, OWNER},
    "/round close enough": {MOD, OWNER},
    "/round pause": {MOD, OWNER},
    "/round resume": {MOD, OWNER},
    "/round extend 24h": {MOD, OWNER},
    "/round again": {OWNER},
    "/round nonsense": {MOD, OWNER},
    "/mod log": {MOD, OWNER},
    "/mod undo": {MOD, OWNER},
    "/mod hide c1 rude": {MOD, OWNER},
    "/mod aside Fan 1 bots": {MOD, OWNER},
    "/mod nonsense": {MOD, OWNER},
    "/preview": {OWNER},
    "/sign": {OWNER},
}


@pytest.mark.parametrize("state", [S.DRAFT, S.OPEN, S.SIGNED_OFF])
@pytest.mark.parametrize("role", [FAN, MOD, DESIGNER, OWNER])
async def test_who_may_not_is_refused_for_that_and_nothing_happens(
    talk: Talk, role: Role, state: RoundState
) -> None:
    await bring(talk, state)
    await talk.who(role)
    for words in sorted(SAYS):
        before = await talk.made.round()
        answered = await _refusal_or_text(talk, role, words)
        if role in SAYS[words]:
            assert answered != "role.missing", words
        else:
            assert answered == "role.missing", words
            assert await talk.made.round() == before


async def _refusal_or_text(talk: Talk, role: Role, words: str) -> str:
    return (await talk.say(role, words) if words != "/me" else ["me"])[0].removeprefix(REFUSED)


async def test_help_lists_what_ones_role_may(talk: Talk) -> None:
    said = {role: "\n".join(await talk.say(role, "/help")) for role in (FAN, MOD, DESIGNER, OWNER)}
    for word in ("/campaign", "/results", "/link", "/language", "#067"):
        assert all(word in lines for lines in said.values())
    for word in ("/round", "/mod"):
        assert {role for role, lines in said.items() if word in lines} == {MOD, OWNER}


async def test_help_is_for_strangers_too(talk: Talk) -> None:
    said = await talk.say(Actor("room", "nobody", "Nobody", "en"), "/help")
    assert said[0] == "What you can say here"
    assert not any("/mod" in line for line in said)


def test_every_command_people_are_told_of_is_in_the_help() -> None:
    silent = {name for name, row in COMMANDS.items() if not row.says}
    assert silent <= {"enter", "claim", "setup", "help"}


# ------------------------------------------------------------------ /round, in every state

CANNOT = {verb: REFUSED + f"round.cannot_{verb}" for verb in ("open", "pause", "resume", "extend", "close")}
AFTER: dict[str, dict[RoundState, str]] = {
    "open": {S.DRAFT: "open", S.SCHEDULED: "open"},
    "pause": {S.OPEN: "paused"},
    "resume": {S.PAUSED: "open"},
    "extend": {S.OPEN: "open", S.PAUSED: "paused"},
    "close": {S.OPEN: "closed", S.PAUSED: "closed"},
}
"""What a verb makes of round 1 in a state; every other state refuses it."""
NEXT_ROUND = {
    S.OPEN: "round.earlier_open", S.PAUSED: "round.earlier_open", S.CLOSED: "round.earlier_open",
    S.VOID: "round.earlier_open",
}  # fmt: skip
"""Opening while round 1 has been open means round 2."""


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", list(AFTER))
async def test_what_a_verb_does_in_a_state(talk: Talk, verb: str, state: RoundState) -> None:
    await bring(talk, state)
    words = {"extend": "extend 24h too few", "close": "close enough votes"}.get(verb, verb)
    said = await talk.say(MOD, f"/round {words}")
    now = (await talk.made.round()).state
    if state in AFTER[verb]:
        assert now == AFTER[verb][state]
        assert not said[0].startswith(REFUSED)
    else:
        assert now is state
        if verb == "open" and state is S.SIGNED_OFF:
            assert (await talk.made.round(2)).state is S.OPEN
        elif verb == "open":
            assert said == [REFUSED + NEXT_ROUND[state]]
        else:
            assert said == [CANNOT[verb]]


async def test_what_is_done_is_logged_with_who_and_why(talk: Talk) -> None:
    await bring(talk, S.OPEN)
    await talk.say(MOD, "/round pause the photos are wrong")
    async with talk.made.store.read() as tx:
        entry = (await journal.entries(tx, talk.made.campaign_id))[0]
    assert (entry.who, entry.action, entry.reason) == ("Moderator", "round_pause", "the photos are wrong")


async def test_extending_says_until_when_and_is_done_once_an_event(talk: Talk) -> None:
    await bring(talk, S.OPEN)
    before = (await talk.made.round()).closes_at
    first = await talk.say(MOD, "/round extend 1d 12h too few", event="same")
    assert first == ["Extended: round 1 closes Tue 1 Dec, 08:00 (UTC)."]
    assert await talk.say(MOD, "/round extend 1d 12h too few", event="same") == first
    assert (await talk.made.round()).closes_at == before + timedelta(hours=36)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("/round extend", "duration.shape"),
        ("/round extend 24", "duration.shape"),
        ("/round extend a day", "duration.shape"),
        ("/round extend 0h", "round.extension"),
        ("/round extend 31d", "round.extension"),
        ("/round close", "round.why"),
        ("/round reopen", "round.verb"),
        ("/round pause " + "x" * 301, "mod.reason"),
    ],
)
async def test_what_is_not_clear_is_refused_and_changes_nothing(talk: Talk, words: str, code: str) -> None:
    await bring(talk, S.OPEN)
    before = await talk.made.round()
    assert await talk.say(MOD, words) == [REFUSED + code]
    assert await talk.made.round() == before


async def test_an_owner_runs_again_what_was_called_off_once(talk: Talk) -> None:
    await bring(talk, S.VOID)
    assert await talk.choices(MOD, "/round") == {}
    assert await talk.choices(OWNER, "/round") == {"Run round 1 again": "/round again spring"}
    said = ["Round 1 is drafted anew, with the same rules and no votes."]
    assert await talk.say(OWNER, "/round again the photos are mended") == said
    assert await talk.say(OWNER, "/round again") == said, "asked twice it is drafted once"
    async with talk.made.store.read() as tx:
        states = [(r.number, r.state) for r in await round_rows.rounds_of(tx, talk.made.campaign_id)]
        log = await journal.entries(tx, talk.made.campaign_id)
    assert states == [(1, S.VOID), (1, S.DRAFT), (2, S.DRAFT)]
    assert [e.reason for e in log if e.action == "round_again"] == ["the photos are mended"]
    assert await talk.choices(OWNER, "/round") == {"Open now": "/round open spring"}
    await talk.say(OWNER, "/round open spring")
    assert await talk.say(OWNER, "/round again") == [REFUSED + "round.not_void"]
    await rounds.void(talk.made.store, (await talk.made.round(2)).id, By())
    assert (await talk.choices(OWNER, "/round"))["Run round 2 again"] == "/round again spring"


@pytest.mark.parametrize("state", [s for s in S if s is not S.VOID])
async def test_what_was_not_called_off_is_not_run_again(talk: Talk, state: RoundState) -> None:
    await bring(talk, state)
    assert await talk.say(OWNER, "/round again") == [REFUSED + "round.not_void"]


async def test_closing_counts_at_once(talk: Talk) -> None:
    await bring(talk, S.OPEN)
    await talk.say(OWNER, "/round close enough votes")
    async with talk.made.store.read() as tx:
        assert await round_rows.is_counted(tx, talk.made.round_id)


async def test_status_tells_turnout_and_never_what_was_chosen(talk: Talk) -> None:
    await bring(talk, S.OPEN)
    await talk.made.fan(2)
    await talk.say(MOD, "/mod aside Fan 2 bots")
    assert await talk.say(MOD, "/round status") == [
        "Round 1 of 2 is open",
        "Closes Sun 29 Nov, 20:00 (UTC).",
        "1 fan, 1 opinion, 0\N{NO-BREAK SPACE}% seen enough",
        "1 ballot is set aside.",
        "To close it for good, say /round close and why.",
    ]


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (S.DRAFT, {"Open now": "/round open spring"}),
        (S.OPEN, {"Pause": "/round pause spring", "Extend 24 h": "/round extend spring 24h"}),
        (S.PAUSED, {"Resume": "/round resume spring", "Extend 24 h": "/round extend spring 24h"}),
        (S.CLOSED, {}),
    ],
)
async def test_status_offers_what_one_tap_can_do(
    talk: Talk, state: RoundState, offered: dict[str, str]
) -> None:
    await bring(talk, state)
    assert await talk.choices(MOD, "/round") == offered
    for words in list(offered.values())[:1]:
        assert not (await talk.say(MOD, words))[0].startswith(REFUSED)


# ------------------------------------------------------------------ /campaign and /results

WHERE = {
    S.DRAFT: "Round 1 is to open Fri 27 Nov, 20:00 (UTC).",
    S.SCHEDULED: "Round 1 is to open Fri 27 Nov, 20:00 (UTC).",
    S.OPEN: "Round 1 is open and closes Sun 29 Nov, 20:00 (UTC).",
    S.PAUSED: "Round 1 is paused. Every pick is safe.",
    S.CLOSED: "Round 1 is closed. The shop looks at the cut now.",
    S.SIGNED_OFF: "Round 1 is signed: 3\N{NO-BREAK SPACE}looks went on.",
    S.VOID: "Round 1 was called off.",
}


@pytest.mark.parametrize("state", list(S))
async def test_campaign_tells_where_it_is_and_what_comes(talk: Talk, state: RoundState) -> None:
    await bring(talk, state)
    said = await talk.say(FAN, "/campaign")
    assert said == [
        "Spring",
        "10\N{NO-BREAK SPACE}looks in 2 rounds.",
        WHERE[state],
        "Round 2 is to open Fri 4 Dec, 20:00 (UTC).",
    ]


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("role", [FAN, DESIGNER])
async def test_results_exist_from_the_close_on(talk: Talk, state: RoundState, role: Role) -> None:
    await bring(talk, state)
    said = await talk.say(role, "/results")
    if state in (S.CLOSED, S.SIGNED_OFF):
        public = ("Round 1 closed", "3\N{NO-BREAK SPACE}looks go on to round 2")
        assert said[0] in (public if role is FAN else ("Round 1 in one minute",))
    else:
        assert said == ["No results yet: totals appear when a round has closed.", WHERE[state]]


async def test_results_are_those_of_the_post(talk: Talk) -> None:
    await bring(talk, S.SIGNED_OFF)
    reply = await talk.reply(FAN, "/results")
    assert isinstance(reply.screen, Answer)
    assert [button.go for button in reply.screen.buttons] == ["results"]


async def add_campaign(talk: Talk, key: str = "shoes") -> None:
    made = talk.made
    loaded = await designs.load(
        made.store, replace(campaign_file([plan(made.clock)], 5, key), title=key.title())
    )
    async with made.store.begin() as tx:
        group = await people.find_group(tx, "room", ROOM)
        assert group is not None
        await people.put_group_campaign(tx, group.id, loaded.campaign_id, made.clock())


async def test_several_campaigns_are_told_apart(talk: Talk) -> None:
    await add_campaign(talk)
    await bring(talk, S.OPEN)
    assert (await talk.say(FAN, "/campaign"))[0] == "2 campaigns run here"
    assert len(await talk.say(FAN, "/campaign")) == 3
    assert set((await talk.choices(FAN, "/campaign")).values()) == {"/campaign spring", "/campaign shoes"}
    assert (await talk.say(FAN, "/campaign SHOES"))[1] == "5\N{NO-BREAK SPACE}looks in 1 round."


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("/round pause wrong photos", "/round pause {} wrong photos"),
        ("/round extend 24h too few", "/round extend {} 24h too few"),
        ("/round status", "/round status {}"),
        ("/mod log", "/mod log {}"),
        ("/mod aside Fan 1 bots", "/mod aside {} Fan 1 bots"),
        ("/results", "/results {}"),
    ],
)
async def test_of_several_campaigns_it_is_asked_which(talk: Talk, words: str, asked: str) -> None:
    await add_campaign(talk)
    await bring(talk, S.OPEN)
    assert set((await talk.choices(OWNER, words)).values()) == {
        asked.format("spring"), asked.format("shoes"),
    }  # fmt: skip
    assert (await talk.made.round()).state is S.OPEN
    assert not (await talk.say(OWNER, asked.format("spring")))[0].startswith(REFUSED)


async def test_a_group_without_a_campaign_says_so(talk: Talk) -> None:
    await use_people.add_room(talk.made.shop, "empty", "Empty", "en")
    owner = await talk.who(OWNER)
    for words in ("round status", "campaign", "results", "mod log"):
        name, _, args = words.partition(" ")
        with pytest.raises(RuleError, match=r"campaign\.none"):
            await talk.made.catwalk.command(Command(owner, "e", name, args, "empty"))


async def test_campaign_tells_of_open_presales_and_a_signature_stands_from_then_on(
    store: Store, clock: Clock
) -> None:
    made = await made_presale(store, clock)
    talk = Talk(made)
    reply = await talk.reply(FAN, "/campaign")
    assert isinstance(reply.screen, Answer)
    assert english(reply.screen.lines[-1]).startswith("1 presale is open, until ")
    assert [button.go for button in reply.screen.buttons] == ["presales"]
    async with store.read() as tx:
        signed = next(e for e in await journal.entries(tx, made.campaign_id) if e.action == "round_sign")
    assert await talk.say(OWNER, f"/mod undo {signed.id} the wrong list") == [
        REFUSED + "round.presale_opened"
    ]
    assert not any(line.startswith(f"{signed.id}.") for line in await talk.say(OWNER, "/mod log"))


# ------------------------------------------------------------------ only who asked is answered


async def test_a_command_posts_nothing_in_the_group(talk: Talk) -> None:
    await bring(talk, S.OPEN)
    before = await talk.feed(FAN)
    for words in ("/campaign", "/results", "/help", "/round status", "/mod log", "/mod undo"):
        await talk.say(MOD, words)
    assert (await talk.feed(FAN)).items == before.items


@pytest.mark.parametrize("language", ["fr", "zh"])
async def test_answers_come_in_ones_own_language(talk: Talk, language: str) -> None:
    await talk.say(MOD, f"/language {language}")
    for words in ("/campaign", "/help", "/round status", "/mod log", "/language"):
        reply: Reply = await talk.reply(MOD, words)
        assert reply.language == language
        assert list(texts(reply.screen))


async def test_language_offers_what_there_is(talk: Talk) -> None:
    assert await talk.choices(FAN, "/language") == {
        "English": "/language en", "Français": "/language fr", "中文": "/language zh",
    }  # fmt: skip
    assert await talk.say(FAN, "/language de") == [REFUSED + "language.unknown"]


async def test_without_a_group_ones_own_groups_are_meant(talk: Talk) -> None:
    await bring(talk, S.OPEN)
    owner = await talk.who(OWNER)
    reply = await talk.made.catwalk.command(Command(owner, "e", "round", "pause"))
    assert reply.text is not None
    assert (await talk.made.round()).state is S.PAUSED


async def test_who_is_not_in_a_group_hears_nothing_of_it(talk: Talk) -> None:
    await use_people.add_room(talk.made.shop, "other", "Other", "en")
    stranger = Actor("room", "stranger", "Zoe", "en")
    await talk.made.catwalk.command(Command(stranger, "enter", "enter", "", "other"))
    assert await talk.say(stranger, "/campaign") == [REFUSED + "room.not_member"]
