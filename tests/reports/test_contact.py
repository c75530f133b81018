"""A contact sheet shows every design with its number large enough, and is light enough to send."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.intake.photos import PhotoStore, clean_photo
from bot.mosaic import encoded, joined
from bot.reports import contact
from bot.reports.contact import CELL, HEAVIEST, SheetTile, sheet
from tests.intake.made import encoded as photo_of

PAPER, INK, ROSE, GREEN = (0xFA, 0xF7, 0xF2), (0x1C, 0x19, 0x17), (0xB3, 0x12, 0x3F), (0x30, 0x80, 0x50)


@pytest.fixture
def tile(tmp_path: Path) -> SheetTile:
    """Design 067, a plain green photo as it is stored."""
    store = PhotoStore(tmp_path)
    photo = clean_photo(photo_of(Image.new("RGB", (400, 500), GREEN)), "a.jpg", store)
    return SheetTile(store.thumb_path(photo.hash), 67)


def pixels(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def like(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Mark the pixels of nearly this colour, as JPEG keeps it."""
    marked: np.ndarray = np.abs(picture - colour).max(axis=2) < 24
    return marked


def box(marked: np.ndarray) -> tuple[int, int, int, int]:
    """Find the left, top, right and bottom of what is marked."""
    down, across = np.nonzero(marked)
    return int(across.min()), int(down.min()), int(across.max()) + 1, int(down.max()) + 1


@pytest.mark.parametrize(
    ("count", "columns", "size"),
    [(20, 4, (1536, 2560)), (20, 5, (1920, 2048)), (18, 5, (1920, 2048)), (3, 4, (1536, 512))],
)
def test_a_sheet_has_its_columns_and_as_many_rows_as_it_takes(
    tile: SheetTile, count: int, columns: int, size: tuple[int, int]
) -> None:
    picture = pixels(sheet([replace(tile, number=n) for n in range(1, count + 1)], columns))
    assert picture.shape == (size[1], size[0], 3)
    cells = [
        picture[512 * (n // columns) :, 384 * (n % columns) :][:512, :384]
        for n in range(columns * size[1] // 512)
    ]
    assert [bool(like(cell, GREEN).any()) for cell in cells] == [n < count for n in range(len(cells))]


def test_photos_lie_eight_pixels_of_paper_apart(tile: SheetTile) -> None:
    picture = pixels(sheet([tile] * 4, 2))
    assert box(like(picture[:300], GREEN)) == (4, 4, 764, 300)
    assert like(picture[504 + 4 : 516, :], PAPER).all()
    assert like(picture[:, 380:388], PAPER).all()


def test_a_number_is_read_at_a_third_of_its_size(tile: SheetTile) -> None:
    picture = pixels(sheet([tile], 1))
    left, top, right, bottom = box(like(picture[4:508, 4:380], PAPER))
    assert (left, bottom) == (16, 504 - 16), "the pill is at the bottom left"
    figures = box(like(picture, INK))
    assert figures[3] - figures[1] >= 44
    assert 4 + left < figures[0] < figures[2] < 4 + right
    assert 4 + top < figures[1] < figures[3] < 4 + bottom


def test_any_design_and_version_fits_its_photo(tile: SheetTile) -> None:
    picture = pixels(sheet([replace(tile, number=999, version=12)], 1))
    assert box(like(picture[4:508, 4:380], GREEN)) == (0, 0, 376, 504)
    assert box(like(picture, INK))[2] <= 380 - 16


def test_only_a_changed_design_says_its_version(tile: SheetTile) -> None:
    first, second = (like(pixels(sheet([replace(tile, version=v)], 1)), INK).sum() for v in (1, 2))
    assert second > 2 * first, "v2 is paper on an ink pill"


def test_a_pick_has_a_ring_and_a_heart(tile: SheetTile) -> None:
    plain, picked = (pixels(sheet([replace(tile, picked=p)], 1)) for p in (False, True))
    assert not like(plain, ROSE).any()
    assert box(like(picked, ROSE)) == (4, 4, 380, 508)
    heart = picked[20:88, 296:364]
    assert like(heart, ROSE).mean() > 0.4
    assert 0.1 < like(heart, PAPER).mean() < 0.4


def test_a_photo_that_is_gone_leaves_its_number(tile: SheetTile, tmp_path: Path) -> None:
    picture = pixels(sheet([replace(tile, thumb=tmp_path / "gone.jpg")], 1))
    assert not like(picture, GREEN).any()
    assert like(picture, INK).any()


def test_a_design_is_drawn_once(tile: SheetTile) -> None:
    once = sheet([tile, replace(tile, picked=True)])
    tile.thumb.unlink()
    assert sheet([tile, replace(tile, picked=True)]) == once


def test_a_sheet_full_of_grain_is_light_enough(tmp_path: Path) -> None:
    """A phone's grain at night is kept less exactly; at the usual quality it would be too heavy."""
    grain = np.random.default_rng(7).normal(128, 18, CELL[::-1]).clip(0, 255).astype(np.uint8)
    (tmp_path / "grain.jpg").write_bytes(encoded(Image.fromarray(grain).convert("RGB")))
    tiles = [SheetTile(tmp_path / "grain.jpg", n) for n in range(20)]
    as_usual = joined([contact._cell(tile) for tile in tiles], 4, contact._empty())
    assert len(sheet(tiles)) <= HEAVIEST < len(as_usual)


def test_a_thumb_is_marked_without_being_encoded_anew(tile: SheetTile) -> None:
    """What a store keeps is what a sheet is put together from: the rows above the number are the same."""
    stored = contact._thumb(tile.thumb)
    assert stored.head == contact._empty().head
    assert contact._cell(tile).rows[:26] == stored.rows[:26]
    assert contact._cell(tile).rows[26:] != stored.rows[26:]


def test_a_thumb_in_another_form_will_do(tile: SheetTile, tmp_path: Path) -> None:
    stored = sheet([tile])
    Image.open(tile.thumb).save(tmp_path / "other.jpg", quality=95, progressive=True)
    other = sheet([replace(tile, thumb=tmp_path / "other.jpg")])
    assert np.abs(pixels(other) - pixels(stored)).max() < 24
