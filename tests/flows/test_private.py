"""The conversation at the private door, and what its cards show to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from aiogram.types import CallbackQuery, Message
from babel.messages.extract import extract_from_file
from sqlalchemy import select

from bot.cards import Face
from bot.flows import talking
from bot.flows.case_reply import CaseReply
from bot.flows.flow import Pressed, Said
from bot.flows.private import Private
from bot.handlers.cases import (
    AsksWithTheWord,
    CaseTap,
    ClearsWithAWord,
    asks,
    clears,
    paint_alert,
    paint_aside,
    paint_case,
    tapped,
)
from bot.words import Reader, catalogue
from desk import cases, her_side
from desk.escalation import sweep_runs
from desk.front import Call, CardRefresh, Desk, Line
from domain.people import Person
from domain.refusals import NotFound
from storage import people
from storage.roles import give_role
from storage.tables import case_grants, talks
from storage.tables import cases as case_rows
from tests.conftest import MORNING

AtDesk = Callable[..., AbstractContextManager[Desk]]
AMA, DINA, HANA, GROUP = 100, 102, 103, -100500
CANARY = "the green kettle"


@pytest.fixture(autouse=True)
def known_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    for flow in (Private, CaseReply):
        monkeypatch.setitem(talking.FLOWS, flow.name, flow)


@pytest.fixture
def ama(at_desk: AtDesk) -> Person:
    """Ama of Ankang; Dina answers for it and Hana for the town."""
    with at_desk() as desk:
        ama = people.meet(desk.conn, desk.now, AMA, "Ama", "en", started=True)
        people.change_person(desk.conn, ama.id, unit="ankang", language="en")
        for telegram_id, name, unit in ((DINA, "Dina", "ankang"), (HANA, "Hana", "donggang")):
            person = people.meet(desk.conn, desk.now, telegram_id, name, "en", started=True)
            give_role(desk.conn, desk.now, person.id, "supervisor", unit)
        return people.get_person(desk.conn, ama.id)


def person_at(desk: Desk, telegram_id: int) -> Person:
    person = people.find_person(desk.conn, telegram_id)
    assert person is not None
    return person


def words(desk: Desk, face: Face | None) -> str:
    assert face is not None
    reader = Reader("en", desk.file.zone, desk.now)
    return "\n".join([reader.say(face.text), *(f"[{reader.label(button.label)}]" for button in face.buttons)])


def screen(desk: Desk, person: Person) -> str:
    return words(desk, talking.paint_screen(desk, person.id, person.telegram_id or 0))


def walk(at_desk: AtDesk, ama: Person, *heard: Pressed | Said) -> None:
    """One transaction an answer, as it is in life."""
    for each in heard:
        with at_desk() as desk:
            assert talking.hear(desk, ama, each)


def begin(at_desk: AtDesk, ama: Person) -> None:
    with at_desk() as desk:
        talking.open_flow(desk, ama, Private, category="not_safe")


BEFORE_THE_WORDS = (Pressed("yes"), Pressed("never"), Pressed("ankang"), Pressed("done"))
THE_WORDS = (Said("text", CANARY), Said("voice", "", "voicefileid"), Pressed("done"), Said("text", "pomegranate"))


def test_the_numbers_come_before_everything_else(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    with at_desk() as desk:
        first = screen(desk, ama)
        assert all(number in first for number in ("110", "119", "120", "12338"))
        assert "not an emergency service" in first and "Is it safe" in first


def test_whoever_is_not_safe_gets_the_numbers_and_the_way_to_clear(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    with at_desk() as desk:
        assert talking.hear(desk, ama, Pressed("no"))
        assert CardRefresh(AMA, "aside", her_side.NUMBERS, lane=0, silent=True, anew=True) in desk.said
        assert not [said for said in desk.said if isinstance(said, Line)]
        assert talking.current(desk, ama) is None
        shown = words(desk, paint_aside(desk, her_side.NUMBERS, AMA))
        assert "110" in shown and "[Clear this]" in shown


def test_while_nobody_could_hear_the_door_shows_the_numbers_and_nothing_else(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        ama = people.meet(desk.conn, desk.now, AMA, "Ama", "en", started=True)
        talking.open_flow(desk, ama, Private, category="not_safe")
        assert talking.current(desk, ama) is None
        assert [said.subject for said in desk.said if isinstance(said, CardRefresh)][-1] == "aside"


def test_it_is_told_passed_on_and_leaves_no_line(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    walk(at_desk, ama, *BEFORE_THE_WORDS, *THE_WORDS)
    with at_desk() as desk:
        assert "Ankang Community" in screen(desk, ama) and CANARY not in screen(desk, ama)
        row = desk.conn.execute(select(talks)).one()
        assert row.sealed and "pomegranate" not in row.answers and "kettle" not in row.answers
        assert talking.hear(desk, ama, Pressed("yes"))
        assert not [said for said in desk.said if isinstance(said, Line)]
        assert desk.conn.execute(select(talks)).first() is None
        assert len(desk.conn.execute(select(case_rows)).all()) == 1
        assert "[Clear this]" in words(desk, paint_aside(desk, her_side.PASSED_ON, AMA))


def test_it_dies_after_a_quarter_of_an_hour(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    walk(at_desk, ama, *BEFORE_THE_WORDS, Said("text", CANARY))
    with at_desk(MORNING + timedelta(minutes=16)) as desk:
        assert talking.current(desk, ama) is None
        assert talking.paint_screen(desk, ama.id, AMA) is None


def test_whom_she_left_out_is_asked_for_by_tapping_or_by_name(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    walk(at_desk, ama, *BEFORE_THE_WORDS[:3])
    with at_desk() as desk:
        asked, dina = screen(desk, ama), person_at(desk, DINA)
        assert "[Dina]" in asked and "[Hana]" in asked and "[Nobody else]" in asked
    walk(at_desk, ama, Pressed(str(dina.id)), Said("text", "Hana"), Pressed("done"))
    with at_desk() as desk:
        assert "Then nobody would be left" in screen(desk, ama)
        assert "[Left out: Dina]" in screen(desk, ama)
    walk(at_desk, ama, Pressed(str(dina.id)), Pressed("done"), *THE_WORDS, Pressed("yes"))
    with at_desk() as desk:
        while sweep_runs(desk):
            pass
        assert [row.person_id for row in desk.conn.execute(select(case_grants))] == [dina.id]


def test_how_she_may_be_answered(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    with_call = (Pressed("call"), Pressed("12-18"), Said("text", "0580 123 4567"), Pressed("ankang"), Pressed("done"))
    walk(at_desk, ama, Pressed("yes"), *with_call, *THE_WORDS, Pressed("yes"))
    with at_desk() as desk:
        while sweep_runs(desk):
            pass
        cases.open_case(desk, person_at(desk, DINA), 1)
        shown = words(desk, paint_case(desk, 1, DINA))
        assert "between 12:00 and 18:00: 05801234567" in shown


def passed_on(at_desk: AtDesk, ama: Person) -> int:
    begin(at_desk, ama)
    walk(at_desk, ama, *BEFORE_THE_WORDS, *THE_WORDS, Pressed("yes"))
    with at_desk() as desk:
        while sweep_runs(desk):
            pass
        return int(desk.conn.execute(select(case_rows.c.id)).scalar_one())


def test_the_alert_is_neutral_and_shows_in_no_group(at_desk: AtDesk, ama: Person) -> None:
    case_id = passed_on(at_desk, ama)
    with at_desk() as desk:
        shown = words(desk, paint_alert(desk, case_id, DINA))
        assert shown.splitlines() == [
            "You have a message.",
            "A confidential matter in Ankang Community waits since 10:00.",
            "[Open]",
            "[I'll take it]",
        ]
        for chat_id in (GROUP, AMA, HANA):
            assert paint_alert(desk, case_id, chat_id) is None


def test_her_words_stand_on_the_card_until_they_are_put_away(at_desk: AtDesk, ama: Person) -> None:
    case_id = passed_on(at_desk, ama)
    with at_desk() as desk:
        dina = person_at(desk, DINA)
        assert "kettle" not in words(desk, paint_case(desk, case_id, DINA))
        cases.open_case(desk, dina, case_id)
        shown = words(desk, paint_case(desk, case_id, DINA))
        assert CANARY in shown and "Ama" in shown and "Do not write or call first" in shown and "[Put away]" in shown
        assert CANARY not in words(desk, paint_case(desk, case_id, HANA))
        assert paint_case(desk, case_id, GROUP) is None
        cases.put_away(desk, dina, case_id)
        assert words(desk, paint_case(desk, case_id, DINA)) == "Put away."


def test_a_message_left_for_her_waits_until_she_asks(at_desk: AtDesk, ama: Person) -> None:
    case_id = passed_on(at_desk, ama)
    with at_desk() as desk:
        dina, hana = person_at(desk, DINA), person_at(desk, HANA)
        with pytest.raises(NotFound):
            CaseReply.opened_with(hana, desk, case_id)
        cases.open_case(desk, dina, case_id)
        cases.open_case(desk, dina, case_id)
        cases.take(desk, dina, case_id)
        talking.open_flow(desk, dina, CaseReply, **CaseReply.opened_with(dina, desk, case_id))
        assert "What shall I keep for them to read?" in screen(desk, dina)
        assert talking.hear(desk, dina, Said("text", "Come at ten"))
        assert {said.chat_id for said in desk.said} == {DINA}
        assert paint_aside(desk, her_side.NEWS, AMA) is None
        her_side.ask_for_news(desk, ama, case_id)
        shown = words(desk, paint_aside(desk, her_side.NEWS, AMA))
        assert "Somebody who answers for Ankang Community has taken it." in shown and "10:00: Come at ten" in shown
        assert "1 person has opened it." in shown
        assert "Dina" not in shown and "[Clear this]" in shown


def test_every_message_of_the_conversation_is_found_when_it_is_cleared(at_desk: AtDesk, ama: Person) -> None:
    begin(at_desk, ama)
    with at_desk() as desk:
        her_side.note_standing(desk.conn, desk.keys, desk.now, "screen", AMA, 21)
        her_side.note_standing(desk.conn, desk.keys, desk.now, "screen", DINA, 22)  # in no confidential conversation
        her_side.note_standing(desk.conn, desk.keys, desk.now, "aside", AMA, 23)
        her_side.note_standing(desk.conn, desk.keys, desk.now, "menu", AMA, 24)
        her_side.trace(desk, ama, 25, ours=False)
        her_side.clear(desk, ama)
        assert [said.fields for said in desk.said if isinstance(said, Call)] == [{"message_ids": [21, 23, 25]}]
        assert talking.current(desk, ama) is None


THE_DOOR = (
    "bot/flows/private.py",
    "bot/flows/case_reply.py",
    "bot/handlers/cases.py",
    "desk/cases.py",
    "domain/cases.py",
)
TELLING = re.compile(
    "violen|abus|victim|beat|husband|wife|partner|afraid|家暴|暴力|受害|施暴|殴打|丈夫|妻子|害怕|妇女|妇联", re.I
)
SIGNALS = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_no_sentence_of_the_door_tells_what_it_is_about(language: str) -> None:
    house = Path(__file__).parents[2]
    said = [msgid for file in THE_DOOR for _line, msgid, _notes, _context in extract_from_file("python", house / file)]
    assert len(said) > 50
    for msgid in said:
        sentence = (
            catalogue(language).gettext(msgid) if isinstance(msgid, str) else catalogue(language).gettext(msgid[0])
        )
        assert not TELLING.search(sentence), sentence
        assert not SIGNALS.search(sentence), sentence


# ── over Telegram ───────────────────────────────────────────────────────────────────────────────────────────────────


def message(text: str, *, sender: int = AMA, kind: str = "private") -> Message:
    user = {"id": sender, "is_bot": False, "first_name": "Somebody"}
    chat = {"id": sender if kind == "private" else GROUP, "type": kind}
    return Message.model_validate({"message_id": 50, "date": 0, "chat": chat, "from": user, "text": text})


def tap(verb: str, case_id: int) -> tuple[CallbackQuery, CaseTap]:
    user = {"id": DINA, "is_bot": False, "first_name": "Dina"}
    data = CaseTap(verb=verb, id=case_id)
    raw = {"id": "1", "from": user, "chat_instance": "1", "data": data.pack()}
    return CallbackQuery.model_validate(raw), data


async def test_the_word_is_heard_in_private_and_from_her_alone(at_desk: AtDesk, ama: Person) -> None:
    case_id = passed_on(at_desk, ama)
    with at_desk() as desk:
        asking, dina = AsksWithTheWord(), person_at(desk, DINA)
        assert await asking(message("pomegranate", kind="supergroup"), desk, ama) is False
        assert await asking(message("pomegranate", sender=DINA), desk, dina) is False
        assert await asking(message("persimmon"), desk, ama) is False
        assert await asking(message("Pomegranate"), desk, ama) == {"case_id": case_id}
        await asks(message("Pomegranate"), case_id, desk, ama)
        assert "Nobody has taken it yet" in words(desk, paint_aside(desk, her_side.NEWS, AMA))


@pytest.mark.parametrize("word", ["clear", "Clear this", "清掉"])
async def test_a_plain_word_clears_where_there_is_something_to_clear(at_desk: AtDesk, ama: Person, word: str) -> None:
    clearing = ClearsWithAWord()
    with at_desk() as desk:
        assert not await clearing(message(word), desk, ama)
    begin(at_desk, ama)
    with at_desk() as desk:
        assert not await clearing(message("something else"), desk, ama)
        assert not await clearing(message(word, kind="supergroup"), desk, ama)
        assert await clearing(message(word), desk, ama)
        said = await clears(message(word), desk, ama)
        assert said is not None and "may remain" in Reader("en", desk.file.zone, desk.now).label(said)
        assert [call.fields for call in desk.said if isinstance(call, Call)] == [{"message_ids": [50]}]


async def test_every_tap_of_the_people_who_answer(at_desk: AtDesk, ama: Person) -> None:
    case_id = passed_on(at_desk, ama)
    with at_desk() as desk:
        dina, reader = person_at(desk, DINA), Reader("en", desk.file.zone, desk.now)
        assert await tapped(*tap("open", case_id), desk, dina) is None
        for verb, sentence in (("take", "You have it now"), ("back", "It waits again")):
            said = await tapped(*tap(verb, case_id), desk, dina)
            assert said is not None and sentence in reader.label(said)
        await tapped(*tap("take", case_id), desk, dina)
        await tapped(*tap("open", case_id), desk, dina)
        shown = words(desk, paint_case(desk, case_id, DINA))
        assert all(button in shown for button in ("[Leave a message]", "[Give it back]", "[Close it]", "[Put away]"))
        assert await tapped(*tap("away", case_id), desk, dina) is None
        said = await tapped(*tap("close", case_id), desk, dina)
        assert said is not None and "thirty days" in reader.label(said)
        assert words(desk, paint_alert(desk, case_id, DINA)) == "This has been taken care of. Thank you!"
