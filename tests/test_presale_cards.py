"""What posts say of presales: equal state, equal card, and every number on it is the presale's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import presale_cards
from bot.i18n import LANGUAGES, Reader, render
from bot.money import Money
from bot.port import Card, Cell, PresaleView, PriceStep
from bot.service.wire import digest, dump_card, load_card
from bot.text import t
from tests.clock import START
from tests.rendered import english, texts

CELLS = (Cell("1", "Sage", 61, 300), Cell("2", "Black", 300, 300))
PRINTED = (t("If a colour misses its minimum, nobody pays for it."),)


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


OPEN = PresaleView(
    number=67, version=2, title="Shift dress", photo="a" * 64, alt=t("A dress"), state="open",
    price=euros(100), list_price=euros(300), steps=(PriceStep(euros(100), 1, START, True, True),), units=361,
    cells=CELLS, units_to_step=2, next_step_at=START + timedelta(days=5), next_price=euros(110),
    opens_at=START, closes_at=START + timedelta(days=30), now=START, zone="Europe/Berlin", sizes=("S", "M"),
    limit=10, mine=0, terms=(),
)  # fmt: skip
CLOSED = replace(OPEN, state="closed", closed=t("The presale is over."))


def said(card: Card) -> list[str]:
    return [english(card.title), *(english(line) for line in card.lines)]


def test_the_live_post_says_the_price_what_follows_and_how_near_it_is() -> None:
    card = presale_cards.presale_card(OPEN)
    assert said(card) == [
        "#067 Shift dress: €100 now",
        "2 pieces are left at this price.",
        "Then it is €110, and from Wed 2 Dec, 19:00 (UTC) in any case.",
        "Open until Sun 27 Dec, 19:00 (UTC).",
    ]
    assert [(english(m.label), round(m.share, 3)) for m in card.meters] == [
        ("Sage: 61 of 300", 0.203),
        ("Black: 300 of 300, enough", 1.0),
    ]
    assert [(english(b.label), b.go) for b in card.buttons] == [("Order", "presale:67")]
    assert [(p.number, p.version, p.photo) for p in card.pictures] == [(67, 2, "a" * 64)]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"units_to_step": 1, "next_step_at": None}, ["1 piece is left at this price.", "Then it is €110."]),
        ({"units_to_step": None}, ["From Wed 2 Dec, 19:00 (UTC) it is €110."]),
        (
            {"units_to_step": None, "next_step_at": None, "next_price": None},
            ["The price climbs no further."],
        ),
    ],
)
def test_what_follows_is_said_as_far_as_there_is_something(
    changed: dict[str, Any], expected: list[str]
) -> None:
    card = presale_cards.price_card(replace(OPEN, **changed))
    assert said(card) == ["#067 Shift dress: €100 from now on", *expected]


def test_who_cannot_order_is_told_why_and_finds_no_button() -> None:
    card = presale_cards.presale_card(CLOSED)
    assert said(card) == ["#067 Shift dress", "The presale is over."]
    assert card.buttons == ()


@pytest.mark.parametrize(
    ("units", "title"),
    [
        ((300, 301), "#067 Shift dress will be made"),
        ((299, 300), "#067 Shift dress will be made in 1 of 2 colours"),
        ((0, 299), "#067 Shift dress: too few were ordered"),
    ],
)
def test_the_result_keeps_to_what_was_printed(units: tuple[int, int], title: str) -> None:
    cells = tuple(replace(cell, units=n) for cell, n in zip(CELLS, units, strict=True))
    card = presale_cards.result_card(replace(CLOSED, cells=cells), PRINTED)
    assert said(card)[0] == title
    promised = f"As printed before it opened: “{english(PRINTED[0])}”"
    assert (promised in said(card)) is (min(units) < 300)
    assert card.buttons == ()


views = st.builds(
    replace,
    st.sampled_from([OPEN, CLOSED]),
    units=st.integers(0, 5000),
    units_to_step=st.none() | st.integers(1, 500),
    next_step_at=st.none() | st.just(START),
    next_price=st.none() | st.integers(1, 10**9).map(lambda n: Money(n, "EUR")),
    cells=st.lists(
        st.builds(Cell, st.text(max_size=3), st.text(max_size=9), st.integers(0, 9999), st.integers(1, 9999)),
        min_size=1,
        max_size=5,
    ).map(tuple),
)


@given(views)
def test_a_card_survives_its_storage_and_is_said_in_every_language(view: PresaleView) -> None:
    for card in (
        presale_cards.presale_card(view),
        presale_cards.price_card(view),
        presale_cards.result_card(view, PRINTED),
    ):
        assert load_card(dump_card(card)) == card
        assert all(0 <= meter.share <= 1 for meter in card.meters)
        for language in LANGUAGES:
            for text in texts(card):
                assert render(text, Reader(language)).strip()


@given(views, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_card_does_not_change_with_the_clock(view: PresaleView, later: timedelta) -> None:
    """Else every post would be edited at every beat."""
    for make in (presale_cards.presale_card, presale_cards.price_card):
        now, then = (digest(dump_card(make(v))) for v in (view, replace(view, now=view.now + later)))
        assert now == then


def test_nobodys_own_orders_are_on_a_card() -> None:
    for make in (presale_cards.presale_card, presale_cards.price_card):
        assert make(OPEN) == make(replace(OPEN, mine=7))
