"""To be forgotten: every table is walked, and words planted everywhere are gone from the whole database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, Engine, String, func, insert, select, update

from bot.flows import talking
from bot.flows.flow import Pressed
from desk import closing, diary, forgetting, good_deeds, her_side, orders, pictures, praise, private_door, reports
from desk.front import Call, CardRefresh, Desk, Line
from desk.points import earn
from desk.talks import Talk, find_talk, keep_talk
from domain.cases import SafeContact
from domain.good_deeds import NewDeed
from domain.households import Address
from domain.people import Person
from domain.points import Earning
from domain.words import Text, to_json
from domain.words import plain as own_words
from storage.cases import grant, note_access
from storage.forgetting import NAMELESS
from storage.good_deeds import find_by_once
from storage.households import add_households, find_at
from storage.messages import set_fact
from storage.people import find_person, get_person, roles_of
from storage.problems import add_note, follow, remember
from storage.tables import (
    applications,
    awaited,
    cards,
    case_grants,
    cases,
    consents,
    contacts,
    hand_awards,
    honour_boards,
    honours,
    inbox,
    invitations,
    items,
    metadata,
    moved_out,
    outbox,
    people,
    postings,
    presentations,
    problems,
    redemptions,
    stations,
    teams,
    transfers,
)
from storage.tables import (
    orders as order_rows,
)
from storage.tables import (
    pictures as picture_rows,
)
from storage.tables import (
    reports as report_rows,
)
from storage.tries import count_try
from tests.conftest import AtDesk
from tests.deeds.cast import GROUP, Cast, ask, gather, give, set_inside
from tests.deeds.traces import columns_with, everywhere, pointing_at

CANARY = "kanarienvogel"
NUMBER = 4_900_015_237  # her Telegram account


def canary(what: str) -> str:
    return f"{CANARY}-{what}"


def plant(desk: Desk) -> tuple[Cast, Person]:
    """Ama has lived here for a while: she asked, helped, answered, supervised, and left words everywhere."""
    cast = gather(desk)
    ama = cast.ama
    told: dict[str, Any] = {"name": canary("name"), "phone": canary("phone"), "address": canary("address")}
    told |= {"speaks": canary("speaks"), "silent_until": desk.now + timedelta(hours=1)}
    desk.conn.execute(update(people).where(people.c.id == ama.id).values(**told))
    account = {"telegram_id": NUMBER, "shown_name": canary("shown"), "language_code": "en"}
    desk.conn.execute(update(contacts).where(contacts.c.person_id == ama.id).values(**account))
    ama = get_person(desk.conn, ama.id)
    _asks(desk, cast, ama)
    _helps(desk, cast, ama)
    _confides(desk, cast, ama)
    _asks_to_join(desk, cast, ama)
    _does_good(desk, cast, ama)
    _half_finished(desk, ama)
    _messages(desk, ama)
    _reports(desk, cast, ama)
    _looks_after(desk, ama)
    _is_honoured(desk, cast, ama)
    return cast, ama


def _reports(desk: Desk, cast: Cast, ama: Person) -> None:
    """One that is found by its pin, one only by her words; and one of Faye's that she has seen as well."""
    parts = [{"kind": "text", "words": canary("saw")}, {"kind": "photo", "file_id": canary("lamp")}]
    pin: dict[str, Any] = {"latitude": 30.0, "longitude": 122.0, "place": canary("by the gate")}
    new = reports.NewReport("lamp", "lamp", "ankang", ama.id, parts=parts, show_name=True, **pin)
    lamp = reports.make_report(desk, new)
    worded = reports.NewReport("worded", "lamp", "ankang", ama.id, place=canary("at ours"), parts=parts)
    order = reports.make_report(desk, worded)
    said = {"reason": canary("judged"), "team_words": canary("for the team")}
    desk.conn.execute(update(report_rows).where(report_rows.c.order_id == order.id).values(**said))
    fayes = reports.make_report(desk, reports.NewReport("fayes", "lamp", "ankang", cast.faye.id, **pin | {"place": ""}))
    reports.join(desk, ama, fayes.id)
    assert lamp.state == "new"


def _asks(desk: Desk, cast: Cast, ama: Person) -> None:
    parts = [{"kind": "text", "words": canary("story")}, {"kind": "photo", "file_id": canary("photo")}]
    more: dict[str, Any] = {"for_name": canary("for"), "for_phone": canary("number"), "place": canary("place")}
    more |= {"wanted": own_words(canary("wanted")), "speaks": canary("tongue"), "latitude": 30.0, "longitude": 122.0}
    done = orders.make_order(desk, ask(cast, "done", parts=parts, **more))
    orders.claim(desk, cast.ben, done.id, GROUP)
    closing.resolve(desk, cast.ben, done.id, [{"kind": "photo", "file_id": canary("her kitchen")}])
    closing.close(desk, ama, done.id)
    closing.rate(desk, ama, done.id, "words", canary("rating"))
    orders.make_order(desk, ask(cast, "waiting", parts=parts, **more))
    taken = orders.make_order(desk, ask(cast, "taken", parts=parts, requester_id=None, **more))
    orders.claim(desk, cast.ben, taken.id, GROUP)
    finished = orders.make_order(desk, ask(cast, "finished", parts=parts, **more))
    orders.claim(desk, cast.cleo, finished.id, GROUP)
    closing.resolve(desk, cast.cleo, finished.id, [])
    picture = pictures.want(desk, ama, "photo", canary("kept"), "elsewhere", 1)
    desk.conn.execute(update(picture_rows).where(picture_rows.c.id == picture).values(shown_id=canary("shown")))
    closing.cancel(desk, ama, orders.make_order(desk, ask(cast, "off", parts=parts, **more)).id, canary("reason"))


def _helps(desk: Desk, cast: Cast, ama: Person) -> None:
    give(desk, ama, "volunteer", team_id=cast.team)
    set_inside(desk, ama, True)
    for once in ("faye needs", "faye still needs"):
        order = orders.make_order(desk, ask(cast, once, asked_by=cast.faye.id, requester_id=cast.faye.id))
        orders.claim(desk, ama, order.id, GROUP)
        if once == "faye needs":
            closing.resolve(desk, ama, order.id, [{"kind": "text", "words": canary("done note")}])
            closing.close(desk, cast.faye, order.id)
    about: dict[str, Any] = {"earned_by": ama.id, "decided_by": cast.dina.id, "note": canary("why")}
    waits = {"once": "hand", "unit": "ankang", "household_id": ama.household_id, "earned_by": ama.id, "points": 60}
    waits |= {"words": canary("why so many"), "state": "waiting", "asked_by": cast.dina.id, "made_at": desk.now}
    desk.conn.execute(insert(hand_awards).values(**waits))
    earn(desk, Earning("hand", ama.household_id or 0, points=3, reason=Text("By hand"), **about))


def _confides(desk: Desk, cast: Cast, ama: Person) -> None:
    """A sealed case, which Dina was let in on; and messages to be cleared."""
    parts = ({"kind": "text", "words": canary("secret")},)
    new = private_door.NewCase("case", "not_safe", "ankang", parts, "pomegranate", SafeContact())
    case_id = private_door.submit(desk, ama, new)
    assert case_id is not None
    grant(desk.conn, case_id, cast.dina.id, desk.now)
    note_access(desk.conn, case_id, cast.dina.id, desk.now)
    her_side.trace(desk, ama, 77, True)
    row = {"subject": "case_alert", "subject_id": case_id, "chat_id": 14, "message_id": 90, "at": desk.now}
    desk.conn.execute(insert(cards).values(**row))


def _asks_to_join(desk: Desk, cast: Cast, ama: Person) -> None:
    """Long ago: an address nobody confirmed, and a team that had enough hands."""
    at = Address("ankang", canary("building"), canary("room"))
    add_households(desk.conn, desk.now, "declined", [(at, canary("typed address"))])
    home = find_at(desk.conn, at)
    assert home is not None
    for kind, about in (("household", {"household_id": home.id}), ("volunteer", {"team_id": cast.other_team})):
        row = {"kind": kind, "person_id": ama.id, "state": "declined", "asked_at": desk.now, **about}
        desk.conn.execute(insert(applications).values(**row))
    consent = {"person_id": ama.id, "version": "1", "at": desk.now}
    desk.conn.execute(insert(consents).values(**consent))
    link = {"token_hash": "x", "role": "volunteer", "made_by": ama.id, "made_at": desk.now}
    desk.conn.execute(insert(invitations).values(**link, expires_at=desk.now + timedelta(days=1)))


def _does_good(desk: Desk, cast: Cast, ama: Person) -> None:
    """She praised a neighbour, was praised herself and said yes to its being told, and kept a diary."""
    parts = [{"kind": "photo", "words": canary("praise"), "file_id": canary("praised")}]
    told = NewDeed("told", "ankang", parts=parts, described=canary("whom"))
    good_deeds.tell(desk, ama, told)
    good_deeds.tell(desk, cast.faye, replace(told, once="told of her", described=canary("herself"), doer_id=None))
    deed = find_by_once(desk.conn, "told of her")
    assert deed is not None
    good_deeds.match(desk, cast.dina, deed.id, doer_id=ama.id)
    good_deeds.confirm(desk, cast.dina, deed.id)
    praise.answer(desk, ama, deed.id, "named")
    diary.write(desk, ama, "entry", "ankang", [{"kind": "text", "words": canary("entry")}])
    diary.show(desk, ama, diary.Shown(), anew=True)


def _redeems(desk: Desk, ama: Person) -> None:
    """A haircut, asked for in her own words and called off; and she waits for rice, and once kept a counter."""
    place = {"unit": "ankang", "name": {"en": "Station"}, "place": "Building 1", "hours": "9", "made_at": desk.now}
    station = desk.conn.execute(insert(stations).values(**place).returning(stations.c.id)).scalar_one()
    cut = {"kind": "service", "station_id": station, "name": {"en": "Haircut"}, "about": {}, "price": 1, "stock": 1}
    item = desk.conn.execute(insert(items).values(**cut, made_at=desk.now).returning(items.c.id)).scalar_one()
    row = {"once": "cut", "item_id": item, "station_id": station, "household_id": ama.household_id, "count": 1}
    at = dict.fromkeys(("made_at", "until", "due_at"), desk.now)
    said = {"wanted": to_json(own_words(canary("when"))), "reason": canary("why"), "person_id": ama.id, "points": 1}
    made = insert(redemptions).values(**row, **at, **said, state="cancelled").returning(redemptions.c.id)
    redemption = desk.conn.execute(made).scalar_one()
    desk.conn.execute(insert(awaited).values(item_id=item, person_id=ama.id, at=desk.now))
    desk.conn.execute(insert(moved_out).values(person_id=ama.id, household_id=ama.household_id, left_at=desk.now))
    shown = {"redemption_id": redemption, "keeper_id": ama.id, "at": desk.now}
    desk.conn.execute(insert(presentations).values(**shown))


def _looks_after(desk: Desk, ama: Person) -> None:
    """A place where something keeps coming back: she answers for it, said how it goes, and follows another."""
    lamps = list(desk.conn.scalars(select(report_rows.c.order_id).order_by(report_rows.c.order_id)))
    for number, (order_id, owner) in enumerate(zip(lamps, (ama.id, None), strict=False), 1):
        row = {"id": number, "first_id": order_id, "kind": "lamp", "unit": "ankang", "state": "open", "owner_id": owner}
        desk.conn.execute(insert(problems).values(**row, made_at=desk.now))
    add_note(desk.conn, 1, "said", ama.id, canary("how it goes"), desk.now)
    remember(desk.conn, 1, "noted", desk.now, ama.id)
    follow(desk.conn, 2, ama.id, desk.now)


def _is_honoured(desk: Desk, cast: Cast, ama: Person) -> None:
    """Her household is named on a board, and in her office she wrote about two others."""
    board = {"unit": "ankang", "period": "2026-10", "state": "published", "decided_by": ama.id, "made_at": desk.now}
    number = desk.conn.execute(insert(honour_boards).values(**board).returning(honour_boards.c.id)).scalar_one()
    about = {"board_id": number, "points": 1, "deeds": 1, "by_dimension": {}, "hero": False, "left_out": False}
    yes = {"answer": "yes", "answered_by": ama.id, "name": to_json(own_words(canary("house")))}
    desk.conn.execute(insert(honours).values(**about, household_id=ama.household_id, **yes))
    wrote = {"changed_by": ama.id, "words": canary("quiet"), "why": canary("left out")}
    desk.conn.execute(insert(honours).values(**about, household_id=cast.ben.household_id, **wrote))


def _half_finished(desk: Desk, ama: Person) -> None:
    _redeems(desk, ama)
    progress = {"answers": {"story": canary("draft")}}
    keep_talk(desk, ama.id, Talk("help", "1", "talk", 3, progress))
    count_try(desk.conn, f"household:{ama.id}", desk.now, timedelta(minutes=10))
    set_fact(desk.conn, f"household_list:{ama.id}", canary("list"))
    team = {"key": "handy", "unit": "ankang", "title": "Handy", "made_by": ama.id, "made_at": desk.now}
    desk.conn.execute(insert(teams).values(**team))
    other = {"case_id": 1, "person_id": ama.id, "at": desk.now}
    desk.conn.execute(insert(case_grants).values(**other))


def _messages(desk: Desk, ama: Person) -> None:
    at = desk.now
    quarantined = {"update_id": 1, "sender": NUMBER, "raw": canary("raw"), "state": "quarantined", "at": at}
    desk.conn.execute(insert(inbox).values(quarantined))
    line = {"chat_id": NUMBER, "lane": 1, "kind": "line", "rule": "receipt", "body": {"text": canary("line")}}
    desk.conn.execute(insert(outbox).values(**line, state="queued", made_at=at))
    for number, (chat_id, subject, age) in enumerate([(NUMBER, "menu", 1), (NUMBER, "request", 72)]):
        at = desk.now - timedelta(hours=age)
        row = {"subject": subject, "subject_id": 1, "chat_id": chat_id, "message_id": 50 + number, "at": at}
        desk.conn.execute(insert(cards).values(**row))


HARMLESS = {
    "accounts": ["kind"],
    "applications": ["kind", "state"],
    "audit_log": ["what", "about"],  # keys and numbers
    "cards": ["subject", "face"],  # a hash
    "case_traces": ["who"],  # a keyed hash
    "cases": ["once", "who", "unit", "sealed", "state"],  # sealed, and looked at below
    "co_volunteers": ["state"],
    "consents": ["version"],
    "contacts": ["reach", "language_code"],
    "deadlines": ["metric"],
    "echoes": ["way", "address", "state", "reason"],  # a mailbox of a place, from the desk file
    "escalation_runs": ["ladder", "state"],  # from the desk file
    "good_deed_history": ["what"],
    "good_deed_parts": ["kind"],
    "good_deeds": ["once", "kind", "unit", "about", "state", "consent"],
    "groups": ["title", "standing", "language"],
    "household_cards": ["name"],  # what all of them call themselves; gone with the last of them
    "household_changes": ["what", "reason", "once"],  # keys and numbers
    "hand_awards": ["once", "unit", "dimension", "state"],
    "honour_boards": ["unit", "period", "state"],
    "honours": ["by_dimension", "answer"],  # keys of the desk file, and numbers
    "households": ["unit", "state", "code_hash"],
    "inbox": ["state", "fault"],
    "invitations": ["token_hash", "role", "unit"],
    "items": ["kind", "name", "about", "picture", "week", "per", "state"],  # of the station, for everybody to read
    "leases": ["name", "holder"],  # a machine's name
    "merchants": ["unit", "name", "state"],  # shown in public
    "order_history": ["what"],
    "order_parts": ["stage", "kind"],
    "orders": ["once", "reference", "category", "unit", "state"],
    "outbox": ["kind", "rule", "subject", "state", "reason"],
    "pauses": ["left", "run_state", "stood"],  # clocks and states
    "people": ["language", "unit"],  # of the desk file; emptied all the same
    "pictures": ["subject", "kind", "state", "why", "name", "sha256"],  # names by chance
    "problem_history": ["what"],
    "problem_notes": ["once"],
    "problems": ["kind", "unit", "building", "state"],
    "reports": ["verdict", "body", "building", "guardian"],
    "redemptions": ["once", "state", "code_hash", "token_hash", "week"],  # keyed hashes
    "posters": ["unit", "building", "token_hash"],  # of doors, not of people
    "roles": ["role", "unit"],
    "standing_counts": ["period", "unit", "dimension"],
    "standings": ["period", "unit", "dimension"],
    "standards": ["content_hash", "content"],  # of the desk file
    "state": ["name"],
    "stations": ["unit", "name", "place", "hours", "state"],  # shown to everybody
    "stock_moves": ["what"],
    "talks": ["flow", "version", "id"],
    "teams": ["key", "unit", "title", "joining", "state"],
    "transfers": [
        "kind",
        "once",
        "once_hash",
        "reason",
        "dimension",
        "unit",
        "deed",
        "counted_in",
    ],  # sentences and keys of ours
}
"""Columns of words in which nobody's own words stand. A new one belongs here, or into the planting above."""


def all_pointing() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if any(key.column is people.c.id for key in column.foreign_keys)
    }


def test_every_column_is_emptied_or_explained(at_desk: AtDesk, writer: Engine, database_url: str) -> None:
    words = {f"{t.name}.{c.name}" for t in metadata.sorted_tables for c in t.c if isinstance(c.type, String | JSON)}
    harmless = {f"{table}.{column}" for table, columns in HARMLESS.items() for column in columns}
    with at_desk() as desk:
        _cast, ama = plant(desk)
        assert words - columns_with(desk, CANARY) - harmless == set(), "planted nowhere, and not known to be harmless"
        assert harmless <= words
        assert set(NAMELESS) <= all_pointing()
        assert all_pointing() - pointing_at(desk, ama.id, NUMBER) - set(NAMELESS) == set(), "planted nowhere"
    assert CANARY in everywhere(writer, database_url)
    with at_desk() as desk:
        forgetting.forget(desk, ama)
        assert columns_with(desk, CANARY) == set()
        assert pointing_at(desk, ama.id, NUMBER) <= set(NAMELESS)
        row = desk.conn.execute(select(people).where(people.c.id == ama.id)).one()
        assert {name for name, value in row._mapping.items() if value is not None} == {"id", "made_at", "forgotten_at"}
        assert set(desk.conn.scalars(select(cases.c.sealed))) == {""} == set(desk.conn.scalars(select(cases.c.who)))
        assert find_person(desk.conn, NUMBER) is None
    assert CANARY not in everywhere(writer, database_url)


def test_what_is_open_is_settled_first(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast_, ama = plant(desk)
        open_now = forgetting.what_is_open(desk, ama)
        assert (open_now.asked, open_now.held) == (3, 1)
    with at_desk() as desk:
        forgetting.forget(desk, ama)
        states = {row.once: row.state for row in desk.conn.execute(select(order_rows.c.once, order_rows.c.state))}
        assert states == {
            "done": "closed",
            "waiting": "cancelled",
            "taken": "cancelled",
            "finished": "closed",
            "off": "cancelled",
            "faye needs": "closed",
            "faye still needs": "offered",
            "lamp": "new",
            "worded": "cancelled",
            "fayes": "new",
        }
        lamp = desk.conn.execute(select(order_rows).where(order_rows.c.once == "lamp")).one()
        assert (lamp.latitude, lamp.place) == (30.0, None), "where the danger is stays, and nothing of whose words"
        told = {said.chat_id for said in desk.said if isinstance(said, Line)}
        assert {cast_.ben.telegram_id, cast_.faye.telegram_id} <= told
        assert all(CANARY not in str(said) for said in desk.said)
        sums = desk.conn.execute(
            select(postings.c.transfer_id, func.sum(postings.c.amount)).group_by(postings.c.transfer_id)
        )
        assert {int(total) for _transfer, total in sums} == {0}
        assert desk.conn.execute(select(func.count()).select_from(transfers)).scalar_one() > 0


def test_the_chat_is_cleared_and_cards_elsewhere_are_painted_anew(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast_, ama = plant(desk)
        done = desk.conn.execute(select(order_rows.c.id).where(order_rows.c.once == "done")).scalar_one()
        row = {"subject": "order", "subject_id": done, "chat_id": GROUP, "message_id": 99, "at": desk.now}
        desk.conn.execute(insert(cards).values(**row))
    with at_desk() as desk:
        forgetting.forget(desk, ama)
        hers = [said for said in desk.said if getattr(said, "chat_id", None) == NUMBER]
        assert all(isinstance(said, Call) for said in hers)
        deleted = {each for said in hers for each in said.fields.get("message_ids", ())}  # type: ignore[union-attr]
        written_over = {said.fields.get("message_id") for said in hers} - {None}  # type: ignore[union-attr]
        assert 50 in deleted and 77 in deleted
        assert written_over == {51}
        refreshed = {
            (said.chat_id, said.subject, said.subject_id) for said in desk.said if isinstance(said, CardRefresh)
        }
        assert (GROUP, "order", done) in refreshed
        assert (cast_.dina.telegram_id, "case_alert", 1) in refreshed
        assert "application" not in {subject for _chat, subject, _id in refreshed}


def test_an_officer_who_is_forgotten_leaves_other_peoples_calls_alone(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast_ = gather(desk)
        call = ask(cast_, "call", asked_by=cast_.dina.id, requester_id=None, for_name="Grandma Wu")
        order = orders.make_order(desk, call)
        link = {"token_hash": "x", "role": "volunteer", "made_by": cast_.dina.id, "made_at": desk.now}
        desk.conn.execute(insert(invitations).values(**link, expires_at=desk.now + timedelta(days=1)))
        forgetting.forget(desk, cast_.dina)
        assert roles_of(desk.conn, cast_.dina.id) == []
        kept = orders.get_order(desk, order.id)
        assert (kept.state, kept.for_name) == ("offered", "Grandma Wu")
        assert desk.conn.execute(select(invitations.c.expires_at)).scalar_one() == desk.now


def test_she_is_asked_once_and_a_half_finished_conversation_does_not_come_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        _cast, ama = plant(desk)
        suspended = {"flow": "help", "id": "talk", "turn": 3, "progress": {"answers": {"about_what": "errand"}}}
        talking.open_flow(desk, ama, talking.FLOWS["forget"], suspended=suspended)
        question = talking.paint_screen(desk, ama.id, NUMBER)
        assert question is not None
        said = [each.msgid for each in question.text.blanks["lines"][0].blanks["what_happens"].blanks["lines"]]
        assert said[1].startswith("Your {count} open request") and said[2].startswith("The {count} request")
        assert get_person(desk.conn, ama.id).name == canary("name")
        del desk.said[:]
        talking.hear(desk, ama, Pressed("yes"))
        assert find_talk(desk, ama.id) is None
        last = [said for said in desk.said if getattr(said, "chat_id", None) == NUMBER and isinstance(said, Line)]
        assert [each.text.msgid[:5] for each in last] == ["Done,"]
