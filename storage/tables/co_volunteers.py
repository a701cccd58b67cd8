"""Whoever came along with the holder of an order, as the holder named them and as they answered."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, UniqueConstraint

from storage.tables.base import Instant, id_column, metadata, one_of

co_volunteers = Table(
    "co_volunteers",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False),
    Column("named_by", ForeignKey("people.id"), nullable=False),  # the holder
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("state", String, nullable=False),  # disputed: whoever was helped says that the holder came alone
    Column("share", BigInteger),  # what they earn if they say yes; None until the order is closed
    Column("named_at", Instant, nullable=False),
    Column("answered_at", Instant),
    one_of("state", "asked", "agreed", "declined", "disputed"),
    UniqueConstraint("order_id", "named_by", "person_id"),
    Index("ix_co_volunteers_person", "person_id", "state"),
    Index("ix_co_volunteers_named_at", "named_at"),
)
