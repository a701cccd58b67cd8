"""What residents report: verdicts, followers, and an index that finds what lies near."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEARBY = sa.text("band IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'duplicate')")
BUILDING = sa.text("building IS NOT NULL")
PROBLEM = sa.text("problem_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("orders", sa.Column("band", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("of_age", sa.Boolean(), nullable=True))
    op.create_index(
        "ix_orders_near",
        "orders",
        ["category", "band", "longitude", "latitude", "made_at", "state"],
        sqlite_where=NEARBY,
        postgresql_where=NEARBY,
    )
    op.create_table(
        "reports",
        sa.Column("order_id", ID, autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("judged_by", ID, nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("rung_by", ID, nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("building", sa.String(), nullable=True),
        sa.Column("same_as", ID, nullable=True),
        sa.Column("team_words", sa.Text(), nullable=True),
        sa.Column("show_name", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("guardian", sa.String(), nullable=True),
        sa.Column("guardian_id", ID, nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("verdict IN ('accepted', 'same', 'referred', 'declined')", name=op.f("ck_reports_verdict")),
        sa.CheckConstraint("guardian IN ('asked', 'confirmed', 'refused')", name=op.f("ck_reports_guardian")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_reports_order_id")),
        sa.ForeignKeyConstraint(["judged_by"], ["people.id"], name=op.f("fk_reports_judged_by")),
        sa.ForeignKeyConstraint(["rung_by"], ["people.id"], name=op.f("fk_reports_rung_by")),
        sa.ForeignKeyConstraint(["same_as"], ["orders.id"], name=op.f("fk_reports_same_as")),
        sa.ForeignKeyConstraint(["guardian_id"], ["people.id"], name=op.f("fk_reports_guardian_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_reports")),
    )
    op.create_index(op.f("ix_reports_same_as"), "reports", ["same_as"])
    op.create_index(
        "ix_reports_building", "reports", ["building", "order_id"], sqlite_where=BUILDING, postgresql_where=BUILDING
    )
    op.create_index("ix_reports_problem", "reports", ["problem_id"], sqlite_where=PROBLEM, postgresql_where=PROBLEM)
    op.create_table(
        "followers",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_as", ID, nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_followers_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_followers_person_id")),
        sa.ForeignKeyConstraint(["joined_as"], ["orders.id"], name=op.f("fk_followers_joined_as")),
        sa.PrimaryKeyConstraint("order_id", "person_id", name=op.f("pk_followers")),
    )
    op.create_index(op.f("ix_followers_person_id"), "followers", ["person_id"])


def downgrade() -> None:
    op.drop_table("followers")
    op.drop_table("reports")
    op.drop_index("ix_orders_near", table_name="orders")
    op.drop_column("people", "of_age")
    op.drop_column("orders", "band")
