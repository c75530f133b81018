"""One person, several accounts: ballots become one, the newer answer wins, and nobody counts twice."""

from datetime import timedelta

import pytest

from bot.errors import RuleError
from bot.port import Actor, Command, Reply, Sheet
from bot.service import rounds
from bot.service.rounds import By
from bot.storage import one_ballot, people, votes
from bot.storage.people import Person
from tests.made_shop import ROOM, MadeShop
from tests.rendered import english


async def say(made: MadeShop, actor: Actor, name: str, args: str = "") -> Reply:
    return await made.catwalk.command(Command(actor, "e", name, args, ROOM))


async def link(made: MadeShop, gone: Actor, stays: Actor) -> Reply:
    """Let `gone` say the code of `stays`."""
    issued = await say(made, stays, "link")
    assert issued.text is not None
    return await say(made, gone, "link", str(issued.text.holes["code"]))


async def person(made: MadeShop, actor: Actor) -> Person:
    async with made.store.read() as tx:
        found = await people.find_person(tx, actor.platform, actor.remote_id)
    assert found is not None
    return found


async def ballot(made: MadeShop, actor: Actor) -> dict[int, tuple[bool | None, bool]]:
    """Read a fan's ballot by design number: picked, seen."""
    number_of = {c.version_id: c.number for c in await made.candidates()}
    async with made.store.read() as tx:
        found = await one_ballot.cells_of(tx, (made.round_id, (await person(made, actor)).fan_id))
    return {
        number_of[v]: (None if given.cell.answer is None else given.cell.picked, given.cell.seen)
        for v, given in found.items()
    }


async def press(made: MadeShop, actor: Actor, event: str, action: str) -> str:
    """Press with `{}` for the round; return the answer, later than the press before."""
    made.clock.advance(seconds=1)
    reply = await made.press(actor, event, action.format(made.round_id))
    assert reply.text is not None
    return english(reply.text)


async def refusal(made: MadeShop, actor: Actor, event: str, action: str) -> str:
    with pytest.raises(RuleError) as refused:
        await press(made, actor, event, action)
    assert english(refused.value.text)
    return refused.value.code


async def test_two_ballots_become_one_and_count_once(made: MadeShop) -> None:
    ana, ben, cleo = [await made.fan(i) for i in range(3)]
    for actor, numbers in ((ana, (1, 2)), (ben, (2, 3)), (cleo, (3,))):
        for n in numbers:
            await press(made, actor, f"p{n}", f"p:{{}}:{n}:1")
    assert await made.turnout() == 3
    await link(made, ana, ben)
    assert await made.tally() == {1: (1, 1), 2: (1, 1), 3: (2, 2)}
    assert await made.turnout() == 2
    assert (await person(made, ana)).fan_id == (await person(made, ben)).fan_id
    assert await ballot(made, ana) == dict.fromkeys((1, 2, 3), (True, False))


async def test_the_newer_answer_wins_whoever_says_the_code(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await press(made, ana, "1", "p:{}:1:1")
    sheet = (await made.look(ben)).screen
    assert isinstance(sheet, Sheet)
    for page in (1, 2, 3):
        await press(made, ben, f"f{page}", f"f:{{}}:{page}")
    await press(made, ana, "2", "p:{}:2:1")
    await link(made, ana, ben)
    mine = await ballot(made, ana)
    assert mine[1] == (False, True)  # Ben passed on it after Ana had picked it
    assert mine[2] == (True, True)  # Ana picked it after Ben had passed on it
    assert await made.tally() == {n: (1, int(n == 2)) for n in range(1, 11)}


async def test_three_accounts_keep_when_each_answer_was_given(made: MadeShop) -> None:
    """Linking is not answering: what was older before it is older after it."""
    ana, ben, cleo = [await made.fan(i) for i in range(3)]
    await press(made, ana, "1", "p:{}:1:1")
    await made.look(cleo)
    for page in (1, 2, 3):
        await press(made, cleo, f"f{page}", f"f:{{}}:{page}")
    await link(made, ana, ben)
    assert (await ballot(made, ben))[1] == (True, False)
    await link(made, cleo, ben)
    assert (await ballot(made, ben))[1] == (False, True)
    async with made.store.read() as tx:
        kept = await one_ballot.cells_of(tx, (made.round_id, (await person(made, ben)).fan_id))
    assert {given.account_id for given in kept.values()} == {(await person(made, cleo)).account_id}


async def test_accounts_with_the_same_event_can_be_linked_and_both_are_replayed(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    assert await press(made, ana, "same", "t:{}:1") == "#001 added."
    assert await press(made, ben, "same", "t:{}:2") == "#002 added."
    await link(made, ana, ben)
    assert await press(made, ana, "same", "t:{}:1") == "#001 added."
    assert await press(made, ben, "same", "t:{}:2") == "#002 added."
    assert await made.tally() == {1: (1, 1), 2: (1, 1)}


async def test_undo_goes_back_through_both_histories_by_time(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    for i, (actor, number) in enumerate([(ana, 1), (ben, 2), (ana, 3), (ben, 4)]):
        await press(made, actor, f"p{i}", f"p:{{}}:{number}:1")
    await link(made, ben, ana)
    said = [await press(made, ana, f"u{i}", "u:{}") for i in range(4)]
    assert said == [f"Taken back: #00{n}." for n in (4, 3, 2, 1)]
    assert await refusal(made, ben, "u4", "u:{}") == "undo.nothing"
    assert await made.tally() == {}


async def test_a_page_shown_before_the_link_is_not_taken_for_another(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    mine, others = (await made.look(ana)).screen, (await made.look(ben)).screen
    assert isinstance(mine, Sheet)
    assert isinstance(others, Sheet)
    assert [t.number for t in mine.tiles] != [t.number for t in others.tiles]
    await link(made, ana, ben)
    with pytest.raises(RuleError, match=r"ballot\.order"):
        await made.press(ana, "1", mine.finish)
    again = (await made.look(ana)).screen
    assert isinstance(again, Sheet)
    assert again.tiles == others.tiles
    assert (await made.press(ana, "2", again.finish)).strip is not None
    assert await made.tally() == {t.number: (1, 0) for t in others.tiles}


@pytest.mark.parametrize("aside", ["gone", "stays"])
async def test_a_ballot_set_aside_stays_aside_and_takes_the_other_along(made: MadeShop, aside: str) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await press(made, ana, "1", "p:{}:1:1")
    await press(made, ben, "2", "p:{}:2:1")
    suspect = await person(made, ana if aside == "gone" else ben)
    key = (made.round_id, suspect.fan_id)
    async with made.store.begin() as tx:
        cells = await one_ballot.cells_of(tx, key)
        await one_ballot.set_aside(tx, key, made.clock(), "one of fifty from one phone")
        await votes.add_to_tally(tx, {(made.round_id, v): (-1, -1) for v in cells})
    assert await made.turnout() == 1
    await link(made, ana, ben)
    assert await made.tally() == {}
    assert await made.turnout() == 0
    await press(made, ben, "3", "p:{}:3:1")
    assert await made.tally() == {}
    async with made.store.read() as tx:
        assert await one_ballot.set_aside_of(tx, (made.round_id, (await person(made, ben)).fan_id)) == (
            made.clock() - timedelta(seconds=1), "one of fifty from one phone",
        )  # fmt: skip


async def test_rounds_that_are_over_stay_as_they_were(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await press(made, ana, "1", "p:{}:1:1")
    await press(made, ben, "2", "p:{}:1:1")
    await rounds.close(made.store, made.round_id, By())
    await link(made, ana, ben)
    assert await made.tally() == {1: (2, 2)}
    assert await made.turnout() == 2


async def test_a_code_works_once_for_ten_minutes_and_not_for_oneself(made: MadeShop) -> None:
    ana, ben, cleo = [await made.fan(i) for i in range(3)]
    issued = await say(made, ana, "link")
    assert issued.text is not None
    code = str(issued.text.holes["code"])
    same = await say(made, ana, "link", code.lower().replace("-", " "))
    assert same.text is not None
    assert "one person already" in english(same.text)
    with pytest.raises(RuleError, match=r"code\.spent"):
        await say(made, ben, "link", code)
    old = await say(made, ana, "link")
    assert old.text is not None
    made.clock.advance(minutes=10)
    with pytest.raises(RuleError, match=r"code\.spent"):
        await say(made, cleo, "link", str(old.text.holes["code"]))
    with pytest.raises(RuleError, match=r"code\.spent"):
        await say(made, cleo, "link", "WRONG-CODE")


async def test_linking_adds_no_role(made: MadeShop) -> None:
    ana, owner = await made.fan(1), await made.owner()
    olga = Actor("room", "owner", "Olga", "en")
    await link(made, ana, olga)
    assert owner.account_id == (await person(made, olga)).account_id
    assert (await person(made, ana)).roles == frozenset({"fan"})


async def test_an_unlinked_account_leaves_the_ballot_and_waits_a_round(made: MadeShop) -> None:
    ana, ben = await made.fan(1), await made.fan(2)
    await press(made, ana, "1", "p:{}:1:1")
    await link(made, ana, ben)
    await say(made, ana, "unlink")
    assert await made.tally() == {1: (1, 1)}
    assert await ballot(made, ben) == {1: (True, False)}
    assert await ballot(made, ana) == {}
    assert await refusal(made, ana, "2", "p:{}:2:1") == "vote.waits"
    assert await press(made, ben, "3", "p:{}:2:1") == "#002 added."
    with pytest.raises(RuleError, match=r"unlink\.single"):
        await say(made, ana, "unlink")


async def test_who_waits_takes_nobody_elses_vote_away(made: MadeShop) -> None:
    """Linking with an account that waits must not make a fan wait who did not."""
    ana, ben, cleo = [await made.fan(i) for i in range(3)]
    await link(made, ana, ben)
    await say(made, ana, "unlink")
    await press(made, cleo, "1", "p:{}:1:1")
    await link(made, cleo, ana)
    assert await press(made, cleo, "2", "p:{}:2:1") == "#002 added."
    assert await press(made, ana, "3", "p:{}:3:1") == "#003 added."
    assert await made.tally() == dict.fromkeys((1, 2, 3), (1, 1))


async def test_two_who_wait_still_wait_together(made: MadeShop) -> None:
    ana, ben, cleo, dora = [await made.fan(i) for i in range(4)]
    await link(made, ana, ben)
    await link(made, cleo, dora)
    await say(made, ana, "unlink")
    made.clock.advance(minutes=1)
    await say(made, cleo, "unlink")
    await link(made, ana, cleo)
    assert await refusal(made, ana, "1", "p:{}:1:1") == "vote.waits"
    assert await refusal(made, cleo, "2", "p:{}:1:1") == "vote.waits"


async def test_a_fan_votes_through_the_groups_of_all_accounts(made: MadeShop) -> None:
    ana = await made.fan(1)
    abroad = Actor("telegram", "ana", "Ana", "en")
    async with made.store.begin() as tx:
        await people.put_account(tx, "telegram", "ana", "Ana", "en", made.clock())
    assert await refusal(made, abroad, "1", "p:{}:1:1") == "vote.outsider"
    await link(made, abroad, ana)
    assert await press(made, abroad, "1", "p:{}:1:1") == "#001 added."
