"""A round's summary and picture: the numbers are the standings' own, and there are none before the close."""

import random
from dataclasses import replace

import pytest

from bot import cards
from bot.actions import Rate, Reason, encode
from bot.port import Actor, Command, Comment, Feed, Look, Notice, Sheet, ShowFeed
from bot.rounds.estimate import estimate, standings
from bot.rounds.evidence import Answers
from bot.rounds.model import BallotShape, RoundState, Verdict
from bot.rounds.select import top
from bot.rounds.summary import Integrity, lines, title
from bot.service import bulletin, charts, moderation, presales, rounds, summary
from bot.service.cuts import going_on
from bot.service.rounds import By
from bot.service.summary import FEW_FANS
from bot.storage import people, tallies
from bot.storage.store import Store, Tx
from tests.clock import Clock
from tests.made_presale import made_presale
from tests.made_shop import ROOM, MadeShop, made_shop, plan
from tests.rendered import english

WHY = By(reason="time is up")


async def vote(made: MadeShop, seed: int, fans: int) -> None:
    """Let fans pick at random and finish some of their pages."""
    rng = random.Random(seed)
    for i in range(fans):
        fan = await made.fan(i)
        numbers = rng.sample(range(1, 11), rng.randint(1, 6))
        await made.catwalk.command(Command(fan, f"pick-{i}", "pick", " ".join(str(n) for n in numbers), ROOM))


async def finish(made: MadeShop, fan: Actor) -> None:
    """Finish every page: what was seen and not picked is an answer."""
    while not all((sheet := (await made.look(fan)).screen).pages):  # type: ignore[union-attr]
        assert isinstance(sheet, Sheet)
        await made.press(fan, f"done-{sheet.page}", sheet.finish)


async def say(made: MadeShop, i: int, event: str, text: str) -> None:
    await made.catwalk.comment(Comment(await made.fan(i), event, ROOM, text))


async def closed(made: MadeShop) -> None:
    made.clock.advance(hours=1)
    await rounds.close(made.store, made.round_id, WHY)
    await rounds.tick(made.store)


async def nothing(made: MadeShop) -> None:
    """Check that there is no summary and no picture of round 1, whoever asks how."""
    round_ = await made.round()
    async with made.store.read() as tx:
        assert await summary.summed_up(tx, round_) is None
        assert await charts.chart_of(tx, round_) is None


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_number_agrees_with_the_votes(made: MadeShop, seed: int) -> None:
    """Count everything a second way: from the votes themselves."""
    await vote(made, seed, 8)
    await closed(made)
    candidates = await made.candidates()
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
        fans, versions, picked = await tallies.counted_votes(tx, made.round_id)
        result = await bulletin.compose(tx, cards.RESULT, made.round_id)
    position = {c.version_id: c.position for c in candidates}
    answers = Answers.of_arrays(fans, [position[v] for v in versions.tolist()], picked)
    round_ = await made.round()
    expected = standings(estimate(answers, len(candidates)), round_.plan.keep, round_.seed)
    count = {v: sum(s.verdict is v for s in expected) for v in Verdict}
    assert (found.safe, found.edge, found.out) == tuple(
        count[v] for v in (Verdict.SAFE, Verdict.EDGE, Verdict.OUT)
    )
    assert found.looks == len(candidates) == found.safe + found.edge + found.out
    assert found.fans == len(set(fans.tolist())) == sum(n for _, n in found.platforms)
    per_fan = sorted((fans == fan).sum() for fan in set(fans.tolist()))
    assert found.median_seen == per_fan[(len(per_fan) - 1) // 2]
    assert result is not None
    shown = [p.verdict for p in result.pictures]
    assert (shown.count("safe"), shown.count("edge"), shown.count("out")) == (
        found.safe,
        found.edge,
        found.out,
    )


async def test_a_median_of_few_fans_is_nobodys_business(made: MadeShop) -> None:
    await vote(made, 1, FEW_FANS - 1)
    await closed(made)
    async with made.store.read() as tx:
        assert (await summary.summary(tx, made.round_id)).median_seen is None


async def test_talk_is_what_was_said_while_the_round_ran(made: MadeShop) -> None:
    await vote(made, 1, 2)
    for i, text in enumerate(["#003 longer", "#003 in green", "#005 pockets", "what a season", "#007 no"]):
        await say(made, 0, f"said-{i}", text)
    await closed(made)
    made.clock.advance(hours=1)
    await say(made, 1, "late", "#007 too late for this round")
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
        result = await bulletin.compose(tx, cards.RESULT, made.round_id)
    assert (found.talk.comments, found.talk.designs) == (5, ((3, 2), (5, 1)))
    assert result is not None
    assert "5 comments were written. Thank you." in [english(line) for line in result.lines]


async def test_comments_to_answer_are_those_on_designs_that_go_on(made: MadeShop) -> None:
    for i in range(6):
        fan = await made.fan(i)
        await made.catwalk.command(Command(fan, f"pick-{i}", "pick", "1 2 3", ROOM))
    for number in (1, 3, 9):
        await say(made, 0, f"on-{number}", f"#{number:03d} pockets please")
    await closed(made)
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
        kept = await going_on(tx, await made.round())
    asked = {c.design_id for c in await made.candidates() if c.number in (1, 3, 9)}
    assert found.next.to_answer == len(asked.intersection(kept))


async def kept_by(made: MadeShop, everyone: bool) -> set[int]:
    """Work the cut out from the votes themselves, with or without the ballots set aside."""
    candidates, round_ = await made.candidates(), await made.round()
    async with made.store.read() as tx:
        fans, versions, picked = await tallies.counted_votes(tx, made.round_id, everyone)
    position = {c.version_id: c.position for c in candidates}
    answers = Answers.of_arrays(fans, [position[v] for v in versions.tolist()], picked)
    found = standings(estimate(answers, len(candidates)), round_.plan.keep, round_.seed)
    return set(top(found, round_.plan.keep, round_.plan.tie_rule, round_.seed).kept)


async def test_integrity_tells_what_the_ballots_set_aside_would_change(made: MadeShop) -> None:
    """Six fans want three designs, nine of one mind want three others; those nine are set aside."""
    for i in range(15):
        fan = await made.fan(i)
        await made.catwalk.command(Command(fan, f"pick-{i}", "pick", "1 2 3" if i < 6 else "4 5 6", ROOM))
        await finish(made, fan)
    await made.owner()
    owner = Actor("room", "owner", "Olga", "en")
    for i in range(6, 15):
        async with made.store.read() as tx:
            person = await people.find_person(tx, "room", f"fan-{i}")
        assert person is not None
        await moderation.set_aside(made.shop, owner, made.round_id, person.account_id, "nine from one phone")
    await closed(made)
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
    without, together = await kept_by(made, everyone=False), await kept_by(made, everyone=True)
    assert without != together
    assert found.integrity == Integrity(9, len(without - together))
    assert found.fans == 6


async def test_reasons_are_counted_in_rounds_of_cards(store: Store, clock: Clock) -> None:
    made = await made_shop(store, clock, plans=[replace(plan(clock), ballot=BallotShape.CARDS)])
    await made.open()
    for i, keys in enumerate((("length", "colour"), ("length",), ("length", "fabric", "colour"), ())):
        fan = await made.fan(i)
        await made.look(fan)
        await made.press(fan, f"love-{i}", encode(Rate(made.round_id, (3,), 2)))
        for key in keys:
            await made.press(fan, f"why-{i}-{key}", encode(Reason(made.round_id, 3, key, True)))
    await closed(made)
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
    asked = [(english(reason), times) for reason, times in found.talk.reasons]
    assert asked == [("Length", 3), ("Colour", 2), ("Fabric", 1)]


# ------------------------------------------------------------------ nothing before the close


async def test_there_is_nothing_before_the_votes_are_counted(made: MadeShop) -> None:
    await vote(made, 1, 6)
    await nothing(made)
    await rounds.pause(made.store, made.round_id, WHY)
    await nothing(made)
    await rounds.resume(made.store, made.round_id, WHY)
    await rounds.close(made.store, made.round_id, WHY)
    assert (await made.round()).state is RoundState.CLOSED
    await nothing(made)
    await rounds.tick(made.store)
    async with made.store.read() as tx:
        assert await charts.chart_of(tx, await made.round()) is not None


async def next_of(made: MadeShop) -> str:
    async with made.store.read() as tx:
        return english(lines(await summary.summary(tx, made.round_id))[-1])


async def test_what_is_next_follows_the_round_that_counts(store: Store, clock: Clock) -> None:
    made = await made_shop(store, clock, plans=[plan(clock), replace(plan(clock, 2), keep=2)])
    await made.open()
    await vote(made, 1, 6)
    await closed(made)
    await rounds.sign(store, made.round_id, WHY)
    second = (await made.round(2)).id
    said = [await next_of(made)]
    for step in (rounds.open_round, rounds.void, rounds.run_again):
        await step(store, second, WHY)
        said.append(await next_of(made))
    assert said == [
        "Next: round 2 opens Fri 4 Dec, 20:00 (UTC)", "Next: round 2 decides", "Next: run round 2 again",
        "Next: open round 2",
    ]  # fmt: skip


async def test_after_the_last_round_presales_are_next_where_there_are_any(store: Store, clock: Clock) -> None:
    made = await made_presale(store, clock, numbers=[])
    assert await next_of(made) == "Next: open the presales"
    await presales.open_presales(store, made.campaign_id, WHY)
    assert await next_of(made) == "Next: the presales decide what is made"


async def test_without_presales_the_shortlist_is_the_end(made: MadeShop) -> None:
    await vote(made, 1, 6)
    await closed(made)
    await rounds.sign(made.store, made.round_id, WHY)
    assert await next_of(made) == "Next: the shortlist is signed, and nothing is left to decide"


async def test_nor_of_a_round_that_was_called_off(made: MadeShop) -> None:
    await vote(made, 1, 6)
    await closed(made)
    await rounds.void(made.store, made.round_id, WHY)
    await nothing(made)


# ------------------------------------------------------------------ the picture


async def drawn(tx: Tx, key: str, language: str = "en") -> object:
    return await charts.drawing(tx, key, language, dark=False)


async def test_a_picture_is_found_under_its_name_and_no_other(made: MadeShop) -> None:
    await vote(made, 1, 6)
    await closed(made)
    async with made.store.read() as tx:
        chart = await charts.chart_of(tx, await made.round())
        assert chart is not None
        number, _, facts = chart.key.partition("-")
        wrong = ("", "x", number, f"{number}-{facts[::-1]}", f"{int(number) + 1}-{facts}", f"0{chart.key}")
        assert [await drawn(tx, key) for key in wrong] == [None] * len(wrong)
        picture = await charts.drawing(tx, chart.key, "fr", dark=True)
        found = await summary.summary(tx, made.round_id)
    assert picture is not None
    assert (picture.words.kicker, picture.plain.kicker) == ("Spring · Tour 1 sur 1", "Spring · Round 1 of 1")
    assert picture.dark
    verdicts = [row.verdict for row in picture.rows]
    assert [verdicts.count(v) for v in ("safe", "edge", "out")] == [found.safe, found.edge, found.out]
    assert all(0 <= row.low <= row.middle <= row.high <= 1 for row in picture.rows)
    below = [row.middle for row in picture.rows[picture.keep :]]
    above = [row.middle for row in picture.rows[: picture.keep]]
    assert min(above) >= picture.line >= max(below)
    for row in picture.rows:
        assert {"safe": row.low > picture.line, "out": row.high < picture.line}.get(row.verdict, True)


async def test_the_result_carries_the_picture_and_a_signature_does_not_change_it(made: MadeShop) -> None:
    await vote(made, 1, 6)
    await closed(made)
    async with made.store.read() as tx:
        before = await bulletin.compose(tx, cards.RESULT, made.round_id)
    owner = await made.owner()
    await rounds.sign(made.store, made.round_id, owner)
    async with made.store.read() as tx:
        after = await bulletin.compose(tx, cards.RESULT, made.round_id)
        assert before
        assert after
        assert before.chart
        assert before.chart == after.chart
        assert await drawn(tx, before.chart.key) is not None
    assert before.title != after.title


# ------------------------------------------------------------------ who is told


async def notices(made: MadeShop, actor: Actor) -> list[Notice]:
    screen = (await made.catwalk.look(Look(actor, ShowFeed(), ROOM))).screen
    assert isinstance(screen, Feed)
    return [i for i in screen.items if isinstance(i, Notice)]


async def test_owners_are_told_with_the_count_and_fans_are_not(made: MadeShop) -> None:
    await made.owner()
    owner = Actor("room", "owner", "Olga", "en")
    await made.catwalk.command(Command(owner, "enter", "enter", "", ROOM))
    await vote(made, 1, 6)
    await closed(made)
    await rounds.tick(made.store)
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
    [told] = await notices(made, owner)
    assert english(told.text) == "\n".join(english(line) for line in (title(found), *lines(found)))
    assert told.go == f"desk:round:{made.round_id}:summary"
    assert await notices(made, await made.fan(0)) == []


async def test_results_tells_staff_the_summary_and_fans_what_everybody_sees(made: MadeShop) -> None:
    await made.owner()
    owner = Actor("room", "owner", "Olga", "en")
    await made.catwalk.command(Command(owner, "enter", "enter", "", ROOM))
    await vote(made, 1, 6)
    await closed(made)
    staff = await made.catwalk.command(Command(owner, "ask", "results", "", ROOM))
    fan = await made.catwalk.command(Command(await made.fan(0), "ask", "results", "", ROOM))
    async with made.store.read() as tx:
        found = await summary.summary(tx, made.round_id)
    assert staff.text == title(found)
    assert staff.screen is not None
    assert staff.screen.lines == lines(found)  # type: ignore[union-attr]
    assert fan.text is not None
    assert english(fan.text) == "Round 1 closed"
    assert "Integrity" not in str(fan.screen)
