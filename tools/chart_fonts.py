"""Make the charts' fonts from the room's: static TrueType faces, which is what Matplotlib reads.

    python tools/chart_fonts.py

Needs fontTools, which Matplotlib brings, and brotli for WOFF2, which nothing else here needs: run it in
an environment that has both. The faces stand in `bot/reports/fonts`; make them anew when the room's change.
"""

import io
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "bot" / "adapters" / "web" / "static" / "fonts"
OUT = ROOT / "bot" / "reports" / "fonts"
FACES = (
    ("inter", "Inter", 400, "Regular"),
    ("inter", "Inter", 600, "SemiBold"),
    ("newsreader", "Newsreader", 400, "Regular"),
)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for source, family, weight, style in FACES:
        parts = [static(ROOM / f"{source}-{part}.woff2", weight) for part in ("latin", "latin-ext")]
        made = Merger().merge(parts)
        out = OUT / f"{family}-{style}.ttf"
        made.save(out)
        print(
            f"{out.relative_to(ROOT)}: {out.stat().st_size // 1024} KB, {len(made.getBestCmap())} characters"
        )


def static(path: Path, weight: int) -> io.BytesIO:
    """Fix a variable font's weight and leave its other axes where they rest."""
    font = TTFont(path)
    limits = {axis.axisTag: weight if axis.axisTag == "wght" else None for axis in font["fvar"].axes}
    fixed = instancer.instantiateVariableFont(font, limits)
    fixed.flavor = None
    kept = io.BytesIO()
    fixed.save(kept)
    kept.seek(0)
    return kept


if __name__ == "__main__":
    main()
