"""Honour boards, one for each place and period, and the households on them."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from domain.honours import NO, STATES, YES
from storage.tables.base import Instant, id_column, metadata, one_of, only

honour_boards = Table(
    "honour_boards",
    metadata,
    id_column(),
    Column("unit", String, nullable=False),
    Column("period", String, nullable=False),  # 2026-11, 2026-q4 or 2026
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),  # grows with every change of who is on it
    Column("answer_by", Instant),  # so long the households are waited for
    Column("next_at", Instant),  # when they are asked, or when it can be published in any case
    Column("made_at", Instant, nullable=False),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
    one_of("state", *STATES),
    Unique("period", "unit"),
    Index("ix_honour_boards_place", "unit", "decided_at"),
    Index("ix_honour_boards_due", "next_at", **only("next_at IS NOT NULL")),
)

honours = Table(
    "honours",
    metadata,
    id_column(),
    Column("board_id", ForeignKey("honour_boards.id"), nullable=False),
    Column("household_id", ForeignKey("households.id"), nullable=False, index=True),
    Column("points", BigInteger, nullable=False),  # as they were when it was proposed
    Column("deeds", Integer, nullable=False),
    Column("by_dimension", JSON, nullable=False),
    Column("hero", Boolean, nullable=False),  # somebody in charge thought of it
    Column("words", Text),  # why, for the household
    Column("left_out", Boolean, nullable=False),
    Column("why", Text),  # for whoever is in charge
    Column("changed_by", ForeignKey("people.id")),
    Column("asked_at", Instant),
    Column("answer", String),
    Column("answered_by", ForeignKey("people.id")),
    Column("answered_at", Instant),
    Column("name", JSON(none_as_null=True)),  # a Text: what they are called on it, as it was when they said yes
    one_of("answer", YES, NO),
    Unique("board_id", "household_id"),
)
