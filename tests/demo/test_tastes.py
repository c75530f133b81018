"""Fans agree on what is good, differ by the way they dress, and talk like people."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.demo.garments import Garment, season
from bot.demo.palette import DYES
from bot.demo.remarks import remark
from bot.demo.tastes import WAYS, crowd, quality

SEASON = season(7)
FANS = crowd(7, 240)
LIKES = np.array([[fan.likes(garment) for garment in SEASON] for fan in FANS])


def logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    out: NDArray[np.float64] = np.log(p / (1 - p))
    return out


def test_the_same_seed_makes_the_same_fans_and_more_only_adds_to_them() -> None:
    assert crowd(7, 240) == FANS
    assert crowd(7, 300)[:240] == FANS
    assert crowd(8, 240) != FANS
    assert crowd(7, 0) == ()


def test_everybody_has_a_name_of_their_own_and_most_speak_english() -> None:
    many = crowd(1, 3000)
    assert len({fan.name for fan in many}) == 3000
    spoken = Counter(fan.language for fan in many)
    assert set(spoken) == {"en", "fr", "zh"}
    assert spoken["en"] > 1800
    assert min(spoken.values()) > 200


def test_picks_are_choosy_but_nobody_picks_nothing_or_everything() -> None:
    assert 0.12 < LIKES.mean() < 0.3
    per_fan = LIKES.mean(axis=1)
    assert per_fan.min() > 0.005
    assert per_fan.max() < 0.85
    assert per_fan.std() > 0.05, "some are more lenient than others"


def test_what_is_picked_most_is_what_is_good() -> None:
    rng = Random(5)
    answers = np.array([[fan.answer(rng, garment) for garment in SEASON] for fan in FANS])
    good = np.array([quality(garment) for garment in SEASON])
    assert good.std() > 0.5
    assert np.corrcoef(answers.mean(axis=0), good)[0, 1] > 0.75


def test_ways_of_dressing_split_over_garments() -> None:
    by_way = {way: LIKES[[fan.way == way for fan in FANS]] for way in WAYS}
    assert min(len(likes) for likes in by_way.values()) > 25
    romantic, minimal = (logit(by_way[way]).mean(axis=0) for way in ("romantic", "minimal"))
    floral = np.array(
        [g["pattern"] == "floral" and g["sleeve"] in ("puff", "bishop", "bell") for g in SEASON]
    )
    sober = np.array([g["pattern"] == "plain" and g["colour"] in ("ink", "ecru", "charcoal") for g in SEASON])
    assert floral.sum() >= 3
    assert sober.sum() >= 3
    assert np.median((romantic - minimal)[floral]) > 1
    assert np.median((romantic - minimal)[sober]) < -1


def test_two_fans_of_one_way_still_differ() -> None:
    same = [fan for fan in FANS if fan.way == "bold"][:2]
    a, b = (logit(np.array([fan.likes(g) for g in SEASON])) for fan in same)
    assert np.abs((a - a.mean()) - (b - b.mean())).mean() > 0.2


def test_fans_leave_after_some_pages_and_some_finish() -> None:
    rng = Random(2)
    pages = [fan.pages(rng, 10) for fan in FANS for _ in range(4)]
    assert 5 < sum(pages) / len(pages) < 7.2
    assert min(pages) == 1
    assert 0.2 < pages.count(10) / len(pages) < 0.55
    assert all(fan.pages(rng, 1) == 1 for fan in FANS[:20])


@pytest.mark.parametrize("language", ["en", "fr", "zh"])
@pytest.mark.parametrize("liked", [True, False])
def test_there_is_always_something_to_say_and_every_hole_is_filled(language: str, liked: bool) -> None:
    rng = Random(4)
    for garment in SEASON:
        said = remark(rng, language, garment, liked)
        assert 2 <= len(said) <= 110
        assert not set("{}|=") & set(said)


def test_a_feed_of_sixty_hardly_repeats() -> None:
    rng = Random(9)
    for _ in range(5):
        said = []
        for _ in range(60):
            fan, garment = rng.choice(FANS), rng.choice(SEASON)
            said.append(fan.remark(rng, garment, fan.answer(rng, garment)))
        assert len(set(said)) >= 52


def test_nobody_talks_about_what_a_garment_does_not_have() -> None:
    rng = Random(6)
    skirt = Garment(
        "Plum skirt", "skirt", {"silhouette": "pencil", "length": "midi", "pattern": "plain"} | TWO
    )
    for liked in (True, False):
        said = {remark(rng, "en", skirt, liked) for _ in range(600)}
        assert len(said) > 15
        assert not [
            s for s in said for word in ("sleeve", "neck", "collar", "stripe", "dots", "flowers") if word in s
        ]


TWO = {"colour": "plum", "accent": "rose"}


def test_wishes_name_another_colour_and_praise_the_own_one() -> None:
    rng = Random(8)
    dress = Garment(
        "Sage dress", "dress", {"silhouette": "shirt", "pattern": "plain", "colour": "sage", "accent": "plum"}
    )
    praise = " ".join(remark(rng, "en", dress, True) for _ in range(200))
    wishes = " ".join(remark(rng, "en", dress, False) for _ in range(200))
    assert "love the sage" in praise
    assert any(f"in {colour} I'd take it" in wishes for colour in DYES)
    assert "in sage I'd take it" not in wishes


def test_french_articles_join_their_colour() -> None:
    rng = Random(8)
    dress = Garment("Ecru dress", "dress", {"pattern": "dot", "colour": "ecru", "accent": "sage"})
    said = " ".join(remark(rng, "fr", dress, True) for _ in range(400))
    assert "l'écru" in said
    assert "cet écru" in said
    assert "plus d'écru" in said
    assert "le vert sauge" in said
    assert "le écru" not in said
