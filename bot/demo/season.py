"""Write a drawn season to disk as a campaign folder's photos and `designs.csv`."""

import csv
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.demo.draw import svg
from bot.demo.garments import ATTRIBUTES, Garment, season
from bot.demo.raster import jpeg

_DRAWERS = 2  # the rasteriser works outside the interpreter's lock


def write_campaign(folder: Path, seed: int, count: int, progress: Callable[[int], None]) -> None:
    """Draw a season into `folder`: `photos/001.jpg`… and `designs.csv`; `progress` hears how many are done.

    The same seed and count write the same files. `campaign.toml` is not written here.
    """
    garments = season(seed, count)
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_DRAWERS) as drawers:
        for done, photo in enumerate(drawers.map(_draw, garments), start=1):
            (folder / "photos" / photo_name(done)).write_bytes(photo)
            progress(done)
    _list(folder / "designs.csv", garments)


def photo_name(number: int) -> str:
    """Name the file of the season's `number`-th design: `067.jpg`."""
    return f"{number:03d}.jpg"


def _draw(garment: Garment) -> bytes:
    return jpeg(svg(garment))


def _list(path: Path, garments: tuple[Garment, ...]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("photo", "title", "category", *ATTRIBUTES))
        for number, g in enumerate(garments, start=1):
            rows.writerow((photo_name(number), g.title, g.category, *(g[name] for name in ATTRIBUTES)))
