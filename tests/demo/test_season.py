"""A drawn season on disk."""

import csv
from pathlib import Path

from PIL import Image

from bot.demo.garments import ATTRIBUTES, season
from bot.demo.season import write_campaign


def test_a_season_is_written_as_photos_and_a_list(tmp_path: Path) -> None:
    heard: list[int] = []
    write_campaign(tmp_path / "new" / "season", 7, 6, heard.append)
    folder = tmp_path / "new" / "season"
    assert heard == [1, 2, 3, 4, 5, 6]
    assert [p.name for p in sorted((folder / "photos").iterdir())] == [f"00{n}.jpg" for n in range(1, 7)]
    with (folder / "designs.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    for row, garment in zip(rows, season(7, 6), strict=True):
        with Image.open(folder / "photos" / row["photo"]) as photo:
            assert photo.size == (800, 1000)
        assert (row["title"], row["category"]) == (garment.title, garment.category)
        assert {name: row[name] for name in ATTRIBUTES} == {name: garment[name] for name in ATTRIBUTES}


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_campaign(tmp_path / name, 3, 2, lambda _: None)
    first, second = ([p.read_bytes() for p in sorted((tmp_path / n).rglob("*.*"))] for n in ("a", "b"))
    assert len(first) == 3
    assert first == second
