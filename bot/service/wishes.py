"""What becomes of what fans ask: designers group and decline comments, and the authors are told."""

from collections.abc import Callable, Mapping, Sequence

from bot.errors import RuleError
from bot.port import Actor
from bot.service import notices
from bot.service.comments import shortened
from bot.service.revisions import designer
from bot.service.shop import Shop
from bot.storage import campaigns, journal, people, wishes
from bot.storage.wishes import WishRow
from bot.text import Numbers, Text, t, tn

NEW, GROUPED, USED, DECLINED = "new", "grouped", "used", "declined"

REASON_LETTERS = 300
_OPEN = (NEW, GROUPED, DECLINED)
"""What a designer may still decide otherwise: a version that is shown stays an answer."""


async def settle(
    shop: Shop, actor: Actor, campaign_id: int, number: int, ids: Sequence[int], status: str, reason: str = ""
) -> Text:
    """Group, decline or open again comments on one design; their authors are told, once a change.

    What is so already stays as it is, so the same form sent twice does nothing.
    """
    why = _reason(status, reason)
    async with shop.store.begin() as tx:
        person = await designer(tx, actor)
        design = next((c for c in await campaigns.competitors(tx, campaign_id) if c.number == number), None)
        if design is None:
            raise RuleError(
                "design.unknown", t("There is no design {number} here.", number=Numbers((number,)))
            )
        chosen = _chosen(await wishes.wishes_of(tx, design.design_id), ids)
        now = await tx.now()
        moved = [w for w in chosen if await wishes.settle(tx, w.id, status, why, _OPEN)]
        told = [w for w in moved if status != NEW or w.status == DECLINED]
        said = _TOLD[status](Numbers((number,)), why)
        await notices.tell_all(
            tx, [(w.fan_id, f"comment:{w.id}:{status}:{now.isoformat()}", said) for w in told], now
        )
        for wish in moved:
            await journal.record(
                tx, f"comment_{status}", now, account_id=person.account_id, campaign_id=campaign_id,
                reason=why, number=number, comment=wish.id,
            )  # fmt: skip
        groups = await wishes.groups_of(tx, [w.id for w in moved])
        if groups:
            await people.touch_groups(tx, groups)
    return _DONE[status](len(chosen))


def _chosen(about: Sequence[WishRow], ids: Sequence[int]) -> list[WishRow]:
    """Find the comments a form names among those on its design; none may be answered already."""
    wanted = set(ids)
    chosen = [w for w in about if w.id in wanted]
    if not chosen or len(chosen) < len(wanted):
        raise RuleError("wish.unknown", t("Choose at least one comment on this design."))
    for wish in chosen:
        if wish.answered is not None:
            words = shortened(wish.body, 60)
            raise RuleError(
                "wish.answered",
                t("“{words}” is answered by version {version}.", words=words, version=wish.answered),
            )
    return chosen


def _reason(status: str, reason: str) -> str:
    if status not in _DONE:
        raise RuleError("wish.status", t("A comment can be grouped, declined or opened again."))
    if status != DECLINED:
        return ""
    why = " ".join(reason.split())
    if not why:
        raise RuleError("wish.reason", t("Say why in a few words: the author reads it."))
    if len(why) > REASON_LETTERS or not why.isprintable():
        raise RuleError("wish.reason", t("Please keep the reason under {most} letters.", most=REASON_LETTERS))
    return why


_TOLD: Mapping[str, Callable[[Numbers, str], Text]] = {
    NEW: lambda which, _why: t("Your comment on {design} is open again.", design=which),
    GROUPED: lambda which, _why: t(
        "Others asked for the same on {design}. Your comment counts with theirs.", design=which
    ),
    DECLINED: lambda which, why: t(
        "Your comment on {design} will not be used: “{reason}”", design=which, reason=why
    ),
}

_DONE: Mapping[str, Callable[[int], Text]] = {
    NEW: lambda n: tn("{n} comment is open again.", "{n} comments are open again.", n),
    GROUPED: lambda n: tn("{n} comment is grouped.", "{n} comments are grouped.", n),
    DECLINED: lambda n: tn(
        "{n} comment is declined. Its author is told.",
        "{n} comments are declined. Their authors are told.",
        n,
    ),
}
