"""Good deeds: told by whoever saw them, or noted in one's own diary, with everything that happened to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from domain.good_deeds import STATES
from storage.tables.base import Instant, id_column, metadata, one_of, only

good_deeds = Table(
    "good_deeds",
    metadata,
    id_column(),
    Column("once", String, nullable=False, unique=True),  # the conversation that told it
    Column("kind", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("about", String),  # a kind of the desk file
    Column("state", String, nullable=False),
    Column("reporter_id", ForeignKey("people.id"), nullable=False),
    Column("reporter_home", ForeignKey("households.id")),  # as it was when they told it
    Column("doer_id", ForeignKey("people.id")),
    Column("doer_home", ForeignKey("households.id")),
    Column("described", Text),  # whom they mean, for whoever confirms it
    Column("child", Boolean, nullable=False, server_default=text("false")),  # somebody grown-up answers for them
    Column("wordless", Boolean, nullable=False, server_default=text("false")),  # may be told of, in other words
    Column("consent", String),
    Column("consent_by", ForeignKey("people.id")),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant),
    Column("decided_by", ForeignKey("people.id")),
    Column("decided_at", Instant),
    Column("made_at", Instant, nullable=False),
    Column("matched", Integer, nullable=False, server_default="0"),
    one_of("kind", "praise", "diary"),
    one_of("state", *STATES),
    one_of("consent", "named", "nameless", "no"),
    Index("ix_good_deeds_waiting", "next_at", **only("state = 'reported'")),
    Index("ix_good_deeds_place", "unit", "kind", "state", "made_at"),
    Index("ix_good_deeds_reporter", "reporter_id", "kind", "made_at"),
    Index("ix_good_deeds_doer", "doer_id"),
    Index("ix_good_deeds_homes", "made_at", **only("kind = 'praise' AND state <> 'withdrawn'")),
)

good_deed_parts = Table(
    "good_deed_parts",
    metadata,
    id_column(),
    Column("deed_id", ForeignKey("good_deeds.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("words", Text),
    Column("file_id", String),
    Column("message_id", BigInteger),  # in the private chat of whoever told it
    Column("at", Instant, nullable=False),
    one_of("kind", "text", "photo", "voice", "video", "document"),
)

good_deed_history = Table(
    "good_deed_history",
    metadata,
    id_column(),
    Column("deed_id", ForeignKey("good_deeds.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("at", Instant, nullable=False),
)
