"""Alembic's entrance: runs the migrations on the connection that `storage/schema.py` hands over."""

from typing import Any, Literal

from alembic import context

from storage.tables import Instant, metadata


def plainly(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """A migration stands on its own: it says `sa.DateTime`, not a class of ours that may change."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=plainly,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
