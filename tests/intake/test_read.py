import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.intake.limits import Limits
from bot.intake.photos import CleanPhoto, PhotoStore
from bot.intake.read import CampaignFile, read_campaign
from tests.intake.made import RULES, encoded, folder, jpeg, picture, problems_of, said, zipped

EXAMPLE = Path("config/campaign.example.toml")


def read(root: Path, **options: Any) -> CampaignFile:
    return read_campaign(root, root.parent / "staging", **options)


def test_a_good_folder_is_read(tmp_path: Path) -> None:
    root = folder(
        tmp_path / "looks",
        designs="number,photo,title,category,colour\n7,a.jpg,A,dress,red\n,b.jpg,,,\n1,photos/c.jpg,C,shirt,\n",
    )
    told: list[tuple[int, int]] = []
    campaign = read(root, progress=lambda done, of: told.append((done, of)))
    assert (campaign.key, campaign.title, campaign.zone.key) == (
        "summer-looks",
        "Summer looks",
        "Europe/Paris",
    )
    assert [(d.number, d.title, d.category, dict(d.attributes)) for d in campaign.designs] == [
        (1, "C", "shirt", {}),
        (2, "", "", {}),
        (7, "A", "dress", {"colour": "red"}),
    ]
    assert campaign.rounds[0].keep == 2
    assert campaign.warnings == ()
    assert told == [(1, 3), (2, 3), (3, 3)]
    store = PhotoStore(tmp_path / "staging")
    assert all(store.has(design.photo.hash) for design in campaign.designs)


def test_the_example_makes_a_campaign(tmp_path: Path) -> None:
    photos = {f"photos/{n}.jpg": jpeg(n, (200, 250)) for n in range(121)}
    designs = "photo\n" + "".join(f"{n}.jpg\n" for n in range(121))
    campaign = read(folder(tmp_path / "looks", EXAMPLE.read_text("utf-8"), designs, photos))
    assert len(campaign.designs) == 121
    assert [plan.keep for plan in campaign.rounds] == [120, 40]


def test_a_zip_reads_as_its_folder_does(tmp_path: Path) -> None:
    root = folder(tmp_path / "looks")
    campaign = read(root)
    for archive in (
        zipped(root, tmp_path / "a.zip"),
        zipped(root, tmp_path / "b.ZIP", "looks/"),
    ):
        assert read(archive) == campaign
    assert not [p for p in (tmp_path / "staging").iterdir() if p.name.startswith(".")]


def test_reading_again_cleans_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = folder(tmp_path / "looks")
    first = read(root)
    photos = {design.photo.source_hash: design.photo for design in first.designs}

    def decode(*_: object) -> CleanPhoto:
        raise AssertionError("decoded again")

    monkeypatch.setattr("bot.intake.pool.keep_photo", decode)
    again = read_campaign(root, tmp_path / "second", known=photos.get)
    assert again == first
    assert list((tmp_path / "second").iterdir()) == []


# ------------------------------------------------------------------ every problem, one run


def test_every_problem_is_told_in_one_run_in_order(tmp_path: Path) -> None:
    rules = RULES.replace("Europe/Paris", "Nowhere").replace("keep = 2", "keep = 9") + "colour = 1\n"
    designs = (
        "photo,title\n"
        "a.jpg,A\n"  # 2
        "missing.jpg,B\n"  # 3
        "../../etc/passwd,C\n"  # 4
        "/etc/passwd,D\n"  # 5
        "photos/a.jpg,E\n"  # 6
        "A.JPG,F\n"  # 7
        "twin.jpg,G\n"  # 8
        "link.jpg,H\n"  # 9
        "cut.jpg,I\n"
        "wrong.jpg,J\n"
        "x,y,z\n"  # 12
    )
    whole = jpeg(1)
    photos = {
        "photos/a.jpg": whole,
        "photos/twin.jpg": whole,
        "photos/cut.jpg": jpeg(2)[:3000],
        "photos/wrong.jpg": encoded(picture(3), "PNG"),
    }
    root = folder(tmp_path / "looks", rules, designs, photos)
    (root / "photos/link.jpg").symlink_to("/etc/passwd")
    found = problems_of(lambda: read(root))
    starts = [
        "campaign.toml:3 There is no time zone “Nowhere”.",
        "campaign.toml:15 “colour” is not known here.",
        "designs.csv:3 There is no photo “missing.jpg”",
        "designs.csv:4 “../../etc/passwd” leaves the campaign's folder.",
        "designs.csv:5 “/etc/passwd” is an address on one computer.",
        "designs.csv:6 “photos/a.jpg” is already the photo of line 2.",
        "designs.csv:7 There is no “A.JPG”, but there is “photos/a.jpg”.",
        "designs.csv:8 “twin.jpg” is the very same picture as “a.jpg” in line 2.",
        "designs.csv:9 “photos/link.jpg” is a link or lies behind one.",
        "designs.csv:12 This row has 3 cells, but there are 2 columns.",
        "photos/cut.jpg This picture is damaged or cut short.",
        "photos/link.jpg This is a link.",
        "photos/wrong.jpg This is a PNG picture, but its name ends in “.jpg”.",
    ]
    assert len(found) == len(starts)
    for line, start in zip(found, starts, strict=True):
        assert line.startswith(start)


def test_the_first_round_must_keep_fewer_than_there_are(tmp_path: Path) -> None:
    root = folder(tmp_path / "looks", RULES.replace("keep = 2", "keep = 3"))
    assert problems_of(lambda: read(root)) == [
        "campaign.toml:12 The first round must keep fewer than the 3 designs there are."
    ]


def test_the_same_picture_with_other_metadata_is_the_same(tmp_path: Path) -> None:
    photos = {"photos/a.jpg": jpeg(1), "photos/b.jpg": jpeg(1, comment=b"mine"), "photos/c.jpg": jpeg(2)}
    root = folder(tmp_path / "looks", photos=photos)
    assert problems_of(lambda: read(root)) == [
        "designs.csv:3 “b.jpg” is the very same picture as “a.jpg” in line 2."
    ]


@pytest.mark.parametrize(
    ("rules", "designs", "problem"),
    [
        (None, "photo\na.jpg\nb.jpg\n", "campaign.toml This file is missing."),
        (RULES, None, "designs.csv This file is missing."),
        (None, None, "looks Neither campaign.toml nor designs.csv is in here."),
    ],
)
def test_a_missing_list_is_told(tmp_path: Path, rules: str | None, designs: str | None, problem: str) -> None:
    (found,) = problems_of(lambda: read(folder(tmp_path / "looks", rules, designs)))
    assert found.startswith(problem)


def test_what_is_no_campaign_is_told(tmp_path: Path) -> None:
    assert problems_of(lambda: read(tmp_path / "nowhere")) == ["nowhere There is no such folder or zip."]
    (tmp_path / "a.rar").write_bytes(b"x")
    assert problems_of(lambda: read(tmp_path / "a.rar")) == [
        "a.rar Give the campaign's folder, or a zip of it."
    ]
    (tmp_path / "a.zip").write_bytes(b"x")
    assert problems_of(lambda: read(tmp_path / "a.zip")) == [
        "a.zip This zip is damaged or cut short. Pack it again."
    ]
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_linked_list_is_not_followed(tmp_path: Path) -> None:
    root = folder(tmp_path / "looks", rules=None)
    (tmp_path / "rules.toml").write_text(RULES)
    (root / "campaign.toml").symlink_to(tmp_path / "rules.toml")
    assert [line.split(". ")[0] for line in problems_of(lambda: read(root))] == [
        "campaign.toml This is a link",
        "campaign.toml This file is missing",
    ]


def test_a_photo_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = folder(tmp_path / "looks")
    opened = os.open

    def locked(path: Path, *rest: Any) -> int:
        if Path(path).name == "a.jpg":
            raise PermissionError(13, "Permission denied")  # root, who may run this, may read everything
        return opened(path, *rest)

    monkeypatch.setattr("bot.intake.folder.os.open", locked)
    assert problems_of(lambda: read(root)) == ["photos/a.jpg This file cannot be read (Permission denied)."]


# ------------------------------------------------------------------ warnings


def test_photos_that_look_alike_are_a_warning_with_numbers_and_distance(tmp_path: Path) -> None:
    soft = picture(1, (600, 800))
    threads = np.random.default_rng(3).integers(0, 256, (50, 38, 3), dtype=np.uint8)
    weave = Image.fromarray(threads).resize((600, 800))
    image = Image.blend(soft, weave, 0.5)  # a photo has texture; without any, a hash is mostly chance
    photos = {
        "photos/a.jpg": encoded(image),
        "photos/b.jpg": encoded(image.resize((450, 600)), quality=40),
        "photos/c.jpg": jpeg(9),
    }
    designs = "number,photo\n61,a.jpg\n2,c.jpg\n67,b.jpg\n"
    campaign = read(folder(tmp_path / "looks", designs=designs, photos=photos))
    (warning,) = [said(warning) for warning in campaign.warnings]
    assert warning.startswith("designs.csv:4 #061 and #067 look almost the same (")
    assert "of 256 marks differ)" in warning
    assert len(read(folder(tmp_path / "looks"), limits=Limits(near=256)).warnings) == 3


def test_a_photo_in_no_row_is_a_warning(tmp_path: Path) -> None:
    root = folder(tmp_path / "looks")
    (root / "photos/left over.jpg").write_bytes(b"never opened")
    (root / "photos/readme.txt").write_bytes(b"no photo")
    assert [said(warning) for warning in read(root).warnings] == [
        "photos/left over.jpg This photo is in no row of designs.csv and stays out."
    ]
    for n in range(30):
        (root / f"photos/more {n:02d}.jpg").write_bytes(b"")
    warnings = [said(warning) for warning in read(root).warnings]
    assert len(warnings) == 21
    assert warnings[0] == "designs.csv 11 more photos are in no row and stay out."


# ------------------------------------------------------------------ digest


def digest(root: Path) -> str:
    return read(root).digest


def test_the_digest_is_the_campaigns_and_not_its_files(tmp_path: Path) -> None:
    rows = "number,photo,title\n1,a.jpg,A\n2,b.jpg,B\n3,c.jpg,C\n"
    one = digest(folder(tmp_path / "one", designs=rows))
    turned = "photo;number;title\nx.jpg;3;C\na.jpg;1;A\nb.jpg;2;B\n"
    photos = {"a.jpg": jpeg(1), "photos/b.jpg": jpeg(2), "x.jpg": jpeg(3)}
    same = folder(tmp_path / "two", f"# the same\n{RULES}", turned, photos)
    assert digest(same) == one


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Summer looks"', 'title = "Looks"'),
        ('"looks"]', '"outfits"]'),
        ("Europe/Paris", "Europe/Rome"),
        ("keep = 2", "keep = 1"),
        ("quorum = 1", "quorum = 0"),
        ('"all"', '"lot"'),
        ("T20:00:00", "T20:00:01"),
        ("keep = 2", "keep = 2\npage_size = 10"),
        ("keep = 2", "keep = 2\nextend_by_hours = 1"),
        ("[noun]", 'language = "fr"\n[noun]'),
    ],
)
def test_every_rule_changes_the_digest(tmp_path: Path, old: str, new: str) -> None:
    assert old in RULES
    before = digest(folder(tmp_path / "one"))
    assert digest(folder(tmp_path / "two", RULES.replace(old, new))) != before


@pytest.mark.parametrize(
    ("designs", "last"),
    [
        ("photo,title\na.jpg,A\nb.jpg,B\nc.jpg,D\n", jpeg(3)),
        ("photo,title,category\na.jpg,A,\nb.jpg,B,\nc.jpg,C,x\n", jpeg(3)),
        ("photo,title,fit\na.jpg,A,\nb.jpg,B,\nc.jpg,C,x\n", jpeg(3)),
        ("photo,title\nb.jpg,A\na.jpg,B\nc.jpg,C\n", jpeg(3)),
        ("photo,title\na.jpg,A\nb.jpg,B\nc.jpg,C\n", jpeg(4)),
    ],
)
def test_every_design_changes_the_digest(tmp_path: Path, designs: str, last: bytes) -> None:
    before = digest(folder(tmp_path / "one"))
    photos = {"photos/a.jpg": jpeg(1), "photos/b.jpg": jpeg(2), "photos/c.jpg": last}
    assert digest(folder(tmp_path / "two", RULES, designs, photos)) != before
