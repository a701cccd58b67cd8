"""On boards a household that was put together with another stands with what both have earned; as it is from now on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = ("period", "unit", "dimension")
standings = sa.table(
    "standings", *(sa.column(name) for name in (*KEY, "household_id", "points")), sa.column("shown", sa.Boolean)
)
counts = sa.table("standing_counts", *(sa.column(name) for name in (*KEY, "width", "bucket", "households")))
changes = sa.table("household_changes", *(sa.column(name) for name in ("household_id", "other_id", "what")))
choices = sa.table("board_choices", sa.column("household_id"), sa.column("hidden_at"))


def upgrade() -> None:
    conn = op.get_bind()
    heirs = dict(
        conn.execute(sa.select(changes.c.household_id, changes.c.other_id).where(changes.c.what == "merge")).all()
    )
    gone = standings.c.household_id.in_(list(heirs)) & (standings.c.points != 0)
    rows = conn.execute(sa.select(standings).where(gone)).all() if heirs else []
    for row in rows:
        heir = heirs[row.household_id]
        while heir in heirs:
            heir = heirs[heir]
        place = [standings.c[name] == getattr(row, name) for name in KEY]
        theirs = sa.update(standings).where(*place, standings.c.household_id == heir)
        if conn.execute(theirs.values(points=standings.c.points + row.points)).rowcount == 0:
            hides = choices.c.hidden_at.is_not(None) & (choices.c.household_id == heir)
            shown = conn.execute(sa.select(choices.c.household_id).where(hides)).first() is None
            about = {name: getattr(row, name) for name in KEY}
            conn.execute(sa.insert(standings).values(**about, household_id=heir, points=row.points, shown=shown))
        conn.execute(sa.update(standings).where(*place, standings.c.household_id == row.household_id).values(points=0))
    if rows:
        _count_anew(conn)


def _count_anew(conn: sa.Connection) -> None:
    conn.execute(sa.delete(counts))
    for width in (1, 64):
        bucket = standings.c.points // width
        names = [standings.c[name] for name in KEY]
        counted = (
            sa.select(*names, sa.literal(width), bucket, sa.func.count())
            .where(standings.c.shown.is_(True), standings.c.points > 0)
            .group_by(*names, bucket)
        )
        conn.execute(sa.insert(counts).from_select([*KEY, "width", "bucket", "households"], counted))


def downgrade() -> None:
    """What is added up cannot be told apart again; the sums stay right."""
