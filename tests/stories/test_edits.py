"""Somebody edits what they wrote: a slip of the finger is mended, and nothing is ever done by it."""

from __future__ import annotations

import pytest

from desk import her_side
from desk.people import find_person
from sandbox.phones import Json, Phone, labels_of, text_of
from storage import orders
from storage.tables import inbox
from tests.stories.test_asking import ASK
from tests.stories.test_talking import taken
from tests.town import TestTown


async def edits(town: TestTown, phone: Phone, message: Json, words: str) -> None:
    where = message["chat"]["id"]
    await town.demo.town.do("edit", user=phone.id, chat=where, message_id=message["message_id"], text=words)
    await town.settle()


async def own(phone: Phone, words: str) -> Json:
    """What they wrote themselves."""
    return next(m for m in reversed(await phone.messages()) if not m["from_bot"] and words in text_of(m))


def told(town: TestTown, stage: str = "story") -> list[str | None]:
    return town.look(lambda desk: [part.words for part in orders.parts_of(desk.conn, 1, stage)])


def happened(town: TestTown) -> list[str]:
    return town.look(lambda desk: [what for what, _who, _note in orders.history_of(desk.conn, 1)])


async def said_in(phone: Phone) -> list[str]:
    return [text_of(message) for message in await phone.from_bot()]


async def asked(town: TestTown) -> Json:
    """Ama has asked, nobody has it; her own words."""
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.volunteers.all_read()
    return await own(town.ama, "my leg hurts")


async def test_within_a_quarter_of_an_hour_and_before_anybody_has_it_the_words_change(town: TestTown) -> None:
    mine = await asked(town)
    standing = await said_in(town.ama)
    await town.wait(minutes=14)
    await edits(town, town.ama, mine, "No rice and no oil, my leg hurts")
    assert told(town) == ["No rice and no oil, my leg hurts"]
    assert happened(town).count("edited") == 1
    assert await said_in(town.ama) == standing
    await town.ben.taps("I'll take it", on=await town.volunteers.sees("Groceries"))
    await town.ben.hears("No rice and no oil")
    await town.ama.all_read()


async def test_whoever_was_called_at_once_reads_the_new_words(town: TestTown) -> None:
    bot = town.demo.sandbox.world.bot.id
    await town.demo.town.do("members", group=town.volunteers.id, user=bot, status="kicked")
    await town.settle()
    await town.dina.all_read()
    await town.ivy.all_read()
    await town.joins(town.ama)
    await town.ama.says(*ASK, "[Yes, send it]")
    await town.wait(seconds=1)
    alert = await town.dina.hears("No rice, my leg hurts")
    await edits(town, town.ama, await own(town.ama, "my leg hurts"), "No oil")
    assert (await town.dina.sees("No oil"))["message_id"] == alert["message_id"]


async def test_a_note_can_be_mended_too_as_long_as_it_fits(town: TestTown) -> None:
    await asked(town)
    await town.ama.replies("In number 5", to=await town.ama.last())
    mine = await own(town.ama, "In number 5")
    await edits(town, town.ama, mine, "In number 7")
    assert told(town, "note") == ["In number 7"]
    await edits(town, town.ama, mine, "In number 7 " * 100)
    await town.ama.sees("That is more than fits on this request")
    assert told(town, "note") == ["In number 7"]


async def test_later_the_words_stay_and_a_hint_says_what_to_do(town: TestTown) -> None:
    mine = await asked(town)
    await town.wait(minutes=16)
    await town.volunteers.all_read()
    for words in ("No oil", "No oil at all"):
        await edits(town, town.ama, mine, words)
    assert told(town) == ["No rice, my leg hurts"]
    assert "edited" not in happened(town)
    hints = [words for words in await said_in(town.ama) if "stays as you first wrote it" in words]
    assert len(hints) == 1
    card = await town.ama.last()
    assert "Groceries" in text_of(card)
    await town.ama.replies("No oil", to=card)
    await town.ama.sees("whoever comes will read it")


async def test_once_somebody_has_it_they_are_to_be_told(town: TestTown) -> None:
    await taken(town)
    await edits(town, town.ama, await own(town.ama, "my leg hurts"), "No oil, and my leg hurts")
    hint = await town.ama.sees("Ben has read your request as you first wrote it", buttons=["Write to Ben"])
    assert told(town) == ["No rice, my leg hurts"]
    await town.ben.hears_nothing()
    await town.ama.taps("Write to Ben", on=hint)
    await town.ama.says("No oil", "[That's all]")
    await town.ben.hears("Ama: No oil")


async def test_what_is_over_is_over(town: TestTown) -> None:
    mine = await asked(town)
    await town.ama.says("[Call it off]", "[I don't need it any more]")
    standing = await said_in(town.ama)
    await edits(town, town.ama, mine, "No oil")
    assert await said_in(town.ama) == standing
    assert told(town) == ["No rice, my leg hurts"]
    await town.volunteers.all_read()


async def test_before_it_is_sent_the_summary_changes_in_place(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    count = len(await town.ama.from_bot())
    await edits(town, town.ama, await own(town.ama, "my leg hurts"), "No oil, my arm hurts")
    await town.ama.sees("This is what I understood", "No oil, my arm hurts", buttons=["Yes, send it"])
    assert len(await town.ama.from_bot()) == count
    await town.ama.says("/household")
    await edits(town, town.ama, await own(town.ama, "my arm hurts"), "No salt")
    await town.ama.says("/cancel", "[Yes, send it]")
    assert told(town) == ["No salt"]
    await town.volunteers.all_read()


async def test_captions_too(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says(*ASK[:2])
    await town.ama.sends("album", count=2, caption="The lift is broken")
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await edits(town, town.ama, await own(town.ama, "The lift"), "Both lifts are broken")
    assert told(town) == ["Both lifts are broken", None]
    await town.volunteers.all_read()


@pytest.mark.parametrize("words", ["No rice, my leg hurts", "/cancel", "/forget", "/start i_abc"])
async def test_the_same_words_again_or_a_command_do_nothing(town: TestTown, words: str) -> None:
    """Telegram tells of an edit when only a reaction or a preview has changed."""
    mine = await asked(town)
    standing = await said_in(town.ama)
    await edits(town, town.ama, mine, words)
    replay = {name: value for name, value in mine.items() if name not in ("from_bot", "buttons", "deleted")}
    await town.demo.town.do("raw", edited_message={**replay, "text": "/cancel", "edit_date": replay["date"] + 60})
    await town.settle()
    assert await said_in(town.ama) == standing
    assert told(town) == ["No rice, my leg hurts"]
    assert "edited" not in happened(town)


async def test_nobody_edits_what_somebody_else_wrote_and_a_groups_chatter_is_its_own(town: TestTown) -> None:
    mine = await asked(town)
    await town.faye.says("/menu")
    theirs = {name: value for name, value in mine.items() if name not in ("from_bot", "buttons", "deleted")}
    faye = {"id": town.faye.id, "is_bot": False, "first_name": "Faye"}
    for chat in ({"id": town.faye.id, "type": "private", "first_name": "Faye"}, mine["chat"]):
        changed = {**theirs, "from": faye, "chat": chat, "text": "Nothing, thank you", "edit_date": theirs["date"] + 1}
        await town.demo.town.do("raw", edited_message=changed)
        await town.settle()
    assert told(town) == ["No rice, my leg hurts"]
    card = await town.volunteers.sees("Groceries")
    await town.cleo.replies("The lift is broken", to=card, chat=town.volunteers.id)
    note = next(m for m in reversed(await town.volunteers.messages()) if "lift is broken" in text_of(m))
    standing = [text_of(message) for message in await town.volunteers.from_bot()]
    await edits(town, town.cleo, note, "The lift works")
    assert told(town, "note") == ["The lift is broken"]
    assert [text_of(message) for message in await town.volunteers.from_bot()] == standing


async def test_in_confidence_an_edit_is_shown_nowhere_and_a_case_stays_as_it_was_told(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/help", "[I'd rather say it privately]", "[Yes]")
    await town.ama.says("[No, I'll ask here with a word of my own]", "[Ankang Community]", "[Ankang Community]")
    await town.ama.says("[Nobody else]", "zebra one")
    mine, standing = await own(town.ama, "zebra one"), [*await said_in(town.ama)]
    await edits(town, town.ama, mine, "zebra two")
    assert await said_in(town.ama) == standing
    await town.ama.says("[That's all]", "pomegranate", "[Pass it on]")
    standing = [*await said_in(town.ama)]
    await edits(town, town.ama, mine, "zebra three")
    assert await said_in(town.ama) == standing
    await town.wait(minutes=1)
    await town.dina.taps("Open")
    story = await town.dina.sees("A confidential matter")
    assert "zebra two" in text_of(story), "it was corrected before it was passed on"
    for chat in (*town.demo.phones.values(), *town.demo.groups.values()):
        await chat.does_not_see("zebra three")
        if chat is not town.dina:
            await chat.does_not_see("zebra")
        await chat.all_read()
    kept = town.look(lambda desk: [repr(row) for row in desk.conn.execute(inbox.select())])
    assert not any("zebra" in row for row in kept)
    assert town.look(lambda desk: her_side.has_traces(desk, find_person(desk, town.ama.id)))
    assert "Clear this" in labels_of(await town.ama.last())
