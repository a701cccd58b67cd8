"""Of something that is back: whether more of those who waited for it have yet to be told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("telling", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    telling = sa.text("telling")
    op.create_index("ix_items_telling", "items", ["id"], sqlite_where=telling, postgresql_where=telling)


def downgrade() -> None:
    op.drop_index("ix_items_telling", "items")
    op.drop_column("items", "telling")
