"""Draws charts in a process of its own: Matplotlib costs a second and 60 MB, and no vote waits for it."""

import asyncio
import os
import sys
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.reports.chart import CutChart, Order

log = structlog.get_logger()

_KEPT, _PATIENCE_S, _FOLDER = 24, 60.0, Path(__file__).parent.parent.parent


class Easel:
    """Draws one chart at a time and keeps the latest; the same chart is drawn once, whoever asks.

    `photo_path` finds a photo's tile; one that is not there is left out of the picture.
    """

    def __init__(self, photo_path: Callable[[str], Path]) -> None:
        self._photo_path = photo_path
        self._drawn: OrderedDict[CutChart, bytes] = OrderedDict()
        self._under_way: dict[CutChart, asyncio.Task[bytes | None]] = {}
        self._one = asyncio.Semaphore()

    async def png(self, chart: CutChart) -> bytes | None:
        """Draw a chart, or find it drawn; None, and logged, when that did not work."""
        if chart in self._drawn:
            self._drawn.move_to_end(chart)
            return self._drawn[chart]
        if chart not in self._under_way:
            task = self._under_way[chart] = asyncio.create_task(self._draw(chart))
            task.add_done_callback(lambda _: self._under_way.pop(chart))
        drawing = self._under_way[chart]
        try:
            return await asyncio.shield(drawing)
        except asyncio.CancelledError:
            if drawing.cancelled():
                return None  # the house closes; whoever asked is told to come back
            raise

    async def close(self) -> None:
        """Stop what is being drawn."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _draw(self, chart: CutChart) -> bytes | None:
        order = Order(chart, {row.photo: str(self._photo_path(row.photo)) for row in chart.rows})
        async with self._one:
            png = await _run(order.dump())
        if png is not None:
            self._drawn[chart] = png
            if len(self._drawn) > _KEPT:
                self._drawn.popitem(last=False)
        return png


def _surroundings() -> dict[str, str]:
    """Keep this process's environment, but let compiled packages be kept, or each start takes 2 s."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(_FOLDER)}


async def _run(order: bytes) -> bytes | None:
    drawer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.reports",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=_surroundings(), start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_PATIENCE_S):
            png, said = await drawer.communicate(order)
    except TimeoutError:
        log.warning("chart_failed", reason="it took too long")
        return None
    finally:
        if drawer.returncode is None:
            drawer.kill()
            await drawer.wait()
    if drawer.returncode != 0:
        log.warning("chart_failed", reason=said.decode(errors="replace").strip().rpartition("\n")[2])
        return None
    return png
