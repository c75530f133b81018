"""Look an installation over and say, a line each, what is well and what to do about the rest."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import ConfigError
from bot.storage import journal, outbox, people, schema
from bot.storage.store import DATABASE_ERRORS, Store, database_now
from bot.text import Span, Text, t, tn

_APART = timedelta(seconds=2)
_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: well or not, and the sentence about it."""

    well: bool
    text: Text


async def examine(store: Store, photos: Path) -> list[Finding]:
    """Look at the database, the clock, the folders and what waits to be told."""
    found = await _database(store)
    if all(f.well for f in found):
        found += [await _clock(store), await _owner(store), await _waiting(store)]
    return [*found, *_folder(photos)]


async def _database(store: Store) -> list[Finding]:
    try:
        await schema.check_current(store)
    except ConfigError as error:
        return [Finding(False, p.text) for p in error.problems]
    except DATABASE_ERRORS as error:
        return [
            Finding(
                False,
                t(
                    "The database does not answer ({reason}). Check CATWALK_DATABASE__URL and that it runs.",
                    reason=type(error.__cause__ or error).__name__,
                ),
            )
        ]
    return [Finding(True, t("The database answers and is at revision {revision}.", revision=schema.head()))]


async def _clock(store: Store) -> Finding:
    """Compare the clocks that decide about lateness: ours, the database's, and what was written last."""
    async with store.read() as tx:
        theirs = await database_now(tx)
        newest = await journal.newest(tx)
    ours = datetime.now(UTC)
    if abs(theirs - ours) > _APART:
        return Finding(
            False,
            t(
                "The database's clock and this machine's are {apart} apart. Set both by NTP.",
                apart=Span(abs((theirs - ours).total_seconds())),
            ),
        )
    if newest is not None and newest > ours + _APART:
        return Finding(
            False,
            t(
                "This machine's clock is {behind} behind the newest entry in the database. Set it by NTP.",
                behind=Span((newest - ours).total_seconds()),
            ),
        )
    return Finding(True, t("The clocks agree."))


async def _owner(store: Store) -> Finding:
    async with store.read() as tx:
        if await people.has_owner(tx):
            return Finding(True, t("The shop has an owner."))
    return Finding(False, t("The shop has no owner yet. Run: catwalk owner invite"))


async def _waiting(store: Store) -> Finding:
    async with store.read() as tx:
        late = await outbox.waiting_since(tx, await tx.now() - timedelta(minutes=5))
    if late:
        return Finding(
            False,
            tn(
                "{n} post has waited for more than 5 minutes. Is catwalk run running?",
                "{n} posts have waited for more than 5 minutes. Is catwalk run running?",
                late,
            ),
        )
    return Finding(True, t("Nothing waits to be posted."))


def _folder(folder: Path) -> list[Finding]:
    """Check that photos can be written, by nobody else, and that there is space for more."""
    name = str(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return [
            Finding(False, t("The folder {folder} cannot be written: {reason}.", folder=name, reason=reason))
        ]
    found = [Finding(True, t("The folder {folder} can be written.", folder=name))]
    if os.name == "posix" and folder.stat().st_mode & 0o002:
        found.append(Finding(False, t("Anybody can write to {folder}. Run: chmod o-w {folder}", folder=name)))
    free = shutil.disk_usage(folder).free
    if free < _FREE_BYTES:
        megabytes = free // 1024**2
        found.append(Finding(False, t("Only {free} MB are free at {folder}.", free=megabytes, folder=name)))
    return found
