"""The ledger: accounts, transfers and postings that sum to zero."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables.base import Instant, id_column, metadata, one_of, only

accounts = Table(
    "accounts",
    metadata,
    id_column(),
    Column("kind", String, nullable=False),
    Column("household_id", ForeignKey("households.id")),
    Column("balance", BigInteger, nullable=False, server_default="0"),  # cached for households; moved with its postings
    Column("entries", BigInteger, nullable=False, server_default="0"),  # so many lines has its statement
    Column("head", LargeBinary),  # the link of its last line
    one_of("kind", "household", "hold", "issuer", "market", "expired"),
    CheckConstraint("kind NOT IN ('household', 'hold') OR balance >= 0", name="not_negative"),
    UniqueConstraint("kind", "household_id"),
)

transfers = Table(
    "transfers",
    metadata,
    id_column(),
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
    # What was earned, and what of it was taken back: this is what the caps and the boards count.
    Column("household_id", BigInteger),
    Column("unit", String),  # where the household was then
    Column("deed", String),  # a key of the standard
    Column("points", BigInteger),
    Column("counted_in", String),  # that month, where the neighbourhood is: 2026-11
    Column("standard_id", BigInteger),  # under which standard
    Column("counted_at", Instant),  # in which day, month and year; of what is taken back, when it was earned
    Column("note_mark", LargeBinary),  # of what somebody wrote to it
    Column("digest", LargeBinary),  # of all of this, its postings and the others
    one_of("kind", "award", "hold", "capture", "release", "expiry", "reversal", "move"),
    Index("ix_transfers_earned_by", "earned_by", "counted_at"),
    Index("ix_transfers_household", "household_id", "counted_at"),
    Index("ix_transfers_by_hand", "id", **only("decided_by IS NOT NULL")),
)

postings = Table(
    "postings",
    metadata,
    id_column(),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("number", BigInteger),  # its line in the statement of its account; the desk's own have none
    Column("link", LargeBinary),  # of this line and the one before
    Index("ix_postings_line", "account_id", "number", unique=True),
)

standards = Table(
    "standards",
    metadata,
    id_column(),
    Column("content_hash", String, nullable=False, unique=True),
    Column("content", JSON, nullable=False),  # as it stood in the desk file
    Column("since", Instant, nullable=False),  # first used
)

transfer_notes = Table(
    "transfer_notes",
    metadata,
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),  # of whoever decided; they can go, the entry stays
    Column("salt", LargeBinary, nullable=False),
)

earned_with = Table(
    "earned_with",
    metadata,
    id_column(),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False, index=True),
    Column("household_id", BigInteger, nullable=False),  # whose points they are
    Column("other", BigInteger, nullable=False),  # the household on the other side; of a person, the id below zero
    Column("points", BigInteger, nullable=False),
    Column("counted_at", Instant, nullable=False),
    Index("ix_earned_with_pair", "household_id", "other", "counted_at"),
)

hand_awards = Table(
    "hand_awards",
    metadata,
    id_column(),
    Column("once", String, nullable=False, unique=True),  # the conversation that made it
    Column("unit", String, nullable=False),
    Column("household_id", ForeignKey("households.id"), nullable=False),
    Column("earned_by", ForeignKey("people.id")),  # None: all of them together
    Column("points", BigInteger, nullable=False),
    Column("dimension", String),
    Column("words", Text),  # the reason, until it is decided; then it stands beside the entry
    Column("state", String, nullable=False),
    Column("asked_by", ForeignKey("people.id"), nullable=False),
    Column("second_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    Column("decided_at", Instant),
    one_of("state", "waiting", "posted", "declined"),
    Index("ix_hand_awards_giver", "asked_by", "household_id", "made_at"),
    Index("ix_hand_awards_waiting", "id", **only("state = 'waiting'")),
)
