"""A campaign's folder as listed once: what is really in it, following no link."""

import os
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.errors import Problem, RuleError
from bot.intake.words import shown
from bot.text import t

PHOTOS = "photos"
"""The sub-folder in which a photo is looked for when it is not at the path as written."""

MAX_ENTRIES = 20_000
MAX_DEPTH = 8

_PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".gif", ".tif", ".tiff", ".bmp"}
)
_JUNK = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
_READ_FLAGS = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def is_junk(name: str) -> bool:
    """Tell the files systems leave behind (`.DS_Store`, `__MACOSX`, `Thumbs.db`)."""
    return name.startswith(".") or name.casefold() in _JUNK


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str  # as it stands on the disk
    kind: str  # file, folder, link or other


class Folder:
    """An index of a folder's files by their path inside it, in one normal form (NFC) of Unicode."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self._entries: dict[str, _Entry] = {}
        self._folded: dict[str, str] = {}
        self._list(root, "", 0)
        for path, entry in self._entries.items():
            self._folded.setdefault(path.casefold(), path)
            if entry.kind == "link":
                self.problems.append(
                    Problem(shown(path), t("This is a link. Links are not followed: put the real file here."))
                )

    def has(self, path: str) -> bool:
        return self._kind(path) == "file"

    def read(self, path: str, most: int) -> bytes:
        """Read at most `most` + 1 bytes of a listed file; raise RuleError when the system refuses."""
        try:
            handle = os.open(self.root / self._entries[path].name, _READ_FLAGS)
            with os.fdopen(handle, "rb") as f:
                if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
                    raise OSError(0, "not a regular file")
                return f.read(most + 1)
        except OSError as error:
            raise RuleError(
                "file.unreadable",
                t("This file cannot be read ({reason}).", reason=error.strerror or type(error).__name__),
            ) from error

    def find_photo(self, cell: str) -> str:
        """Find the file a cell names, as written or inside `photos/`; raise RuleError with the reason."""
        path = _inside(cell)
        for candidate in (path, f"{PHOTOS}/{path}"):
            self._check_links(candidate)
            if self._kind(candidate) == "file":
                return candidate
        for candidate in (path, f"{PHOTOS}/{path}"):
            near = self._folded.get(candidate.casefold())
            if near and self._kind(near) == "file":
                raise RuleError(
                    "path.case",
                    t(
                        "There is no “{path}”, but there is “{near}”. Capital and small letters must match.",
                        path=path,
                        near=shown(near),
                    ),
                )
        raise RuleError(
            "path.missing",
            t("There is no photo “{path}”, neither beside this file nor in “photos”.", path=path),
        )

    def photos(self) -> list[str]:
        """List every file whose name ends like a picture's."""
        return sorted(
            path
            for path, entry in self._entries.items()
            if entry.kind == "file" and PurePosixPath(path).suffix.lower() in _PHOTO_SUFFIXES
        )

    def _kind(self, path: str) -> str | None:
        entry = self._entries.get(path)
        return entry.kind if entry else None

    def _check_links(self, path: str) -> None:
        parts = path.split("/")
        for n in range(1, len(parts) + 1):
            if self._kind("/".join(parts[:n])) == "link":
                raise RuleError(
                    "path.link",
                    t("“{path}” is a link or lies behind one. Put the photo itself there.", path=path),
                )

    def _list(self, folder: Path, inside: str, depth: int) -> None:
        try:
            found = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(
                Problem(
                    shown(inside) or ".",
                    t("This folder cannot be opened ({reason}).", reason=error.strerror or ""),
                )
            )
            return
        for entry in found:
            if is_junk(entry.name):
                continue
            if len(self._entries) >= MAX_ENTRIES or depth > MAX_DEPTH:
                self._note_too_many()
                return
            path = inside + entry.name
            kind = _kind_of(entry)
            self._entries[unicodedata.normalize("NFC", path)] = _Entry(path, kind)
            if kind == "folder":
                self._list(folder / entry.name, f"{path}/", depth + 1)

    def _note_too_many(self) -> None:
        text = t("This folder holds far more than a campaign. Give the campaign a folder of its own.")
        if not any(problem.text == text for problem in self.problems):
            self.problems.append(Problem(".", text))


def _kind_of(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def _inside(cell: str) -> str:
    """Check that a written path stays inside the folder and bring it to its plain form."""
    if "\\" in cell:
        raise RuleError("path.backslash", t("Write folders with “/”, not “\\”."))
    drive = len(cell) > 1 and cell[1] == ":"
    if cell.startswith(("/", "~")) or drive:
        raise RuleError(
            "path.absolute",
            t("“{path}” is an address on one computer. Write the photo's name inside the folder.", path=cell),
        )
    parts = [part for part in cell.split("/") if part not in {"", "."}]
    if ".." in parts or not parts:
        raise RuleError("path.outside", t("“{path}” leaves the campaign's folder.", path=cell))
    return unicodedata.normalize("NFC", "/".join(parts))
