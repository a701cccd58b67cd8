"""Please call me: the way out of writing, at every step. It becomes an order of its own.

ama:  /callme
desk: Which number may we call? Write it, or share your contact.
ama:  0580 123 4567
desk: Which community are you in? [Ankang Community] [Haitang Community]
ama:  [Ankang Community]
desk: All right. A community worker will call you on 05801234567.
"""

from __future__ import annotations

from bot.flows.flow import Flow
from bot.flows.help import units
from bot.flows.steps import Choose, Phone
from desk import orders, people
from desk.front import Desk
from domain.places import communities
from domain.words import Text, _


class CallMe(Flow):
    name = "callme"
    title = _("📞 Please call me")
    about = _("have somebody telephone you")
    in_menu = True
    can_call = False

    phone = Phone(
        _("Which number may we call? Write it, or share your contact."), known=lambda flow, desk: flow.person.phone
    )
    unit = Choose(
        _("Which community are you in?"),
        among=units,
        known=lambda flow, desk: flow.person.unit or only_unit(desk),
    )

    def finish(self, desk: Desk) -> Text | None:
        person = people.change(desk, self.person, phone=self.phone, unit=self.person.unit or self.unit)
        new = orders.NewOrder(
            once=self.id,
            category=desk.file.call_me.key,
            unit=self.unit,
            asked_by=person.id,
            requester_id=person.id,
            for_name=person.called,
            for_phone=self.phone,
            place=person.address,
            wanted=_("As soon as somebody can"),
            speaks=person.speaks,
            parts=[],
            call_back=True,
        )
        orders.make_order(desk, new)
        return _("All right. A community worker will call you on {phone}.")(phone=self.phone)


def only_unit(desk: Desk) -> str | None:
    there = communities(desk.file.units)
    return there[0].key if len(there) == 1 else None
