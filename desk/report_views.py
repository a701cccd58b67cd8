"""Reads a report for one reader: whoever told us, those who have seen the same, and the guardian of a young one."""

from __future__ import annotations

from dataclasses import dataclass

from desk import escalation
from desk.closing import may_find_unmended
from desk.front import Desk
from desk.order_views import along_of, category_of, is_urgent, name_of, question_of
from desk.report_ladders import kind_of, report_of
from desk.reports import get_report, guardians_of
from domain.orders import Order, may_answer
from domain.people import Person
from domain.report_views import ReportView, report_view, stands
from domain.reports import Report
from domain.words import Named, Text
from storage import orders as rows
from storage import reports as report_rows
from storage.people import find_person, get_person


def is_judged(desk: Desk, order: Order, report: Report) -> bool:
    return not report.waits_for_judging(kind_of(desk, order))


def view_for_reporter(desk: Desk, order_id: int, chat_id: int) -> ReportView | None:
    """None for everybody else, and for what is no report."""
    order, reader = rows.find_order(desk.conn, order_id), find_person(desk.conn, chat_id)
    report = report_of(desk, order) if order is not None else None
    if order is None or reader is None or report is None:
        return None
    is_reporter = may_answer(order, reader)
    if not is_reporter and not report_rows.follows(desk.conn, order_id, reader.id):
        return None
    call = escalation.next_call(desk, order_id)
    return report_view(
        order,
        report,
        category_of(desk, order),
        is_reporter=is_reporter,
        judged=is_judged(desk, order, report),
        holder=name_of(desk, order.holder_id),
        votes=report_rows.count_votes(desk.conn, order_id),
        promised_at=rows.promised_at(desk.conn, order_id),
        call=(call.whom, call.at) if call else None,
        run=rows.run_of(desk.conn, order_id),
        emergency=desk.file.emergency,
        quiet=None if is_urgent(desk, order) else desk.file.quiet,
        body=desk.file.bodies.get(report.body) if report.body is not None else None,
        done=rows.parts_of(desk.conn, order_id, "done"),
        along=along_of(desk, order),
        question=question_of(desk, order),
        may_reopen=may_find_unmended(desk, reader, order),
    )


def stands_for_others(desk: Desk, order_id: int) -> Text:
    order, report = get_report(desk, order_id)
    return how_it_stands(desk, order, report)


def how_it_stands(desk: Desk, order: Order, report: Report) -> Text:
    """In one sentence, for lists; whoever has it is not named to strangers."""
    body = desk.file.bodies.get(report.body) if report.body is not None else None
    return stands(order, report, judged=is_judged(desk, order, report), holder=None, body=body)


@dataclass(frozen=True, slots=True)
class YoungView:
    """What a guardian is asked about."""

    reader: Person
    name: str
    category: Named
    answer: str | None
    answered_by: str | None
    show_name: bool
    points: int


def view_for_guardian(desk: Desk, order_id: int, chat_id: int) -> YoungView | None:
    """None for whoever is not of the household of the young reporter, now."""
    order, reader = rows.find_order(desk.conn, order_id), find_person(desk.conn, chat_id)
    report = report_of(desk, order) if order is not None else None
    if order is None or reader is None or report is None or order.asked_by is None or report.guardian is None:
        return None
    young, kind = get_person(desk.conn, order.asked_by), kind_of(desk, order)
    if reader.id not in [each.id for each in guardians_of(desk, young)]:
        return None
    return YoungView(
        reader=reader,
        name=young.called,
        category=category_of(desk, order).name,
        answer=report.guardian,
        answered_by=name_of(desk, report.guardian_id),
        show_name=report.show_name,
        points=kind.award.reporter if kind else 0,
    )
