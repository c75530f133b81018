"""Small pictures to send about."""

import io

from PIL import Image


def jpeg(shade: int) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 50), (shade % 256, 90, 120)).save(kept, "JPEG")
    return kept.getvalue()
