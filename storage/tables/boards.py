"""Boards: what each household has earned in a month and a year, and how many have earned just as much."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, text

from storage.tables.base import Instant, metadata

standings = Table(
    "standings",
    metadata,
    Column("period", String, primary_key=True),  # 2026-11, or 2026
    Column("unit", String, primary_key=True),
    Column("dimension", String, primary_key=True),  # empty: all of them
    Column("household_id", ForeignKey("households.id"), primary_key=True, autoincrement=False),
    Column("points", BigInteger, nullable=False),  # moved with the entries, and proved by them
    Column("shown", Boolean, nullable=False, server_default=text("true")),  # false: it is on no board
    Index("ix_standings_top", "period", "unit", "dimension", "shown", "points", "household_id"),
    Index("ix_standings_household", "household_id", "period"),
)

standing_counts = Table(
    "standing_counts",
    metadata,
    Column("period", String, primary_key=True),
    Column("unit", String, primary_key=True),
    Column("dimension", String, primary_key=True),
    Column("width", Integer, primary_key=True, autoincrement=False),  # so many numbers of points are counted together
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),  # points, divided by the width
    Column("households", Integer, nullable=False),  # of those that are shown
)

board_choices = Table(
    "board_choices",
    metadata,
    Column("household_id", ForeignKey("households.id"), primary_key=True, autoincrement=False),
    Column("hidden_by", ForeignKey("people.id")),  # nobody else shows it again
    Column("hidden_at", Instant),
    Column("named", Boolean, nullable=False, server_default=text("false")),  # by its name, not by its building alone
)
