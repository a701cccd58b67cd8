"""Households that praise only each other are shown to officers; whoever praises others as well is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk import good_deeds, pairs
from desk.front import CardRefresh, Desk
from domain.good_deeds import NewDeed
from domain.households import Address
from domain.people import Person
from domain.refusals import NotAllowed
from storage import points
from storage.good_deeds import find_by_once
from storage.households import find_household
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import Cast, add_account, gather, give

_numbers = iter(range(10_000))


def at(desk: Desk, person: Person) -> Address:
    home = find_household(desk.conn, person.household_id or 0)
    assert home is not None
    return home.at


def praises(desk: Desk, one: Person, other: Person, *, confirmed_by: Person | None = None) -> None:
    once = f"praise {next(_numbers)}"
    good_deeds.tell(desk, one, NewDeed(once, "ankang", at=at(desk, other), described="them"))
    deed = find_by_once(desk.conn, once)
    assert deed is not None and deed.doer_home == other.household_id
    if confirmed_by is not None:
        good_deeds.confirm(desk, confirmed_by, deed.id)


def settle(desk: Desk) -> tuple[Cast, Person]:
    cast = gather(desk)
    ivy = add_account(desk, 18, "Ivy")
    give(desk, ivy, "officer")
    return cast, ivy


def shown(desk: Desk) -> list[tuple[str, str, int, int]]:
    return [(each.one.room, each.other.room, each.there, each.back) for each in pairs.closed_pairs(desk)]


def test_a_ring_of_two_is_seen_and_a_returned_thank_you_is_not(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = settle(desk)
        praises(desk, cast.ben, cast.cleo)
        praises(desk, cast.cleo, cast.ben)
        assert shown(desk) == [], "a thank-you that was returned once is only polite"
        praises(desk, cast.ben, cast.cleo)
        assert shown(desk) == [("Ankang 7", "Ankang 8", 2, 1)]
        praises(desk, cast.ama, cast.faye)
        praises(desk, cast.ama, cast.faye)
        praises(desk, cast.ama, cast.faye)
        assert len(shown(desk)) == 1, "praise that goes one way is praise"
        praises(desk, cast.cleo, cast.ama)
        assert shown(desk) == [], "they praise somebody else as well"


def test_what_is_long_ago_is_not_held_against_anybody(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = settle(desk)
        for one, other in ((cast.ben, cast.cleo), (cast.cleo, cast.ben), (cast.ben, cast.cleo)):
            praises(desk, one, other)
    with at_desk(MORNING + timedelta(days=89)) as desk:
        assert len(shown(desk)) == 1
    with at_desk(MORNING + timedelta(days=91)) as desk:
        assert shown(desk) == []


def test_a_ring_of_two_earns_no_more_than_the_cap_of_a_month(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, _ivy = settle(desk)
    for day in range(6):
        with at_desk(MORNING + timedelta(days=day)) as desk:
            for _again in range(2):
                praises(desk, cast.ben, cast.cleo, confirmed_by=cast.dina)
                praises(desk, cast.cleo, cast.ben, confirmed_by=cast.dina)
    with at_desk() as desk:
        together = sum(points.balance_of(desk.conn, each.household_id or 0) for each in (cast.ben, cast.cleo))
        assert together <= 60, "of the twenty-four praises that would have been worth 288"


def test_only_officers_are_shown_them(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast, ivy = settle(desk)
        for person in (cast.ama, cast.ben, cast.dina):
            with pytest.raises(NotAllowed):
                pairs.show(desk, person)
        assert desk.said == []
        pairs.show(desk, ivy)
        assert desk.said == [CardRefresh(ivy.telegram_id or 0, "pairs", ivy.id, anew=True)]
