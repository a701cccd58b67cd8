"""What the phones page hears while it is open: one line for each thing that happens."""

from __future__ import annotations

import asyncio
import json
from typing import Any


class Events:
    """Everybody who listens gets every event; nobody listening costs nothing."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str | None]] = set()

    def tell(self, kind: str, **what: Any) -> None:
        if self._listeners:
            line = json.dumps({"type": kind, **what}, ensure_ascii=False)
            for listener in self._listeners:
                listener.put_nowait(line)

    @property
    def heard(self) -> bool:
        return bool(self._listeners)

    def listen(self) -> asyncio.Queue[str | None]:
        listener: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: asyncio.Queue[str | None]) -> None:
        self._listeners.discard(listener)

    def close(self) -> None:
        """Every open page is sent home: None ends its stream."""
        for listener in self._listeners:
            listener.put_nowait(None)
        self._listeners.clear()
