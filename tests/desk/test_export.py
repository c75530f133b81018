"""The standings as a table: whole, honest, and harmless in a spreadsheet."""

import csv
import io

import pytest

from bot.service.desk.export import COLUMNS, harmless
from tests.desk.stage import Desk


@pytest.mark.parametrize(
    "words",
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "－1", "＠x",
        '=HYPERLINK("http://evil.test","click")', "\N{NO-BREAK SPACE}=1", "\u3000=1", "\ufeff=1", "\tDress",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_quoted(words: str) -> None:
    assert harmless(words) == f"'{words}"


@pytest.mark.parametrize("words", ["", "Dress 1", "a=b", "Look – sage", "50 % off", "'quoted'"])
def test_plain_words_stay_as_they_are(words: str) -> None:
    assert harmless(words) == words


async def test_the_table_is_the_cut(desk: Desk) -> None:
    await desk.closed()
    owner = await desk.owner()
    await owner.post(f"{desk.path()}/mark", number="9", kind="keep", reason='=cmd|"/c calc"!A1')
    answered = await owner.get(f"{desk.path()}/standings.csv")
    assert answered.headers["content-type"] == "text/csv; charset=utf-8"
    assert answered.headers["content-disposition"] == 'attachment; filename="spring-round-1.csv"'
    assert answered.headers["cache-control"] == "no-store"
    assert answered.content.startswith(b"\xef\xbb\xbfplace,number")

    rows = list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["place"]) for row in rows] == list(range(1, 11))
    assert {int(row["number"]) for row in rows if row["goes_on"] == "1"} == {1, 2, 3, 9}
    first = rows[0]
    assert (first["number"], first["seen"], first["picks"]) == ("1", "6", "6")
    assert float(first["low"]) < float(first["quality"]) < float(first["high"])
    marked = next(row for row in rows if row["number"] == "9")
    assert (marked["mark"], marked["mark_reason"]) == ("keep", '\'=cmd|"/c calc"!A1')
    assert "picked by 0" in marked["why"]


async def test_the_table_names_no_fan(desk: Desk) -> None:
    await desk.closed()
    table = (await (await desk.owner()).get(f"{desk.path()}/standings.csv")).text
    assert "Fan" not in table
    assert "fan-" not in table
