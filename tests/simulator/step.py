"""One thing that happens in the town; drawn by its weight, done, and looked after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulator.play import Play

Act = Callable[["Play"], Awaitable[str | None]]
"""What was done, in a few words; None: that cannot happen now, and another step is drawn."""


@dataclass(frozen=True)
class Step:
    name: str
    weight: float
    act: Act
    alone: bool = False  # needs a machine that Telegram controls from outside; left out of the soak


Check = Callable[["Play"], list[str]]
"""What is wrong, in a sentence each; nothing, if it holds."""


@dataclass(frozen=True)
class Invariant:
    """`every`: after each step; otherwise when the town has been quiet for a while."""

    name: str
    check: Check
    every: bool = True
    begin: Callable[[Play], None] = lambda play: None
