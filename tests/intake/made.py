"""Campaign folders and photos made for the tests."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.errors import ConfigError, Problem, RuleError
from bot.i18n import Reader, render

RULES = """\
key = "summer-looks"
title = "Summer looks"
time_zone = "Europe/Paris"

[noun]
en = ["look", "looks"]

[[rounds]]
ballot = "sheets"
opens_at = 2030-05-03T18:00:00
closes_at = 2030-05-10T20:00:00
keep = 2
quorum = 1
tie_rule = "all"
"""


def picture(seed: int = 0, size: tuple[int, int] = (300, 400), mode: str = "RGB") -> Image.Image:
    """Make a picture of soft coloured blots, different for every seed."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).convert(mode)


def encoded(image: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(seed: int = 0, size: tuple[int, int] = (300, 400), **options: Any) -> bytes:
    return encoded(picture(seed, size), **options)


def png_header(width: int, height: int) -> bytes:
    """Make a PNG of a few bytes that claims any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def folder(
    root: Path,
    rules: str | None = RULES,
    designs: str | bytes | None = "photo,title\na.jpg,A\nb.jpg,B\nc.jpg,C\n",
    photos: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a campaign's folder; three good photos unless told otherwise."""
    root.mkdir(parents=True, exist_ok=True)
    if rules is not None:
        (root / "campaign.toml").write_text(rules, "utf-8")
    if designs is not None:
        raw = designs.encode() if isinstance(designs, str) else designs
        (root / "designs.csv").write_bytes(raw)
    if photos is None:
        photos = {f"photos/{name}.jpg": jpeg(seed) for seed, name in enumerate("abc", start=1)}
    for name, data in photos.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root


def zipped(source: Path, target: Path, inside: str = "") -> Path:
    """Pack a folder's files as a zip, within the folder `inside`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(source.rglob("*")):
            packed.write(file, inside + file.relative_to(source).as_posix())
    return target


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files as the bytes of a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def said(problem: Problem) -> str:
    """Write a problem as a person reads it: `designs.csv:3 …`."""
    return f"{problem.place} {render(problem.text, Reader())}"


def problems_of(call: Callable[[], object]) -> list[str]:
    """Call what must refuse, and list what it says."""
    with pytest.raises(ConfigError) as caught:
        call()
    return [said(problem) for problem in caught.value.problems]


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """Call what must refuse; return the code and the sentence."""
    with pytest.raises(RuleError) as caught:
        call()
    return caught.value.code, render(caught.value.text, Reader())
