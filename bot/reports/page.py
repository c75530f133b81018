"""A page to draw on: units from the top left, a unit being a CSS pixel of a phone that is 360 wide."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D
from PIL import Image, ImageOps

from bot.reports.lettering import type_of

SCALE = 3
"""Pixels to a unit, so that a phone's screen shows every one of them."""

Segment = tuple[tuple[float, float], tuple[float, float]]


class Page:
    """A sheet of paper of a size, `width` by `height` units."""

    def __init__(self, width: float, height: float, paper: str) -> None:
        self.height = height
        self.paper = paper
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72 * SCALE, facecolor=paper)
        FigureCanvasAgg(self.figure)
        self._place = Affine2D().translate(0, -height).scale(SCALE, -SCALE)

    def text(self, x: float, y: float, words: str, face: str, size: float, colour: str, **how: Any) -> None:
        """Set a line of text with its baseline at `y`."""
        self.figure.text(
            x, y, words, fontproperties=type_of(face, size), color=colour, transform=self._place,
            va="baseline", parse_math=False, fontfeatures=("tnum",), **how,
        )  # fmt: skip

    def lines(self, segments: Sequence[Segment], colour: str, width: float, **how: Any) -> None:
        self.figure.add_artist(
            LineCollection(segments, colors=colour, linewidths=width, transform=self._place, **how)
        )

    def dots(self, at: Sequence[tuple[float, float]], colour: str, size: float, hollow: bool = False) -> None:
        """Put a dot at each place, filled with the paper where it is hollow."""
        if at:
            x, y = zip(*at, strict=True)
            self.figure.add_artist(
                Line2D(
                    x, y, linestyle="none", marker="o", markersize=size, transform=self._place,
                    markerfacecolor=self.paper if hollow else colour, markeredgecolor=colour,
                    markeredgewidth=size / 4 if hollow else 0,
                )
            )  # fmt: skip

    def picture(self, x: float, y: float, size: tuple[float, float], photo: Image.Image) -> None:
        """Put a photo with its top left at a place, cropped to its size as a design is everywhere."""
        wide, high = (round(side * SCALE) for side in size)
        pixels = ImageOps.fit(photo.convert("RGB"), (wide, high), centering=(0.5, 0.35))
        below = round((self.height - y) * SCALE) - high
        self.figure.figimage(np.asarray(pixels), round(x * SCALE), below, zorder=3)

    def png(self) -> bytes:
        kept = io.BytesIO()
        self.figure.savefig(kept, format="png", facecolor=self.paper, metadata={"Software": None})
        return kept.getvalue()
