"""Alerts go another way when Telegram does not take them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITS, DUE = sa.text("second_at IS NOT NULL"), sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_alerts_second", ["second_at"], unique=False, sqlite_where=WAITS, postgresql_where=WAITS
        )
    op.create_table(
        "echoes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("uncertain", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("way IN ('mail', 'webhook')", name=op.f("ck_echoes_way")),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'ended', 'dead')", name=op.f("ck_echoes_state")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_echoes_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_echoes")),
    )
    with op.batch_alter_table("echoes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_echoes_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index("ix_echoes_address", ["way", "address", "done_at"], unique=False)
        batch_op.create_index("ix_echoes_due", ["next_at"], unique=False, sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_table("echoes")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_alerts_second")
        batch_op.drop_column("second_at")
