"""Several workers on one database: leases, and an inbox that they share."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.add_column("inbox", sa.Column("chat", sa.BigInteger(), nullable=True))
    op.add_column("inbox", sa.Column("alone", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
    op.add_column("inbox", sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.drop_column("ready_at")
        batch_op.drop_column("alone")
        batch_op.drop_column("chat")
    op.drop_table("leases")
