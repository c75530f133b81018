"""What the demo's designers make of remarks."""

from collections import Counter
from random import Random

import pytest

from bot.demo.designer import CHANGES, apply, revise
from bot.demo.draw import svg
from bot.demo.garments import Garment, season
from bot.demo.line_up import LINE_UP
from bot.demo.remarks import remark
from bot.demo.wardrobe import Wardrobe
from bot.port import Tile
from bot.text import t

SHIRT = next(g for g in season(7) if g["sleeve"] == "short" and revise(g, ["longer sleeves please"]))


def test_most_voices_decide() -> None:
    found = revise(SHIRT, ["love it", "longer sleeves please", "manches plus longues", "in ink I'd take it"])
    assert found is not None
    assert (found.note, found.answers, found.others) == ("Longer sleeves", (1, 2), (3,))
    assert found.garment["sleeve"] != "short"
    assert {**found.garment.attributes, "sleeve": "short"} == dict(SHIRT.attributes)


def test_nothing_to_do_is_nothing() -> None:
    assert revise(SHIRT, []) is None
    assert revise(SHIRT, ["love it", "not for me, but well made"]) is None


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
def test_what_fans_ask_for_can_be_drawn_and_told_by_its_note(language: str) -> None:
    rng, changed = Random(language), Counter[str]()
    for garment in season(7):
        found = revise(garment, [remark(rng, language, garment, liked=False) for _ in range(6)])
        if found is not None:
            if found.note not in changed:  # drawing all of them would take ten times as long
                assert "<svg" in svg(found.garment)
            changed[found.note] += 1
            assert dict(apply(garment, found.note).attributes) == dict(found.garment.attributes)
            assert dict(found.garment.attributes) != dict(garment.attributes)
    assert changed.total() > 120
    assert len(changed) > 10


def test_every_change_suits_some_garment() -> None:
    recipes = [recipe for group in LINE_UP.values() for recipe in group]
    for change in CHANGES:
        allowed = {
            "sleeve": [r.sleeves for r in recipes], "length": [r.lengths for r in recipes],
            "waist": [r.waists for r in recipes], "neckline": [r.necklines for r in recipes],
            "pattern": [tuple(r.patterns) for r in recipes],
        }[change.attribute]  # fmt: skip
        both = [change.wrong & {*a} and {*change.right} & {*a} for a in allowed]
        assert any(both), change.note


def test_a_wardrobe_shows_the_version_on_the_tile() -> None:
    wardrobe = Wardrobe(7, 200, None)
    number = season(7).index(SHIRT) + 1

    def seen(version: int) -> Garment:
        return wardrobe(Tile(number, version, SHIRT.title, "0" * 64, t("A photo"), False, ""))

    wardrobe.revised(number, 2, "Longer sleeves")
    assert dict(seen(1).attributes) == dict(SHIRT.attributes)
    assert dict(seen(2).attributes) == dict(apply(SHIRT, "Longer sleeves").attributes)
    assert dict(seen(3).attributes) == dict(seen(2).attributes)  # a visitor's own, of which nothing is known
