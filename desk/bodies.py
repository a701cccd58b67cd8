"""What volunteers must not touch: somebody in charge rings whoever looks after it, and says so."""

from __future__ import annotations

from desk import escalation, pausing
from desk.deadlines import meet_deadline
from desk.front import Desk
from desk.order_views import get_order, show_holder, show_order
from desk.reports import get_report
from domain.desk_file import Body
from domain.people import Person
from domain.refusals import AlreadyDone
from domain.reports import Report
from domain.words import Text, _
from storage import orders as order_rows
from storage import reports as rows


def body_of(desk: Desk, report: Report) -> Body | None:
    return desk.file.bodies.get(report.body) if report.body is not None else None


def rung(desk: Desk, person: Person, order_id: int) -> Text:
    """They have been told, by telephone.

    1. Is this person in charge there? 2. The first who says so. 3. Nobody else is called to ring: the team's own ladder
    begins; where no team keeps people away, nothing is left to be done by us. 4. Everybody sees it.
    """
    order, report = get_report(desk, order_id)
    escalation.check_in_charge(desk, person, order)
    if not rows.ring(desk.conn, order_id, person.id, desk.now):
        raise AlreadyDone
    order_rows.remember(desk.conn, order_id, "rung", desk.now, person.id)
    if order.is_open and order.team_id is not None:
        escalation.restart(desk, order_id)
    elif order.team_id is None and order_rows.move(desk.conn, order, "refer"):
        pausing.drop(desk, order_id)
        escalation.cancelled(desk, order_id)
        for metric in ("first_response", "resolution"):
            meet_deadline(desk, order_id, metric)
    else:
        escalation.met(desk, order_id)
    order, body = get_order(desk, order_id), body_of(desk, report)
    show_order(desk, order, tell=TOLD(body=body.name) if body else None)
    if order.holder_id is not None:
        show_holder(desk, order, order.holder_id)
    return _("Thank you. I have told whoever reported it.")


TOLD = _("{body} has been told and looks after it.")
