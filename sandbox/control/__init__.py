"""The other door: what people in the town do, and how a test or the phones page makes them do it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sandbox.arguments import Arguments
from sandbox.control import groups, people, reading, sending, speaking, steering

if TYPE_CHECKING:
    from sandbox.server import Sandbox

Deed = Callable[["Sandbox", Arguments], Awaitable[Any]]

READ: dict[str, Deed] = {
    "state": reading.state,
    "chat": reading.chat,
    "calls": reading.calls,
    "clock": reading.clock,
    "faults": reading.faults,
}
DO: dict[str, Deed] = {
    "people": people.people,
    "groups": people.groups,
    "members": people.members,
    "migrate": groups.migrate,
    "topics": groups.topic,
    "block": people.block,
    "start": people.start,
    "say": speaking.say,
    "tap": speaking.tap,
    "edit": speaking.edit,
    "forward": speaking.forward,
    "delete": speaking.delete,
    "send": sending.send,
    "clock": steering.move_clock,
    "faults": steering.faults,
    "raw": steering.raw,
    "settings": steering.settings,
    "show": steering.show,
    "take_over": steering.take_over,
    "caption": steering.caption,
}
