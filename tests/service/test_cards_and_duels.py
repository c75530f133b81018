"""Cards and duels through the whole service: answered, changed, taken back, linked, counted, carried on."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.errors import RuleError
from bot.port import (
    REASONS,
    Actor,
    BallotView,
    CardPage,
    Command,
    DesignView,
    DuelPage,
    Feed,
    Look,
    Reply,
    Screen,
    Sheet,
    ShowBallot,
    ShowDesign,
    ShowFeed,
    ShowPage,
    ShowTakeout,
    Takeout,
    Wish,
)
from bot.rounds.model import BallotShape
from bot.service import rounds
from bot.service.rounds import By
from bot.storage import one_ballot, tallies, votes
from bot.storage import rounds as round_rows
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import HOUR, ROOM, MadeShop, made_shop, plan
from tests.rendered import english
from tests.service.test_linking import link, person, press, refusal


async def a_round_of(store: Store, clock: Clock, shape: BallotShape, designs: int = 8) -> MadeShop:
    """Open a first round of a shape; with nothing known before it asks about everything."""
    made = await made_shop(store, clock, designs_=designs, plans=[replace(plan(clock), ballot=shape)])
    await made.open()
    return made


@pytest.fixture
async def cards(store: Store, clock: Clock) -> MadeShop:
    return await a_round_of(store, clock, BallotShape.CARDS)


@pytest.fixture
async def duels(store: Store, clock: Clock) -> MadeShop:
    return await a_round_of(store, clock, BallotShape.DUELS)


async def see(made: MadeShop, actor: Actor, wish: Wish) -> Screen:
    screen = (await made.catwalk.look(Look(actor, wish, ROOM))).screen
    assert screen is not None
    return screen


async def card(made: MadeShop, actor: Actor, page: int | None = None) -> CardPage:
    screen = await see(made, actor, ShowPage(page))
    assert isinstance(screen, CardPage)
    return screen


async def duel(made: MadeShop, actor: Actor, page: int | None = None) -> DuelPage:
    screen = await see(made, actor, ShowPage(page))
    assert isinstance(screen, DuelPage)
    return screen


async def mine(made: MadeShop, actor: Actor) -> BallotView:
    screen = await see(made, actor, ShowBallot())
    assert isinstance(screen, BallotView)
    return screen


async def say(made: MadeShop, actor: Actor, event: str, name: str, args: str = "") -> Reply:
    made.clock.advance(seconds=1)
    return await made.catwalk.command(Command(actor, event, name, args, ROOM))


# ------------------------------------------------------------------ cards


async def test_a_card_is_answered_changed_and_taken_back(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    first = await card(cards, ana)
    assert (first.page, first.answer, first.undo, first.strip.total) == (1, None, None, 8)
    n = first.tile.number
    assert await press(cards, ana, "e1", first.love) == f"#{n:03d}: loved."
    assert (await card(cards, ana)).page == 2  # an answer finishes its page
    again = await card(cards, ana, 1)
    assert (again.answer, again.tile.picked, again.pages[:2]) == ("love", True, (True, False))
    await press(cards, ana, "e2", again.passed)
    assert await cards.tally() == {n: (1, 0)}
    await press(cards, ana, "e3", f"u:{cards.round_id}")
    assert (await card(cards, ana, 1)).answer == "love"
    await press(cards, ana, "e4", f"u:{cards.round_id}")
    back = await card(cards, ana)
    assert (back.page, back.answer, back.undo, back.strip.seen) == (1, None, None, 0)
    assert await cards.tally() == {}
    assert await refusal(cards, ana, "e5", f"u:{cards.round_id}") == "undo.nothing"


async def test_the_same_press_gets_its_first_answer_whatever_came_between(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    shown = await card(cards, ana)
    said = await press(cards, ana, "e1", shown.love)
    await press(cards, ana, "e2", shown.passed)
    assert await press(cards, ana, "e1", shown.love) == said
    assert (await card(cards, ana, 1)).answer == "pass"
    assert await cards.tally() == {shown.tile.number: (1, 0)}


async def test_reasons_stand_beside_an_answer_and_survive_a_change_of_it(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    shown = await card(cards, ana)
    n = shown.tile.number
    assert [c.key for c in shown.chips] == list(REASONS)
    assert {c.press for c in shown.chips} == {""}
    assert await refusal(cards, ana, "e0", f"r:{{}}:{n}:colour:1") == "chip.early"
    await press(cards, ana, "e1", shown.like)
    chips = (await card(cards, ana, 1)).chips
    assert await press(cards, ana, "e2", chips[0].press) == "Noted: Colour."
    await press(cards, ana, "e3", chips[4].press)
    await press(cards, ana, "e4", shown.passed)
    kept = await card(cards, ana, 1)
    assert (kept.answer, [c.key for c in kept.chips if c.chosen]) == ("pass", ["colour", "fabric"])
    await press(cards, ana, "e5", kept.chips[0].press)
    await press(cards, ana, "e6", "u:{}")
    await press(cards, ana, "e7", "u:{}")
    back = await card(cards, ana, 1)
    assert (back.answer, [c.key for c in back.chips if c.chosen]) == ("like", ["colour", "fabric"])


async def test_a_card_round_is_answered_by_typed_words_and_from_a_design(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    await say(cards, ana, "e1", "love", "1 2")
    await say(cards, ana, "e2", "like", "3")
    await say(cards, ana, "e3", "pass", "2")
    reply = await say(cards, ana, "e4", "pick", "4")
    assert (reply.strip and (reply.strip.seen, reply.strip.picks, reply.strip.ballot)) == (4, 3, "cards")
    view = await see(cards, ana, ShowDesign(1))
    assert isinstance(view, DesignView)
    assert (view.answer, view.closed, view.tile.picked) == ("love", None, True)
    await press(cards, ana, "e5", view.passed)
    assert {t.number for t in (await mine(cards, ana)).picks} == {3, 4}
    with pytest.raises(RuleError, match=r"ballot\.shape"):
        await say(cards, ana, "e6", "even")


async def test_a_design_is_answered_on_its_own_page_before_the_ballot_was_opened(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    view = await see(cards, ana, ShowDesign(1))
    assert isinstance(view, DesignView)
    assert await press(cards, ana, "e1", view.love) == "#001: loved."


async def test_what_is_typed_again_after_the_close_gets_its_first_answer(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    first = await say(cards, ana, "e1", "love", "1")
    await rounds.close(cards.store, cards.round_id, By())
    assert (await say(cards, ana, "e1", "love", "1")).text == first.text
    with pytest.raises(RuleError, match=r"vote\.late"):
        await say(cards, ana, "e2", "love", "1")


async def test_looking_again_asks_nothing_of_the_database_about_what_is_asked(
    cards: MadeShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a ballot is made of is worked out once, not at every look of every fan."""
    ana = await cards.fan(1)
    await see(cards, ana, ShowPage())

    async def again(*_: object) -> object:
        raise AssertionError("read again")

    monkeypatch.setattr(round_rows, "earlier_standings", again)
    for wish in (ShowPage(), ShowFeed(), ShowDesign(1), ShowBallot()):
        await see(cards, await cards.fan(2), wish)


async def test_other_ballots_buttons_do_nothing_on_cards(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    await card(cards, ana)
    for i, action in enumerate(("p:{}:1:1", "t:{}:1", "f:{}:1", "d:{}:1:2:1")):
        assert await refusal(cards, ana, f"e{i}", action) == "ballot.shape"


# ------------------------------------------------------------------ duels


async def test_a_duel_is_decided_evened_and_taken_back(duels: MadeShop) -> None:
    ana = await duels.fan(1)
    shown = await duel(duels, ana)
    left, right = shown.left.number, shown.right.number
    assert (shown.strip.ballot, shown.strip.seen, shown.strip.total) == ("duels", 0, 24)
    assert await press(duels, ana, "e1", shown.right.press) == f"#{right:03d} it is."
    done = await duel(duels, ana, 1)
    assert (done.left.picked, done.right.picked, done.evened) == (False, True, False)
    assert await duels.tally() == {left: (1, 0), right: (1, 1)}
    await press(duels, ana, "e2", done.even)
    assert (await duel(duels, ana, 1)).evened
    assert await duels.tally() == {left: (1, 0), right: (1, 0)}
    await press(duels, ana, "e3", "u:{}")
    assert (await duel(duels, ana, 1)).right.picked
    await press(duels, ana, "e4", "u:{}")
    assert (await duel(duels, ana)).page == 1
    assert await duels.tally() == {}
    assert await duels.turnout() == 0


async def test_a_fan_answers_only_pairs_of_their_own(duels: MadeShop) -> None:
    ana = await duels.fan(1)
    assert await refusal(duels, ana, "e0", "d:{}:1:2:1") == "ballot.unopened"
    shown = [await duel(duels, ana, page) for page in range(1, 25)]
    met = {frozenset((d.left.number, d.right.number)) for d in shown}
    assert len(met) == 24
    one, other = next((a, b) for a in range(1, 9) for b in range(1, a) if frozenset((a, b)) not in met)
    assert await refusal(duels, ana, "e1", f"d:{{}}:{one}:{other}:1") == "ballot.no_duel"
    assert await refusal(duels, ana, "e2", f"d:{{}}:{one}:99:1") == "ballot.number"


async def test_a_duel_turned_round_is_the_same_duel(duels: MadeShop) -> None:
    ana = await duels.fan(1)
    shown = await duel(duels, ana)
    left, right = shown.left.number, shown.right.number
    await press(duels, ana, "e1", f"d:{{}}:{left}:{right}:1")
    await press(duels, ana, "e2", f"d:{{}}:{right}:{left}:2")
    assert await duels.tally() == {left: (1, 1), right: (1, 0)}


async def test_duels_are_answered_by_typed_numbers(duels: MadeShop) -> None:
    ana = await duels.fan(1)
    shown = await duel(duels, ana)
    n = shown.right.number
    await say(duels, ana, "e1", "pick", str(n))
    assert (await duel(duels, ana, 1)).right.picked
    await say(duels, ana, "e2", "even", f"{n} {shown.left.number}")
    assert (await duel(duels, ana, 1)).evened
    await say(duels, ana, "e3", "even")
    assert (await duel(duels, ana, 2)).evened
    view = await mine(duels, ana)
    assert (view.picks, view.strip.seen, view.strip.picks) == ((), 2, 0)
    with pytest.raises(RuleError, match=r"ballot\.shape"):
        await say(duels, ana, "e4", "pass", "1")
    looked = await see(duels, ana, ShowDesign(n))
    assert isinstance(looked, DesignView)
    assert (looked.tile.press, looked.love, looked.closed is None) == ("", "", False)


async def test_my_ballot_shows_what_won_a_duel(duels: MadeShop) -> None:
    ana = await duels.fan(1)
    shown = await duel(duels, ana)
    await press(duels, ana, "e1", shown.left.press)
    view = await mine(duels, ana)
    assert [t.number for t in view.picks] == [shown.left.number]
    assert view.pages[:2] == (True, False)


# ------------------------------------------------------------------ one person, several accounts


@pytest.mark.parametrize("shape", [BallotShape.CARDS, BallotShape.DUELS])
async def test_linked_ballots_become_one_on_which_every_answer_has_its_page(
    shape: BallotShape, store: Store, clock: Clock
) -> None:
    """Twelve designs make 66 pairs and 24 duels a fan, so two fans' duels differ; both answer them all."""
    made = await a_round_of(store, clock, shape, 12)
    ana, ben, cleo = [await made.fan(i) for i in range(3)]
    for choice, actor in enumerate((ana, ben, cleo)):
        screen = await see(made, actor, ShowPage(1))
        assert isinstance(screen, CardPage | DuelPage)
        for page in range(1, len(screen.pages) + 1):
            one = await see(made, actor, ShowPage(page))
            if isinstance(one, CardPage):
                action = (one.love, one.passed, one.like)[choice]
            else:
                assert isinstance(one, DuelPage)
                action = (one.left.press, one.right.press, one.even)[choice]
            await press(made, actor, f"e{choice}-{page}", action)
    await made.tally()
    await link(made, ana, ben)
    await made.tally()  # the tally is what the votes say
    assert await made.turnout() == 2
    view = await mine(made, ana)
    assert all(view.pages)
    assert view.strip.seen == view.strip.total == len(view.pages)
    if shape is BallotShape.CARDS:
        assert view.picks == ()  # Ben passed on everything after Ana had loved it
    else:
        assert len(view.pages) > 24


async def test_a_ballot_set_aside_stays_so_and_is_not_tallied(duels: MadeShop) -> None:
    ana, ben = await duels.fan(1), await duels.fan(2)
    await press(duels, ana, "e1", (await duel(duels, ana)).left.press)
    key = (duels.round_id, (await person(duels, ana)).fan_id)
    async with duels.store.begin() as tx:
        weights = await tallies.weights_of(tx, key)
        await one_ballot.set_aside(tx, key, duels.clock(), "one phone, fifty names")
        await votes.add_to_tally(tx, {(key[0], v): (-n, -won) for v, (n, won) in weights.items()})
    assert await duels.tally() == {}
    await press(duels, ana, "e2", (await duel(duels, ana)).left.press)
    assert await duels.tally() == {}
    await press(duels, ben, "e1", (await duel(duels, ben)).left.press)
    await link(duels, ben, ana)
    assert await duels.tally() == {}
    assert await duels.turnout() == 0


# ------------------------------------------------------------------ from round to round


async def test_a_season_of_three_kinds_carries_what_is_known(store: Store, clock: Clock) -> None:
    """Fans of one taste, the lower the number the better: each round asks less and knows more."""
    shapes = (BallotShape.SHEETS, BallotShape.CARDS, BallotShape.DUELS)
    plans = [
        replace(plan(clock, i), ballot=shape, keep=keep, page_size=20)
        for i, (shape, keep) in enumerate(zip(shapes, (18, 12, 6), strict=True), 1)
    ]
    made = await made_shop(store, clock, designs_=24, plans=plans)
    fans = [await made.fan(i) for i in range(8)]
    widths, best = [], list[int]()
    for number in (1, 2, 3):
        await made.open(number)
        for i, actor in enumerate(fans):
            await _vote(made, actor, number, skill=i)
        clock.advance(seconds=1)
        await rounds.close(store, made.round_ids[number - 1], By())
        assert await rounds.count(store, await made.round(number))
        async with store.read() as tx:
            standings = await round_rows.standings(tx, made.round_ids[number - 1])
            candidates = await round_rows.candidates(tx, made.round_ids[number - 1])
            tally = await tallies.kept(tx, made.round_ids[number - 1])
        counts = {candidates[s.position].version_id: (s.seen, s.picks) for s in standings if s.seen}
        assert counts == tally
        by_number = {candidates[s.position].number: s for s in standings}
        widths.append(sum(by_number[n].high - by_number[n].low for n in range(4, 8)))
        best = sorted(by_number, key=lambda n: by_number[n].place)
        await rounds.sign(store, made.round_ids[number - 1], By(), accept_quorum=True)
    assert widths[0] > widths[1] > widths[2]
    assert len(set(best[:6]) & set(range(1, 9))) >= 5


async def test_answers_about_a_version_add_up_over_the_rounds(store: Store, clock: Clock) -> None:
    """Else what one round left alone, knowing it well, would be a stranger to the next."""
    keeps = (8, 6, 4)
    plans = [replace(plan(clock, i), keep=keep, page_size=10) for i, keep in enumerate(keeps, 1)]
    made = await made_shop(store, clock, plans=plans)
    for number, fans in ((1, 3), (2, 1)):
        await made.open(number)
        for i in range(fans):
            actor = await made.fan(i)
            await made.look(actor)
            await press(made, actor, f"{number}", f"f:{made.round_ids[number - 1]}:1")
        await rounds.close(store, made.round_ids[number - 1], By())
        assert await rounds.count(store, await made.round(number))
        await rounds.sign(store, made.round_ids[number - 1], By(), accept_quorum=True)
    async with store.read() as tx:
        stood = await round_rows.earlier_standings(tx, await made.round(3))
    assert sorted(standing.seen for _, standing in stood.values()) == [3, 3] + [4] * 8


async def _vote(made: MadeShop, actor: Actor, number: int, skill: int) -> None:
    screen = await see(made, actor, ShowPage(1))
    assert isinstance(screen, Sheet | CardPage | DuelPage)
    assert screen.strip.ballot == ("sheets", "cards", "duels")[number - 1]
    for page in range(1, len(screen.pages) + 1):
        one = await see(made, actor, ShowPage(page))
        event = f"{number}-{page}"
        if isinstance(one, Sheet):
            good = [t.number for t in one.tiles if t.number + skill % 4 < 16]
            if good:
                await say(made, actor, event, "pick", " ".join(map(str, good)))
            await press(made, actor, f"{event}-done", one.finish)
        elif isinstance(one, CardPage):
            n = one.tile.number + skill % 3
            await press(made, actor, event, one.love if n < 6 else one.like if n < 13 else one.passed)
        else:
            assert isinstance(one, DuelPage)
            better = min((one.left, one.right), key=lambda tile: tile.number)
            await press(made, actor, event, better.press)


async def test_a_later_round_shows_how_much_it_asks_before_it_is_opened_by_a_fan(
    store: Store, clock: Clock
) -> None:
    plans = [
        replace(plan(clock), keep=12),
        replace(plan(clock, 2), ballot=BallotShape.CARDS, keep=5),
    ]
    made = await made_shop(store, clock, designs_=16, plans=plans)
    await made.open()
    ana = await made.fan(1)
    await say(made, ana, "e1", "pick", "1 2 3")
    await rounds.close(store, made.round_ids[0], By())
    await rounds.count(store, await made.round())
    await rounds.sign(store, made.round_ids[0], By(), accept_quorum=True)
    await made.open(2)
    feed = await see(made, ana, ShowFeed())
    assert isinstance(feed, Feed)
    shown = await card(made, ana)
    assert feed.strip
    assert feed.strip.total == shown.strip.total == len(shown.pages) == 12
    met = {1, 2, 3} & {c.number for c in await made.candidates(2)}
    order = [(await card(made, ana, page)).tile.number for page in range(1, 13)]
    assert len(set(order)) == 12
    assert set(order[12 - len(met) :]) == met  # what she had answered before comes last


async def test_a_closed_round_shows_what_was_answered_and_takes_no_more(duels: MadeShop) -> None:
    ana, ben = await duels.fan(1), await duels.fan(2)
    shown = await duel(duels, ana)
    await press(duels, ana, "e1", shown.left.press)
    duels.clock.advance(seconds=(49 * HOUR).total_seconds())
    await rounds.tick(duels.store)
    again = await duel(duels, ana, 1)
    assert (again.left.picked, again.left.press, again.even, again.closed is None) == (True, "", "", False)
    assert (await duel(duels, ben)).closed is not None  # who never looked sees what there was
    assert await refusal(duels, ana, "e2", shown.right.press) == "vote.late"


async def test_what_is_kept_is_taken_along(cards: MadeShop) -> None:
    ana = await cards.fan(1)
    shown = await card(cards, ana)
    await press(cards, ana, "e1", shown.love)
    await press(cards, ana, "e2", f"r:{{}}:{shown.tile.number}:length:1")
    taken = await see(cards, ana, ShowTakeout())
    assert isinstance(taken, Takeout)
    (answer,) = json.loads(taken.words)["answers"]
    assert (answer["number"], answer["answer"], answer["reasons"]) == (shown.tile.number, 2, ["length"])


async def test_duels_are_taken_along_too(duels: MadeShop) -> None:
    ana = await duels.fan(1)
    shown = await duel(duels, ana)
    await press(duels, ana, "e1", shown.left.press)
    taken = await see(duels, ana, ShowTakeout())
    assert isinstance(taken, Takeout)
    (answer,) = json.loads(taken.words)["duels"]
    won = answer["first"] if answer["answer"] == 1 else answer["second"]
    assert {answer["first"], answer["second"]} == {shown.left.number, shown.right.number}
    assert won == shown.left.number


async def test_a_batch_takes_every_kind_of_ballot_at_once(store: Store, clock: Clock) -> None:
    """Presses of one fan on one card, in the order they came, within one commit."""
    made = await a_round_of(store, clock, BallotShape.CARDS)
    ana = await made.fan(1)
    shown = await card(made, ana)
    n = shown.tile.number
    replies = await asyncio.gather(
        made.press(ana, "a", shown.love),
        made.press(ana, "b", f"r:{made.round_id}:{n}:shape:1"),
        made.press(ana, "c", shown.passed),
        made.press(ana, "d", f"u:{made.round_id}"),
    )
    assert [english(r.text) for r in replies if r.text] == [
        f"#{n:03d}: loved.", "Noted: Shape.", f"#{n:03d}: passed.", f"Taken back: #{n:03d}.",
    ]  # fmt: skip
    kept = await card(made, ana, 1)
    assert (kept.answer, [c.key for c in kept.chips if c.chosen]) == ("love", ["shape"])
    assert await made.tally() == {n: (1, 1)}
