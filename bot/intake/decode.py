"""Open a checked photo and make it plain: upright, in sRGB, on paper, small, without metadata.

A large picture is reduced strip by strip, so that one copy of it is all the memory it takes.
"""

import io
import struct
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bot.intake.header import Checked, damaged, halved

PAPER = (0xFA, 0xF7, 0xF2)
"""Warm paper, what shows through a transparent picture (look.md)."""

_ORIENTATION, _SHORT = 0x0112, 3
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_STRIP_PIXELS = 1 << 20


def upright(photo: Checked) -> Image.Image:
    """Decode a checked photo into a fresh RGB image of its cleaned size; raise RuleError if it is damaged."""
    try:
        source = _open(photo)
        source.load()
        turn = _UPRIGHT.get(orientation(source.info.get("exif")))
        profile = source.info.get("icc_profile")
        space = source.mode
        image = _reduced(source)
        source.close()
        if image.size != photo.cleaned:
            image = image.resize(photo.cleaned, Image.Resampling.LANCZOS)
        image = image.convert("RGBA") if image.mode == "RGBa" else image
        image = _in_srgb(image, profile, space)
        image = _on_paper(image)
        image = image.transpose(turn) if turn is not None else image
    except Exception as error:  # the decoders raise anything at all on hostile bytes
        raise damaged() from error
    image.info.clear()
    return image


class _Jpeg(JpegImageFile):
    """A JPEG whose EXIF is left alone on opening: Pillow warns about every phone's odd one."""

    def _read_dpi_from_exif(self) -> None:
        pass


class _WebP(WebPImageFile):
    """A WebP that lets its decoder go, and two canvases with it, as soon as the picture is out."""

    def _get_next(self) -> tuple[bytes, int, int]:
        found = super()._get_next()
        del self._decoder
        return found


def _open(photo: Checked) -> ImageFile.ImageFile:
    """Open with the one decoder that fits: never phone makers' multi-picture JPEG, never by trial."""
    opener: Any = {"JPEG": _Jpeg, "PNG": PngImageFile, "WebP": _WebP}[photo.form]
    image: ImageFile.ImageFile = opener(io.BytesIO(photo.data))
    if image.size != photo.size:
        raise ValueError("the decoder reads another size than the header says")
    image.draft(None, (image.width // photo.scale, image.height // photo.scale))
    return image


def orientation(exif: object) -> int:
    """Read EXIF's orientation, 1 to 8, from its bytes; broken EXIF costs a photo its turn, never the photo.

    EXIF is a small TIFF: byte order, 42, the place of the first directory; 12 bytes an entry there.
    """
    if not isinstance(exif, bytes):
        return 1
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (entries,) = struct.unpack_from(order + "H", tiff, at)
        for n in range(entries):
            tag, kind, count, value = struct.unpack_from(order + "HHIH", tiff, at + 2 + 12 * n)
            if (tag, kind, count) == (_ORIENTATION, _SHORT, 1):
                return value if value in _UPRIGHT else 1
    except struct.error:
        return 1
    return 1


def _reduced(source: Image.Image) -> Image.Image:
    """Copy into plain RGB, RGBa or CMYK at a whole fraction of the size, one strip at a time.

    RGBa has its colours multiplied by alpha, as scaling needs them: clear pixels have no colour to give.
    """
    factor = halved(source.size)
    width, height = source.size
    rows = max(1, _STRIP_PIXELS // (width * factor)) * factor
    target: Image.Image | None = None
    for top in range(0, height, rows):
        strip = _plain(source.crop((0, top, width, min(height, top + rows))))
        strip = strip.reduce(factor) if factor > 1 else strip
        if target is None:
            target = Image.new(strip.mode, (strip.width, -(-height // factor)))
        target.paste(strip, (0, top // factor))
    assert target is not None
    return target


def _plain(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in {"CMYK", "RGB"} and not image.has_transparency_data:
        return image
    return image.convert("RGBA").convert("RGBa") if image.has_transparency_data else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: object, space: str) -> Image.Image:
    """Convert by the embedded ICC profile; a profile that is broken or of another space is ignored.

    `space` is the mode the file had: a grey file's profile describes grey, not the RGB made of it.
    """
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image if alpha is None else image.convert("RGB")
    if isinstance(profile, bytes) and profile:
        colours = _converted(colours, profile, grey=space in {"1", "L", "LA", "I;16"})
    colours = colours if colours.mode == "RGB" else colours.convert("RGB")
    if alpha is not None:
        colours.putalpha(alpha)
    return colours


def _converted(image: Image.Image, profile: bytes, grey: bool) -> Image.Image:
    try:
        made = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if made.profile.xcolor_space.strip() != ("GRAY" if grey else image.mode):
            return image
        source = image.convert("L") if grey else image
        srgb = ImageCms.createProfile("sRGB")
        done = ImageCms.profileToProfile(source, made, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image
    return image if done is None else done


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
