"""Honour boards: proposed at the end of a period, looked over, answered by the households on them, and published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "honour_boards",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("answer_by", NOW, nullable=True),
        sa.Column("next_at", NOW, nullable=True),
        sa.Column("made_at", NOW, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", NOW, nullable=True),
        sa.CheckConstraint(
            "state IN ('empty', 'proposed', 'asking', 'published', 'dropped', 'lapsed')",
            name=op.f("ck_honour_boards_state"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_honour_boards_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honour_boards")),
        sa.UniqueConstraint("period", "unit", name=op.f("uq_honour_boards_period_unit")),
    )
    op.create_index("ix_honour_boards_place", "honour_boards", ["unit", "decided_at"])
    due = sa.text("next_at IS NOT NULL")
    op.create_index("ix_honour_boards_due", "honour_boards", ["next_at"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "honours",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("board_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("deeds", sa.Integer(), nullable=False),
        sa.Column("by_dimension", sa.JSON(), nullable=False),
        sa.Column("hero", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("changed_by", ID, nullable=True),
        sa.Column("asked_at", NOW, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", ID, nullable=True),
        sa.Column("answered_at", NOW, nullable=True),
        sa.Column("name", sa.JSON(), nullable=True),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_honours_answer")),
        sa.ForeignKeyConstraint(["board_id"], ["honour_boards.id"], name=op.f("fk_honours_board_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_honours_household_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_honours_changed_by")),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_honours_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_honours")),
        sa.UniqueConstraint("board_id", "household_id", name=op.f("uq_honours_board_id_household_id")),
    )
    op.create_index(op.f("ix_honours_household_id"), "honours", ["household_id"])


def downgrade() -> None:
    op.drop_table("honours")
    op.drop_table("honour_boards")
