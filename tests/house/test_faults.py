"""The table of faults is true: every fault has its row, and every test that is named there is there and runs."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TABLE = HOUSE / "docs" / "faults.md"
IDS = [f"F-{n:02}" for n in range(1, 29)] + [f"R-{n:02}" for n in range(1, 14)]


def rows() -> list[tuple[str, list[str]]]:
    """The cells of each row, under its id."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [FR]-", line)]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [(found[0], found[1:]) for found in cells]


ROWS = rows()


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@cache
def written(path: str) -> dict[str, list[str]]:
    """The tests of a file, those of classes too, with the names of their marks."""
    found: dict[str, list[str]] = {}

    def look(body: list[ast.stmt], marks: list[str]) -> None:
        for each in body:
            if isinstance(each, ast.ClassDef):
                look(each.body, marks + marked(each.decorator_list))
            elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_"):
                found[each.name] = marks + marked(each.decorator_list)

    tree = ast.parse((HOUSE / path).read_text(encoding="utf-8"))
    whole = [each.value for each in tree.body if isinstance(each, ast.Assign) and "pytestmark" in ast.unparse(each)]
    look(tree.body, marked(whole))
    return found


def marked(decorators: list[ast.expr]) -> list[str]:
    return [mark for each in decorators for mark in re.findall(r"skip(?:if)?|xfail", ast.unparse(each))]


def test_every_fault_has_its_row_once_and_in_order() -> None:
    assert [name for name, _cells in ROWS] == IDS


@pytest.mark.parametrize(("name", "cells"), ROWS, ids=[name for name, _cells in ROWS])
def test_a_row_is_whole(name: str, cells: list[str]) -> None:
    fault, deed, shown = cells
    assert fault
    assert deed
    assert named(shown), "no test shows it"
    assert not re.sub(r"`[^`]+`|\s", "", shown), "a test stands between backticks"


@pytest.mark.parametrize("test", sorted({test for _name, cells in ROWS for test in named(cells[-1])}))
def test_what_shows_it_is_there_and_runs(test: str) -> None:
    path, _sign, function = test.partition("::")
    assert (HOUSE / path).is_file(), path
    assert path.startswith("tests/")
    tests = written(path)
    assert function in tests
    assert not tests[function], "it does not run"
