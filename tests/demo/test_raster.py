"""Drawings become photos."""

import re
from io import BytesIO

import numpy as np
from PIL import Image

from bot.demo.draw import svg
from bot.demo.garments import Garment, season
from bot.demo.raster import jpeg


def opened(photo: bytes) -> Image.Image:
    return Image.open(BytesIO(photo))


def test_a_photo_is_a_jpeg_of_four_to_five() -> None:
    photo = jpeg(svg(season(1, 1)[0]))
    assert opened(photo).format == "JPEG"
    assert opened(photo).size == (800, 1000)
    assert 10_000 < len(photo) < 300_000
    assert jpeg(svg(season(1, 1)[0])) == photo


def test_leaving_out_the_bare_ground_changes_nothing() -> None:
    wide = {"silhouette": "circle", "length": "mini", "pattern": "dot", "colour": "ink", "accent": "ecru"}
    drawing = svg(Garment("Ink skirt", "skirt", wide))
    whole = re.sub(r' data-crop="[^"]*"', "", drawing)
    assert whole != drawing
    a, b = (np.asarray(opened(jpeg(d)), dtype=np.int16) for d in (drawing, whole))
    assert np.abs(a - b).max() <= 4


def test_any_other_drawing_is_rasterised_at_its_own_size() -> None:
    photo = jpeg(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="50"><rect width="40" height="50"/></svg>'
    )
    assert opened(photo).size == (40, 50)
