"""Check an untrusted photo by its bytes alone: what it is, how large, what opening it would take.

Nothing is allocated by the size a file claims, no decoder runs, and formats are told by their first
bytes, never by trial.
"""

import struct
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.errors import RuleError
from bot.intake.limits import PhotoLimits
from bot.text import t

LONG_SIDE = 1600
"""Longest side of a cleaned photo in pixels."""

MAX_SHAPE = 8
"""Longest side to shortest: a narrower photo would be under 200 pixels wide once cleaned."""

_SUFFIXES = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WebP": (".webp",),
}
_OTHERS = (
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"%PDF", "PDF"),
    (0, b"8BPS", "PSD"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
)
_MAX_SCANS = 100
"""Progressive JPEGs have about 10 scans; thousands of them in a small file keep a decoder busy for hours."""

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_ALONE = frozenset({0x00, 0x01, *range(0xD0, 0xDA)})
"""JPEG markers: frames, progressive frames, and those without a segment."""

_WEBP_PIXEL = 12
"""Bytes a pixel that opening a WebP takes, measured: its decoder has two canvases beside the result."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A photo whose header is in order, not yet opened.

    `size` is what the file says, `cleaned` what it will be brought to (both before it is turned);
    `scale` is the fraction 1/scale at which a JPEG is decoded; `memory` what all of it takes, in bytes.
    """

    data: bytes
    form: str
    size: tuple[int, int]
    cleaned: tuple[int, int]
    scale: int
    memory: int


@dataclass(frozen=True, slots=True)
class _Header:
    """`pixel` is bytes a decoded pixel, `extra` bytes a pixel of the file that its decoder holds besides."""

    size: tuple[int, int]
    pixel: int
    extra: float = 0.0
    moving: bool = False


def check_photo(data: bytes, name: str, limits: PhotoLimits) -> Checked:
    """Check all that a photo's bytes tell before it is opened; raise RuleError with what to do about it."""
    form = _format(data, name, limits)
    try:
        header = {"JPEG": _jpeg, "PNG": _png, "WebP": _webp}[form](data)
    except (struct.error, IndexError, ValueError) as error:
        raise damaged() from error
    _check_size(header.size, limits)
    if header.moving:
        raise RuleError("photo.moving", t("This picture moves. Save one still picture of the design."))
    cleaned = _fitted(header.size)
    scale = _scale(header.size) if form == "JPEG" else 1
    memory = len(data) + _memory(header, scale, cleaned)
    if memory > limits.memory:
        raise RuleError(
            "photo.memory",
            t(
                "Opening this {form} would take {mb} MB of memory, more than the {most} MB allowed."
                " Save it smaller, or as a plain JPEG.",
                form=form,
                mb=round(memory / 1e6, 1),
                most=round(limits.memory / 1e6, 1),
            ),
        )
    return Checked(data, form, header.size, cleaned, scale, memory)


def damaged() -> RuleError:
    """Say that a picture cannot be opened."""
    return RuleError(
        "photo.damaged",
        t("This picture is damaged or cut short. Export it again from the original."),
    )


def halved(size: tuple[int, int]) -> int:
    """Choose the whole fraction that comes nearest to the longest cleaned side from above."""
    return max(1, max(size) // LONG_SIDE)


def _format(data: bytes, name: str, limits: PhotoLimits) -> str:
    if not data:
        raise RuleError("photo.empty", t("This file is empty. Copy the photo again from the original."))
    if len(data) > limits.max_bytes:
        raise RuleError(
            "photo.heavy",
            t(
                "This file has {mb} MB; a photo may have at most {most} MB.",
                mb=round(len(data) / 1e6, 1),
                most=round(limits.max_bytes / 1e6, 1),
            ),
        )
    form = sniffed(data)
    if form not in _SUFFIXES:
        raise RuleError(
            "photo.format",
            t("This is {form}, not a photo we can read. Save it as JPEG, PNG or WebP.", form=form)
            if form
            else t("This is not a picture. Photos must be JPEG, PNG or WebP."),
        )
    suffix = PurePosixPath(name).suffix
    if suffix.lower() not in _SUFFIXES[form]:
        raise RuleError(
            "photo.suffix",
            t(
                "This is a {form} picture, but its name ends in “{suffix}”. Let it end in “{right}”.",
                form=form,
                suffix=suffix,
                right=_SUFFIXES[form][0],
            ),
        )
    return form


def sniffed(data: bytes) -> str | None:
    """Tell a picture's format from its first bytes; None for what is no picture we know."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP"
    return next((form for at, magic, form in _OTHERS if data[at : at + len(magic)] == magic), None)


# ------------------------------------------------------------------ what each format's header says


def _jpeg(data: bytes) -> _Header:
    """Walk the segments to the frame header (ITU T.81, B.2.2)."""
    if data.count(b"\xff\xda") > _MAX_SCANS:
        raise ValueError
    at = 2
    while True:
        at = data.index(b"\xff", at)
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
        elif kind in _ALONE:
            at += 2
        elif kind in _SOF:
            return _jpeg_frame(data, at + 4, kind in _PROGRESSIVE)
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]


def _jpeg_frame(data: bytes, at: int, progressive: bool) -> _Header:
    """Read one frame header; a progressive one holds 2 bytes for each coefficient until its last scan."""
    _, height, width, planes = struct.unpack_from(">BHHB", data, at)
    samples = [data[at + 7 + 3 * n] for n in range(planes)]
    blocks = [(s >> 4) * (s & 15) for s in samples]
    if planes not in {1, 3, 4} or 0 in blocks:
        raise ValueError
    held = 2 * sum(blocks) / max(blocks) if progressive else 0.0
    return _Header((width, height), 1 if planes == 1 else 4, held)


def _png(data: bytes) -> _Header:
    """Read IHDR, and whether acTL makes it move (PNG 3rd edition, 11.2 and 11.3.2)."""
    width, height, depth, colour = struct.unpack_from(">IIBB", data, 16)
    moving, at = False, 8
    while data[at + 4 : at + 8] != b"IDAT":
        length, kind = struct.unpack_from(">I4s", data, at)
        moving = moving or kind == b"acTL"
        at += 12 + length
    few = colour in {0, 3}
    return _Header((width, height), (2 if depth == 16 else 1) if few else 4, moving=moving)


def _webp(data: bytes) -> _Header:
    """Read the canvas of any of WebP's three kinds (RFC 9649); its decoder allocates it when opened."""
    kind = data[12:16]
    if kind == b"VP8X":
        wide, high = struct.unpack("<II", data[24:27] + b"\0" + data[27:30] + b"\0")
        return _Header((wide + 1, high + 1), _WEBP_PIXEL, moving=bool(data[20] & 2))
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return _Header(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1), _WEBP_PIXEL)
    if kind == b"VP8 ":
        wide, high = struct.unpack_from("<HH", data, 26)
        return _Header((wide & 0x3FFF, high & 0x3FFF), _WEBP_PIXEL)
    raise ValueError


# ------------------------------------------------------------------ what follows from its size


def _check_size(size: tuple[int, int], limits: PhotoLimits) -> None:
    width, height = size
    if width * height > limits.max_pixels:
        raise RuleError(
            "photo.pixels",
            t(
                "This picture has {mp} megapixels ({width} × {height}); a photo may have at most {most}.",
                mp=round(width * height / 1e6, 1),
                width=str(width),
                height=str(height),
                most=round(limits.max_pixels / 1e6, 1),
            ),
        )
    if min(size) < limits.min_side:
        raise RuleError(
            "photo.small",
            t(
                "This picture is {width} × {height} pixels; each side needs at least {least}.",
                width=str(width),
                height=str(height),
                least=limits.min_side,
            ),
        )
    if max(size) > MAX_SHAPE * min(size):
        raise RuleError(
            "photo.narrow",
            t(
                "This picture is {width} × {height} pixels, too narrow to show. Crop it to the design.",
                width=str(width),
                height=str(height),
            ),
        )


def _scale(size: tuple[int, int]) -> int:
    """Choose the fraction at which libjpeg decodes, so that the long side keeps enough pixels."""
    return next(scale for scale in (8, 4, 2, 1) if scale <= halved(size))


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, LONG_SIDE / max(size))
    return round(width * scale), round(height * scale)


def _memory(header: _Header, scale: int, cleaned: tuple[int, int]) -> int:
    """Estimate the peak of opening and cleaning in bytes, checked by measuring each format.

    First the whole picture beside its copy at a fraction, then two of the copy, then some of the
    cleaned size.
    """
    width, height = header.size
    decoded = width * height / scale**2
    copied = decoded / halved((width // scale, height // scale)) ** 2
    small = cleaned[0] * cleaned[1]
    opening = header.extra * width * height + header.pixel * decoded + 4 * copied
    return round(max(opening, 8 * copied + 4 * small, 16 * small))
