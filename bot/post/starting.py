"""What a start needs of the database is tried again for a while: whoever holds it mostly lets go by themselves.

The process before may be on its last gasp, an import may be at its end, a connection may just have been cut. A desk
that runs waits without end, since people wait for it; whoever starts one is told after half a minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from bot.post.faults import passes, place

log = structlog.get_logger()
T = TypeVar("T")

WITHIN = 30.0  # seconds
PAUSE = 0.2


async def once_it_can(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives; it may be run again, so all of it is in one transaction. Raises its last fault."""
    end, said = time.monotonic() + WITHIN, False
    while True:
        try:
            return await work()
        except Exception as fault:
            if not passes(fault) or time.monotonic() >= end:
                raise
            if not said:
                log.warning("the database is held by somebody else, the start waits", fault=place(fault))
                said = True
            await asyncio.sleep(PAUSE)
