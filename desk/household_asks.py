"""Somebody says that they live there; whoever is in charge of the place confirms it, and the first answer counts."""

from __future__ import annotations

from dataclasses import dataclass

from desk import people
from desk.front import CardRefresh, Desk
from desk.households import CARD, give_codes, home_of, join, show_asked
from desk.roles import in_charge, may_lead, officers, tell
from domain.households import Address, AnsweredAlready, InHousehold, WaitsAlready, written
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _
from storage import households as rows
from storage.households import ASKED, DECLINED, STANDING, Asked, Household
from storage.roles import write_audit


@dataclass(frozen=True, slots=True)
class Question:
    """What whoever is in charge is asked, and what became of it."""

    asked: Asked
    person: Person
    household: Household
    members: int
    decided_by: Person | None


def ask_to_belong(desk: Desk, person: Person, at: Address) -> Text:
    """Ask whoever is in charge of the place to confirm it.

    1. One household and one question at a time. 2. The place, unless it is known. 3. The question, and its cards.
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
    application_id = rows.ask(desk.conn, desk.now, person.id, household.id)
    if application_id is None:
        raise WaitsAlready
    for each in _asked_people(desk, person, at.unit):
        if each.telegram_id is not None:
            desk.say(CardRefresh(each.telegram_id, CARD, application_id, anew=True))
    return _("Thank you. I have asked the community worker and will tell you. Help comes in the meantime as well.")


def _asked_people(desk: Desk, person: Person, unit: str) -> list[Person]:
    """Those nearest above the place; nobody confirms their own address, so then it climbs on to the officers."""
    near = [each for each in in_charge(desk, unit) if each.id != person.id]
    return near or [each for each in officers(desk) if each.id != person.id]


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
    if question is None or not may_lead(desk, by, question.household.unit) or question.person.id == by.id:
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
        sentence = _("The community worker could not confirm {address}. Please speak to them, or use a code.")
        tell(desk, person, sentence(address=household.address))
        return
    stand(desk, household)
    if home_of(desk, person) is None:
        join(desk, person, household)
        tell(desk, person, _("Confirmed: you belong to the household at {address}.")(address=household.address))


def stand(desk: Desk, household: Household) -> None:
    if rows.change_state(desk.conn, household.id, [ASKED, DECLINED], STANDING):
        give_codes(desk, [household])
