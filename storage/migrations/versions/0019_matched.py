"""A good deed counts how often somebody has said who was meant, so that a yes is to what was read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("good_deeds", sa.Column("matched", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("good_deeds", "matched")
