import pytest

from bot.intake.words import hidden_character, shown


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Robe d'été, nº 3 — 红色 👗", None),
        ("👩\u200d🎨", None),
        ("a\tb", "U+0009"),
        ("a\x1b[31m", "U+001B"),
        ("a\u202eb", "U+202E"),
        ("a\u2028b", "U+2028"),
        ("a\udcffb", "U+DCFF"),
    ],
)
def test_what_cannot_be_seen_is_named(words: str, found: str | None) -> None:
    assert hidden_character(words) == found


def test_a_name_is_shown_without_what_a_terminal_would_obey() -> None:
    assert shown("a\x1b[31m\n\udcff\u202e.jpg") == "a?[31m???.jpg"
    assert shown("été 红.jpg") == "été 红.jpg"
