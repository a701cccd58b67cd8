"""Standing problems: what keeps being reported from one place, who looks after it, and how it goes."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN, PLACED = sa.text("state = 'open'"), sa.text("band IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_orders_places", "orders", ["category", "band", "made_at"], sqlite_where=PLACED, postgresql_where=PLACED
    )
    op.create_table(
        "problems",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("first_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("band", sa.Integer(), nullable=True),
        sa.Column("building", sa.String(), nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_problems_state")),
        sa.ForeignKeyConstraint(["first_id"], ["orders.id"], name=op.f("fk_problems_first_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_problems_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
        sa.UniqueConstraint("first_id", name=op.f("uq_problems_first_id")),
    )
    op.create_index("ix_problems_open", "problems", ["kind", "band"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_problems_unit", "problems", ["unit"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(op.f("ix_problems_owner_id"), "problems", ["owner_id"])
    op.create_table(
        "problem_notes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("problem_id", ID, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_problem_notes_problem_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_problem_notes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_notes")),
        sa.UniqueConstraint("once", name=op.f("uq_problem_notes_once")),
    )
    op.create_index(op.f("ix_problem_notes_problem_id"), "problem_notes", ["problem_id"])
    op.create_index(op.f("ix_problem_notes_person_id"), "problem_notes", ["person_id"])
    op.create_table(
        "problem_history",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("problem_id", ID, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("about", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_problem_history_problem_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_problem_history_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_history")),
    )
    op.create_index(op.f("ix_problem_history_problem_id"), "problem_history", ["problem_id"])
    op.create_table(
        "problem_followers",
        sa.Column("problem_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_problem_followers_problem_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_problem_followers_person_id")),
        sa.PrimaryKeyConstraint("problem_id", "person_id", name=op.f("pk_problem_followers")),
    )
    op.create_index(op.f("ix_problem_followers_person_id"), "problem_followers", ["person_id"])


def downgrade() -> None:
    for table in ("problem_followers", "problem_history", "problem_notes", "problems"):
        op.drop_table(table)
    op.drop_index("ix_orders_places", "orders")
