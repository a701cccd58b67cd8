"""A supervisor calls a request off, and says why.

dina: [Call it off]
desk: Why is it called off? Tap one, or write it. [It is not needed any more] [It was asked twice]
    [Somebody else sees to it] [It is not for us]
dina: [It is not needed any more]
desk: It is called off.
"""

from __future__ import annotations

from bot.flows.flow import Choice, Flow
from bot.flows.give_to import OfOneOrder, Which, what_waits
from bot.flows.steps import Choose
from desk.closing import cancel
from desk.escalation import check_in_charge
from desk.front import Desk
from desk.order_views import get_order
from domain.words import Text, _

REASONS = {
    "not_needed": _("It is not needed any more"),
    "twice": _("It was asked twice"),
    "others": _("Somebody else sees to it"),
    "not_ours": _("It is not for us"),
}


def reasons(flow: Flow, desk: Desk) -> list[Choice]:
    return [Choice(key, label) for key, label in REASONS.items()]


class CallOff(OfOneOrder):
    name = "call_off"
    title = _("Call it off")

    order = Which(_("Which request?"), among=what_waits)
    reason = Choose(_("Why is it called off? Tap one, or write it."), among=reasons, typed=True)

    def finish(self, desk: Desk) -> Text | None:
        order_id = int(self.order)
        check_in_charge(desk, self.person, get_order(desk, order_id))
        cancel(desk, self.person, order_id, self.reason.removeprefix("="))
        return _("It is called off.")
