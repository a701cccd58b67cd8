"""What it looked like, and what it looks like now: shown to whoever asked, and to everybody who has seen the same."""

from __future__ import annotations

from desk.front import Desk, Line
from desk.order_views import category_of, tell_person, watchers_of
from desk.pictures import show_parts
from desk.points import EARNED, earn
from desk.report_ladders import kind_of, report_of
from domain.orders import Order, Part
from domain.people import Person
from domain.points import Earning
from domain.reports import ACCEPTED, REFERRED
from domain.words import Text, _
from storage import orders as rows
from storage.people import get_person
from storage.points import balance_of

BEFORE, AFTER = _("Before"), _("After")
REPORTED = _("Reported: {category}")
MENDED = _("{category} ({reference}) is mended. Thank you for keeping your eyes open!")
NOT_MENDED = _("{category} ({reference}): a neighbour says that it is not mended yet, so we ask for it once more.")


def hand_proof(desk: Desk, order: Order) -> None:
    """How it was done. Of a report before and after, where what it looked like may be shown at all."""
    done, report = rows.parts_of(desk.conn, order.id, "done"), report_of(desk, order)
    for person in watchers_of(desk, order):
        if person.telegram_id is None or person.reach != "open":
            continue
        if report is None:
            show_parts(desk, done, person.telegram_id, "request", order.id)
            continue
        for parts, caption in ((_before(desk, order, person), BEFORE), (done, AFTER)):
            shown = (parts, person.telegram_id, "request", order.id)
            show_parts(desk, *shown, caption=caption, language=person.language)


def _before(desk: Desk, order: Order, person: Person) -> list[Part]:
    """Their own pictures; somebody else's only as anybody may see them."""
    if person.id not in order.askers:
        return seen_by_others(desk, order)
    return [part for part in rows.parts_of(desk.conn, order.id, "story") if part.kind == "photo"]


def seen_by_others(desk: Desk, order: Order) -> list[Part]:
    """Pictures of a kind that is for everybody's eyes, and only those that somebody in charge has looked at."""
    report, kind = report_of(desk, order), kind_of(desk, order)
    if report is None or kind is None or not kind.public or report.verdict not in (ACCEPTED, REFERRED):
        return []
    told = rows.parts_of(desk.conn, order.id, "story", until=report.judged_at)
    return [part for part in told if part.kind == "photo"]


def thank_reporter(desk: Desk, order: Order) -> int:
    """What the standard gives to whoever told us first, once it was of use. How many points were posted."""
    report, kind = report_of(desk, order), kind_of(desk, order)
    if report is None or kind is None or order.asked_by is None or not report.may_earn or not kind.award.reporter:
        return 0
    reporter = get_person(desk.conn, order.asked_by)
    if reporter.household_id is None:
        return 0
    earning = Earning(
        once=f"award:report:{order.id}",
        household_id=reporter.household_id,
        earned_by=reporter.id,
        points=kind.award.reporter,
        reason=REPORTED(category=kind.name),
        dimension=kind.dimension,
        pair=(order.holder_id,) if order.holder_id is not None else (),
        order_id=order.id,
        decided_by=report.judged_by,
        given={"report": order.id, "household": reporter.household_id, "earned_by": reporter.id},
        deed=kind.key,
        caps=kind.caps,
    )
    points = earn(desk, earning)
    if points:
        balance = balance_of(desk.conn, reporter.household_id)
        tell_person(desk, reporter.id, EARNED(count=points, balance=balance))
    return points


def tell_others(desk: Desk, order: Order, text: Text, said_by: Person | None) -> None:
    """Everybody who has seen the same hears it once, each in their language; not whoever says it."""
    if report_of(desk, order) is None:
        return
    filled = text(category=category_of(desk, order).name, reference=order.reference)
    for person in watchers_of(desk, order):
        if person.telegram_id is None or person.reach != "open" or (said_by is not None and person.id == said_by.id):
            continue
        about = order.id
        desk.say(Line(person.telegram_id, filled, language=person.language, subject="request", subject_id=about))
