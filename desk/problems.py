"""What keeps being reported from one place is looked after as a whole by one person, and all hear how it goes.

Nothing public says who reported it; of a kind that is not public, nobody but those in charge and whoever reported it
hears that there is a problem.
"""

from __future__ import annotations

from dataclasses import replace

from desk.alerts import can_hear
from desk.front import CardRefresh, Copy, Desk
from desk.order_views import tell_person
from desk.people import get_person
from desk.roles import in_charge, may_lead, officers, supervisors_above
from domain import problems as rules
from domain.desk_schema import ReportKind
from domain.people import Person
from domain.problems import Problem
from domain.refusals import NotFound
from domain.words import Named, Text, _, plain
from storage import problems as rows
from storage.escalation import on_duty_in
from storage.households import chats_with
from storage.problems import Reported

CARD = "problem"
ROUGHLY = 3
"""Digits behind the point of what is shown of a place: some hundred metres."""

BEGINS = _(
    "{kind} has been reported from here again and again. From now on somebody looks after it as a whole, and you hear"
    " how it goes."
)
JOINS = _("{kind} has been reported from here before. Somebody looks after it as a whole, and you hear how it goes.")
GOES = _("About “{kind}” in {where}: {words}")
SOLVED = _("“{kind}” in {where} is solved: {words}")


def kind_of(desk: Desk, problem: Problem | Reported) -> ReportKind | None:
    return desk.file.reports.get(problem.kind)


def kind_name(desk: Desk, problem: Problem) -> Named:
    kind = kind_of(desk, problem)
    return kind.name if kind is not None else dict.fromkeys(desk.file.languages, problem.kind)


def where(desk: Desk, problem: Problem) -> Text:
    """Roughly: the building if it was that, otherwise the community."""
    unit = desk.file.units.get(problem.unit)
    name = unit.name if unit is not None else dict.fromkeys(desk.file.languages, problem.unit)
    if problem.house:
        return _("{unit}, building {building}")(unit=name, building=problem.house)
    return plain(name)


# ── reports become a problem ────────────────────────────────────────────────────────────────────────────────────────


def consider(desk: Desk, order_id: int) -> int | None:
    """A report that counts: does it belong to a standing problem, or make one with others? Its problem, if it has one.

    1. One at a time of this kind. 2. An open problem there: it joins. 3. Enough of them since then, so near: they
    become one, with an owner, and everybody who reported it hears it.
    """
    it = rows.find_reported(desk.conn, order_id)
    kind = kind_of(desk, it) if it is not None else None
    if it is None or kind is None or kind.repeats is None or not it.counts:
        return None
    rows.one_at_a_time(desk.conn, it.kind)
    it = rows.find_reported(desk.conn, order_id) or it
    if it.problem_id is not None:
        return it.problem_id
    there = rows.find_there(desk.conn, it, kind.repeats.near)
    if there is not None:
        _join(desk, there, [it.order_id], JOINS(kind=kind.name))
        return there.id
    since = desk.now - kind.repeats.within
    alike = [
        each
        for each in rows.nearby(desk.conn, it, kind.repeats.near, since)
        if each.problem_id is None and each.counts and (each.verdict is not None or not kind.is_judged_first)
    ]
    if len(alike) < kind.repeats.count:
        return None
    return _begin(desk, kind, alike)


def _begin(desk: Desk, kind: ReportKind, alike: list[Reported]) -> int | None:
    owner = _first_in_charge(desk, alike[0].unit)
    problem_id = rows.add_problem(desk.conn, desk.now, alike[0], owner.id if owner else None)
    if problem_id is None:
        return None
    rows.remember(desk.conn, problem_id, "begun", desk.now)
    problem = get_problem(desk, problem_id)
    _join(desk, problem, [each.order_id for each in alike], BEGINS(kind=kind.name))
    if owner is not None:
        _show(desk, owner, problem_id)
    return problem_id


def _join(desk: Desk, problem: Problem, order_ids: list[int], tell: Text) -> None:
    """They belong to it, and whoever follows now hears why there will be news, once."""
    before = set(rows.followers_of(desk.conn, problem.id))
    for order_id in rows.attach(desk.conn, problem.id, order_ids):
        rows.remember(desk.conn, problem.id, "joined", desk.now, about=order_id)
    for person_id in rows.followers_of(desk.conn, problem.id):
        if person_id not in before:
            tell_person(desk, person_id, tell)
    refresh(desk, problem.id)


def _first_in_charge(desk: Desk, unit: str) -> Person | None:
    """Whoever is on duty there; otherwise the first who answers for it."""
    there = [each for each in in_charge(desk, unit) if can_hear(each)]
    duty = on_duty_in(desk.conn, unit)
    return next((each for each in there if each.id in duty), next(iter(there), None))


# ── looked after ────────────────────────────────────────────────────────────────────────────────────────────────────


def get_problem(desk: Desk, problem_id: int) -> Problem:
    problem = rows.find_problem(desk.conn, problem_id)
    if problem is None:
        raise NotFound
    return problem


def get_led(desk: Desk, person: Person, problem_id: int) -> Problem:
    """The problem, if this person answers for its place."""
    problem = get_problem(desk, problem_id)
    if not may_lead(desk, person, problem.unit):
        raise NotFound
    return problem


def get_owned(desk: Desk, person: Person, problem_id: int) -> Problem:
    """The problem, if it is this person who looks after it."""
    problem = get_led(desk, person, problem_id)
    if not problem.is_open:
        raise rules.Solved
    if problem.owner_id != person.id:
        owner = get_person(desk, problem.owner_id).called if problem.owner_id is not None else "—"
        raise rules.NotYours(name=owner)
    return problem


def take_over(desk: Desk, person: Person, problem_id: int) -> Text:
    """Somebody in charge looks after it from now on; whoever had it hears so."""
    problem = get_led(desk, person, problem_id)
    if problem.owner_id == person.id:
        raise rules.YoursAlready
    _pass_on(desk, problem, person, person)
    return _("You look after it from now on. Thank you!")


def could_own(desk: Desk, problem: Problem) -> list[Person]:
    """Others who answer for its place."""
    found = {each.id: each for each in (*supervisors_above(desk, problem.unit), *officers(desk)) if can_hear(each)}
    return [found[person_id] for person_id in found if person_id != problem.owner_id]


def hand_over(desk: Desk, person: Person, problem_id: int, to_id: int) -> Text:
    """Whoever looks after it passes it on to somebody who answers for the place as well."""
    problem = get_owned(desk, person, problem_id)
    to = next((each for each in could_own(desk, problem) if each.id == to_id), None)
    if to is None:
        raise NotFound
    _pass_on(desk, problem, person, to)
    return _("{name} looks after it from now on.")(name=to.called)


def _pass_on(desk: Desk, problem: Problem, by: Person, to: Person) -> None:
    if not problem.is_open or not rows.hand_over(desk.conn, problem, to.id):
        raise rules.Solved if not get_problem(desk, problem.id).is_open else NotFound
    rows.remember(desk.conn, problem.id, "handed over", desk.now, by.id, to.id)
    if problem.owner_id is not None and problem.owner_id != by.id:
        moved = _("{name} looks after “{kind}” in {where} from now on.")
        filled = moved(name=to.called, kind=kind_name(desk, problem), where=where(desk, problem))
        tell_person(desk, problem.owner_id, filled)
    refresh(desk, problem.id)
    if to.id != by.id:
        _show(desk, to, problem.id)


def note(desk: Desk, person: Person, problem_id: int, once: str, words: str) -> Text:
    """How it goes: everybody who follows it hears it once."""
    problem = get_owned(desk, person, problem_id)
    if rows.add_note(desk.conn, problem_id, once, person.id, words, desk.now):
        rows.remember(desk.conn, problem_id, "noted", desk.now, person.id)
        _tell_all(desk, person, problem, GOES, words)
        refresh(desk, problem_id)
    return _("Noted, and told to everybody who reported it.")


def close(desk: Desk, person: Person, problem_id: int, once: str, words: str) -> Text:
    """It is solved, with a word about how."""
    problem = get_owned(desk, person, problem_id)
    if not rows.close(desk.conn, problem_id, person.id, desk.now):
        raise rules.Solved
    rows.add_note(desk.conn, problem_id, once, person.id, words, desk.now)
    rows.remember(desk.conn, problem_id, "closed", desk.now, person.id)
    _tell_all(desk, person, problem, SOLVED, words)
    refresh(desk, problem_id)
    return _("Closed, and told to everybody who reported it. Thank you!")


def _tell_all(desk: Desk, by: Person, problem: Problem, sentence: Text, words: str) -> None:
    said = sentence(kind=kind_name(desk, problem), where=where(desk, problem), words=words)
    for person_id in rows.followers_of(desk.conn, problem.id):
        if person_id != by.id:
            tell_person(desk, person_id, said)


def refresh(desk: Desk, problem_id: int) -> None:
    desk.say(*(CardRefresh(chat, CARD, problem_id, silent=True) for chat in chats_with(desk.conn, CARD, problem_id)))


def _show(desk: Desk, person: Person, problem_id: int) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, problem_id, anew=True))


# ── heard of ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_public(desk: Desk, problem: Problem) -> bool:
    kind = kind_of(desk, problem)
    return kind is not None and kind.public and not kind.discreet


def may_see(desk: Desk, person: Person, problem: Problem) -> bool:
    """Those in charge, whoever follows it, and of a public kind those who live there."""
    if may_lead(desk, person, problem.unit) or person.id in rows.followers_of(desk.conn, problem.id):
        return True
    return is_public(desk, problem) and person.unit == problem.unit


def get_seen(desk: Desk, person: Person, problem_id: int) -> Problem:
    problem = get_problem(desk, problem_id)
    if not may_see(desk, person, problem):
        raise NotFound
    return problem


def show(desk: Desk, person: Person, problem_id: int) -> None:
    get_seen(desk, person, problem_id)
    _show(desk, person, problem_id)


def follow(desk: Desk, person: Person, problem_id: int) -> Text:
    """Whoever lives there wants to hear how it goes."""
    problem = get_seen(desk, person, problem_id)
    if not problem.is_open:
        raise rules.Solved
    if person.id in rows.followers_of(desk.conn, problem_id) or not rows.follow(
        desk.conn, problem_id, person.id, desk.now
    ):
        raise rules.FollowedAlready
    refresh(desk, problem_id)
    return _("Thank you! I'll tell you how it goes.")


def show_place(desk: Desk, person: Person, problem_id: int) -> None:
    """On a map, roughly; those in charge see it as it was reported."""
    problem = get_seen(desk, person, problem_id)
    if problem.latitude is None or problem.longitude is None or person.telegram_id is None:
        raise NotFound
    if not may_lead(desk, person, problem.unit):
        latitude, longitude = round(problem.latitude, ROUGHLY), round(problem.longitude, ROUGHLY)
        problem = replace(problem, latitude=latitude, longitude=longitude)
    pin = {"latitude": problem.latitude, "longitude": problem.longitude, "protect_content": True}
    desk.say(Copy(person.telegram_id, "sendLocation", pin, subject=CARD, subject_id=problem_id))


def forget(desk: Desk, person: Person) -> None:
    rows.forget(desk.conn, person.id)
