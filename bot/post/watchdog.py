"""Sees a pump that is stuck in a handler, says where, and ends the process, so that it is started again and goes on.

A handler that never gives the loop back cannot be stopped from inside; only a thread still runs then.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger()
STUCK = 70  # the exit code


class Watchdog:
    """Barks when the same piece of work has been going on for too long."""

    def __init__(self, seconds: float, end: Callable[[int], None] = os._exit) -> None:
        self._seconds, self._end = seconds, end
        self._since: float | None = None
        self._thread_watched = threading.get_ident()
        self._stopped = threading.Event()

    def start(self) -> None:
        self._thread_watched = threading.get_ident()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def begin(self) -> None:
        """A piece of work begins now."""
        self._since = time.monotonic()

    def rest(self) -> None:
        """Nothing is going on."""
        self._since = None

    def _watch(self) -> None:
        while not self._stopped.wait(min(1.0, self._seconds / 4)):
            since = self._since
            if since is not None and time.monotonic() - since > self._seconds:
                log.error("the pump is stuck, the process ends", place=self._place(), seconds=self._seconds)
                self._end(STUCK)

    def _place(self) -> str:
        frame = sys._current_frames().get(self._thread_watched)
        return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}" if frame else "unknown"
