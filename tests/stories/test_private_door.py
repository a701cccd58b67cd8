"""Somebody tells the desk in confidence: who hears of it, and where not one word of it appears."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import make_url, text

from desk.front import Desk
from storage.tables import metadata
from tests.town import TestTown

CANARY, NAMED, WORD = "the green kettle behind the third door", "Uncle Quill", "pomegranate"
TO_THE_DOOR = ("[Ask for help]", "[I'd rather say it privately]")
TELLS = (
    "[Yes]",
    "[No, I'll ask here]",
    "[Ankang Community]",
    "[Ankang Community]",
    NAMED,
    "[That's all]",
    CANARY,
    "[That's all]",
    WORD,
    "[Pass it on]",
)


def kept_in(desk: Desk) -> str:
    """Everything the database holds, as somebody who stole it would read it."""
    if desk.conn.dialect.name == "sqlite":
        file = Path(str(make_url(str(desk.conn.engine.url)).database))
        return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*")).decode("utf-8", "replace")
    rows = (desk.conn.execute(text(f'SELECT t::text FROM "{name}" t')).scalars() for name in metadata.tables)
    return "\n".join(str(row) for table in rows for row in table)


async def calls(town: TestTown) -> list[tuple[int, str]]:
    """Every request to Telegram: the chat it was about, and all of it."""
    return [
        (
            int((call.get("fields") or call.get("params") or {}).get("chat_id") or 0),
            json.dumps(call, ensure_ascii=False),
        )
        for call in await town.demo.town.calls()
    ]


async def test_it_reaches_people_and_not_one_word_of_it_goes_anywhere_else(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*TO_THE_DOOR)
    await town.ama.sees("110", "12338", "Is it safe for you to write here?", buttons=["Yes", "No"])
    await town.ama.says(*TELLS)
    await town.ama.sees("write your word here", buttons=["Clear this"])
    await town.wait(seconds=1)
    alert = await town.dina.hears("You have a message", "A confidential matter in Ankang", buttons=["Open"])
    await town.dina.taps("Open", on=alert)
    await town.dina.sees(CANARY, NAMED, "Do not write or call first", buttons=["Put away"])
    await town.wait(minutes=5)
    await town.wait(minutes=5)
    climbed = await town.gita.hears("A confidential matter in Ankang Community waits since 10:00", buttons=["Open"])
    await town.dina.taps("I'll take it", on=await town.dina.sees(CANARY))
    await town.gita.taps("I'll take it", on=climbed)
    town.gita.is_told("already")
    await town.gita.does_not_see(CANARY)
    await town.dina.taps("Put away")
    await town.dina.does_not_see(CANARY, NAMED)

    dina, groups = town.dina.id, {group.id for group in town.demo.groups.values()}
    asked = await calls(town)
    assert any(CANARY in call for chat, call in asked if chat == dina), "the requests were read"
    for chat, call in asked:
        for canary in (CANARY, NAMED, WORD):
            assert chat == dina or canary not in call
        assert not (chat in groups and "onfidential" in call)
    logged, kept = json.dumps(town.logs, default=str, ensure_ascii=False), town.look(kept_in)
    assert logged and "ankang" in kept, "the log and the database were read"
    for canary in (CANARY, NAMED, WORD):
        assert canary not in logged
        assert canary not in kept
    await town.volunteers.does_not_see("onfidential", "Ankang Community waits")
    await town.dina.all_read()


async def test_news_comes_with_her_word_and_everything_can_be_cleared(town: TestTown) -> None:
    await town.joins(town.ama)
    before = len(await town.ama.messages())
    await town.ama.says(*TO_THE_DOOR, *TELLS)
    await town.wait(seconds=1)
    await town.dina.taps("I'll take it", on=await town.dina.hears("A confidential matter"))
    await town.dina.taps("Open")
    await town.dina.says("[Leave a message]", "Come to the clinic at ten")
    await town.dina.all_read()
    await town.ama.does_not_see("clinic")
    await town.ama.says("persimmon")
    await town.ama.does_not_see("clinic")
    await town.ama.says("/cancel", WORD)
    await town.ama.sees("Somebody who answers for Ankang Community has taken it", "Come to the clinic at ten")
    await town.ama.taps("Clear this")
    town.ama.is_told("may remain")
    left = [message.get("text", "") for message in await town.ama.messages()]
    assert not [words for words in left if any(each in words for each in (CANARY, NAMED, WORD, "clinic", "12338"))]
    assert len(left) >= before, "what stood there before stands there still"
    await town.ama.all_read()


async def test_a_plain_word_in_the_middle_takes_everything_away(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*TO_THE_DOOR, *TELLS[:7], "clear")
    left = [message.get("text", "") for message in await town.ama.messages()]
    assert not [words for words in left if any(each in words for each in (CANARY, NAMED, "12338", "household"))]
    await town.ama.all_read()
    await town.wait(minutes=30)
    await town.dina.hears_nothing()


async def test_a_picture_is_seen_while_the_story_is_open_and_no_longer(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*TO_THE_DOOR, *TELLS[:5], "[That's all]")
    await town.ama.sends("photo")
    await town.ama.sends("voice")
    await town.ama.says("[That's all]", WORD, "[Pass it on]")
    await town.wait(seconds=1)
    await town.dina.taps("Open")
    shown = [message for message in await town.dina.from_bot() if message.get("photo") or message.get("voice")]
    assert len(shown) == 2 and all(message["has_protected_content"] for message in shown)
    await town.dina.taps("Put away")
    assert not [message for message in await town.dina.from_bot() if message.get("photo") or message.get("voice")]
    file_ids = [message["photo"][-1]["file_id"] for message in shown if message.get("photo")]
    assert file_ids[0] not in town.look(kept_in), "the file is known to the sealed story alone"
