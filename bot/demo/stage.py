"""The demo's campaign on disk: drawn once, or made of somebody's photos, with dates from now on."""

import csv
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tzlocal import get_localzone_name

from bot.demo.garments import Garment, season
from bot.demo.season import write_campaign
from bot.errors import ConfigError, Problem
from bot.port import Tile
from bot.text import t

COUNT = 200
_DRAWING = 2
"""Raised when the drawings change, so that nobody is shown old ones."""

_PHOTOS = (".jpg", ".jpeg", ".png", ".webp")

_TOML = """key = "season"
title = "{title}"
time_zone = "{zone}"
language = "en"

[noun]
en = ["look", "looks"]
fr = ["modèle", "modèles"]
zh = ["款"]

[[rounds]]
ballot = "sheets"
opens_at = {open_1}
closes_at = {close_1}
keep = {keep_1}
quorum = 20
tie_rule = "lot"

[[rounds]]
ballot = "sheets"
opens_at = {open_2}
closes_at = {close_2}
keep = {keep_2}
quorum = 20
tie_rule = "lot"
"""


def designs(cache: Path, seed: int, photos: Path | None, progress: Callable[[int, int], None]) -> Path:
    """Find the folder with designs.csv and photos: the visitor's own, or the season drawn for a seed."""
    if photos is not None:
        return photos
    folder = cache / f"season-{_DRAWING}-{seed}"
    if not folder.exists():
        drawing = cache / f"season-{_DRAWING}-{seed}.{os.getpid()}"
        write_campaign(drawing, seed, COUNT, lambda done: progress(done, COUNT))
        try:
            drawing.rename(folder)
        except OSError:  # another demo drew the same season meanwhile
            shutil.rmtree(drawing)
    return folder


def garment_of(seed: int, photos: Path | None) -> Callable[[Tile], Garment]:
    """Give the simulated fans eyes: what a tile shows, by its drawing or, for a photo, as itself alone."""
    if photos is not None:
        return lambda tile: Garment(tile.title, "", {"photo": tile.photo})
    drawn = season(seed, COUNT)
    return lambda tile: drawn[tile.number - 1]


def write(folder: Path, source: Path, now: datetime) -> None:
    """Put a campaign together: photos and designs.csv of `source`, rounds that begin now."""
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "photos").mkdir(parents=True)
    listed = source / "designs.csv"
    from_folder = source / "photos" if (source / "photos").is_dir() else source
    files = sorted(p for p in from_folder.iterdir() if p.suffix.lower() in _PHOTOS and p.is_file())
    if len(files) < 4:
        text = t("There are fewer than 4 photos (JPEG, PNG or WebP) in {folder}.", folder=str(from_folder))
        raise ConfigError([Problem("--photos", text)])
    for file in files:
        _place(file, folder / "photos" / file.name)
    if listed.is_file():
        shutil.copyfile(listed, folder / "designs.csv")
    else:
        with (folder / "designs.csv").open("w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([["photo"], *([file.name] for file in files)])
    (folder / "campaign.toml").write_text(_rules(len(files), now), encoding="utf-8")


def _place(file: Path, to: Path) -> None:
    try:
        os.link(file.resolve(), to)
    except OSError:  # another file system
        shutil.copyfile(file, to)


def _rules(count: int, now: datetime) -> str:
    """Print two rounds: three days, a pause for looking at the cut, two days."""
    hours = (1, 73, 97, 145)
    instants = [now + timedelta(hours=h) for h in hours]
    zone = _zone(instants)
    local = [f"{at.astimezone(zone).replace(tzinfo=None):%Y-%m-%dT%H:%M:00}" for at in instants]
    return _TOML.format(
        title="The drawn season",
        zone=zone.key,
        open_1=local[0],
        close_1=local[1],
        open_2=local[2],
        close_2=local[3],
        keep_1=count * 3 // 5,
        keep_2=count * 2 // 5,
    )


def _zone(instants: list[datetime]) -> ZoneInfo:
    """Take this machine's zone, unless one of the instants falls into its change of clocks."""
    zone = ZoneInfo(get_localzone_name() or "UTC")
    for at in instants:
        local = at.astimezone(zone)
        if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
            return ZoneInfo("UTC")
    return zone
