"""What each household has earned in a month and a year stands ready for a board, and for a rank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACE = ("period", "unit", "dimension")


def upgrade() -> None:
    op.create_table(
        "standings",
        *(sa.Column(name, sa.String(), nullable=False) for name in PLACE),
        sa.Column("household_id", ID, autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_standings_household_id")),
        sa.PrimaryKeyConstraint(*PLACE, "household_id", name=op.f("pk_standings")),
    )
    op.create_table(
        "standing_counts",
        *(sa.Column(name, sa.String(), nullable=False) for name in PLACE),
        sa.Column("width", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*PLACE, "width", "bucket", name=op.f("pk_standing_counts")),
    )
    op.create_table(
        "board_choices",
        sa.Column("household_id", ID, autoincrement=False, nullable=False),
        sa.Column("hidden_by", ID, nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("named", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.ForeignKeyConstraint(["hidden_by"], ["people.id"], name=op.f("fk_board_choices_hidden_by")),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_board_choices_household_id")),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_board_choices")),
    )
    conn = op.get_bind()
    counted = "counted_in IS NOT NULL AND household_id IS NOT NULL"
    for period in ("counted_in", "substr(counted_in, 1, 4)"):
        for dimension, only in (("''", counted), ("dimension", f"{counted} AND dimension IS NOT NULL")):
            conn.exec_driver_sql(
                "INSERT INTO standings (period, unit, dimension, household_id, points) "
                f"SELECT {period}, unit, {dimension}, household_id, sum(points) FROM transfers WHERE {only} "
                "GROUP BY 1, 2, 3, 4"
            )
    for width in (1, 64):
        conn.exec_driver_sql(
            "INSERT INTO standing_counts (period, unit, dimension, width, bucket, households) "
            f"SELECT period, unit, dimension, {width}, points / {width}, count(*) FROM standings WHERE points > 0 "
            "GROUP BY 1, 2, 3, 4, 5"
        )
    op.create_index("ix_standings_top", "standings", [*PLACE, "shown", "points", "household_id"])
    op.create_index("ix_standings_household", "standings", ["household_id", "period"])


def downgrade() -> None:
    op.drop_table("board_choices")
    op.drop_table("standing_counts")
    op.drop_table("standings")
