"""Every key of a desk file has its line, however the file is laid out."""

import tomllib
from typing import Any

import pytest

from domain.shipped import shipped_desk_file
from domain.toml_lines import Path, line_of, read_lines

LINES = '''\
# a comment [not.a.table]
top = 1
[a]
b.c = 1
"d e" = { f = 1, g = { h = 2 } }
list = [
  1, # one ] } "
  [2, 3],
  { i = 4,
    j = 5 },
]
text = """
[no.table]
k = \\"""not the end
""" # after
raw = \'\'\'
x = "1\'\'\'
when = 2026-11-22T07:00:00Z
[[c]]
m = 1
[[c]]
m = 2
[c.n]
o = 3
[[c.p]]
q = 4
[ a.z ]
last = "#"
'''

EXPECTED: list[tuple[Path, int]] = [
    (("top",), 2),
    (("a",), 3),
    (("a", "b", "c"), 4),
    (("a", "d e"), 5),
    (("a", "d e", "g", "h"), 5),
    (("a", "list", 0), 7),
    (("a", "list", 1, 1), 8),
    (("a", "list", 2), 9),
    (("a", "list", 2, "j"), 10),
    (("a", "text"), 12),
    (("a", "raw"), 16),
    (("a", "when"), 18),
    (("c", 0), 19),
    (("c", 0, "m"), 20),
    (("c", 1, "m"), 22),
    (("c", 1, "n"), 23),
    (("c", 1, "n", "o"), 24),
    (("c", 1, "p", 0, "q"), 26),
    (("a", "z"), 27),
    (("a", "z", "last"), 28),
]


@pytest.mark.parametrize(("path", "line"), EXPECTED)
def test_every_key_has_its_line(path: Path, line: int) -> None:
    assert read_lines(LINES)[path] == line


def test_what_is_missing_has_the_line_of_what_is_around_it() -> None:
    assert line_of(read_lines(LINES), ("a", "list", 2, "nothing", "here")) == 9
    assert line_of({}, ("a",)) == 1


def paths_in(value: Any, path: Path = ()) -> list[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, child in inner for each in paths_in(child, (*path, key)))]


@pytest.mark.parametrize("name", ["demo", "desk.zh_Hans", "desk.en"])
def test_no_key_of_a_shipped_file_is_without_its_line(name: str) -> None:
    text = shipped_desk_file(name)
    lines = read_lines(text)
    known = [path for path in paths_in(tomllib.loads(text)) if path and path not in (("units",),)]
    parents = {("categories",), ("calendars",), ("ladders",), ("reports",), ("units",)}
    assert [path for path in known if path not in lines and path not in parents] == []
