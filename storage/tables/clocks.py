"""Running clocks and ladders: a deadline is a column, swept and never scheduled."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from storage.tables.base import Instant, id_column, metadata, one_of, only

deadlines = Table(
    "deadlines",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("metric", String, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("met_at", Instant),
    Column("breached_at", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    # first_response, resolution: promises · progress: is the holder still on it? · fall_back: silent holder, or a
    # taker who never opened the bot · closing: done, and the requester says nothing
    one_of("metric", "first_response", "resolution", "progress", "fall_back", "closing"),
    Index("ix_deadlines_due", "due_at", **only("met_at IS NULL AND breached_at IS NULL")),
)

escalation_runs = Table(
    "escalation_runs",
    metadata,
    id_column(),
    Column("order_id", ForeignKey("orders.id")),
    Column("case_id", ForeignKey("cases.id")),
    Column("ladder", JSON, nullable=False),  # frozen when it starts
    Column("position", Integer, nullable=False, server_default="0"),  # the step that comes next
    Column("next_at", Instant),
    Column("state", String, nullable=False),
    Column("seen_by", ForeignKey("people.id")),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("started_at", Instant, nullable=False),
    one_of("state", "running", "acknowledged", "met", "exhausted", "cancelled"),
    Index("ix_escalation_runs_due", "next_at", **only("state IN ('running', 'acknowledged')")),
    Index("ix_escalation_runs_order", "order_id"),
    Index("ix_escalation_runs_case", "case_id"),
)

pauses = Table(
    "pauses",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("stood", String, nullable=False),  # its state before
    Column("left", JSON, nullable=False),  # seconds by metric, and of the ladder
    Column("run_id", ForeignKey("escalation_runs.id")),
    Column("run_state", String),
    Column("since", Instant, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    id_column(),
    Column("run_id", ForeignKey("escalation_runs.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("reached", Boolean, nullable=False, server_default=text("true")),  # false once Telegram says they cannot be
    Column("at", Instant, nullable=False),
    Column("second_at", Instant),  # when it goes by the second channel, unless Telegram has it
    UniqueConstraint("run_id", "position", "person_id"),
    Index("ix_alerts_second", "second_at", **only("second_at IS NOT NULL")),
)

echoes = Table(
    "echoes",
    metadata,
    id_column(),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False, index=True),
    Column("way", String, nullable=False),
    Column("address", String, nullable=False, server_default=""),  # a mailbox; the webhook has one place only
    Column("state", String, nullable=False, server_default="waiting"),
    Column("next_at", Instant),  # waiting: when it is tried; sending: when nobody counts on an answer any more
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("uncertain", Boolean, nullable=False, server_default=text("false")),  # it may have arrived before
    Column("reason", String),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant),
    one_of("way", "mail", "webhook"),
    one_of("state", "waiting", "sending", "sent", "ended", "dead"),
    Index("ix_echoes_due", "next_at", **only("state IN ('waiting', 'sending')")),
    Index("ix_echoes_address", "way", "address", "done_at"),
)
