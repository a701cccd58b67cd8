"""Prints the table, or some of it: `python -m benchmarks [SECTION …]`, from the project's folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from benchmarks import courier, growing, memory, nearby, outage, rush, story
from benchmarks.table import head

SECTIONS: dict[str, Callable[[], None]] = {
    "story": story.main,
    "courier": courier.main,
    "rush": rush.main,
    "growing": growing.main,
    "nearby": nearby.main,
    "outage": outage.main,
    "memory": memory.main,
}
if find_spec("benchmarks.workers"):
    SECTIONS["workers"] = import_module("benchmarks.workers").main


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description="The figures of docs/performance.md.")
    parser.add_argument("section", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; or all")
    asked = parser.parse_args().section
    if unknown := [name for name in asked if name not in SECTIONS]:
        parser.error(f"there is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    head()
    for name in asked or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
