"""What those in charge read of a report, and what they can tap; and what a team reads of what is uncivil."""

from __future__ import annotations

import pytest

from bot.cards import Face
from bot.handlers.held import paint_held
from bot.handlers.orders import paint_in_group
from bot.handlers.requests import paint_request
from bot.handlers.supervisor import CARDS
from bot.words import Reader
from desk import judging
from desk.asking import ask
from desk.escalation import acknowledge
from desk.forgetting import forget
from desk.front import CardRefresh, Copy, Desk
from desk.merging import merge
from desk.orders import claim
from desk.queue import queue, show_alert
from desk.relay import relay_words
from domain.orders import Order
from tests.conftest import AtDesk
from tests.deeds.cast import GROUP
from tests.deeds.reported import Reported, now, sweep
from tests.deeds.test_judging import AMA, DINA

BEN, TESS = 12, 21


@pytest.fixture
def town(at_desk: AtDesk) -> Reported:
    return Reported(at_desk)


def face(desk: Desk, order: Order, chat_id: int = DINA, language: str = "en") -> tuple[list[str], list[str]]:
    """Its lines, and its buttons."""
    painted = CARDS["alert"](desk, order.id, chat_id)
    assert isinstance(painted, Face)
    reader = Reader(language, desk.file.zone, desk.now)
    assert all(len(button.data.encode()) <= 64 for button in painted.buttons)
    return reader.say(painted.text).split("\n"), [reader.label(button.label) for button in painted.buttons]


VERDICTS = [
    "Accept",
    "Same as…",
    "Not ours: refer to…",
    "Ask whoever reported it",
    "Nothing to be done",
    "I've seen it",
]


def test_it_says_why_it_comes_what_was_told_and_what_can_be_done(town: Reported) -> None:
    order = town.reported(followed_by=town.faye, place="Behind building 3")
    with town.after(0) as desk:
        sweep(desk)
        said, labels = face(desk, order)
        assert said == [
            "🔎 A report. Please have a look: is it for us?",
            f"<b>A lamp is out</b> · Ankang Community · {order.reference}",
            "“It is dark there”",
            "Waiting since 10:00.",
            "Where: Behind building 3",
            "1 other neighbour has seen it too.",
            "Called at 10:00: Dina",
            "If nobody has looked at it by 10:15, I'll call the community supervisor.",
        ]
        assert labels == VERDICTS
        shown = [(said.chat_id, said.method) for said in desk.said if isinstance(said, Copy)]
        assert shown == [(DINA, "sendPhoto"), (DINA, "sendLocation")]
        chinese, labels = face(desk, order, language="zh_Hans")
        assert chinese[0] == "🔎 有一件上报，请您看看：归我们管吗？" and labels[0] == "受理"
    with town.after(1) as desk:
        acknowledge(desk, town.cast.dina, order.id)
        assert "Dina has seen it." in face(desk, order)[0]


def test_while_an_answer_is_awaited_it_can_still_be_judged(town: Reported) -> None:
    order = town.reported()
    with town.after(0) as desk:
        sweep(desk)
        ask(desk, town.cast.dina, order.id, "Which lamp?")
        said, labels = face(desk, order)
        assert said[0].startswith("🔎 A report. I wait for the answer")
        assert "💬 Dina asked at 10:00: “Which lamp?”" in said
        assert labels == [each for each in VERDICTS if each not in ("Ask whoever reported it", "I've seen it")]


def test_judged_it_is_an_order_like_any_other_and_merged_it_can_be_taken_apart(town: Reported) -> None:
    first, second = town.reported(), town.reported(by=town.cast.cleo)
    with town.after(0) as desk:
        sweep(desk)
        judging.accept(desk, town.cast.dina, first.id)
        said, labels = face(desk, first)
        assert said[0] == "👀 The team has been asked. You need do nothing now." and "What shall we do?" not in said
        assert labels == [
            "I've seen it",
            "I'll take it",
            "Give it to…",
            "Same as…",
            "Ask them something",
            "Call it off",
        ]
        merge(desk, town.cast.dina, second.id, first.id)
        assert f"With it: {second.reference}" in face(desk, first)[0]
        said, labels = face(desk, second)
        assert f"It goes on with {first.reference}." in said and labels == ["Not the same after all"]
    with town.after(1) as desk:
        assert CARDS["alert"](desk, first.id, BEN) is None


def test_the_queue_lists_what_nobody_has_judged_and_last_what_waits_for_an_answer(town: Reported) -> None:
    asked, fresh = town.reported(), town.reported(by=town.cast.cleo)
    with town.after(1) as desk:
        ask(desk, town.cast.dina, asked.id, "Which lamp?")
        listed = queue(desk, town.cast.dina)
        assert [(each.order.id, each.judge) for each in listed] == [(fresh.id, True), (asked.id, True)]
        painted = CARDS["queue"](desk, town.cast.dina.id, DINA)
        assert isinstance(painted, Face)
        labels = [Reader("en", desk.file.zone, desk.now).label(button.label) for button in painted.buttons]
        assert labels[0].startswith("🔎 A lamp is out") and labels[1].startswith("💬 A lamp is out")
        desk.said.clear()
        show_alert(desk, town.tess, fresh.id)
        assert [said.chat_id for said in desk.said if isinstance(said, Copy)] == [TESS, TESS]


NAMED = "Faye from 9 leaves her bags at the gate"


@pytest.mark.parametrize("pictures", [False, True])
def test_of_what_is_uncivil_nobody_but_those_in_charge_reads_a_name(town: Reported, pictures: bool) -> None:
    told = [{"kind": "text", "words": NAMED}, {"kind": "photo", "file_id": "bags"}, {"kind": "voice", "file_id": "who"}]
    order = town.reported("litter", parts=told)
    with town.after(1) as desk:
        judging.accept(desk, town.cast.dina, order.id, "Bags at the gate of 3", team_pictures=pictures)
        claim(desk, town.cast.ben, order.id, GROUP)
        assert now(desk, order).holder_id == town.cast.ben.id
        shown = [said for said in desk.said if isinstance(said, Copy) and said.chat_id == BEN]
        kinds = [said.method for said in shown]
        assert kinds == (["sendPhoto", "sendLocation"] if pictures else ["sendLocation"])
        for painted in (paint_held(desk, order.id, BEN), paint_in_group(desk, order.id, GROUP)):
            assert isinstance(painted, Face)
            read = Reader("en", desk.file.zone, desk.now).say(painted.text)
            assert "Faye" not in read and "Ama" not in read
        assert "Bags at the gate of 3" in Reader("en", desk.file.zone, desk.now).say(
            (paint_held(desk, order.id, BEN) or Face(order.wanted)).text
        )
        assert NAMED in "\n".join(face(desk, order)[0])


@pytest.mark.parametrize(("language", "sentence"), [("en", "nobody can get hurt there"), ("zh_Hans", "不会伤到人")])
def test_the_living_card_says_why_nothing_is_done(town: Reported, language: str, sentence: str) -> None:
    order = town.reported()
    with town.after(1) as desk:
        judging.decline(desk, town.cast.dina, order.id, "no_danger")
        painted = paint_request(desk, order.id, AMA)
        assert isinstance(painted, Face)
        assert sentence in Reader(language, desk.file.zone, desk.now).say(painted.text)
        assert [said.subject for said in desk.said if isinstance(said, CardRefresh) and said.chat_id == AMA]


def test_what_goes_to_its_team_at_once_is_only_seen_by_whoever_is_on_duty(town: Reported) -> None:
    with town.after(0) as desk:
        order = town.report(desk, "exit")
        seen = [said for said in desk.said if isinstance(said, CardRefresh) and said.subject == "alert"]
        assert [(said.chat_id, said.silent) for said in seen] == [(DINA, True)]
        assert now(desk, order).team_id == town.handy
        assert face(desk, order)[0][0] == "👀 The team has been asked. You need do nothing now."
    with town.after(30) as desk:
        sweep(desk)
        sweep(desk)
        assert face(desk, order)[0][0] == "🔔 Nobody has taken this yet."


def test_what_is_told_later_stands_on_the_card_of_whoever_was_called(town: Reported) -> None:
    order = town.reported()
    with town.after(0) as desk:
        sweep(desk)
    with town.after(1) as desk:
        relay_words(desk, town.cast.ama, order.id, [{"kind": "text", "words": "Now it smokes"}])
        assert CardRefresh(DINA, "alert", order.id) in desk.said
        assert "“It is dark there Now it smokes”" in face(desk, order)[0]


def test_a_picture_that_is_sent_later_is_seen_by_whoever_is_to_judge(town: Reported) -> None:
    order = town.reported("litter")
    with town.after(0) as desk:
        sweep(desk)
    with town.after(1) as desk:
        relay_words(desk, town.cast.ama, order.id, [{"kind": "photo", "file_id": "smoke"}])
        assert [said.chat_id for said in desk.said if isinstance(said, Copy)] == [DINA], "she says whether it is shown"


def test_what_is_said_later_of_what_is_uncivil_is_read_by_those_in_charge_alone(town: Reported) -> None:
    order = town.reported("litter")
    with town.after(1) as desk:
        sweep(desk)
        judging.accept(desk, town.cast.dina, order.id, "Bags at the gate of 3")
        claim(desk, town.cast.ben, order.id, GROUP)
    with town.after(2) as desk:
        relay_words(desk, town.cast.ama, order.id, [{"kind": "text", "words": NAMED}])
        assert not [said for said in desk.said if isinstance(said, Copy) and said.chat_id == BEN]
        assert CardRefresh(DINA, "alert", order.id) in desk.said
        held = paint_held(desk, order.id, BEN)
        assert held is not None and NAMED not in Reader("en", desk.file.zone, desk.now).say(held.text)


def test_somebody_who_is_forgotten_no_longer_counts_on_the_card_of_whoever_was_called(town: Reported) -> None:
    order = town.reported(followed_by=town.faye)
    with town.after(0) as desk:
        sweep(desk)
        assert "1 other neighbour has seen it too." in face(desk, order)[0]
    with town.after(1) as desk:
        forget(desk, town.faye)
        assert CardRefresh(DINA, "alert", order.id) in desk.said
        assert not any("neighbour" in line for line in face(desk, order)[0])
