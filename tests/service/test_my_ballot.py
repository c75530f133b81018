"""My ballot in a round of cards or duels: what one is for, what is loved first, in the order shown."""

from dataclasses import replace

from bot.port import BallotView, CardPage, DuelPage, Look, ShowBallot, ShowPage
from bot.rounds.model import BallotShape
from bot.storage.store import Store
from tests.clock import Clock
from tests.made_shop import ROOM, MadeShop, made_shop, plan


async def opened(store: Store, clock: Clock, shape: BallotShape) -> MadeShop:
    shop = await made_shop(store, clock, designs_=5, plans=[replace(plan(clock), ballot=shape)])
    await shop.open()
    return shop


async def test_what_is_loved_comes_first(store: Store, clock: Clock) -> None:
    shop = await opened(store, clock, BallotShape.CARDS)
    fan = await shop.fan(1)
    shown = []
    for n, answer in enumerate(("like", "love", "passed", "love", "like"), 1):
        card = (await shop.catwalk.look(Look(fan, ShowPage(n), ROOM))).screen
        assert isinstance(card, CardPage)
        shown.append(card.tile.number)
        await shop.press(fan, f"card-{n}", getattr(card, answer))
    mine = (await shop.catwalk.look(Look(fan, ShowBallot(), ROOM))).screen
    assert isinstance(mine, BallotView)
    assert [tile.number for tile in mine.picks] == [shown[i] for i in (1, 3, 0, 4)]
    assert mine.loved == {shown[1], shown[3]}
    assert all(mine.pages)


async def test_who_won_a_duel_is_mine_and_nothing_is_loved(store: Store, clock: Clock) -> None:
    shop = await opened(store, clock, BallotShape.DUELS)
    fan = await shop.fan(1)
    won = []
    for n, side in enumerate(("left", "even"), 1):
        duel = (await shop.catwalk.look(Look(fan, ShowPage(n), ROOM))).screen
        assert isinstance(duel, DuelPage)
        won += [duel.left.number] if side == "left" else []
        await shop.press(fan, f"duel-{n}", duel.left.press if side == "left" else duel.even)
    mine = (await shop.catwalk.look(Look(fan, ShowBallot(), ROOM))).screen
    assert isinstance(mine, BallotView)
    assert ([tile.number for tile in mine.picks], mine.loved) == (won, frozenset())
    assert mine.pages[:3] == (True, True, False)
