"""Zips as they come, and as an attacker would pack them."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.intake.limits import ZipLimits
from bot.intake.zips import unpack
from tests.intake.made import said


@pytest.fixture
def into(tmp_path: Path) -> Path:
    target = tmp_path / "deep" / "inside" / "unpacked"
    target.mkdir(parents=True)
    return target


def packed(tmp_path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    archive = tmp_path / "looks.zip"
    with zipfile.ZipFile(archive, "w", method) as out:
        for name, data in entries.items():
            out.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return archive


def problems(archive: Path, into: Path, limits: ZipLimits | None = None) -> list[str]:
    """Unpack what must be refused; nothing may be written, inside or outside."""
    before = sorted(into.parents[1].rglob("*"))
    _, found = unpack(archive, into, limits or ZipLimits())
    assert found
    assert sorted(into.parents[1].rglob("*")) == before
    return [said(problem) for problem in found]


def test_a_zip_is_unpacked_with_or_without_its_folder(tmp_path: Path, into: Path) -> None:
    entries = {"campaign.toml": b"x", "photos/a.jpg": b"a", "photos/": b"", "__MACOSX/photos/._a.jpg": b"m"}
    root, found = unpack(packed(tmp_path, entries), into)
    assert found == []
    assert root == into
    assert sorted(p.name for p in into.rglob("*")) == ["a.jpg", "campaign.toml", "photos"]
    second = into / "second"
    second.mkdir()
    nested = {f"summer/{name}": data for name, data in entries.items()} | {".DS_Store": b""}
    root, found = unpack(packed(tmp_path, nested), second)
    assert found == []
    assert root == second / "summer"
    assert (root / "photos/a.jpg").read_bytes() == b"a"


@pytest.mark.parametrize(
    "name",
    [
        "../evil.jpg",
        "photos/../../evil.jpg",
        "/tmp/evil.jpg",
        "C:/evil.jpg",
    ],
)
def test_a_path_that_leaves_the_zip_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    archive = packed(tmp_path, {"a.jpg": b"a", name: b"evil"})
    assert problems(archive, into) == [f"looks.zip/{name} This path leads out of the zip."]


@pytest.mark.parametrize("name", ["..\\evil.jpg", "photos\\..\\..\\evil.jpg", "photos\\a.jpg"])
def test_a_path_of_another_system_is_refused(tmp_path: Path, into: Path, name: str) -> None:
    found = problems(packed(tmp_path, {"a.jpg": b"a", name: b"evil"}), into)
    assert found[0].startswith(f"looks.zip/{name} This path is written with “\\”.")


@pytest.mark.parametrize("kind", [0o120777, 0o010644, 0o020644])
def test_a_link_or_a_device_is_refused(tmp_path: Path, into: Path, kind: int) -> None:
    entry = zipfile.ZipInfo("photos/a.jpg")
    entry.external_attr = kind << 16
    entry.create_system = 3
    archive = tmp_path / "looks.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(entry, "/etc/passwd")
    assert problems(archive, into)[0].startswith("looks.zip/photos/a.jpg This is a link.")


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path, into: Path) -> None:
    archive = packed(tmp_path, {"a.jpg": bytes(5_000_000), "designs.csv": bytes(900_000)})
    assert problems(archive, into) == ["looks.zip/a.jpg This file unpacks to an implausible size."]


def test_all_the_bytes_and_all_the_files_are_bounded(tmp_path: Path, into: Path) -> None:
    archive = packed(tmp_path, {f"{n}.jpg": bytes(range(200)) for n in range(20)}, zipfile.ZIP_STORED)
    assert problems(archive, into, ZipLimits(max_bytes=3_999)) == [
        "looks.zip This zip unpacks to 0 MB; at most 0 MB fit."
    ]
    assert problems(archive, into, ZipLimits(max_entries=19))[0].startswith(
        "looks.zip This zip holds far more"
    )
    assert unpack(archive, into, ZipLimits(max_entries=20, max_bytes=4_000))[1] == []


def patched(archive: Path, change: Callable[[bytearray], None]) -> Path:
    data = bytearray(archive.read_bytes())
    change(data)
    archive.write_bytes(data)
    return archive


def test_a_directory_that_lies_about_its_size_is_not_read(tmp_path: Path, into: Path) -> None:
    def zip64(data: bytearray) -> None:
        at = data.rindex(b"PK\x05\x06")
        data[at:at] = b"PK\x06\x07" + bytes(16)

    def many(data: bytearray) -> None:
        at = data.rindex(b"PK\x05\x06")
        data[at + 8 : at + 12] = struct.pack("<HH", 60_000, 60_000)

    def wide(data: bytearray) -> None:
        at = data.rindex(b"PK\x05\x06")
        data[at + 12 : at + 16] = struct.pack("<I", 2_000_000_000)

    for change in (zip64, many, wide):
        archive = patched(packed(tmp_path, {"a.jpg": b"a"}), change)
        assert problems(archive, into)[0].startswith("looks.zip This zip holds far more than a campaign.")


def test_more_entries_than_the_directory_admits_are_refused(tmp_path: Path, into: Path) -> None:
    def few(data: bytearray) -> None:
        at = data.rindex(b"PK\x05\x06")
        data[at + 8 : at + 12] = struct.pack("<HH", 1, 1)

    archive = patched(packed(tmp_path, {f"{n}.jpg": b"a" for n in range(9)}), few)
    assert problems(archive, into, ZipLimits(max_entries=8)) == [
        "looks.zip This zip holds 9 files; at most 8 fit."
    ]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("gb18030", "红裙子.jpg"),
        ("cp850", "robe d'été.jpg"),
        ("utf-8", "robe d'été.jpg"),
        ("utf-8", "红裙子.jpg"),
    ],
)
def test_names_in_a_code_page_are_read_as_the_list_knows_them(
    tmp_path: Path, into: Path, encoding: str, name: str
) -> None:
    packed_name = name.encode(encoding)
    stand_in = "x" * len(packed_name)  # zipfile itself would mark the name as UTF-8

    def rename(data: bytearray) -> None:
        data[:] = data.replace(stand_in.encode(), packed_name)

    listed = f"photo\n{name}\n".encode()
    archive = patched(packed(tmp_path, {"designs.csv": listed, f"photos/{stand_in}": b"a"}), rename)
    assert unpack(archive, into)[1] == []
    assert [file.name for file in (into / "photos").iterdir()] == [name]


def test_a_locked_zip_is_refused(tmp_path: Path, into: Path) -> None:
    def lock(data: bytearray) -> None:
        data[data.index(b"PK\x01\x02") + 8] |= 1

    archive = patched(packed(tmp_path, {"a.jpg": b"a"}), lock)
    assert problems(archive, into) == [
        "looks.zip/a.jpg This file is locked with a password. Pack the zip without one."
    ]


def test_an_unusual_packing_is_refused(tmp_path: Path, into: Path) -> None:
    archive = packed(tmp_path, {"a.jpg": b"a" * 500}, zipfile.ZIP_LZMA)
    assert problems(archive, into)[0].startswith("looks.zip/a.jpg This file is packed in an unusual way.")


def test_a_name_twice_or_too_long_is_refused(tmp_path: Path, into: Path) -> None:
    archive = tmp_path / "looks.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a.jpg", b"1")
        out.writestr("./a.jpg", b"2")
        out.writestr("x" * 201, b"3")
        out.writestr("/".join("abcdefghi"), b"4")
    assert problems(archive, into) == [
        f"looks.zip/{'x' * 201} This path is too long.",
        "looks.zip/a/b/c/d/e/f/g/h/i This path is too long.",
        "looks.zip/a.jpg This name is in the zip twice.",
    ]


def test_a_damaged_file_inside_is_named(tmp_path: Path, into: Path) -> None:
    def flip(data: bytearray) -> None:
        at = data.index(b"payload-b")
        data[at] ^= 0xFF

    entries = {"a.jpg": b"payload-a", "b.jpg": b"payload-b", "c.jpg": b"payload-c"}
    archive = patched(packed(tmp_path, entries, zipfile.ZIP_STORED), flip)
    _, found = unpack(archive, into)
    assert [said(p) for p in found] == ["looks.zip/b.jpg This file is damaged inside the zip. Pack it again."]


def test_a_file_never_unpacks_to_more_than_it_declares(tmp_path: Path, into: Path) -> None:
    def understate(data: bytearray) -> None:
        at = data.index(b"PK\x01\x02")
        data[at + 24 : at + 28] = struct.pack("<I", 100)

    archive = patched(packed(tmp_path, {"a.jpg": bytes(900_000)}), understate)
    _, found = unpack(archive, into)
    assert [said(p) for p in found] == ["looks.zip/a.jpg This file is damaged inside the zip. Pack it again."]
    assert (into / "a.jpg").stat().st_size <= 100


@pytest.mark.parametrize("cut", [0, 10, 60, -1, -30])
def test_a_zip_that_is_cut_short_is_refused(tmp_path: Path, into: Path, cut: int) -> None:
    archive = packed(tmp_path, {"a.jpg": b"a" * 100})
    archive.write_bytes(archive.read_bytes()[:cut])
    assert problems(archive, into) == ["looks.zip This zip is damaged or cut short. Pack it again."]
