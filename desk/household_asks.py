"""Somebody says that they live there; those who do, or whoever is in charge of the place, confirm it, and the first
answer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from desk import people
from desk.front import CardRefresh, Desk
from desk.households import CARD, give_codes, home_of, join, show_asked
from desk.roles import in_charge, may_lead, officers, tell
from domain.households import Address, AnsweredAlready, DeclinedLately, InHousehold, WaitsAlready, written
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _
from storage import households as rows
from storage.households import ASKED, DECLINED, STANDING, Asked, Household
from storage.roles import write_audit

NOT_AGAIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Question:
    """What whoever is in charge is asked, and what became of it."""

    asked: Asked
    person: Person
    household: Household
    members: int
    decided_by: Person | None


def ask_to_belong(desk: Desk, person: Person, at: Address) -> Text:
    """Ask those who live there to confirm it, or whoever is in charge of the place.

    1. One household and one question at a time. 2. The place, unless it is known; after a no of those who live there,
    not again for a while. 3. The question, and its cards. The answer never tells whether anybody lives there.
    """
    home = home_of(desk, person)
    if home is not None:
        raise InHousehold(address=home.address)
    if rows.find_waiting(desk.conn, person.id) is not None:
        raise WaitsAlready
    address = written(at, desk.file.units[at.unit].name, desk.file.default_language)
    rows.add_households(desk.conn, desk.now, ASKED, [(at, address)])
    household = rows.find_at(desk.conn, at)
    assert household is not None
    rows.change_state(desk.conn, household.id, [DECLINED], ASKED)
    if _reachable(desk, household) and rows.was_declined(desk.conn, person.id, household.id, desk.now - NOT_AGAIN):
        raise DeclinedLately
    application_id = rows.ask(desk.conn, desk.now, person.id, household.id)
    if application_id is None:
        raise WaitsAlready
    for each in _asked_people(desk, person, household):
        if each.telegram_id is not None:
            desk.say(CardRefresh(each.telegram_id, CARD, application_id, anew=True))
    return _("Thank you. I have asked those who can confirm it and will tell you. Help comes in the meantime as well.")


def _asked_people(desk: Desk, person: Person, household: Household) -> list[Person]:
    """Those who live there. Where nobody does, those nearest above the place; nobody confirms their own address, so
    then it climbs on to the officers."""
    within = _reachable(desk, household)
    near = within or [each for each in in_charge(desk, household.unit) if each.id != person.id]
    return near or [each for each in officers(desk) if each.id != person.id]


def _reachable(desk: Desk, household: Household) -> list[Person]:
    """Members who can be asked. One without a telephone cannot, and then the community worker answers for them."""
    return [each for each in rows.members_of(desk.conn, household.id) if each.reach == "open"]


def may_answer(desk: Desk, by: Person, question: Question) -> bool:
    """Whoever lives there says who else does; the community worker only where nobody of them can be asked."""
    if question.person.id == by.id:
        return False
    within = _reachable(desk, question.household)
    if within:
        return any(each.id == by.id for each in within)
    return may_lead(desk, by, question.household.unit)


def waiting_of(desk: Desk, person: Person) -> Household | None:
    """The household this person waits to be confirmed for."""
    asked = rows.find_waiting(desk.conn, person.id)
    return rows.find_household(desk.conn, asked.household_id) if asked is not None else None


def find_question(desk: Desk, application_id: int) -> Question | None:
    """None once it was taken back."""
    asked = rows.find_asked(desk.conn, application_id)
    household = rows.find_household(desk.conn, asked.household_id) if asked else None
    if asked is None or household is None:
        return None
    decided_by = people.get_person(desk, asked.decided_by) if asked.decided_by is not None else None
    person = people.get_person(desk, asked.person_id)
    return Question(asked, person, household, rows.count_members(desk.conn, household.id), decided_by)


def answer(desk: Desk, by: Person, application_id: int, accepted: bool) -> Text:
    """Yes, they live there; or no. Nobody answers their own question.

    1. May they? 2. Compete: the first answer counts. 3. The household stands, or goes again. 4. The person hears it.
    """
    question = find_question(desk, application_id)
    if question is not None and not may_answer(desk, by, question):
        question = find_question(desk, application_id)  # perhaps it was just answered, and so they live there now
        if question is not None and question.asked.state != ASKED and may_see(desk, by, question):
            raise AnsweredAlready(name=(question.decided_by or by).called)
        raise NotFound
    if question is None:
        raise NotFound
    if not rows.decide(desk.conn, desk.now, application_id, by.id, "accepted" if accepted else "declined"):
        first = question.decided_by or by
        raise AnsweredAlready(name=first.called)
    write_audit(desk.conn, desk.now, by.id, "accepted" if accepted else "declined", household=question.household.id)
    _carry_out(desk, question, accepted)
    show_asked(desk, application_id)
    return _("Thank you. I have told them.")


def _carry_out(desk: Desk, question: Question, accepted: bool) -> None:
    person, household = question.person, question.household
    if not accepted:
        rows.give_up(desk.conn, household.id)
        sentence = _(
            "Nobody could confirm that you live at {address}. Please speak to those who live there or to the community"
            " worker, or use the code on the card."
        )
        tell(desk, person, sentence(address=household.address))
        return
    stand(desk, household)
    if home_of(desk, person) is None:
        join(desk, person, household)
        tell(desk, person, _("Confirmed: you belong to the household at {address}.")(address=household.address))


def may_see(desk: Desk, reader: Person, question: Question) -> bool:
    """Whoever may answer; and what was answered, whoever might have."""
    if question.asked.state == ASKED:
        return may_answer(desk, reader, question)
    return reader.household_id == question.household.id or may_lead(desk, reader, question.household.unit)


def stand(desk: Desk, household: Household) -> None:
    if rows.change_state(desk.conn, household.id, [ASKED, DECLINED], STANDING):
        give_codes(desk, [household])
