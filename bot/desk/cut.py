"""How the desk lays out a cut: in parts, at the line, by kind. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.service.desk import CutRow, CutView, RoundPage
from bot.text import Text, t, tn

ALL = "all"


@dataclass(frozen=True, slots=True)
class Part:
    """Designs shown together under a name of their own in the URL; between two strips runs the cut."""

    key: str
    name: Text
    title: Text
    line: Text
    strips: tuple[tuple[CutRow, ...], ...]

    @property
    def count(self) -> int:
        return sum(len(strip) for strip in self.strips)


def parts(page: RoundPage, cut: CutView) -> list[Part]:
    """Lay a cut out: by how sure it is while it is to be signed, by what was decided afterwards."""
    found = _signed(page, cut) if page.round.state == "signed_off" else _unsigned(cut)
    return [part for part in found if part.count]


def shown(parts_: Sequence[Part], key: str) -> list[Part]:
    """Choose the parts a filter shows; an unknown one shows all. Marked designs are in a part already."""
    chosen = [part for part in parts_ if part.key == key]
    return chosen or [part for part in parts_ if part.key != "marked"]


def _unsigned(cut: CutView) -> list[Part]:
    safe, edge, out = (tuple(r for r in cut.rows if r.standing.verdict == v) for v in ("safe", "edge", "out"))
    return [
        Part(
            "safe", t("Safe"), tn("{n} safely in", "{n} safely in", len(safe)),
            t("Their whole line lies above the cut."), (safe,),
        ),
        Part(
            "edge", t("Edge"), tn("{n} on the edge", "{n} on the edge", len(edge)),
            t("The cut crosses their line: a few more votes could turn it."),
            (tuple(r for r in edge if r.kept), tuple(r for r in edge if not r.kept)),
        ),
        Part(
            "out", t("Out"), tn("{n} out", "{n} out", len(out)),
            t("Their whole line lies below the cut."), (out,),
        ),
        _marked(cut),
    ]  # fmt: skip


def _signed(page: RoundPage, cut: CutView) -> list[Part]:
    kept, left = cut.kept, cut.left
    if page.following is None:
        title, line = t("The shortlist: {n}", n=len(kept)), t("Best place first, each with its reason.")
    else:
        title = tn("{n} goes on", "{n} go on", len(kept))
        line = t("To round {number}, best place first.", number=page.following.number)
    return [
        Part("in", t("Go on"), title, line, (kept,)),
        Part(
            "left", t("Leave"), tn("{n} leaves", "{n} leave", len(left)),
            t("Each with its reason."), (left,),
        ),
        _marked(cut),
    ]  # fmt: skip


def _marked(cut: CutView) -> Part:
    return Part(
        "marked", t("Marked"), tn("{n} marked", "{n} marked", len(cut.marked)),
        t("Decided by you, whatever the votes said."), (cut.marked,),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """How many designs of one category take part and go on: a shop wants a range."""

    category: str
    designs: int
    kept: int


def by_kind(cut: CutView) -> list[Kind]:
    """Sum the cut up by category, the largest first; nothing where there is only one."""
    found: dict[str, Kind] = {}
    for row in cut.rows:
        name = row.candidate.category
        before = found.get(name, Kind(name, 0, 0))
        found[name] = Kind(name, before.designs + 1, before.kept + row.kept)
    ranked = sorted(found.values(), key=lambda kind: (-kind.designs, kind.category))
    return ranked if len(ranked) > 1 else []
