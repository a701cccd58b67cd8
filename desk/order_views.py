"""Reads an order for one reader, and says which of its cards may look different now."""

from __future__ import annotations

from dataclasses import replace

from desk import escalation
from desk.alerts import refresh_alerts
from desk.evening import is_stormy, show_list
from desk.front import Call, CardRefresh, Copy, Desk, Line
from desk.pictures import show_parts
from desk.report_ladders import report_of
from domain import order_views as views
from domain.desk_file import Category
from domain.orders import WAITING, Order, Part, as_askers_know_it, may_answer
from domain.people import Person
from domain.places import path_up
from domain.refusals import NotFound
from domain.teams import Team
from domain.words import Named, Text, _
from storage import orders as rows
from storage.co_volunteers import came
from storage.judging import merged_into, root_of
from storage.messages import find_cards
from storage.people import find_person
from storage.people import get_person as get
from storage.reports import followers_of
from storage.teams import get_team

FITS_ON_CARD = 2400
"""Characters of a story that stand on the holder's card; longer parts come as messages of their own."""
RATED = ("speed", "quality", "words")
REPORTER = _("whoever reported it")


def get_order(desk: Desk, order_id: int) -> Order:
    order = rows.find_order(desk.conn, order_id)
    if order is None:
        raise NotFound
    return order


def category_of(desk: Desk, order: Order) -> Category:
    """What it is about; for a category that was taken out of the desk file, its key."""
    unnamed = Category(order.category, dict.fromkeys(desk.file.languages, order.category))
    return desk.file.categories.get(order.category, unnamed)


def unit_of(desk: Desk, order: Order) -> Named:
    """The name of its place; of one that was taken out of the desk file, its key."""
    unit = desk.file.units.get(order.unit)
    return unit.name if unit is not None else dict.fromkeys(desk.file.languages, order.unit)


def is_urgent(desk: Desk, order: Order) -> bool:
    """Does its clock run through the night as well?"""
    ladder = desk.file.ladders.get(category_of(desk, order).ladder)
    return ladder is not None and ladder.urgent


def path_of(desk: Desk, order: Order) -> list[str]:
    """The unit of an order and those above it."""
    return [unit.key for unit in path_up(desk.file.units, order.unit)]


def team_of(desk: Desk, order: Order) -> Team | None:
    """The team whose group holds the card, if there still is one."""
    try:
        return get_team(desk.conn, order.team_id) if order.team_id is not None else None
    except NotFound:
        return None


def askers_of(desk: Desk, order: Order) -> list[Person]:
    """Who needs it and who told us."""
    return [get(desk.conn, person_id) for person_id in order.askers]


def watchers_of(desk: Desk, order: Order) -> list[Person]:
    """Who hears how it goes: whoever asked, and of a report whoever has seen the same."""
    category = desk.file.categories.get(order.category)
    followers = followers_of(desk.conn, order.id) if category is None or category.report else []
    return [*askers_of(desk, order), *(get(desk.conn, each) for each in followers if each not in order.askers)]


def name_of(desk: Desk, person_id: int | None) -> str | None:
    return get(desk.conn, person_id).called if person_id is not None else None


def along_of(desk: Desk, order: Order) -> list[str]:
    """Who came along with its holder, as whoever was helped reads it."""
    if order.holder_id is None or order.state not in ("resolved", "closed"):
        return []
    return [get(desk.conn, each.person_id).called for each in came(desk.conn, order.id, order.holder_id)]


def called_to(desk: Desk, person: Person, order: Order) -> str | Text:
    """What the other side of an order calls this person: whoever reported it stays unknown unless they like."""
    if person.id not in order.askers:
        return person.called
    report = report_of(desk, order)
    return person.called if report is None or report.may_name else REPORTER


def everything_told(desk: Desk, order: Order) -> list[Part]:
    """As it was told: of a report also by those who were found to have seen the same."""
    merged = merged_into(desk.conn, order.id) if report_of(desk, order) is not None else []
    return [part for each in (order.id, *merged) for part in rows.parts_of(desk.conn, each, "story")]


def story_of(desk: Desk, order: Order) -> list[Part]:
    """What was told, as whoever has it may read it: of a report also what others told of the same.

    Where it could name somebody, the words of whoever judged it, and pictures only if those have been looked at.
    """
    story, report = rows.parts_of(desk.conn, order.id, "story"), report_of(desk, order)
    if report is None:
        return story
    if report.team_words is None:
        return everything_told(desk, order)
    seen = rows.parts_of(desk.conn, order.id, "story", until=report.judged_at) if report.team_pictures else []
    looked_at = [part for part in seen if part.kind == "photo"]
    return [Part(0, "text", report.team_words, None), *(replace(part, words=None) for part in looked_at)]


# ── what each reader sees ───────────────────────────────────────────────────────────────────────────────────────────


def view_in_group(desk: Desk, order_id: int, chat_id: int) -> views.GroupView | None:
    """None for a group that is not, or no longer, the one that was asked."""
    order = rows.find_order(desk.conn, order_id)
    team = team_of(desk, order) if order else None
    if order is None or team is None or team.chat_id != chat_id:
        return None
    needy = get(desk.conn, order.requester_id) if order.requester_id is not None else None
    home = rows.home_of(desk.conn, needy.household_id) if needy else None
    nowhere_else = order.place is None and order.latitude is None
    at_home = home is not None and home[0] == order.unit and (nowhere_else or order.place == home[2])
    category, unit = category_of(desk, order), unit_of(desk, order)
    building, report = (home[1] if home and at_home else ""), report_of(desk, order)
    if report is not None and report.building is not None:
        building = report.building.partition("/")[2]
    body = desk.file.bodies.get(report.body) if report is not None and report.body is not None else None
    holder = name_of(desk, order.holder_id)
    return views.group_view(order, category, unit, building=building, holder=holder, body=body)


def view_for_holder(desk: Desk, order_id: int, chat_id: int) -> views.HolderView | None:
    """None for whoever does not have it: what only the holder needs has gone again."""
    order, reader = rows.find_order(desk.conn, order_id), find_person(desk.conn, chat_id)
    if order is None or reader is None or order.holder_id != reader.id:
        return None
    needy = get(desk.conn, order.requester_id) if order.requester_id is not None else None
    report = report_of(desk, order)
    reporter = get(desk.conn, order.asked_by) if report and report.may_name and order.asked_by is not None else None
    return views.holder_view(
        order,
        category_of(desk, order),
        reporter=reporter.called if reporter else None,
        body=desk.file.bodies.get(report.body) if report is not None and report.body is not None else None,
        reader_id=reader.id,
        whom=needy.called if needy else None,
        phone=needy.phone if needy else None,
        address=(needy.address if needy else None) or "",
        story=story_of(desk, order),
        notes=rows.parts_of(desk.conn, order.id, "note"),
    )


def view_for_requester(desk: Desk, order_id: int, chat_id: int) -> views.RequestView | None:
    order, reader = rows.find_order(desk.conn, order_id), find_person(desk.conn, chat_id)
    if order is None or reader is None or not may_answer(order, reader):
        return None
    waits, over = as_askers_know_it(order).is_open, order.state in ("resolved", "closed")
    call = escalation.next_call(desk, order.id) if waits else None
    marks = rows.find_rating(desk.conn, order.id) if over else ()
    return views.request_view(
        order,
        category_of(desk, order),
        reader_id=reader.id,
        holder=name_of(desk, order.holder_id),
        promised_at=rows.promised_at(desk.conn, order.id) if waits else None,
        call=(call.whom, call.at) if call else None,
        run=rows.run_of(desk.conn, order.id) if waits else None,
        emergency=desk.file.emergency,
        quiet=None if is_urgent(desk, order) else desk.file.quiet,
        question=question_of(desk, order),
        done=rows.parts_of(desk.conn, order.id, "done") if over else (),
        along=along_of(desk, order),
        to_rate=next((what for what, given in zip(RATED, marks, strict=False) if given is None), None),
    )


def question_of(desk: Desk, order: Order) -> str | None:
    """What whoever told us is being asked now."""
    asked = rows.latest(desk.conn, order.id, "ask") if order.state == WAITING else None
    return asked[1] if asked else None


def view_part(desk: Desk, part_id: int, chat_id: int) -> Part | None:
    """A long piece of the story, for the holder alone and while they are that."""
    found = rows.find_part(desk.conn, part_id)
    order = get_order(desk, root_of(desk.conn, found[0])) if found is not None else None
    if found is None or order is None or view_for_holder(desk, order.id, chat_id) is None:
        return None
    if found[1] in everything_told(desk, order) and found[1] not in story_of(desk, order):
        return None  # its words were struck out
    return found[1]


def on_the_card(story: list[Part]) -> tuple[list[Part], list[Part]]:
    """What of a story stands on the card, and what follows it as messages of its own."""
    short: list[Part] = []
    long: list[Part] = []
    room = FITS_ON_CARD
    for part in story:
        room -= len(part.words or "")
        (short if room >= 0 or not part.words else long).append(part)
    return short, long


# ── which cards may look different now ──────────────────────────────────────────────────────────────────────────────


def show_order(desk: Desk, order: Order, *, anew: bool = False, tell: Text | None = None) -> None:
    """Something about it has changed: the group, whoever asked and whoever was called see how it stands now."""
    show_group(desk, order, anew=anew)
    show_askers(desk, order, tell=tell)
    refresh_alerts(desk, order.id)


def show_group(desk: Desk, order: Order, *, anew: bool = False) -> None:
    """The card in the team's group. Anew: at the bottom of the chat, silently on a stormy evening."""
    team = team_of(desk, order)
    if team is None or team.chat_id is None or not team.is_reachable:
        return
    silent = not anew or is_stormy(desk, team.id)
    desk.say(CardRefresh(team.chat_id, "order", order.id, silent=silent, anew=anew))
    show_list(desk, team)


def show_askers(desk: Desk, order: Order, *, anew: bool = False, tell: Text | None = None) -> None:
    """The living cards of whoever waits for it, and a word when somebody else has done something."""
    for person in watchers_of(desk, order):
        if person.telegram_id is None or person.reach != "open":
            continue
        if tell is not None:
            desk.say(Line(person.telegram_id, tell, language=person.language, subject="request", subject_id=order.id))
        desk.say(CardRefresh(person.telegram_id, "request", order.id, silent=not anew, anew=anew))


def show_holder(desk: Desk, order: Order, holder_id: int, *, anew: bool = False) -> None:
    """The holder's own card. Anew: the one above loses its words, so that the address stands in one place only."""
    holder = get(desk.conn, holder_id)
    if holder.telegram_id is None or holder.reach != "open":
        return
    key = ("held", order.id, holder.telegram_id)
    message_id, _face = find_cards(desk.conn, [key]).get(key, (None, None))
    if anew and message_id is not None:
        desk.say(Call(holder.telegram_id, "editMessageText", {"message_id": message_id, "text": "⤵️"}))
    desk.say(CardRefresh(holder.telegram_id, "held", order.id, silent=not anew, anew=anew))


def tell_person(desk: Desk, person_id: int, text: Text, order: Order | None = None) -> None:
    """A line to somebody, if they can be reached; a reply to it is about the order they have."""
    person = get(desk.conn, person_id)
    if person.telegram_id is not None and person.reach == "open":
        subject, subject_id = ("held", order.id) if order else (None, None)
        line = Line(person.telegram_id, text, language=person.language, subject=subject, subject_id=subject_id)
        desk.say(line)


def hand_story(desk: Desk, order: Order, holder: Person) -> None:
    """Everything that was told, to whoever has it now: the card, then what does not fit on it."""
    assert holder.telegram_id is not None
    show_holder(desk, order, holder.id, anew=True)
    story = story_of(desk, order)
    for part in on_the_card(story)[1]:
        desk.say(CardRefresh(holder.telegram_id, "part", part.id, silent=True))
    notes = rows.parts_of(desk.conn, order.id, "note")
    show_parts(desk, [*story, *notes], holder.telegram_id, "held", order.id)
    if order.latitude is not None and order.longitude is not None:
        pin = {"latitude": order.latitude, "longitude": order.longitude, "protect_content": True}
        desk.say(Copy(holder.telegram_id, "sendLocation", pin, subject="held", subject_id=order.id))
