"""A crowd on Telegram in short: what is promised for a burst, and for kills in the middle of one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.process import Catwalk
from tests.faults.burst import Plan, played, shop

pytestmark = pytest.mark.filterwarnings("ignore:unread_data:DeprecationWarning")  # aiohttp's, of itself

BURST = Plan(fans=30, designs=16, hurry_s=0.5)
KILLED = Plan(fans=20, mode="polling", kills=2, designs=16, hurry_s=0.5, patience_s=2.0, lease_s=2)


@pytest.fixture(params=[BURST, KILLED], ids=["webhook", "polling killed"])
def plan(request: pytest.FixtureRequest) -> Plan:
    plan: Plan = request.param
    return plan


@pytest.fixture
def catwalk(plan: Plan, tmp_path: Path, bytecode: Path) -> Iterator[Catwalk]:
    with shop(tmp_path, bytecode, plan) as made:
        yield made


async def test_a_crowd_taps_through_a_round(plan: Plan, catwalk: Catwalk) -> None:
    async with played(catwalk, plan) as burst:
        assert await burst.broken() == []
        assert len(burst.killed_at) == plan.kills
