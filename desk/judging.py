"""Somebody in charge judges what was reported: it leads to work, it is not for us, or nothing can be done about it.

Whoever is first has judged it. The row of the order is what two of them compete for; the verdict follows in the same
transaction, and whoever reported it, or follows it, is told once, in their own language.
"""

from __future__ import annotations

from desk import escalation, pausing, problems
from desk.deadlines import meet_deadline
from desk.front import Copy, Desk
from desk.order_views import category_of, get_order, name_of, show_order
from desk.pictures import show_parts
from desk.promises import promise
from desk.proof import thank_reporter
from desk.report_ladders import kind_of, must_strike_out, waits_for_judging
from desk.reports import get_report
from domain import judging as rules
from domain.calendars import due_at
from domain.desk_file import Body
from domain.orders import Order, Part, stands
from domain.people import Person
from domain.refusals import NotFound
from domain.reports import ACCEPTED, DECLINED, REFERRED, Report
from domain.words import Text, _
from storage import judging as rows
from storage import orders as order_rows
from storage.alerts import alerts_of_order
from storage.people import find_person
from storage.teams import find_team

TOLD_ACCEPTED = _("{category} ({reference}): somebody in charge has looked at it, and it is being seen to. Thank you!")
TOLD_DECLINED = _("{category} ({reference}): somebody in charge has looked at it. {reason}")
TOLD_REFERRED = _(
    "{category} ({reference}): {body} looks after this, and knows of it now. You can reach them at {phone}."
)
TOLD_REFERRED_BY = _(
    "{category} ({reference}): {body} looks after this, and knows of it now. They mean to see to it by {at}. You can"
    " reach them at {phone}."
)


def get_unjudged(desk: Desk, by: Person, order_id: int) -> tuple[Order, Report]:
    """The report, if this person may judge it and nobody has."""
    order, report = get_report(desk, order_id)
    escalation.check_in_charge(desk, by, order)
    if not rules.is_unjudged(order, report):
        raise judged(desk, order_id)
    return order, report


def judged(desk: Desk, order_id: int) -> rules.Judged:
    now = get_order(desk, order_id)
    return rules.Judged(stands=stands(now, name_of(desk, now.holder_id)))


def accept(
    desk: Desk, by: Person, order_id: int, team_words: str | None = None, *, team_pictures: bool = False
) -> Text:
    """It leads to work: 1. may they judge it? 2. compete. 3. It is of a team now; promise and ladder begin anew.

    `team_words`: what the team reads instead of the story, where that could name somebody; pictures go along with it
    only if somebody has looked at them.
    """
    order, report = get_unjudged(desk, by, order_id)
    if must_strike_out(desk, order) and not team_words:
        raise NotFound  # a tap of somebody's own making: the words come first
    kind = kind_of(desk, order)
    team = find_team(desk.conn, desk.file, kind.team, order.unit) if kind is not None and kind.team else None
    if not order_rows.move(desk.conn, order, "accept", as_read=True, team_id=team.id if team else None):
        raise judged(desk, order_id)
    write(desk, report, by, ACCEPTED, team_words=team_words, team_pictures=team_pictures)
    order_rows.remember(desk.conn, order_id, "accept", desk.now, by.id)
    pausing.drop(desk, order_id)
    promise(desk, order)
    escalation.restart(desk, order_id)
    show_order(desk, get_order(desk, order_id), anew=True, tell=_told(desk, TOLD_ACCEPTED, order))
    problems.consider(desk, order_id)
    asked = _("{team} has been asked.")
    return asked(team=team.title) if team else _("Noted. There is no team for it here, so I call those in charge.")


def decline(desk: Desk, by: Person, order_id: int, reason: str) -> Text:
    """Nothing can be done about it, for a reason the reporter can bear: one of ours, or `=` and words of their own."""
    order, report = get_unjudged(desk, by, order_id)
    if not order_rows.move(desk.conn, order, "decline", as_read=True, closed_at=desk.now):
        raise judged(desk, order_id)
    write(desk, report, by, DECLINED, reason=reason)
    order_rows.remember(desk.conn, order_id, "decline", desk.now, by.id)
    end(desk, order)
    show_order(desk, get_order(desk, order_id), tell=_told(desk, TOLD_DECLINED, order, reason=rules.reason_of(reason)))
    return _("Noted. I have told whoever reported it, in these words.")


def refer(desk: Desk, by: Person, order_id: int, body: str) -> Text:
    """Others look after it, and have just been rung: whoever reported it is told who, and by when."""
    order, report = get_unjudged(desk, by, order_id)
    to = desk.file.bodies.get(body)
    if to is None:
        raise NotFound
    if not order_rows.move(desk.conn, order, "refer", as_read=True):
        raise judged(desk, order_id)
    write(desk, report, by, REFERRED, body=to.key, rung_by=by.id, rung_at=desk.now)
    order_rows.remember(desk.conn, order_id, "refer", desk.now, by.id, to.key)
    end(desk, order)
    by_when = seen_to_by(desk, to)
    said = TOLD_REFERRED_BY if by_when is not None else TOLD_REFERRED
    told = _told(desk, said, order, body=to.name, phone=to.phone, at=by_when)
    show_order(desk, get_order(desk, order_id), tell=told)
    thank_reporter(desk, get_order(desk, order_id))
    problems.consider(desk, order_id)
    return _("Noted. I have told whoever reported it who looks after it now.")


def seen_to_by(desk: Desk, body: Body) -> object:
    """By when they mean to see to it. They work at night as well."""
    if body.promise is None:
        return None
    return due_at(desk.now, body.promise, quiet=None, calendar=None, zone=desk.file.zone)


def hand_what_was_seen(desk: Desk, order: Order, chat_id: int) -> None:
    """Pictures and place, to whoever is to judge it: once in each chat."""
    if order_rows.copies_in(desk.conn, order.id, chat_id, ("alert",)):
        return
    show_parts(desk, story_told(desk, order.id), chat_id, "alert", order.id)
    if order.latitude is not None and order.longitude is not None:
        pin = {"latitude": order.latitude, "longitude": order.longitude, "protect_content": True}
        desk.say(Copy(chat_id, "sendLocation", pin, subject="alert", subject_id=order.id))


def hand_what_was_added(desk: Desk, order: Order, count: int) -> None:
    """The last so many parts, to whoever was called and has yet to judge it: what is to be shown they look at first."""
    if not waits_for_judging(desk, order):
        return
    added = story_told(desk, order.id)[-count:]
    called = {alert.telegram_id for alert in alerts_of_order(desk.conn, order.id) if alert.reached}
    for chat_id in sorted(each for each in called if each is not None):
        reader = find_person(desk.conn, chat_id)
        if reader is not None and reader.reach == "open" and escalation.answers_for(desk, reader, order):
            show_parts(desk, added, chat_id, "alert", order.id)


def story_told(desk: Desk, order_id: int) -> list[Part]:
    """As it was told, for whoever judges it."""
    return order_rows.parts_of(desk.conn, order_id, "story")


# ── what every verdict does ─────────────────────────────────────────────────────────────────────────────────────────


def write(desk: Desk, report: Report, by: Person, verdict: str | None, **fields: object) -> None:
    """The verdict itself. Its order has been competed for, so nobody else can have judged it since."""
    if not rows.judge(desk.conn, report, verdict, by.id, desk.now, **fields):
        raise judged(desk, report.order_id)


def end(desk: Desk, order: Order) -> None:
    """Nothing is asked of us any more: its clocks stop, and nobody else is called."""
    pausing.drop(desk, order.id)
    for metric in ("first_response", "resolution"):
        meet_deadline(desk, order.id, metric)
    escalation.cancelled(desk, order.id)


def _told(desk: Desk, text: Text, order: Order, **blanks: object) -> Text:
    return text(category=category_of(desk, order).name, reference=order.reference, **blanks)
