"""Good deeds: told by whoever saw them, or noted in one's own diary."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = "'reported', 'written', 'confirmed', 'declined', 'shown', 'kept', 'withdrawn'"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "good_deeds",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("once", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reporter_id", key, nullable=False),
        sa.Column("reporter_home", key, nullable=True),
        sa.Column("doer_id", key, nullable=True),
        sa.Column("doer_home", key, nullable=True),
        sa.Column("described", sa.Text(), nullable=True),
        sa.Column("child", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("wordless", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("consent", sa.String(), nullable=True),
        sa.Column("consent_by", key, nullable=True),
        sa.Column("asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", key, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('praise', 'diary')", name=op.f("ck_good_deeds_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_good_deeds_state")),
        sa.CheckConstraint("consent IN ('named', 'nameless', 'no')", name=op.f("ck_good_deeds_consent")),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_good_deeds_reporter_id")),
        sa.ForeignKeyConstraint(["reporter_home"], ["households.id"], name=op.f("fk_good_deeds_reporter_home")),
        sa.ForeignKeyConstraint(["doer_id"], ["people.id"], name=op.f("fk_good_deeds_doer_id")),
        sa.ForeignKeyConstraint(["doer_home"], ["households.id"], name=op.f("fk_good_deeds_doer_home")),
        sa.ForeignKeyConstraint(["consent_by"], ["people.id"], name=op.f("fk_good_deeds_consent_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_good_deeds_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_deeds")),
        sa.UniqueConstraint("once", name=op.f("uq_good_deeds_once")),
    )
    with op.batch_alter_table("good_deeds") as batch_op:
        batch_op.create_index("ix_good_deeds_waiting", ["next_at"], **_only("state = 'reported'"))
        batch_op.create_index("ix_good_deeds_place", ["unit", "kind", "state", "made_at"])
        batch_op.create_index("ix_good_deeds_reporter", ["reporter_id", "kind", "made_at"])
        batch_op.create_index("ix_good_deeds_doer", ["doer_id"])
        batch_op.create_index("ix_good_deeds_homes", ["made_at"], **_only("kind = 'praise' AND state <> 'withdrawn'"))
    op.create_table(
        "good_deed_parts",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("deed_id", key, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'photo', 'voice', 'video', 'document')", name=op.f("ck_good_deed_parts_kind")
        ),
        sa.ForeignKeyConstraint(["deed_id"], ["good_deeds.id"], name=op.f("fk_good_deed_parts_deed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_deed_parts")),
    )
    op.create_index(op.f("ix_good_deed_parts_deed_id"), "good_deed_parts", ["deed_id"])
    op.create_table(
        "good_deed_history",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("deed_id", key, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person_id", key, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deed_id"], ["good_deeds.id"], name=op.f("fk_good_deed_history_deed_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_good_deed_history_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_good_deed_history")),
    )
    op.create_index(op.f("ix_good_deed_history_deed_id"), "good_deed_history", ["deed_id"])


def _only(rows: str) -> dict[str, object]:
    return {"unique": False, "sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)}


def downgrade() -> None:
    for table in ("good_deed_history", "good_deed_parts", "good_deeds"):
        op.drop_table(table)
