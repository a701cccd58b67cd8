"""Posters on the doors of buildings, found by a keyed hash of what stands in their links."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, UniqueConstraint

from storage.tables.base import Instant, id_column, metadata

posters = Table(
    "posters",
    metadata,
    id_column(),
    Column("unit", String, nullable=False),
    Column("building", String, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("token_hash", String, nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    UniqueConstraint("unit", "building"),
)
