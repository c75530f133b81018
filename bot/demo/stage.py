"""The demo's campaign on disk: drawn once, or made of somebody's photos, with dates from now on."""

import csv
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tzlocal import get_localzone_name

from bot.demo.season import write_campaign
from bot.errors import ConfigError, Problem
from bot.text import t

COUNT = 200
_DRAWING = 2
"""Raised when the drawings change, so that nobody is shown old ones."""

_LONGEST_DAYS = 40
"""How far ahead clocks must not change: by then the last presale has ended, whatever was extended."""

_PHOTOS = (".jpg", ".jpeg", ".png", ".webp")

_TOML = """key = "season"
title = "{title}"
time_zone = "{zone}"
language = "en"

[noun]
en = ["look", "looks"]
fr = ["modèle", "modèles"]
zh = ["款"]

{rounds}
[presale]
currency = "EUR"
base = 60
step = 6
list = 120
every_units = 8
every_days = 3
combine = "max"
days = {days}
at = {at}
moq = 12
colours = ["As shown", "Ink"]
sizes = ["XS", "S", "M", "L", "XL"]
limit = 5
cap = 400
if_missed = "end"
"""

_ROUND = """[[rounds]]
ballot = "{ballot}"
opens_at = {opens}
closes_at = {closes}
keep = {keep}
quorum = 20
tie_rule = "lot"
"""

SEASON = (("sheets", 1, 73), ("cards", 97, 145), ("duels", 169, 217))
"""The rounds: their ballots, and the hours from now at which they open and close."""

PRESALE_DAYS = 10


def hours() -> int:
    """Say how long the whole season is: the rounds, the time to sign and to open, the presales."""
    return SEASON[-1][2] + 18 + PRESALE_DAYS * 24


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
    """Print three rounds with a day between them, and what a presale of the shortlist is like."""
    instants = [now + timedelta(hours=h) for _, *hours in SEASON for h in hours]
    zone = _zone([*instants, *(now + timedelta(days=d) for d in range(_LONGEST_DAYS))])
    local = [f"{at.astimezone(zone).replace(tzinfo=None):%Y-%m-%dT%H:%M:00}" for at in instants]
    rounds = [
        _ROUND.format(ballot=ballot, opens=local[2 * i], closes=local[2 * i + 1], keep=keep)
        for i, ((ballot, *_), keep) in enumerate(zip(SEASON, keeps(count), strict=True))
    ]
    at = now.astimezone(zone)
    return _TOML.format(
        title="The drawn season", zone=zone.key, rounds="\n".join(rounds), at=f"{at:%H}:30:00",
        days=PRESALE_DAYS,
    )  # fmt: skip


def keeps(count: int) -> tuple[int, int, int]:
    """Say how many designs each round keeps: of 200 go on 120, then 80, and 24 are the shortlist."""
    last = max(1, count * 3 // 25)
    second = max(last + 1, count * 2 // 5)
    return max(second + 1, count * 3 // 5), second, last


def _zone(instants: list[datetime]) -> ZoneInfo:
    """Take this machine's zone, unless its clocks change meanwhile."""
    zone = ZoneInfo(get_localzone_name() or "UTC")
    offsets = {at.astimezone(zone).utcoffset() for at in instants}
    return zone if len(offsets) == 1 else ZoneInfo("UTC")
