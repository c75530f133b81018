"""What buttons carry: at most 64 bytes, read back as written, and anything else refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import RuleError
from bot.port import places
from bot.port.places import Place, Tap, data, fits, read

PLACES = st.builds(
    Place,
    st.sampled_from("vdzoqbhrnimwg"),
    st.lists(st.integers(0, 999_999_999), max_size=4).map(tuple),
)
ACTIONS = st.from_regex(r"[a-z](:[0-9a-f]{1,6}){1,3}", fullmatch=True)


@given(ACTIONS, PLACES)
def test_what_was_written_is_read(action: str, place: Place) -> None:
    written = data(action, place)
    assert len(written.encode()) <= places.DATA_BYTES
    assert read(written) in (Tap(action, place), Tap(action, None))


def test_an_action_goes_before_its_place() -> None:
    order = "o:999999999999999:10:12:12:999999999999999:9c1e07aa"
    assert data(order, Place("n", (67, 2, 1, 3))) == order + "@n:67:2:1:3"
    assert data(order, Place("n", (999_999_999, 999_999_999))) == order


def test_a_command_is_a_place_where_it_fits() -> None:
    assert read(data("", Place("s", words="/mod undo 7"))) == Tap("", Place("s", words="/mod undo 7"))
    long = Place("s", words="/round extend " + "spring" * 10)
    assert not fits(long)
    with pytest.raises(ValueError, match="does not fit"):
        data("", long)


@given(st.text(max_size=64))
def test_any_bytes_are_read_or_refused(written: str) -> None:
    with contextlib.suppress(RuleError):
        assert read(written).action == written.partition("@")[0]


@pytest.mark.parametrize("written", ["@", "@y", "@v:", "@v:-1", "@v:١", "@s:rm -rf", "@vd", "@v:1234567890"])
def test_what_is_not_ours_is_refused(written: str) -> None:
    with pytest.raises(RuleError):
        read(written)
