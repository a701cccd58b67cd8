"""What somebody wrote to an entry is what they wrote, unless it was deleted with them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from domain.chain import mark_of
from storage.audit.reading import stream, whose
from storage.tables import postings, transfer_notes, transfers


def notes(conn: Connection) -> Iterator[str]:
    written = select(transfer_notes, transfers.c.note_mark).join_from(
        transfer_notes, transfers, transfers.c.id == transfer_notes.c.transfer_id, isouter=True
    )
    for row in stream(conn, written.order_by(transfer_notes.c.transfer_id)):
        if row.note_mark != mark_of(row.words, row.salt):
            theirs = select(postings.c.account_id).where(postings.c.transfer_id == row.transfer_id)
            yield f"{whose(conn, conn.scalars(theirs).all())}: the words of entry {row.transfer_id} are not as written"
