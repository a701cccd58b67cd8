"""Whoever has taken something confidential leaves a few words; they are read when the person asks.

dina: [Leave a message]
desk: What shall I keep for them to read? Say nothing that others who see the phone must not know.
dina: I can meet you at the clinic tomorrow at ten
desk: It is kept for them. They read it when they ask.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.flows.flow import Flow
from bot.flows.steps import Words
from desk import cases
from desk.front import Desk
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _


class CaseReply(Flow):
    name = "case_reply"
    title = _("Leave a message")
    sealed = True
    lasts = timedelta(minutes=15)
    can_call = False
    needs_consent = False  # nothing about whoever writes is kept

    words = Words(
        _("What shall I keep for them to read? Say nothing that others who see the phone must not know."),
    )

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        cases.check_holder(desk, person, subject_id or 0)
        return {"case": subject_id}

    def finish(self, desk: Desk) -> Text | None:
        if not self.has("case"):
            raise NotFound
        return cases.leave(desk, self.person, self.answers["case"], self.words)
