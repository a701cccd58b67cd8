"""Teams are set up in chat, found upwards from whoever asks, and every hole that is left is named."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desk.front import Call, CardRefresh, Desk, Line
from desk.groups import hear_standing, open_in_group
from desk.holes import holes
from desk.invitations import LinkExpired, accept, end_role, ensure_owner, invite
from desk.orders import NewOrder, claim, make_order
from desk.people import change
from desk.teams import (
    LONGEST_TITLE,
    GroupTaken,
    NotReadyYet,
    TeamExists,
    add_team,
    asked_group,
    change_joining,
    confirm_group,
    get_team,
    link_to_group,
    remove_team,
    rename_team,
    teams_of,
)
from desk.waiting import offer_waiting
from domain.people import Person
from domain.refusals import AlreadyDone, NotAllowed, NotFound
from domain.teams import Group
from domain.words import Text, plain
from storage import groups, teams
from storage.messages import find_standings, stand
from storage.orders import find_order
from storage.people import meet, roles_of
from storage.roles import give_role
from storage.tables import invitations
from tests.conftest import AtDesk

GROUP, OTHER = -1001, -1002


def known(desk: Desk, telegram_id: int, name: str) -> Person:
    return meet(desk.conn, desk.now, telegram_id, name, "en", started=True)


def officer(desk: Desk) -> Person:
    ensure_owner(desk, 1)
    return known(desk, 1, "Olga")


def supervisor(desk: Desk, telegram_id: int, name: str, unit: str) -> Person:
    person = known(desk, telegram_id, name)
    give_role(desk.conn, desk.now, person.id, "supervisor", unit)
    return person


def with_rights(chat_id: int = GROUP) -> Group:
    return Group(chat_id, "Neighbours", "administrator", may_pin=True, may_delete=True)


def bound(desk: Desk, key: str = "neighbours", unit: str = "ankang", chat_id: int = GROUP) -> int:
    """A team with its group, set up as an officer does it."""
    olga = officer(desk)
    team_id = add_team(desk, olga, key, unit, f"{unit} {key}", "invited")
    opened(desk, team_id, chat_id)
    confirm_group(desk, olga, team_id, True)
    return team_id


def opened(desk: Desk, team_id: int, chat_id: int = GROUP) -> None:
    """The officer's link was used to add the bot to a group."""
    olga = officer(desk)
    link = link_to_group(desk, olga, team_id)
    hear_standing(desk, olga, with_rights(chat_id))
    open_in_group(desk, olga, secret(link), chat_id, "Neighbours")


def secret(link: str) -> str:
    payload = link.partition("startgroup=")[2].partition("&")[0]
    assert payload.startswith("g_") and len(payload) <= 64
    return payload.removeprefix("g_")


def errand(desk: Desk, unit: str = "ankang") -> int:
    ama = known(desk, 10, "Ama")
    new = NewOrder(
        once=f"talk {unit}",
        category="errand",
        unit=unit,
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


def left(desk: Desk) -> list[int]:
    return [said.chat_id for said in desk.said if isinstance(said, Call) and said.method == "leaveChat"]


# ── added, changed, removed ─────────────────────────────────────────────────────────────────────────────────────────


def test_only_officers_set_teams_up(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = add_team(desk, officer(desk), "handy", "ankang", "Handy", "invited")
        dina = supervisor(desk, 20, "Dina", "ankang")
        with pytest.raises(NotAllowed):
            add_team(desk, dina, "handy", "haitang", "Handy", "invited")
        with pytest.raises(NotAllowed):
            rename_team(desk, dina, team_id, "Mine")
        with pytest.raises(NotAllowed):
            change_joining(desk, dina, team_id, "group")
        with pytest.raises(NotAllowed):
            link_to_group(desk, dina, team_id)
        with pytest.raises(NotAllowed):
            confirm_group(desk, dina, team_id, True)
        with pytest.raises(NotAllowed):
            remove_team(desk, dina, team_id)


def test_a_place_has_one_team_of_a_name(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        add_team(desk, olga, "handy", "ankang", "Handy", "invited")
        with pytest.raises(TeamExists) as refused:
            add_team(desk, olga, "handy", "ankang", "Handier", "invited")
        assert refused.value.said.blanks["team"] == "Handy"
        add_team(desk, olga, "handy", "haitang", "Handy", "invited")


@pytest.mark.parametrize(
    "key, unit, joining", [("x", "ankang", "invited"), ("handy", "x", "invited"), ("handy", "ankang", "x")]
)
def test_a_team_is_for_something_and_somewhere(at_desk: AtDesk, key: str, unit: str, joining: str) -> None:
    with at_desk() as desk, pytest.raises(NotFound):
        add_team(desk, officer(desk), key, unit, "T", joining)


def test_name_and_joining_change(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "handy", "ankang", "Handy", "invited")
        rename_team(desk, olga, team_id, "  " + "h" * 200)
        change_joining(desk, olga, team_id, "group")
        team = teams.get_team(desk.conn, team_id)
        assert (team.title, team.joining) == ("h" * LONGEST_TITLE, "group")
        with pytest.raises(NotFound):
            change_joining(desk, olga, team_id, "anybody")


def test_a_removed_team_takes_its_roles_links_and_group_with_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga, ben, cleo = officer(desk), known(desk, 11, "Ben"), known(desk, 12, "Cleo")
        team_id = bound(desk)
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        link = invite(desk, olga, "volunteer", team_id=team_id).rpartition("i_")[2]
        remove_team(desk, olga, team_id)
        assert roles_of(desk.conn, ben.id) == []
        assert left(desk) == [GROUP]
        with pytest.raises(LinkExpired):
            accept(desk, cleo, link)
        with pytest.raises(NotFound):
            teams.get_team(desk.conn, team_id)
        with pytest.raises(NotFound):
            remove_team(desk, olga, team_id)
        add_team(desk, olga, "neighbours", "ankang", "Again", "invited")


def test_supervisors_see_the_teams_of_their_place_and_below(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        ankang = add_team(desk, olga, "handy", "ankang", "A", "invited")
        town = add_team(desk, olga, "handy", "donggang", "T", "invited")
        hua, dina = supervisor(desk, 22, "Hua", "donggang"), supervisor(desk, 20, "Dina", "ankang")
        assert [team.id for team in teams_of(desk, olga)] == [ankang, town]
        assert [team.id for team in teams_of(desk, hua)] == [ankang, town]
        assert [team.id for team in teams_of(desk, dina)] == [ankang]
        assert teams_of(desk, known(desk, 11, "Ben")) == []
        with pytest.raises(NotFound):
            get_team(desk, dina, town)


# ── the group ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_is_ready_when_an_officer_has_said_yes_and_not_before(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = change(desk, officer(desk), language="zh_Hans")
        team_id = add_team(desk, olga, "neighbours", "ankang", "Neighbours", "invited")
        opened(desk, team_id)
        assert not teams.get_team(desk.conn, team_id).is_reachable
        assert teams.find_team(desk.conn, desk.file, "neighbours", "ankang") is None
        assert not [said for said in desk.said if isinstance(said, Line) and said.chat_id == GROUP]
        assert CardRefresh(1, "group", team_id, anew=True) in desk.said
        confirm_group(desk, olga, team_id, True)
        assert teams.get_team(desk.conn, team_id).is_reachable
        assert find_standings(desk.conn, [GROUP])[GROUP].language == "zh_Hans"  # as the officer who said yes reads
        with pytest.raises(AlreadyDone):
            confirm_group(desk, olga, team_id, True)
        with pytest.raises(AlreadyDone):
            confirm_group(desk, olga, team_id, False)
        assert teams.get_team(desk.conn, team_id).is_reachable


@pytest.mark.parametrize(
    "group, mend",
    [
        (Group(GROUP, "N", "member"), "administrator"),
        (Group(GROUP, "N", "administrator", may_pin=False, may_delete=True), "pin"),
        (Group(GROUP, "N", "administrator", may_pin=True, may_delete=False), "delete"),
        (Group(GROUP, "N", "left"), "not in the group"),
    ],
)
def test_a_right_that_is_missing_is_named_and_yes_waits_for_it(at_desk: AtDesk, group: Group, mend: str) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "Neighbours", "invited")
        opened(desk, team_id)
        hear_standing(desk, olga, group)
        with pytest.raises(NotReadyYet) as refused:
            confirm_group(desk, olga, team_id, True)
        assert mend in str(refused.value.said.blanks)
        desk.said.clear()
        stand(desk.conn, ("group", team_id, 1), 77, "as it was", desk.now)
        hear_standing(desk, olga, with_rights())
        assert CardRefresh(1, "group", team_id) in desk.said  # the question shows at once that nothing is missing now
        confirm_group(desk, olga, team_id, True)
        assert teams.get_team(desk.conn, team_id).is_reachable


def test_no_means_that_the_bot_leaves(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "Neighbours", "invited")
        opened(desk, team_id)
        confirm_group(desk, olga, team_id, False)
        assert left(desk) == [GROUP]
        assert asked_group(desk, team_id) is None
        assert not teams.get_team(desk.conn, team_id).is_reachable


def test_a_group_is_one_teams(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        bound(desk)
        other = add_team(desk, officer(desk), "handy", "ankang", "Handy", "invited")
        opened(desk, other)
        with pytest.raises(GroupTaken):
            confirm_group(desk, officer(desk), other, True)


def test_a_team_moves_to_another_group_and_keeps_the_old_one_until_then(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id = bound(desk)
        opened(desk, team_id, OTHER)
        assert teams.get_team(desk.conn, team_id).chat_id == GROUP
        assert teams.get_team(desk.conn, team_id).is_reachable
        confirm_group(desk, officer(desk), team_id, True)
        assert teams.get_team(desk.conn, team_id).chat_id == OTHER
        assert left(desk) == [GROUP]


def test_a_group_link_binds_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        team_id = add_team(desk, olga, "neighbours", "ankang", "Neighbours", "invited")
        link = secret(link_to_group(desk, olga, team_id))
        open_in_group(desk, olga, link, GROUP, "N")
        open_in_group(desk, None, link, OTHER, "Strangers")
        group = asked_group(desk, team_id)
        assert group is not None and group.chat_id == GROUP
        assert left(desk) == [OTHER]
        kept = desk.conn.execute(select(invitations.c.token_hash)).scalars()
        assert link not in " ".join(kept)


# ── found upwards ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_nearest_team_that_can_be_asked_is_found_upwards(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town, ankang = bound(desk, unit="donggang", chat_id=OTHER), bound(desk)

        def found(unit: str, key: str = "neighbours") -> int | None:
            team = teams.find_team(desk.conn, desk.file, key, unit)
            return team.id if team else None

        assert found("ankang") == ankang
        assert found("haitang") == town
        assert found("putuo") is None
        assert found("nowhere") is None
        assert found("ankang", "handy") is None
        groups.keep_group(desk.conn, Group(GROUP, "N", "left"))
        assert found("ankang") == town  # a group the bot is no longer in is no group


# ── what waits ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_offered_as_soon_as_the_team_has_its_group(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        order_id = errand(desk)
        elsewhere = errand(desk, "haitang")
        order = find_order(desk.conn, order_id)
        assert order and (order.state, order.team_id) == ("new", None)
        team_id = bound(desk)
        order, other = find_order(desk.conn, order_id), find_order(desk.conn, elsewhere)
        assert order and (order.state, order.team_id) == ("offered", team_id)
        assert other and other.state == "new"
        assert any(
            said.chat_id == GROUP and isinstance(said, CardRefresh) and said.subject == "order" for said in desk.said
        )
        assert offer_waiting(desk, bound(desk, "handy", chat_id=OTHER)) == 0


def test_what_somebody_had_in_hand_is_offered_again_when_their_role_ends(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        team_id, ben = bound(desk), known(desk, 11, "Ben")
        give_role(desk.conn, desk.now, ben.id, "volunteer", team_id=team_id)
        order_id = errand(desk)
        claim(desk, ben, order_id, GROUP)
        end_role(desk, officer(desk), ben.id, "volunteer", team_id=team_id)
        order = find_order(desk.conn, order_id)
        assert order and (order.state, order.holder_id, order.team_id) == ("offered", None, team_id)


# ── holes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def words(texts: list[Text]) -> str:
    """Everything the sentences say, blanks and all, in no language."""
    return "\n".join(str(text) for text in texts)


def test_an_empty_desk_names_every_hole(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        said = words(holes(desk))
        assert "officer" in said
        assert "No supervisor yet" in said and "Ankang Community" in said and "Putuo District" in said
        for team in ("Neighbours", "Handy People", "Care Team", "Mediators"):
            assert team in said
        assert "privately" not in said  # what is confidential needs no team


def test_holes_close_one_by_one(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        olga = officer(desk)
        for number, unit in enumerate(desk.file.units):
            supervisor(desk, 20 + number, f"S{number}", unit)
        ankang = add_team(desk, olga, "neighbours", "ankang", "Ankang neighbours", "invited")
        for number, key in enumerate(["handy", "care", "mediators"]):
            bound(desk, key, "putuo", -2000 - number)
        said = words(holes(desk))
        assert "Haitang Community" in said and "has no group yet" in said
        remove_team(desk, olga, ankang)
        bound(desk, "neighbours", "putuo")
        assert holes(desk) == []
        hear_standing(desk, None, Group(GROUP, "N", "administrator", may_pin=False, may_delete=True))
        assert "pin messages" in words(holes(desk))


def test_supervisors_who_cannot_be_reached_are_a_hole(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        person = meet(desk.conn, desk.now, 20, "Dina", "en", started=False)
        give_role(desk.conn, desk.now, person.id, "supervisor", "ankang")
        assert "can be reached" in words(holes(desk))
