"""What the desk says of a presale: its state, and what each step brings about."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.desk.words import Step
from bot.port import PresaleView
from bot.service.desk_presales import PresalePage
from bot.text import Text, When, t

EXTENSIONS = (1, 3, 7, 14)
"""The days one tap extends a presale by."""

STATES: Mapping[str, Text] = {
    "draft": t("Draft"),
    "open": t("Open"),
    "paused": t("Paused"),
    "deciding": t("Being counted"),
    "collecting": t("Minimum reached"),
    "failed": t("Minimum missed"),
}

_LABELS: Mapping[str, Text] = {
    "pause": t("Pause orders"),
    "resume": t("Take orders again"),
    "close": t("Close early"),
}

GOALS: Mapping[str, frozenset[str]] = {
    "pause": frozenset({"paused"}),
    "resume": frozenset({"open"}),
    "close": frozenset({"deciding", "collecting", "failed"}),
}
"""In which states a step is done already."""

_DONE: Mapping[str, Text] = {
    "pause": t("Paused. What was ordered is safe."),
    "resume": t("Open again for orders."),
    "extend": t("Extended."),
    "close": t("Closed. No order is taken any more."),
}

ASKING = frozenset({"close"})


def done(act: str) -> Text:
    return _DONE[act]


def presale_path(presale_id: int) -> str:
    return f"/desk/presale/{presale_id}"


def presales_path(campaign_id: int) -> str:
    return f"/desk/campaign/{campaign_id}/presales"


def made(view: PresaleView) -> int:
    """Count the colours that reach their minimum as it stands."""
    return sum(cell.units >= cell.moq for cell in view.cells)


def _says(act: str, view: PresaleView) -> Text:
    match act:
        case "pause":
            return t("No order is taken for a while. The printed steps and the end come all the same.")
        case "resume":
            return t("Orders are taken again, at {price} now.", price=view.price)
        case _:
            return t(
                "No more orders, for good. As it stands, {made} of {all} colours reach their minimum.",
                made=made(view), all=len(view.cells),
            )  # fmt: skip


def step(act: str, page: PresalePage) -> Step:
    path = f"{presale_path(page.id)}/{act}"
    return Step(act, _LABELS[act], _says(act, page.view), path, act in ASKING)


def steps(page: PresalePage) -> list[Step]:
    """List the steps that are possible, gentle ones first. Extending has its own row of buttons."""
    return [step(act, page) for act in ("resume", "pause", "close") if act in page.acts]


def extensions(page: PresalePage) -> list[tuple[int, datetime]]:
    """List by how many days a presale can be extended with one tap, and when it would close then."""
    days = EXTENSIONS if "extend" in page.acts else ()
    return [(n, page.view.closes_at + timedelta(days=n)) for n in days]


def status(view: PresaleView) -> Text:
    """Say in a line where a presale is."""
    if view.state in ("open", "paused"):
        return t("Until {at}", at=When(view.closes_at))
    return t("{made} of {all} colours", made=made(view), all=len(view.cells))
