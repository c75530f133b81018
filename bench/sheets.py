"""Contact sheets of 20 drawn designs, against Pillow alone.

The baseline is what any sheet made of pixels takes: open the 20 stored thumbs, paste them on paper, encode it
once (JPEG, quality 85, 4:2:0). It draws no number and no mark.

* `new_designs`: all 20 designs are drawn for the first time since the start, with numbers, versions, picks.
* `known_designs`: another fan's page of designs that were drawn before, in another order.
* `memory_mb`: the most a process needs that makes one sheet of new designs and ends, Python included.
"""

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from PIL import Image

from bench.frame import Bench, run
from bot.demo.draw import svg
from bot.demo.garments import season
from bot.demo.raster import jpeg
from bot.intake.photos import PhotoStore, clean_photo
from bot.reports import contact
from bot.reports.contact import CELL, SheetTile

COLUMNS, ROWS = 4, 5
MOST_MB = 60

_ALONE = """
import sys
from pathlib import Path
from bot.reports.contact import SheetTile, sheet
sheet([SheetTile(Path(photo), n) for n, photo in enumerate(sys.argv[1:], 1)])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def measure(bench: Bench) -> None:
    times = 5 if bench.quick else 20
    with tempfile.TemporaryDirectory() as folder:
        tiles = _designs(PhotoStore(Path(folder)))
        turned = count()

        def floor() -> None:
            paper = Image.new("RGB", (CELL[0] * COLUMNS, CELL[1] * ROWS), "#FAF7F2")
            for n, tile in enumerate(tiles):
                with Image.open(tile.thumb) as thumb:
                    paper.paste(thumb, (CELL[0] * (n % COLUMNS), CELL[1] * (n // COLUMNS)))
            paper.save(io.BytesIO(), "JPEG", quality=85, subsampling="4:2:0")

        def new() -> None:
            contact._cell.cache_clear()  # as after a start
            contact.sheet(tiles, COLUMNS)

        def known() -> None:
            first = next(turned) % len(tiles)
            contact.sheet([*tiles[first:], *tiles[:first]], COLUMNS)

        contact.sheet(tiles, COLUMNS)
        floors, news, knowns = bench.in_turns(*(_timed(make, times) for make in (floor, new, known)))
        bench.compare("new_designs", news, floors, "ms", target=1 / 1.3, less_is_better=True)
        bench.compare("known_designs", knowns, floors, "ms", target=1 / 1.3, less_is_better=True)
        bench.limit("memory_mb", [_peak_mb(tiles)], MOST_MB, "MB")


def _designs(store: PhotoStore) -> list[SheetTile]:
    photos = [clean_photo(jpeg(svg(garment)), "a.jpg", store) for garment in season(7, COLUMNS * ROWS)]
    return [
        SheetTile(store.thumb_path(photo.hash), n, version=1 + (n % 5 == 0), picked=n % 4 == 0)
        for n, photo in enumerate(photos, 1)
    ]


def _timed(make: Callable[[], None], times: int) -> Callable[[], float]:
    """Take the mean time of making a sheet, in ms."""

    def timed() -> float:
        began = time.perf_counter()
        for _ in range(times):
            make()
        return (time.perf_counter() - began) * 1000 / times

    return timed


def _peak_mb(tiles: list[SheetTile]) -> float:
    command = [sys.executable, "-c", _ALONE, *(str(tile.thumb) for tile in tiles)]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) / 1024


if __name__ == "__main__":
    run("sheets", "Pillow alone: open 20 stored thumbs, paste, encode", measure)
