"""A small good deed of one's own, noted in the diary.

ama:  /diary
desk: What good have you done today, however small? Besides you only the community worker reads it, unless you say
    otherwise.
ama:  Watered the plants on the stairs
desk: I've noted it (1 part). Add more, or tap “That's all”. [That's all]
ama:  [That's all]
desk: Which community are you in? [Ankang Community] [Haitang Community]
ama:  [Ankang Community]
desk: It stands in your diary. A small good deed a day makes a good year! /diary shows your week.
"""

from __future__ import annotations

from bot.flows.callme import only_unit
from bot.flows.flow import Flow
from bot.flows.help import units
from bot.flows.steps import Choose, Tell
from desk import diary
from desk.front import Button, Desk
from domain.words import Text, _


class Diary(Flow):
    name = "diary"
    title = _("🌱 A good deed a day")
    about = _("note a small good deed, or look at your diary")
    also = (Button(_("My week"), data="dy:week:0:0:1"), Button(_("My month"), data="dy:month:0:0:1"))

    entry = Tell(
        _(
            "What good have you done today, however small? Besides you only the community worker reads it, unless you"
            " say otherwise."
        )
    )
    unit = Choose(
        _("Which community are you in?"),
        among=units,
        known=lambda flow, desk: flow.person.unit or only_unit(desk),
    )

    def finish(self, desk: Desk) -> Text | None:
        return diary.write(desk, self.person, self.id, self.unit, self.entry)
