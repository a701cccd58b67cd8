"""Numbers that are typed or tapped, and words in a second language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from bot.flows.flow import Choice, Flow, Said
from bot.flows.steps import Words
from desk.front import Desk
from domain.market_refusals import NotAnAmount
from domain.words import Text, _, plain

NONE = "none"


_NUMBER = re.compile(r"([-−+]?)(\d{1,7}|\d{1,3},\d{3})\D*")


def number_in(words: str) -> int:
    """As people write it: 2, ２, "2 bags", 12,000; a minus stays one. What is no whole number (2.5, 1-2) is none."""
    found = _NUMBER.fullmatch((unicodedata.normalize("NFKC", words).split() or [""])[0])
    if found is None:
        raise NotAnAmount
    number = int(found[2].replace(",", ""))
    return -number if found[1] in ("-", "−") else number


class Number(Words):
    """A number: one of a few buttons, or typed. `least`: the smallest there can be; `nothing`: the button for none."""

    wanted = NotAnAmount.text

    def __init__(
        self,
        ask: Text,
        *,
        among: Callable[[Any, Desk], Iterable[int]] = lambda flow, desk: (),
        least: int = 1,
        nothing: Text | None = None,
        **more: Any,
    ) -> None:
        super().__init__(ask, **more)
        self.among, self.least, self.nothing = among, least, nothing

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        offered = [Choice(str(each), plain(str(each))) for each in self.among(flow, desk)]
        return [*offered, Choice(NONE, self.nothing)] if self.nothing is not None else offered

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        number = number_in(said.text)
        if number < self.least:
            raise NotAnAmount
        return str(number)

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return self.nothing if stored == NONE and self.nothing is not None else plain(stored)


LEAVE_IT = _("Leave it out")


class Optional(Words):
    """Words that may be left out."""

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [Choice(NONE, LEAVE_IT)]

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        super().understand_pressed(value, flow, desk)
        return ""

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return plain(stored) if stored else None


def other_language(flow: Any, desk: Desk) -> str | None:
    """The desk's first language that this person does not write in."""
    from bot.cards import language_of

    own = language_of(desk, flow.person)
    return next((each for each in desk.file.languages if each != own), None)


def in_languages(flow: Any, desk: Desk, own: str, other: str) -> dict[str, str]:
    """What was said, by language."""
    from bot.cards import language_of

    second = other_language(flow, desk)
    said = {language_of(desk, flow.person): own}
    return {**said, second: other} if second is not None and other else said


def its_name(flow: Any, desk: Desk) -> str:
    """What that language calls itself."""
    from babel import Locale

    second = other_language(flow, desk)
    return str(Locale.parse(second).display_name) if second is not None else ""
