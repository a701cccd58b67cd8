"""A question first: whoever told us is asked, the clocks stand still, and the answer joins the story."""

from __future__ import annotations

from typing import Any

from desk import escalation, pausing
from desk.front import CardRefresh, Desk, Line
from desk.order_views import askers_of, get_order, name_of, question_of, show_askers, show_group
from desk.pictures import SENT_AS, show_parts, want_evidence
from desk.relay import CARRIED, KEPT_AS, Piece
from desk.report_ladders import must_ring, report_of
from domain import orders as rules
from domain.nearby import band_of
from domain.orders import WAITING, Order
from domain.people import Person
from domain.refusals import NotFound, Refusal
from domain.relay import CannotCarry, NobodyToTell
from domain.words import Text, _
from storage import orders as rows
from storage.escalation import find_run
from storage.people import get_person

__all__ = ["answer", "ask", "get_askable", "get_asked", "question_of"]


def get_askable(desk: Desk, by: Person, order_id: int) -> Order:
    """The order, if this person answers for it, nobody has it, and somebody can be asked."""
    order = get_order(desk, order_id)
    escalation.check_in_charge(desk, by, order)
    if rules.after("ask", order.state) is None:
        raise _changed(desk, order_id)
    if not any(each.telegram_id is not None and each.reach == "open" for each in askers_of(desk, order)):
        raise NobodyToTell
    return order


def ask(desk: Desk, by: Person, order_id: int, question: str) -> Text:
    """1. May they ask, and can anybody answer? 2. Compete. 3. The clocks stand still. 4. The question is shown."""
    order = get_askable(desk, by, order_id)
    if not rows.move(desk.conn, order, "ask", as_read=True):
        raise _changed(desk, order_id)
    rows.remember(desk.conn, order_id, "ask", desk.now, by.id, question)
    pausing.pause(desk, order, ladder=not must_ring(desk, order))
    order = get_order(desk, order_id)
    show_group(desk, order)
    show_askers(desk, order, anew=True)  # the question stands on it, with a button to answer
    escalation.refresh_alerts(desk, order_id)
    return _("I have asked them. Until the answer comes the clocks stand still, and then I show it to you.")


def get_asked(desk: Desk, person: Person, order_id: int) -> Order:
    """The order, if this person is being asked about it."""
    order = rows.find_order(desk.conn, order_id)
    if order is None or not rules.may_answer(order, person):
        raise NotFound
    if order.state != WAITING:
        raise rules.NothingAsked(stands=rules.stands(order, name_of(desk, order.holder_id)))
    return order


def answer(desk: Desk, person: Person, order_id: int, pieces: list[Piece]) -> Text:
    """1. Is anything being asked? 2. Compete. 3. It joins the story. 4. The clocks go on; whoever asked is woken."""
    order = get_asked(desk, person, order_id)
    told = _as_parts(pieces)
    place = next((piece for piece in pieces if piece["kind"] == "place"), None)
    pause = pausing.find(desk, order_id)
    stood = pause.stood if pause is not None else (rules.after("answer", WAITING, order.team_id) or "new")
    pin = _pin(desk, order, place) if place else {}
    if not rows.move(desk.conn, order, "answer", as_read=True, state=stood, **pin):
        raise _changed(desk, order_id)
    rows.add_parts(desk.conn, order_id, person.id, "story", told, desk.now)
    want_evidence(desk, order, person, "story")
    rows.remember(desk.conn, order_id, "answer", desk.now, person.id)
    pausing.go_on(desk, order)
    run = find_run(desk.conn, order_id=order_id)
    if run is not None and run.state == "met":
        escalation.restart(desk, order_id)  # somebody was rung meanwhile, and it waits for its team all the same
    order = get_order(desk, order_id)
    show_group(desk, order)
    show_askers(desk, order)
    _wake(desk, order, told)
    return _("Thank you! I have passed it on, and it goes on from here.")


def _pin(desk: Desk, order: Order, place: Piece) -> dict[str, Any]:
    """Where it is from now on; of a report also for whoever looks what is near."""
    pin = {"latitude": place["latitude"], "longitude": place["longitude"]}
    return {**pin, "band": band_of(place["latitude"])} if report_of(desk, order) is not None else pin


def _as_parts(pieces: list[Piece]) -> list[dict[str, Any]]:
    """A place is not a part of the story: the order itself is there from now on."""
    carried = [piece for piece in pieces if piece["kind"] != "place"]
    if any(piece["kind"] not in CARRIED and piece["kind"] not in (*SENT_AS, "text") for piece in carried):
        raise CannotCarry
    return [{**piece, "kind": KEPT_AS.get(piece["kind"], piece["kind"])} for piece in carried]


def _wake(desk: Desk, order: Order, told: list[dict[str, Any]]) -> None:
    """Whoever asked reads the answer, and sees the pictures; everybody else who was called sees it on the card."""
    escalation.refresh_alerts(desk, order.id)
    asked = rows.latest(desk.conn, order.id, "ask")
    asker = get_person(desk.conn, asked[0]) if asked and asked[0] is not None else None
    if asker is None or asker.telegram_id is None or asker.reach != "open":
        return
    if not escalation.answers_for(desk, asker, order):
        return
    chat_id = asker.telegram_id
    words = "\n".join(part["words"] for part in told if part.get("words"))
    said = _("The answer about {reference} is here: {words}") if words else _("The answer about {reference} is here.")
    filled = said(reference=order.reference, words=words)
    desk.say(Line(chat_id, filled, language=asker.language, subject="alert", subject_id=order.id))
    new = rows.parts_of(desk.conn, order.id, "story")[-len(told) :] if told else []
    show_parts(desk, new, chat_id, "alert", order.id)
    desk.say(CardRefresh(chat_id, "alert", order.id, anew=True))


def _changed(desk: Desk, order_id: int) -> Refusal:
    now = get_order(desk, order_id)
    return rules.Changed(stands=rules.stands(now, name_of(desk, now.holder_id)))
