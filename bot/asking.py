"""Asks Telegram, once, whether whoever holds a role in a team is in its group: nobody has told us who was there before.

A handler never asks the network. What Telegram has told since is newer than any answer, and is kept up by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from bot.jobs import Jobs
from bot.post.outcomes import PermanentlyRefused, Sent
from bot.post.wire import Wire
from desk import groups
from desk.front import Desk

EVERY = timedelta(minutes=1)
INSIDE = ("creator", "administrator", "member")
NOBODY = ("user not found", "member not found", "participant_id_invalid", "user_id_invalid")
"""Telegram's words for an account that was never in the group. Every other refusal says nothing about anybody."""


class Asking:
    """A sweep: looks for whom nobody has heard of, and asks about them after the commit."""

    def __init__(self, wire: Wire, jobs: Jobs) -> None:
        self._wire, self._jobs = wire, jobs
        self._next_at: datetime | None = None

    def sweep(self, desk: Desk) -> bool:
        if self._next_at is not None and desk.now < self._next_at:
            return False
        self._next_at = desk.now + EVERY
        for chat_id, telegram_id in groups.needs_asking(desk):
            desk.after.append(partial(self._jobs.start, partial(self._ask, chat_id, telegram_id)))
        return False

    async def _ask(self, chat_id: int, telegram_id: int) -> None:
        asked_at = await self._jobs.do(lambda desk: desk.now)
        answer = await self._wire.call("getChatMember", {"chat_id": chat_id, "user_id": telegram_id})
        match answer:
            case Sent(result):
                status = result["status"]
                inside = status in INSIDE or (status == "restricted" and bool(result.get("is_member")))
            case PermanentlyRefused(words=words) if any(each in words.lower() for each in NOBODY):
                inside = False
            case _:
                return  # asked again in a while
        await self._jobs.do(lambda desk: groups.hear_member(desk, chat_id, telegram_id, inside, asked_at))
