"""What a page of a ballot and its progress are called: by the round's shape, a sheet, a card or a duel."""

import re
from collections.abc import Sequence

from bot.port import Before, Me, Role, Strip
from bot.text import Text, t, tn, verbatim

NAMED = re.compile(r"(?:^|[^\w#])#(\d{1,4})(?!\w)|^(\d{3,4})[\s,:.]")
"""How fans name a design: `#067 …` anywhere, or `067 …` at the beginning."""


def seen_words(strip: Strip) -> Text:
    if strip.ballot == "duels":
        return t("{seen} of {total} answered", seen=strip.seen, total=strip.total)
    return t("{seen} of {total} seen", seen=strip.seen, total=strip.total)


def picks_words(strip: Strip) -> Text | None:
    """Say how much was liked; None where the number says nothing: nearly every duel has a winner."""
    match strip.ballot:
        case "duels":
            return None
        case "cards":
            return tn("{n} liked", "{n} liked", strip.picks)
    return tn("{n} pick", "{n} picks", strip.picks)


def names_a_design(words: str) -> bool:
    return NAMED.search(words) is not None


def changed_words(before: Before) -> Text:
    """Say why there is a new version."""
    if not before.asked:
        return t("Changed since the last round")
    return tn("Changed because {n} fan asked", "Changed because {n} fans asked", before.asked)


def kept_words(me: Me) -> list[Text]:
    """Say what is kept about a person: their accounts, roles and groups."""
    roles = {
        Role.FAN: t("Fan"),
        Role.MODERATOR: t("Moderator"),
        Role.DESIGNER: t("Designer"),
        Role.OWNER: t("Owner"),
    }
    keep = t(
        "Your name, your accounts, what you said, picked and ordered. Take it along, or have it taken out."
    )
    accounts = [t("{name}: {value}", name=platform, value=name) for platform, name in me.accounts]
    groups = [verbatim(title) for _, title in me.groups]
    return [keep, *accounts, *(roles[role] for role in me.roles), *groups]


def reason_words(key: str) -> Text:
    """Name a reason chip, one of `port.REASONS`."""
    return {
        "colour": t("Colour"),
        "shape": t("Shape"),
        "length": t("Length"),
        "details": t("Details"),
        "fabric": t("Fabric"),
        "occasion": t("Occasion"),
    }[key]


def page_words(ballot: str, n: int, pages: int) -> Text:
    match ballot:
        case "cards":
            return t("Card {n} of {pages}", n=n, pages=pages)
        case "duels":
            return t("Duel {n} of {pages}", n=n, pages=pages)
    return t("Page {n} of {pages}", n=n, pages=pages)


def page_name(ballot: str, n: int) -> Text:
    match ballot:
        case "cards":
            return t("Card {n}", n=n)
        case "duels":
            return t("Duel {n}", n=n)
    return t("Page {n}", n=n)


def onward(pages: Sequence[bool], page: int, leafing: bool = False) -> int | None:
    """Find the page after one: the next while leafing through, else the next not finished, else the first.

    None when nothing is left; whether `page` itself is finished does not matter.
    """
    if leafing:
        return page + 1 if page < len(pages) else None
    left = [n for n, finished in enumerate(pages, 1) if not finished and n != page]
    return next((n for n in left if n > page), left[0] if left else None)


def near(pages: Sequence[bool], current: int, most: int = 20, around: int = 1) -> list[int | None]:
    """List the pages to link to: all when they are few, else both ends and those around; None is a gap."""
    last = len(pages)
    if last <= most:
        return [*range(1, last + 1)]
    wanted = {1, last, *range(current - around, current + around + 1)} & {*range(1, last + 1)}
    found: list[int | None] = []
    for n in sorted(wanted):
        if found and found[-1] != n - 1:
            found.append(None)
        found.append(n)
    return found
