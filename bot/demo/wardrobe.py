"""What simulated fans see: the garment behind a tile, in the version that is shown."""

from collections.abc import Sequence
from pathlib import Path

from bot.demo import designer
from bot.demo.garments import Garment, season
from bot.port import Tile


class Wardrobe:
    """A season's garments by number, with the versions that came later; a photo is itself alone."""

    def __init__(self, seed: int, count: int, photos: Path | None) -> None:
        self._drawn: Sequence[Garment] = () if photos else season(seed, count)
        self._notes: dict[int, dict[int, str]] = {}

    @property
    def drawn(self) -> bool:
        """Say whether the garments are drawn, and so can be drawn anew."""
        return bool(self._drawn)

    def revised(self, number: int, version: int, note: str) -> None:
        """Learn what changed in a version."""
        self._notes.setdefault(number, {})[version] = note

    def garment(self, number: int, version: int) -> Garment:
        """Find a drawn garment as one of its versions."""
        garment = self._drawn[number - 1]
        for later, note in sorted(self._notes.get(number, {}).items()):
            if later <= version:
                garment = designer.apply(garment, note)
        return garment

    def __call__(self, tile: Tile) -> Garment:
        if not self._drawn:
            return Garment(tile.title, "", {"photo": tile.photo})
        return self.garment(tile.number, tile.version)
