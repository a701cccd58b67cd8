"""An order waits for an answer, and its clocks stand still meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("stood", sa.String(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("run_id", ID, nullable=True),
        sa.Column("run_state", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_pauses_order_id")),
        sa.ForeignKeyConstraint(["run_id"], ["escalation_runs.id"], name=op.f("fk_pauses_run_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_pauses")),
    )


def downgrade() -> None:
    op.drop_table("pauses")
