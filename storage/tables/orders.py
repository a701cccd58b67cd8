"""What somebody asked for, told in parts, with everything that happened to it."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables.base import Instant, id_column, metadata, one_of, only

ORDER_STATES = (
    "new",
    "offered",
    "claimed",
    "in_progress",
    "waiting",
    "resolved",
    "closed",
    "cancelled",
    "duplicate",
    "referred",
    "reopened",
)

NEARBY = "band IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'duplicate')"
"""What somebody else may have seen as well: reports with a pin that are not mended yet."""

orders = Table(
    "orders",
    metadata,
    id_column(),
    Column("once", String, nullable=False, unique=True),  # the conversation that made it
    Column("reference", String, nullable=False, unique=True),
    Column("category", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("team_id", BigInteger),  # whose group holds the card; None: nobody could be offered it
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("asked_by", ForeignKey("people.id"), index=True),  # who told us
    Column("requester_id", ForeignKey("people.id"), index=True),  # who needs it, when the desk knows them
    Column("for_name", String),
    Column("for_phone", String),
    Column("place", String),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("band", Integer),  # of a report with a pin: the strip of the earth it lies in, to find what is near
    Column("wanted", JSON, nullable=False),  # a Text: "today", "tomorrow morning", or the person's own words
    Column("speaks", String),
    Column("discreet", Boolean, nullable=False, server_default=text("false")),
    Column("call_back", Boolean, nullable=False, server_default=text("false")),  # "please call me"
    Column("holder_id", ForeignKey("people.id")),
    Column("claimed_at", Instant),
    Column("on_way_at", Instant),
    Column("expected_at", Instant),
    Column("provisional", Boolean, nullable=False, server_default=text("false")),  # the holder has yet to start the bot
    Column("door_word", Integer, nullable=False),
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("made_at", Instant, nullable=False),
    one_of("state", *ORDER_STATES),
    Index("ix_orders_open", "team_id", "made_at", **only("state IN ('offered', 'reopened')")),
    Index("ix_orders_state", "state", "unit"),
    Index("ix_orders_holder", "holder_id", "state"),  # whoever has helped a thousand times has few to do now
    Index("ix_orders_near", "category", "band", "longitude", "latitude", "made_at", "state", **only(NEARBY)),
    Index("ix_orders_places", "category", "band", "made_at", **only("band IS NOT NULL")),  # also what is mended
)

order_parts = Table(
    "order_parts",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("people.id")),
    Column("stage", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("words", Text),
    Column("file_id", String),
    Column("message_id", BigInteger),  # in the private chat of whoever told it, so that an edit finds it
    Column("at", Instant, nullable=False),
    one_of("stage", "story", "note", "done"),
    one_of("kind", "text", "photo", "voice", "video", "document"),
    Index("ix_order_parts_message", "message_id", **only("message_id IS NOT NULL")),
)

order_history = Table(
    "order_history",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("note", Text),
    Column("at", Instant, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("speed", Integer),
    Column("quality", Integer),
    Column("words", Text),
    Column("at", Instant, nullable=False),
)
