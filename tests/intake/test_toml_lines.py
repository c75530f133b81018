import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.intake.toml_lines import KeyPath, lines_of

SOURCE = '''\
# a comment with key = 1
key = "a"   # line 2
title = """
keep = 3 is only text here
[noun]
"""

[noun]
en = [
  "look",
  "looks",
]
dotted.name = 1
inline = { a = 1, b = { c = 2 } }

[[rounds]]
keep = 1
  keep_too = 2

[rounds.extra]
deep = 1

[[rounds]]
keep = 3
'''


def test_every_key_has_the_line_it_starts_on() -> None:
    assert lines_of(SOURCE) == {
        ("key",): 2,
        ("title",): 3,
        ("noun",): 8,
        ("noun", "en"): 9,
        ("noun", "dotted"): 13,
        ("noun", "dotted", "name"): 13,
        ("noun", "inline"): 14,
        ("noun", "inline", "a"): 14,
        ("noun", "inline", "b"): 14,
        ("noun", "inline", "b", "c"): 14,
        ("rounds",): 16,
        ("rounds", 0): 16,
        ("rounds", 0, "keep"): 17,
        ("rounds", 0, "keep_too"): 18,
        ("rounds", 0, "extra"): 20,
        ("rounds", 0, "extra", "deep"): 21,
        ("rounds", 1): 23,
        ("rounds", 1, "keep"): 24,
    }


def test_windows_line_ends_count_once() -> None:
    assert lines_of("a = 1\r\nb = '''\r\nx'''\r\nc = 2\r\n") == {("a",): 1, ("b",): 2, ("c",): 4}


def _paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    found: set[KeyPath] = {path} if path else set()
    if isinstance(value, dict):
        for name, item in value.items():
            found |= _paths(item, (*path, name))
    elif isinstance(value, list) and isinstance(value[0], dict):
        for index, item in enumerate(value):
            found |= _paths(item, (*path, index))
    return found


STATEMENTS = st.sampled_from(
    ["a{n} = 1", "b{n} = '''\nc = 1\n[d]\n'''", "e{n} = [\n1,\n# x = [\n2]", "# f = 1", "", "g{n}.h = 'i'"]
)
HEADERS = st.sampled_from(["[t{n}]", "[[r]]", "[t{n}.u]"])


@given(st.lists(st.tuples(STATEMENTS, STATEMENTS, HEADERS), max_size=6))
def test_every_table_and_key_of_a_document_is_found(parts: list[tuple[str, str, str]]) -> None:
    statements = [s.format(n=f"{i}x{j}") for i, part in enumerate(parts) for j, s in enumerate(part)]
    source = "\n".join(statements)
    found = lines_of(source)
    assert set(found) == _paths(tomllib.loads(source))
    lines = source.split("\n")
    for path, line in found.items():
        name = path[-1] if isinstance(path[-1], str) else path[-2]
        assert str(name) in lines[line - 1]
