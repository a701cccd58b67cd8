"""Puts the cast into the desk as if they had been there for a while: known, in their teams, on duty, at home."""

from __future__ import annotations

from bot.demo.cast import CAST, HOMES, TEAMS
from bot.demo.shelves import seed_market
from desk import households, people
from desk.front import Desk
from domain.households import Address
from domain.people import Person
from domain.teams import Group
from storage import roles
from storage.groups import keep_group
from storage.households import find_at
from storage.teams import add_team, change_team


def seed(desk: Desk, ids: dict[str, int], groups: dict[str, int], language: str) -> None:
    """`ids`: Telegram ids of the cast; `groups`: the chat of each team's key."""
    households.let_stand(desk, [Address(*home) for home in HOMES])
    known: dict[str, Person] = {}
    for part in CAST:
        if part.role == "resident" and part.home is None:
            continue  # comes to the desk for the first time
        name = part.name[language]
        person = people.meet(desk, ids[part.key], name, language, started=True)
        known[part.key] = people.change(desk, person, name=name, language=language)
        people.consent(desk, person)
        if part.home is not None:
            home = find_at(desk.conn, Address(*part.home))
            assert home is not None, "every home of the cast is among the town's homes"
            households.join(desk, known[part.key], home)
        if part.role in ("supervisor", "officer"):
            roles.give_role(desk.conn, desk.now, person.id, part.role, unit=part.unit)
    officer = known["ivy"]
    for key, unit, title in TEAMS:
        team_id = add_team(desk.conn, desk.now, key, unit, title[language], "invited", officer.id)
        assert team_id is not None, "the town is empty before it is seeded"
        keep_group(desk.conn, Group(groups[key], title[language], "administrator", may_pin=True, may_delete=True))
        change_team(desk.conn, team_id, chat_id=groups[key], state="ready")
        for part in CAST:
            if key in part.teams:
                roles.give_role(desk.conn, desk.now, known[part.key].id, "volunteer", team_id=team_id)
    seed_market(desk, officer, known["eli"], language)
