"""A desk of a few lines, for the tests of the post office: it does what a message says, and remembers it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, create_engine, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.post.budget import Budget
from bot.post.clock import Clock, SystemClock
from bot.post.faults import Undecodable
from bot.post.office import PostOffice
from bot.post.sharing import office_for
from bot.post.standing import Rendered
from desk.front import BULK, PERSONAL, URGENT, Answer, Call, CardRefresh, Desk, Line
from domain.words import plain
from storage.tables import audit_log, contacts, people
from storage.vault import Keys
from storage.work import open_glance, open_readers, open_writer

KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member")
KEYS = Keys.made_from("a key for tests")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def deed(desk: Desk, words: str) -> int:
    """The one thing this desk does; returns how often it has been done with these words."""
    desk.conn.execute(insert(audit_log).values(at=desk.now, what="deed", about={"words": words}))
    return desk.conn.scalar(select(func.count()).select_from(audit_log)) or 0


def done(conn: Connection) -> list[str]:
    return [about["words"] for about in conn.scalars(select(audit_log.c.about).order_by(audit_log.c.id))]


async def handle(desk: Desk, raw: dict[str, Any]) -> bool:
    if not any(kind in raw for kind in KINDS):
        raise Undecodable("unknown kind")
    if pressed := raw.get("callback_query"):
        if pressed["data"] == "poison":
            raise RuntimeError("secret words of a poisoned tap")
        deed(desk, f"tap {pressed['data']}")
        desk.say(Answer(pressed["id"], plain("Tapped.")))
        return True
    message = raw.get("message")
    if message is None:
        return False
    if message.get("forward_origin", {}).get("type") == "hidden_user":
        raise Undecodable("it cannot be decoded")
    chat, words = message["chat"]["id"], message.get("text", "")
    if chat < 0:
        return False
    verb, _, rest = words.partition(" ")
    deed(desk, words)
    match verb:
        case "poison":
            raise RuntimeError("secret words of a poisoned message")
        case "unsayable":
            desk.say(Line(chat, plain(object())))
        case "hang":
            await asyncio.sleep(60)
        case "block":
            time.sleep(60)  # noqa: ASYNC251
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "card":
            desk.say(CardRefresh(int(rest or chat), "tally", 1))
        case "anew":
            desk.say(CardRefresh(int(rest or chat), "tally", 1, anew=True))
        case "once":
            desk.say(CardRefresh(chat, "tally", 1, BULK, anew=True, once=True))
        case "urgent":
            desk.say(Line(chat, plain(words), lane=URGENT, rule="urgent"))
        case "bulk":
            desk.say(*(Line(chat, plain(f"bulk {n}"), lane=BULK, rule="bulk") for n in range(int(rest))))
        case "several":
            desk.say(*(Line(chat, plain(f"{n}")) for n in range(int(rest))))
        case "later":
            desk.say(Line(chat, plain("later"), not_before=desk.now + timedelta(hours=1)))
        case "expiring":
            later, end = desk.now + timedelta(hours=1), desk.now + timedelta(minutes=30)
            desk.say(Line(chat, plain("too late"), not_before=later, expires_at=end))
        case "call":
            desk.say(Call(chat, "sendDice", {"emoji": "🎲"}, PERSONAL))
        case "quiet":
            pass
        case _:
            desk.say(Line(chat, plain(f"You said: {words}")))
    return True


def render(conn: Connection, subject: str, subject_id: int, chat_id: int) -> Rendered | None:
    """The tally: how much has been done. It goes away after "enough"."""
    words = done(conn)
    if "break" in words:
        raise ValueError("secret words of a card")
    if "enough" in words:
        return None
    button = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}
    tally = [each for each in words if not each.startswith(("tap", "You"))]
    return Rendered(f"Done so far: {len(tally)}", button, pinned=chat_id < 0)


def desk_for(clock: Clock) -> Any:
    chance = random.Random(1)

    def make(conn: Connection) -> Desk:
        return Desk(conn, None, clock.now(), KEYS, chance)  # type: ignore[arg-type]

    return make


def office(url: str, base_url: str, **changed: Any) -> tuple[PostOffice, Any, AsyncEngine]:
    """A post office with this desk in it; its engines are to be disposed of."""
    clock = changed.pop("clock", None) or SystemClock()
    writer, readers, short = open_writer(url), open_readers(url), open_glance(url)
    options: dict[str, Any] = {
        "budget": Budget.none(),
        "clock": clock,
        "pause": 0.01,
        "poll": 5,
        "tick": 0.05,
        "keys": KEYS,
        "zone": SHANGHAI,
        "language": "en",
        "short": short,
        **changed,
    }
    handler = options.pop("handle", handle)
    sweeps = options.pop("sweeps", ())
    make = office_for(writer)
    post = make("42:TEST", base_url, writer, readers, handler, desk_for(clock), render, sweeps, **options)
    return post, writer, readers


def know(url: str, telegram_id: int, language: str | None = None) -> None:
    """The desk knows this person already."""
    engine = create_engine(url)
    with engine.begin() as conn:
        at = SystemClock().now()
        person = conn.execute(insert(people).values(language=language, made_at=at).returning(people.c.id)).scalar_one()
        conn.execute(insert(contacts).values(telegram_id=telegram_id, person_id=person, reach="open"))
    engine.dispose()
