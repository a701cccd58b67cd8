"""The private door on both databases: who is let in, who never is, what is kept, and what is taken away again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, make_url, select, text, update

from desk import cases, her_side, private_door
from desk.cases import AlreadyTaken
from desk.escalation import sweep_runs
from desk.front import Call, CardRefresh, Desk, Line
from desk.orders import make_order
from domain.cases import CALL, WRITE, AnotherWord, NobodyLeft, SafeContact
from domain.orders import NewOrder
from domain.people import Person
from domain.refusals import NotFound, Refusal
from storage import cases as rows
from storage import people
from storage.roles import end_role, give_role
from storage.tables import access_log, case_grants, case_traces, escalation_runs, households, metadata, talks
from storage.tables import cases as case_rows
from storage.vault import KeyLost, Keys
from storage.work import open_writer
from tests.conftest import KEYS, MORNING

AtDesk = Callable[..., AbstractContextManager[Desk]]
CANARY, PLACE, FILE, WORD = "the green kettle", "behind the third door", "AgACAgUAAxkfileid", "pomegranate"


@dataclass(frozen=True)
class Cast:
    ama: Person
    ben: Person
    dina: Person  # supervises Ankang
    gus: Person  # supervises Ankang, and lives with Ama
    hana: Person  # supervises the town
    ivo: Person  # officer


@pytest.fixture
def cast(at_desk: AtDesk) -> Cast:
    """Ama of Ankang; Dina and Gus answer for it, Hana for the town, Ivo runs the desk. Gus is of Ama's household."""
    with at_desk() as desk:
        conn, now = desk.conn, desk.now
        home = conn.execute(
            insert(households)
            .values(unit="ankang", address="Building 3, 201", state="standing", made_at=now)
            .returning(households.c.id)
        ).scalar_one()
        found = {
            name: people.meet(conn, now, 100 + at, name.capitalize(), "en", started=True)
            for at, name in enumerate(("ama", "ben", "dina", "gus", "hana", "ivo"))
        }
        for name, fields in {
            "ama": {"household_id": home, "unit": "ankang", "name": "Ama Mensah"},
            "gus": {"household_id": home},
        }.items():
            people.change_person(conn, found[name].id, **fields)
        for name, role, unit in (
            ("dina", "supervisor", "ankang"),
            ("gus", "supervisor", "ankang"),
            ("hana", "supervisor", "donggang"),
            ("ivo", "officer", ""),
        ):
            give_role(conn, now, found[name].id, role, unit)
        return Cast(**{name: people.get_person(conn, each.id) for name, each in found.items()})


def new_case(**changed: Any) -> private_door.NewCase:
    parts = ({"kind": "text", "words": f"{CANARY} {PLACE}"}, {"kind": "photo", "file_id": FILE})
    new = private_door.NewCase("talk-1", "not_safe", "ankang", parts, WORD, SafeContact())
    return replace(new, **changed)


def submitted(desk: Desk, cast: Cast, **changed: Any) -> int:
    case_id = private_door.submit(desk, cast.ama, new_case(**changed))
    assert case_id is not None
    while sweep_runs(desk):
        pass
    return case_id


def cards(desk: Desk) -> list[tuple[int, str]]:
    return [(said.chat_id, said.subject) for said in desk.said if isinstance(said, CardRefresh)]


def count(desk: Desk, table: Any) -> int:
    return len(desk.conn.execute(select(table)).all())


# ── the door ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_door_is_shut_while_nobody_could_hear(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert not private_door.is_open(desk)


def test_the_door_is_open_where_somebody_answers(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        assert private_door.is_open(desk) and private_door.is_open(desk, "ankang")
        for each in (cast.dina, cast.gus, cast.hana):
            end_role(desk.conn, desk.now, each.id, "supervisor", "donggang" if each is cast.hana else "ankang")
        assert not private_door.is_open(desk, "ankang"), "an officer is not on the ladder"
        with pytest.raises(private_door.DoorShut):
            private_door.submit(desk, cast.ama, new_case())
        assert count(desk, case_rows) == 0


def test_one_conversation_makes_one_case(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        assert private_door.submit(desk, cast.ama, new_case()) is not None
        assert private_door.submit(desk, cast.ama, new_case()) is None
        assert (count(desk, case_rows), count(desk, escalation_runs)) == (1, 1)


def test_a_word_that_anybody_says_is_refused_before_anything_is_written(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        with pytest.raises(AnotherWord):
            private_door.submit(desk, cast.ama, new_case(word="ok"))
        assert count(desk, case_rows) == 0


# ── who hears ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_goes_to_people_who_answer_for_the_place_and_not_to_her_household(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        assert cards(desk) == [(cast.dina.telegram_id, "case_alert")]
        assert [row.person_id for row in desk.conn.execute(select(case_grants))] == [cast.dina.id]
        assert {cast.ama.id, cast.gus.id} <= cases.excluded_of(desk, case_id)


def test_it_climbs_in_minutes_and_steps_over_whom_she_left_out(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast, not_people=(cast.dina.id,))
        assert cards(desk) == [(cast.hana.telegram_id, "case_alert")], "nobody is left in Ankang: the town, at once"
        assert cast.dina.id in cases.excluded_of(desk, case_id)


def test_whom_she_names_is_left_out_with_their_household(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        home = desk.conn.execute(
            insert(households)
            .values(unit="ankang", building="9", address="Building 9", state="standing", made_at=desk.now)
            .returning(households.c.id)
        ).scalar_one()
        for each in (cast.ben, cast.dina):
            people.change_person(desk.conn, each.id, household_id=home)
        case_id = submitted(desk, cast, not_names=("be",))
        assert cast.dina.id not in cases.excluded_of(desk, case_id), "of those who hold no office only the whole name"
        exact = submitted(desk, cast, once="talk-2", not_names=("ben",))
        assert {cast.ben.id, cast.dina.id} <= cases.excluded_of(desk, exact), "Dina lives with Ben"


def test_a_supervisor_is_left_out_by_any_part_of_the_name(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast, not_names=("auntie dina",))
        assert cast.dina.id in cases.excluded_of(desk, case_id)
        assert cards(desk) == [(cast.hana.telegram_id, "case_alert")]


def test_everybody_cannot_be_left_out(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        with pytest.raises(NobodyLeft):
            private_door.submit(desk, cast.ama, new_case(not_people=(cast.dina.id, cast.hana.id)))
        assert count(desk, case_rows) == 0


def test_she_chooses_the_town_and_the_community_does_not_hear(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        submitted(desk, cast, unit="donggang")
        assert cards(desk) == [(cast.hana.telegram_id, "case_alert")]


def test_nothing_goes_to_a_group_or_to_her(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.open_case(desk, cast.dina, case_id)
        cases.take(desk, cast.dina, case_id)
        cases.leave(desk, cast.dina, case_id, "I am here")
        cases.close(desk, cast.dina, case_id)
        chats = {said.chat_id for said in desk.said if not isinstance(said, Line)}
        assert chats == {cast.dina.telegram_id}
        assert not [said for said in desk.said if isinstance(said, Line)]


def test_no_order_can_be_made_of_it(at_desk: AtDesk, cast: Cast) -> None:
    """Orders are what groups see; this is the only other way in."""
    with at_desk() as desk:
        new = NewOrder("talk-1", "not_safe", "ankang", cast.ama.id, parts=[{"kind": "text", "words": CANARY}])
        with pytest.raises(Refusal):
            make_order(desk, new)
        assert count(desk, metadata.tables["orders"]) == 0 and desk.said == []


# ── opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_opening_is_written_down_before_it_is_shown(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        assert cases.find_shown(desk, cast.dina.telegram_id or 0, case_id) is None
        cases.open_case(desk, cast.dina, case_id)
        cases.open_case(desk, cast.dina, case_id)
        assert [row.person_id for row in desk.conn.execute(select(access_log))] == [cast.dina.id] * 2
        shown = cases.find_shown(desk, cast.dina.telegram_id or 0, case_id)
        assert shown is not None and CANARY in shown.story.parts[0]["words"]
        assert desk.conn.execute(select(escalation_runs.c.state)).scalar_one() == "running", "opening stops nothing"


@pytest.mark.parametrize("name", ["ama", "ben", "gus", "hana", "ivo"])
def test_nobody_else_can_open_take_or_close_it(at_desk: AtDesk, cast: Cast, name: str) -> None:
    person: Person = getattr(cast, name)
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        for deed in (cases.open_case, cases.take, cases.give_back, cases.close, cases.put_away, cases.check_holder):
            with pytest.raises(NotFound):
                deed(desk, person, case_id)
            with pytest.raises(NotFound):
                deed(desk, person, case_id + 1)  # missing and forbidden sound the same
        assert count(desk, access_log) == 0
        assert cases.find_waiting(desk, person.telegram_id or 0, case_id) is None


def test_her_household_cannot_open_it_even_when_reached(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        rows.grant(desk.conn, case_id, cast.gus.id, desk.now)
        with pytest.raises(NotFound):
            cases.open_case(desk, cast.gus, case_id)
        assert cases.find_waiting(desk, cast.gus.telegram_id or 0, case_id) is None


def test_whoever_moves_in_with_her_sees_it_no_more(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.open_case(desk, cast.dina, case_id)
        people.change_person(desk.conn, cast.dina.id, household_id=cast.ama.household_id)
        assert cases.find_shown(desk, cast.dina.telegram_id or 0, case_id) is None


def test_whoever_answers_for_the_place_no_more_sees_it_no_more(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.open_case(desk, cast.dina, case_id)
        end_role(desk.conn, desk.now, cast.dina.id, "supervisor", "ankang")
        assert cases.find_shown(desk, cast.dina.telegram_id or 0, case_id) is None
        with pytest.raises(NotFound):
            cases.take(desk, cast.dina, case_id)


def test_put_away_takes_it_off_the_screen(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.open_case(desk, cast.dina, case_id)
        cases.put_away(desk, cast.dina, case_id)
        assert cases.find_shown(desk, cast.dina.telegram_id or 0, case_id) is None
        assert cases.find_waiting(desk, cast.dina.telegram_id or 0, case_id) is not None


def test_an_officer_opens_it_only_when_the_ladder_has_ended_with_nobody(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        with pytest.raises(NotFound):
            cases.open_case(desk, cast.ivo, case_id)
    with at_desk(MORNING + timedelta(minutes=5)) as desk:
        assert sweep_runs(desk)  # the supervisors of Ankang, once more
    with at_desk(MORNING + timedelta(hours=1)) as desk:
        while sweep_runs(desk):
            pass
    with at_desk(MORNING + timedelta(hours=2)) as desk:
        while sweep_runs(desk):
            pass
        assert desk.conn.execute(select(escalation_runs.c.state)).scalar_one() == "exhausted"
        cases.open_case(desk, cast.ivo, case_id)
        cases.take(desk, cast.ivo, case_id)


def test_without_the_key_nobody_sees_anything(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        desk.keys = Keys.made_from("another key")
        for look in (cases.open_case, cases.take):
            with pytest.raises(KeyLost):
                look(desk, cast.dina, case_id)
        assert her_side.find_by_word(desk, cast.ama, WORD) is None
        desk.keys = Keys.made_from("a newer key", "a key for tests")
        cases.open_case(desk, cast.dina, case_id)
        assert her_side.find_by_word(desk, cast.ama, WORD) == case_id, "a key that is replaced still opens"


def test_no_table_of_cases_knows_a_group() -> None:
    for name in ("cases", "case_grants", "access_log", "case_traces", "alerts"):
        table = metadata.tables[name]
        assert not {"chat_id", "team_id", "group_id"} & set(table.columns.keys())
        assert not {key.column.table.name for key in table.foreign_keys} & {"groups", "teams", "orders"}


# ── taking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def both_reached(desk: Desk, cast: Cast) -> int:
    case_id = submitted(desk, cast)
    rows.grant(desk.conn, case_id, cast.hana.id, desk.now)
    return case_id


def test_the_first_takes_it_the_ladder_ends_and_other_screens_are_blanked(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = both_reached(desk, cast)
        cases.open_case(desk, cast.dina, case_id)
        cases.open_case(desk, cast.hana, case_id)
        desk.said.clear()
        cases.take(desk, cast.hana, case_id)
        with pytest.raises(AlreadyTaken):
            cases.take(desk, cast.dina, case_id)
        assert desk.conn.execute(select(escalation_runs.c.state)).scalar_one() == "met"
        assert cases.find_shown(desk, cast.dina.telegram_id or 0, case_id) is None
        assert cases.find_shown(desk, cast.hana.telegram_id or 0, case_id) is not None
        assert (cast.dina.telegram_id, "case") in cards(desk), "its face is drawn anew, and is empty"
        with pytest.raises(NotFound):
            cases.open_case(desk, cast.dina, case_id)


def test_of_two_who_tap_together_one_has_it(database_url: str, at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id, file = both_reached(desk, cast), desk.file
    together, ends = Barrier(2), []

    def tap(person: Person) -> None:
        engine = open_writer(database_url)
        try:
            together.wait(timeout=5)
            with engine.begin() as conn:
                cases.take(Desk(conn, file, MORNING, KEYS, desk.chance), person, case_id)
            ends.append("taken")
        except Refusal as refusal:
            ends.append(type(refusal).__name__)
        finally:
            engine.dispose()

    threads = [Thread(target=tap, args=(person,)) for person in (cast.dina, cast.hana)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(ends) == ["AlreadyTaken", "taken"]


def test_given_back_it_waits_and_is_called_anew(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.take(desk, cast.dina, case_id)
        desk.said.clear()
        cases.give_back(desk, cast.dina, case_id)
        while sweep_runs(desk):
            pass
        assert (cast.dina.telegram_id, "case_alert") in cards(desk)
        cases.take(desk, cast.dina, case_id)


def test_a_holder_who_loses_the_office_gives_it_back(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.take(desk, cast.dina, case_id)
        assert not cases.sweep_orphaned(desk)
        end_role(desk.conn, desk.now, cast.dina.id, "supervisor", "ankang")
        assert cases.sweep_orphaned(desk)
        assert not cases.sweep_orphaned(desk)
        while sweep_runs(desk):
            pass
        assert (cast.hana.telegram_id, "case_alert") in cards(desk)
        cases.take(desk, cast.hana, case_id)


def test_closed_it_opens_to_nobody_and_is_emptied_after_thirty_days(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.take(desk, cast.dina, case_id)
        cases.open_case(desk, cast.dina, case_id)
        cases.close(desk, cast.dina, case_id)
        with pytest.raises(NotFound):
            cases.open_case(desk, cast.dina, case_id)
        assert cases.find_shown(desk, cast.dina.telegram_id or 0, case_id) is None
    with at_desk(MORNING + timedelta(days=29)) as desk:
        assert not cases.sweep_closed(desk)
    with at_desk(MORNING + timedelta(days=31)) as desk:
        assert cases.sweep_closed(desk)
        assert not cases.sweep_closed(desk)
        row = desk.conn.execute(select(case_rows)).one()
        assert (row.sealed, row.who) == ("", "")
        assert count(desk, access_log) == 1, "who looked stays on record"
        assert her_side.find_by_word(desk, cast.ama, WORD) is None


def test_officers_see_numbers_and_no_small_ones(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        for at in range(4):
            private_door.submit(desk, cast.ama, new_case(once=f"talk-{at}"))
        assert cases.counts(desk) == {}
        private_door.submit(desk, cast.ama, new_case(once="talk-5"))
        assert cases.counts(desk) == {"ankang": 5}


# ── her word ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_news_comes_with_her_word_alone_and_names_nobody(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        cases.take(desk, cast.dina, case_id)
        cases.leave(desk, cast.dina, case_id, "Tomorrow at ten")
        chat = cast.ama.telegram_id or 0
        assert her_side.news(desk, chat) is None
        assert her_side.find_by_word(desk, cast.ama, "persimmon") is None
        found = her_side.find_by_word(desk, cast.ama, "  POMEGRANATE ")
        assert found == case_id
        desk.said.clear()
        her_side.ask_for_news(desk, cast.ama, case_id)
        assert desk.said == [CardRefresh(chat, "aside", her_side.NEWS, lane=0, silent=True, anew=True)]
        news = her_side.news(desk, chat)
        assert news is not None and news.state == "taken" and news.left == ((MORNING, "Tomorrow at ten"),)
        assert her_side.find_by_word(desk, cast.gus, WORD) is None, "the word of one person is not another's"
        assert her_side.news(desk, cast.gus.telegram_id or 0) is None
    with at_desk(MORNING + timedelta(minutes=16)) as desk:
        assert her_side.news(desk, chat) is None


def test_guessing_the_word_is_throttled(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        for at in range(10):
            assert her_side.find_by_word(desk, cast.ama, f"guess {at}") is None
        assert her_side.find_by_word(desk, cast.ama, WORD) is None, "one try too many is like any other words"
    with at_desk(MORNING + timedelta(minutes=11)) as desk:
        assert her_side.find_by_word(desk, cast.ama, WORD) == case_id


def test_words_of_whoever_has_no_case_are_not_counted(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        assert her_side.find_by_word(desk, cast.ben, "pomegranate") is None
        assert desk.conn.execute(text("SELECT count(*) FROM state")).scalar_one() == 0


def test_only_in_the_hours_she_allowed_she_hears_that_there_is_a_message_and_no_more(
    at_desk: AtDesk, cast: Cast
) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast, contact=SafeContact(WRITE, (12, 18)))
        cases.take(desk, cast.dina, case_id)
        cases.leave(desk, cast.dina, case_id, CANARY)
        [line] = [said for said in desk.said if isinstance(said, Line)]
        assert line.chat_id == cast.ama.telegram_id and line.text == cases.YOU_HAVE_A_MESSAGE
        assert line.silent and (line.subject, line.buttons) == (None, ())
        noon = MORNING + timedelta(hours=2)
        assert (line.not_before, line.expires_at) == (noon, noon + timedelta(hours=6))


# ── clearing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_clearing_deletes_what_is_young_and_overwrites_ours_that_is_old(at_desk: AtDesk, cast: Cast) -> None:
    ama = cast.ama
    with at_desk(MORNING - timedelta(hours=49)) as desk:
        her_side.trace(desk, ama, 11, ours=True)
        her_side.trace(desk, ama, 12, ours=False)
    with at_desk(MORNING - timedelta(hours=47)) as desk:
        her_side.trace(desk, ama, 13, ours=True)
        her_side.trace(desk, ama, 14, ours=False)
        her_side.trace(desk, ama, 14, ours=False)
        her_side.trace(desk, cast.ben, 15, ours=False)
    with at_desk() as desk:
        assert her_side.has_traces(desk, ama)
        cleared = her_side.clear(desk, ama, message_id=16)
        calls = [said for said in desk.said if isinstance(said, Call)]
        assert [(call.method, call.fields) for call in calls] == [
            ("deleteMessages", {"message_ids": [13, 14, 16]}),
            ("editMessageText", {"message_id": 11, "text": "东港邻里"}),
        ]
        assert {call.chat_id for call in calls} == {ama.telegram_id}
        assert cleared == her_side.Cleared(deleted=3, overwritten=1, left=1)
        assert not her_side.has_traces(desk, ama)
        assert count(desk, case_traces) == 1, "Ben's are his"


def test_clearing_ends_the_draft_and_takes_its_screen_along(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        row = {"flow": "private", "version": "1", "id": "t", "turn": 1, "answers": "sealed", "sealed": True}
        desk.conn.execute(insert(talks).values(person_id=cast.ama.id, touched_at=desk.now, **row))
        card = {"subject": "screen", "subject_id": cast.ama.id, "chat_id": cast.ama.telegram_id, "message_id": 30}
        desk.conn.execute(insert(metadata.tables["cards"]).values(at=desk.now, **card))
        assert her_side.is_drafting(desk, cast.ama) and her_side.has_traces(desk, cast.ama)
        assert her_side.clear(desk, cast.ama).deleted == 1
        assert count(desk, talks) == 0
        assert [said.fields for said in desk.said if isinstance(said, Call)] == [{"message_ids": [30]}]
        assert her_side.clear(desk, cast.ama) == her_side.Cleared(0, 0, 0), "what is gone is not deleted twice"


def test_clearing_takes_the_news_away(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        her_side.ask_for_news(desk, cast.ama, case_id)
        her_side.clear(desk, cast.ama)
        assert her_side.news(desk, cast.ama.telegram_id or 0) is None
        assert her_side.find_by_word(desk, cast.ama, WORD) == case_id, "what she told stays with those who answer"


def test_the_word_is_not_taken_for_asking_while_she_is_writing(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        submitted(desk, cast)
        row = {"flow": "private", "version": "1", "id": "t", "turn": 1, "answers": "sealed", "sealed": True}
        desk.conn.execute(insert(talks).values(person_id=cast.ama.id, touched_at=desk.now, **row))
        assert her_side.find_by_word(desk, cast.ama, WORD) is None
        desk.conn.execute(update(talks).values(touched_at=desk.now - timedelta(minutes=16)))
        assert her_side.find_by_word(desk, cast.ama, WORD) is not None, "a draft of a quarter of an hour ago is dead"


# ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────────


def everything_in(engine: Engine, url: str) -> bytes:
    """The database as somebody who stole it would read it: the file and its log, or every column of every table."""
    if engine.dialect.name == "sqlite":
        file = Path(str(make_url(url).database))
        return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    reader = create_engine(url)
    with reader.connect() as conn:
        found = b"".join(
            str(value).encode()
            for table in metadata.sorted_tables
            for value in conn.execute(text(f'SELECT t::text FROM "{table.name}" t')).scalars()
        )
    reader.dispose()
    return found


def test_nothing_of_it_lies_in_the_database_unsealed(
    at_desk: AtDesk, cast: Cast, writer: Engine, database_url: str
) -> None:
    secret = SafeContact(CALL, (8, 12), "0580999111")
    with at_desk() as desk:
        case_id = submitted(desk, cast, contact=secret, not_names=("Uncle Quill",))
    with at_desk() as desk:
        cases.open_case(desk, cast.dina, case_id)
        cases.take(desk, cast.dina, case_id)
    with at_desk() as desk:
        cases.leave(desk, cast.dina, case_id, "the left sentence")
        found = her_side.find_by_word(desk, cast.ama, WORD)
        assert found is not None
        her_side.ask_for_news(desk, cast.ama, found)
    kept = everything_in(writer, database_url)
    assert b"ankang" in kept, "the database was read"
    for canary in (CANARY, PLACE, FILE, WORD, secret.phone, "Uncle Quill", "the left sentence", "not_safe"):
        assert canary.encode() not in kept, canary


def test_her_chat_and_her_case_stay_apart(at_desk: AtDesk, cast: Cast) -> None:
    """Neither a card nor a row tells from the database alone whose case it is."""
    with at_desk() as desk:
        case_id = submitted(desk, cast)
        row = desk.conn.execute(select(case_rows)).one()
        assert str(cast.ama.id) != row.who and len(row.who) == 64
        her_side.ask_for_news(desk, cast.ama, case_id)
        hers = [said for said in desk.said if isinstance(said, CardRefresh) and said.chat_id == cast.ama.telegram_id]
        assert [(said.subject, said.subject_id) for said in hers] == [("aside", her_side.NEWS)]
