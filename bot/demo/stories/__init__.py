"""Stories that the town acts by itself: `linli demo --play NAME` proves them, *Show me* on the page shows them."""

from __future__ import annotations

from bot.demo.stories import help, market, report
from bot.demo.stories.telling import Telling

STORIES = {
    "help": (help.TITLE, help.play),
    "market": (market.TITLE, market.play),
    "report": (report.TITLE, report.play),
}

__all__ = ["STORIES", "Telling"]
