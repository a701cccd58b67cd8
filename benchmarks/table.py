"""The table of figures: one line each."""

from __future__ import annotations

import sys


def line(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


def head() -> None:
    line("what", "desk", "yardstick", "ratio", "reach")
    line("---", "---", "---", "---", "---")
