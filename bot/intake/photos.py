"""Clean photos and keep them under the hash of their bytes, each with its tile and its thumb."""

import hashlib
import io
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import imagehash
from PIL import Image, ImageOps

from bot import mosaic
from bot.errors import RuleError
from bot.intake.decode import PAPER, upright
from bot.intake.header import Checked, check_photo
from bot.intake.limits import DEFAULTS, PhotoLimits
from bot.intake.near import SIDE
from bot.text import t

TILE = (480, 600)
"""Width and height of a tile in pixels: 4 : 5, as every surface crops (look.md)."""

THUMB, _MARGIN = (384, 512), 4
"""Width and height of a thumb, a design's place on a contact sheet, and of the paper around its photo."""

_QUALITY = 88
_TILE_QUALITY = 82
_FOCUS = (0.5, 0.4)
"""What a crop keeps: the middle, a little above, where a garment's neckline is."""

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class CleanPhoto:
    """A cleaned photo: sha256 of its JPEG and of the file it came from, its pixels, its phash in hex."""

    hash: str
    source_hash: str
    width: int
    height: int
    phash: str


class PhotoStore:
    """A folder of cleaned photos: `ab/ab….jpg`, `.tile.jpg`, `.thumb.jpg`. Files are whole or not there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, photo: str) -> Path:
        """Place a photo; raise RuleError for anything that is not a hash (it may come from an address)."""
        return self._place(photo, ".jpg")

    def tile_path(self, photo: str) -> Path:
        """Place a photo's tile; raises as `path` does."""
        return self._place(photo, ".tile.jpg")

    def thumb_path(self, photo: str) -> Path:
        """Place a photo's thumb; raises as `path` does."""
        return self._place(photo, ".thumb.jpg")

    def has(self, photo: str) -> bool:
        """Tell whether a photo is here with its tile and its thumb."""
        return all(path.is_file() for path in self._paths(photo))

    def put(self, photo: bytes, tile: bytes, thumb: bytes) -> str:
        """Keep a cleaned JPEG and what is made of it; return its hash. Putting it twice changes nothing."""
        name = hashlib.sha256(photo).hexdigest()
        if not self.has(name):
            self.path(name).parent.mkdir(parents=True, exist_ok=True)
            for path, data in zip(self._paths(name), (thumb, tile, photo), strict=True):
                _write_whole(path, data)
            _sync_folder(self.path(name).parent)
        return name

    def adopt(self, staging: "PhotoStore") -> int:
        """Move every photo of `staging` in; return how many were new. Doing it again changes nothing."""
        new = 0
        if staging.root.resolve() == self.root.resolve():
            return new
        for name in sorted(staging._names()):
            if not self.has(name):
                self.path(name).parent.mkdir(parents=True, exist_ok=True)
                for source, target in zip(staging._paths(name), self._paths(name), strict=True):
                    _move(source, target)
                _sync_folder(self.path(name).parent)
                new += 1
            staging.drop(name)
        return new

    def _paths(self, photo: str) -> tuple[Path, ...]:
        """List a photo's files, itself last, which is so never there alone."""
        return (self.thumb_path(photo), self.tile_path(photo), self.path(photo))

    def _place(self, photo: str, ending: str) -> Path:
        if not _HASH.fullmatch(photo):
            raise RuleError("photo.unknown", t("There is no such photo."))
        return self.root / photo[:2] / (photo + ending)

    def _names(self) -> Iterator[str]:
        for file in self.root.glob("??/*.jpg"):
            name = file.name.removesuffix(".jpg")
            if _HASH.fullmatch(name) and self.has(name):
                yield name

    def drop(self, photo: str) -> None:
        """Take a photo away, itself first; doing it again changes nothing."""
        for path in reversed(self._paths(photo)):
            path.unlink(missing_ok=True)  # its folder stays: somebody may be about to put another there


def clean_photo(
    data: bytes, name: str, store: PhotoStore, limits: PhotoLimits = DEFAULTS.photo
) -> CleanPhoto:
    """Check, clean and keep one photo's bytes; raise RuleError with what to do about a bad one."""
    return keep_photo(check_photo(data, name, limits), source_hash(data), store)


def source_hash(data: bytes) -> str:
    """Name the bytes a photo came as."""
    return hashlib.sha256(data).hexdigest()


def keep_photo(photo: Checked, source: str, store: PhotoStore) -> CleanPhoto:
    """Decode a checked photo and keep its cleaned JPEG, tile and thumb in `store`."""
    image = upright(photo)
    name = store.put(
        _jpeg(image, _QUALITY, progressive=True),
        _jpeg(_fitted(image, TILE), _TILE_QUALITY),
        _thumb(image),
    )
    return CleanPhoto(name, source, image.width, image.height, str(imagehash.phash(image, hash_size=SIDE)))


def _thumb(image: Image.Image) -> bytes:
    """Lay a photo on paper, in the form that sheets are put together from."""
    paper = Image.new("RGB", THUMB, PAPER)
    paper.paste(_fitted(image, (THUMB[0] - 2 * _MARGIN, THUMB[1] - 2 * _MARGIN)), (_MARGIN, _MARGIN))
    return mosaic.encoded(paper)


def _fitted(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=_FOCUS)


def _jpeg(image: Image.Image, quality: int, progressive: bool = False) -> bytes:
    """Encode a photo; a small one stays baseline, which is decoded three times as fast."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=progressive)
    return out.getvalue()


def _write_whole(path: Path, data: bytes) -> None:
    """Write so that a reader, or a crash, finds the whole file or none."""
    draft = path.with_name(f".{secrets.token_hex(8)}.draft")
    try:
        with draft.open("xb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _move(source: Path, target: Path) -> None:
    """Rename, or copy whole when the two folders are on different disks."""
    try:
        source.replace(target)
    except OSError:
        draft = target.with_name(f".{secrets.token_hex(8)}.draft")
        try:
            shutil.copyfile(source, draft)
            with draft.open("rb") as f:
                os.fsync(f.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        source.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make renames last over a power cut, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
