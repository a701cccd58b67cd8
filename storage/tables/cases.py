"""Confidential cases: sealed, opened by one module, every opening recorded."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from storage.tables.base import Instant, id_column, metadata, one_of

cases = Table(
    "cases",
    metadata,
    id_column(),
    Column("once", String, nullable=False, unique=True),
    Column("who", String, nullable=False, index=True),  # keyed hash of the person, so that she can find it again
    Column("unit", String, nullable=False),
    Column("sealed", Text, nullable=False),  # her words, how she may be reached, who must never see it
    Column("state", String, nullable=False),
    Column("holder_id", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    one_of("state", "waiting", "taken", "closed"),
    Index("ix_cases_state", "state", "closed_at"),
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
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

case_traces = Table(
    "case_traces",
    metadata,
    id_column(),
    Column("who", String, nullable=False, index=True),
    Column("message_id", BigInteger, nullable=False),
    Column("ours", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("who", "message_id"),
)
