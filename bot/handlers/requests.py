"""The living card of whoever needs help: who has it, or who is called next and when; then whether it is done."""

from __future__ import annotations

from bot.cards import Face, View
from bot.handlers.held import CASH, came_along, opens, told
from bot.handlers.orders import rate_data, tap
from bot.handlers.relay import write_button
from bot.handlers.reports import paint_report
from desk.front import Button
from desk.order_views import view_for_requester
from domain.order_views import RequestView
from domain.orders import ALIVE
from domain.words import Text, _, lines

MARKS = {
    5: _("5 · very good"),
    4: _("4 · good"),
    3: _("3 · all right"),
    2: _("2 · not so good"),
    1: _("1 · not good"),
}
NOW_ASKED = {
    "speed": _("How quickly did somebody come? From 1 to 5:"),
    "quality": _("And how well was it done? From 1 to 5:"),
    "words": _("Would you like to add a word?"),
}


def paint_request(view: View, order_id: int, chat_id: int) -> Face | None:
    """One question at a time stands under it."""
    report = paint_report(view, order_id, chat_id)
    request = view_for_requester(view, order_id, chat_id) if report is None else None
    if request is None:
        return report
    text = lines(
        _("<b>{category}</b> · {reference}")(category=request.category, reference=request.reference),
        _("For: {name}")(name=request.whom) if request.whom else None,
        request.stands,
        _("There is a question: “{words}”")(words=request.question) if request.question else None,
        *waiting(request),
        *at_the_door(request),
        _("They say: {words}")(words=told(list(request.done))) if request.done else None,
        came_along(request.along),
        _("Is everything all right now?") if request.state == "resolved" else None,
        NOW_ASKED[request.to_rate] if request.to_rate else None,
    )
    return Face(text, (*buttons(request, order_id), *write_button(view, order_id, chat_id)))


def waiting(request: RequestView) -> list[Text | None]:
    """What happens next, and when; the truth, when nobody is left to be called."""
    if request.nobody_left:
        numbers = [_("{name}: {number}")(name=each.name, number=each.number) for each in request.emergency]
        return [
            _("I have asked everybody I know, and nobody could take it. I am sorry. Those who run this desk know."),
            _("If it cannot wait, please call:\n{numbers}")(numbers=numbers) if numbers else None,
        ]
    call = _("If nobody has taken it by {at}, I'll call {whom}.")
    return [
        _("Somebody should have it by {at}.")(at=request.promised_at) if request.promised_at else None,
        _("Somebody in charge has seen it.") if request.seen else None,
        call(at=request.called_at, whom=request.called_next) if request.called_next else None,
        _("From {start} to {end} I wake nobody, and the clock stands still.")(
            start=request.rests[0], end=request.rests[1]
        )
        if request.rests
        else None,
    ]


def at_the_door(request: RequestView) -> list[Text | None]:
    if request.door_word is None:
        return [CASH if request.cash and request.state in ALIVE else None]
    about = _("They should be with you about {at}.")
    word = _("At the door they say this word first: <b>{word}</b>. Open to nobody who does not know it.")
    return [
        about(at=request.expected_at) if request.expected_at else None,
        word(word=request.door_word),
        CASH if request.cash else None,
    ]


def buttons(request: RequestView, order_id: int) -> tuple[Button, ...]:
    if request.state in ALIVE:
        answer = (opens(_("Answer"), "answer", order_id),) if request.question else ()
        return *answer, opens(_("Call it off"), "cancel_order", order_id)
    if request.state == "resolved":
        yes = [tap(_("Yes, it's done"), "close", order_id)]
        if request.along:
            yes.append(tap(_("Yes, but nobody else came"), "close_alone", order_id))
        return *yes, tap(_("Not yet"), "reopen", order_id)
    if request.to_rate == "words":
        return (opens(_("Say a word"), "rate", order_id),)
    if request.to_rate is not None:
        return tuple(Button(label, data=rate_data(request.to_rate, mark, order_id)) for mark, label in MARKS.items())
    return ()


CARDS = {"request": paint_request}
