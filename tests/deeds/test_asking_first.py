"""A supervisor asks first: the clocks stand still, and go on with what was left when the answer comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.cards import Face
from bot.handlers.requests import paint_request
from bot.words import Reader
from desk.asking import answer, ask
from desk.closing import cancel
from desk.deadlines import sweep_deadlines
from desk.escalation import acknowledge, next_call
from desk.front import CardRefresh, Copy, Desk, Line
from desk.giving import assign
from desk.orders import claim, get_order
from desk.relay import relay_words
from domain.orders import Changed, NothingAsked
from domain.refusals import NotAllowed, NotFound
from domain.relay import NobodyToTell
from storage.deadlines import find_deadline
from storage.escalation import find_run
from storage.orders import parts_of
from storage.pauses import find_pause
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP
from tests.deeds.waiting_order import Town, block

WORDS = [{"kind": "text", "words": "The second floor"}]
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def due(desk: Desk, town: Town, metric: str = "first_response") -> datetime | None:
    found = find_deadline(desk.conn, town.order.id, metric)
    return found.due_at if found and found.met_at is None else None


def test_the_clocks_stand_still_and_go_on_with_what_was_left(town: Town) -> None:
    town.sweep_after(15)
    with town.after(20) as desk:
        said = ask(desk, town.cast.dina, town.order.id, "Which floor?")
        assert said.msgid.startswith("I have asked them.")
        assert get_order(desk, town.order.id).state == "waiting"
        assert due(desk, town) is None and next_call(desk, town.order.id) is None
    assert town.sweep_after(300) == []  # five hours later nobody has been called, and nothing has gone by
    with town.after(300) as desk:
        while sweep_deadlines(desk):
            pass
        answer(desk, town.cast.ama, town.order.id, WORDS)
        assert get_order(desk, town.order.id).state == "offered"
        assert due(desk, town) == desk.now + timedelta(minutes=10)
        run = find_run(desk.conn, order_id=town.order.id)
        assert run is not None and (run.state, run.position) == ("running", 1)
        assert run.next_at == desk.now + timedelta(minutes=10)
        assert find_pause(desk.conn, town.order.id) is None
    assert town.sweep_after(309) == []
    assert town.sweep_after(310) == [14]


def test_the_night_takes_nothing_of_what_was_left(at_desk: AtDesk) -> None:
    evening = datetime(2026, 11, 23, 13, 20, tzinfo=UTC)  # twenty past nine in Shanghai; quiet from half past
    town = Town(at_desk, evening)
    with town.after(0) as desk:
        before = due(desk, town)
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
    with town.after(5) as desk:
        answer(desk, town.cast.ama, town.order.id, WORDS)
        assert before is not None and due(desk, town) == before + timedelta(minutes=5)


def test_what_was_seen_stays_seen(town: Town) -> None:
    town.sweep_after(30)
    with town.after(30) as desk:
        acknowledge(desk, town.cast.dina, town.order.id)
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
    with town.after(60) as desk:
        answer(desk, town.cast.ama, town.order.id, WORDS)
        run = find_run(desk.conn, order_id=town.order.id)
        assert run is not None and run.state == "acknowledged" and run.next_at == desk.now + HALF_HOUR


def test_the_answer_joins_the_story_and_wakes_whoever_asked(town: Town) -> None:
    with town.after(1) as desk:
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
        shown = [(said.chat_id, said.subject) for said in desk.said if isinstance(said, CardRefresh) and said.anew]
        assert shown == [(11, "request")]
    told = [*WORDS, {"kind": "photo", "file_id": "AAA"}, {"kind": "place", "latitude": 29.9, "longitude": 122.3}]
    with town.after(2) as desk:
        answer(desk, town.cast.ama, town.order.id, told)
        lines = [(said.chat_id, said.text.blanks["words"]) for said in desk.said if isinstance(said, Line)]
        assert lines == [(14, "The second floor")]
        assert [said.fields["photo"] for said in desk.said if isinstance(said, Copy)] == ["AAA"]
        order = get_order(desk, town.order.id)
        assert (order.latitude, order.longitude) == (29.9, 122.3)
        assert [part.kind for part in parts_of(desk.conn, order.id)] == ["text", "text", "photo"]
        with pytest.raises(NothingAsked):
            answer(desk, town.cast.ama, town.order.id, WORDS)


def test_a_reply_to_the_card_is_the_answer(town: Town) -> None:
    with town.after(1) as desk:
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
        said = relay_words(desk, town.cast.ama, town.order.id, WORDS)
        assert said is not None and said.msgid.startswith("Thank you! I have passed it on")
        assert get_order(desk, town.order.id).state == "offered"


def test_only_whoever_is_in_charge_asks_and_only_whoever_told_us_answers(town: Town) -> None:
    with town.after(1) as desk:
        for stranger in (town.cast.ben, town.cast.faye):
            with pytest.raises(NotAllowed):
                ask(desk, stranger, town.order.id, "Which floor?")
        with pytest.raises(NothingAsked):
            answer(desk, town.cast.ama, town.order.id, WORDS)
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
        with pytest.raises(Changed):
            ask(desk, town.cast.dina, town.order.id, "And which door?")
        with pytest.raises(NotFound):
            answer(desk, town.cast.faye, town.order.id, WORDS)
        with pytest.raises(Changed):
            claim(desk, town.cast.ben, town.order.id, GROUP)


def test_nobody_is_asked_who_cannot_hear_it(town: Town) -> None:
    with town.after(1) as desk:
        block(desk, town.cast.ama)
        with pytest.raises(NobodyToTell):
            ask(desk, town.cast.dina, town.order.id, "Which floor?")


def test_given_to_somebody_meanwhile_the_promise_goes_on(town: Town) -> None:
    with town.after(1) as desk:
        before = due(desk, town, "resolution")
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
    with town.after(2) as desk:
        assign(desk, town.cast.dina, town.order.id, town.cast.ben.id)
        assert get_order(desk, town.order.id).state == "claimed" and find_pause(desk.conn, town.order.id) is None
        after = due(desk, town, "resolution")
        assert before is not None and after is not None and after >= before


def test_called_off_meanwhile_nothing_goes_on(town: Town) -> None:
    with town.after(1) as desk:
        ask(desk, town.cast.dina, town.order.id, "Which floor?")
        cancel(desk, town.cast.ama, town.order.id)
        assert find_pause(desk.conn, town.order.id) is None and due(desk, town) is None
    assert town.sweep_after(500) == []


@pytest.mark.parametrize(
    ("language", "asks", "label"), [("en", "There is a question", "Answer"), ("zh_Hans", "想问您", "回答")]
)
def test_the_question_stands_on_the_living_card(town: Town, language: str, asks: str, label: str) -> None:
    with town.after(1) as desk:
        ask(desk, town.cast.dina, town.order.id, "Which <b>floor</b>?")
        painted = paint_request(desk, town.order.id, 11)
        assert isinstance(painted, Face)
        reader = Reader(language, desk.file.zone, MORNING)
        said = reader.say(painted.text)
        assert asks in said and "Which &lt;b&gt;floor&lt;/b&gt;?" in said
        assert reader.label(painted.buttons[0].label) == label
