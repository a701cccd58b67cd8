"""Each household's statement is a chain; an entry knows its standard, and words that somebody wrote stand beside it."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from domain.chain import DIGESTED, INSTANTS, digest_of, link_of
from storage.immutable import install_triggers, remove_triggers

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS: dict[str, dict[str, Any]] = {
    "transfers": {
        "counted_in": sa.String(),
        "standard_id": sa.BigInteger(),
        "note_mark": sa.LargeBinary(),
        "digest": sa.LargeBinary(),
    },
    "postings": {"number": sa.BigInteger(), "link": sa.LargeBinary()},
    "accounts": {"head": sa.LargeBinary()},
}
LEDGER = ("transfers", "postings", "earned_with")


def upgrade() -> None:
    conn = op.get_bind()
    remove_triggers(conn, LEDGER)
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.add_column("accounts", sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "standards",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standards")),
        sa.UniqueConstraint("content_hash", name=op.f("uq_standards_content_hash")),
    )
    op.create_table(
        "transfer_notes",
        sa.Column("transfer_id", ID, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_notes_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfer_notes")),
    )
    _count(conn)
    _chain(conn)
    op.drop_index(op.f("ix_postings_account_id"), "postings")
    op.create_index("ix_postings_line", "postings", ["account_id", "number"], unique=True)
    by_hand = sa.text("decided_by IS NOT NULL")
    op.create_index("ix_transfers_by_hand", "transfers", ["id"], sqlite_where=by_hand, postgresql_where=by_hand)
    install_triggers(conn, (*LEDGER, "standards"))


def _count(conn: Connection) -> None:
    """In which month what was earned counts; a migration knows no time zone, so that it is Greenwich's once."""
    month = "to_char(counted_at AT TIME ZONE 'UTC', 'YYYY-MM')"
    if conn.dialect.name == "sqlite":
        month = "substr(counted_at, 1, 7)"
    conn.exec_driver_sql(f"UPDATE transfers SET counted_in = {month} WHERE points IS NOT NULL AND unit IS NOT NULL")


def _chain(conn: Connection) -> None:
    """What was posted so far, in the order in which it was."""
    whole = sa.MetaData()
    transfers, postings, accounts, pairs = (
        sa.Table(name, whole, autoload_with=conn) for name in ("transfers", "postings", "accounts", "earned_with")
    )
    fields = [transfers.c[name] for name in ("id", "reason", *DIGESTED) if name in transfers.c]
    instants = [sa.type_coerce(transfers.c[name], sa.DateTime(timezone=True)).label(name) for name in INSTANTS]
    owned = set(conn.scalars(sa.select(accounts.c.id).where(accounts.c.household_id.is_not(None))))
    heads: dict[int, tuple[int, bytes | None]] = {}
    for found in conn.execute(sa.select(*fields, *instants).order_by(transfers.c.id)).all():
        entry = dict(found._mapping)
        for name in INSTANTS:
            if entry[name] is not None and entry[name].tzinfo is None:
                entry[name] = entry[name].replace(tzinfo=UTC)
        its = postings.c.transfer_id == found.id
        lines = conn.execute(sa.select(postings).where(its).order_by(postings.c.id)).all()
        others = conn.scalars(sa.select(pairs.c.other).where(pairs.c.transfer_id == found.id)).all()
        digest = digest_of(entry, [(line.account_id, line.amount) for line in lines], list(others))
        conn.execute(sa.update(transfers).where(transfers.c.id == found.id).values(digest=digest))
        for line in lines:
            if line.account_id not in owned:
                continue
            number, head = heads.get(line.account_id, (0, None))
            link = link_of(head, line.account_id, number + 1, found.id, line.amount, digest)
            heads[line.account_id] = (number + 1, link)
            conn.execute(sa.update(postings).where(postings.c.id == line.id).values(number=number + 1, link=link))
    for account_id, (number, head) in heads.items():
        conn.execute(sa.update(accounts).where(accounts.c.id == account_id).values(entries=number, head=head))


def downgrade() -> None:
    conn = op.get_bind()
    remove_triggers(conn, (*LEDGER, "standards"))
    op.drop_index("ix_transfers_by_hand", "transfers")
    op.drop_index("ix_postings_line", "postings")
    op.create_index(op.f("ix_postings_account_id"), "postings", ["account_id"])
    op.drop_table("transfer_notes")
    op.drop_table("standards")
    for table, columns in COLUMNS.items():
        for name in columns:
            conn.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")
    conn.exec_driver_sql("ALTER TABLE accounts DROP COLUMN entries")
    install_triggers(conn, LEDGER)
