import os
from functools import partial
from pathlib import Path

import pytest

from bot.intake.folder import Folder
from tests.intake.made import refusal, said


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a folder with photos beside the list, in photos/ and deeper, and a secret outside it."""
    root = tmp_path / "campaign"
    for name in ("a.jpg", "photos/b.JPG", "photos/day one/c.png", "photos/notes.txt", "d.HEIC"):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return root


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("a.jpg", "a.jpg"),
        ("./a.jpg", "a.jpg"),
        ("b.JPG", "photos/b.JPG"),
        ("photos/b.JPG", "photos/b.JPG"),
        ("day one/c.png", "photos/day one/c.png"),
        ("photos//day one/./c.png", "photos/day one/c.png"),
    ],
)
def test_a_photo_is_found_as_written_or_inside_photos(root: Path, cell: str, path: str) -> None:
    folder = Folder(root)
    assert folder.find_photo(cell) == path
    assert folder.read(path, 100) == path.encode()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("../secret.jpg", "path.outside"),
        ("photos/../../secret.jpg", "path.outside"),
        ("photos/../a.jpg", "path.outside"),
        (".", "path.outside"),
        ("/etc/passwd", "path.absolute"),
        ("~/secret.jpg", "path.absolute"),
        ("C:secret.jpg", "path.absolute"),
        ("C:/secret.jpg", "path.absolute"),
        ("..\\secret.jpg", "path.backslash"),
        ("photos\\b.JPG", "path.backslash"),
        ("photos", "path.missing"),
        ("nothing.jpg", "path.missing"),
        ("A.jpg", "path.case"),
        ("b.jpg", "path.case"),
        ("Photos/b.JPG", "path.case"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(root: Path, cell: str, code: str) -> None:
    assert refusal(lambda: Folder(root).find_photo(cell))[0] == code


def test_an_absolute_path_of_a_listed_photo_is_refused_too(root: Path) -> None:
    assert refusal(lambda: Folder(root).find_photo(str(root / "a.jpg")))[0] == "path.absolute"


def test_the_right_spelling_is_told(root: Path) -> None:
    assert refusal(lambda: Folder(root).find_photo("B.jpg"))[1] == (
        "There is no “B.jpg”, but there is “photos/b.JPG”. Capital and small letters must match."
    )


def test_links_are_refused_wherever_they_lead(root: Path, tmp_path: Path) -> None:
    (root / "photos/link.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "photos/here.jpg").symlink_to(root / "a.jpg")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.jpg").write_bytes(b"x")
    (root / "photos/far").symlink_to(outside)
    folder = Folder(root)
    for cell in ("link.jpg", "photos/here.jpg", "far/x.jpg", "photos/far/x.jpg"):
        assert refusal(partial(folder.find_photo, cell))[0] == "path.link"
    assert [said(problem).split(" ")[0] for problem in folder.problems] == [
        "photos/far",
        "photos/here.jpg",
        "photos/link.jpg",
    ]
    assert "photos/link.jpg" not in folder.photos()


def test_a_file_swapped_for_a_link_is_not_read(root: Path, tmp_path: Path) -> None:
    folder = Folder(root)
    (root / "a.jpg").unlink()
    (root / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    assert refusal(lambda: folder.read("a.jpg", 100))[0] == "file.unreadable"


def test_a_pipe_is_no_photo_and_is_never_waited_for(root: Path) -> None:
    os.mkfifo(root / "pipe.jpg")
    assert refusal(lambda: Folder(root).find_photo("pipe.jpg"))[0] == "path.missing"
    folder = Folder(root)
    (root / "a.jpg").unlink()
    os.mkfifo(root / "a.jpg")
    assert refusal(lambda: folder.read("a.jpg", 100))[0] == "file.unreadable"


def test_names_match_across_unicode_forms(root: Path) -> None:
    (root / "photos/e\u0301te\u0301.jpg").write_bytes(b"summer")
    folder = Folder(root)
    path = folder.find_photo("\u00e9t\u00e9.jpg")
    assert folder.read(path, 10) == b"summer"
    assert path in folder.photos()


def test_photos_are_listed_without_what_systems_leave_behind(root: Path) -> None:
    for name in (".DS_Store", "photos/._a.jpg", "__MACOSX/a.jpg", "Thumbs.db"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"")
    assert Folder(root).photos() == ["a.jpg", "d.HEIC", "photos/b.JPG", "photos/day one/c.png"]


def test_no_more_is_read_than_asked_for(root: Path) -> None:
    (root / "a.jpg").write_bytes(bytes(1000))
    assert len(Folder(root).read("a.jpg", 10)) == 11


def test_a_folder_that_is_no_campaigns_is_told_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.intake.folder.MAX_ENTRIES", 3)
    assert [said(problem) for problem in Folder(root).problems] == [
        ". This folder holds far more than a campaign. Give the campaign a folder of its own."
    ]
