"""Draw a garment as a flat fashion sketch in colour."""

from collections.abc import Callable
from zlib import crc32

from bot.demo import dresses, outers, separates, uppers
from bot.demo.canvas import Canvas
from bot.demo.garments import Garment
from bot.demo.palette import DYES, GROUNDS
from bot.demo.prints import Cloth


def svg(garment: Garment) -> str:
    """Draw `garment` as an 800 × 1000 SVG."""
    seed = crc32(repr((garment.category, sorted(garment.attributes.items()))).encode())
    canvas = Canvas(GROUNDS[seed % len(GROUNDS)])
    cloth = Cloth(DYES[garment["colour"]], DYES[garment["accent"]], garment["pattern"], seed)
    _MAKERS[garment.category](canvas, garment, cloth)
    return canvas.svg()


_MAKERS: dict[str, Callable[[Canvas, Garment, Cloth], None]] = {
    "dress": dresses.draw,
    "skirt": separates.skirt_,
    "trousers": separates.trousers,
    "jumpsuit": separates.jumpsuit,
    "shirt": uppers.shirt,
    "knit": uppers.knit,
    "jacket": outers.draw,
    "coat": outers.draw,
}
