"""What Telegram tells about groups: the bot's own standing, who is inside, and groups that are none of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from desk.front import Call, CardRefresh, Desk, Line
from desk.groups import answer_in_group, gone, hear_blocked, hear_member, hear_standing, needs_asking, open_in_group
from desk.invitations import ensure_owner
from desk.orders import NewOrder, make_order
from desk.teams import add_team, confirm_group, link_to_group
from domain.people import Person
from domain.teams import Group
from domain.words import plain
from storage import groups, teams
from storage.orders import find_order
from storage.people import find_person, meet
from storage.roles import give_role
from storage.tables import audit_log, escalation_runs, people
from tests.conftest import MORNING, AtDesk

GROUP, TOWN, FOREIGN = -1001, -1002, -666
READY = Group(GROUP, "Neighbours", "administrator", may_pin=True, may_delete=True)
GONE = Group(GROUP, "Neighbours", "left")


def known(desk: Desk, telegram_id: int, name: str) -> Person:
    return meet(desk.conn, desk.now, telegram_id, name, "en", started=True)


def officer(desk: Desk) -> Person:
    ensure_owner(desk, 1)
    return known(desk, 1, "Olga")


def bound(desk: Desk, unit: str = "ankang", group: Group = READY) -> int:
    olga = officer(desk)
    team_id = add_team(desk, olga, "neighbours", unit, f"{unit} neighbours", "invited")
    link = link_to_group(desk, olga, team_id).partition("g_")[2].partition("&")[0]
    hear_standing(desk, olga, group)
    open_in_group(desk, olga, link, group.chat_id, group.title)
    confirm_group(desk, olga, team_id, True)
    return team_id


def errand(desk: Desk) -> int:
    ama = known(desk, 10, "Ama")
    new = NewOrder(
        once="talk",
        category="errand",
        unit="ankang",
        asked_by=ama.id,
        requester_id=ama.id,
        for_name="Ama",
        for_phone=None,
        place="building 3",
        wanted=plain("today"),
        speaks=None,
        parts=[],
    )
    return make_order(desk, new).id


def told(desk: Desk, chat_id: int) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == chat_id]


def left(desk: Desk) -> list[int]:
    return [said.chat_id for said in desk.said if isinstance(said, Call) and said.method == "leaveChat"]


# ── foreign groups ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_added_by_a_stranger_the_bot_says_one_kind_sentence_and_leaves(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        officer(desk)
        hear_standing(desk, None, Group(FOREIGN, "Elsewhere", "member"))
        assert len(told(desk, FOREIGN)) == 1 and left(desk) == [FOREIGN]
        hear_standing(desk, None, Group(FOREIGN, "Elsewhere", "left"))
        assert groups.find_group(desk.conn, FOREIGN) is None  # and keeps nothing of it
        assert len(told(desk, FOREIGN)) == 1


def test_an_officer_may_add_the_bot_anywhere(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        hear_standing(desk, officer(desk), Group(FOREIGN, "Ours soon", "member"))
        assert left(desk) == [] and told(desk, FOREIGN) == []


def test_while_a_group_link_is_about_the_bot_waits_for_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "N", "invited")
        link = link_to_group(desk, olga, team_id).partition("g_")[2].partition("&")[0]
        ben = known(desk, 11, "Ben")
        hear_standing(desk, ben, Group(GROUP, "N", "administrator", True, True))
        assert left(desk) == []
        open_in_group(desk, ben, link, GROUP, "N")  # a neighbour whose group it is used the forwarded link
        assert CardRefresh(1, "group", team_id, anew=True) in desk.said
    with at_desk(MORNING + timedelta(days=4)) as desk:
        hear_standing(desk, None, Group(FOREIGN, "F", "member"))
        assert left(desk) == [FOREIGN]


def test_a_link_that_is_over_gets_a_sentence_and_goodbye(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        open_in_group(desk, None, "never made", FOREIGN, "F")
        assert len(told(desk, FOREIGN)) == 1 and left(desk) == [FOREIGN]
        bound(desk)
        desk.said.clear()
        open_in_group(desk, None, "never made", GROUP, "N")
        assert len(told(desk, GROUP)) == 1 and left(desk) == []  # a team's own group is not left for that


def test_a_link_of_a_team_that_was_removed_is_over(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "N", "invited")
        link = link_to_group(desk, olga, team_id).partition("g_")[2].partition("&")[0]
        teams.change_team(desk.conn, team_id, state="removed")
        open_in_group(desk, None, link, FOREIGN, "F")
        assert left(desk) == [FOREIGN]


def test_a_command_in_a_group_gets_one_sentence_with_the_way_to_the_private_chat(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        bound(desk)
        desk.said.clear()
        answer_in_group(desk, None, GROUP)
        (line,) = desk.said
        assert isinstance(line, Line) and line.buttons[0].url == "https://t.me/linli_bot" and line.silent
        answer_in_group(desk, None, FOREIGN)
        assert left(desk) == [FOREIGN]


# ── a team's group is lost and comes back ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("now", [GONE, Group(GROUP, "Neighbours", "member")])
def test_kicked_or_demoted_whoever_is_in_charge_hears_what_to_mend(at_desk: AtDesk, now: Group) -> None:
    with at_desk() as desk:
        team_id = bound(desk)
        dina = known(desk, 20, "Dina")
        give_role(desk.conn, desk.now, dina.id, "supervisor", "ankang")
        desk.said.clear()
        hear_standing(desk, None, now)
        for person in (1, 20):
            assert [msgid for msgid in told(desk, person) if "no longer work" in msgid]
        assert not teams.get_team(desk.conn, team_id).is_reachable
        desk.said.clear()
        hear_standing(desk, None, now)  # told twice by Telegram, said once
        assert desk.said == []
        hear_standing(desk, None, READY)
        assert teams.get_team(desk.conn, team_id).is_reachable
        assert [msgid for msgid in told(desk, 20) if "again" in msgid]
        written = desk.conn.execute(select(audit_log.c.what)).scalars().all()
        assert "group_lost" in written and "group_back" in written


def test_a_right_lost_on_the_way_is_told_and_stops_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = bound(desk)
        desk.said.clear()
        hear_standing(desk, None, Group(GROUP, "Neighbours", "administrator", may_pin=False, may_delete=True))
        assert len(told(desk, 1)) == 1
        assert teams.get_team(desk.conn, team_id).is_reachable


def test_what_waited_for_a_lost_group_climbs_at_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        bound(desk)
        order_id = errand(desk)
        hear_standing(desk, None, GONE)
        order = find_order(desk.conn, order_id)
        assert order and (order.state, order.team_id) == ("new", None)
        run = desk.conn.execute(select(escalation_runs).order_by(escalation_runs.c.id.desc())).first()
        assert run and run.state == "running" and run.next_at <= desk.now
        hear_standing(desk, None, READY)
        order = find_order(desk.conn, order_id)
        assert order and order.state == "offered"


def test_what_waited_for_a_lost_group_is_offered_to_the_team_above(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        bound(desk)
        above = bound(desk, "donggang", Group(TOWN, "Town", "administrator", True, True))
        order_id = errand(desk)
        gone(desk, GROUP)
        order = find_order(desk.conn, order_id)
        assert order and (order.state, order.team_id) == ("offered", above)


# ── who is inside ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_is_inside_is_kept_for_our_groups_only_and_the_latest_word_counts(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        bound(desk)
        later = desk.now + timedelta(seconds=5)
        hear_member(desk, GROUP, 11, False, later)
        hear_member(desk, GROUP, 11, True, desk.now)  # told late
        hear_member(desk, FOREIGN, 11, True, desk.now)
        hear_member(desk, GROUP, 1087968824, True, desk.now)
        assert groups.is_inside(desk.conn, GROUP, 11) is False
        assert groups.is_inside(desk.conn, FOREIGN, 11) is None
        assert groups.is_inside(desk.conn, GROUP, 1087968824) is None
        hear_member(desk, GROUP, 11, True, later + timedelta(seconds=1))
        assert groups.is_inside(desk.conn, GROUP, 11) is True
        assert desk.conn.execute(select(people.c.id)).scalars().all() == [1]  # nobody became known by it


def test_volunteers_of_whom_nobody_has_told_are_asked_about_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = bound(desk)
        ben = known(desk, 11, "Ben")
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        assert needs_asking(desk) == [(GROUP, 11)]
        hear_member(desk, GROUP, 11, False, desk.now)
        assert needs_asking(desk) == []


def test_stopping_the_bot_is_noticed_and_so_is_coming_back(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        known(desk, 11, "Ben")
        for blocked, reach in ((True, "blocked"), (False, "open")):
            hear_blocked(desk, 11, blocked)
            person = find_person(desk.conn, 11)
            assert person and person.reach == reach
