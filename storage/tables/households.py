"""What a household's card says and how its PIN stands, and how households were put together or parted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from storage.tables.base import Instant, id_column, metadata, one_of, only

household_cards = Table(
    "household_cards",
    metadata,
    Column("household_id", ForeignKey("households.id"), primary_key=True, autoincrement=False),
    Column("name", String),  # what it likes to be called; None: its address
    Column("epoch", Integer, nullable=False, server_default="0"),  # of the code on it; it is derived and never kept
    Column("pin_epoch", Integer, nullable=False, server_default="0"),  # 0: it has no PIN; below, it had one
    Column("pin_shown", Boolean, nullable=False, server_default=text("true")),  # false: it waits to be written down
    Column("pin_tries", Integer, nullable=False, server_default="0"),  # wrong ones in a row
    Column("pin_made_by", ForeignKey("people.id")),
    Column("pin_made_at", Instant),
)

moved_out = Table(
    "moved_out",
    metadata,
    id_column(),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("household_id", ForeignKey("households.id"), nullable=False),  # the one they left; never where they went
    Column("left_at", Instant, nullable=False),
    Index("ix_moved_out_person", "person_id", "left_at"),
    Index("ix_moved_out_left_at", "left_at"),
)

household_changes = Table(
    "household_changes",
    metadata,
    id_column(),
    Column("what", String, nullable=False),
    Column("household_id", ForeignKey("households.id"), nullable=False),  # the one that went, or from which some left
    Column("other_id", ForeignKey("households.id"), nullable=False, index=True),
    Column("reason", String, nullable=False),  # a key, never words
    Column("points", BigInteger, nullable=False, server_default="0"),  # that went along
    Column("once", String, nullable=False, unique=True),
    Column("by", ForeignKey("people.id")),
    Column("at", Instant, nullable=False),
    one_of("what", "merge", "split"),
    Index("ix_household_changes_merged", "household_id", unique=True, **only("what = 'merge'")),
)
