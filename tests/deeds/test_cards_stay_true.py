"""What stands on a card is true again as soon as it can be: after a block, after the bot was away, in the night."""

from __future__ import annotations

from datetime import timedelta

from desk import holding
from desk.climbing import sweep_runs
from desk.front import CardRefresh, Desk
from desk.groups import hear_blocked, hear_standing
from desk.orders import claim
from domain.teams import Group
from storage.messages import stand
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import GROUP
from tests.deeds.waiting_order import Town

HERE = Group(GROUP, "Neighbours", "administrator", may_pin=True, may_delete=True)
GONE = Group(GROUP, "Neighbours", "left")


def refreshed(desk: Desk) -> list[tuple[int, str]]:
    return [(said.chat_id, said.subject) for said in desk.said if isinstance(said, CardRefresh)]


def test_whoever_lets_the_bot_in_again_does_not_keep_an_address_they_have_no_longer(at_desk: AtDesk) -> None:
    town = Town(at_desk)
    ben = town.cast.ben
    assert ben.telegram_id is not None
    with town.after(1) as desk:
        claim(desk, ben, town.order.id)
        stand(desk.conn, ("held", town.order.id, ben.telegram_id), 7, "face", desk.now)
        hear_blocked(desk, ben.telegram_id, True)
        desk.said.clear()
        holding.release(desk, ben, town.order.id)
        assert (ben.telegram_id, "held") not in refreshed(desk)  # nothing reaches them now
    with town.after(2) as desk:
        hear_blocked(desk, ben.telegram_id, False)
        assert refreshed(desk) == [(ben.telegram_id, "held")]


def test_a_group_that_has_the_bot_back_sees_how_its_cards_stand(at_desk: AtDesk) -> None:
    town = Town(at_desk)
    with town.after(1) as desk:
        hear_standing(desk, None, HERE)
        stand(desk.conn, ("order", town.order.id, GROUP), 7, "face", desk.now)
        hear_standing(desk, None, GONE)
    with town.after(2) as desk:
        hear_standing(desk, None, HERE)
        assert (GROUP, "order") in refreshed(desk)


def test_a_call_that_waits_for_the_morning_is_no_longer_promised_for_tonight(at_desk: AtDesk) -> None:
    town = Town(at_desk, now=MORNING + timedelta(hours=11, minutes=5))  # five past nine in the evening
    with town.after(60) as desk:
        assert sweep_runs(desk)
        assert (town.cast.ama.telegram_id, "request") in refreshed(desk)


def test_a_supervisor_who_asks_for_help_reads_so_on_their_own_alert(at_desk: AtDesk) -> None:
    town = Town(at_desk)
    dina = town.cast.dina
    town.sweep_after(30)
    with town.after(31) as desk:
        claim(desk, dina, town.order.id)
        desk.said.clear()
        holding.need_help(desk, dina, town.order.id)
        assert (dina.telegram_id, "alert") in refreshed(desk)
