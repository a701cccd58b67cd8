"""Teams and where they are found: the rows behind "who can be asked about this, nearest first"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.desk_file import DeskFile
from domain.orders import HELD, OPEN
from domain.places import path_up
from domain.refusals import NotFound
from domain.teams import Team
from storage.prepared import Prepared
from storage.tables import groups, orders, teams

_TEAMS = (
    select(
        teams.c.id,
        teams.c.key,
        teams.c.unit,
        teams.c.title,
        teams.c.joining,
        teams.c.chat_id,
        teams.c.state,
        groups.c.standing,
    )
    .select_from(teams.outerjoin(groups, groups.c.chat_id == teams.c.chat_id))
    .where(teams.c.state != "removed")
)
_BY_ID = Prepared(_TEAMS.where(teams.c.id == bindparam("id")), Team)
_BY_CHAT = Prepared(_TEAMS.where(teams.c.chat_id == bindparam("chat_id")), Team)
_BY_PLACE = Prepared(
    _TEAMS.where(teams.c.key == bindparam("key"), teams.c.unit.in_(bindparam("units", expanding=True))), Team
)


def get_team(conn: Connection, team_id: int) -> Team:
    """The team, or NotFound: also for one that was removed."""
    team: Team | None = _BY_ID.first(conn, {"id": team_id})
    if team is None:
        raise NotFound
    return team


def find_team(conn: Connection, file: DeskFile, key: str, unit: str) -> Team | None:
    """Who can be asked about this now: the team nearest above the unit that has a group the bot can speak in."""
    path = [each.key for each in path_up(file.units, unit)]
    teams_there: list[Team] = _BY_PLACE.all(conn, {"key": key, "units": path})
    reachable = [team for team in teams_there if team.is_reachable]
    return min(reachable, key=lambda team: path.index(team.unit), default=None)


def team_of_chat(conn: Connection, chat_id: int) -> Team | None:
    """Whose group this is."""
    team: Team | None = _BY_CHAT.first(conn, {"chat_id": chat_id})
    return team


def all_teams(conn: Connection, units: Iterable[str] | None = None) -> list[Team]:
    """Every team, or those of these units, in the order in which they were made."""
    wanted = _TEAMS if units is None else _TEAMS.where(teams.c.unit.in_(list(units)))
    return [Team(*row) for row in conn.execute(wanted.order_by(teams.c.id))]


def add_team(conn: Connection, now: datetime, key: str, unit: str, title: str, joining: str, by: int) -> int | None:
    """Its id; None if the unit has a team of that name already."""
    row = insert(teams).values(key=key, unit=unit, title=title, joining=joining, made_by=by, made_at=now)
    made = conn.execute(row.on_conflict_do_nothing().returning(teams.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def change_team(conn: Connection, team_id: int, **fields: Any) -> bool:
    """Did it happen? Not to a team that has been removed."""
    there = update(teams).where(teams.c.id == team_id, teams.c.state != "removed")
    return conn.execute(there.values(**fields)).rowcount == 1


# ── orders that wait, by place and by team ──────────────────────────────────────────────────────────────────────────


def waiting_in(conn: Connection, units: Iterable[str]) -> list[int]:
    """Orders of these units that nobody has taken, oldest first."""
    waiting = select(orders.c.id).where(orders.c.unit.in_(list(units)), orders.c.state.in_(OPEN))
    return list(conn.scalars(waiting.order_by(orders.c.id)))


def waiting_for(conn: Connection, team_id: int) -> list[int]:
    """Orders that were offered to this team and that nobody has taken, oldest first."""
    waiting = select(orders.c.id).where(orders.c.team_id == team_id, orders.c.state.in_(OPEN))
    return list(conn.scalars(waiting.order_by(orders.c.id)))


def holders_for(conn: Connection, team_id: int) -> list[int]:
    """Who has something in hand that was offered to this team."""
    held = select(orders.c.holder_id).where(orders.c.team_id == team_id, orders.c.state.in_(HELD)).distinct()
    return [person_id for person_id in conn.scalars(held.order_by(orders.c.holder_id)) if person_id is not None]
