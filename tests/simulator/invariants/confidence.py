"""What was told in confidence stays where it was told, and whoever has read it is written down."""

from __future__ import annotations

from sqlalchemy import select

from sandbox.world import Json
from storage.tables import access_log, cases, contacts, metadata
from tests.simulator.play import Play
from tests.simulator.step import Invariant
from tests.simulator.town import CANARY, Canary

SEALED = {("cases", "sealed")}


def readers(play: Play) -> dict[str, set[int]]:
    """Case -> Telegram ids of whoever has opened it, by its conversation and by its number."""
    theirs = (
        select(cases.c.id, cases.c.once, contacts.c.telegram_id)
        .join(access_log, access_log.c.case_id == cases.c.id)
        .join(contacts, contacts.c.person_id == access_log.c.person_id)
    )
    found: dict[str, set[int]] = {}
    with play.town.reading.connect() as conn:
        for row in conn.execute(theirs):
            for key in (row.once, str(row.id)):
                found.setdefault(key, set()).add(row.telegram_id)
    return found


def in_confidence(play: Play) -> list[str]:
    """Canaries are only ever shown to whoever said them, and to whoever has opened the case: I6 and I7 in one."""
    spoken = [(call, word) for call in play.calls for word in CANARY.findall(str(call["params"]))]
    if not spoken:
        return []
    let_in = readers(play)
    return [
        f"{word} of {play.town.name(play.town.canaries[word].by)} went to {call['params'].get('chat_id')}"
        for call, word in spoken
        if not may_hear(play, call, play.town.canaries[word], let_in)
    ]


def may_hear(play: Play, call: Json, canary: Canary, let_in: dict[str, set[int]]) -> bool:
    chat = call["params"].get("chat_id")
    if chat == canary.by:
        return True
    if canary.case_id is not None:  # an answer: it goes to whoever asked
        return chat in let_in.get(str(canary.case_id), set()) or chat in play.town.secrets
    return chat in let_in.get(canary.talk, set())


def nothing_unsealed(play: Play) -> list[str]:
    """No canary stands in the database as it was said, but for the sealed columns."""
    wrong = []
    with play.town.reading.connect() as conn:
        for table in metadata.sorted_tables:
            for row in conn.execute(select(table)).mappings():
                wrong += [
                    f"{word} stands in {table.name}.{name}"
                    for name, value in row.items()
                    if isinstance(value, str | dict | list) and (table.name, name) not in SEALED
                    for word in CANARY.findall(str(value))
                ]
    return wrong


def nothing_in_logs(play: Play) -> list[str]:
    first = play.kept.get("logs looked through", 0)
    play.kept["logs looked through"] = len(play.logs)
    return [f"a log line holds a canary: {entry}" for entry in play.logs[first:] if CANARY.search(str(entry))]


INVARIANTS = [
    Invariant("I6 and I7 only readers read", in_confidence),
    Invariant("I6 nothing in logs", nothing_in_logs),
    Invariant("I6 nothing stands unsealed", nothing_unsealed, every=False),
]
