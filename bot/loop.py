"""The loop that a desk runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def quick_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, which costs half of asyncio's own for what goes over the network; None on Windows, which has none."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
