"""Look an installation over and say, a line each, what is well and what to do about the rest."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import ConfigError
from bot.storage import campaigns, journal, leases, outbox, people, rounds, schema, tallies
from bot.storage.leases import LeaseRow
from bot.storage.store import DATABASE_ERRORS, Store, database_now
from bot.text import Hole, Numbers, Span, Text, t, tn

_APART = timedelta(seconds=2)
_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: well or not, and the sentence about it."""

    well: bool
    text: Text


async def examine(store: Store, photos: Path, *, recount: bool = False) -> list[Finding]:
    """Look at the database, the clock, the folders and what waits to be told.

    `recount` compares every round's kept tally with a recount of its votes.
    """
    found = await _database(store)
    if all(f.well for f in found):
        found += [await _clock(store), await _owner(store), await _waiting(store), *await _leases(store)]
        if recount:
            found += await _tallies(store)
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


async def _leases(store: Store) -> list[Finding]:
    """Say which process serves which platform. A clean stop gives its lease back, and then there is none."""
    async with store.read() as tx:
        now, found = await database_now(tx), await leases.all_leases(tx)
    return [_lease(lease, now) for lease in found]


def _lease(lease: LeaseRow, now: datetime) -> Finding:
    left_s = (lease.until - now).total_seconds()
    if left_s > 0:
        said = t(
            "{platform} is served by {holder}, for {left} more unless renewed.",
            platform=lease.name,
            holder=lease.holder,
            left=Span(left_s),
        )
        return Finding(True, said)
    return Finding(
        False,
        t(
            "Nobody serves {platform}: {holder} stopped without a word {ago} ago. Is catwalk run running?",
            platform=lease.name,
            holder=lease.holder,
            ago=Span(-left_s),
        ),
    )


async def _tallies(store: Store) -> list[Finding]:
    """Compare every round's kept tally with a recount of its votes.

    It only tells: a tally that differs is a fault of ours or a change by hand, and which of the two numbers
    is wrong is for a person to find out. Standings do not depend on it.
    """
    async with store.read() as tx:
        opened = await rounds.opened_rounds(tx)
    found: list[Finding] = []
    for round_ in opened:
        async with store.read(heavy=True) as tx:
            campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
            differing = await tallies.differences(tx, round_.id)
        of: dict[str, Hole] = {"campaign": campaign.title, "round": round_.number}
        if not differing:
            found.append(
                Finding(True, t("{campaign}, round {round}: the tally is what the votes say.", **of))
            )
        found += [Finding(False, _differs(one, of)) for one in differing]
    return found


def _differs(found: tallies.Difference, of: Mapping[str, Hole]) -> Text:
    return t(
        "{campaign}, round {round}: the tally of {design} version {version} says {kept_answers} answers and "
        "{kept_picks} picks, its votes say {answers} and {picks}. Standings are counted from the votes and "
        "are right. Keep a copy of the database and report this.",
        design=Numbers((found.number,)), version=found.version,
        kept_answers=found.kept[0], kept_picks=found.kept[1],
        answers=found.counted[0], picks=found.counted[1], **of,
    )  # fmt: skip


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
