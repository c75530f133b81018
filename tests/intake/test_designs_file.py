import pytest

from bot.intake.designs_file import DesignRows, Row, read_rows
from bot.intake.limits import Limits
from tests.intake.made import said


def good(source: str | bytes) -> tuple[Row, ...]:
    found = read_rows(source.encode() if isinstance(source, str) else source)
    assert [said(p) for p in found.problems] == []
    assert found.count == len(found.rows)
    return found.rows


def read(source: str | bytes, limits: Limits | None = None) -> DesignRows:
    data = source.encode() if isinstance(source, str) else source
    return read_rows(data, limits or Limits())


def bad(source: str | bytes) -> list[str]:
    return [said(problem) for problem in read(source).problems]


def test_a_plain_list_numbers_its_rows() -> None:
    assert good("photo\na.jpg\nb.jpg\n") == (
        Row(2, 1, "a.jpg", "", "", {}),
        Row(3, 2, "b.jpg", "", "", {}),
    )


def test_known_columns_are_taken_and_the_others_are_attributes() -> None:
    source = "Colour,PHOTO,Title,number,category\nred, a.jpg ,A,#067,dress\n,b.jpg,B,8,\n"
    assert good(source) == (
        Row(2, 67, "a.jpg", "A", "dress", {"Colour": "red"}),
        Row(3, 8, "b.jpg", "B", "", {}),
    )


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbfphoto,title\na.jpg,A\nb.jpg,B\n",
        b"photo;title\na.jpg;A\nb.jpg;B\n",
        b'"photo";"title, with comma"\na.jpg;A\nb.jpg;B\n',
        b"photo,title\r\na.jpg,A\r\nb.jpg,B",
        b"photo,title\ra.jpg,A\rb.jpg,B\r",
        b"photo,title,,\na.jpg,A,,\nb.jpg,B\n",
        b"\n\nphoto,title\n\na.jpg,A\n , \nb.jpg,B\n\n",
    ],
)
def test_what_spreadsheets_write_is_read(source: bytes) -> None:
    assert [(row.number, row.photo) for row in good(source)] == [(1, "a.jpg"), (2, "b.jpg")]


def test_a_row_has_the_line_it_starts_on() -> None:
    rows = read('photo,title\na.jpg,"A\nB"\n\nb.jpg,B\nc.jpg\nd.jpg,"x""y"\n')
    assert [said(p) for p in rows.problems] == [
        "designs.csv:2 “title” holds a line break or an invisible character (U+000A). Type it again.",
        "designs.csv:6 This row has 1 cell, but there are 2 columns.",
    ]
    assert [(row.line, row.number, row.title) for row in rows.rows] == [(5, 2, "B"), (7, 4, 'x"y')]
    assert rows.count == 4


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        ("", ["designs.csv:1 This file is empty."]),
        ("\n \n", ["designs.csv:1 This file is empty."]),
        ("title\nA\nB\n", ["designs.csv:1 There is no column “photo”."]),
        ("photo\ttitle\na.jpg\tA\n", ["designs.csv:1 There is no column “photo”.", "designs.csv:1 Column 1"]),
        ("photo,title,Title\na,b,c\n", ["designs.csv:1 There are two columns “title”."]),
        ("photo,,x\na,b,c\n", ["designs.csv:1 Column 2 has no name."]),
        (f"photo,{'x' * 41}\n", ["designs.csv:1 Column 2 has a name that cannot be used."]),
        ("photo," + ",".join(f"c{n}" for n in range(24)), ["designs.csv:1 There are 25 columns; at most 24"]),
        ("photo\n", ["designs.csv There are 0 designs; a campaign needs at least 2."]),
        ("photo\na.jpg\n", ["designs.csv There is 1 design; a campaign needs at least 2."]),
        (
            "photo\n" + "".join(f"{n}.jpg\n" for n in range(301)),
            ["designs.csv There are 301 designs; a campaign takes at most 300."],
        ),
        ("photo,title\n,A\nb.jpg,B\n", ["designs.csv:2 This row names no photo."]),
        ("photo,title\na,b,c\nb.jpg,B\n", ["designs.csv:2 This row has 3 cells, but there are 2 columns."]),
        (
            "number,photo\n1,a\n001,b\n,c\nx,d\n0,e\n10000,f\n",
            [
                "designs.csv:5 “number” must be a whole number from 1 to 9,999.",
                "designs.csv:6 “number” must be",
                "designs.csv:7 “number” must be",
                "designs.csv:3 The number 1 is already taken by line 2.",
            ],
        ),
        (f"photo,title\na,{'x' * 81}\nb,B\n", ["designs.csv:2 “title” has 81 characters; at most 80 fit."]),
        (f"photo,x\na,{'x' * 201}\nb,B\n", ["designs.csv:2 “x” has 201 characters; at most 200 fit."]),
        ("photo,title\na,A\x1b[31m\nb,B\n", ["designs.csv:2 “title” holds a line break or an invisible"]),
        ("photo,title\na\u202egpj.b,A\nb,B\n", ["designs.csv:2 “photo” holds a line break or an invisible"]),
        (b"photo,title\na,\xe9t\xe9\nb,B\n", ["designs.csv:2 This line is not UTF-8."]),
        ("photo,title\na,A\n".encode("utf-16"), ["designs.csv:1 This line is not UTF-8."]),
        (b"photo,title\na,A\0\nb,B\n", ["designs.csv:2 This line is not text."]),
        (b"x" * 2_000_001, ["designs.csv This file is far too large"]),
        (
            'photo,title\na,A\nb,"B" C\nc,"C\nd,D\n',
            [
                "designs.csv:3 This row is not CSV (',' expected after '\"').",
                "designs.csv:4 A quotation mark is opened in this row and never closed.",
            ],
        ),
        (
            f'photo,title\na,"{"x" * 140_000}"\nb,B\n',
            ["designs.csv:2 This row is not CSV (field larger than"],
        ),
    ],
)
def test_each_problem_is_told_on_its_line(source: str | bytes, problems: list[str]) -> None:
    found = bad(source)
    assert len(found) == len(problems)
    for line, start in zip(found, problems, strict=True):
        assert line.startswith(start)


def test_a_broken_list_does_not_claim_a_number_of_designs() -> None:
    assert read('photo\na\n"b" c\n').count is None
    assert read("title\nA\n").count is None


def test_words_are_kept_in_one_normal_form() -> None:
    assert good("photo,title\ne\u0301.jpg,e\u0301te\u0301\nb.jpg,B\n")[0].title == "été"


def test_limits_are_parameters() -> None:
    assert read("photo\na\n", Limits(min_designs=1)).problems == ()
    assert len(read("photo\na\nb\nc\n", Limits(max_designs=2)).problems) == 1
