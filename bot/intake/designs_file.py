"""Read `designs.csv`: one row a design, its photo and what is known about it."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.errors import Problem
from bot.intake.limits import DEFAULTS, Limits
from bot.intake.words import hidden_character
from bot.text import Text, t, tn

FILE = "designs.csv"
MAX_FILE_BYTES = 2_000_000
MAX_COLUMNS = 24
MAX_NUMBER = 9999

_OWN = ("number", "photo", "title", "category")
ALONE = 0
TITLE_LETTERS = 80
_LONGEST = {"number": 8, "photo": 240, "title": TITLE_LETTERS, "category": 40}
_LONGEST_OTHER = 200
_LONGEST_NAME = 40
_NUMBER = re.compile(r"#?([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Row:
    """One design as its row says; `photo` is the cell, not yet looked up. `line` is the row's first, or ALONE
    for a photo without a row."""

    line: int
    number: int
    photo: str
    title: str
    category: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DesignRows:
    """The good rows, how many rows there are in all (None when unknown) and every problem."""

    rows: tuple[Row, ...]
    count: int | None
    problems: tuple[Problem, ...]


def read_rows(data: bytes, limits: Limits = DEFAULTS, after: int = 0) -> DesignRows:
    """Read the bytes of `designs.csv`; rows without a number are counted from `after`."""
    reader = _Reader()
    text = reader.decoded(data)
    cells = list(reader.cells(text)) if text is not None else []
    if text is None:
        return DesignRows((), None, tuple(reader.problems))
    if not cells:
        reader.note(t("This file is empty. Its first line names the columns: photo,title,category"), 1)
        return DesignRows((), None, tuple(reader.problems))
    columns = reader.columns(*cells[0])
    if columns is None:
        return DesignRows((), None, tuple(reader.problems))
    data_rows = cells[1:]
    if not reader.broken:
        reader.check_count(len(data_rows), limits)
    rows = [reader.row(line, values, columns, n) for n, (line, values) in enumerate(data_rows, after + 1)]
    whole = tuple(row for row in rows if row is not None)
    reader.check_numbers(whole)
    return DesignRows(whole, None if reader.broken else len(data_rows), tuple(reader.problems))


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.broken = False

    def note(self, text: Text, line: int | None = None) -> None:
        self.problems.append(Problem(FILE, text, line))

    def decoded(self, data: bytes) -> str | None:
        if len(data) > MAX_FILE_BYTES:
            self.note(t("This file is far too large for a list of designs."))
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.note(t("This line is not UTF-8. Save the list again as “CSV UTF-8”."), line)
            return None
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            self.note(t("This line is not text. Save the list again as “CSV UTF-8”."), line)
            return None
        return text

    def cells(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the first line and the cells of every row that is not blank."""
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        while True:
            line = lines.line_num + 1
            try:
                values = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                self._note_broken(error, line)
                continue
            values = [value.strip(" \u00a0\u3000") for value in values]
            if any(values):
                yield line, values

    def _note_broken(self, error: csv.Error, line: int) -> None:
        self.broken = True
        if "unexpected end" in str(error):
            self.note(t("A quotation mark is opened in this row and never closed."), line)
        else:
            self.note(
                t(
                    "This row is not CSV ({reason}). Put a cell with quotation marks in quotation marks and"
                    " write each mark inside it twice.",
                    reason=str(error),
                ),
                line,
            )

    def columns(self, line: int, names: list[str]) -> list[str] | None:
        """Check the header; an unnamed last column is left out, as spreadsheets write them."""
        while names and not names[-1]:
            names = names[:-1]
        columns = [n.casefold() if n.casefold() in _OWN else unicodedata.normalize("NFC", n) for n in names]
        before = len(self.problems)
        if "photo" not in columns:
            self.note(
                t("There is no column “photo”. The first line names the columns: photo,title,category"), line
            )
        if len(columns) > MAX_COLUMNS:
            self.note(t("There are {n} columns; at most {most} fit.", n=len(columns), most=MAX_COLUMNS), line)
        for at, name in enumerate(columns):
            self._check_column(name, columns[:at], at + 1, line)
        return columns if len(self.problems) == before else None

    def _check_column(self, name: str, earlier: list[str], at: int, line: int) -> None:
        if not name:
            self.note(t("Column {at} has no name.", at=at), line)
        elif hidden_character(name) or len(name) > _LONGEST_NAME:
            self.note(t("Column {at} has a name that cannot be used. Keep it short and plain.", at=at), line)
        elif name in earlier:
            self.note(t("There are two columns “{name}”.", name=name), line)

    def check_count(self, n: int, limits: Limits) -> None:
        if n < limits.min_designs:
            self.note(
                tn(
                    "There is {n} design; a campaign needs at least {least}.",
                    "There are {n} designs; a campaign needs at least {least}.",
                    n,
                    least=limits.min_designs,
                )
            )
        elif n > limits.max_designs:
            self.note(
                tn(
                    "There is {n} design; a campaign takes at most {most}.",
                    "There are {n} designs; a campaign takes at most {most}.",
                    n,
                    most=limits.max_designs,
                )
            )

    def row(self, line: int, values: list[str], columns: list[str], order: int) -> Row | None:
        """Check one row; None when it cannot be used, every reason noted."""
        while len(values) > len(columns) and not values[-1]:
            values = values[:-1]
        if len(values) != len(columns):
            self.note(
                tn(
                    "This row has {n} cell, but there are {columns} columns.",
                    "This row has {n} cells, but there are {columns} columns.",
                    len(values),
                    columns=len(columns),
                ),
                line,
            )
            return None
        cells = {
            name: unicodedata.normalize("NFC", value) for name, value in zip(columns, values, strict=True)
        }
        checked = [self._check_cell(name, value, line) for name, value in cells.items()]
        good = all(checked)
        if good and not cells["photo"]:
            self.note(t("This row names no photo."), line)
            good = False
        number = self._number(cells.get("number", ""), order, line) if good else None
        if number is None:
            return None
        others = {name: value for name, value in cells.items() if name not in _OWN and value}
        return Row(line, number, cells["photo"], cells.get("title", ""), cells.get("category", ""), others)

    def _check_cell(self, name: str, value: str, line: int) -> bool:
        most = _LONGEST.get(name, _LONGEST_OTHER)
        hidden = hidden_character(value)
        if len(value) > most:
            self.note(
                t("“{name}” has {n} characters; at most {most} fit.", name=name, n=len(value), most=most),
                line,
            )
        elif hidden:
            self.note(
                t(
                    "“{name}” holds a line break or an invisible character ({code}). Type it again.",
                    name=name,
                    code=hidden,
                ),
                line,
            )
        return len(value) <= most and not hidden

    def _number(self, cell: str, order: int, line: int) -> int | None:
        if not cell:
            return order
        found = _NUMBER.fullmatch(cell)
        number = int(found[1]) if found else 0
        if 1 <= number <= MAX_NUMBER:
            return number
        self.note(
            t("“number” must be a whole number from {low} to {high}.", low=1, high=MAX_NUMBER),
            line,
        )
        return None

    def check_numbers(self, rows: tuple[Row, ...]) -> None:
        first: dict[int, int] = {}
        for row in rows:
            line = first.setdefault(row.number, row.line)
            if line != row.line:
                self.note(
                    t("The number {number} is already taken by line {line}.", number=row.number, line=line),
                    row.line,
                )


def _delimiter(text: str) -> str:
    """Choose comma or semicolon by which separates the names in the first line that is not blank."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", header)
    return ";" if bare.count(";") > bare.count(",") else ","
