"""Copies of what people sent: which file it is, how large, and what it belongs to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from storage.tables.base import Instant, id_column, metadata, one_of, only

pictures = Table(
    "pictures",
    metadata,
    id_column(),
    Column("person_id", ForeignKey("people.id")),  # who sent it
    Column("subject", String, nullable=False),  # what it belongs to: a part of an order, an item …
    Column("subject_id", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("file_id", String),  # as Telegram named it when it came
    Column("shown_id", String),  # as Telegram names our copy, once it has been sent
    Column("state", String, nullable=False),
    Column("why", String),  # it was not kept
    Column("name", String, nullable=False, unique=True),  # of the file, by chance; given before there is one
    Column("sha256", String),
    Column("bytes", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("due_at", Instant),  # to be fetched, or its file to be deleted
    Column("wanted_at", Instant, nullable=False),
    Column("decided_at", Instant),
    one_of("kind", "photo", "document", "video", "voice"),
    one_of("state", "wanted", "kept", "refused", "gone"),
    UniqueConstraint("subject", "subject_id", "file_id"),
    Index("ix_pictures_due", "due_at", **only("due_at IS NOT NULL")),
    Index("ix_pictures_file_id", "file_id"),
    Index("ix_pictures_shown_id", "shown_id"),
    Index("ix_pictures_person", "person_id", "wanted_at"),
    Index("ix_pictures_old", "subject", "wanted_at"),
)
