"""Two processes that tick at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from random import Random

from desk.front import Desk, Saying
from domain.desk_file import DeskFile
from storage.work import open_writer
from tests.conftest import KEYS


def sweep_by_two(url: str, file: DeskFile, now: datetime, sweep: Callable[[Desk], bool]) -> list[Saying]:
    """Both sweep until nothing is due any more; what both have said. A fault in either is raised."""
    start = threading.Barrier(2)
    said: list[Saying] = []
    faults: list[Exception] = []

    def tick() -> None:
        engine = open_writer(url)
        try:
            start.wait()
            more = True
            while more:
                with engine.begin() as conn:
                    desk = Desk(conn, file, now, KEYS, Random(1))
                    more = sweep(desk)
                said.extend(desk.said)
        except Exception as fault:
            faults.append(fault)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return said
