import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import RuleError
from bot.intake.folder import Folder
from bot.intake.header import Checked
from bot.intake.limits import Limits, PhotoLimits
from bot.intake.photos import CleanPhoto, PhotoStore, keep_photo, source_hash
from bot.intake.pool import Memory, clean_all
from bot.intake.read import unknown
from tests.intake.made import folder, jpeg


def test_a_taker_waits_until_its_part_is_free() -> None:
    memory = Memory(100)
    second_in = threading.Event()

    def second() -> None:
        with memory.taken(60):
            second_in.set()

    with ThreadPoolExecutor(1) as pool:
        with memory.taken(60):
            waiting = pool.submit(second)
            assert not second_in.wait(0.05)
        waiting.result(5)
    assert second_in.is_set()


def test_takers_that_fit_together_do_not_wait() -> None:
    memory = Memory(100)
    together = threading.Barrier(2)

    def take() -> None:
        with memory.taken(50):
            together.wait(5)  # broken unless both are inside at once

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(take), pool.submit(take)]:
            done.result(5)


def test_a_part_is_given_back_when_its_taker_fails() -> None:
    memory = Memory(10)
    with pytest.raises(KeyError), memory.taken(10):
        raise KeyError
    with memory.taken(10):
        pass


def test_photos_never_hold_more_than_the_budget_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = {f"photos/{n}.jpg": jpeg(n, (1000, 1000)) for n in range(6)}  # each takes about 16 MB
    held = threading.Lock()
    inside: list[int] = []
    sums: list[int] = []

    def watched(checked: Checked, source: str, store: PhotoStore) -> CleanPhoto:
        with held:
            inside.append(checked.memory)
            sums.append(sum(inside))
        try:
            return keep_photo(checked, source, store)
        finally:
            with held:
                inside.remove(checked.memory)

    monkeypatch.setattr("bot.intake.pool.keep_photo", watched)
    limits = Limits(photo=PhotoLimits(memory=40_000_000), workers=6)
    root = folder(tmp_path / "in", photos=photos)
    found = clean_all(Folder(root), list(photos), PhotoStore(tmp_path / "out"), limits, unknown, None)
    assert all(isinstance(photo, CleanPhoto) for photo in found)
    assert max(sums) <= 40_000_000
    assert max(sums) > 30_000_000  # two at a time


def test_answers_keep_their_order_and_progress_counts_up(tmp_path: Path) -> None:
    photos = {"photos/a.jpg": jpeg(1), "photos/b.jpg": b"", "photos/c.jpg": jpeg(3)}
    root = folder(tmp_path / "in", photos=photos)
    told: list[tuple[int, int]] = []
    store = PhotoStore(tmp_path / "out")
    found = clean_all(
        Folder(root), list(photos), store, Limits(), unknown, lambda done, of: told.append((done, of))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [photo.source_hash if isinstance(photo, CleanPhoto) else photo.code for photo in found] == [
        source_hash(photos["photos/a.jpg"]),
        "photo.empty",
        source_hash(photos["photos/c.jpg"]),
    ]
    assert isinstance(found[1], RuleError)


def test_a_full_disk_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.intake.photos.os.fsync", full)
    root = folder(tmp_path / "in")
    with pytest.raises(OSError, match="No space"):
        clean_all(Folder(root), ["photos/a.jpg"], PhotoStore(tmp_path / "out"), Limits(), unknown, None)
