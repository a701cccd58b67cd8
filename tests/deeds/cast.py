"""The people of the stories, set down in a database: Ama asks, Ben and Cleo volunteer, Dina supervises; and Faye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from desk.front import Desk
from desk.orders import NewOrder
from domain.people import Person
from domain.words import _
from storage.people import add_person, get_person
from storage.tables import contacts, group_members, groups, households, roles, teams

GROUP = -1001
OTHER_GROUP = -1002
STORY = "Two bags of rice from the corner shop"
ADDRESS = "Ankang, building 3, room 201"


@dataclass(frozen=True)
class Cast:
    ama: Person
    ben: Person
    cleo: Person
    dina: Person
    faye: Person
    team: int
    other_team: int


def add_household(desk: Desk, address: str, unit: str = "ankang", building: str = "3") -> int:
    row = {"unit": unit, "building": building, "room": address, "address": address, "state": "standing"}
    return int(
        desk.conn.execute(insert(households).values(**row, made_at=desk.now).returning(households.c.id)).scalar_one()
    )


def add_account(desk: Desk, telegram_id: int, name: str, reach: str = "open", **fields: Any) -> Person:
    person_id = add_person(desk.conn, desk.now, name=name, unit="ankang", language="en", **fields)
    row = {"telegram_id": telegram_id, "person_id": person_id, "reach": reach, "shown_name": name}
    desk.conn.execute(insert(contacts).values(**row))
    return get_person(desk.conn, person_id)


def add_team(desk: Desk, key: str, title: str, chat_id: int, joining: str = "invited") -> int:
    desk.conn.execute(insert(groups).values(chat_id=chat_id, title=title, standing="administrator"))
    row = {"key": key, "unit": "donggang", "title": title, "joining": joining, "chat_id": chat_id, "state": "ready"}
    return int(desk.conn.execute(insert(teams).values(**row, made_at=desk.now).returning(teams.c.id)).scalar_one())


def give(desk: Desk, person: Person, role: str, unit: str = "", team_id: int = 0) -> None:
    row = {"person_id": person.id, "role": role, "unit": unit, "team_id": team_id, "given_at": desk.now}
    desk.conn.execute(insert(roles).values(**row))


def set_inside(desk: Desk, person: Person, inside: bool, chat_id: int = GROUP) -> None:
    row = {"chat_id": chat_id, "telegram_id": person.telegram_id, "inside": inside, "heard_at": desk.now}
    desk.conn.execute(insert(group_members).values(**row))


def gather(desk: Desk) -> Cast:
    """Everybody in place, the team of neighbours with its group, and a second team."""
    homes = [add_household(desk, address) for address in (ADDRESS, "Ankang 7", "Ankang 8", "Ankang 9")]
    ama = add_account(desk, 11, "Ama", household_id=homes[0], address=ADDRESS, phone="0580555")
    ben = add_account(desk, 12, "Ben", household_id=homes[1])
    cleo = add_account(desk, 13, "Cleo", household_id=homes[2])
    dina = add_account(desk, 14, "Dina")
    faye = add_account(desk, 16, "Faye", household_id=homes[3])
    team = add_team(desk, "neighbours", "Neighbours", GROUP)
    other = add_team(desk, "care", "Care", OTHER_GROUP)
    for volunteer in (ben, cleo):
        give(desk, volunteer, "volunteer", team_id=team)
        set_inside(desk, volunteer, True)
    give(desk, dina, "supervisor", unit="ankang")
    return Cast(ama, ben, cleo, dina, faye, team, other)


def ask(cast: Cast, once: str = "talk-1", category: str = "errand", **more: Any) -> NewOrder:
    """What Ama asks for, from home."""
    asked: dict[str, Any] = {
        "unit": "ankang",
        "asked_by": cast.ama.id,
        "requester_id": cast.ama.id,
        "for_name": None,
        "place": ADDRESS,
        "wanted": _("Today"),
        "parts": [{"kind": "text", "words": STORY}],
    }
    return NewOrder(once, category, **{**asked, **more})
