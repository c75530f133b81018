"""The picture of a round's cut: what it shows, how it is named, what it says to its reader.

It is the same for everybody and made of standings alone, so it exists from the count on and not before.
"""

import re

from bot.i18n import Reader, render
from bot.port import Chart
from bot.reports import CutChart, Row, Words
from bot.rounds.model import Campaign, Candidate, Round, RoundState, Standing, Verdict
from bot.storage import campaigns, rounds
from bot.storage.store import Tx
from bot.text import Count, Text, t, tn

_KEY = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{32})")
_SHOWN = (RoundState.CLOSED, RoundState.SIGNED_OFF)
_ENGLISH = Reader()


async def chart_of(tx: Tx, round_: Round) -> Chart | None:
    """Name the picture of a round's cut; None while there is nothing to show."""
    if round_.state not in _SHOWN or not await rounds.is_counted(tx, round_.id):
        return None
    standings = await rounds.standings(tx, round_.id)
    if not standings:
        return None
    campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
    drawn = _drawing(campaign, round_, await rounds.candidates(tx, round_.id), standings, _ENGLISH)
    return Chart(f"{round_.id}-{drawn.facts}", _alt(campaign, round_, standings))


async def drawing(tx: Tx, key: str, language: str, dark: bool) -> CutChart | None:
    """Find what to draw under a name; None for a name that no picture has, or has any more."""
    match = _KEY.fullmatch(key)
    round_ = await rounds.round_by_id(tx, int(match[1])) if match else None
    if match is None or round_ is None:
        return None
    chart = await chart_of(tx, round_)
    if chart is None or chart.key != key:
        return None
    campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
    candidates = await rounds.candidates(tx, round_.id)
    standings = await rounds.standings(tx, round_.id)
    return _drawing(campaign, round_, candidates, standings, Reader(language, campaign.zone), dark)


def _drawing(
    campaign: Campaign,
    round_: Round,
    candidates: tuple[Candidate, ...],
    standings: tuple[Standing, ...],
    reader: Reader,
    dark: bool = False,
) -> CutChart:
    ranked, keep = sorted(standings, key=lambda s: s.place), round_.plan.keep
    bottom = min(s.low for s in ranked)
    width = max(s.high for s in ranked) - bottom or 1.0
    around = ranked[keep - 1 : keep + 1]
    line = sum(s.quality for s in around) / len(around) if around else bottom

    def row(s: Standing) -> Row:
        c = candidates[s.position]
        low, middle, high = ((at - bottom) / width for at in (s.low, s.quality, s.high))
        return Row(c.number, s.verdict.value, low, middle, high, c.photo)

    return CutChart(
        tuple(row(s) for s in ranked),
        (line - bottom) / width,
        keep,
        _words(campaign, round_, ranked, reader),
        _words(campaign, round_, ranked, _ENGLISH),
        dark,
    )


def _words(campaign: Campaign, round_: Round, standings: list[Standing], reader: Reader) -> Words:
    count = _counted(standings)
    said = {
        "kicker": t(
            "{campaign} · Round {number} of {rounds}",
            campaign=campaign.title, number=round_.number, rounds=campaign.rounds,
        ),
        "title": _title(campaign, count, len(standings)),
        "safe": tn("safely in", "safely in", count[Verdict.SAFE]),
        "edge": tn("on the edge", "on the edge", count[Verdict.EDGE]),
        "out": tn("out", "out", count[Verdict.OUT]),
        "cut": tn("the cut: {n} goes on", "the cut: {n} go on", round_.plan.keep),
        "less": t("less wanted"),
        "more": t("more wanted"),
        "note": t("Each line shows where a design truly stands, nine times out of ten."),
    }  # fmt: skip
    return Words(**{name: render(text, reader) for name, text in said.items()})


def _counted(standings: list[Standing] | tuple[Standing, ...]) -> dict[Verdict, int]:
    return {v: sum(s.verdict is v for s in standings) for v in Verdict}


def _title(campaign: Campaign, count: dict[Verdict, int], total: int) -> Text:
    """Say the one thing the picture shows; the line break is where a narrow page turns."""
    looks, edge, safe = Count(total, campaign.noun), count[Verdict.EDGE], count[Verdict.SAFE]
    if edge == total:
        return t("All {looks}\nare too close to call", looks=looks)
    if not edge:
        return t("{safe} of {looks} are safely in,\nand none is close", safe=safe, looks=looks)
    if not safe:
        return t("{edge} of {looks}\nare too close to call", edge=edge, looks=looks)
    return tn(
        "{safe} of {looks} are safely in,\n{n} is too close to call",
        "{safe} of {looks} are safely in,\n{n} are too close to call",
        edge, safe=safe, looks=looks,
    )  # fmt: skip


def _alt(campaign: Campaign, round_: Round, standings: tuple[Standing, ...]) -> Text:
    """Say in words what the picture shows."""
    count = _counted(standings)
    return t(
        "A chart of {looks} as lines, the most wanted first: {safe} safely in, {edge} on the edge and {out} "
        "out at the cut of {keep}.",
        looks=Count(len(standings), campaign.noun), safe=count[Verdict.SAFE], edge=count[Verdict.EDGE],
        out=count[Verdict.OUT], keep=round_.plan.keep,
    )  # fmt: skip
