"""A picture of pieces is what pasting them would have made, and any decoder reads it."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bot.mosaic import encoded, joined, piece

SIZE = (32, 48)
EMPTY = piece(encoded(Image.new("RGB", SIZE, "white")))


def drawn(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture of soft waves; a frame of white keeps neighbours' colours from running into each other."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 4, 3), dtype=np.uint8))
    image = Image.new("RGB", size, "white")
    image.paste(coarse.resize((size[0] - 4, size[1] - 4), Image.Resampling.BICUBIC), (2, 2))
    return image


def pixels(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def plain(image: Image.Image, quality: int = 85) -> bytes:
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=quality, subsampling="4:2:0")
    return kept.getvalue()


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (4, 4), (5, 2), (7, 3), (20, 4), (20, 5)])
def test_pieces_stand_where_they_are_put(count: int, columns: int) -> None:
    """More than eight rows of blocks, so that the eight restart markers go round."""
    images = [drawn(n) for n in range(count)]
    lines = -(-count // columns)
    pasted = Image.new("RGB", (SIZE[0] * columns, SIZE[1] * lines), "white")
    for n, image in enumerate(images):
        pasted.paste(image, (n % columns * SIZE[0], n // columns * SIZE[1]))
    made = joined([piece(encoded(image)) for image in images], columns, EMPTY)
    assert (pixels(made) == pixels(plain(pasted))).all()


def test_a_piece_is_cut_into_pieces() -> None:
    whole = piece(encoded(drawn(1)))
    foot = replace(whole, rows=whole.rows[2:])
    assert foot.image().size == (32, 16)
    assert (np.asarray(foot.image(), dtype=np.int16)[2:] == pixels(encoded(drawn(1)))[34:]).all()


@pytest.mark.parametrize("other", [plain(drawn(1), 60), encoded(drawn(1, (32, 32)))])
def test_pieces_of_another_size_or_quality_are_not_joined(other: bytes) -> None:
    with pytest.raises(AssertionError, match="another size or quality"):
        joined([EMPTY, piece(other)], 2, EMPTY)
