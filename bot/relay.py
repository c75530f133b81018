"""Outbox → adapters, and live posts kept true. Sends everything but the answers to a press.

`drain` claims an errand with a lease, sends it without a transaction and settles it. `reconcile` computes
what every live post should say and edits the ones that say something else.
"""

import secrets
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
from bot.storage.store import Store

log = structlog.get_logger()

_FIRST_WAIT_S, _LONGEST_WAIT_S = 2.0, 600.0


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
        while True:
            async with self._store.begin() as tx:
                now = await tx.now()
                errands = await outbox.take_errands(
                    tx, self._adapter.platform, self._worker, now, self._claim_s
                )
            if not errands:
                return sent
            for errand in errands:
                sent += await self._run(errand)

    async def _run(self, errand: Errand) -> bool:
        async with self._store.read() as tx:
            group, zone = await bulletin.audience(tx, errand.group_id, errand.subject_id)
            card = await bulletin.compose(tx, errand.kind, errand.subject_id)
        if card is None:
            await self._drop(errand, "nothing to say any more")
            return False
        post = Post(group.remote_id, str(errand.id), card, Reader(group.language, zone))
        try:
            remote_id = await self._adapter.post(post)
        except RetryLater as wait:
            await self._put_off(errand, wait.after_s)
            return False
        except (Gone, Refused) as final:
            await self._drop(errand, f"{type(final).__name__}: {final}")
            return False
        except Exception:
            log.exception("post_failed", errand=errand.id, kind=errand.kind)
            await self._put_off(errand, min(_FIRST_WAIT_S * 2 ** (errand.attempts - 1), _LONGEST_WAIT_S))
            return False
        return await self._settle(errand, remote_id, dump_card(card))

    async def _settle(self, errand: Errand, remote_id: str, card: dict[str, Any]) -> bool:
        async with self._store.begin() as tx:
            now = await tx.now()
            settled = await outbox.settle(tx, errand, self._worker, remote_id, card, digest(card), now)
            if settled:
                await people.touch_groups(tx, [errand.group_id])
        log.info("post_settled" if settled else "post_settled_elsewhere", errand=errand.id, kind=errand.kind)
        return settled

    async def _drop(self, errand: Errand, failure: str) -> None:
        async with self._store.begin() as tx:
            await outbox.drop_errand(tx, errand.id, failure, await tx.now())
        log.warning("post_dropped", errand=errand.id, kind=errand.kind, failure=failure)

    async def _put_off(self, errand: Errand, after_s: float) -> None:
        async with self._store.begin() as tx:
            await outbox.put_off(tx, errand.id, await tx.now() + timedelta(seconds=after_s))

    # -------------------------------------------------------------- live posts

    async def reconcile(self) -> int:
        """Edit every live post that no longer says what is true; returns how many were edited."""
        async with self._store.read() as tx:
            now = await tx.now()
            posts = await outbox.live_posts(tx, self._adapter.platform, now)
            cards: dict[tuple[str, int], Card | None] = {}
            for kind, subject in {(p.kind, p.subject_id) for p in posts}:
                cards[kind, subject] = await bulletin.compose(tx, kind, subject)
            final = {
                key: await bulletin.is_final(tx, *key) for key in cards
            }  # read in the same snapshot as the cards, so that the last edit is never missed
        edited = 0
        for post in posts:
            card = cards[post.kind, post.subject_id]
            if card is not None:
                edited += await self._keep_true(post, card, now, final[post.kind, post.subject_id])
        return edited

    async def _keep_true(self, shown: PostRow, card: Card, now: datetime, final: bool) -> bool:
        dumped = dump_card(card)
        wanted = digest(dumped)
        if wanted == shown.digest:
            if final:
                async with self._store.begin() as tx:
                    await outbox.rest(tx, shown.id)
            return False
        last = shown.edited_at or shown.posted_at
        if (now - last).total_seconds() < self._adapter.limits.edit_every_s:
            return False
        async with self._store.begin() as tx:
            if not await outbox.take_post(tx, shown.id, shown.digest, now, self._claim_s):
                return False
        async with self._store.read() as tx:
            group, zone = await bulletin.audience(tx, shown.group_id, shown.subject_id)
        try:
            post = Post(group.remote_id, str(shown.outbox_id), card, Reader(group.language, zone))
            await self._adapter.edit(post, shown.remote_id)
        except RetryLater:
            return False  # the claim runs out and the next round of reconcile tries again
        except (Gone, Refused) as over:
            log.warning("edit_dropped", post=shown.id, failure=str(over))
            async with self._store.begin() as tx:
                await outbox.rest(tx, shown.id)
            return False
        async with self._store.begin() as tx:
            await outbox.show(tx, shown.id, dumped, wanted, await tx.now())
            await people.touch_groups(tx, [shown.group_id])
        return True
