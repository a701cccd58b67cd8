"""A keeper enters what was handed over by the printed list while there was no network, with its true time.

eli:  [Enter from paper]
desk: Which number on the list was handed over? [1: Rice × 1 · building 5, room 302]
eli:  1
desk: When? Write the time, such as 14:30, or 11-22 14:30 for another day. [Just now]
eli:  [Just now]
desk: Noted: handed over at
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.flows.amounts import number_in
from bot.flows.flow import Choice, Flow, PickOne, Said
from bot.flows.steps import Choose, Words
from desk import counter, on_paper
from desk.front import Desk
from domain.market import time_of
from domain.market_refusals import NotAnAmount
from domain.people import Person
from domain.words import Text, _

NOW = "now"
MOST = 30


def ticked(flow: Any, desk: Desk) -> list[Choice]:
    """What is on the list, and what has expired since it was printed."""
    listed = on_paper.on_paper(desk, flow.person)[:MOST]
    return [Choice(str(each.redemption.id), counter.line_of(each)) for each in listed]


class Which(Choose):
    """Its number on the list, tapped or typed."""

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        number = number_in(said.text)
        if all(each.redemption.id != number for each in on_paper.on_paper(desk, flow.person)):
            raise NotAnAmount
        return str(number)

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return True


class When(Words):
    wanted = _("Please write a time such as 14:30, or 11-22 14:30 for another day.")

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [Choice(NOW, _("Just now"))]

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        super().understand_pressed(value, flow, desk)
        return desk.now.isoformat()

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        at = time_of(said.text, desk.now, desk.file.zone)
        if at is None:
            raise NotATime
        return at.isoformat()


class NotATime(PickOne):
    text = When.wanted


class FromPaper(Flow):
    name = "frompaper"
    title = _("Enter from paper")
    can_call = False

    which = Which(_("Which number on the list was handed over?"), among=ticked, typed=True)
    when = When(_("When? Write the time, such as 14:30, or 11-22 14:30 for another day."))

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return counter.counter_of(desk, person).is_kept

    def finish(self, desk: Desk) -> Text | None:
        return on_paper.enter_late(desk, self.person, int(self.which), datetime.fromisoformat(self.when))
