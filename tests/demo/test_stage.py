"""The demo's campaign file: it loads, whatever the number of photos and wherever the machine is."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo import stage
from bot.intake.limits import Limits
from bot.intake.read import read_campaign
from bot.rounds.model import BallotShape
from tests.intake.made import jpeg

NOW = datetime(2026, 11, 27, 19, 12, tzinfo=UTC)


@pytest.mark.parametrize("count", [4, 5, 7, 12, 40, 200, 300])
def test_every_round_has_something_to_decide(count: int) -> None:
    first, second, last = stage.keeps(count)
    assert count > first > second > last >= 1


def test_of_two_hundred_go_on_a_hundred_and_twenty_then_eighty() -> None:
    assert stage.keeps(200)[:2] == (120, 80)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
@pytest.mark.parametrize("days", [0, 100, 110, 117, 200, 300, 330])
def test_the_file_is_good_all_year_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, days: int
) -> None:
    monkeypatch.setattr(stage, "get_localzone_name", lambda: zone)
    (tmp_path / "mine").mkdir()
    for n in range(5):
        (tmp_path / "mine" / f"{n}.jpg").write_bytes(jpeg(n))
    stage.write(tmp_path / "campaign", tmp_path / "mine", NOW + timedelta(days=days))
    file = read_campaign(tmp_path / "campaign", tmp_path / "staging", limits=Limits())
    assert [r.ballot for r in file.rounds] == [BallotShape.SHEETS, BallotShape.CARDS, BallotShape.DUELS]
    assert file.presale is not None
    written = tomllib.loads((tmp_path / "campaign" / "campaign.toml").read_text())
    assert written["time_zone"] in (zone, "UTC")
