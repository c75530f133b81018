"""Who votes in the bench of votes: persons, who wait for an answer and hold one phone."""

from itertools import islice

from bench.raw_votes import Round

MADE = Round(1, 1, {number: 1000 + number for number in range(1, 21)}, fans=600)


def test_nobody_votes_twice_at_once_nor_in_two_parts_nor_twice_for_one_design() -> None:
    parts = [list(islice(MADE.picks(part, 2), 3000)) for part in (0, 1)]
    for picks in parts:
        assert len({*picks}) == 3000
        for at in range(0, 3000 - 256, 37):
            assert len({fan for fan, _ in picks[at : at + 256]}) == 256
    assert not {fan for fan, _ in parts[0]} & {fan for fan, _ in parts[1]}


def test_everybody_votes_for_everything_in_the_end() -> None:
    assert len({*MADE.picks()}) == 600 * 20
