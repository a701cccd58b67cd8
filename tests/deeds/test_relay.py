"""Requester and holder talk through the desk: both ways, nobody else, and only until it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.handlers import relay as cards
from desk import holding, relay
from desk.closing import close, reopen, resolve
from desk.front import Call, Copy, Desk, Line
from desk.order_views import view_for_holder
from desk.orders import claim, make_order
from domain.orders import NotInYourHands, Order
from domain.people import Person
from domain.references import DOOR_WORDS
from domain.refusals import AlreadyDone, NotFound
from domain.relay import CannotCarry, NobodyToTell, NotDelivered, TalkOver
from storage import messages
from storage.orders import find_order, parts_of
from storage.tables import contacts, outbox
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP, Cast, ask, gather

KNOCK = {"kind": "text", "words": "The bell is <b>broken</b>, please knock"}
VOICE = {"kind": "voice", "file_id": "voice-1"}
PICTURE = {"kind": "photo", "file_id": "photo-1", "words": "this door"}
PIN = {"kind": "place", "words": "", "latitude": 29.9, "longitude": 122.3}


def taken(desk: Desk, **more: object) -> tuple[Cast, Order]:
    """Ama has asked, and Ben has it."""
    cast = gather(desk)
    order = make_order(desk, ask(cast, **more))  # type: ignore[arg-type]
    claim(desk, cast.ben, order.id, GROUP)
    desk.said.clear()
    return cast, as_now(desk, order)


def as_now(desk: Desk, order: Order) -> Order:
    now = find_order(desk.conn, order.id)
    assert now is not None
    return now


def carried(desk: Desk) -> list[Copy]:
    return [said for said in desk.said if isinstance(said, Copy) and said.subject == "talk"]


def block(desk: Desk, person: Person) -> None:
    desk.conn.execute(contacts.update().where(contacts.c.person_id == person.id).values(reach="blocked"))


def sent(desk: Desk, said: Copy | Line, message_id: int) -> None:
    """As the courier leaves it."""
    row = {"chat_id": said.chat_id, "subject": said.subject, "subject_id": said.subject_id, "message_id": message_id}
    kind = "copy" if isinstance(said, Copy) else "line"
    desk.conn.execute(
        outbox.insert().values(**row, lane=1, kind=kind, rule="receipt", state="sent", tries=1, made_at=desk.now)
    )


# ── both ways ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_her_words_reach_whoever_has_it_under_her_name(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        said = relay.relay_words(desk, cast.ama, order.id, [KNOCK])
        [copy] = carried(desk)
        assert (copy.chat_id, copy.method, copy.subject_id) == (cast.ben.telegram_id, "sendMessage", order.id)
        assert copy.caption is not None
        assert copy.caption.blanks == {"name": "Ama", "words": KNOCK["words"]}
        assert said is not None
        assert said.blanks == {"name": "Ben"}


def test_his_words_reach_her_and_whoever_asked_for_her(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast, asked_by=cast.dina.id))
        claim(desk, cast.ben, order.id, GROUP)
        desk.said.clear()
        relay.relay_words(desk, cast.ben, order.id, [VOICE])
        assert {copy.chat_id for copy in carried(desk)} == {cast.ama.telegram_id, cast.dina.telegram_id}
        assert {copy.fields["voice"] for copy in carried(desk)} == {"voice-1"}
        desk.said.clear()
        relay.relay_words(desk, cast.dina, order.id, [KNOCK])
        assert [copy.chat_id for copy in carried(desk)] == [cast.ben.telegram_id]


@pytest.mark.parametrize(
    ("piece", "method", "fields"),
    [
        (PICTURE, "sendPhoto", {"photo": "photo-1", "protect_content": True}),
        (VOICE, "sendVoice", {"voice": "voice-1", "protect_content": True}),
        ({"kind": "audio", "file_id": "a"}, "sendAudio", {"audio": "a", "protect_content": True}),
        ({"kind": "video_note", "file_id": "n"}, "sendVideoNote", {"video_note": "n", "protect_content": True}),
        (PIN, "sendLocation", {"latitude": 29.9, "longitude": 122.3}),
    ],
)
def test_each_kind_travels_by_its_own_method(
    at_desk: AtDesk, piece: relay.Piece, method: str, fields: dict[str, object]
) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        relay.relay_words(desk, cast.ama, order.id, [piece])
        [copy] = carried(desk)
        assert (copy.method, copy.fields) == (method, fields)


def test_a_file_is_not_passed_on(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        with pytest.raises(CannotCarry):
            relay.relay_words(desk, cast.ama, order.id, [{"kind": "document", "file_id": "d"}])


def test_that_it_was_passed_on_is_said_once_in_a_talk(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        assert relay.relay_words(desk, cast.ama, order.id, [PICTURE]) is not None
        assert relay.relay_words(desk, cast.ama, order.id, [PICTURE]) is None
        sent(desk, carried(desk)[0], 70)
    with at_desk(MORNING + timedelta(minutes=10)) as desk:
        assert relay.relay_words(desk, cast.ama, order.id, [KNOCK]) is None
    with at_desk(MORNING + timedelta(minutes=20)) as desk:
        assert relay.relay_words(desk, cast.ama, order.id, [KNOCK]) is not None


def test_nothing_of_the_talk_is_kept(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        relay.relay_words(desk, cast.ama, order.id, [KNOCK])
        relay.relay_words(desk, cast.ben, order.id, [PICTURE])
        assert parts_of(desk.conn, order.id, "note") == []


# ── nobody else, and not for ever ───────────────────────────────────────────────────────────────────────────────────


def test_nobody_else_can_write_or_be_written_to(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        for stranger in (cast.faye, cast.cleo, cast.dina):
            with pytest.raises(NotInYourHands):
                relay.relay_words(desk, stranger, order.id, [KNOCK])
            assert relay.talks_of(desk, stranger) == []
            assert relay.name_of_other(desk, stranger, order.id) is None
        with pytest.raises(NotInYourHands):
            relay.relay_words(desk, cast.faye, 999, [KNOCK])
        assert desk.said == []


def test_whoever_gave_it_back_can_no_longer_write_nor_be_written_to(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        relay.relay_words(desk, cast.ama, order.id, [KNOCK])
        sent(desk, carried(desk)[0], 71)
        desk.said.clear()
        holding.release(desk, cast.ben, order.id, "no_time")
        assert Call(12, "deleteMessage", {"message_id": 71}) in desk.said
        desk.said.clear()
        with pytest.raises(NotInYourHands):
            relay.relay_words(desk, cast.ben, order.id, [KNOCK])
        said = relay.relay_words(desk, cast.ama, order.id, [PICTURE])
        assert carried(desk) == []
        assert said is not None
        assert "Nobody has it yet" in said.msgid
        claim(desk, cast.cleo, order.id, GROUP)
        pictures = [each for each in desk.said if isinstance(each, Copy)]
        assert [(each.chat_id, each.fields["photo"]) for each in pictures] == [(13, "photo-1")]
        view = view_for_holder(desk, order.id, 13)
        assert view is not None
        assert [note.words for note in view.notes] == ["this door"]


def test_it_goes_on_until_the_order_is_closed(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        resolve(desk, cast.ben, order.id, [{"kind": "text", "words": "in her kitchen"}, PICTURE])
        desk.said.clear()
        relay.relay_words(desk, cast.ama, order.id, [KNOCK])
        relay.relay_words(desk, cast.ben, order.id, [KNOCK])
        assert [copy.chat_id for copy in carried(desk)] == [12, 11]
        close(desk, cast.ama, order.id)
        desk.said.clear()
        for party in (cast.ama, cast.ben):
            with pytest.raises(TalkOver):
                relay.relay_words(desk, party, order.id, [KNOCK])
            assert relay.talks_of(desk, party) == []
        assert desk.said == []


def test_not_done_after_all_and_the_former_holder_is_out_of_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        resolve(desk, cast.ben, order.id, [{"kind": "text", "words": "done"}, PICTURE])
        reopen(desk, cast.ama, order.id)
        with pytest.raises(NotInYourHands):
            relay.relay_words(desk, cast.ben, order.id, [KNOCK])


def test_whom_nothing_reaches_is_said(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        block(desk, cast.ben)
        with pytest.raises(NotDelivered) as refusal:
            relay.relay_words(desk, cast.ama, order.id, [KNOCK])
        assert refusal.value.said.blanks == {"name": "Ben"}
        assert cards.write_button(desk, order.id, 11) == ()


def test_whoever_has_no_account_is_telephoned(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk, requester_id=None, asked_by=None, for_name="Old Mr Wu", for_phone="0580777")
        with pytest.raises(NobodyToTell):
            relay.relay_words(desk, cast.ben, order.id, [KNOCK])


# ── which message is about which order ──────────────────────────────────────────────────────────────────────────────


def test_a_reply_finds_its_order(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        messages.stand(desk.conn, ("request", order.id, 11), 50, "face", desk.now)
        messages.stand(desk.conn, ("held", order.id, 12), 51, "face", desk.now)
        messages.stand(desk.conn, ("menu", cast.ama.id, 11), 52, "face", desk.now)
        messages.stand(desk.conn, ("order", order.id, GROUP), 53, "face", desk.now)
        relay.relay_words(desk, cast.ama, order.id, [KNOCK])
        sent(desk, carried(desk)[0], 54)
        assert relay.order_at(desk, 11, 50) == order.id
        assert relay.order_at(desk, 12, 51) == order.id
        assert relay.order_at(desk, 12, 54) == order.id
        assert relay.order_at(desk, 11, 52) is None
        assert relay.order_at(desk, 16, 50) is None
        assert relay.order_at(desk, GROUP, 53) is None
        assert relay.order_of_card(desk, GROUP, 53) == order.id
        assert relay.order_of_card(desk, 11, 50) is None


def test_only_those_who_are_talking_are_asked_whose_words_these_are(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        assert [each.id for each in relay.talks_of(desk, cast.ama)] == [order.id]
        assert [each.id for each in relay.talks_of(desk, cast.ben)] == [order.id]
        second = make_order(desk, ask(cast, "talk-2"))
        assert [each.id for each in relay.talks_of(desk, cast.ama)] == [order.id]
        claim(desk, cast.cleo, second.id, GROUP)
        assert [each.id for each in relay.talks_of(desk, cast.ama)] == [second.id, order.id]


# ── set phrases ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_set_phrase_is_read_by_her_with_the_word_for_the_door(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, order = taken(desk)
        relay.say_phrase(desk, cast.ben, order.id, "at_door")
        [line] = [said for said in desk.said if isinstance(said, Line)]
        assert (line.chat_id, line.subject, line.subject_id) == (11, "talk", order.id)
        assert line.text.blanks == {"name": "Ben", "word": DOOR_WORDS[order.door_word]}
        with pytest.raises(AlreadyDone):
            relay.say_phrase(desk, cast.ben, order.id, "at_door")
        relay.say_phrase(desk, cast.ben, order.id, "late")
        with pytest.raises(NotFound):
            relay.say_phrase(desk, cast.ben, order.id, "send money")
        for stranger in (cast.cleo, cast.faye, cast.ama):
            with pytest.raises(NotInYourHands):
                relay.say_phrase(desk, stranger, order.id, "late")
