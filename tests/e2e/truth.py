"""What the database holds at the end, held against what fans were told."""

from dataclasses import dataclass

from bot.storage import campaigns, journal, one_ballot, outbox, people, rounds, tallies
from bot.storage.store import Store
from tests.e2e.fan import Fan
from tests.e2e.process import Catwalk


@dataclass(frozen=True, slots=True)
class Held:
    """One fan's ballot as kept: design numbers picked and seen, and how many presses were accepted."""

    picked: set[int]
    seen: set[int]
    presses: int


@dataclass(frozen=True, slots=True)
class Truth:
    """Round 1 as kept: ballots by name, every post's kind, how often each action was logged."""

    ballots: dict[str, Held]
    posts: list[str]
    actions: list[str]
    turnout: int


async def truth(catwalk: Catwalk) -> Truth:
    """Read round 1, having compared the kept tally with a recount."""
    store = Store(catwalk.database_url)
    try:
        async with store.read() as tx:
            number_of = {c.version_id: c.number for c in await rounds.candidates(tx, 1)}
            assert await tallies.kept(tx, 1) == await tallies.recount(tx, 1)
            ballots = {}
            for account in await tx.conn.execute(people.account.select()):
                key = (1, account.fan_id)
                cells = {
                    number_of[v]: given.cell for v, given in (await one_ballot.cells_of(tx, key)).items()
                }
                row = await one_ballot.ballot_of(tx, key)
                ballots[account.name] = Held(
                    {n for n, cell in cells.items() if cell.picked},
                    {n for n, cell in cells.items() if cell.seen},
                    row.presses if row else 0,
                )
            main = await people.find_group(tx, "room", "main")
            campaign = await campaigns.find_campaign(tx, "spring")
            assert main is not None
            assert campaign is not None
            kinds = [post.kind for post in await outbox.group_posts(tx, main.id, None, None, 100)]
            log = [entry.action for entry in await journal.entries(tx, campaign.id, 1000)]
            return Truth(ballots, kinds[::-1], log, await tallies.turnout(tx, 1))
    finally:
        await store.close()


def check_ballots(kept: Truth, fans: list[Fan]) -> None:
    """Every acknowledged press is there, and was counted once."""
    for fan in fans:
        held = kept.ballots[fan.name]
        assert held.picked == fan.picked, fan.name
        assert held.seen >= fan.finished, fan.name
        assert held.presses == fan.presses, fan.name
    assert kept.turnout == len(fans)
