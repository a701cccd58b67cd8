"""One thing on its way out: an outbox row in memory, and the row it is written as."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from storage.messages import Subject

Kind = Literal["line", "card", "copy", "call"]


@dataclass(slots=True, eq=False)
class Parcel:
    """What goes to one chat. `merged`: later refreshes of the same card, which go out with this one."""

    chat_id: int
    lane: int
    kind: Kind
    rule: str
    body: dict[str, Any]
    subject: str | None = None
    subject_id: int | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    id: int = 0
    tries: int = 0
    state: str = "queued"
    ready_at: float = 0.0  # on the clock that never goes back
    merged: list[int] = field(default_factory=list)

    def __lt__(self, other: Parcel) -> bool:
        return self.id < other.id

    @property
    def card(self) -> Subject | None:
        if self.kind != "card" or self.subject is None or self.subject_id is None:
            return None
        return self.subject, self.subject_id, self.chat_id

    @property
    def where(self) -> dict[str, Any]:
        """The chat, and the topic in it, as Telegram names them; the general topic has no number."""
        where = {"chat_id": self.chat_id} if self.chat_id else {}
        return where | ({"message_thread_id": self.body["topic"]} if self.body.get("topic") else {})

    def row(self, at: datetime) -> dict[str, Any]:
        return {
            "chat_id": self.chat_id,
            "lane": self.lane,
            "kind": self.kind,
            "rule": self.rule,
            "body": self.body,
            "subject": self.subject,
            "subject_id": self.subject_id,
            "state": self.state,
            "not_before": self.not_before,
            "expires_at": self.expires_at,
            "made_at": at,
        }

    @classmethod
    def read(cls, row: Any) -> Parcel:
        """From an outbox row, after a restart."""
        return cls(
            chat_id=row.chat_id,
            lane=row.lane,
            kind=row.kind,
            rule=row.rule,
            body=row.body or {},
            subject=row.subject,
            subject_id=row.subject_id,
            not_before=row.not_before,
            expires_at=row.expires_at,
            id=row.id,
            tries=row.tries,
            state=row.state,
        )
