"""Unpack a campaign's zip into a folder without trusting anything the zip says."""

import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from bot.errors import Problem, RuleError
from bot.intake import designs_file
from bot.intake.folder import is_junk
from bot.intake.limits import DEFAULTS, ZipLimits
from bot.intake.words import shown
from bot.text import Text, t

_MAX_DEPTH = 8
_MAX_NAME_BYTES = 200
_PLAIN_BYTES = 1_000_000
"""Below this an entry may shrink by any ratio: small text does."""

_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_ZIP64_MAGIC = b"PK\x06\x07"
_ENTRY_BYTES = 600
"""Room for one entry of the directory: 46 bytes, a name and some extra fields."""

_UTF8 = 0x800
_ENCODINGS = ("utf-8", "cp437", "gb18030", "cp850", "cp1252")
"""What unmarked names may be in, the standard's own first among equals: UTF-8 of careless tools, then
the code pages of DOS, of Chinese and of western Windows."""

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def unpack(archive: Path, into: Path, limits: ZipLimits = DEFAULTS.zip) -> tuple[Path, list[Problem]]:
    """Unpack into the folder `into`; return the campaign's folder and every problem.

    Nothing is unpacked unless the whole directory of the zip is in order. A zip that holds one folder
    with everything in it gives that folder.
    """
    file = shown(archive.name)
    try:
        with archive.open("rb") as raw:
            _check_directory(raw, limits)
            with zipfile.ZipFile(raw) as first:
                encoding = _encoding(first)
            with zipfile.ZipFile(raw, metadata_encoding=encoding) as packed:
                entries = [entry for entry in packed.infolist() if not _is_junk_path(entry.filename)]
                problems = _problems(file, entries, packed.infolist(), limits)
                if not problems:
                    problems = _extract(file, packed, entries, into)
    except RuleError as error:
        problems = [Problem(file, error.text)]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, struct.error, ValueError, NotImplementedError):
        problems = [Problem(file, t("This zip is damaged or cut short. Pack it again."))]
    except OSError as error:
        problems = [Problem(file, t("This file cannot be read ({reason}).", reason=error.strerror or ""))]
    return _top(into), problems


def _check_directory(raw: BinaryIO, limits: ZipLimits) -> None:
    """Check how large the directory is before zipfile reads it all into memory."""
    raw.seek(0, 2)
    size = raw.tell()
    raw.seek(max(0, size - 65_600))
    tail = raw.read()
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) < at + _END.size:
        raise zipfile.BadZipFile
    _, _, _, _, count, directory, _, _ = _END.unpack_from(tail, at)
    many = count > limits.max_entries or directory > limits.max_entries * _ENTRY_BYTES
    if many or tail[max(0, at - 20) : at].startswith(_ZIP64_MAGIC):
        raise RuleError(
            "zip.many", t("This zip holds far more than a campaign. Pack the campaign's folder only.")
        )


def _encoding(packed: zipfile.ZipFile) -> str | None:
    """Choose how to read names that no one marked as UTF-8: as `designs.csv` knows most of them.

    Windows packs names in the code page of its language and does not say which.
    """
    names = [
        entry.orig_filename.encode("cp437")
        for entry in packed.infolist()
        if not entry.flag_bits & _UTF8 and not entry.orig_filename.isascii()
    ]
    if not names:
        return None
    listed = _listed(packed)

    def known(encoding: str) -> int:
        try:
            return sum(PurePosixPath(name.decode(encoding)).name in listed for name in names)
        except UnicodeDecodeError:
            return -1

    return max(_ENCODINGS, key=known)


def _listed(packed: zipfile.ZipFile) -> str:
    for entry in packed.infolist():
        fits = entry.file_size <= designs_file.MAX_FILE_BYTES and not _wrong(entry, DEFAULTS.zip)
        if fits and PurePosixPath(entry.filename).name == designs_file.FILE:
            return packed.read(entry).decode("utf-8", "replace")
    return ""


def _is_junk_path(name: str) -> bool:
    return "\\" not in name and any(is_junk(part) for part in name.split("/") if part not in {"", ".", ".."})


def _problems(
    file: str, entries: list[zipfile.ZipInfo], all_entries: list[zipfile.ZipInfo], limits: ZipLimits
) -> list[Problem]:
    problems = [Problem(f"{file}/{shown(e.filename)}", text) for e in entries if (text := _wrong(e, limits))]
    names = Counter(_plain(e.filename) for e in entries if not e.is_dir())
    twice = [name for name, n in names.items() if n > 1]
    problems += [Problem(f"{file}/{shown(name)}", t("This name is in the zip twice.")) for name in twice]
    total = sum(entry.file_size for entry in all_entries)
    if len(all_entries) > limits.max_entries:
        problems.append(
            Problem(
                file,
                t(
                    "This zip holds {n} files; at most {most} fit.",
                    n=len(all_entries),
                    most=limits.max_entries,
                ),
            )
        )
    if total > limits.max_bytes:
        problems.append(
            Problem(
                file,
                t(
                    "This zip unpacks to {mb} MB; at most {most} MB fit.",
                    mb=round(total / 1e6),
                    most=round(limits.max_bytes / 1e6),
                ),
            )
        )
    return problems


def _wrong(entry: zipfile.ZipInfo, limits: ZipLimits) -> Text | None:
    """Say what is wrong with an entry by its name and its numbers; None when nothing is."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    parts = _plain(entry.filename).split("/")
    if entry.flag_bits & 0x1:
        return t("This file is locked with a password. Pack the zip without one.")
    if "\\" in entry.filename:
        return t("This path is written with “\\”. Pack the zip with your system's own tool.")
    if ":" in entry.filename or entry.filename.startswith("/") or ".." in parts:
        return t("This path leads out of the zip.")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return t("This is a link. Links are not followed: put the real file here.")
    if len(parts) > _MAX_DEPTH or any(len(part.encode(errors="replace")) > _MAX_NAME_BYTES for part in parts):
        return t("This path is too long.")
    if entry.compress_type not in _METHODS:
        return t("This file is packed in an unusual way. Pack the zip with your system's own tool.")
    if entry.file_size > _PLAIN_BYTES and entry.file_size > limits.max_ratio * max(1, entry.compress_size):
        return t("This file unpacks to an implausible size.")
    return None


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", "/".join(part for part in name.split("/") if part not in {"", "."}))


def _extract(
    file: str, packed: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo], into: Path
) -> list[Problem]:
    """Write every entry; zipfile itself stops at the size that was declared and compares the CRC."""
    problems = []
    for entry in entries:
        target = into / _plain(entry.filename)
        try:
            if entry.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(entry) as source, target.open("xb") as out:
                shutil.copyfileobj(source, out, 1 << 18)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            text = t("This file is damaged inside the zip. Pack it again.")
            problems.append(Problem(f"{file}/{shown(entry.filename)}", text))
        except OSError as error:
            text = t("This file cannot be unpacked ({reason}).", reason=error.strerror or "")
            problems.append(Problem(f"{file}/{shown(entry.filename)}", text))
    return problems


def _top(into: Path) -> Path:
    """Step into a single folder that holds everything."""
    found = list(into.iterdir())
    return found[0] if len(found) == 1 and found[0].is_dir() else into
