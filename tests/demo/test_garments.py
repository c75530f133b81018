"""A season is the same for a seed, has range, and no two of its garments are alike."""

from collections import Counter
from itertools import combinations

import pytest

from bot.demo.garments import ATTRIBUTES, Garment, distance, season
from bot.demo.palette import DYES, PAIRS, luminance

SEASON = season(7)
LOOKS = ("silhouette", "neckline", "sleeve", "length", "pattern", "colour")


def test_the_same_seed_designs_the_same_season_and_another_seed_another() -> None:
    assert season(7) == SEASON
    other = season(8)
    assert len(other) == 200
    assert len({g.title for g in other} & {g.title for g in SEASON}) < 100


@pytest.mark.parametrize("seed", [1, 7, 2024])
def test_no_two_garments_of_a_season_are_alike(seed: int) -> None:
    garments = season(seed)
    assert len({(g.category, *(g[name] for name in LOOKS)) for g in garments}) == 200
    assert len({g.title for g in garments}) == 200
    near = min(
        distance(a.attributes, b.attributes) for a, b in combinations(garments, 2) if a.category == b.category
    )
    assert near >= 3.0


def test_a_season_is_mainly_dresses_with_a_range_around_them() -> None:
    shares = Counter(g.category for g in SEASON)
    assert shares.most_common(1)[0] == ("dress", 94)
    assert set(shares) == {"dress", "skirt", "trousers", "shirt", "knit", "jacket", "coat", "jumpsuit"}
    assert min(shares.values()) >= 5
    dresses = [g for g in SEASON if g.category == "dress"]
    assert len({g["silhouette"] for g in dresses}) >= 14
    assert len({g["pattern"] for g in dresses}) >= 7


def test_every_colour_is_worn_and_none_dominates() -> None:
    worn = Counter(g["colour"] for g in SEASON)
    assert set(worn) == set(DYES)
    assert max(worn.values()) <= 22


def test_attributes_are_lower_case_words_and_only_those_a_garment_has() -> None:
    for g in SEASON:
        assert set(g.attributes) <= set(ATTRIBUTES)
        assert all(value and value == value.lower() for value in g.attributes.values())
        assert {"silhouette", "length", "pattern", "colour", "accent"} <= set(g.attributes)
        assert g["accent"] in PAIRS[g["colour"]]
    assert all(not g["neckline"] and not g["sleeve"] for g in SEASON if g.category in ("skirt", "trousers"))


def test_titles_read_like_a_lookbook() -> None:
    for g in SEASON:
        assert g.title[0].isupper()
        assert g.title.lower().startswith(g["colour"])
        assert len(g.title) <= 60
        assert "  " not in g.title
        assert "no. " not in g.title
    assert "Sage" in {g.title.split()[0] for g in SEASON}


@pytest.mark.parametrize("count", [0, 1, 13, 300])
def test_a_season_has_as_many_garments_as_asked(count: int) -> None:
    garments = season(3, count)
    assert len(garments) == count
    assert len({g.title for g in garments}) == count


def test_a_garment_answers_for_attributes_it_does_not_have() -> None:
    assert Garment("Plum skirt", "skirt", {"colour": "plum"})["neckline"] == ""


def test_every_colour_is_paired_with_colours_one_can_tell_from_it() -> None:
    assert set(PAIRS) == set(DYES)
    for colour, accents in PAIRS.items():
        assert len(accents) == len(set(accents)) >= 5
        assert colour not in accents
        assert set(accents) <= set(DYES)


def test_lines_are_darker_than_the_cloth_and_seams_stand_out_from_it() -> None:
    for dye in DYES.values():
        assert luminance(dye.line) < luminance(dye.base)
        assert abs(luminance(dye.seam) - luminance(dye.base)) > 0.08
        assert luminance(dye.shades[1]) < luminance(dye.shades[0]) < luminance(dye.base)
