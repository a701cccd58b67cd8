"""What stands on the cards of an order: for the group, for whoever has it, for whoever asked; and nothing for Faye."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.cards import Paint
from bot.flows.cancel_order import CancelOrder
from bot.flows.flow import Flow, Pressed, Said
from bot.flows.give_back import GiveBack
from bot.flows.rate import Rate
from bot.flows.resolve import Resolve
from bot.handlers.held import GONE, paint_held, paint_part
from bot.handlers.mine import paint_mine, paint_requests
from bot.handlers.orders import paint_in_group
from bot.handlers.requests import paint_request
from bot.words import Reader
from desk import closing, holding, mine
from desk.front import Call, CardRefresh, Desk
from desk.orders import claim, fall_back, get_order, make_order
from domain.orders import NotInYourHands
from domain.people import Person
from domain.refusals import NotFound
from domain.words import plain
from storage.messages import stand
from storage.people import get_person
from storage.tables import escalation_runs
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import ADDRESS, GROUP, OTHER_GROUP, STORY, Cast, ask, gather

SECRETS = (STORY, ADDRESS, "room 201", "0580555", "Ama")


def seen(desk: Desk, paint: Paint, subject_id: int, chat: int | Person, language: str = "en") -> str:
    """The card as it stands in this chat now, its buttons below it; empty if there is none."""
    chat_id = chat if isinstance(chat, int) else chat.telegram_id
    assert chat_id is not None
    face = paint(desk, subject_id, chat_id)
    if face is None:
        return ""
    reader = Reader(language, desk.file.zone, desk.now)
    assert all(len((button.data or button.url).encode()) <= 64 for button in face.buttons)
    return "\n".join([reader.say(face.text), *(f"[{reader.label(button.label)}]" for button in face.buttons)])


def test_the_group_sees_roughly_where_and_since_when(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, speaks="Wu"))
        card = seen(desk, paint_in_group, order.id, GROUP)
        assert card.splitlines() == [
            "<b>Groceries, medicine, errands</b> · Ankang Community, building 3 · since 10:00",
            "When: Today",
            "Speaks Wu",
            "Nobody has taken it yet.",
            "[I'll take it]",
        ]
        claim(desk, cast.ben, order.id, GROUP)
        card = seen(desk, paint_in_group, order.id, GROUP)
        assert "Ben has it." in card and "I'll take it" not in card
        assert not any(secret in card for secret in SECRETS)
        assert "Ankang" not in seen(desk, paint_in_group, order.id, OTHER_GROUP)


def test_where_a_pin_stands_nobody_is_sent_to_the_home(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, place=None, latitude=29.98, longitude=122.38))
        assert "building" not in seen(desk, paint_in_group, order.id, GROUP)
        claim(desk, cast.ben, order.id, GROUP)
        assert ADDRESS not in seen(desk, paint_held, order.id, cast.ben)


def test_a_discreet_order_shows_the_group_three_things(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, category="hardship", speaks="Wu", wanted=plain(STORY)))
        assert seen(desk, paint_in_group, order.id, OTHER_GROUP).splitlines() == [
            "<b>Hard times</b> · Ankang Community · since 10:00",
            "Nobody has taken it yet.",
            "[I'll take it]",
        ]


def test_the_holder_sees_everything_until_it_is_given_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        assert seen(desk, paint_held, order.id, cast.ben) == GONE.msgid
        claim(desk, cast.ben, order.id, GROUP)
        card = seen(desk, paint_held, order.id, cast.ben)
        assert all(secret in card for secret in SECRETS)
        assert "cash at the door" in card and "[On my way]" in card and "[Give it back]" in card
        holding.on_way(desk, cast.ben, order.id)
        assert "[On my way]" not in seen(desk, paint_held, order.id, cast.ben)
        for stranger in (cast.faye, cast.cleo, GROUP):
            assert seen(desk, paint_held, order.id, stranger) == GONE.msgid
        holding.release(desk, cast.ben, order.id)
        assert seen(desk, paint_held, order.id, cast.ben) == GONE.msgid


@pytest.mark.parametrize("end", ["resolve", "cancel", "fall_back"])
def test_the_address_leaves_the_chat_however_it_ends(at_desk: AtDesk, end: str) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        desk.said.clear()
        if end == "resolve":
            closing.resolve(desk, cast.ben, order.id, [])
        elif end == "cancel":
            closing.cancel(desk, cast.ama, order.id)
        else:
            assert fall_back(desk, order.id, plain("quiet"))
        assert any(said == CardRefresh(12, "held", order.id, silent=True) for said in desk.said)
        assert seen(desk, paint_held, order.id, cast.ben) == GONE.msgid


def test_shown_once_more_the_address_still_stands_in_one_place(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        stand(desk.conn, ("held", order.id, 12), 55, "a face", desk.now)
        desk.said.clear()
        mine.show_mine(desk, cast.ben)
        assert [said.fields["message_id"] for said in desk.said if isinstance(said, Call)] == [55]


def test_a_long_story_follows_in_pieces_of_its_own(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        long = [{"kind": "text", "words": letter * 3900} for letter in "ab"]
        order = make_order(desk, ask(cast, parts=[{"kind": "text", "words": "short"}, *long]))
        claim(desk, cast.ben, order.id, GROUP)
        pieces = [said.subject_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == "part"]
        assert "short" in seen(desk, paint_held, order.id, cast.ben) and len(pieces) == 2
        assert [seen(desk, paint_part, piece, cast.ben)[0] for piece in pieces] == ["a", "b"]
        assert seen(desk, paint_part, pieces[0], cast.faye) == GONE.msgid
        holding.release(desk, cast.ben, order.id)
        assert seen(desk, paint_part, pieces[0], cast.ben) == GONE.msgid


def test_the_living_card_says_who_has_it_or_who_is_called_next(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        card = seen(desk, paint_request, order.id, cast.ama)
        assert "Somebody should have it by 10:30." in card
        assert "If nobody has taken it by 10:30, I'll call the community supervisor." in card
        assert "From 21:30 to 07:00" in card and "[Call it off]" in card
        claim(desk, cast.ben, order.id, GROUP)
        holding.on_way(desk, cast.ben, order.id, timedelta(minutes=20))
        card = seen(desk, paint_request, order.id, cast.ama)
        assert "Ben is on the way." in card and "about 10:20" in card and "word first: <b>" in card
        assert seen(desk, paint_request, order.id, cast.faye) == ""


def test_both_sides_read_the_same_door_word_each_in_their_language(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        word = [seen(desk, paint, order.id, who) for paint, who in ((paint_held, cast.ben), (paint_request, cast.ama))]
        words = {card.split("<b>")[2].split("</b>")[0] for card in word}
        assert len(words) == 1


def test_when_nobody_is_left_the_card_says_so_and_whom_to_call(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        desk.conn.execute(update(escalation_runs).values(state="exhausted", next_at=None))
        card = seen(desk, paint_request, order.id, cast.ama)
        assert "nobody could take it" in card and "Ambulance: 120" in card


def test_one_question_at_a_time_after_it_is_done(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        closing.resolve(desk, cast.ben, order.id, [{"kind": "text", "words": "In her kitchen"}])
        card = seen(desk, paint_request, order.id, cast.ama)
        assert "In her kitchen" in card and "[Yes, it's done]\n[Not yet]" in card
        closing.close(desk, cast.ama, order.id)
        assert "How quickly" in seen(desk, paint_request, order.id, cast.ama)
        closing.rate(desk, cast.ama, order.id, "speed", 5)
        assert "how well" in seen(desk, paint_request, order.id, cast.ama)
        closing.rate(desk, cast.ama, order.id, "quality", 5)
        assert seen(desk, paint_request, order.id, cast.ama).endswith("[Say a word]")
        closing.rate(desk, cast.ama, order.id, "words", "Lovely")
        assert "[" not in seen(desk, paint_request, order.id, cast.ama)
        assert not any(secret in seen(desk, paint_in_group, order.id, GROUP) for secret in SECRETS)


def test_for_somebody_else_the_card_names_them_to_whoever_asked(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        wang: dict[str, Any] = {"for_name": "Old Wang", "for_phone": "0580777", "place": "Haitang 5"}
        order = make_order(desk, ask(cast, requester_id=None, **wang))
        assert "For: Old Wang" in seen(desk, paint_request, order.id, cast.ama)
        assert "building" not in seen(desk, paint_in_group, order.id, GROUP)
        claim(desk, cast.ben, order.id, GROUP)
        card = seen(desk, paint_held, order.id, cast.ben)
        assert "For: Old Wang\nTelephone: 0580777" in card and "Haitang 5" in card and ADDRESS not in card


def test_my_lists_are_mine(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        card = seen(desk, paint_mine, cast.ben.id, cast.ben)
        assert "You have 0 requests in hand." in card and "[I'll take it: Groceries" in card
        assert "Groceries" not in seen(desk, paint_mine, cast.faye.id, cast.faye)
        assert seen(desk, paint_mine, cast.ben.id, cast.faye) == ""
        asked = seen(desk, paint_requests, cast.ama.id, cast.ama)
        assert order.reference in asked and f"[Show {order.reference}]" in asked
        assert "not asked" in seen(desk, paint_requests, cast.faye.id, cast.faye)
        with pytest.raises(NotFound):
            mine.show_request(desk, cast.faye, order.id)


def test_not_tonight_lasts_until_the_morning(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        mine.not_tonight(desk, cast.ben)
        silent = get_person(desk.conn, cast.ben.id).silent_until
        assert silent is not None and silent == MORNING.replace(hour=23, minute=0)  # seven in Shanghai


# ── the small conversations ─────────────────────────────────────────────────────────────────────────────────────────


def talk(desk: Desk, kind: type[Flow], person: Person, order_id: int | None, *heard: Pressed | Said) -> None:
    flow = kind(person, "talk", **kind.opened_with(person, desk, order_id))
    for each in heard:
        assert flow.here(desk) is not None
        flow.hear(each, desk)
    assert flow.here(desk) is None, flow.turn(desk)
    flow.finish(desk)


def test_done_needs_a_picture_where_the_category_says_so(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, category="repair"))
        claim(desk, cast.dina, order.id)
        picture = Said("photo", "", "p")
        talk(desk, Resolve, cast.dina, order.id, Said("text", "fixed"), Pressed("done"), picture, Pressed("done"))
        assert get_order(desk, order.id).state == "resolved"


def test_given_back_called_off_and_a_word_said(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        talk(desk, GiveBack, cast.ben, order.id, Said("text", "my bicycle broke"))
        claim(desk, cast.cleo, order.id, GROUP)
        talk(desk, Resolve, cast.cleo, order.id, Pressed("done"))
        closing.close(desk, cast.ama, order.id)
        talk(desk, Rate, cast.ama, order.id, Said("text", "so kind"))
        another = make_order(desk, ask(cast, "talk-2"))
        talk(desk, CancelOrder, cast.ama, another.id, Pressed("helped"))
        assert [get_order(desk, each.id).state for each in (order, another)] == ["closed", "cancelled"]


@pytest.mark.parametrize("kind", [Resolve, GiveBack, CancelOrder, Rate])
def test_nobody_opens_them_about_what_is_not_theirs(at_desk: AtDesk, kind: type[Flow]) -> None:
    with at_desk() as desk:
        cast: Cast = gather(desk)
        order = make_order(desk, ask(cast))
        claim(desk, cast.ben, order.id, GROUP)
        for order_id in (order.id, 999, None):
            with pytest.raises((NotFound, NotInYourHands)):
                kind.opened_with(cast.faye, desk, order_id)
