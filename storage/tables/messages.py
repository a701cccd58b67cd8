"""What came, what was said, what stands in chats, and half-finished conversations."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.tables.base import Instant, id_column, metadata, one_of, only

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sender", BigInteger, nullable=False),  # Telegram id of whoever it came from; 0: nobody
    Column("chat", BigInteger),  # the group whose own affairs it tells of; only where several workers share the inbox
    Column("raw", Text),  # kept only while new or in quarantine
    Column("state", String, nullable=False),
    Column("alone", Boolean, nullable=False, server_default=text("false")),  # was in a batch that did not end well
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("ready_at", Instant),  # not to be tried before
    Column("fault", String),  # type and place, never its text
    Column("at", Instant, nullable=False),
    one_of("state", "new", "done", "ignored", "quarantined"),
    Index("ix_inbox_waiting", "update_id", **only("state = 'new'")),
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
    id_column(),
    Column("chat_id", BigInteger, nullable=False),
    Column("lane", Integer, nullable=False),  # 0 urgent · 1 personal · 2 bulk
    Column("kind", String, nullable=False),
    Column("rule", String, nullable=False),  # what happens when it is uncertain
    Column("body", JSON(none_as_null=True)),  # gone once it is sent
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
    one_of("kind", "line", "card", "copy", "call"),
    one_of("rule", "urgent", "card", "receipt", "bulk"),
    one_of("state", "queued", "sending", "sent", "dead", "uncertain"),
    Index("ix_outbox_waiting", "id", **only("state IN ('queued', 'sending')")),
    Index("ix_outbox_message", "chat_id", "message_id"),
)

cards = Table(
    "cards",
    metadata,
    id_column(),
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
    id_column(),
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

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String),
    Column("until", Instant),  # by the database's own clock
)
