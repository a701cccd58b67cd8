"""What a report looks like to whoever told us, and to those who have seen the same: how far it is, and with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendars import QuietHours
from domain.desk_file import Body, Category, EmergencyNumber
from domain.judging import reason_of
from domain.orders import ALIVE, Order, Part, as_askers_know_it
from domain.reports import DECLINED, Report
from domain.words import Named, Text, _

_STANDS: dict[str, Text] = {
    "new": _("Those in charge know of it. Nobody has taken it yet."),
    "offered": _("The volunteers have been asked. Nobody has taken it yet."),
    "reopened": _("It is not mended yet, and somebody is asked once more."),
    "claimed": _("{name} looks after it."),
    "in_progress": _("{name} is on the way there."),
    "waiting": _("There is a question for whoever reported it."),
    "resolved": _("{name} says that it is mended."),
    "closed": _("It is mended. Thank you for keeping your eyes open!"),
    "cancelled": _("It was called off."),
    "duplicate": _("Somebody had reported the same already, and you hear how that one goes."),
    "referred": _("{body} looks after it now."),
}
TO_BE_JUDGED = _("Somebody in charge has to look at it first.")
NOT_FOLLOWED_UP = _("We cannot do anything about this one, and here is why: {reason}")
SOMEBODY = _("A neighbour")


def stands(order: Order, report: Report, *, judged: bool, holder: str | None, body: Body | None) -> Text:
    """Its state in the words of somebody who saw something."""
    if report.verdict == DECLINED:
        return NOT_FOLLOWED_UP(reason=reason_of(report.reason))
    if not judged and order.state == "new":
        return TO_BE_JUDGED
    return _STANDS[order.state](name=holder or SOMEBODY, body=body.name if body else SOMEBODY)


@dataclass(frozen=True, slots=True)
class ReportView:
    category: Named
    reference: str
    place: str | None
    state: str
    stands: Text
    holder: str | None
    votes: int  # how many others have seen it
    is_reporter: bool
    called_next: Text | None
    called_at: datetime | None
    promised_at: datetime | None
    seen: bool  # somebody in charge has seen it
    nobody_left: bool
    emergency: Sequence[EmergencyNumber]
    rests: tuple[str, str] | None
    body: Body | None
    rung_at: datetime | None
    done: Sequence[Part]  # what was said about how it was mended
    along: Sequence[str]  # who came along with whoever mended it
    guardian: str | None
    question: str | None  # what its reporter is being asked
    may_reopen: bool  # they may say that it is not mended


def report_view(
    order: Order,
    report: Report,
    category: Category,
    *,
    is_reporter: bool,
    judged: bool,
    holder: str | None,
    votes: int,
    promised_at: datetime | None,
    call: tuple[Text, datetime] | None,
    run: str | None,
    emergency: Sequence[EmergencyNumber],
    quiet: QuietHours | None,
    body: Body | None,
    done: Sequence[Part],
    along: Sequence[str] = (),
    question: str | None = None,
    may_reopen: bool = False,
) -> ReportView:
    order = as_askers_know_it(order)
    waits = order.is_open
    return ReportView(
        category=category.name,
        reference=order.reference,
        place=order.place if is_reporter else None,  # it may be told as only its reporter would
        state=order.state,
        stands=stands(order, report, judged=judged, holder=holder if not order.is_open else None, body=body),
        holder=holder if order.is_held else None,
        votes=votes,
        is_reporter=is_reporter,
        called_next=call[0] if call and waits else None,
        called_at=call[1] if call and waits else None,
        promised_at=promised_at if waits else None,
        seen=waits and run == "acknowledged",
        nobody_left=waits and run == "exhausted",
        emergency=emergency,
        rests=(f"{quiet.start:%H:%M}", f"{quiet.end:%H:%M}") if quiet and waits else None,
        body=body if order.state in (*ALIVE, "resolved", "referred") else None,
        rung_at=report.rung_at,
        done=done if order.state in ("resolved", "closed") else (),
        along=along,
        guardian=report.guardian if is_reporter else None,
        question=question if is_reporter else None,
        may_reopen=may_reopen,
    )
