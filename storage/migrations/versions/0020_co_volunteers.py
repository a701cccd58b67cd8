"""Whoever came along with the holder of an order: named by them, asked, and given their share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "co_volunteers",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("named_by", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("share", sa.BigInteger(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'agreed', 'declined', 'disputed')", name=op.f("ck_co_volunteers_state")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_co_volunteers_order_id")),
        sa.ForeignKeyConstraint(["named_by"], ["people.id"], name=op.f("fk_co_volunteers_named_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_co_volunteers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_volunteers")),
        sa.UniqueConstraint(
            "order_id", "named_by", "person_id", name=op.f("uq_co_volunteers_order_id_named_by_person_id")
        ),
    )
    op.create_index("ix_co_volunteers_person", "co_volunteers", ["person_id", "state"])
    op.create_index("ix_co_volunteers_named_at", "co_volunteers", ["named_at"])


def downgrade() -> None:
    op.drop_table("co_volunteers")
