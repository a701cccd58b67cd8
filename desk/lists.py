"""An officer's list of households, from the moment it is sent until somebody taps *Import it*; no names are in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from desk import households
from desk.front import CardRefresh, Desk
from desk.roles import check_officer
from domain.desk_file import Fault
from domain.households import Address
from domain.people import Person
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, from_json, to_json
from storage.messages import get_fact, set_fact

CARD = "household_list"
READING, UNREAD, READ, DONE, DROPPED = "reading", "unread", "read", "done", "dropped"


@dataclass(frozen=True, slots=True)
class HouseholdList:
    """The last list an officer has sent, and how far it has come."""

    name: str
    file_id: str
    state: str = READING
    addresses: list[Address] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    why: Text | None = None  # it could not be read
    new: int = 0


def receive(desk: Desk, person: Person, file_id: str, name: str) -> None:
    """It is being fetched. A later list takes the place of an earlier one."""
    check_officer(desk, person)
    _keep(desk, person.id, HouseholdList(name, file_id))
    _show(desk, person, anew=True)


def read(desk: Desk, person: Person, file_id: str, addresses: Sequence[Address], faults: Sequence[Fault]) -> None:
    """What stands in it; nothing is imported yet."""
    _became(desk, person, file_id, state=READ, addresses=list(addresses), faults=list(faults))


def could_not_read(desk: Desk, person: Person, file_id: str, why: Text) -> None:
    _became(desk, person, file_id, state=UNREAD, why=why)


def _became(desk: Desk, person: Person, file_id: str, **changed: Any) -> None:
    known = find_list(desk, person.id)
    if known is not None and known.file_id == file_id and known.state in (READING, UNREAD):
        _keep(desk, person.id, replace(known, **changed))
        _show(desk, person, anew=True)


def again(desk: Desk, person: Person) -> HouseholdList:
    """Fetch it once more."""
    check_officer(desk, person)
    known = find_list(desk, person.id)
    if known is None or known.state not in (READING, UNREAD):
        raise NotFound
    known = HouseholdList(known.name, known.file_id)
    _keep(desk, person.id, known)
    _show(desk, person)
    return known


def accepted(desk: Desk, person: Person) -> list[Address]:
    """What an officer may let stand now."""
    check_officer(desk, person)
    known = find_list(desk, person.id)
    if known is None or known.state != READ:
        raise AlreadyDone if known is not None and known.state == DONE else NotFound
    return known.addresses


def let_some_stand(desk: Desk, person: Person, some: list[Address]) -> int:
    """A first part of it; how many are new. Twice changes nothing."""
    check_officer(desk, person)
    return households.let_stand(desk, some)


def accept(desk: Desk, person: Person, new: int = 0) -> int:
    """The households of the list stand from now on; how many are new, with those of it that have begun to already."""
    addresses = accepted(desk, person)
    known = find_list(desk, person.id)
    assert known is not None
    new += households.let_stand(desk, addresses)
    _keep(desk, person.id, HouseholdList(known.name, known.file_id, DONE, new=new))
    _show(desk, person)
    return new


def drop(desk: Desk, person: Person) -> None:
    known = find_list(desk, person.id)
    if known is None or known.state == DONE:
        raise AlreadyDone
    _keep(desk, person.id, HouseholdList(known.name, known.file_id, DROPPED))
    _show(desk, person)


def find_list(desk: Desk, person_id: int) -> HouseholdList | None:
    kept = get_fact(desk.conn, _fact(person_id))
    if kept is None:
        return None
    value = json.loads(kept)
    value["addresses"] = [Address(*each) for each in value["addresses"]]
    value["faults"] = [Fault(line, from_json(text)) for line, text in value["faults"]]
    return HouseholdList(**{**value, "why": from_json(value["why"])})


def _keep(desk: Desk, person_id: int, known: HouseholdList) -> None:
    value = {
        "name": known.name,
        "file_id": known.file_id,
        "state": known.state,
        "addresses": [[at.unit, at.building, at.room] for at in known.addresses],
        "faults": [[each.line, to_json(each.text)] for each in known.faults],
        "why": to_json(known.why),
        "new": known.new,
    }
    set_fact(desk.conn, _fact(person_id), json.dumps(value, ensure_ascii=False))


def _fact(person_id: int) -> str:
    return f"{CARD}:{person_id}"


def _show(desk: Desk, person: Person, *, anew: bool = False) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, person.id, anew=anew))
