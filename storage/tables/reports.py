"""What residents reported: how it was judged, to whom it was passed on, and who else has seen it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from storage.tables.base import Instant, metadata, one_of, only

VERDICTS = ("accepted", "same", "referred", "declined")
GUARDIAN_STATES = ("asked", "confirmed", "refused")

reports = Table(
    "reports",
    metadata,
    Column(
        "order_id",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("orders.id"),
        primary_key=True,
        autoincrement=False,
    ),  # its kind is the category of the order, its place and state are those of the order
    Column("verdict", String),  # None: nobody has judged it yet
    Column("judged_by", ForeignKey("people.id")),
    Column("judged_at", Instant),
    Column("reason", Text),  # why it was declined, in words the reporter can bear
    Column("body", String),  # the key of whoever looks after it: not for volunteers, or referred
    Column("rung_by", ForeignKey("people.id")),  # who has told that body, since none of them has Telegram
    Column("rung_at", Instant),
    Column("building", String),  # its unit and building, where no pin was sent: what is near lies in the same
    Column("same_as", ForeignKey("orders.id"), index=True),  # the one it was merged into
    Column(
        "team_pictures", Boolean, nullable=False, server_default=text("false")
    ),  # somebody has looked at them: nobody can be recognised
    Column("team_words", Text),  # what whoever takes it reads instead of the story: names struck out
    Column(
        "show_name", Boolean, nullable=False, server_default=text("false")
    ),  # may whoever takes it know who told us?
    Column("guardian", String),  # None: the reporter is old enough, or nothing would show who they are
    Column("guardian_id", ForeignKey("people.id")),
    Column("problem_id", BigInteger),  # the standing problem it belongs to
    one_of("verdict", *VERDICTS),
    one_of("guardian", *GUARDIAN_STATES),
    Index("ix_reports_building", "building", "order_id", **only("building IS NOT NULL")),
    Index("ix_reports_problem", "problem_id", **only("problem_id IS NOT NULL")),
)

followers = Table(
    "followers",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True, index=True),
    Column("at", Instant, nullable=False),
    Column("joined_as", ForeignKey("orders.id")),  # their own report, which was merged into this one
)
