"""The groups the bot is in, and who is inside them, as Telegram told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, and_, bindparam, cast, delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.teams import Group
from storage.prepared import Prepared
from storage.tables import contacts, group_members, groups, roles, state, teams

_GROUP = Prepared(
    select(*(groups.c[name] for name in Group.__dataclass_fields__)).where(groups.c.chat_id == bindparam("chat_id"))
)
_INSIDE = Prepared(
    select(group_members.c.inside).where(
        group_members.c.chat_id == bindparam("chat_id"), group_members.c.telegram_id == bindparam("telegram_id")
    )
)
_MEMBER = insert(group_members)
_KEEP_MEMBER = Prepared(
    _MEMBER.on_conflict_do_update(
        index_elements=["chat_id", "telegram_id"],
        set_={name: _MEMBER.excluded[name] for name in ("inside", "heard_at")},
        where=group_members.c.heard_at <= _MEMBER.excluded.heard_at,
    )
)


def find_group(conn: Connection, chat_id: int) -> Group | None:
    row = _GROUP.first(conn, {"chat_id": chat_id})
    return Group(*row) if row else None


def keep_group(conn: Connection, group: Group) -> None:
    """What the bot is and may do in this group now."""
    now = {
        "title": group.title,
        "standing": group.standing,
        "may_pin": group.may_pin,
        "may_delete": group.may_delete,
    }
    row = insert(groups).values(chat_id=group.chat_id, **now)
    conn.execute(row.on_conflict_do_update(index_elements=["chat_id"], set_=now))


def write_to_topic(conn: Connection, chat_id: int, topic_id: int | None) -> bool:
    """From now on the desk writes in this topic; None: in the general one. Did anything change?"""
    other = update(groups).where(groups.c.chat_id == chat_id, groups.c.topic_id.is_distinct_from(topic_id))
    return conn.execute(other.values(topic_id=topic_id)).rowcount == 1


def set_language(conn: Connection, chat_id: int, language: str) -> None:
    """What is shown in this group is written in this language."""
    conn.execute(update(groups).where(groups.c.chat_id == chat_id).values(language=language))


def drop_group(conn: Connection, chat_id: int) -> None:
    """A group that is nobody's is forgotten, with whoever was in it."""
    conn.execute(delete(groups).where(groups.c.chat_id == chat_id))
    conn.execute(delete(group_members).where(group_members.c.chat_id == chat_id))


# ── "is this the group of …?", until an officer has answered ────────────────────────────────────────────────────────


def _question(team_id: int) -> str:
    return f"group of team {team_id}"


def ask_about(conn: Connection, team_id: int, chat_id: int) -> None:
    """This group may be the team's; an earlier one that was asked about is forgotten."""
    row = insert(state).values(name=_question(team_id), value=str(chat_id))
    conn.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": str(chat_id)}))


def asked_about(conn: Connection, team_id: int) -> int | None:
    """The group that waits to be confirmed as this team's."""
    value = conn.execute(select(state.c.value).where(state.c.name == _question(team_id))).scalar_one_or_none()
    return None if value is None else int(value)


def answer_about(conn: Connection, team_id: int, chat_id: int) -> bool:
    """Did it happen? The first answer counts."""
    asked = delete(state).where(state.c.name == _question(team_id), state.c.value == str(chat_id))
    return conn.execute(asked).rowcount == 1


def teams_asking(conn: Connection, chat_id: int) -> list[int]:
    """The teams of which somebody has yet to say whether this group is theirs."""
    asked = select(teams.c.id).join(state, state.c.name == literal("group of team ") + cast(teams.c.id, String))
    return [int(team_id) for team_id in conn.scalars(asked.where(state.c.value == str(chat_id)))]


# ── members ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_inside(conn: Connection, chat_id: int, telegram_id: int) -> bool | None:
    """Is this account in the group? None: nobody has told us."""
    row = _INSIDE.first(conn, {"chat_id": chat_id, "telegram_id": telegram_id})
    return bool(row.inside) if row else None


def keep_member(conn: Connection, chat_id: int, telegram_id: int, inside: bool, heard_at: datetime) -> None:
    """Somebody is in the group or not; what was heard later counts."""
    now = {"inside": inside, "heard_at": heard_at}
    _KEEP_MEMBER.count(conn, {"chat_id": chat_id, "telegram_id": telegram_id, **now})


def needs_asking(conn: Connection, most: int = 50) -> list[tuple[int, int]]:
    """Accounts of which nobody has told whether they are in their team's group: (group, account), for getChatMember."""
    pairs = (
        select(teams.c.chat_id, contacts.c.telegram_id)
        .join(roles, and_(roles.c.team_id == teams.c.id, roles.c.role == "volunteer", roles.c.ended_at.is_(None)))
        .join(contacts, contacts.c.person_id == roles.c.person_id)
        .join(groups, and_(groups.c.chat_id == teams.c.chat_id, groups.c.standing == "administrator"))
        .outerjoin(
            group_members,
            and_(group_members.c.chat_id == teams.c.chat_id, group_members.c.telegram_id == contacts.c.telegram_id),
        )
        .where(teams.c.state == "ready", group_members.c.chat_id.is_(None))
        .order_by(teams.c.chat_id, contacts.c.telegram_id)
        .limit(most)
    )
    return [(int(row.chat_id), int(row.telegram_id)) for row in conn.execute(pairs)]
