"""Every combination draws: whole, on the page, and with its print inside its outline."""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import combinations, cycle
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from bot.demo.canvas import HEIGHT, WIDTH
from bot.demo.draw import svg
from bot.demo.dresses import CUTS, HEMS
from bot.demo.garments import Garment, season
from bot.demo.line_up import LINE_UP
from bot.demo.palette import DYES, PAIRS

NECKLINES = tuple(sorted({neck for recipes in LINE_UP.values() for r in recipes for neck in r.necklines}))
SLEEVES = tuple(sorted({sleeve for recipes in LINE_UP.values() for r in recipes for sleeve in r.sleeves}))
PRINTS = ["stripe", "breton", "check", "dot", "floral"]

_NUMBER = re.compile(r"-?\d+\.?\d*")


def dress(**attributes: str) -> Garment:
    plain = {
        "silhouette": "a-line",
        "neckline": "crew",
        "sleeve": "short",
        "length": "knee",
        "waist": "natural",
        "pattern": "plain",
        "colour": "ecru",
        "accent": "ink",
    }
    return Garment("A dress", "dress", {**plain, **attributes})


def pixels(drawing: str, width: int) -> NDArray[np.int16]:
    png = resvg_py.svg_to_bytes(svg_string=drawing, width=width, skip_system_fonts=True)
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"), dtype=np.int16)


def check_drawing(drawing: str) -> None:
    """Parse a drawing and hold every point of it to the page."""
    root = ET.fromstring(drawing)  # noqa: S314
    assert root.get("viewBox") == "0 0 800 1000"
    paths = [element.get("d") or "" for element in root if element.tag.endswith("path")]
    assert len(paths) > 10
    for path in paths:
        assert "nan" not in path
        assert "inf" not in path
        numbers = [float(n) for n in _NUMBER.findall(path.replace("h.1", ""))]
        assert all(-2 <= x <= WIDTH + 2 for x in numbers[::2])
        assert all(-2 <= y <= HEIGHT + 2 for y in numbers[1::2])


@pytest.mark.parametrize("neckline", NECKLINES)
def test_every_neckline_draws_a_dress_with_every_sleeve(neckline: str) -> None:
    """Lengths, silhouettes and prints take turns."""
    lengths, silhouettes, prints = cycle(HEMS), cycle(CUTS), cycle(["plain", *PRINTS, "colour-block"])
    drawn = set()
    for sleeve in SLEEVES:
        attributes = {"neckline": neckline, "sleeve": sleeve, "length": next(lengths)}
        drawing = svg(dress(**attributes, silhouette=next(silhouettes), pattern=next(prints)))
        check_drawing(drawing)
        drawn.add(drawing)
    assert len(drawn) == len(SLEEVES)


@pytest.mark.parametrize("length", HEMS)
def test_every_length_draws_a_dress_of_every_silhouette(length: str) -> None:
    drawn = {silhouette: svg(dress(length=length, silhouette=silhouette)) for silhouette in CUTS}
    for drawing in drawn.values():
        check_drawing(drawing)


def line_up() -> Iterator[Garment]:
    """Make one garment of every silhouette in each of its prints, the other attributes in turn."""
    colours = cycle(DYES)
    for category, recipes in LINE_UP.items():
        for recipe in recipes:
            for i, pattern in enumerate(recipe.patterns):
                parts = {
                    "silhouette": recipe.silhouette,
                    "neckline": recipe.necklines[i % len(recipe.necklines)] if recipe.necklines else "",
                    "sleeve": recipe.sleeves[i % len(recipe.sleeves)] if recipe.sleeves else "",
                    "length": recipe.lengths[i % len(recipe.lengths)],
                    "waist": recipe.waists[i % len(recipe.waists)] if recipe.waists else "",
                    "pattern": pattern,
                    "colour": (colour := next(colours)),
                    "accent": PAIRS[colour][i % len(PAIRS[colour])],
                }
                yield Garment("A garment", category, {name: value for name, value in parts.items() if value})


def test_everything_in_the_line_up_draws() -> None:
    drawings = [svg(garment) for garment in line_up()]
    assert len(drawings) > 200
    for drawing in drawings:
        check_drawing(drawing)


def test_a_garment_is_drawn_the_same_every_time() -> None:
    garment = dress(pattern="floral", sleeve="puff")
    assert svg(garment) == svg(garment)
    assert svg(garment) != svg(dress(pattern="floral", sleeve="bell"))


@pytest.mark.parametrize("pattern", PRINTS)
@pytest.mark.parametrize(
    ("neckline", "sleeve"),
    [("v", "puff"), ("scoop", "strap"), ("halter", "sleeveless"), ("sweetheart", "sleeveless")],
)
def test_a_print_ends_at_the_outline(pattern: str, neckline: str, sleeve: str) -> None:
    cut = {
        "silhouette": "fit and flare",
        "neckline": neckline,
        "sleeve": sleeve,
        "colour": "ecru",
        "accent": "ink",
    }
    plain = pixels(svg(dress(**cut)), 400)
    ground = plain[0, 0]
    bare = np.abs(plain - ground).sum(axis=2) == 0
    printed = pixels(svg(dress(**cut, pattern=pattern)), 400)
    printed_ground = printed[0, 0]
    stray = (np.abs(printed - printed_ground).sum(axis=2) > 40) & bare
    assert bare.sum() > 60_000
    assert stray.sum() <= 12, "print outside the cloth"
    within = np.abs(printed - plain).sum(axis=2) > 150
    assert within.sum() > 3_000, "there is no print"


def test_no_two_pictures_of_a_season_look_alike() -> None:
    thumbs = np.stack([pixels(svg(g), 64).ravel() for g in season(7)])
    pairs = [np.abs(thumbs[i + 1 :] - thumb).mean(axis=1) for i, thumb in enumerate(thumbs[:-1])]
    assert min(float(p.min()) for p in pairs) > 3.0
    twins = [pixels(svg(dress(waist=waist)), 64) for waist in ("natural", "none")]
    assert all(np.abs(a - b).mean() < 3.0 for a, b in combinations(twins, 2)), "the measure sees no twins"
