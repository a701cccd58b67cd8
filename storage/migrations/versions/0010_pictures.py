"""Copies of what people sent, kept as files."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("shown_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('photo', 'document', 'video', 'voice')", name=op.f("ck_pictures_kind")),
        sa.CheckConstraint("state IN ('wanted', 'kept', 'refused', 'gone')", name=op.f("ck_pictures_state")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_pictures_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("name", name=op.f("uq_pictures_name")),
        sa.UniqueConstraint("subject", "subject_id", "file_id", name=op.f("uq_pictures_subject_subject_id_file_id")),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_pictures_due", "pictures", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("ix_pictures_file_id", "pictures", ["file_id"])
    op.create_index("ix_pictures_shown_id", "pictures", ["shown_id"])
    op.create_index("ix_pictures_person", "pictures", ["person_id", "wanted_at"])
    op.create_index("ix_pictures_old", "pictures", ["subject", "wanted_at"])


def downgrade() -> None:
    op.drop_table("pictures")
