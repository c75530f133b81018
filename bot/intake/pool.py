"""Clean many photos at a time without taking more memory than is allowed."""

import ctypes
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from functools import cache
from threading import Condition

from bot.errors import RuleError
from bot.intake.folder import Folder
from bot.intake.header import check_photo
from bot.intake.limits import Limits
from bot.intake.photos import CleanPhoto, PhotoStore, keep_photo, source_hash

Known = Callable[[str], CleanPhoto | None]
Progress = Callable[[int, int], None]


_LARGE = 32_000_000
"""A photo that took this much is worth handing its memory back at once, in bytes."""


class Memory:
    """A budget of bytes that threads share; a taker waits until its part is free.

    Nobody takes more than the whole: `check_photo` refuses such photos before.
    """

    def __init__(self, budget: int) -> None:
        self._free = budget
        self._changed = Condition()

    @contextmanager
    def taken(self, n: int) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._free >= n)
            self._free -= n
        try:
            yield
        finally:
            with self._changed:
                self._free += n
                self._changed.notify_all()


@cache
def _trim() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim


def _give_back() -> None:
    """Return freed memory to the system: glibc keeps it for each thread, which doubled the peak."""
    trim = _trim()
    if trim is not None:
        trim(0)


def clean_all(
    folder: Folder,
    paths: Sequence[str],
    store: PhotoStore,
    limits: Limits,
    known: Known,
    progress: Progress | None,
) -> list[CleanPhoto | RuleError]:
    """Clean the folder's photos into `store`, each answered by its photo or by why it was refused.

    `known` is asked on worker threads; `progress` is told (done, all) on this one. Threads are enough:
    Pillow releases the interpreter while it decodes, scales and encodes.
    """
    memory = Memory(limits.photo.memory)

    def clean(path: str) -> CleanPhoto | RuleError:
        try:
            data = folder.read(path, limits.photo.max_bytes)
            checked = check_photo(data, path, limits.photo)
            source = source_hash(data)
            photo = known(source)
            if photo is not None:
                return photo
            with memory.taken(checked.memory):
                large = checked.memory > _LARGE
                del data
                photo = keep_photo(checked, source, store)
                del checked
                if large:
                    _give_back()
                return photo
        except RuleError as error:
            return RuleError(error.code, error.text)  # a fresh one: its traceback would keep the photo alive

    pool = ThreadPoolExecutor(limits.workers, "photos")
    try:
        futures: list[Future[CleanPhoto | RuleError]] = [pool.submit(clean, path) for path in paths]
        for done, _ in enumerate(as_completed(futures), start=1):
            if progress is not None:
                progress(done, len(paths))
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)
