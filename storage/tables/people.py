"""Who the desk knows: households, persons, their accounts, teams, roles, links, groups."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from storage.tables.base import Instant, id_column, metadata, one_of, only

households = Table(
    "households",
    metadata,
    id_column(),
    Column("unit", String, nullable=False),
    Column("building", String, nullable=False, server_default=""),
    Column("room", String, nullable=False, server_default=""),
    Column("address", String, nullable=False),
    Column("state", String, nullable=False),  # asked: a supervisor has yet to confirm it
    Column("code_epoch", Integer, nullable=False, server_default="0"),
    Column("code_hash", String, unique=True),  # keyed hash of the join code on its card
    Column("made_at", Instant, nullable=False),
    one_of("state", "asked", "standing", "declined"),
    Index("ix_households_place", "unit", "building", "room", unique=True),
)

people = Table(
    "people",
    metadata,
    id_column(),
    Column("name", String),
    Column("phone", String),
    Column("language", String),  # of the desk's languages; None until asked
    Column("speaks", String),  # another language, in the person's own words
    Column("unit", String),
    Column("address", String),
    Column("household_id", ForeignKey("households.id"), index=True),
    Column("of_age", Boolean),  # they have said that they are fourteen or older
    Column("silent_until", Instant),  # "not tonight": private alerts wait until then
    Column("made_at", Instant, nullable=False),
    Column("forgotten_at", Instant),
)

contacts = Table(
    "contacts",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("reach", String, nullable=False),
    Column("shown_name", String),  # what Telegram shows, a first guess at the name
    Column("language_code", String),
    one_of("reach", "never_started", "open", "blocked", "deactivated"),
)

consents = Table(
    "consents",
    metadata,
    id_column(),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("version", String, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("person_id", "version"),
)

teams = Table(
    "teams",
    metadata,
    id_column(),
    Column("key", String, nullable=False),  # the name that categories of the desk file lead to
    Column("unit", String, nullable=False),
    Column("title", String, nullable=False),
    Column("joining", String, nullable=False, server_default="invited"),
    Column("chat_id", BigInteger),
    Column("state", String, nullable=False, server_default="waiting"),  # waiting for its group · ready · removed
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    one_of("joining", "invited", "group"),
    one_of("state", "waiting", "ready", "removed"),
    Index("ix_teams_place", "key", "unit", unique=True, **only("state <> 'removed'")),
    Index("ix_teams_chat", "chat_id", unique=True, **only("state <> 'removed'")),
)

roles = Table(
    "roles",
    metadata,
    id_column(),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("unit", String, nullable=False, server_default=""),  # of a supervisor
    Column("team_id", BigInteger, nullable=False, server_default="0"),  # of a volunteer
    Column("station_id", BigInteger, nullable=False, server_default="0"),  # of a keeper: of its counter
    Column("merchant_id", BigInteger, nullable=False, server_default="0"),  # of a merchant's own keeper
    Column("on_duty", Boolean, nullable=False, server_default=text("true")),
    Column("given_by", ForeignKey("people.id")),
    Column("given_at", Instant, nullable=False),
    Column("ended_at", Instant),
    one_of("role", "officer", "supervisor", "volunteer", "keeper"),
    Index(
        "ix_roles_held",
        *("person_id", "role", "unit", "team_id", "station_id", "merchant_id"),
        unique=True,
        **only("ended_at IS NULL"),
    ),
    Index("ix_roles_scope", "role", "unit", "team_id"),
)

invitations = Table(
    "invitations",
    metadata,
    id_column(),
    Column("token_hash", String, nullable=False, unique=True),
    Column("role", String, nullable=False),  # a role, or "group": binds a team to the group it is opened in
    Column("unit", String, nullable=False, server_default=""),
    Column("team_id", BigInteger, nullable=False, server_default="0"),
    Column("station_id", BigInteger, nullable=False, server_default="0"),
    Column("merchant_id", BigInteger, nullable=False, server_default="0"),
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_by", ForeignKey("people.id")),
    Column("used_at", Instant),
)

applications = Table(
    "applications",
    metadata,
    id_column(),
    Column("kind", String, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("team_id", BigInteger, nullable=False, server_default="0"),
    Column("household_id", BigInteger, nullable=False, server_default="0"),
    Column("state", String, nullable=False, server_default="asked"),
    Column("asked_at", Instant, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
    one_of("kind", "volunteer", "household"),
    one_of("state", "asked", "accepted", "declined"),
    Index(
        "ix_applications_open", "kind", "person_id", "team_id", "household_id", unique=True, **only("state = 'asked'")
    ),
)

groups = Table(
    "groups",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", String, nullable=False),
    Column("standing", String, nullable=False),  # the bot's own: administrator · member · left
    Column("may_pin", Boolean, nullable=False, server_default=text("false")),
    Column("may_delete", Boolean, nullable=False, server_default=text("false")),
    Column("language", String),
    Column("topic_id", BigInteger),  # the topic the team is written to; None: the general one, or no forum
    one_of("standing", "administrator", "member", "left"),
)

group_members = Table(
    "group_members",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("inside", Boolean, nullable=False),
    Column("heard_at", Instant, nullable=False),
)
