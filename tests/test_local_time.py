from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.local_time import to_utc, zone_names
from tests.intake.made import refusal

NEW_YORK = ZoneInfo("America/New_York")


def test_a_plain_local_time_is_resolved() -> None:
    local = datetime.fromisoformat("2030-07-01T20:00")
    assert to_utc(local, ZoneInfo("Europe/Paris")) == datetime(2030, 7, 1, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "code", "offsets"),
    [
        ("America/New_York", "2030-03-10T02:30:00", "time.gap", ("UTC-05:00", "UTC-04:00")),
        ("America/New_York", "2030-11-03T01:30:00", "time.fold", ("UTC-04:00", "UTC-05:00")),
        ("Europe/Paris", "2030-03-31T02:00:00", "time.gap", ("UTC+01:00", "UTC+02:00")),
        ("Europe/Paris", "2030-10-27T02:59:59", "time.fold", ("UTC+02:00", "UTC+01:00")),
        ("Australia/Lord_Howe", "2030-10-06T02:15:00", "time.gap", ("UTC+10:30", "UTC+11:00")),
        ("Pacific/Apia", "2011-12-30T12:00:00", "time.gap", ("UTC-10:00", "UTC+14:00")),
    ],
)
def test_a_gap_and_a_fold_are_refused_with_zone_and_offsets(
    zone: str, local: str, code: str, offsets: tuple[str, str]
) -> None:
    found, sentence = refusal(lambda: to_utc(datetime.fromisoformat(local), ZoneInfo(zone)))
    assert found == code
    assert sentence.startswith(local.replace("T", " "))
    assert zone in sentence
    assert f"from {offsets[0]} to {offsets[1]}" in sentence


@pytest.mark.parametrize(
    ("local", "hour"),
    [
        ("2030-03-10T01:59:59", 6),
        ("2030-03-10T03:00:00", 7),
        ("2030-11-03T00:59:59", 4),
        ("2030-11-03T02:00:00", 7),
    ],
)
def test_the_moments_around_a_change_are_taken(local: str, hour: int) -> None:
    assert to_utc(datetime.fromisoformat(local), NEW_YORK).hour == hour


def test_a_zone_is_a_place_not_this_machine() -> None:
    assert "Europe/Paris" in zone_names()
    assert not {"localtime", "Factory", "posixrules"} & zone_names()
