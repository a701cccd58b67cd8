"""Who hears of a report when nobody answers: those who judge it, until they have; then as of any request."""

from __future__ import annotations

from dataclasses import replace

from desk.front import Desk
from domain.desk_file import UNCIVIL, Category, ReportKind
from domain.escalation import Ladder
from domain.orders import ALIVE, Order
from domain.reports import Report
from storage.reports import find_report


def report_of(desk: Desk, order: Order) -> Report | None:
    """None for everything that is not a report; asked of every order, so it looks only where there can be one."""
    category = desk.file.categories.get(order.category)
    return find_report(desk.conn, order.id) if category is None or category.report else None


def kind_of(desk: Desk, order: Order) -> ReportKind | None:
    """None for one that was taken out of the desk file."""
    return desk.file.reports.get(order.category)


def waits_for_judging(desk: Desk, order: Order) -> bool:
    report = report_of(desk, order)
    return report is not None and order.state in ALIVE and report.waits_for_judging(kind_of(desk, order))


def must_strike_out(desk: Desk, order: Order) -> bool:
    """Before a team reads of it, somebody strikes out whom it names."""
    kind = kind_of(desk, order)
    return kind is None or kind.heading == UNCIVIL


def must_ring(desk: Desk, order: Order) -> bool:
    """Somebody in charge has to tell whoever looks after it, whether or not a volunteer is there already."""
    report = report_of(desk, order)
    return report is not None and order.state in (*ALIVE, "resolved") and report.waits_for_ringing


def ladder_of(desk: Desk, order: Order, category: Category) -> Ladder:
    """As the desk file has it now."""
    ladder, kind = desk.file.ladder_of(category).freeze(), desk.file.reports.get(category.key)
    if not category.report or kind is None or not (waits_for_judging(desk, order) or must_ring(desk, order)):
        return ladder
    triage = desk.file.ladders.get(kind.triage or "")
    if triage is None:
        return ladder
    return replace(triage.freeze(), urgent=triage.urgent or kind.urgent, silent_holder=ladder.silent_holder)
