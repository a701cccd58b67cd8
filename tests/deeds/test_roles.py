"""Roles come through one-time links, are read for every deed, and end at once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from desk.applications import AlreadyAnswered, AlreadyAsked, AlreadyVolunteer, apply, decide
from desk.front import CardRefresh, Desk, Line
from desk.invitations import (
    LastOfficer,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    accept,
    end_role,
    ensure_owner,
    first_officer_link,
    invite,
    roles_under,
)
from desk.roles import has_officer, in_charge, may_lead, may_volunteer
from domain.desk_file import DeskFile
from domain.people import Person
from domain.refusals import NotAllowed, NotFound, Refusal
from domain.teams import Group
from storage import groups, teams
from storage.people import meet, roles_of
from storage.roles import give_role
from storage.tables import audit_log, contacts, invitations, roles
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk

GROUP = -1001


def known(desk: Desk, telegram_id: int, name: str, *, started: bool = True) -> Person:
    return meet(desk.conn, desk.now, telegram_id, name, "en", started=started)


def officer(desk: Desk) -> Person:
    ensure_owner(desk, 1)
    return known(desk, 1, "Olga")


def supervisor(desk: Desk, telegram_id: int, name: str, unit: str) -> Person:
    person = known(desk, telegram_id, name)
    give_role(desk.conn, desk.now, person.id, "supervisor", unit)
    return person


def team_of_ankang(desk: Desk, joining: str = "invited") -> int:
    team_id = teams.add_team(
        desk.conn, desk.now, "neighbours", "ankang", "Ankang neighbours", joining, officer(desk).id
    )
    assert team_id is not None
    groups.keep_group(desk.conn, Group(GROUP, "Neighbours", "administrator", True, True))
    teams.change_team(desk.conn, team_id, chat_id=GROUP, state="ready")
    return team_id


def token(link: str) -> str:
    payload = link.rpartition("start=")[2]
    assert len(payload) <= 64 and payload.startswith("i_")
    return payload.removeprefix("i_")


def held(desk: Desk, person: Person) -> list[tuple[str, str, int]]:
    return [(role.role, role.unit, role.team_id) for role in roles_of(desk.conn, person.id)]


# ── the first officer ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_owner_of_the_settings_is_the_first_officer_and_only_the_first(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert not has_officer(desk.conn)
        assert ensure_owner(desk, 1)
        assert not ensure_owner(desk, 1)
        assert not ensure_owner(desk, 2)
        assert held(desk, known(desk, 1, "Olga")) == [("officer", "", 0)]
        assert held(desk, known(desk, 2, "Ben")) == []


def test_nobody_is_an_officer_under_an_anonymous_identity(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert not ensure_owner(desk, 1087968824)
        assert not has_officer(desk.conn)


def test_the_first_officers_link_opens_once_and_only_on_a_desk_without_one(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        old, link = first_officer_link(desk), first_officer_link(desk)
        assert old and link
        ama, ben = known(desk, 10, "Ama"), known(desk, 11, "Ben")
        with pytest.raises(LinkExpired):
            accept(desk, ama, token(old))
        assert "/setup" in accept(desk, ama, token(link)).msgid
        assert held(desk, ama) == [("officer", "", 0)]
        with pytest.raises(LinkUsed):
            accept(desk, ben, token(link))
        assert first_officer_link(desk) is None


def test_the_first_officers_link_dies_when_the_owner_was_named_otherwise(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        link = first_officer_link(desk)
        assert link
        ensure_owner(desk, 1)
        with pytest.raises(LinkExpired):
            accept(desk, known(desk, 10, "Ama"), token(link))


def test_the_first_officers_link_lasts_a_day(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        link = first_officer_link(desk)
        assert link
    with at_desk(MORNING + timedelta(hours=24)) as desk, pytest.raises(LinkExpired):
        accept(desk, known(desk, 10, "Ama"), token(link))


# ── links ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_is_long_and_only_its_keyed_hash_is_kept(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        secret = token(invite(desk, officer(desk), "supervisor", "ankang"))
        assert len(secret) * 6 >= 128
        kept = desk.conn.execute(select(invitations)).one()
        assert secret not in str(kept)
        assert kept.expires_at == MORNING + timedelta(days=3)


def test_whoever_opens_a_link_first_has_the_role_and_nobody_else(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        dina, faye = known(desk, 20, "Dina"), known(desk, 21, "Faye")
        secret = token(invite(desk, olga, "supervisor", "ankang"))
        accept(desk, dina, secret)
        with pytest.raises(LinkUsed) as refused:
            accept(desk, faye, secret)
        assert "ask whoever sent it" in refused.value.said.msgid
        assert held(desk, faye) == []
        assert held(desk, dina) == [("supervisor", "ankang", 0)]
        assert accept(desk, dina, secret).msgid.startswith("Welcome")  # her own link greets her again
        told = [said for said in desk.said if isinstance(said, Line) and said.chat_id == 1]
        assert [line.text.blanks["name"] for line in told] == ["Dina"]


def test_a_link_expires(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        secret = token(invite(desk, officer(desk), "supervisor", "ankang"))
    with at_desk(MORNING + timedelta(days=3)) as desk:
        dina = known(desk, 20, "Dina")
        with pytest.raises(LinkExpired):
            accept(desk, dina, secret)
        assert held(desk, dina) == []


@pytest.mark.parametrize("forged", ["", "x" * 32, "0", "' OR 1=1 --"])
def test_a_link_nobody_made_opens_nothing(at_desk: AtDesk, forged: str) -> None:
    with at_desk() as desk, pytest.raises(LinkUnknown):
        accept(desk, known(desk, 20, "Faye"), forged)


def test_a_link_of_somebody_who_may_no_longer_give_the_role_is_dead(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga, second = officer(desk), known(desk, 2, "Pia")
        accept(desk, second, token(invite(desk, olga, "officer")))
        secret = token(invite(desk, second, "supervisor", "ankang"))
        end_role(desk, olga, second.id, "officer")
        with pytest.raises(LinkExpired):
            accept(desk, known(desk, 20, "Faye"), secret)


def test_an_officer_who_tries_the_link_leaves_it_for_the_other(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga, pia = officer(desk), known(desk, 2, "Pia")
        secret = token(invite(desk, olga, "officer"))
        assert "still works" in accept(desk, olga, secret).msgid
        accept(desk, pia, secret)
        assert held(desk, pia) == [("officer", "", 0)]


def test_residents_and_volunteers_invite_nobody(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        ben = known(desk, 11, "Ben")
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        for role, unit, team in [("officer", "", 0), ("supervisor", "ankang", 0), ("volunteer", "", team_id)]:
            with pytest.raises(NotAllowed):
                invite(desk, ben, role, unit, team)


def test_supervisors_invite_volunteers_of_their_own_teams_alone(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        above = supervisor(desk, 20, "Dina", "donggang")
        beside = supervisor(desk, 21, "Gus", "haitang")
        ben = known(desk, 11, "Ben")
        accept(desk, ben, token(invite(desk, above, "volunteer", team_id=team_id)))
        assert held(desk, ben) == [("volunteer", "", team_id)]
        with pytest.raises(NotAllowed):
            invite(desk, beside, "volunteer", team_id=team_id)
        with pytest.raises(NotAllowed):
            invite(desk, above, "supervisor", "donggang")


def test_forged_ids_find_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        with pytest.raises(NotFound):
            invite(desk, olga, "volunteer", team_id=987654321)
        with pytest.raises(NotFound):
            invite(desk, olga, "supervisor", "nowhere")
        with pytest.raises(NotFound):
            decide(desk, olga, 987654321, True)
        with pytest.raises(NotFound):
            end_role(desk, olga, 987654321, "supervisor", "ankang")


def test_two_open_one_link_at_the_same_moment_and_one_has_the_role(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile
) -> None:
    with at_desk() as desk:
        secret = token(invite(desk, officer(desk), "supervisor", "ankang"))
        everybody = [known(desk, 100 + number, f"N{number}") for number in range(6)]

    def open_link(person: Person) -> str:
        engine = open_writer(database_url)
        try:
            with engine.begin() as conn:
                desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(2), bot_name="linli_bot")
                accept(desk, person, secret)
                return "role"
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            engine.dispose()

    with ThreadPoolExecutor(len(everybody)) as threads:
        results = sorted(threads.map(open_link, everybody))
    assert results == ["LinkUsed"] * 5 + ["role"]
    with at_desk() as desk:
        count = select(func.count()).select_from(roles).where(roles.c.role == "supervisor")
        assert desk.conn.execute(count).scalar_one() == 1


# ── the end of a role ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_role_ends_at_once_and_who_ended_it_is_written_down_without_names(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga, dina = officer(desk), supervisor(desk, 20, "Dina", "ankang")
        assert may_lead(desk, dina, "ankang")
        end_role(desk, olga, dina.id, "supervisor", "ankang")
        assert not may_lead(desk, dina, "ankang")
        with pytest.raises(NotFound):
            end_role(desk, olga, dina.id, "supervisor", "ankang")
        row = desk.conn.execute(select(audit_log).where(audit_log.c.what == "end_role")).one()
        assert row.person_id == olga.id and row.about["person"] == dina.id and "Dina" not in str(row)
        assert any(isinstance(said, Line) and said.chat_id == 20 for said in desk.said)


def test_the_last_officer_stays(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        with pytest.raises(LastOfficer):
            end_role(desk, olga, olga.id, "officer")
        assert has_officer(desk.conn)


def test_nobody_ends_what_is_not_theirs_to_end(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        olga, dina = officer(desk), supervisor(desk, 20, "Dina", "ankang")
        gus, ben = supervisor(desk, 21, "Gus", "haitang"), known(desk, 11, "Ben")
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        for person, role, unit, team in [
            (olga, "officer", "", 0),
            (dina, "supervisor", "ankang", 0),
            (ben, "volunteer", "", team_id),
        ]:
            with pytest.raises(NotAllowed):
                end_role(desk, gus, person.id, role, unit, team)
        assert [each.person_id for each in roles_under(desk, dina)] == [ben.id]
        assert roles_under(desk, gus) == []
        end_role(desk, ben, ben.id, "volunteer", team_id=team_id)  # anybody may stop
        assert held(desk, ben) == []


# ── who may take a team's orders ────────────────────────────────────────────────────────────────────────────────────


def test_an_invited_volunteer_may_until_they_leave_the_group_or_the_role_ends(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        team, ben = teams.get_team(desk.conn, team_id), known(desk, 11, "Ben")
        assert not may_volunteer(desk, ben, team, GROUP)  # a stranger in the group
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        assert may_volunteer(desk, ben, team, GROUP) and may_volunteer(desk, ben, team, None)
        groups.keep_member(desk.conn, GROUP, 11, False, desk.now)
        assert not may_volunteer(desk, ben, team, GROUP)
        groups.keep_member(desk.conn, GROUP, 11, True, desk.now)
        assert may_volunteer(desk, ben, team, GROUP)
        end_role(desk, officer(desk), ben.id, "volunteer", team_id=team_id)
        assert not may_volunteer(desk, ben, team, GROUP)


def test_a_team_may_take_everybody_in_its_group(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team = teams.get_team(desk.conn, team_of_ankang(desk, "group"))
        ben, cleo, faye = known(desk, 11, "Ben"), known(desk, 12, "Cleo"), known(desk, 13, "Faye")
        assert may_volunteer(desk, ben, team, GROUP)  # nobody has told yet, and the tap came from the group
        assert not may_volunteer(desk, ben, team, 11)
        assert not may_volunteer(desk, ben, team, -999)
        groups.keep_member(desk.conn, GROUP, 12, True, desk.now)
        assert may_volunteer(desk, cleo, team, None)
        groups.keep_member(desk.conn, GROUP, 13, False, desk.now)
        assert not may_volunteer(desk, faye, team, GROUP)


def test_whom_a_supervisor_took_off_the_team_stays_off_though_in_its_group(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk, "group")
        team, ben = teams.get_team(desk.conn, team_id), known(desk, 11, "Ben")
        groups.keep_member(desk.conn, GROUP, 11, True, desk.now)
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        end_role(desk, officer(desk), ben.id, "volunteer", team_id=team_id)
        assert not may_volunteer(desk, ben, team, GROUP)


def test_anonymous_identities_take_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team = teams.get_team(desk.conn, team_of_ankang(desk, "group"))
        assert not may_volunteer(desk, Person(0, telegram_id=1087968824), team, GROUP)


# ── asking to join ──────────────────────────────────────────────────────────────────────────────────────────────────


def cards(desk: Desk, subject: str) -> set[int]:
    return {said.chat_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == subject}


def asked(desk: Desk) -> int:
    return next(
        said.subject_id for said in desk.said if isinstance(said, CardRefresh) and said.subject == "application"
    )


def test_whoever_asks_to_join_is_shown_to_the_supervisors_and_the_first_answer_counts(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        dina, gil = supervisor(desk, 20, "Dina", "ankang"), supervisor(desk, 21, "Gil", "ankang")
        supervisor(desk, 22, "Hua", "donggang")
        ben = known(desk, 11, "Ben")
        apply(desk, ben, team_id)
        assert cards(desk, "application") == {20, 21}
        with pytest.raises(AlreadyAsked):
            apply(desk, ben, team_id)
        application = asked(desk)
        decide(desk, gil, application, True)
        with pytest.raises(AlreadyAnswered) as late:
            decide(desk, dina, application, False)
        assert late.value.said.blanks["name"] == "Gil"
        assert held(desk, ben) == [("volunteer", "", team_id)]
        assert any(isinstance(said, Line) and said.chat_id == 11 for said in desk.said)
        with pytest.raises(AlreadyVolunteer):
            apply(desk, ben, team_id)


def test_with_no_supervisor_there_the_question_climbs(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        away = supervisor(desk, 20, "Dina", "ankang")
        desk.conn.execute(  # she has stopped the bot: she cannot be asked
            contacts.update().where(contacts.c.person_id == away.id).values(reach="blocked")
        )
        supervisor(desk, 22, "Hua", "donggang")
        apply(desk, known(desk, 11, "Ben"), team_id)
        assert cards(desk, "application") == {22}
        assert [person.telegram_id for person in in_charge(desk, "haitang")] == [22]
        assert [person.telegram_id for person in in_charge(desk, "putuo")] == [1]  # nobody above: the officers


def test_not_now_is_told_kindly_and_asked_again_another_day(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        dina, ben = supervisor(desk, 20, "Dina", "ankang"), known(desk, 11, "Ben")
        apply(desk, ben, team_id)
        decide(desk, dina, asked(desk), False)
        assert held(desk, ben) == []
        with pytest.raises(AlreadyAsked):
            apply(desk, ben, team_id)
    with at_desk(MORNING + timedelta(days=2)) as desk:
        apply(desk, known(desk, 11, "Ben"), team_id)
        assert cards(desk, "application") == {20}


def test_only_whoever_looks_after_the_team_answers(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        supervisor(desk, 20, "Dina", "ankang")
        gus, ben = supervisor(desk, 21, "Gus", "haitang"), known(desk, 11, "Ben")
        apply(desk, ben, team_id)
        for stranger in (gus, ben, known(desk, 12, "Cleo")):
            with pytest.raises(NotFound):
                decide(desk, stranger, asked(desk), True)
        assert held(desk, ben) == []


def test_two_supervisors_answer_at_the_same_moment_and_one_of_them_is_heard(
    at_desk: AtDesk, database_url: str, desk_file: DeskFile
) -> None:
    with at_desk() as desk:
        team_id = team_of_ankang(desk)
        both = [supervisor(desk, 20, "Dina", "ankang"), supervisor(desk, 21, "Gil", "ankang")]
        ben = known(desk, 11, "Ben")
        apply(desk, ben, team_id)
        application = asked(desk)

    def answer(by: Person) -> str:
        engine = open_writer(database_url)
        try:
            with engine.begin() as conn:
                desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(2))
                decide(desk, by, application, by.telegram_id == 20)
                return by.called
        except AlreadyAnswered as late:
            return str(late.said.blanks["name"])
        finally:
            engine.dispose()

    with ThreadPoolExecutor(2) as threads:
        heard = set(threads.map(answer, both))
    assert len(heard) == 1
    with at_desk() as desk:
        assert held(desk, ben) == ([("volunteer", "", team_id)] if heard == {"Dina"} else [])
