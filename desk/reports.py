"""What a resident saw becomes an order: judged first, or at once for its team; and others who saw it follow it."""

from __future__ import annotations

from desk import orders, pictures, problems
from desk.alerts import let_see, refresh_alerts
from desk.front import CardRefresh, Desk
from desk.households import home_of, members_of
from desk.order_views import show_askers, show_holder, tell_person
from desk.proof import seen_by_others, thank_reporter
from desk.report_ladders import kind_of, report_of
from domain.desk_file import ReportKind
from domain.nearby import band_of
from domain.orders import NewOrder, Order
from domain.people import Person
from domain.refusals import AlreadyDone, NotFound
from domain.reports import ASKED, CONFIRMED, REFUSED, Nearby, NewReport, OverBy, Report
from domain.words import Text, _
from storage import judging as merged
from storage import orders as order_rows
from storage import reports as rows
from storage.people import get_person
from storage.teams import find_team

MOST_PICTURES = 2
MOST_NEAR = 5
"""So many open reports are shown to somebody who may have seen the same."""

__all__ = [
    "Nearby",
    "NewReport",
    "answer_for_young",
    "find_nearby",
    "get_report",
    "guardians_of",
    "join",
    "kind_of",
    "make_report",
    "report_of",
    "show_pictures",
]


def get_report(desk: Desk, order_id: int) -> tuple[Order, Report]:
    """The order and what only a report has."""
    order = order_rows.find_order(desk.conn, order_id)
    report = rows.find_report(desk.conn, order_id) if order is not None else None
    if order is None or report is None:
        raise NotFound
    return order, report


def make_report(desk: Desk, new: NewReport) -> Order:
    """What somebody saw becomes an order, once for each conversation.

    1. Its row: of no team while it waits to be judged. 2. What only reports have; of what volunteers must not touch,
    who looks after it. 3. Story, promise, cards, ladder. 4. A guardian is asked where the reporter is young.
    """
    kind = desk.file.reports.get(new.kind)
    if kind is None or not kind.leads_to_work or kind.key not in desk.file.categories:
        raise NotFound
    category = desk.file.categories[kind.key]
    order = order_rows.find_by_once(desk.conn, new.once)
    while order is None:
        at_once = kind.team is not None and not kind.is_judged_first
        team = find_team(desk.conn, desk.file, kind.team or "", new.unit) if at_once else None
        asked = NewOrder(
            once=new.once,
            category=kind.key,
            unit=new.unit,
            asked_by=new.reporter_id,
            place=new.place,
            latitude=new.latitude,
            longitude=new.longitude,
            parts=new.parts,
        )
        band = band_of(new.latitude) if new.latitude is not None and new.longitude is not None else None
        made = orders.add(desk, asked, category, team, band=band)
        if made is None:
            order = order_rows.find_by_once(desk.conn, new.once)
            continue
        _add_report(desk, kind, new, made)
        order = orders.begin(desk, made, asked)
        if not kind.is_judged_first:
            problems.consider(desk, order.id)
        if team is not None and kind.body is None:
            let_see(desk, order)  # where a body is to be rung they are called anyway
    return order


def _add_report(desk: Desk, kind: ReportKind, new: NewReport, order_id: int) -> None:
    reporter = get_person(desk.conn, new.reporter_id)
    guardians = guardians_of(desk, reporter) if new.young else []
    matters = new.young and (new.show_name or kind.award.reporter > 0)
    rows.add_report(
        desk.conn,
        order_id,
        body=kind.body,
        building=f"{new.unit}/{new.building}" if new.building and new.latitude is None else None,
        show_name=new.show_name,
        guardian=(ASKED if guardians else REFUSED) if matters else None,  # with nobody to ask, nothing appears
    )
    for guardian in guardians if matters else []:
        if guardian.telegram_id is not None and guardian.reach == "open":
            desk.say(CardRefresh(guardian.telegram_id, "guardian", order_id, anew=True))


# ── somebody reported this nearby ───────────────────────────────────────────────────────────────────────────────────


def find_nearby(
    desk: Desk, kind: ReportKind, unit: str, latitude: float | None, longitude: float | None, building: str | None
) -> list[Nearby]:
    """Open reports that may be of the same thing, newest first; of a discreet kind nobody hears that there are any."""
    if kind.near is None or kind.discreet:
        return []
    since = desk.now - kind.near_for
    if latitude is not None and longitude is not None:
        return rows.find_near(desk.conn, kind.key, latitude, longitude, kind.near, since)[:MOST_NEAR]
    return rows.find_in(desk.conn, kind.key, f"{unit}/{building}", since)[:MOST_NEAR] if building else []


def show_pictures(desk: Desk, person: Person, order_id: int, caption: Text) -> None:
    """What it looks like, for somebody who may have seen the same: only once somebody has judged it, and from our copy.

    Never of a kind whose pictures are not for everybody's eyes.
    """
    order, _report = get_report(desk, order_id)
    if person.telegram_id is None:
        return
    told = [part.id for part in seen_by_others(desk, order)]
    for picture in pictures.pictures_of(desk, pictures.PART, *told)[:MOST_PICTURES]:
        if picture.is_kept and (copy := pictures.show(picture, person.telegram_id, caption, language=person.language)):
            desk.say(copy)


def join(desk: Desk, person: Person, order_id: int) -> Text:
    """It is the same: no second report, but a vote for the first, and everything that happens to it is heard.

    1. The report that goes on with it, if it was merged meanwhile; nobody merges that one until we are done.
    2. Only an open one that may be shown. 3. Once each; whoever reported it follows it already. 4. Their card.
    """
    order_id = merged.root_of(desk.conn, order_id)
    merged.hold(desk.conn, (order_id,))
    order, _report = get_report(desk, order_id)
    kind = kind_of(desk, order)
    if kind is None or kind.near is None or kind.discreet:
        raise NotFound
    if order.state in ("closed", "cancelled", "duplicate"):
        raise OverBy
    new = person.id not in order.askers and rows.follow(desk.conn, order_id, person.id, desk.now)
    if new:
        show_askers(desk, order)
        refresh_alerts(desk, order_id)  # whoever is to judge it sees that it counts for more
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "request", order_id, anew=True))
    if not new:
        return _("You told us about this one already, and I go on telling you how it goes. Thank you!")
    return _("Thank you! It counts for more now, and I'll tell you how it goes.")


# ── under fourteen ──────────────────────────────────────────────────────────────────────────────────────────────────


def guardians_of(desk: Desk, person: Person) -> list[Person]:
    """Whoever else is of the household and has not said that they are young themselves."""
    home = home_of(desk, person)
    members = members_of(desk, home) if home is not None else []
    return [each for each in members if each.id != person.id and each.of_age is not False]


def answer_for_young(desk: Desk, guardian: Person, order_id: int, yes: bool) -> Text:
    """A guardian of the household says whether a name and points may appear; the first answer counts."""
    order, report = get_report(desk, order_id)
    young = get_person(desk.conn, order.asked_by) if order.asked_by is not None else None
    if young is None or report.guardian is None or guardian.id not in [each.id for each in guardians_of(desk, young)]:
        raise NotFound
    if not rows.confirm(desk.conn, order_id, guardian.id, CONFIRMED if yes else REFUSED):
        raise AlreadyDone
    for each in guardians_of(desk, young):
        if each.telegram_id is not None:
            desk.say(CardRefresh(each.telegram_id, "guardian", order_id))
    show_askers(desk, order)
    if order.holder_id is not None:
        show_holder(desk, order, order.holder_id)  # who may read the name by now
    if yes:
        tell_person(desk, young.id, _("Your family has said yes: your report counts in your name."))
        if order.state in ("closed", "referred"):  # it was of use already
            thank_reporter(desk, order)
    return _("Thank you. I have noted it.")
