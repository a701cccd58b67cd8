"""Whose household somebody belonged to until lately, so that leaving it for a day makes nobody a stranger to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "moved_out",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_moved_out_person_id")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_moved_out_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moved_out")),
    )
    op.create_index("ix_moved_out_person", "moved_out", ["person_id", "left_at"])
    op.create_index("ix_moved_out_left_at", "moved_out", ["left_at"])


def downgrade() -> None:
    op.drop_table("moved_out")
