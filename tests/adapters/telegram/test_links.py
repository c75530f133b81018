"""Deep links: signed, within 64 characters, and worth nothing when changed."""

import string

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.links import PAYLOAD_LETTERS, Links, Way

OURS = Links("catwalk_bot", b"a secret of thirty-two letters!!")
WAYS = st.builds(
    Way,
    st.integers(-(2**53), 2**53).map(str),
    st.sampled_from(["vote", "ballot", "results", "presales", "presale:9999"]),
)
LETTERS = string.ascii_letters + string.digits + "-_"


@given(WAYS)
def test_a_way_is_read_as_it_was_written(way: Way) -> None:
    payload = OURS.payload(way)
    assert len(payload) <= PAYLOAD_LETTERS
    assert set(payload) <= set(LETTERS)
    assert OURS.read(payload) == way


@given(WAYS, st.data())
def test_a_changed_letter_makes_it_worthless(way: Way, drawn: st.DataObject) -> None:
    payload = OURS.payload(way)
    at = drawn.draw(st.integers(0, len(payload) - 2))  # the last letter has bits that mean nothing
    other = drawn.draw(st.sampled_from(LETTERS).filter(lambda letter: letter != payload[at]))
    assert OURS.read(payload[:at] + other + payload[at + 1 :]) is None


@given(WAYS)
def test_another_installations_link_is_not_ours(way: Way) -> None:
    assert OURS.read(Links("catwalk_bot", b"another secret").payload(way)) is None


@given(st.text(max_size=80))
def test_any_words_are_no_link(words: str) -> None:
    assert OURS.read(words) is None
