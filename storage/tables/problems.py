"""What keeps being reported from one place: the problem, how it goes, and who else wants to hear of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from storage.tables.base import Instant, id_column, metadata, one_of, only

problems = Table(
    "problems",
    metadata,
    id_column(),
    Column("first_id", ForeignKey("orders.id"), nullable=False, unique=True),  # the first of its reports
    Column("kind", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("band", Integer),
    Column("building", String),
    Column("owner_id", ForeignKey("people.id"), index=True),
    Column("state", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    one_of("state", "open", "closed"),
    Index("ix_problems_open", "kind", "band", **only("state = 'open'")),
    Index("ix_problems_unit", "unit", **only("state = 'open'")),
)

problem_notes = Table(
    "problem_notes",
    metadata,
    id_column(),
    Column("problem_id", ForeignKey("problems.id"), nullable=False, index=True),
    Column("once", String, nullable=False, unique=True),  # the conversation it was said in
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

problem_history = Table(
    "problem_history",
    metadata,
    id_column(),
    Column("problem_id", ForeignKey("problems.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("about", BigInteger),  # the report that joined it, or the person it was handed to
    Column("at", Instant, nullable=False),
)

problem_followers = Table(
    "problem_followers",
    metadata,
    Column("problem_id", ForeignKey("problems.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("at", Instant, nullable=False),
)
