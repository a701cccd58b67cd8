"""Who was given which role, by whom and until when, and the one-time links by which roles are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from storage.prepared import Prepared
from storage.tables import applications, audit_log, invitations, roles

_HAD = select(roles.c.id).where(
    roles.c.person_id == bindparam("person_id"),
    roles.c.role == bindparam("role"),
    roles.c.unit == bindparam("unit"),
    roles.c.team_id == bindparam("team_id"),
    roles.c.ended_at.is_not(None),
)

_OFFICERS = Prepared(select(exists().where(roles.c.role == "officer", roles.c.ended_at.is_(None))))


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def give_role(
    conn: Connection,
    now: datetime,
    person_id: int,
    role: str,
    unit: str = "",
    team_id: int = 0,
    given_by: int | None = None,
    station_id: int = 0,
    merchant_id: int = 0,
) -> bool:
    """Did it happen? Nobody holds the same role twice."""
    where = {"unit": unit, "team_id": team_id, "station_id": station_id, "merchant_id": merchant_id}
    row = insert_once(roles).values(person_id=person_id, role=role, given_by=given_by, given_at=now, **where)
    given = conn.execute(row.on_conflict_do_nothing().returning(roles.c.id))  # rows are not counted here everywhere
    return given.scalar_one_or_none() is not None


def end_role(
    conn: Connection,
    now: datetime,
    person_id: int,
    role: str,
    unit: str = "",
    team_id: int = 0,
    station_id: int = 0,
    merchant_id: int = 0,
) -> bool:
    held = update(roles).where(
        roles.c.person_id == person_id,
        roles.c.role == role,
        roles.c.unit == unit,
        roles.c.team_id == team_id,
        roles.c.station_id == station_id,
        roles.c.merchant_id == merchant_id,
        roles.c.ended_at.is_(None),
    )
    return conn.execute(held.values(ended_at=now)).rowcount == 1


def end_roles_of_team(conn: Connection, now: datetime, team_id: int) -> None:
    conn.execute(update(roles).where(roles.c.team_id == team_id, roles.c.ended_at.is_(None)).values(ended_at=now))


def count_officers(conn: Connection) -> int:
    """How many there are, held fast until the transaction ends, so that two cannot remove each other."""
    held = select(roles.c.id).where(roles.c.role == "officer", roles.c.ended_at.is_(None))
    return len(conn.execute(held.with_for_update()).all())


def had_role(conn: Connection, person_id: int, role: str, unit: str = "", team_id: int = 0) -> bool:
    """Was this role taken from them at some time?"""
    asked = {"person_id": person_id, "role": role, "unit": unit, "team_id": team_id}
    return conn.execute(_HAD, asked).first() is not None


def has_officer(conn: Connection) -> bool:
    return bool(_OFFICERS.scalar(conn, {}))


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds."""

    id: int
    person_id: int
    role: str
    unit: str
    team_id: int
    station_id: int = 0
    merchant_id: int = 0


def held_roles(conn: Connection) -> list[Held]:
    """Everybody's, in the order in which they were given."""
    held = select(*(roles.c[name] for name in Held.__dataclass_fields__))
    return [Held(*row) for row in conn.execute(held.where(roles.c.ended_at.is_(None)).order_by(roles.c.id))]


def write_audit(conn: Connection, now: datetime, person_id: int | None, what: str, **about: Any) -> None:
    """Who changed what; ids and keys, never names or words."""
    conn.execute(insert(audit_log).values(at=now, person_id=person_id, what=what, about=about))


# ── one-time links ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Invitation:
    id: int
    role: str
    unit: str
    team_id: int
    made_by: int | None
    expires_at: datetime
    used_by: int | None
    station_id: int = 0
    merchant_id: int = 0


_INVITATION = select(
    invitations.c.id,
    invitations.c.role,
    invitations.c.unit,
    invitations.c.team_id,
    invitations.c.made_by,
    invitations.c.expires_at,
    invitations.c.used_by,
    invitations.c.station_id,
    invitations.c.merchant_id,
).where(invitations.c.token_hash == bindparam("token_hash"))


def add_invitation(conn: Connection, **fields: Any) -> None:
    conn.execute(insert(invitations).values(**fields))


def find_invitation(conn: Connection, token_hash: str) -> Invitation | None:
    row = conn.execute(_INVITATION, {"token_hash": token_hash}).first()
    return Invitation(*row) if row else None


def take_invitation(conn: Connection, now: datetime, invitation_id: int, person_id: int | None) -> bool:
    """Did it happen? A link opens once, for one account, before it expires."""
    unused = update(invitations).where(
        invitations.c.id == invitation_id, invitations.c.used_at.is_(None), invitations.c.expires_at > now
    )
    return conn.execute(unused.values(used_by=person_id, used_at=now)).rowcount == 1


def has_open_invitation(conn: Connection, now: datetime, role: str) -> bool:
    """Has anybody a link for this that was not opened yet?"""
    unused = exists().where(invitations.c.role == role, invitations.c.used_at.is_(None), invitations.c.expires_at > now)
    return bool(conn.execute(select(unused)).scalar_one())


def void_invitations(conn: Connection, now: datetime, role: str, unit: str = "", team_id: int = 0) -> None:
    """Links for this role that nobody has opened no longer work."""
    unused = update(invitations).where(
        invitations.c.role == role,
        invitations.c.unit == unit,
        invitations.c.team_id == team_id,
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > now,
    )
    conn.execute(unused.values(expires_at=now))


# ── applications ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Application:
    """Somebody asks to join a team, and what was answered."""

    id: int
    person_id: int
    team_id: int
    state: str
    decided_by: int | None


_APPLICATION = select(
    applications.c.id,
    applications.c.person_id,
    applications.c.team_id,
    applications.c.state,
    applications.c.decided_by,
).where(applications.c.kind == "volunteer")


def add_application(conn: Connection, now: datetime, person_id: int, team_id: int) -> int | None:
    """Its id; None while an earlier one waits for its answer."""
    row = insert_once(applications).values(kind="volunteer", person_id=person_id, team_id=team_id, asked_at=now)
    made = conn.execute(row.on_conflict_do_nothing().returning(applications.c.id)).scalar_one_or_none()
    return None if made is None else int(made)


def find_application(conn: Connection, application_id: int) -> Application | None:
    row = conn.execute(_APPLICATION.where(applications.c.id == application_id)).first()
    return Application(*row) if row else None


def asked_lately(conn: Connection, person_id: int, team_id: int, since: datetime) -> bool:
    mine = _APPLICATION.where(applications.c.person_id == person_id, applications.c.team_id == team_id)
    return conn.execute(mine.where(applications.c.asked_at > since)).first() is not None


def decide_application(conn: Connection, now: datetime, application_id: int, by: int, state: str) -> bool:
    """Did it happen? The first answer counts."""
    asked = update(applications).where(applications.c.id == application_id, applications.c.state == "asked")
    return conn.execute(asked.values(state=state, decided_by=by, decided_at=now)).rowcount == 1
