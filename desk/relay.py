"""Requester and holder talk through the desk, without seeing each other's account or number, until the order closes.

Nothing of the talk is kept: it is in the outbox until it is sent. Only a note on the order stays with the order.
"""

from __future__ import annotations

from typing import Any

from desk.alerts import refresh_alerts
from desk.deadlines import watch_holder
from desk.front import Copy, Desk, Line
from desk.holding import get_held
from desk.judging import hand_what_was_added
from desk.order_views import askers_of, called_to, show_holder, team_of
from desk.pictures import want_evidence
from desk.report_ladders import must_strike_out, report_of
from desk.roles import may_volunteer
from domain import relay as rules
from domain.orders import ALIVE, WAITING, NotInYourHands, Order
from domain.people import Person
from domain.references import DOOR_WORDS
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, _
from storage import orders, relay
from storage.people import get_person

PARTIES_SEE = ("request", "held", "talk", "still_on_it")
"""Messages in a private chat that are about an order: a reply to one of these is meant for the other side."""
CARRIED = {
    "photo": "sendPhoto",
    "voice": "sendVoice",
    "audio": "sendAudio",
    "video": "sendVideo",
    "video_note": "sendVideoNote",
    "animation": "sendAnimation",
}
KEPT_AS = {"audio": "voice", "video_note": "video", "animation": "video"}
"""How a note on an order calls what is carried under a finer name."""

Piece = dict[str, Any]
"""`{kind, words, file_id}`; of a place latitude and longitude."""


# ── about which order ───────────────────────────────────────────────────────────────────────────────────────────────


def order_at(desk: Desk, chat_id: int, message_id: int) -> int | None:
    """The order that this message in a private chat is about."""
    found = relay.subject_at(desk.conn, chat_id, message_id)
    if found is None:
        return None
    if found[0] == "part":
        part = orders.find_part(desk.conn, found[1])
        return part[0] if part else None
    return found[1] if found[0] in PARTIES_SEE else None


def talks_of(desk: Desk, person: Person) -> list[Order]:
    """The orders about which this person can talk to somebody now, newest first."""
    return [order for order in relay.talks_of(desk.conn, person.id) if rules.heard_by(order, person.id)]


def other_side(desk: Desk, person: Person, order: Order) -> list[Person]:
    return [get_person(desk.conn, person_id) for person_id in rules.heard_by(order, person.id)]


def name_of_other(desk: Desk, person: Person | None, order_id: int) -> str | Text | None:
    """Whom this person can write to about it; None: nobody."""
    order = orders.find_order(desk.conn, order_id)
    if order is None or person is None:
        return None
    return next(
        (called_to(desk, each, order) for each in other_side(desk, person, order) if each.reach == "open"), None
    )


def check_talking(desk: Desk, person: Person, order_id: int) -> Order:
    """The order, if this person has something to do with it and it is not over. One answer for all who have not."""
    order = orders.find_order(desk.conn, order_id)
    if order is None or not rules.is_party(order, person.id):
        raise NotInYourHands
    if order.state not in (*ALIVE, "resolved"):
        raise rules.TalkOver
    return order


# ── passing on ──────────────────────────────────────────────────────────────────────────────────────────────────────


def relay_words(desk: Desk, person: Person, order_id: int, pieces: list[Piece]) -> Text | None:
    """Carry this to the other side. While nobody has it, it is written on the order for whoever will.

    Said at the beginning of a talk, and then no more: that it has been passed on.
    """
    order = check_talking(desk, person, order_id)
    if order.state == WAITING:
        from desk.asking import answer  # which passes on pieces as this does

        return answer(desk, person, order_id, pieces)
    if not rules.is_talking(order):
        _note(desk, order, person, pieces)
        return _("Nobody has it yet. I've added this to your request, and whoever comes will read it.")
    if person.id in order.askers and report_of(desk, order) and must_strike_out(desk, order):
        _note(desk, order, person, pieces)
        return _("Thank you. Somebody in charge reads this first. It may name somebody, so I don't pass it on myself.")
    others = [each for each in other_side(desk, person, order) if each.telegram_id is not None]
    if not others:
        raise rules.NobodyToTell
    reached = [each for each in others if each.reach == "open"]
    if not reached:
        raise rules.NotDelivered(name=called_to(desk, others[0], order))
    for each in reached:
        desk.say(*(_copy(each, called_to(desk, person, order), piece, order) for piece in pieces))
    if order.holder_id == person.id and order.is_held:
        watch_holder(desk, order.id)
    if relay.has_happened(desk.conn, order.id, "talked", desk.now - rules.TALK_LASTS, person.id):
        return None
    orders.remember(desk.conn, order.id, "talked", desk.now, person.id)
    return _("I've passed it on to {name}.")(name=called_to(desk, reached[0], order))


def _copy(to: Person, name: str | Text, piece: Piece, order: Order) -> Copy:
    """One piece for one reader, under the name of whoever says it. Their words stay words: escaped when written."""
    assert to.telegram_id is not None
    words = piece.get("words") or ""
    caption = _("<b>{name}</b>: {words}")(name=name, words=words)
    fields: dict[str, Any] = {}
    method = "sendMessage"
    if piece["kind"] == "place":
        method = "sendLocation"
        fields = {"latitude": piece["latitude"], "longitude": piece["longitude"]}
    elif piece["kind"] != "text":
        if piece["kind"] not in CARRIED:
            raise rules.CannotCarry
        method = CARRIED[piece["kind"]]
        fields = {piece["kind"]: piece["file_id"], "protect_content": True}
    return Copy(to.telegram_id, method, fields, caption, language=to.language, subject="talk", subject_id=order.id)


def say_phrase(desk: Desk, person: Person, order_id: int, phrase: str) -> Text:
    """A set phrase of the holder's, read by each in their own language."""
    order = get_held(desk, person, order_id)
    if phrase not in rules.PHRASES:
        raise NotFound
    if relay.has_happened(desk.conn, order_id, phrase, desk.now - rules.PHRASE_HOLDS, person.id):
        raise AlreadyDone
    hear = [each for each in other_side(desk, person, order) if each.telegram_id is not None and each.reach == "open"]
    if not hear:
        raise rules.NobodyToTell
    orders.remember(desk.conn, order_id, phrase, desk.now, person.id)
    watch_holder(desk, order_id)
    word = DOOR_WORDS[order.door_word % len(DOOR_WORDS)]
    text = rules.PHRASES[phrase](name=person.called, word=word)
    for each in hear:
        assert each.telegram_id is not None
        desk.say(Line(each.telegram_id, text, language=each.language, subject="talk", subject_id=order_id))
    return _("I've told them.")


# ── notes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def note_from_group(desk: Desk, person: Person, chat_id: int, order_id: int, piece: Piece) -> bool:
    """A reply to the card by one of the team is a note on the order. False: it was not for us to keep."""
    order = orders.find_order(desk.conn, order_id)
    team = team_of(desk, order) if order is not None else None
    if order is None or team is None or team.chat_id != chat_id or order.state not in (*ALIVE, "resolved"):
        return False
    if not may_volunteer(desk, person, team, chat_id) or person.id in (each.id for each in askers_of(desk, order)):
        return False
    try:
        _note(desk, order, person, [piece])
    except (rules.Full, rules.CannotCarry):
        return False
    if order.is_held and not order.provisional and order.holder_id not in (None, person.id):
        assert order.holder_id is not None
        _tell_holder(desk, get_person(desk.conn, order.holder_id), person, order, piece)
    return True


def order_of_card(desk: Desk, chat_id: int, message_id: int) -> int | None:
    """The order whose card this message in a group is."""
    found = relay.subject_at(desk.conn, chat_id, message_id)
    return found[1] if found is not None and found[0] == "order" else None


def _note(desk: Desk, order: Order, person: Person, pieces: list[Piece]) -> None:
    """Written on the order: its holder reads it on their card, now or later."""
    if any(piece["kind"] not in CARRIED and piece["kind"] != "text" for piece in pieces):
        raise rules.CannotCarry
    kept = [
        {
            "kind": KEPT_AS.get(piece["kind"], piece["kind"]),
            "words": piece.get("words"),
            "file_id": piece.get("file_id"),
            "message_id": piece.get("message_id"),
        }
        for piece in pieces
    ]
    stage = "story" if person.id in order.askers and report_of(desk, order) else "note"  # names in it are struck out
    told = orders.parts_of(desk.conn, order.id, stage)
    words = [] if stage == "story" else [note.words or "" for note in told]
    words += [piece["words"] or "" for piece in kept]
    most = rules.MOST_NOTES if stage == "note" else rules.MOST_TOLD
    if len(told) + len(kept) > most or sum(map(len, words)) > rules.NOTES_HOLD:
        raise rules.Full
    orders.add_parts(desk.conn, order.id, person.id, stage, kept, desk.now)
    want_evidence(desk, order, person, stage)
    if stage == "story":
        refresh_alerts(desk, order.id)  # whoever was called reads the beginning of it
        hand_what_was_added(desk, order, len(kept))
    if order.holder_id is not None:
        show_holder(desk, order, order.holder_id)


def _tell_holder(desk: Desk, holder: Person, person: Person, order: Order, piece: Piece) -> None:
    """Who wrote it stands before it; an answer to it is asked after, since it may be for whoever needs the help."""
    if holder.telegram_id is None or holder.reach != "open":
        return
    text = _("{name} in the group, about {reference}: {words}")(
        name=person.called, reference=order.reference, words=piece.get("words") or ""
    )
    if piece["kind"] == "text":
        desk.say(Line(holder.telegram_id, text, language=holder.language))
        return
    fields = {piece["kind"]: piece["file_id"], "protect_content": True}
    desk.say(
        Copy(
            holder.telegram_id,
            CARRIED[piece["kind"]],
            fields,
            text,
            language=holder.language,
            subject="note",
            subject_id=order.id,
        )
    )
