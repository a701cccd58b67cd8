"""What a soak has been through and what came of it: the steps, the kills, the deeds, and whatever is wrong."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, func, select

from storage.tables import (
    access_log,
    cases,
    good_deed_history,
    hand_awards,
    household_changes,
    inbox,
    order_history,
    outbox,
    people,
    pictures,
    redemptions,
    reports,
)
from tests.simulator.acts import whole

if TYPE_CHECKING:
    from tests.simulator.soak import Soak

EXPECTED_ERRORS = re.compile(r"quarantined|Telegram refused a message|the process ended")
DEEDS: dict[str, Column[str]] = {
    "orders": order_history.c.what,
    "reports": reports.c.verdict,
    "good deeds": good_deed_history.c.what,
    "redemptions": redemptions.c.state,
    "awards by hand": hand_awards.c.state,
    "cases": cases.c.state,
    "households": household_changes.c.what,
    "pictures": pictures.c.state,
    "updates": inbox.c.state,
    "messages": outbox.c.state,
}


def deeds_done(conn: Connection) -> list[str]:
    """How often each kind of deed has been done: what is missing here was not tried at all."""
    told = []
    for name, column in DEEDS.items():
        counted = {str(what): count for what, count in conn.execute(select(column, func.count()).group_by(column))}
        told.append(f"{name}: {', '.join(f'{what} {counted[what]}' for what in sorted(counted)) or 'none'}")
    looked = conn.scalar(select(func.count()).select_from(access_log))
    forgotten = conn.scalar(select(func.count()).where(people.c.forgotten_at.is_not(None)))
    return [*told, f"looks at cases: {looked}, people forgotten: {forgotten}"]


def summary(play: Soak, name: str, errors: list[str]) -> str:
    with play.town.reading.connect() as conn:
        deeds = deeds_done(conn)
    lost = sum("is in no order" in each or "made 0" in each or "is nowhere" in each for each in play.wrong)
    doubled = sum("and" in each and "is in orders" in each for each in play.wrong)
    never = sorted({step.name for step in [*play.steps, *whole.STEPS]} - Counter(play.counts).keys())
    afar = play.afar
    lines = [
        f"{name}: {len(play.done)} steps, {afar.kills} kills, {afar.kills_at_birth} while opening,"
        f" {afar.closed} closed, {afar.refused_starts} starts in vain,"
        f" {play.town.counted['faults']} faults of Telegram's, {afar.troubles} troubles with the database,"
        f" {play.rests} rests",
        f"  lost: {lost}, doubled: {doubled}, broken: {len(play.wrong)}, unexpected errors in the log: {len(errors)}",
        f"  {play.town.world.call_count} calls; sendings followed to their end: {play.counts['followed to its end']}",
        *(f"  {each}" for each in deeds),
        f"  never drawn: {', '.join(never) or 'nothing'}",
        *(f"  BROKEN {each}" for each in play.wrong[:20]),
        *(f"  ERROR {each}" for each in errors[:20]),
    ]
    return "\n".join(lines)


def unexpected(log: Path, since: int) -> list[str]:
    """Errors in the desk's log that no step has brought about."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(since)
        told = [line.strip() for line in lines if re.search(r"\[(error|critical)|^Traceback|\"level\": \"error", line)]
    return [line for line in told if not EXPECTED_ERRORS.search(line)]
