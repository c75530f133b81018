from hypothesis import given
from hypothesis import strategies as st

from bot.intake.near import Near, near_pairs

HASHES = st.lists(st.integers(0, 2**64 - 1).map(lambda n: f"{n:016x}"), max_size=8)


def test_pairs_up_to_the_distance_are_listed() -> None:
    hashes = ["0" * 16, "0" * 15 + "1", "f" * 16, "0" * 14 + "3f", "0" * 14 + "7f"]
    assert near_pairs(hashes, 6) == [
        Near(0, 1, 1),
        Near(0, 3, 6),
        Near(1, 3, 5),
        Near(1, 4, 6),
        Near(3, 4, 1),
    ]


@given(HASHES, st.integers(0, 64))
def test_the_distance_is_the_number_of_bits_that_differ(hashes: list[str], most: int) -> None:
    bits = [f"{int(h, 16):064b}" for h in hashes]
    wanted = [
        Near(i, j, distance)
        for i in range(len(bits))
        for j in range(i + 1, len(bits))
        if (distance := sum(a != b for a, b in zip(bits[i], bits[j], strict=True))) <= most
    ]
    assert near_pairs(hashes, most) == wanted
