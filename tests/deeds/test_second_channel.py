"""Alerts that Telegram has not had: handed over once, to nobody they are kept from, and only while they are needed."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine, func, insert, select, update

from desk.alerts import call_upwards, matter_of
from desk.escalation import acknowledge, sweep_runs
from desk.front import Desk
from desk.orders import claim
from desk.second_channel import (
    ANSWERED_WITHIN,
    PAUSE,
    Wave,
    note_failed,
    note_sent,
    sweep_undelivered,
    take_wave,
)
from domain.desk_file import DeskFile, read_desk_file
from domain.second_channel import Mail, SecondChannel
from domain.shipped import shipped_desk_file
from storage.escalation import find_run
from storage.people import get_person
from storage.roles import end_role
from storage.tables import alerts, echoes, outbox
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.cast import give
from tests.deeds.test_cases import Cast, cast, submitted
from tests.deeds.two_tickers import sweep_by_two
from tests.deeds.waiting_order import MINUTE, Town, alerted, open_order

OFFICE, ANKANG, DONGGANG = "office@example.org", "ankang@example.org", "donggang@example.org"
__all__ = ["cast"]


@pytest.fixture(scope="module")
def desk_file() -> DeskFile:
    mail = Mail("localhost", "desk@example.org", to={"ankang": (ANKANG,), "donggang": (DONGGANG,)}, officers=(OFFICE,))
    return replace(read_desk_file(shipped_desk_file("demo")), second_channel=SecondChannel(mail=mail))


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def hand_over(desk: Desk) -> None:
    while sweep_runs(desk):
        pass
    while sweep_undelivered(desk):
        pass


def waves(desk: Desk) -> list[Wave]:
    """All that goes now."""
    found = []
    while (wave := take_wave(desk)) is not None:
        found.append(wave)
    return [wave for wave in found if wave.said]


def addresses(desk: Desk) -> list[str]:
    hand_over(desk)
    return sorted(desk.conn.scalars(select(echoes.c.address)))


def call_dina(town: Town) -> None:
    with town.after(30) as desk:
        hand_over(desk)
        assert set(alerted(desk)) == {14}


def test_after_its_time_with_telegram_it_goes_to_the_mailbox_of_the_place_once(town: Town) -> None:
    call_dina(town)
    with town.after(39.9) as desk:
        assert addresses(desk) == []
    with town.after(40) as desk:
        assert addresses(desk) == [ANKANG]
        (wave,) = waves(desk)
        assert [each.order.id for each in wave.said if each.order] == [town.order.id]
        assert wave.language == "en" and not wave.said[0].repeat
        note_sent(desk, wave)
    with town.after(59) as desk:
        assert addresses(desk) == [ANKANG] and waves(desk) == []


def sent(desk: Desk, chat: int, order_id: int, state: str) -> None:
    """How its card to this chat has ended, as the courier notes it."""
    row = {"chat_id": chat, "lane": 0, "kind": "card", "rule": "card", "subject": "alert", "subject_id": order_id}
    desk.conn.execute(insert(outbox).values(**row, state=state, made_at=desk.now))


@pytest.mark.parametrize(("state", "goes"), [("sent", False), ("sending", True), ("uncertain", True), ("dead", True)])
def test_what_telegram_has_had_goes_nowhere_else(town: Town, state: str, goes: bool) -> None:
    with town.after(5) as desk:
        sent(desk, 14, town.order.id, "sent")  # an earlier card of the same order says nothing about this call
    call_dina(town)
    with town.after(30) as desk:
        sent(desk, 14, town.order.id, state)
    with town.after(40) as desk:
        assert addresses(desk) == ([ANKANG] if goes else [])
        assert [wave.said[0].repeat for wave in waves(desk)] == ([state == "uncertain"] if goes else [])


@pytest.mark.parametrize("meanwhile", ["taken", "seen", "delivered", "no longer in charge"])
def test_between_the_handing_over_and_the_sending_it_is_looked_at_once_more(town: Town, meanwhile: str) -> None:
    call_dina(town)
    with town.after(40) as desk:
        assert addresses(desk) == [ANKANG]
        match meanwhile:
            case "taken":
                claim(desk, town.cast.ben, town.order.id)
            case "seen":
                acknowledge(desk, town.cast.dina, town.order.id)
            case "delivered":
                sent(desk, 14, town.order.id, "sent")
            case _:
                end_role(desk.conn, desk.now, town.cast.dina.id, "supervisor", "ankang")
        assert waves(desk) == []
        assert list(desk.conn.scalars(select(echoes.c.state))) == ["ended"]


def test_many_at_once_are_one_letter_and_the_next_comes_after_a_pause(town: Town) -> None:
    with town.after(0) as desk:
        for number in range(2, 6):
            open_order(desk, town.cast, f"talk-{number}")
    with town.after(1) as desk:
        open_order(desk, town.cast, "talk-6")
    for minutes in (30, 31):
        with town.after(minutes) as desk:
            hand_over(desk)
    with town.after(40) as desk:
        hand_over(desk)
        (wave,) = waves(desk)
        assert len(wave.said) == 5
        note_sent(desk, wave)
    with town.after(41) as desk:
        hand_over(desk)
        assert waves(desk) == []
    with town.at_desk(MORNING + 40 * MINUTE + PAUSE) as desk:
        (wave,) = waves(desk)
        assert len(wave.said) == 1


def test_two_people_of_one_place_are_one_line(town: Town) -> None:
    with town.after(0) as desk:
        give(desk, town.cast.cleo, "supervisor", unit="ankang")
    with town.after(30) as desk:
        hand_over(desk)
        assert sorted(alerted(desk)) == [13, 14]
    with town.after(40) as desk:
        hand_over(desk)
        (wave,) = waves(desk)
        assert len(wave.echoes) == 2 and len(wave.said) == 1


def test_two_processes_hand_over_once_and_take_once(
    town: Town, database_url: str, writer: Engine, desk_file: DeskFile
) -> None:
    with town.after(0) as desk:
        for number in range(2, 6):
            open_order(desk, town.cast, f"talk-{number}")
    with town.after(30) as desk:
        hand_over(desk)
    writer.dispose()
    later = MORNING + 40 * MINUTE
    sweep_by_two(database_url, desk_file, later, sweep_undelivered)
    start, taken = threading.Barrier(2), list[int]()

    def take() -> None:
        engine = open_writer(database_url)
        start.wait()
        with engine.begin() as conn:
            for wave in waves(Desk(conn, desk_file, later, KEYS, Random(1))):
                taken.extend(echo.id for echo in wave.echoes)
        engine.dispose()

    both = [threading.Thread(target=take) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    with town.after(40) as desk:
        assert desk.conn.scalar(select(func.count()).select_from(echoes)) == 5
    assert len(taken) == 5 and len(set(taken)) == 5


def test_what_fails_is_tried_again_later_and_later_and_a_lost_answer_makes_it_a_repeat(town: Town) -> None:
    call_dina(town)
    now, tries = MORNING + 40 * MINUTE, []
    for _try in range(4):
        with town.at_desk(now) as desk:
            hand_over(desk)
            (wave,) = waves(desk)
            assert not wave.said[0].repeat
            note_failed(desk, wave, "HTTP 503", uncertain=False)
            next_at = desk.conn.scalar(select(echoes.c.next_at))
            tries.append(next_at - now)
            now = next_at
    assert tries == [minutes * MINUTE for minutes in (1, 2, 4, 8)]
    with town.at_desk(now) as desk:
        (lost,) = waves(desk)  # and the process ends before anything comes of it
    with town.at_desk(now + ANSWERED_WITHIN - MINUTE) as desk:
        assert waves(desk) == []
    with town.at_desk(now + ANSWERED_WITHIN) as desk:
        (again,) = waves(desk)
        assert again.said[0].repeat
        note_sent(desk, lost)  # whoever was given up decides nothing any more
        assert desk.conn.scalar(select(echoes.c.state)) == "sending"
        note_sent(desk, again)
        assert desk.conn.scalar(select(echoes.c.state)) == "sent"


def test_after_a_day_nobody_is_written_to_any_more(town: Town) -> None:
    call_dina(town)
    with town.after(40) as desk:
        hand_over(desk)
    with town.at_desk(MORNING + timedelta(days=1, minutes=41)) as desk:
        assert waves(desk) == []
        assert desk.conn.scalar(select(echoes.c.state)) == "dead"


def test_one_that_cannot_be_looked_at_holds_up_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with town.after(0) as desk:
        other = open_order(desk, town.cast, "talk-2")
    call_dina(town)
    real = matter_of

    def broken(desk: Desk, run: object) -> object:
        matter = real(desk, run)  # type: ignore[arg-type]
        if matter.order is not None and matter.order.id == town.order.id:
            raise ValueError("a fault in this order")
        return matter

    with town.after(40) as desk:
        hand_over(desk)
        monkeypatch.setattr("desk.second_channel.matter_of", broken)
        (wave,) = waves(desk)
        assert [each.order.id for each in wave.said if each.order] == [other.id]
        note_sent(desk, wave)
    monkeypatch.undo()
    with town.after(45) as desk:
        (wave,) = waves(desk)
        assert [each.order.id for each in wave.said if each.order] == [town.order.id]


def test_whoever_is_asked_for_help_by_a_holder_hears_of_it_too(town: Town) -> None:
    with town.after(0) as desk:
        claim(desk, town.cast.ben, town.order.id)
        run = find_run(desk.conn, order_id=town.order.id)
        assert run is not None
        call_upwards(desk, matter_of(desk, run))
    with town.after(10) as desk:
        hand_over(desk)
        (wave,) = waves(desk)
        assert wave.said[0].helping


def test_of_what_is_discreet_it_is_not_said_what_it_is(town: Town) -> None:
    with town.after(0) as desk:
        hard = open_order(desk, town.cast, "talk-2", category="hardship")
    call_dina(town)
    with town.after(40) as desk:
        hand_over(desk)
        (wave,) = waves(desk)
        said = {each.order.id: each.category for each in wave.said if each.order}
        assert said[hard.id] is None and said[town.order.id] is not None


def test_the_officers_hear_where_a_place_has_no_address_and_at_the_end(town: Town) -> None:
    for minutes in range(0, 300, 10):
        with town.after(minutes) as desk:
            hand_over(desk)
    with town.after(300) as desk:
        called = desk.conn.scalars(select(alerts.c.person_id).order_by(alerts.c.id))
        assert [get_person(desk.conn, each).called for each in called] == ["Dina", "Tess", "Dora", "Olga"]
        assert addresses(desk) == [ANKANG, DONGGANG, OFFICE, OFFICE]


# ── in confidence ───────────────────────────────────────────────────────────────────────────────────────────────────


def called_about_a_case(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        submitted(desk, cast)


def test_a_mailbox_that_somebody_reads_it_is_kept_from_is_passed_over(at_desk: AtDesk, cast: Cast) -> None:
    """Gus answers for Ankang as well, and lives with her: what goes to Dina goes to the officers' mailbox."""
    called_about_a_case(at_desk, cast)
    with at_desk(MORNING + 10 * MINUTE) as desk:
        assert addresses(desk) == [OFFICE]
        (wave,) = waves(desk)
        (said,) = wave.said
        assert (said.order, said.place, said.category) == (None, None, None)


def test_where_nobody_reads_along_it_goes_to_the_place(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        end_role(desk.conn, desk.now, cast.gus.id, "supervisor", "ankang")
        submitted(desk, cast)
    with at_desk(MORNING + 10 * MINUTE) as desk:
        assert addresses(desk) == [ANKANG]


def test_where_everybody_reads_along_it_goes_nowhere(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        give(desk, cast.gus, "officer")
        submitted(desk, cast)
    with at_desk(MORNING + 10 * MINUTE) as desk:
        assert addresses(desk) == []


def test_several_matters_told_in_confidence_are_not_counted(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        submitted(desk, cast)
        submitted(desk, cast, once="talk-2")
    with at_desk(MORNING + 10 * MINUTE) as desk:
        hand_over(desk)
        (wave,) = waves(desk)
        assert len(wave.echoes) == 2 and len(wave.said) == 1


def test_without_a_second_channel_nothing_is_due_there(at_desk: AtDesk, cast: Cast) -> None:
    with at_desk() as desk:
        desk.file = replace(desk.file, second_channel=None)
        submitted(desk, cast)
        assert desk.conn.scalars(select(alerts.c.second_at)).all() == [None]
        desk.conn.execute(update(alerts).values(second_at=desk.now))  # the desk file was changed meanwhile
        assert sweep_undelivered(desk) and not sweep_undelivered(desk)
        assert desk.conn.scalar(select(func.count()).select_from(echoes)) == 0
