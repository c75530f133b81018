"""`python -m bot.reports`: read an order, write its picture. `Easel` starts it; nobody waits for it."""

import os
import sys

from PIL import Image

from bot.reports.chart import take
from bot.reports.cut import draw

if __name__ == "__main__":
    os.nice(10)
    order = take(sys.stdin.buffer.read())

    def photo(name: str) -> Image.Image | None:
        try:
            return Image.open(order.photos[name])
        except OSError:
            return None

    sys.stdout.buffer.write(draw(order.chart, photo))
