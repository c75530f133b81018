"""Outbox → adapters, and live posts kept true. Sends everything but the answers to a press.

`drain` claims an errand with a lease, sends it without a transaction and settles it. `reconcile` computes
what every live post should say and edits the ones that say something else. Groups are served side by side,
so that one group's trouble holds up no other; inside a group posts keep their order.
"""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import Gone, Refused, RetryLater
from bot.i18n import Reader
from bot.port import Card, ChatAdapter, Post
from bot.service import bulletin
from bot.service.wire import digest, dump_card
from bot.storage import outbox, people
from bot.storage.outbox import Errand, PostRow
from bot.storage.store import DATABASE_ERRORS, Store, Tx

log = structlog.get_logger()

_FIRST_WAIT_S, _LONGEST_WAIT_S, _DAY_S = 2.0, 600.0, 86_400.0

Subject = tuple[str, int]
"""What a post is about: its kind and the subject's id."""


@dataclass(frozen=True, slots=True)
class _Truth:
    """What posts about a subject should say now; `final`: they will never change again."""

    card: Card | None
    dumped: dict[str, Any]
    digest: str
    final: bool


class Relay:
    """Carries what groups must be told to one platform. `claim_s` is how long a send may take."""

    def __init__(self, store: Store, adapter: ChatAdapter, *, claim_s: float = 30.0) -> None:
        self._store = store
        self._adapter = adapter
        self._claim_s = claim_s
        self._worker = secrets.token_hex(8)

    async def drain(self) -> int:
        """Send what is due; returns how many errands were settled."""
        sent = 0
        running: set[asyncio.Task[bool]] = set()
        try:
            while True:
                for errand, deadline in await self._claim():
                    running.add(asyncio.create_task(self._carry(errand, deadline)))
                if not running:
                    return sent
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                sent += sum(task.result() for task in done)
        except asyncio.CancelledError:
            for task in running:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*running, return_exceptions=True)

    async def _claim(self) -> list[tuple[Errand, float]]:
        """Claim what is due, with the moment of the loop's clock after which a claim is not ours any more."""
        deadline = asyncio.get_running_loop().time() + self._claim_s
        async with self._store.begin() as tx:
            now = await tx.now()
            errands = await outbox.take_errands(tx, self._adapter.platform, self._worker, now, self._claim_s)
        return [(errand, deadline) for errand in errands]

    async def _carry(self, errand: Errand, deadline: float) -> bool:
        """Send and settle one errand; a database that fails meanwhile lets the claim run out."""
        try:
            return await self._run(errand, deadline)
        except DATABASE_ERRORS as error:
            log.warning("errand_interrupted", errand=errand.id, reason=type(error).__name__)
            return False

    async def _run(self, errand: Errand, deadline: float) -> bool:
        try:
            post = await self._compose(errand)
        except DATABASE_ERRORS:
            raise
        except Exception:
            log.exception("card_failed", kind=errand.kind, subject=errand.subject_id)
            return await self._put_off(errand, _patience_s(errand))
        if post is None:
            return await self._drop(errand, "nothing to say any more")
        if asyncio.get_running_loop().time() >= deadline:
            return False  # we were held up, and by now it may be another worker's
        try:
            async with asyncio.timeout_at(deadline):
                remote_id = await self._adapter.post(post)
        except RetryLater as wait:
            return await self._put_off(errand, _bounded(wait.after_s))
        except (Gone, Refused) as final:
            return await self._drop(errand, f"{type(final).__name__}: {final}")
        except Exception:
            log.exception("post_failed", errand=errand.id, kind=errand.kind)
            return await self._put_off(errand, _patience_s(errand))
        return await self._settle(errand, remote_id, dump_card(post.card))

    async def _compose(self, errand: Errand) -> Post | None:
        async with self._store.read() as tx:
            card = await bulletin.compose(tx, errand.kind, errand.subject_id)
            if card is None:
                return None
            group, zone = await bulletin.audience(tx, errand.group_id, errand.kind, errand.subject_id)
        return Post(group.remote_id, str(errand.id), card, Reader(group.language, zone))

    async def _settle(self, errand: Errand, remote_id: str, card: dict[str, Any]) -> bool:
        async with self._store.begin() as tx:
            now = await tx.now()
            settled = await outbox.settle(tx, errand, self._worker, remote_id, card, digest(card), now)
            if settled:
                await people.touch_groups(tx, [errand.group_id])
        log.info("post_settled" if settled else "post_settled_elsewhere", errand=errand.id, kind=errand.kind)
        return settled

    async def _drop(self, errand: Errand, failure: str) -> bool:
        async with self._store.begin() as tx:
            dropped = await outbox.drop_errand(tx, errand, self._worker, failure, await tx.now())
        if dropped:
            log.warning("post_dropped", errand=errand.id, kind=errand.kind, failure=failure)
        return False

    async def _put_off(self, errand: Errand, after_s: float) -> bool:
        async with self._store.begin() as tx:
            due_at = await tx.now() + timedelta(seconds=after_s)
            await outbox.put_off(tx, errand, self._worker, due_at)
        return False

    # -------------------------------------------------------------- live posts

    async def reconcile(self) -> int:
        """Edit every live post that no longer says what is true; returns how many were edited."""
        async with self._store.read() as tx:
            posts = await outbox.live_posts(tx, self._adapter.platform, await tx.now())
            truths = {
                subject: await self._truth(tx, *subject)
                for subject in {(p.kind, p.subject_id) for p in posts}
            }
        groups: dict[int, list[PostRow]] = {}
        for post in posts:
            groups.setdefault(post.group_id, []).append(post)
        return sum(await asyncio.gather(*(self._keep_group(own, truths) for own in groups.values())))

    async def _truth(self, tx: Tx, kind: str, subject_id: int) -> _Truth | None:
        """Compute what posts about a subject should say; None, and logged, when that cannot be."""
        try:
            # Whether it is final is read before the card: an edit that is called last is the last.
            final = await bulletin.is_final(tx, kind, subject_id)
            card = await bulletin.compose(tx, kind, subject_id)
        except DATABASE_ERRORS:
            raise
        except Exception:
            log.exception("card_failed", kind=kind, subject=subject_id)
            return None
        dumped = dump_card(card) if card else {}
        return _Truth(card, dumped, digest(dumped), final)

    async def _keep_group(self, posts: list[PostRow], truths: Mapping[Subject, _Truth | None]) -> int:
        edited = 0
        for post in posts:
            truth = truths[post.kind, post.subject_id]
            if truth is not None:
                try:
                    edited += await self._keep_true(post, truth)
                except Exception:  # the claim runs out, and the next reconcile tries again
                    log.exception("edit_interrupted", post=post.id, kind=post.kind)
        return edited

    async def _keep_true(self, shown: PostRow, truth: _Truth) -> bool:
        if truth.card is None or truth.digest == shown.digest:
            if truth.final:
                await self._rest(shown)
            return False
        async with self._store.begin() as tx:
            now = await tx.now()
            if (
                now - (shown.edited_at or shown.posted_at)
            ).total_seconds() < self._adapter.limits.edit_every_s:
                return False
            claim = await outbox.take_post(tx, shown.id, shown.digest, now, self._claim_s)
        if claim is None or not await self._edit(shown, truth.card, claim):
            return False
        async with self._store.begin() as tx:
            await outbox.show(tx, shown.id, claim, truth.dumped, truth.digest, await tx.now())
            await people.touch_groups(tx, [shown.group_id])
        return True

    async def _edit(self, shown: PostRow, card: Card, claim: datetime) -> bool:
        """Send an edit; False when it did not go through, for now or for good."""
        async with self._store.read() as tx:
            group, zone = await bulletin.audience(tx, shown.group_id, shown.kind, shown.subject_id)
        post = Post(group.remote_id, str(shown.outbox_id), card, Reader(group.language, zone))
        try:
            async with asyncio.timeout(self._claim_s):
                await self._adapter.edit(post, shown.remote_id)
        except RetryLater as wait:
            async with self._store.begin() as tx:
                until = await tx.now() + timedelta(seconds=_bounded(wait.after_s))
                await outbox.put_off_post(tx, shown.id, claim, until)
        except (Gone, Refused) as over:
            log.warning("edit_dropped", post=shown.id, failure=f"{type(over).__name__}: {over}")
            await self._rest(shown)
        except Exception:
            log.exception(
                "edit_failed", post=shown.id, kind=shown.kind
            )  # tried again when the claim runs out
        else:
            return True
        return False

    async def _rest(self, shown: PostRow) -> None:
        async with self._store.begin() as tx:
            await outbox.rest(tx, shown.id)


def _bounded(after_s: float) -> float:
    """Believe a platform's wish to wait, from a second to a day."""
    return min(max(after_s, 1.0), _DAY_S)


def _patience_s(errand: Errand) -> float:
    """Wait twice as long after every attempt that failed for no reason we know."""
    return min(_FIRST_WAIT_S * 2.0 ** min(errand.attempts - 1, 20), _LONGEST_WAIT_S)
