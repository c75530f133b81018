"""Files the server keeps: their ids, and photos as sizes."""

import io
import secrets
from dataclasses import dataclass
from typing import Any

from PIL import Image

from tests.telegram.botapi.failures import Fail, bad

_SIDES = (90, 320, 800, 1280, 2560)
_PHOTO_BYTES, _DOCUMENT_BYTES, _DOWNLOAD_BYTES = 10_000_000, 50_000_000, 20_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was uploaded; `kind` is photo or document. All sizes of a photo have the same bytes."""

    id: str
    unique_id: str
    kind: str
    content: bytes
    name: str
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        return f"{self.kind}s/{self.name}"


class Files:
    """Everything uploaded, by its ids; an id is good for as long as the server lives."""

    def __init__(self) -> None:
        self._by_id: dict[str, Kept] = {}
        self._by_path: dict[str, Kept] = {}
        self.uploads = 0

    def put_photo(self, content: bytes) -> list[Kept]:
        """Keep a photo in all the sizes it is shown in, the smallest first."""
        if len(content) > _PHOTO_BYTES:
            raise bad("file is too big")
        try:
            with Image.open(io.BytesIO(content)) as image:
                width, height = image.size
        except (OSError, ValueError):
            raise bad("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        self.uploads += 1
        longest = max(width, height)
        sides = [*(side for side in _SIDES[:4] if side < longest), min(longest, _SIDES[-1])]
        return [
            self._keep("photo", content, "jpg", round(width * s / longest), round(height * s / longest))
            for s in sides
        ]

    def put_document(self, content: bytes, name: str) -> Kept:
        if not content:
            raise bad("file must be non-empty")
        if len(content) > _DOCUMENT_BYTES:
            raise Fail(413, "Request Entity Too Large")
        self.uploads += 1
        return self._keep("document", content, name.rsplit(".", 1)[-1], name=name)

    def _keep(
        self, kind: str, content: bytes, ending: str, width: int = 0, height: int = 0, name: str = ""
    ) -> Kept:
        token = secrets.token_urlsafe(24)
        kept = Kept(f"AgAC{token}", token[:12], kind, content, name or f"{token[:8]}.{ending}", width, height)
        self._by_id[kept.id] = self._by_path[kept.path] = kept
        return kept

    def by_id(self, file_id: str, kind: str | None = None) -> Kept:
        kept = self._by_id.get(file_id)
        if kept is None:
            why = "wrong file identifier/HTTP URL specified"
            raise bad("failed to get HTTP URL content" if file_id.startswith("http") else why)
        if kind is not None and kept.kind != kind:
            raise bad(f"type of file mismatch: can't use file of type {kept.kind} as {kind}")
        return kept

    def sizes_of(self, file_id: str) -> list[Kept]:
        """Find all the sizes of the photo that one of them belongs to."""
        one = self.by_id(file_id, "photo")
        return [kept for kept in self._by_id.values() if kept.kind == "photo" and kept.content is one.content]

    def by_path(self, path: str) -> Kept | None:
        return self._by_path.get(path)

    def told(self, file_id: str) -> dict[str, Any]:
        """Answer `getFile`."""
        kept = self.by_id(file_id)
        if len(kept.content) > _DOWNLOAD_BYTES:
            raise bad("file is too big")
        return _file(kept) | {"file_path": kept.path}


def photo_sizes(sizes: list[Kept]) -> list[dict[str, Any]]:
    return [_file(kept) | {"width": kept.width, "height": kept.height} for kept in sizes]


def document(kept: Kept) -> dict[str, Any]:
    return _file(kept) | {"file_name": kept.name}


def _file(kept: Kept) -> dict[str, Any]:
    return {"file_id": kept.id, "file_unique_id": kept.unique_id, "file_size": len(kept.content)}
