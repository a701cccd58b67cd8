"""Once a day the desk lets go of what it need not keep. What waits in quarantine stays until somebody has looked."""

from __future__ import annotations

from desk import good_deed_parts, pictures
from desk.front import Desk
from storage import honours
from storage.messages import get_fact, set_fact
from storage.retention import AT_ONCE, let_go

LAST = "let go of what is old"


def sweep_old(desk: Desk) -> bool:
    """A few hundred rows at a time. True while there is more of it today."""
    today = desk.now.date().isoformat()
    if get_fact(desk.conn, LAST) == today:
        return False
    honours_gone = honours.let_go(desk.conn, desk.now, AT_ONCE)
    if let_go(desk.conn, desk.now) + pictures.let_go(desk) + good_deed_parts.let_go(desk) + honours_gone > 0:
        return True
    set_fact(desk.conn, LAST, today)
    return False
