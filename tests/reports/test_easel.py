"""Charts are drawn in a process of its own: once, one at a time, and never in a vote's way."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from bot.reports import Easel, easel
from bot.reports.cut import draw
from tests.reports.made import chart


async def test_a_process_of_its_own_draws_the_same_picture(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (480, 600), "#0F5C63").save(photo)
    drawn = await Easel(lambda _: photo).png(chart(4, 2))
    assert drawn == draw(chart(4, 2), lambda _: Image.open(photo))


async def test_photos_that_are_gone_are_left_out(tmp_path: Path) -> None:
    drawn = await Easel(lambda name: tmp_path / name).png(chart(4, 2))
    assert drawn == draw(chart(4, 2), lambda _: None)


async def test_the_same_chart_is_drawn_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    ordered = []
    begin = asyncio.Event()

    async def run(order: bytes) -> bytes:
        ordered.append(order)
        await begin.wait()
        return b"png"

    monkeypatch.setattr(easel, "_run", run)
    made = Easel(Path)
    asking = [asyncio.create_task(made.png(chart())) for _ in range(5)]
    other = asyncio.create_task(made.png(chart(4, 2)))
    begin.set()
    assert await asyncio.gather(*asking, other) == [b"png"] * 6
    assert await made.png(chart()) == b"png"
    assert len(ordered) == 2


async def test_who_stops_waiting_does_not_stop_it_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = asyncio.Event()

    async def run(order: bytes) -> bytes:
        await begin.wait()
        return b"png"

    monkeypatch.setattr(easel, "_run", run)
    made = Easel(Path)
    gone, stays = (asyncio.create_task(made.png(chart())) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    begin.set()
    assert await stays == b"png"


async def test_only_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    ordered = []

    async def run(order: bytes) -> bytes:
        ordered.append(order)
        return b"png"

    monkeypatch.setattr(easel, "_run", run)
    monkeypatch.setattr(easel, "_KEPT", 2)
    made = Easel(Path)
    for rows in (2, 3, 4, 3, 2):
        await made.png(chart(rows, 1))
    assert len(ordered) == 4, "three rows were still there, two were not"


async def test_what_goes_wrong_is_tried_again_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Easel(Path)
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/bin/false")
        assert await made.png(chart()) is None
    assert await made.png(chart()) is not None


async def test_nothing_is_left_running_when_it_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer, begun = tmp_path / "drawer", tmp_path / "begun"
    os.mkfifo(begun)
    drawer.write_text(f"#!/bin/sh\necho $$ > {begun}\nexec sleep 600\n")
    drawer.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(drawer))
    made = Easel(Path)
    asking = asyncio.create_task(made.png(chart()))
    pid = int(await asyncio.to_thread(begun.read_text))
    await made.close()
    assert await asking is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_matplotlib_is_not_loaded_with_the_house() -> None:
    """It takes a second to load, and a demo is to be warm in three."""
    code = "import sys, bot.main; sys.exit(any(m.startswith('matplotlib') for m in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2])
    assert ran.returncode == 0
