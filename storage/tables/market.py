"""The market: stations and merchants, what they give, how much of it there is, and what was redeemed."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from storage.tables.base import Instant, id_column, metadata, one_of, only

stations = Table(
    "stations",
    metadata,
    id_column(),
    Column("unit", String, nullable=False),  # the households of this unit, and of those below it, collect here
    Column("name", JSON, nullable=False),  # language -> words
    Column("place", String, nullable=False, server_default=""),
    Column("hours", String, nullable=False, server_default=""),
    Column("state", String, nullable=False, server_default="open"),
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    one_of("state", "open", "closed"),
)

merchants = Table(
    "merchants",
    metadata,
    id_column(),
    Column("unit", String, nullable=False),
    Column("name", JSON, nullable=False),
    Column("thanked", Boolean, nullable=False, server_default=text("false")),  # they agree to be named in public
    Column("state", String, nullable=False, server_default="gives"),
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    one_of("state", "gives", "ended"),
)

items = Table(
    "items",
    metadata,
    id_column(),
    Column("kind", String, nullable=False),
    Column("station_id", ForeignKey("stations.id"), nullable=False),
    Column("merchant_id", ForeignKey("merchants.id"), index=True),
    Column("name", JSON, nullable=False),
    Column("about", JSON, nullable=False),  # language -> words; may be empty
    Column("picture", String),  # how Telegram calls its photo
    Column("price", BigInteger, nullable=False),
    Column("stock", BigInteger, nullable=False, server_default="0"),  # what nobody has reserved
    Column("weekly", Integer),  # so many places a week instead of a stock
    Column("week", String),  # the week that `taken` counts, by its Monday
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("most", Integer),  # for one household in a period
    Column("per", String),
    Column("back_at", Instant),  # when more of it is expected
    Column("state", String, nullable=False, server_default="offered"),
    Column("telling", Boolean, nullable=False, server_default=text("false")),  # more of those who waited hear of it yet
    Column("made_by", ForeignKey("people.id")),
    Column("made_at", Instant, nullable=False),
    one_of("kind", "goods", "service"),
    one_of("per", "day", "week", "month", "year"),
    one_of("state", "offered", "withdrawn"),
    CheckConstraint("price > 0", name="costs_something"),
    CheckConstraint("stock >= 0", name="stock_not_negative"),
    CheckConstraint("taken >= 0 AND (weekly IS NULL OR weekly > 0)", name="places"),
    Index("ix_items_offered", "station_id", "price", **only("state = 'offered'")),
    Index("ix_items_week", "week", **only("weekly IS NOT NULL")),
    Index("ix_items_telling", "id", **only("telling")),
)

stock_moves = Table(
    "stock_moves",
    metadata,
    id_column(),
    Column("item_id", ForeignKey("items.id"), nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("redemption_id", ForeignKey("redemptions.id"), index=True),
    Column("person_id", ForeignKey("people.id")),
    Column("at", Instant, nullable=False),
    one_of("what", "restock", "reserve", "release", "late"),
)

redemptions = Table(
    "redemptions",
    metadata,
    id_column(),
    Column("once", String, nullable=False, unique=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("station_id", ForeignKey("stations.id"), nullable=False),
    Column("household_id", ForeignKey("households.id"), nullable=False),
    Column("person_id", ForeignKey("people.id")),  # who redeemed; None for a household at the counter
    Column("count", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("code_epoch", Integer, nullable=False, server_default="0"),
    Column("code_hash", String, unique=True),  # keyed hash of the typed code, bound to station and item
    Column("token_hash", String, unique=True),  # of what stands in the QR code
    Column("wanted", JSON),  # of a service: when, in the household's words
    Column("week", String),  # of an item with weekly places: the week it counts in
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),  # when something happens by itself next: the reminder, then the end
    Column("reminded_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("collected_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", ForeignKey("people.id")),
    Column("reason", String),
    Column("late", Boolean, nullable=False, server_default=text("false")),  # entered from paper after it had expired
    Column("borne", Boolean, nullable=False, server_default=text("false")),  # the points had been spent meanwhile
    one_of("state", "reserved", "ready", "collected", "expired", "cancelled", "reversed"),
    CheckConstraint("count > 0 AND points > 0", name="something"),
    Index("ix_redemptions_due", "due_at", "id", **only("state IN ('reserved', 'ready')")),
    Index("ix_redemptions_household", "household_id", "item_id", "made_at"),
    Index("ix_redemptions_station", "station_id", "state", "until"),
    Index("ix_redemptions_item", "item_id", "state"),
)

presentations = Table(
    "presentations",
    metadata,
    Column("redemption_id", ForeignKey("redemptions.id"), primary_key=True, autoincrement=False),
    Column("keeper_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)
"""Which keeper was shown the code of what: nobody hands over by a number alone."""

awaited = Table(
    "awaited",
    metadata,
    Column("item_id", ForeignKey("items.id"), primary_key=True, autoincrement=False),
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False, index=True),
    Column("at", Instant, nullable=False),
)
"""Who would like to hear when something is there again; told once."""
