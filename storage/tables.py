"""Every table of the desk. Instants are UTC, points are integers, states are words of the language page.

Nothing here judges: rules stand in `domain/`, and the moves that compete are conditional updates in the sibling files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[int]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _only(rows: str) -> dict[str, Any]:
    """A partial index, on both databases."""
    return {"sqlite_where": text(rows), "postgresql_where": text(rows)}


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────

households = Table(
    "households",
    metadata,
    _id(),
    Column("unit", String, nullable=False),
    Column("building", String, nullable=False, server_default=""),
    Column("room", String, nullable=False, server_default=""),
    Column("address", String, nullable=False),
    Column("state", String, nullable=False),  # asked: a supervisor has yet to confirm it
    Column("code_epoch", Integer, nullable=False, server_default="0"),
    Column("code_hash", String, unique=True),  # keyed hash of the join code on its card
    Column("made_at", Instant, nullable=False),
    _one_of("state", "asked", "standing", "declined"),
    Index("ix_households_place", "unit", "building", "room", unique=True),
)

people = Table(
    "people",
    metadata,
    _id(),
    Column("name", String),
    Column("phone", String),
    Column("language", String),  # of the desk's languages; None until asked
    Column("speaks", String),  # another language, in the person's own words
    Column("unit", String),
    Column("address", String),
    Column("household_id", ForeignKey("households.id"), index=True),
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
    _one_of("reach", "never_started", "open", "blocked", "deactivated"),
)

consents = Table(
    "consents",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("version", String, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("person_id", "version"),
)

teams = Table(
    "teams",
    metadata,
    _id(),
    Column("key", String, nullable=False),  # the name that categories of the desk file lead to
    Column("unit", String, nullable=False),
    Column("title", String, nullable=False),
    Column("joining", String, nullable=False, server_default="invited"),
    Column("chat_id", BigInteger),
    Column("state", String, nullable=False, server_default="waiting"),  # waiting for its group · ready · removed
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    _one_of("joining", "invited", "group"),
    _one_of("state", "waiting", "ready", "removed"),
    Index("ix_teams_place", "key", "unit", unique=True, **_only("state <> 'removed'")),
    Index("ix_teams_chat", "chat_id", unique=True, **_only("state <> 'removed'")),
)

roles = Table(
    "roles",
    metadata,
    _id(),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("unit", String, nullable=False, server_default=""),  # of a supervisor
    Column("team_id", BigInteger, nullable=False, server_default="0"),  # of a volunteer
    Column("on_duty", Boolean, nullable=False, server_default=text("true")),
    Column("given_by", ForeignKey("people.id")),
    Column("given_at", Instant, nullable=False),
    Column("ended_at", Instant),
    _one_of("role", "officer", "supervisor", "volunteer", "keeper"),
    Index("ix_roles_held", "person_id", "role", "unit", "team_id", unique=True, **_only("ended_at IS NULL")),
    Index("ix_roles_scope", "role", "unit", "team_id"),
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    Column("token_hash", String, nullable=False, unique=True),
    Column("role", String, nullable=False),  # a role, or "group": binds a team to the group it is opened in
    Column("unit", String, nullable=False, server_default=""),
    Column("team_id", BigInteger, nullable=False, server_default="0"),
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_by", ForeignKey("people.id")),
    Column("used_at", Instant),
)

applications = Table(
    "applications",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("team_id", BigInteger, nullable=False, server_default="0"),
    Column("household_id", BigInteger, nullable=False, server_default="0"),
    Column("state", String, nullable=False, server_default="asked"),
    Column("asked_at", Instant, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
    _one_of("kind", "volunteer", "household"),
    _one_of("state", "asked", "accepted", "declined"),
    Index(
        "ix_applications_open", "kind", "person_id", "team_id", "household_id", unique=True, **_only("state = 'asked'")
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
    _one_of("standing", "administrator", "member", "left"),
)

group_members = Table(
    "group_members",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("inside", Boolean, nullable=False),
    Column("heard_at", Instant, nullable=False),
)

# ── orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

ORDER_STATES = (
    "new",
    "offered",
    "claimed",
    "in_progress",
    "waiting",
    "resolved",
    "closed",
    "cancelled",
    "duplicate",
    "referred",
    "reopened",
)

orders = Table(
    "orders",
    metadata,
    _id(),
    Column("once", String, nullable=False, unique=True),  # the conversation that made it
    Column("reference", String, nullable=False, unique=True),
    Column("category", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("team_id", BigInteger),  # whose group holds the card; None: nobody could be offered it
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("asked_by", ForeignKey("people.id"), index=True),  # who told us
    Column("requester_id", ForeignKey("people.id"), index=True),  # who needs it, when the desk knows them
    Column("for_name", String),
    Column("for_phone", String),
    Column("place", String),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("wanted", JSON, nullable=False),  # a Text: "today", "tomorrow morning", or the person's own words
    Column("speaks", String),
    Column("discreet", Boolean, nullable=False, server_default=text("false")),
    Column("call_back", Boolean, nullable=False, server_default=text("false")),  # "please call me"
    Column("holder_id", ForeignKey("people.id"), index=True),
    Column("claimed_at", Instant),
    Column("on_way_at", Instant),
    Column("expected_at", Instant),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),  # the holder has yet to start the bot
    Column("door_word", Integer, nullable=False),
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("made_at", Instant, nullable=False),
    _one_of("state", *ORDER_STATES),
    Index("ix_orders_open", "team_id", "made_at", **_only("state IN ('offered', 'reopened')")),
    Index("ix_orders_state", "state", "unit"),
)

order_parts = Table(
    "order_parts",
    metadata,
    _id(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id")),
    Column("stage", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("words", Text),
    Column("file_id", String),
    Column("at", Instant, nullable=False),
    _one_of("stage", "story", "note", "done"),
    _one_of("kind", "text", "photo", "voice", "video", "document"),
)

order_history = Table(
    "order_history",
    metadata,
    _id(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("note", Text),
    Column("at", Instant, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("speed", Integer),
    Column("quality", Integer),
    Column("words", Text),
    Column("at", Instant, nullable=False),
)

# ── clocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

deadlines = Table(
    "deadlines",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("metric", String, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("met_at", Instant),
    Column("breached_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    # first_response, resolution: promises · progress: is the holder still on it? · fall_back: silent holder, or a
    # taker who never opened the bot · closing: done, and the requester says nothing
    _one_of("metric", "first_response", "resolution", "progress", "fall_back", "closing"),
    Index("ix_deadlines_due", "due_at", **_only("met_at IS NULL AND breached_at IS NULL")),
)

escalation_runs = Table(
    "escalation_runs",
    metadata,
    _id(),
    Column("order_id", ForeignKey("orders.id")),
    Column("case_id", ForeignKey("cases.id")),
    Column("ladder", JSON, nullable=False),  # frozen when it starts
    Column("position", Integer, nullable=False, server_default="0"),  # the step that comes next
    Column("next_at", Instant),
    Column("state", String, nullable=False),
    Column("seen_by", ForeignKey("people.id")),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("started_at", Instant, nullable=False),
    _one_of("state", "running", "acknowledged", "met", "exhausted", "cancelled"),
    Index("ix_escalation_runs_due", "next_at", **_only("state IN ('running', 'acknowledged')")),
    Index("ix_escalation_runs_order", "order_id"),
    Index("ix_escalation_runs_case", "case_id"),
)

alerts = Table(
    "alerts",
    metadata,
    _id(),
    Column("run_id", ForeignKey("escalation_runs.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("reached", Boolean, nullable=False, server_default=text("true")),  # false once Telegram says they cannot be
    Column("at", Instant, nullable=False),
    UniqueConstraint("run_id", "position", "person_id"),
)

# ── points ──────────────────────────────────────────────────────────────────────────────────────────────────────────

accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("household_id", ForeignKey("households.id")),
    Column("balance", BigInteger, nullable=False, server_default="0"),  # cached for households; moved with its postings
    _one_of("kind", "household", "hold", "issuer", "market", "expired"),
    CheckConstraint("kind NOT IN ('household', 'hold') OR balance >= 0", name="not_negative"),
    UniqueConstraint("kind", "household_id"),
)

transfers = Table(
    "transfers",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("once", String, nullable=False, unique=True),
    Column("once_hash", String, nullable=False),  # of its input: the same key with another input is a fault
    Column("reason", JSON, nullable=False),  # a Text without anybody's name in it
    Column("order_id", ForeignKey("orders.id")),
    Column("earned_by", ForeignKey("people.id")),
    Column("decided_by", ForeignKey("people.id")),
    Column("dimension", String),
    Column("reverses", ForeignKey("transfers.id"), unique=True),
    Column("at", Instant, nullable=False),
    _one_of("kind", "award", "hold", "capture", "release", "expiry", "reversal"),
)

postings = Table(
    "postings",
    metadata,
    _id(),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("amount", BigInteger, nullable=False),
)

# ── confidential cases: sealed, opened by one module ────────────────────────────────────────────────────────────────

cases = Table(
    "cases",
    metadata,
    _id(),
    Column("once", String, nullable=False, unique=True),
    Column("who", String, nullable=False, index=True),  # keyed hash of the person, so that she can find it again
    Column("unit", String, nullable=False),
    Column("sealed", Text, nullable=False),  # her words, how she may be reached, who must never see it
    Column("state", String, nullable=False),
    Column("holder_id", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    _one_of("state", "waiting", "taken", "closed"),
)

case_grants = Table(
    "case_grants",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("at", Instant, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    _id(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

case_traces = Table(
    "case_traces",
    metadata,
    _id(),
    Column("who", String, nullable=False, index=True),
    Column("message_id", BigInteger, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("who", "message_id"),
)

# ── messages ────────────────────────────────────────────────────────────────────────────────────────────────────────

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sender", BigInteger, nullable=False),  # Telegram id of whoever it came from; 0: nobody
    Column("raw", Text),  # kept only while new or in quarantine
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("fault", String),  # type and place, never its text
    Column("at", Instant, nullable=False),
    _one_of("state", "new", "done", "ignored", "quarantined"),
    Index("ix_inbox_waiting", "update_id", **_only("state = 'new'")),
)

talks = Table(
    "talks",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("flow", String, nullable=False),
    Column("version", String, nullable=False),
    Column("id", String, nullable=False),  # the `once` key of whatever it ends in
    Column("turn", Integer, nullable=False),
    Column("answers", Text, nullable=False),  # JSON, sealed for a confidential flow
    Column("sealed", Boolean, nullable=False, server_default=text("false")),
    Column("touched_at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("lane", Integer, nullable=False),  # 0 urgent · 1 personal · 2 bulk
    Column("kind", String, nullable=False),
    Column("rule", String, nullable=False),  # what happens when it is uncertain
    Column("body", JSON),  # gone once it is sent
    Column("subject", String),  # what it is about, so that a reply to it finds its way
    Column("subject_id", BigInteger),
    Column("state", String, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("not_before", Instant),
    Column("expires_at", Instant),
    Column("message_id", BigInteger),
    Column("reason", String),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant),
    _one_of("kind", "line", "card", "copy", "call"),
    _one_of("rule", "urgent", "card", "receipt", "bulk"),
    _one_of("state", "queued", "sending", "sent", "dead", "uncertain"),
    Index("ix_outbox_waiting", "id", **_only("state IN ('queued', 'sending')")),
    Index("ix_outbox_message", "chat_id", "message_id"),
)

cards = Table(
    "cards",
    metadata,
    _id(),
    Column("subject", String, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),  # None: nothing stands there now
    Column("face", String),  # hash of what stands there
    Column("at", Instant, nullable=False),
    UniqueConstraint("subject", "subject_id", "chat_id"),
    Index("ix_cards_message", "chat_id", "message_id"),
)

audit_log = Table(
    "audit_log",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("what", String, nullable=False),
    Column("about", JSON, nullable=False),
)

state = Table(
    "state",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
