"""What supervisors see and tap: the alert as it stands now, the queue, duty, giving to somebody, calling off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import Face
from bot.flows.call_off import CallOff
from bot.flows.flow import Pressed, Said
from bot.flows.give_to import GiveTo, what_waits
from bot.handlers.orders import paint_in_group
from bot.handlers.supervisor import CARDS
from bot.words import Reader
from desk.deadlines import sweep_deadlines
from desk.escalation import acknowledge, call_supervisor, sweep_runs
from desk.front import CardRefresh, Desk
from desk.orders import claim
from desk.queue import go_on_duty, show_alert
from domain.people import Person
from domain.refusals import NotAllowed
from storage.messages import stand
from storage.orders import find_order, history_of
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP, STORY
from tests.deeds.waiting_order import Town, alerted, open_order, sweep

LONGEST = timedelta(hours=5)


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def face(desk: Desk, subject: str, subject_id: int, chat_id: int) -> Face:
    painted = CARDS[subject](desk, subject_id, chat_id)
    assert painted is not None
    return painted


def read(desk: Desk, painted: Face, language: str = "en") -> str:
    return Reader(language, desk.file.zone, desk.now).say(painted.text)


def labels(desk: Desk, painted: Face, language: str = "en") -> list[str]:
    assert all(len(button.data.encode()) <= 64 for button in painted.buttons)
    reader = Reader(language, desk.file.zone, desk.now)
    return [reader.label(button.label) for button in painted.buttons]


def test_the_alert_says_what_since_when_and_who_was_tried(town: Town) -> None:
    town.sweep_after(15)
    town.sweep_after(30)
    with town.after(30) as desk:
        painted = face(desk, "alert", town.order.id, 14)
        said = read(desk, painted).split("\n")
        assert said == [
            "🔔 Nobody has taken this yet.",
            f"<b>Groceries, medicine, errands</b> · Ankang Community · {town.order.reference}",
            f"“{STORY}”",
            "Waiting since 10:00.",
            "It is promised by 10:30.",
            "The group was asked 2 times.",
            "Called at 10:30: Dina",
            "If nobody has it by 11:00, I'll call the town supervisor.",
            "What shall we do?",
        ]
        assert labels(desk, painted) == [
            "I've seen it",
            "I'll take it",
            "Give it to…",
            "Ask them something",
            "Call it off",
        ]


def test_it_changes_with_the_order(town: Town) -> None:
    town.sweep_after(30)
    with town.after(31) as desk:
        acknowledge(desk, town.cast.dina, town.order.id)
        assert "Dina has seen it." in read(desk, face(desk, "alert", town.order.id, 14))
    with town.after(32) as desk:
        claim(desk, town.cast.ben, town.order.id)
        painted = face(desk, "alert", town.order.id, 14)
        assert read(desk, painted).startswith("Ben has it.")
        assert labels(desk, painted) == []
        order = find_order(desk.conn, town.order.id)
        assert order is not None
        call_supervisor(desk, order, town.cast.ben)
        painted = face(desk, "alert", town.order.id, 14)
        assert read(desk, painted).startswith("🙋 Ben has this and asks for help.")
        assert labels(desk, painted) == ["I'll take it", "Give it to…", "Call it off"]


def test_a_late_alert_says_so(town: Town) -> None:
    with town.after(70) as desk:
        sweep(desk)
        assert "I'm sorry: I was down, and this comes 40 minutes late." in read(
            desk, face(desk, "alert", town.order.id, 14)
        )


def test_at_the_end_it_says_that_nobody_is_left(town: Town) -> None:
    for minutes in (15, 30, 60, 120, 180):
        town.sweep_after(minutes)
    with town.after(181) as desk:
        said = read(desk, face(desk, "alert", town.order.id, 23))
        assert "nobody is left whom I could call" in said
        assert "It stays at the top of /queue until somebody has it." in said


def test_nobody_else_sees_an_alert(town: Town) -> None:
    town.sweep_after(30)
    with town.after(31) as desk:
        for chat_id in (12, 16, 999):
            assert CARDS["alert"](desk, town.order.id, chat_id) is None
        with pytest.raises(NotAllowed):
            show_alert(desk, town.cast.ben, town.order.id)


def test_the_queue_has_a_button_for_each(town: Town) -> None:
    with town.after(40) as desk:
        younger = open_order(desk, town.cast, "talk-2")
        sweep_deadlines(desk)
        painted = face(desk, "queue", town.cast.dina.id, 14)
        assert read(desk, painted).startswith("2 requests wait.")
        assert labels(desk, painted) == [
            f"⏰ Groceries, medicine, errands · {town.order.reference} · since 10:00",
            f"· Groceries, medicine, errands · {younger.reference} · since 10:40",
        ]
        assert [button.data for button in painted.buttons] == [f"al:show:{town.order.id}", f"al:show:{younger.id}"]
        assert CARDS["queue"](desk, town.cast.faye.id, 16) is None


def test_duty_is_one_tap(town: Town) -> None:
    with town.after(0) as desk:
        assert labels(desk, face(desk, "duty", town.cast.dina.id, 14)) == ["Go off duty"]
        go_on_duty(desk, town.cast.dina, False)
        assert labels(desk, face(desk, "duty", town.cast.dina.id, 14)) == ["Go on duty"]
        assert CARDS["duty"](desk, town.cast.ben.id, 12) is None


def test_the_question_to_the_holder_goes_away_with_its_answer(town: Town) -> None:
    with town.after(0) as desk:
        claim(desk, town.cast.ben, town.order.id)
    with town.after(120) as desk:
        sweep_deadlines(desk)
        while sweep_deadlines(desk):
            pass
        assert labels(desk, face(desk, "still_on_it", town.order.id, 12)) == ["Yes, still on it", "Give it back"]
        assert labels(desk, face(desk, "still_on_it", town.order.id, 13)) == []


def begin(kind: type[GiveTo] | type[CallOff], desk: Desk, person: Person, order_id: int) -> GiveTo | CallOff:
    flow = kind(person, "talk", **kind.opened_with(person, desk, order_id))
    assert flow.here(desk) is not None
    return flow


def test_it_is_given_to_a_volunteer(town: Town) -> None:
    with town.after(31) as desk:
        sweep_runs(desk)
        flow = begin(GiveTo, desk, town.cast.dina, town.order.id)
        choices = {choice.value: choice.label for choice in flow.turn(desk).choices}
        reader = Reader("en", desk.file.zone, desk.now)
        assert [reader.label(label) for label in choices.values()] == ["Ben", "Cleo", "Team: Care"]
        assert flow.hear(Pressed(f"p{town.cast.ben.id}"), desk)
        said = flow.finish(desk)
        assert said is not None and reader.say(said) == "Ben has it now."
        order = find_order(desk.conn, town.order.id)
        assert order is not None and order.holder_id == town.cast.ben.id


def test_another_team_is_asked_and_the_ladder_begins_anew(town: Town) -> None:
    with town.after(31) as desk:
        flow = begin(GiveTo, desk, town.cast.dina, town.order.id)
        assert flow.hear(Pressed(f"t{town.cast.other_team}"), desk)
        flow.finish(desk)
        order = find_order(desk.conn, town.order.id)
        assert order is not None and (order.state, order.team_id) == ("offered", town.cast.other_team)
    assert town.sweep_after(60) == []
    assert town.sweep_after(61) == [14]


@pytest.mark.parametrize("answer", [Pressed("twice"), Said("text", "She is in hospital")])
def test_it_is_called_off_with_a_reason(town: Town, answer: Pressed | Said) -> None:
    with town.after(31) as desk:
        flow = begin(CallOff, desk, town.cast.dina, town.order.id)
        assert flow.hear(answer, desk)
        flow.finish(desk)
        reason = "twice" if isinstance(answer, Pressed) else answer.text
        assert ("cancel", town.cast.dina.id, reason) in history_of(desk.conn, town.order.id)
    with town.at_desk(MORNING + LONGEST) as desk:
        assert sweep(desk) == 0
        assert read(desk, face(desk, "alert", town.order.id, 14)).startswith("It was called off.")


def test_an_alert_opened_from_the_queue_is_no_stale_card(town: Town) -> None:
    with town.after(1) as desk:
        stand(desk.conn, ("alert", town.order.id, 21), 900, "face", desk.now)
        claim(desk, town.cast.ben, town.order.id)
        assert CardRefresh(21, "alert", town.order.id) in desk.said


def test_a_category_that_was_taken_out_of_the_desk_file_holds_up_nobody(town: Town) -> None:
    with town.after(31) as desk:
        left = {key: each for key, each in desk.file.categories.items() if key != town.order.category}
        desk.file = replace(desk.file, categories=left)
        assert town.order.reference in " ".join(labels(desk, face(desk, "queue", town.cast.dina.id, 14)))
        assert town.order.reference in read(desk, face(desk, "alert", town.order.id, 14))
        assert [each.value for each in what_waits(GiveTo(town.cast.dina, "t"), desk)] == [str(town.order.id)]
        claim(desk, town.cast.ben, town.order.id)
        assert town.order.reference in read(desk, face(desk, "still_on_it", town.order.id, 12))


def test_a_unit_that_was_taken_out_of_the_desk_file_leaves_its_requests_to_the_officers(town: Town) -> None:
    with town.after(31) as desk:
        left = {key: each for key, each in desk.file.units.items() if key != town.order.unit}
        desk.file = replace(desk.file, units=left)
        assert town.order.reference in read(desk, face(desk, "alert", town.order.id, 23))
        card = paint_in_group(desk, town.order.id, GROUP)
        assert card is not None and card.buttons
        sweep(desk)
        assert 23 in alerted(desk)


def test_only_who_answers_for_it_opens_these_conversations(town: Town) -> None:
    with town.after(1) as desk:
        for kind in (GiveTo, CallOff):
            assert not kind.may_open(town.cast.ben, desk)
            with pytest.raises(NotAllowed):
                kind.opened_with(town.cast.ben, desk, town.order.id)
