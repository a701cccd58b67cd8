"""The other door: what people in the town do, and how a test or the phones page makes them do it.

All of it is JSON. What goes wrong, and what becomes of groups:

    POST /control/faults    {"kind", "method"?, "chat"?, "count"?, "retry_after"?=3, "seconds"?=1} -> Fault
                            or {"clear": true} -> {"faults": []}
    GET  /control/faults    -> {"faults": [Fault]}, those that will still strike
                            Fault {"number", "kind", "method", "chat", "left", "until", "struck"}
    POST /control/migrate   {"group", "order"?="both"} -> {"id", "group": Group}
                            order: both or old_first | new_first | old_only | new_only | error_only: which of the two
                            service messages the bot is told of; the old group then answers 400 with the new id
    POST /control/groups    also {"forum": true}; such a Group shows "topics": [{"id", "name", "closed"}],
                            and a group that was upgraded shows "became": the new id
    POST /control/topics    {"group", "user", "name"} -> {"id", "name", "closed"}: somebody opens a topic
                            {"group", "user", "topic", "status": "closed" | "open" | "deleted"}: an administrator acts
    POST /control/say, send, forward    also {"topic"}: the topic to speak in
    POST /control/tap       also {"inaccessible": true}: the bot is shown only the number of the message
    POST /control/delete    also {"user", "all": true}: a person clears the private chat, the bot's messages included
    POST /control/freeze    {"chat", "message_id", "frozen"?=true} -> {"frozen"}: "message can't be edited"
    POST /control/members   status "restricted" mutes: the bot may look but not speak, a person may not speak
    POST /control/plug      {"in": false} kills the bot, {"in": true} starts it again -> {"state", "told"}
                            state: in | out | starting; told: language -> what was lost and doubled; both also in
                            /control/state as "plug", null where whoever runs the bot has handed in no plug

A fault strikes the calls that meet its method and chat, the oldest fault first, and is noted at the call as "fault"
in /control/calls. `count` is how many calls it strikes: one unless told otherwise, 0 until it is cleared; a 429 without
a count stands until retry_after has passed by the sandbox's clock, and says how long that still is. Polling is struck
only by the method's name, or by a dead token.

    kind            the call is   the bot gets
    429             not done      429 with retry_after
    429_all         not done      the same, for every call that names a chat
    500             not done      500 Internal Server Error
    502_html        not done      502 with a page of HTML
    401             not done      401 Unauthorized, the poll too
    reset_before    not done      a connection that is reset (error_code 0 in /control/calls)
    reset_after     done          a connection that is reset
    invalid_json    done          200 with half of the answer
    slow            done          the answer, after `seconds` of real time
"""

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
    "freeze": speaking.freeze,
    "send": sending.send,
    "clock": steering.move_clock,
    "faults": steering.faults,
    "raw": steering.raw,
    "settings": steering.settings,
    "plug": steering.plug,
    "show": steering.show,
    "take_over": steering.take_over,
    "caption": steering.caption,
}
