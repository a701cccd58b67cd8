"""Whether whoever takes an uncivil report may see its pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reports", sa.Column("team_pictures", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
    )


def downgrade() -> None:
    with op.batch_alter_table("reports") as batch_op:
        batch_op.drop_column("team_pictures")
