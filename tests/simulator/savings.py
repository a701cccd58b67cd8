"""What the households of the town have earned before the evening begins, so that there is something to redeem with."""

from __future__ import annotations

from sqlalchemy import select

from desk.front import Desk
from domain.points import Posting
from domain.words import _
from storage import points
from storage.tables import people

EACH = 60


def save_up(desk: Desk) -> None:
    lived_in = select(people.c.household_id).where(people.c.household_id.is_not(None)).distinct()
    for home in sorted(desk.conn.scalars(lived_in)):
        account = points.account_of(desk.conn, home)
        moved = [Posting(points.desk_account(desk.conn, "issuer"), -EACH), Posting(account, EACH)]
        points.post(desk.conn, desk.now, "award", f"savings:{home}", moved, _("Help: {category}")(category="—"))
