"""The whole desk as it runs, in the town of the figures: nothing left out but budgets.

On SQLite with `synchronous=FULL`, or on the PostgreSQL that `BENCH_DATABASE` names.

python -m benchmarks.desk URL FOLDER [PROFILE]
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":
    gc.disable()  # as `linli run` does, until the desk is open

from benchmarks.town import COMMUNITIES, group_id, town_file, volunteer_id, volunteers_in
from bot.app import App
from bot.demo.file import morning
from bot.logs import set_up_logs
from bot.loop import quick_loop
from bot.post.budget import Budget
from bot.post.clock import MovableClock
from bot.settings import Settings
from desk import people
from desk.front import Desk
from domain.teams import Group
from storage import roles, schema
from storage.groups import keep_group
from storage.teams import add_team, change_team


def settle_in(desk: Desk) -> None:
    """The officer, a supervisor, and the teams with their groups and volunteers."""
    officer = people.meet(desk, 1, "Ivy", "en", started=True)
    roles.give_role(desk.conn, desk.now, officer.id, "officer")
    supervisor = people.meet(desk, 2, "Dina", "en", started=True)
    roles.give_role(desk.conn, desk.now, supervisor.id, "supervisor", unit="donggang")
    for number in range(COMMUNITIES):
        team = add_team(desk.conn, desk.now, "neighbours", f"c{number}", f"Neighbours {number}", "invited", officer.id)
        assert team is not None
        keep_group(desk.conn, Group(group_id(number), "Neighbours", "administrator", may_pin=True, may_delete=True))
        change_team(desk.conn, team, chat_id=group_id(number), state="ready")
        for each in range(volunteers_in(number)):
            code = ("en", "zh-hans")[each % 2]
            person = people.meet(desk, volunteer_id(number, each), f"Ben {each}", code, started=True)
            people.change(desk, person, language=("en", "zh_Hans")[each % 2])
            people.consent(desk, person)
            roles.give_role(desk.conn, desk.now, person.id, "volunteer", team_id=team)


def build(url: str, data: str, database: str = "") -> App:
    """With the settings of the figures; on SQLite in that folder, or in another database."""
    file, clock = town_file(), MovableClock()
    clock.move(morning(datetime.now(UTC), file))
    given = {"bot_token": "42:FIGURES", "bot_api": url, "data": Path(data), "key": "the figures keep no secrets"}
    given |= {"database_url": database}
    return App(Settings.model_validate(given), file, clock=clock, budget=Budget.none())


async def main(url: str, data: str) -> None:
    """In an empty folder; or in that of `BENCH_DATA`, where a desk has settled in already."""
    set_up_logs("WARNING")
    settled = os.environ.get("BENCH_DATA")
    app = build(url, settled or data, os.environ.get("BENCH_DATABASE", ""))
    if not settled:
        schema.upgrade(app.writer)
        with app.writer.begin() as conn:
            settle_in(app.desk_for(conn))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await app.run(stop)


if __name__ == "__main__":
    profile = cProfile.Profile(time.process_time) if len(sys.argv) > 3 else None
    if profile:
        profile.enable()
    with asyncio.Runner(loop_factory=quick_loop()) as runner:
        runner.run(main(*sys.argv[1:3]))
    if profile:
        profile.dump_stats(sys.argv[3])
