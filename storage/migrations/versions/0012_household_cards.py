"""Households have a card, a PIN for the counter, and a history of who was put together or parted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MERGED = sa.text("what = 'merge'")


def upgrade() -> None:
    op.create_table(
        "household_cards",
        sa.Column("household_id", ID, nullable=False, autoincrement=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pin_epoch", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pin_shown", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.Column("pin_tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pin_made_by", ID, nullable=True),
        sa.Column("pin_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_household_cards_household_id")),
        sa.ForeignKeyConstraint(["pin_made_by"], ["people.id"], name=op.f("fk_household_cards_pin_made_by")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household_cards")),
    )
    op.create_table(
        "household_changes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("household_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('merge', 'split')", name=op.f("ck_household_changes_what")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_household_changes_household_id")),
        sa.ForeignKeyConstraint(["other_id"], ["households.id"], name=op.f("fk_household_changes_other_id")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_household_changes_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_changes")),
        sa.UniqueConstraint("once", name=op.f("uq_household_changes_once")),
    )
    op.create_index(op.f("ix_household_changes_other_id"), "household_changes", ["other_id"])
    op.create_index(
        "ix_household_changes_merged",
        "household_changes",
        ["household_id"],
        unique=True,
        sqlite_where=MERGED,
        postgresql_where=MERGED,
    )


def downgrade() -> None:
    op.drop_table("household_changes")
    op.drop_table("household_cards")
