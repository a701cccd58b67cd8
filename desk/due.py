"""What is due is done one row at a time: one that fails is tried again alone, later and later, while the rest go on."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from desk.front import Desk
from storage.deadlines import put_off_deadline
from storage.escalation import change_run

PATIENCE = timedelta(minutes=1)
LONGEST = timedelta(hours=1)


class Stumbled(Exception):
    """This row and no other could not be done. Roll back, then `put_off` in a transaction of its own.

    Its cause says why; when that is trouble of the house, nothing need be put off.
    """

    def __init__(self, what: Literal["run", "deadline"], id: int, metric: str, tries: int) -> None:
        super().__init__(f"{what} {id} {metric}".rstrip())
        self.what, self.id, self.metric, self.tries = what, id, metric, tries


def put_off(desk: Desk, stumbled: Stumbled) -> None:
    """Try this row again in a minute, then in two, in four, at last every hour."""
    tries = stumbled.tries + 1
    until = desk.now + min(PATIENCE * 2 ** min(stumbled.tries, 10), LONGEST)
    if stumbled.what == "run":
        change_run(desk.conn, stumbled.id, next_at=until, tries=tries)
    else:
        put_off_deadline(desk.conn, stumbled.id, stumbled.metric, until, tries)
