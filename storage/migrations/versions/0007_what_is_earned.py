"""What the caps and the boards count stands with each entry; points may move with a household that merges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op

from sqlalchemy import Connection

from storage.immutable import install_triggers, remove_triggers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS: dict[str, Any] = {
    "household_id": sa.BigInteger(),
    "unit": sa.String(),
    "deed": sa.String(),
    "points": sa.BigInteger(),
    "counted_at": sa.DateTime(timezone=True),
}
BEFORE = "kind IN ('award', 'hold', 'capture', 'release', 'expiry', 'reversal')"
AFTER = "kind IN ('award', 'hold', 'capture', 'release', 'expiry', 'reversal', 'move')"
OF_AN_AWARD = "(SELECT a.{0} FROM transfers a WHERE a.id = transfers.reverses)"
"""An entry that takes an award back counts where the award did."""
POSTED = (
    "SELECT {0} FROM postings p JOIN accounts a ON a.id = p.account_id LEFT JOIN households h ON h.id = a.household_id "
    "WHERE p.transfer_id = transfers.id AND a.kind = 'household'"
)


@contextmanager
def changeable() -> Iterator[Connection]:
    """Entries stand for ever but while a migration gives each of them what it says already in another place."""
    conn = op.get_bind()
    remove_triggers(conn)
    yield conn
    install_triggers(conn)


def replace_check(before: str, after: str) -> None:
    """On SQLite a check is a word of the table's definition: making the table anew would take its postings with it."""
    conn = op.get_bind()
    if conn.dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_transfers_kind"), "transfers", type_="check")
        op.create_check_constraint(op.f("ck_transfers_kind"), "transfers", after)
        return
    version = int(conn.exec_driver_sql("PRAGMA schema_version").scalar_one())
    conn.exec_driver_sql("PRAGMA writable_schema = ON")
    conn.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'transfers'",
        (before, after),
    )
    conn.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    conn.exec_driver_sql("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("transfers", sa.Column(name, kind, nullable=True))
    op.create_table(
        "earned_with",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("transfer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("other", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_earned_with_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earned_with")),
    )
    replace_check(BEFORE, AFTER)
    with changeable() as conn:
        awarded = {
            "household_id": f"({POSTED.format('a.household_id')})",
            "unit": f"({POSTED.format('h.unit')})",
            "points": f"({POSTED.format('p.amount')})",
            "deed": "(SELECT o.category FROM orders o WHERE o.id = transfers.order_id)",
            "counted_at": "at",
        }
        conn.exec_driver_sql(
            f"UPDATE transfers SET {', '.join(f'{name} = {value}' for name, value in awarded.items())} "
            "WHERE kind = 'award'"
        )
        taken = {name: OF_AN_AWARD.format(name) for name in COLUMNS if name != "points"}
        taken["points"] = f"-{OF_AN_AWARD.format('points')}"
        conn.exec_driver_sql(
            f"UPDATE transfers SET {', '.join(f'{name} = {value}' for name, value in taken.items())} "
            "WHERE kind = 'reversal'"
        )
    for person in ("o.requester_id", "o.asked_by"):
        for other in ("-p.id", "p.household_id"):
            conn.exec_driver_sql(
                "INSERT INTO earned_with (transfer_id, household_id, other, points, counted_at) "
                f"SELECT t.id, t.household_id, {other}, t.points, t.counted_at FROM transfers t "
                f"JOIN orders o ON o.id = t.order_id JOIN people p ON p.id = {person} "
                f"WHERE t.points IS NOT NULL AND {other} IS NOT NULL AND NOT EXISTS "
                f"(SELECT 1 FROM earned_with e WHERE e.transfer_id = t.id AND e.other = {other})"
            )
    op.create_index("ix_transfers_earned_by", "transfers", ["earned_by", "counted_at"])
    op.create_index("ix_transfers_household", "transfers", ["household_id", "counted_at"])
    op.create_index("ix_earned_with_pair", "earned_with", ["household_id", "other", "counted_at"])
    op.create_index(op.f("ix_earned_with_transfer_id"), "earned_with", ["transfer_id"])
    install_triggers(conn, ["earned_with"])


def downgrade() -> None:
    remove_triggers(op.get_bind(), ["earned_with"])
    op.drop_table("earned_with")
    op.drop_index("ix_transfers_household", "transfers")
    op.drop_index("ix_transfers_earned_by", "transfers")
    for name in COLUMNS:
        op.get_bind().exec_driver_sql(f"ALTER TABLE transfers DROP COLUMN {name}")
    replace_check(AFTER, BEFORE)
