"""Rasterise a drawing to a photo's file."""

import re
from io import BytesIO

import resvg_py
from PIL import Image

_SIZE = re.compile(r'width="(\d+)" height="(\d+)" viewBox="[^"]*" data-crop="([^"]*)" data-ground="([^"]*)"')


def jpeg(svg: str) -> bytes:
    """Rasterise an SVG at its own size to a JPEG.

    resvg answers in PNG and spends most of its time on packing that, so a drawing that says where its
    bare ground is (`data-crop`, `data-ground`) is rasterised without it.
    """
    size = _SIZE.search(svg, 0, 400)
    if size is None:
        picture = _pixels(svg)
    else:
        x, y, w, h = map(int, size[3].split())
        part = svg.replace(size[0], f'width="{w}" height="{h}" viewBox="{x} {y} {w} {h}"', 1)
        picture = Image.new("RGB", (int(size[1]), int(size[2])), size[4])
        picture.paste(_pixels(part), (x, y))
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def _pixels(svg: str) -> Image.Image:
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    with Image.open(BytesIO(png)) as picture:
        return picture.convert("RGB")
