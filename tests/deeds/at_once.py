"""Deeds done in the same moment: each on a connection of its own, as by several processes on one database."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

from sqlalchemy.exc import OperationalError

from bot.post.faults import house_trouble
from desk.front import Desk
from domain.desk_file import DeskFile
from domain.refusals import Refusal
from storage.work import open_writer
from tests.conftest import KEYS, MORNING

Deed = Callable[[Desk], Any]


def race(url: str, file: DeskFile, deeds: Sequence[Deed], *, now: datetime = MORNING, again: bool = False) -> list[Any]:
    """What each of them gave, or the class of how it was refused.

    `again`: a deadlock is a batch again, as the pump has it; otherwise there is to be none.
    """
    together = Barrier(len(deeds))

    def one(deed: Deed) -> Any:
        own = open_writer(url)
        together.wait()
        try:
            while True:
                try:
                    with own.begin() as conn:
                        return deed(Desk(conn, file, now, KEYS, random.Random(1), bot_name="linli_bot"))
                except OperationalError as trouble:
                    if not again:
                        raise
                    assert house_trouble(trouble)
        except Refusal as refusal:
            return type(refusal)
        finally:
            own.dispose()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(one, deeds))
