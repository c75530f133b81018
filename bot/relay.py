"""Outbox → adapter, and live posts kept true. Sends everything but the answers to a press.

Only who holds the platform's lease sends, so within one process it is enough to remember which groups are
being told. `drain` sends what is due without a transaction and settles it; `reconcile` computes what every
live post should say and edits those that say something else. Groups are served side by side, so that one
group's trouble holds up no other; inside a group posts keep their order.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import Gone, NotHeld, Refused, RetryLater
from bot.i18n import Reader
from bot.port import Card, ChatAdapter, Post, Reply
from bot.service import bulletin, letters
from bot.service.wire import digest, dump_card
from bot.storage import notices, outbox, people
from bot.storage.notices import LetterRow
from bot.storage.outbox import Errand, PostRow
from bot.storage.store import DATABASE_ERRORS, Store, Tx

log = structlog.get_logger()

_AT_ONCE = 64  # groups that are told side by side
_PAUSE_S = 1.0
_FIRST_WAIT_S, _EDIT_WAIT_S, _LONGEST_WAIT_S, _DAY_S = 2.0, 30.0, 600.0, 86_400.0

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
    """Carries what groups must be told to one platform.

    `check` raises NotHeld when another process may be sending there. After `send_s` a send is given up:
    that is for an adapter that hangs, which knows better how long its platform may take.
    """

    def __init__(
        self, store: Store, adapter: ChatAdapter, check: Callable[[], None], *, send_s: float = 120.0
    ) -> None:
        self._store = store
        self._adapter = adapter
        self._check = check
        self._send_s = send_s
        self._ended = False

    def end(self) -> None:
        """Begin no more sends."""
        self._ended = True

    async def drain(self) -> int:
        """Send what is due; returns how many errands were settled."""
        sent = 0
        telling: dict[asyncio.Task[bool], int] = {}
        try:
            while True:
                for errand in await self._due(telling.values()):
                    telling[asyncio.create_task(self._carry(errand))] = errand.group_id
                if not telling:
                    return sent
                done, _ = await asyncio.wait(telling, timeout=_PAUSE_S, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    del telling[task]
                    sent += task.result()
        except NotHeld:
            return sent
        except asyncio.CancelledError:
            for task in telling:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*telling, return_exceptions=True)

    async def deliver(self) -> int:
        """Tell people what they alone are told; returns how many letters arrived."""
        if self._ended:
            return 0
        async with self._store.read() as tx:
            due = await notices.due_letters(tx, self._adapter.platform, await tx.now(), _AT_ONCE)
        return sum(await asyncio.gather(*(self._hand_over(letter) for letter in due)))

    async def _hand_over(self, letter: LetterRow) -> bool:
        """Send one letter; who cannot be written to finds what it says on their own pages."""
        wait_s: float | None = None
        arrived = False
        try:
            async with asyncio.timeout(self._send_s):
                self._check()
                await self._adapter.direct(letter.remote_id, await self._written(letter))
                arrived = True
        except NotHeld:
            return False
        except RetryLater as wait:
            wait_s = _bounded(wait.after_s)
        except (Gone, Refused) as final:
            log.info("letter_dropped", notice=letter.notice_id, failure=type(final).__name__)
        except Exception:
            log.exception("letter_failed", notice=letter.notice_id)
            wait_s = _LONGEST_WAIT_S
        async with self._store.begin() as tx:
            if wait_s is None:
                await notices.drop_letter(tx, letter)
            else:
                until = await tx.now() + timedelta(seconds=wait_s)
                await notices.put_off_letter(tx, letter, until)
        return arrived

    async def _written(self, letter: LetterRow) -> Reply:
        async with self._store.read() as tx:
            return await letters.compose(tx, self._adapter.platform, letter)

    async def _due(self, busy: Collection[int]) -> list[Errand]:
        if self._ended:
            return []
        async with self._store.read() as tx:
            platform, now = self._adapter.platform, await tx.now()
            return await outbox.due_errands(tx, platform, now, busy, _AT_ONCE - len(busy))

    async def _carry(self, errand: Errand) -> bool:
        """Send and settle one errand. It is put off first: whatever becomes of us, it is not tried again at
        once."""
        await self._put_off(errand, _patience_s(errand))
        try:
            post = await self._compose(errand)
        except DATABASE_ERRORS:
            raise
        except Exception:
            log.exception("card_failed", kind=errand.kind, subject=errand.subject_id)
            return False
        if post is None:
            return await self._drop(errand, "nothing to say any more")
        try:
            async with asyncio.timeout(self._send_s):
                self._check()
                remote_id = await self._adapter.post(post)
        except NotHeld:
            raise
        except RetryLater as wait:
            return await self._put_off(errand, _bounded(wait.after_s))
        except (Gone, Refused) as final:
            return await self._drop(errand, f"{type(final).__name__}: {final}")
        except Exception:
            log.exception("post_failed", errand=errand.id, kind=errand.kind)
            return False
        return await self._surely_settle(errand, remote_id, dump_card(post.card))

    async def _compose(self, errand: Errand) -> Post | None:
        async with self._store.read() as tx:
            card = await bulletin.compose(tx, errand.kind, errand.subject_id)
            if card is None:
                return None
            group, zone = await bulletin.audience(tx, errand.group_id, errand.kind, errand.subject_id)
        return Post(group.remote_id, str(errand.id), card, Reader(group.language, zone))

    async def _surely_settle(self, errand: Errand, remote_id: str, card: dict[str, Any]) -> bool:
        """Settle as soon as the database lets us: what was sent must not be sent again."""
        while True:
            try:
                return await self._settle(errand, remote_id, card)
            except DATABASE_ERRORS as error:
                log.warning("post_not_settled", errand=errand.id, reason=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)

    async def _settle(self, errand: Errand, remote_id: str, card: dict[str, Any]) -> bool:
        async with self._store.begin() as tx:
            settled = await outbox.settle(tx, errand, remote_id, card, digest(card), await tx.now())
            if settled:
                await people.touch_groups(tx, [errand.group_id])
        log.info("post_settled" if settled else "post_settled_elsewhere", errand=errand.id, kind=errand.kind)
        return settled

    async def _drop(self, errand: Errand, failure: str) -> bool:
        async with self._store.begin() as tx:
            dropped = await outbox.drop_errand(tx, errand, failure, await tx.now())
        if dropped:
            log.warning("post_dropped", errand=errand.id, kind=errand.kind, failure=failure)
        return False

    async def _put_off(self, errand: Errand, after_s: float) -> bool:
        async with self._store.begin() as tx:
            await outbox.put_off(tx, errand, await tx.now() + timedelta(seconds=after_s))
        return False

    # -------------------------------------------------------------- live posts

    async def reconcile(self) -> int:
        """Edit every live post that no longer says what is true; returns how many were edited."""
        async with self._store.read() as tx:
            now = await tx.now()
            posts = await outbox.live_posts(tx, self._adapter.platform, now)
            truths = {
                subject: await self._truth(tx, *subject)
                for subject in {(p.kind, p.subject_id) for p in posts}
            }
        groups: dict[int, list[PostRow]] = {}
        for post in posts:
            groups.setdefault(post.group_id, []).append(post)
        return sum(await asyncio.gather(*(self._keep_group(own, truths, now) for own in groups.values())))

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

    async def _keep_group(
        self, posts: list[PostRow], truths: Mapping[Subject, _Truth | None], now: datetime
    ) -> int:
        edited = 0
        for post in posts:
            truth = truths[post.kind, post.subject_id]
            if truth is not None and not self._ended:
                try:
                    edited += await self._keep_true(post, truth, now)
                except NotHeld:
                    break
                except DATABASE_ERRORS as error:
                    log.warning("edit_interrupted", post=post.id, reason=type(error).__name__)
                except Exception:  # the next reconcile tries again
                    log.exception("edit_interrupted", post=post.id, kind=post.kind)
        return edited

    async def _keep_true(self, shown: PostRow, truth: _Truth, now: datetime) -> bool:
        if truth.card is None or truth.digest == shown.digest:
            if truth.final:
                await self._rest(shown)
            return False
        shown_s = (now - (shown.edited_at or shown.posted_at)).total_seconds()
        if shown_s < self._adapter.limits.edit_every_s or not await self._edit(shown, truth.card):
            return False
        async with self._store.begin() as tx:
            await outbox.show(tx, shown, truth.dumped, truth.digest, await tx.now())
            await people.touch_groups(tx, [shown.group_id])
        return True

    async def _edit(self, shown: PostRow, card: Card) -> bool:
        """Send an edit; False when it did not go through, for now or for good."""
        async with self._store.read() as tx:
            group, zone = await bulletin.audience(tx, shown.group_id, shown.kind, shown.subject_id)
        post = Post(group.remote_id, str(shown.outbox_id), card, Reader(group.language, zone))
        try:
            async with asyncio.timeout(self._send_s):
                self._check()
                await self._adapter.edit(post, shown.remote_id)
        except NotHeld:
            raise
        except RetryLater as wait:
            await self._put_off_edit(shown, _bounded(wait.after_s))
        except (Gone, Refused) as over:
            log.warning("edit_dropped", post=shown.id, failure=f"{type(over).__name__}: {over}")
            await self._rest(shown)
        except Exception:
            log.exception("edit_failed", post=shown.id, kind=shown.kind)
            await self._put_off_edit(shown, _EDIT_WAIT_S)
        else:
            return True
        return False

    async def _put_off_edit(self, shown: PostRow, after_s: float) -> None:
        async with self._store.begin() as tx:
            await outbox.put_off_post(tx, shown.id, await tx.now() + timedelta(seconds=after_s))

    async def _rest(self, shown: PostRow) -> None:
        async with self._store.begin() as tx:
            await outbox.rest(tx, shown)


def _bounded(after_s: float) -> float:
    """Believe a platform's wish to wait, from a second to a day."""
    return min(max(after_s, 1.0), _DAY_S)


def _patience_s(errand: Errand) -> float:
    """Wait twice as long after every attempt that failed for no reason we know."""
    return min(_FIRST_WAIT_S * 2.0 ** min(errand.attempts, 20), _LONGEST_WAIT_S)
