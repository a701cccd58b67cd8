"""What comes is handled once, what goes out ends somewhere, and Telegram never has to slow us down."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from sandbox.world import Json
from storage.tables import inbox, order_parts, orders, outbox, pictures, talks
from tests.simulator.evidence import seen_of
from tests.simulator.play import Play
from tests.simulator.step import Invariant
from tests.simulator.town import MADE, WORD, Sent

REFERENCE = re.compile(r"\b[23456789ABCDEFGHJKMNPQRTVWXYZ]{2}-[23456789ABCDEFGHJKMNPQRTVWXYZ]{3}\b")
MEMORY = timedelta(seconds=62)  # of Telegram's own counting
AROUND = 100  # rows looked at once more: a lower number may be committed after a higher one


def updates_end_once(play: Play) -> list[str]:
    """Every update that Telegram was told to forget is in the inbox, and none waits there in the end."""
    with play.town.reading.connect() as conn:
        new = conn.execute(select(inbox.c.update_id, inbox.c.tries).where(inbox.c.state == "new")).all()
        seen = {row.update_id for row in conn.execute(select(inbox.c.update_id))}
    world = play.town.world
    floor: int = play.kept.setdefault("update floor", world.updates.next_id)
    expired: set[int] = play.kept.setdefault("expired", set())
    lost = [number for number in range(floor, world.updates.next_id) if number not in seen | expired]
    play.kept["update floor"] = world.updates.next_id
    return [f"update {row.update_id} still waits after {row.tries} tries" for row in new] + [
        f"update {number} was forgotten and is nowhere" for number in lost
    ]


def words_are_kept_once(play: Play) -> list[str]:
    """Whatever somebody told is part of one order at most; what was sent is part of one."""
    wrong = []
    with play.town.reading.connect() as conn:
        last = play.kept.get("last part", 0)
        fresh = conn.execute(
            select(order_parts.c.id, order_parts.c.order_id, order_parts.c.words)
            .where(order_parts.c.id > last - AROUND, order_parts.c.stage == "story")
            .order_by(order_parts.c.id)
        ).all()
        whose: dict[str, int] = play.kept.setdefault("words", {})
        for row in fresh:
            play.kept["last part"] = row.id
            for word in WORD.findall(row.words or ""):
                if whose.setdefault(word, row.order_id) != row.order_id:
                    wrong.append(f"{word} is in orders {whose[word]} and {row.order_id}")
        waiting = []
        for sent in play.town.sent:
            ended = conn.scalar(select(inbox.c.state).where(inbox.c.update_id == sent.update_id))
            if ended in (None, "new"):
                waiting.append(sent)
            elif ended == "done" and not acted_otherwise(conn, sent):
                play.counts["followed to its end"] += 1
                wrong += [f"{each}; {seen_of(conn, sent)}" for each in came_of(conn, sent)]
        play.town.sent[:] = waiting
    return wrong


def acted_otherwise(conn: Connection, sent: Sent) -> bool:
    """Whoever has tapped *cancel* behind it may have changed their mind; and whoever was still unheard with an edit
    or a tap before it has perhaps sent other words than those that stood there."""
    others = select(func.count()).where(
        inbox.c.sender == sent.user,
        inbox.c.update_id > sent.heard,
        inbox.c.update_id != sent.update_id,
        inbox.c.state != "new",
    )
    return bool(conn.scalar(others))


def came_of(conn: Connection, sent: Sent) -> list[str]:
    """One order, case or deed with all that was told; or the question stands once more."""
    table, parts = MADE[sent.flow]
    made = list(conn.scalars(select(table.c.id).where(table.c.once == sent.talk)))
    if not made and conn.scalar(select(func.count()).where(talks.c.id == sent.talk)):
        return []
    lost = []
    if parts is not None:
        theirs = next(column for column in parts.c if column.references(table.c.id))
        told = " ".join(filter(None, conn.scalars(select(parts.c.words).where(theirs.in_(made)))))
        lost = [word for words in sent.words for word in WORD.findall(words) if word not in told]
    wrong = [f"{word} was sent and is in no order" for word in lost]
    return wrong if len(made) == 1 else [*wrong, f"{sent.flow} {sent.talk} was sent and made {len(made)}"]


def nothing_waits_unknown(play: Play) -> list[str]:
    """What is not sent yet is known to the courier: otherwise it would wait for the next restart."""
    app = play.machine.app
    if app is None or play.machine.dead or play.is_busy:
        return []
    lanes = app.office.courier._lanes
    known = {row for parcel in play.waiting for row in (parcel.id, *parcel.merged)}
    known |= {row for _at, _id, parcel in lanes._later for row in (parcel.id, *parcel.merged)}
    with play.town.reading.connect() as conn:
        unsent = set(conn.scalars(select(outbox.c.id).where(outbox.c.state.in_(("queued", "sending")))))
    return [f"outbox row {row} waits and nobody knows" for row in sorted(unsent - known)]


def everything_has_ended(play: Play) -> list[str]:
    """Quiet for a minute: what is still unsent waits for an hour of its own, or for a picture that is tried again."""
    with play.town.reading.connect() as conn:
        waits = select(outbox.c.id, outbox.c.kind, outbox.c.made_at, outbox.c.not_before, outbox.c.body)
        rows = conn.execute(waits.where(outbox.c.state.in_(("queued", "sending")))).all()
        wanted = set(conn.scalars(select(pictures.c.id).where(pictures.c.state == "wanted")))
    return [
        f"outbox row {row.id} ({row.kind}, made {row.made_at:%d %H:%M}) still waits"
        for row in rows
        if (row.not_before is None or row.not_before <= play.clock.now())
        and ((row.body or {}).get("upload") or [None, None])[1] not in wanted
    ]


def budgets_are_kept(play: Play) -> list[str]:
    """Telegram says *too many* only where it was told to; or just after a start, when what went before is forgotten."""
    app = play.machine.app
    if app is None or app.opened_at is None:
        return []
    remembers = app.opened_at + MEMORY
    return [
        f"{call['method']} to {call['params'].get('chat_id')}: {call.get('description')}"
        for call in play.calls
        if call.get("error_code") == 429 and "fault" not in call and datetime.fromisoformat(call["at"]) >= remembers
    ]


def references_exist(play: Play) -> list[str]:
    """Nobody is told of a request that does not stand: what is said has been committed."""
    told = {reference for call in play.calls if carried(call) for reference in REFERENCE.findall(words_of(call))}
    known: set[str] = play.kept.setdefault("references", set())
    if not told - known:
        return []
    with play.town.reading.connect() as conn:
        known |= set(conn.scalars(select(orders.c.reference)))
    return [f"{reference} was said and does not exist" for reference in sorted(told - known) if reference != "K7-42M"]


def carried(call: Json) -> bool:
    return bool(call["ok"]) and call["method"] in ("sendMessage", "editMessageText")


def words_of(call: Json) -> str:
    return str(call["params"].get("text") or call["params"].get("caption") or "")


def note_expired(play: Play) -> None:
    """What Telegram itself forgets is no fault of the desk's."""
    updates, expired = play.town.world.updates, play.kept.setdefault("expired", set())
    play.kept["update floor"] = updates.next_id
    forget = updates.expire

    def expire() -> None:
        before = {update.id for update in updates.waiting}
        forget()
        expired.update(before - {update.id for update in updates.waiting})

    updates.expire = expire  # type: ignore[method-assign]


INVARIANTS = [
    Invariant("I3 every word is kept once", words_are_kept_once),
    Invariant("I3 every update ends once", updates_end_once, every=False, begin=note_expired),
    Invariant("I4 nothing waits unknown", nothing_waits_unknown),
    Invariant("I4 everything has ended", everything_has_ended, every=False),
    Invariant("I9 budgets are kept", budgets_are_kept),
    Invariant("what is said stands", references_exist),
]
