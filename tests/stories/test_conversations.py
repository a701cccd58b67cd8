"""A conversation bears whatever people do in it: any kind of message, old buttons, second thoughts, a changed desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.flows.help import Help
from bot.flows.household import Household
from bot.flows.private import Private
from sandbox.phones import Json, Phone, labels_of, text_of
from storage import orders
from tests.conftest import MORNING
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town

KINDS = (
    "text",
    "photo",
    "voice",
    "video",
    "video_note",
    "animation",
    "document",
    "sticker",
    "poll",
    "contact",
    "location",
)
STEPS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "What do you need help with?": ((), set()),
    "Take your time": (ASK[1:2], {"text", "photo", "voice", "video", "video_note", "animation", "document"}),
    "Where shall somebody come?": (ASK[1:4], {"text", "location"}),
    "Which community is that in?": ((*ASK[1:4], "building 3"), set()),
    "When would be good?": (ASK[1:5], {"text"}),
    "This is what I understood": (ASK[1:], set()),
}
"""The question -> what leads to it, and what answers it."""


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING) as opened:
        await opened.joins(opened.ama)
        yield opened


async def send(phone: Phone, kind: str) -> None:
    await (phone.says("Hello 🌸") if kind == "text" else phone.sends(kind))


def told(town: TestTown, order_id: int = 1) -> list[str]:
    return town.look(lambda desk: [part.words or part.kind for part in orders.parts_of(desk.conn, order_id, "story")])


@pytest.mark.parametrize("question", STEPS)
async def test_every_kind_of_message_in_every_step(question: str, town: TestTown) -> None:
    before, answers = STEPS[question]
    for kind in KINDS:
        await town.ama.says("/help", *before)
        seen = len(await town.ama.from_bot())
        await send(town.ama, kind)
        after = (await town.ama.from_bot())[seen:]
        assert len(after) == 1, f"{kind} is answered once, here {len(after)} times"
        if kind in answers:
            assert question not in text_of(after[0]), kind
        else:
            hint, _sign, again = text_of(after[0]).partition("\n")
            assert again.startswith(question), f"{kind}: {text_of(after[0])}"
            assert 10 < len(hint) < 120, hint
        await town.ama.says("/cancel")
    await town.ama.sees("I've put it away")


async def test_an_album_is_one_story_and_one_acknowledgement(town: TestTown) -> None:
    await town.ama.says(*ASK[:2])
    before = len(await town.ama.from_bot())
    await town.ama.sends("album", count=4)
    after = (await town.ama.from_bot())[before:]
    assert [text_of(message).split(".")[0] for message in after] == ["I've noted it (4 parts)"]
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["photo"] * 4
    await town.volunteers.all_read()


async def test_a_late_part_of_an_album_joins_silently(town: TestTown) -> None:
    await town.ama.says(*ASK[:2])
    await town.ama.sends("album", count=2)
    first = next(m for m in reversed(await town.ama.messages()) if m.get("media_group_id"))
    await town.ama.says("[That's all]")
    before = len(await town.ama.from_bot())
    late = {name: value for name, value in first.items() if name not in ("from_bot", "buttons", "deleted")}
    await town.demo.town.do("raw", message={**late, "message_id": 900})
    await town.settle()
    assert len(await town.ama.from_bot()) == before
    await town.ama.says(*ASK[4:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["photo"] * 3


async def test_edited_words_are_never_a_command(town: TestTown) -> None:
    await town.ama.says(*ASK[:2])
    await town.ama.says("No rice")
    mine = [message for message in await town.ama.messages() if not message["from_bot"]][-1]
    standing = [text_of(message) for message in await town.ama.from_bot()]
    for words in ("/cancel", "/forget", "/start", "two bags"):
        await town.demo.town.do("edit", user=town.ama.id, chat=town.ama.id, message_id=mine["message_id"], text=words)
        await town.settle()
        assert [text_of(message) for message in await town.ama.from_bot()] == standing
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["two bags"]


async def test_back_and_start_again_at_every_step(town: TestTown) -> None:
    asked = [
        "What do you need",
        "Take your time",
        "I've noted it",
        "Where shall",
        "Which community",
        "When would",
        "This is what",
    ]
    await town.ama.says("/help")
    answers = (ASK[1], ASK[2], ASK[3], "building 3", "[Ankang Community]", ASK[5])
    assert "↩ Back" not in labels_of(await town.ama.last())
    for answer, question in zip(answers, asked[1:], strict=True):
        await town.ama.says(answer)
        assert question in text_of(await town.ama.last())
        assert {"↩ Back", "⟲ Start again", "📞 Please call me", "✕ Cancel"} <= set(labels_of(await town.ama.last()))
    for question in ("When would", "Which community", "Where shall", "Take your time", "What do you need"):
        await town.ama.says("[Back]")
        assert question in text_of(await town.ama.last()), question
    await town.ama.says(*answers, "[Start again]")
    assert "What do you need" in text_of(await town.ama.last())
    await town.ama.says(*answers, "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["No rice, my leg hurts"]


async def test_back_out_of_somebody_elses_name(town: TestTown) -> None:
    await town.ama.says("/help", *ASK[1:4], "[It is for somebody else]")
    await town.ama.sees("What is their name?")
    await town.ama.says("[Back]")
    assert "Where shall somebody come?" in text_of(await town.ama.last())
    await town.ama.says(*ASK[4:])
    await town.ama.sees("This is what I understood", "For me")


async def test_please_call_me_is_an_order_of_its_own_and_the_talk_goes_on(town: TestTown) -> None:
    for before in ((), ASK[1:2], ASK[1:3], ASK[1:4], ASK[1:5], ASK[1:]):
        await town.ama.says("/help", *before)
        standing = text_of(await town.ama.last())
        await town.ama.says("[Please call me]")
        if "Which number" in text_of(await town.ama.last()):
            await town.ama.says("0580 123 4567", *(["[Ankang Community]"] if not before else []))
        await town.ama.sees("A community worker will call you on 05801234567")
        assert text_of(await town.ama.last()) == standing
        await town.ama.says("/cancel")
    made = town.look(lambda desk: [orders.find_order(desk.conn, number) for number in range(1, 8)])
    assert [order.category for order in made if order] == ["call_me"] * 6


async def test_please_call_me_can_be_taken_back(town: TestTown) -> None:
    await town.ama.says(*ASK[:3], "[Please call me]", "[Cancel]")
    assert "I've noted it" in text_of(await town.ama.last())
    await town.ama.says(*ASK[3:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")


async def test_another_conversation_in_between(town: TestTown) -> None:
    await town.ama.says(*ASK[:4], "/household", "[I have no code]", "/cancel")
    assert "Where shall somebody come?" in text_of(await town.ama.last())
    await town.ama.says(*ASK[4:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")


async def test_an_answer_that_no_longer_fits_is_asked_again(town: TestTown) -> None:
    await town.ama.says(*ASK)
    await town.ama.says("[Change: For whom]", "[For somebody else]", "Grandpa Joe", "[I don't know it]")
    assert "Where shall somebody come?" in text_of(await town.ama.last())
    await town.ama.says("Haitang, building 1")
    summary = await town.ama.sees(
        "This is what I understood", "Grandpa Joe", "Haitang, building 1", "Haitang Community"
    )
    assert "room 201" not in text_of(summary) and "Your name" not in text_of(summary)
    await town.ama.says("[Change: What]", "[Trouble at home or with neighbours]")
    await town.ama.sees("are you afraid of somebody at home?")
    await town.ama.says("[No]", "[Change: What]", "[Groceries]")
    await town.ama.sees("This is what I understood", "Groceries", "Grandpa Joe")
    await town.ama.says("[Change: Where]", "[Back]")
    await town.ama.sees("This is what I understood", "Haitang, building 1")
    await town.ama.says("[Change: Where]", "somewhere else")
    assert "Which community is that in?" in text_of(await town.ama.last())
    await town.ama.says("[Ankang Community]", "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", "Ankang")
    assert "Haitang" not in text_of(card)


async def test_what_is_too_long_is_asked_again_and_a_long_story_is_kept(town: TestTown) -> None:
    long = "a very long story 🌸 " * 190
    await town.ama.says(*ASK[:2], long, long, long, "[That's all]", "Ankang " * 200)
    await town.ama.sees("That is more than I can keep here", "Where shall somebody come?")
    await town.ama.says(*ASK[4:])
    summary = await town.ama.sees("This is what I understood", "…", buttons=["Yes, send it"])
    assert len(text_of(summary)) < 1500
    await town.ama.says("[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == [long.strip()] * 3


async def test_old_and_forged_buttons_show_the_present_question(town: TestTown) -> None:
    await town.ama.says(*ASK[:2])
    old = await town.ama.last()
    await town.ama.says(*ASK[2:4])
    talk = next(iter(data(old))).split(":")[1]
    for forged in (
        f"f:{talk}:2:done",
        f"f:{talk}:99:yes",
        "f:nobody:1:yes",
        "f:::",
        "open:nothing:",
        "open:rate:999",
        "f:x:y:z",
    ):
        await town.ama.forges(forged, on=await town.ama.last())
        assert town.ama.answer is not None and town.ama.answer["text"], forged
        if forged.startswith(f"f:{talk}") or forged == "f:nobody:1:yes":
            assert "Where shall somebody come?" in text_of(await town.ama.last())
    await town.faye.says("/menu")
    await town.faye.forges(f"f:{talk}:4:yes", on=await town.faye.last())
    town.faye.is_told("This conversation is over")
    await town.ama.says("/menu", *ASK[4:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")


def data(message: Json) -> list[str]:
    rows = message["reply_markup"]["inline_keyboard"]
    return [button["callback_data"] for row in rows for button in row if button["callback_data"].startswith("f:")]


async def test_the_desk_has_learnt_something_new_meanwhile(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.ama.says(*ASK[:4])
    monkeypatch.setattr(Help, "version", "another")
    await town.ama.says("And some bread")
    await town.ama.sees("I have learnt something new since we began", "What do you need help with?")
    await town.ama.says("[Groceries]", *ASK[4:], "[Yes, send it]")
    await town.volunteers.sees("Groceries")
    assert told(town) == ["And some bread"]
    await town.ama.says("/household", "[I have no code]", "[Ankang Community]")
    monkeypatch.setattr(Household, "version", "another")
    await town.ama.says("3")
    await town.ama.sees("I have learnt something new", "You wrote: 3", buttons=["I have no code"])
    asked = await town.ama.last()
    monkeypatch.setattr(Household, "version", "yet another")
    await town.ama.taps("I have no code", on=asked)
    await town.ama.sees("I have learnt something new", buttons=["I have no code"])
    await town.ama.says("/cancel")


async def test_something_private_of_another_version_is_gone(town: TestTown, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.ama.says("/help", "[I'd rather say it privately]", "[Yes]")
    monkeypatch.setattr(Private, "version", "another")
    await town.ama.says("He hit me")
    await town.ama.sees("I have put it away")
    await town.ama.does_not_see("I have learnt something new")


async def test_the_way_out_is_open_everywhere(town: TestTown) -> None:
    await town.ama.says("/cancel")
    await town.ama.sees("There is nothing to cancel")
    for begins in ("/help", "/callme", "/household", "/forget", "/language"):
        await town.ama.says(begins)
        assert "✕ Cancel" in labels_of(await town.ama.last()), begins
        await town.ama.says("/CANCEL")
        await town.ama.sees("I've put it away")
    await town.ama.says("Just a word")
    assert "Shall I ask the neighbours" in text_of(await town.ama.last())
