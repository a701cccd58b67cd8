"""The living card of a report for whoever told us and those who have seen the same; and what a guardian is asked."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from bot.cards import Face, View, language_of
from bot.handlers.held import came_along, opens, told
from bot.handlers.orders import tap
from bot.handlers.relay import write_button
from desk import reports
from desk.front import Button, Desk
from desk.report_views import view_for_guardian, view_for_reporter
from domain.orders import ALIVE
from domain.people import Person
from domain.report_views import ReportView
from domain.reports import ASKED, CONFIRMED, REFUSED
from domain.words import Text, _, lines

router = Router(name="reports")


class GuardianTap(CallbackData, prefix="guard"):
    answer: str
    id: int


@router.callback_query(GuardianTap.filter())
async def guardian_answered(query: CallbackQuery, callback_data: GuardianTap, desk: Desk, person: Person) -> Text:
    return reports.answer_for_young(desk, person, callback_data.id, callback_data.answer == "yes")


# ── the living card ─────────────────────────────────────────────────────────────────────────────────────────────────


def paint_report(view: View, order_id: int, chat_id: int) -> Face | None:
    """None for what is no report, or not this reader's."""
    seen = view_for_reporter(view, order_id, chat_id)
    if seen is None:
        return None
    others = _("{count} neighbour has seen it as well.", "{count} neighbours have seen it as well.")
    text = lines(
        _("<b>{category}</b> · {reference}")(category=seen.category, reference=seen.reference),
        _("Where: {address}")(address=seen.place) if seen.place else None,
        seen.stands,
        _("There is a question: “{words}”")(words=seen.question) if seen.question else None,
        *referred(seen),
        *waiting(seen),
        _("They say: {words}")(words=told(list(seen.done))) if seen.done else None,
        came_along(seen.along),
        _("Is it all right now?") if seen.state == "resolved" else None,
        others(count=seen.votes) if seen.votes else None,
        _("Your family has been asked whether your name may be known.") if seen.guardian == ASKED else None,
        _("Your name stays out of it.") if seen.guardian == REFUSED else None,
    )
    write = write_button(view, order_id, chat_id) if seen.is_reporter else ()
    return Face(text, (*buttons(seen, order_id), *write))


def referred(seen: ReportView) -> list[Text | None]:
    """Who looks after what volunteers must not touch, and whether they have been told."""
    if seen.body is None:
        return []
    soon = _("They promise to come within {time}.")
    told_at = _("They were told at {at}.")
    return [
        _("{body} looks after it: {phone}")(body=seen.body.name, phone=seen.body.phone),
        told_at(at=seen.rung_at) if seen.rung_at else _("Somebody in charge is ringing them."),
        soon(time=seen.body.promise) if seen.body.promise else None,
        Text("{words}", {"words": seen.body.tell}) if seen.body.tell else None,
    ]


def waiting(seen: ReportView) -> list[Text | None]:
    """What happens next, and when; the truth, when nobody is left to be called."""
    if seen.nobody_left:
        numbers = [_("{name}: {number}")(name=each.name, number=each.number) for each in seen.emergency]
        return [
            _("I have asked everybody I know, and nobody could take it. I am sorry. Those who run this desk know."),
            _("If it cannot wait, please call:\n{numbers}")(numbers=numbers) if numbers else None,
        ]
    call = _("If nobody has answered by {at}, I'll call {whom}.")
    return [
        _("Somebody in charge has seen it.") if seen.seen else None,
        call(at=seen.called_at, whom=seen.called_next) if seen.called_next else None,
        _("From {start} to {end} I wake nobody, and the clock stands still.")(start=seen.rests[0], end=seen.rests[1])
        if seen.rests
        else None,
    ]


def buttons(seen: ReportView, order_id: int) -> tuple[Button, ...]:
    """Its reporter says that it is mended; that it is not, anybody who has seen it."""
    again = (tap(_("Not mended yet"), "reopen", order_id),) if seen.may_reopen else ()
    if not seen.is_reporter:
        return again
    if seen.state in ALIVE:
        answer = (opens(_("Answer"), "answer", order_id),) if seen.question else ()
        return *answer, opens(_("Call it off"), "cancel_order", order_id)
    if seen.state == "resolved":
        return tap(_("Yes, it's mended"), "close", order_id), *again
    return again


# ── under fourteen ──────────────────────────────────────────────────────────────────────────────────────────────────


def paint_guardian(view: View, order_id: int, chat_id: int) -> Face | None:
    """Asked once; whatever the answer, the question goes away."""
    seen = view_for_guardian(view, order_id, chat_id)
    if seen is None:
        return None
    asks = _("{name}, who is under 14, has reported something: {category}. Thank you both!")
    facts = [
        asks(name=seen.name, category=seen.category),
        _("Whoever comes would read the name {name}.")(name=seen.name) if seen.show_name else None,
        _(
            "Your household would earn {count} point for it.",
            "Your household would earn {count} points for it.",
        )(count=seen.points)
        if seen.points
        else None,
    ]
    language = language_of(view, seen.reader)
    if seen.answer != ASKED:
        said = _("{name} has said yes.") if seen.answer == CONFIRMED else _("{name} has said no.")
        return Face(lines(*facts[:1], said(name=seen.answered_by or "—")), language=language)
    taps = (
        Button(_("Yes, that's fine"), data=GuardianTap(answer="yes", id=order_id).pack()),
        Button(_("No, without a name and points"), data=GuardianTap(answer="no", id=order_id).pack()),
    )
    return Face(lines(*facts, _("Is that all right with you? The report itself goes on either way.")), taps, language)


CARDS = {"guardian": paint_guardian}
