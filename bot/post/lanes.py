"""What waits to go out: urgent before personal before bulk, each chat in order, one message on its way to a chat."""

from __future__ import annotations

import heapq
from bisect import insort
from datetime import datetime, timedelta

from bot.post.budget import Budget
from bot.post.parcel import Parcel


def _place(parcel: Parcel) -> tuple[int, int]:
    return parcel.lane, parcel.id


class Lanes:
    """Parcels by chat. Several refreshes of one card become one while they wait.

    Each chat with something to send, and nothing on its way, has an entry: by its turn, or asleep until it may have
    one. An entry that is no longer true is dropped when it comes up: whatever changed it has made one of its own. So a
    letter to everybody costs each of its parcels the same, however many there are.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._chats: dict[int, list[Parcel]] = {}
        self._turns: list[tuple[int, int, int]] = []  # lane and id of the chat's first parcel, and the chat
        self._asleep: list[tuple[float, int]] = []  # until when, and the chat
        self._later: list[tuple[datetime, int, Parcel]] = []
        self._expiring: list[tuple[datetime, int, Parcel]] = []
        self.in_flight: dict[int, Parcel] = {}

    def add(self, parcel: Parcel, now: datetime) -> None:
        if parcel.not_before and parcel.not_before > now:
            heapq.heappush(self._later, (parcel.not_before, parcel.id, parcel))
            return
        waiting = self._chats.setdefault(parcel.chat_id, [])
        if parcel.card:
            for other in waiting:
                if other.card == parcel.card:
                    waiting.remove(other)
                    parcel = _merged(other, parcel)
                    break
        insort(waiting, parcel, key=_place)
        if waiting[0] is parcel:
            self._enlist(parcel.chat_id)
        if parcel.expires_at:
            heapq.heappush(self._expiring, (parcel.expires_at, parcel.id, parcel))

    def release(self, now: datetime) -> None:
        """What was to wait until now joins the others."""
        while self._later and self._later[0][0] <= now:
            self.add(heapq.heappop(self._later)[2], now)

    def pick(self, elapsed: float, room: int) -> list[Parcel]:
        """What goes now, most urgent first; each is on its way until `landed`."""
        wave: list[Parcel] = []
        while len(wave) < room and (parcel := self._next(elapsed)):
            self._budget.spend(parcel.chat_id, parcel.lane, elapsed)
            self.in_flight[parcel.chat_id] = parcel
            self._remove(parcel)
            wave.append(parcel)
        return wave

    def _enlist(self, chat_id: int) -> None:
        """The chat's first parcel is another one, or may go again."""
        if head := self._head(chat_id):
            heapq.heappush(self._asleep, (self._at(head), chat_id))

    def _head(self, chat_id: int) -> Parcel | None:
        waiting = self._chats.get(chat_id)
        return waiting[0] if waiting and chat_id not in self.in_flight else None

    def _at(self, parcel: Parcel) -> float:
        """When it may go, as far as that is up to its own chat."""
        return max(parcel.ready_at, self._budget.chat_at(parcel.chat_id))

    def _next(self, elapsed: float) -> Parcel | None:
        """The most urgent that may go now."""
        while self._asleep and self._asleep[0][0] <= elapsed:
            chat_id = heapq.heappop(self._asleep)[1]
            if head := self._head(chat_id):
                heapq.heappush(self._turns, (*_place(head), chat_id))
        while self._turns:
            lane, number, chat_id = self._turns[0]
            if self._budget.lane_at(lane) > elapsed:
                return None
            head = self._head(chat_id)
            if head and _place(head) == (lane, number):
                if self._at(head) <= elapsed:
                    return head
                self._enlist(chat_id)
            heapq.heappop(self._turns)
        return None

    def next_at(self) -> float | None:
        """When something that waits for its turn may go."""
        at = [self._budget.lane_at(self._turns[0][0])] if self._turns else []
        at += [max(self._asleep[0][0], self._budget.everyone_at())] if self._asleep else []
        return min(at, default=None)

    def next_due(self) -> datetime | None:
        """When something that was to wait until later is due."""
        return self._later[0][0] if self._later else None

    def ready(self, elapsed: float) -> bool:
        """Could anything go now?"""
        return self._next(elapsed) is not None

    def landed(self, parcel: Parcel) -> None:
        if self.in_flight.get(parcel.chat_id) is parcel:
            del self.in_flight[parcel.chat_id]
            self._enlist(parcel.chat_id)

    def back(self, parcel: Parcel, now: datetime, aside: float = 0) -> None:
        """It has not ended, and goes once more; put aside for some seconds, it holds up nothing else in its chat."""
        self.landed(parcel)
        if aside:
            parcel.not_before = now + timedelta(seconds=aside)
        self.add(parcel, now)

    def drop_chat(self, chat_id: int) -> list[Parcel]:
        """Nothing reaches this chat any more; what waited for it."""
        dropped = self._chats.pop(chat_id, [])
        dropped += [entry[2] for entry in self._later if entry[2].chat_id == chat_id]
        self._later = [entry for entry in self._later if entry[2].chat_id != chat_id]
        heapq.heapify(self._later)
        return dropped

    def drop_expired(self, now: datetime) -> list[Parcel]:
        """What has lost its meaning by now."""
        expired: list[Parcel] = []
        while self._expiring and self._expiring[0][0] <= now:
            parcel = heapq.heappop(self._expiring)[2]
            if parcel in self._chats.get(parcel.chat_id, ()):
                self._remove(parcel)
                expired.append(parcel)
        return expired

    def _remove(self, parcel: Parcel) -> None:
        waiting = self._chats[parcel.chat_id]
        waiting.remove(parcel)
        if waiting:
            self._enlist(parcel.chat_id)
        else:
            del self._chats[parcel.chat_id]

    def known(self) -> set[int]:
        """The rows of everything that waits or is on its way."""
        waiting = [parcel for chat in self._chats.values() for parcel in chat]
        parcels = [*waiting, *(entry[2] for entry in self._later), *self.in_flight.values()]
        return {row for parcel in parcels for row in (parcel.id, *parcel.merged)}

    def __len__(self) -> int:
        return sum(map(len, self._chats.values())) + len(self._later) + len(self.in_flight)


def _merged(one: Parcel, other: Parcel) -> Parcel:
    """One refresh for both: the older keeps its place, the newer goes out with it."""
    older, newer = (one, other) if one.id <= other.id else (other, one)
    older.merged += [newer.id, *newer.merged]
    older.lane = min(older.lane, newer.lane)
    older.body["anew"] = bool(older.body.get("anew") or newer.body.get("anew"))
    older.body["silent"] = bool(older.body.get("silent") and newer.body.get("silent"))
    older.ready_at = min(older.ready_at, newer.ready_at)
    return older
