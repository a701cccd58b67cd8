"""Whoever leaves takes nothing along: what they had in hand is offered again, and what they were shown goes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.handlers.supervisor import CARDS
from bot.words import Reader
from desk.front import CardRefresh, Desk
from desk.giving import assign
from desk.groups import hear_member
from desk.holding import get_held
from desk.invitations import end_role
from desk.orders import claim
from desk.teams import remove_team
from domain.orders import NotInYourHands
from storage.messages import stand
from storage.orders import find_order
from storage.people import get_person
from tests.conftest import AtDesk
from tests.deeds.cast import GROUP, STORY, add_account, give
from tests.deeds.waiting_order import Town

LATER = timedelta(seconds=1)


@pytest.fixture
def town(at_desk: AtDesk) -> Town:
    return Town(at_desk)


def is_free(desk: Desk, town: Town) -> bool:
    order = find_order(desk.conn, town.order.id)
    return order is not None and order.is_open and order.holder_id is None


def test_whoever_leaves_the_group_gives_back_what_they_had(town: Town) -> None:
    with town.after(0) as desk:
        claim(desk, town.cast.ben, town.order.id)
        hear_member(desk, GROUP, 12, True, desk.now + LATER)
        assert not is_free(desk, town)
        hear_member(desk, GROUP, 12, False, desk.now)  # told late: they are back by now
        assert not is_free(desk, town)
        desk.said.clear()
        hear_member(desk, GROUP, 12, False, desk.now + 2 * LATER)
        assert is_free(desk, town)
        assert CardRefresh(12, "held", town.order.id, silent=True) in desk.said
        with pytest.raises(NotInYourHands):
            get_held(desk, town.cast.ben, town.order.id)


def test_with_a_team_goes_what_its_volunteers_had_in_hand(town: Town) -> None:
    with town.after(0) as desk:
        claim(desk, town.cast.ben, town.order.id)
        remove_team(desk, town.olga, town.cast.team)
        order = find_order(desk.conn, town.order.id)
        assert order is not None and (order.state, order.team_id, order.holder_id) == ("new", None, None)


def test_a_supervisor_keeps_nothing_in_hand_once_the_role_has_ended(town: Town) -> None:
    with town.after(0) as desk:
        claim(desk, town.cast.dina, town.order.id)
        end_role(desk, town.olga, town.cast.dina.id, "supervisor", "ankang")
        assert is_free(desk, town)


def test_what_another_role_allows_stays_in_hand(town: Town) -> None:
    with town.after(0) as desk:
        gus = add_account(desk, 24, "Gus")
        give(desk, gus, "volunteer", team_id=town.cast.other_team)
        give(desk, gus, "supervisor", unit="haitang")
        assign(desk, town.cast.dina, town.order.id, gus.id)
        end_role(desk, town.olga, gus.id, "supervisor", "haitang")
        assert not is_free(desk, town)
        end_role(desk, town.olga, gus.id, "volunteer", team_id=town.cast.other_team)
        assert is_free(desk, town)


def test_a_former_supervisors_alerts_lose_their_words(town: Town) -> None:
    with town.after(0) as desk:
        stand(desk.conn, ("alert", town.order.id, 14), 900, "face", desk.now)
        end_role(desk, town.olga, town.cast.dina.id, "supervisor", "ankang")
        assert CardRefresh(14, "alert", town.order.id, silent=True) in desk.said
        painted = CARDS["alert"](desk, town.order.id, 14)
        assert painted is not None and painted.buttons == ()
        assert STORY not in Reader("en", desk.file.zone, desk.now).say(painted.text)
        assert CARDS["alert"](desk, town.order.id, 16) is None  # nothing is sent to whoever never had one
        assert get_person(desk.conn, town.cast.dina.id).telegram_id == 14
