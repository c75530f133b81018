"""The picture of a cut: equal charts give equal bytes, and every row, word and photo finds its place."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bot.reports import cut
from bot.reports.chart import Order, take
from bot.reports.cut import DARK, LIGHT, Palette, draw
from tests.reports.made import WORDS, chart

PHOTO = Image.new("RGB", (480, 600), "#00FF00")


def without_photos(_name: str) -> None:
    return None


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.int16)


def coloured(picture: np.ndarray, colour: str) -> np.ndarray:
    """Find the pixels of exactly this colour."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return np.argwhere((picture == wanted).all(axis=2))


def test_equal_charts_give_equal_bytes_and_others_do_not() -> None:
    once = draw(chart(40, 20), lambda _: PHOTO)
    assert once == draw(chart(40, 20), lambda _: PHOTO)
    assert b"Matplotlib" not in once
    assert once != draw(chart(40, 21), lambda _: PHOTO)


@pytest.mark.parametrize(("rows", "keep"), [(1, 1), (2, 1), (3, 3), (10, 4), (40, 39), (300, 120)])
@pytest.mark.parametrize("dark", [False, True])
def test_any_round_fits_a_phone(rows: int, keep: int, dark: bool) -> None:
    picture = pixels(draw(chart(rows, keep, dark), without_photos))
    assert picture.shape == (1920, 1080, 3)
    paper = (DARK if dark else LIGHT).paper
    edges = np.concatenate(
        [picture[:24].reshape(-1, 3), picture[:, :24].reshape(-1, 3), picture[:, -24:].reshape(-1, 3)]
    )
    assert len(coloured(edges[None], paper)) == len(edges), "nothing touches the margin"


def test_rows_are_where_their_numbers_say() -> None:
    """The only row safely in lies right of the cut, the row that is out lies left of it and lower."""
    made = chart(3, 2)
    rows = tuple(
        replace(row, verdict=verdict) for row, verdict in zip(made.rows, ("safe", "edge", "out"), strict=True)
    )
    picture = pixels(draw(replace(made, rows=rows), without_photos))
    plot = picture[:, 450:]  # the gutter says its numbers in the same colours
    cut_at = np.median(coloured(plot, LIGHT.cut)[:, 1])
    safe, out = coloured(plot, LIGHT.safe), coloured(plot, LIGHT.out)
    assert safe[:, 1].min() > cut_at > out[:, 1].max()
    assert safe[:, 0].max() < out[:, 0].min()


def test_the_edge_differs_in_shape_too() -> None:
    """A safe dot is filled, one on the edge is hollow: paper in its middle."""
    for verdict, colour in (("safe", LIGHT.safe), ("edge", LIGHT.paper)):
        rows = tuple(replace(row, verdict=verdict) for row in chart(3, 3).rows)
        made = replace(chart(3, 3), rows=rows)
        drawing = cut._Drawing(made, without_photos)
        x, y = (round(at * 3) for at in (drawing.x(rows[1].middle), drawing.y(2)))
        middle = pixels(draw(made, without_photos))[y - 2 : y + 3, x - 2 : x + 3]
        assert len(coloured(middle, colour)) == 25


def test_few_rows_each_have_their_photo() -> None:
    green = coloured(pixels(draw(chart(8, 4), lambda _: PHOTO)), "#00FF00")
    rows = np.unique(green[:, 0])
    assert (np.diff(rows) > 1).sum() == 7, "eight photos, one below the other"


def test_many_rows_show_the_best_and_who_is_at_the_cut() -> None:
    asked = []

    def photo(name: str) -> Image.Image:
        asked.append(int(name, 16) + 1)
        return PHOTO

    draw(chart(200, 100), photo)
    assert asked == [1, 2, 3, 100, 101]


def contrast(one: str, other: str) -> float:
    """Compute the contrast of two colours (WCAG 2.2)."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_words_and_shapes_stand_out_from_the_paper(palette: Palette) -> None:
    assert (
        min(
            contrast(c, palette.paper)
            for c in (palette.ink, palette.quiet, palette.safe, palette.edge, palette.cut)
        )
        >= 4.5
    )
    assert contrast(palette.out, palette.paper) >= 3


def test_a_name_tells_what_is_shown_and_not_to_whom() -> None:
    other = replace(WORDS, title="autre chose")
    assert chart().facts == chart(dark=True).facts == chart(words=other).facts
    assert len({chart(3, 2).facts, chart(3, 1).facts, chart(4, 2).facts}) == 3


def test_an_order_survives_the_way_to_the_drawer() -> None:
    order = Order(chart(5, 2, dark=True), {"a": "/photos/a.jpg"})
    assert take(order.dump()) == order
