"""Text keeps its words and its values apart until somebody reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.service.wire import dump_text, load_text
from bot.text import Count, Noun, Numbers, Share, Span, Text, When, t, tn, verbatim
from tests.clock import START
from tests.rendered import english

LOOKS = Noun({"en": ("look", "looks")})


def test_a_text_is_its_words_and_its_holes() -> None:
    assert t("{fan} wrote", fan="Ana") == Text("{fan} wrote", {"fan": "Ana"})
    assert t("{msgid}", msgid="a hole may be called anything") == Text(
        "{msgid}", {"msgid": "a hole may be called anything"}
    )


def test_a_plural_brings_its_number_along() -> None:
    text = tn("{n} pick of {fan}", "{n} picks of {fan}", 3, fan="Ana")
    assert text == Text("{n} pick of {fan}", {"n": 3, "fan": "Ana"}, "{n} picks of {fan}", 3)


@given(st.text())
def test_what_people_say_is_passed_on_word_for_word(words: str) -> None:
    assert english(verbatim(words)) == words


@given(st.text(), st.text())
def test_a_value_is_never_read_as_words_of_ours(first: str, second: str) -> None:
    said = english(t("{first}|{second}", first=first, second=second))
    assert said == f"{first}|{second}"


@pytest.mark.parametrize(
    "text",
    [
        t("plain"),
        t("{a} {b} {c}", a="x", b=3, c=0.5),
        t("{at} {left} {share}", at=When(START), left=Span(90.0), share=Share(0.5)),
        t("{looks} {numbers}", looks=Count(200, LOOKS), numbers=Numbers((61, 67))),
        t("{inner}", inner=tn("{n} fan", "{n} fans", 2)),
        t("{deep}", deep=t("{deeper}", deeper=t("{n}", n=Count(1, LOOKS)))),
        verbatim("{not a hole}"),
    ],
)
def test_a_stored_text_says_what_it_said(text: Text) -> None:
    again = load_text(dump_text(text))
    assert again == text
    assert english(again) == english(text)
