"""Points that somebody in charge gives for what no category knows, with a second signature where they are many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hand_awards",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("earned_by", ID, nullable=True),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("second_by", ID, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'posted', 'declined')", name=op.f("ck_hand_awards_state")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_hand_awards_household_id")),
        sa.ForeignKeyConstraint(["earned_by"], ["people.id"], name=op.f("fk_hand_awards_earned_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_hand_awards_asked_by")),
        sa.ForeignKeyConstraint(["second_by"], ["people.id"], name=op.f("fk_hand_awards_second_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_awards")),
        sa.UniqueConstraint("once", name=op.f("uq_hand_awards_once")),
    )
    op.create_index("ix_hand_awards_giver", "hand_awards", ["asked_by", "household_id", "made_at"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_hand_awards_waiting", "hand_awards", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("hand_awards")
