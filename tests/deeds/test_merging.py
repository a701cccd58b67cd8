"""Two reports are one: whoever follows either hears once, chains end at one root, and what was wrong is undone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desk import judging
from desk.asking import ask
from desk.front import CardRefresh, Desk
from desk.merging import alike, merge, merged_with, split
from desk.orders import claim
from desk.reports import join
from domain.desk_file import DeskFile
from domain.judging import AnotherKind, ItIsItself, Judged, NotMerged, OverAlready
from domain.orders import Order
from domain.refusals import NotAllowed
from storage.judging import root_of
from storage.pauses import find_pause
from storage.reports import followers_of
from storage.tables import followers, orders, reports
from tests.conftest import AtDesk
from tests.deeds.at_once import Deed, race
from tests.deeds.cast import GROUP
from tests.deeds.reported import Reported, now, sweep, told, verdict
from tests.deeds.test_judging import is_at_rest
from tests.deeds.waiting_order import alerted

AMA, BEN, CLEO, DINA, FAYE, GUS = 11, 12, 13, 14, 16, 24


@pytest.fixture
def town(at_desk: AtDesk) -> Reported:
    return Reported(at_desk)


def ids(town: Reported, *names: str) -> set[int]:
    return {(getattr(town, name, None) and getattr(town, name).id) or getattr(town.cast, name).id for name in names}


def following(desk: Desk, order: Order) -> set[int]:
    return set(followers_of(desk.conn, order.id))


def test_everybody_comes_along_and_is_told_once_in_their_language(town: Reported) -> None:
    first = town.reported(by=town.cast.ama)
    second = town.reported(by=town.cast.cleo, followed_by=town.faye)
    with town.after(1) as desk:
        merge(desk, town.cast.dina, second.id, first.id)
        assert (now(desk, second).state, verdict(desk, second)) == ("duplicate", "same")
        assert following(desk, first) == ids(town, "cleo", "faye")
        assert is_at_rest(desk, second.id) and not is_at_rest(desk, first.id)
        heard = told(desk)
        assert [chat for chat, _words in heard] == [CLEO, FAYE]
        assert first.reference in heard[0][1] and "before you" in heard[0][1] and "先报过" in heard[1][1]
    with town.after(2) as desk:
        judging.accept(desk, town.cast.dina, first.id)
        assert sorted(chat for chat, _words in told(desk)) == [AMA, CLEO, FAYE]
        with pytest.raises(Judged):
            merge(desk, town.cast.dina, second.id, first.id)


def test_whoever_follows_both_is_told_once_and_counted_once(town: Reported) -> None:
    first = town.reported(by=town.cast.ama, followed_by=town.faye)
    second = town.reported(by=town.cast.ama, followed_by=town.faye)
    with town.after(1) as desk:
        merge(desk, town.cast.dina, second.id, first.id)
        assert following(desk, first) == ids(town, "faye")
        assert [chat for chat, _words in told(desk)] == [AMA, FAYE]


def test_chains_end_at_one_root_and_circles_are_refused(town: Reported) -> None:
    one, two, three = (town.reported(by=each) for each in (town.cast.ama, town.cast.cleo, town.faye))
    with town.after(1) as desk:
        with pytest.raises(ItIsItself):
            merge(desk, town.cast.dina, one.id, one.id)
        merge(desk, town.cast.dina, one.id, two.id)
        merge(desk, town.cast.dina, two.id, three.id)
        assert root_of(desk.conn, one.id) == three.id
        assert following(desk, three) == ids(town, "ama", "cleo")
        assert {each.id for each in merged_with(desk, three.id)} == {one.id, two.id}
        with pytest.raises(ItIsItself):
            merge(desk, town.cast.dina, three.id, one.id)
        join(desk, town.tess, one.id)  # by a button that stood there before
        assert town.tess.id in following(desk, three)
        four = town.report(desk, by=town.gus)
        merge(desk, town.cast.dina, four.id, one.id)  # whatever stands in its place now
        assert root_of(desk.conn, four.id) == three.id and following(desk, three) == ids(
            town, "ama", "cleo", "gus", "tess"
        )


def test_what_is_over_or_about_something_else_takes_nothing_in(town: Reported) -> None:
    first, second, other = town.reported(), town.reported(by=town.cast.cleo), town.reported("litter", by=town.gus)
    with town.after(1) as desk:
        with pytest.raises(AnotherKind):
            merge(desk, town.cast.dina, second.id, other.id)
        judging.decline(desk, town.cast.dina, first.id, "unclear")
        desk.said.clear()
        with pytest.raises(OverAlready) as refused:
            merge(desk, town.cast.dina, second.id, first.id)
        assert refused.value.said.blanks["reference"] == first.reference
        for stranger in (town.cast.ben, town.cast.cleo):
            with pytest.raises(NotAllowed):
                merge(desk, stranger, second.id, other.id)
        assert now(desk, second).state == "new" and told(desk) == []


def test_an_accepted_one_that_nobody_has_taken_may_be_the_same_after_all(town: Reported) -> None:
    first, second = town.reported(), town.reported(by=town.cast.cleo)
    with town.after(1) as desk:
        judging.accept(desk, town.cast.dina, second.id)
        with pytest.raises(Judged):
            merge(desk, town.cast.dina, second.id, first.id)  # of somebody who had not seen that it was accepted
        merge(desk, town.cast.dina, second.id, first.id, was="accepted")
        assert now(desk, second).state == "duplicate" and is_at_rest(desk, second.id)
    with town.after(2) as desk:
        split(desk, town.cast.dina, second.id)
        assert (now(desk, second).state, verdict(desk, second)) == ("offered", "accepted")


def test_split_restores_whoever_came_with_it_and_tells_them_once(town: Reported) -> None:
    first = town.reported(by=town.cast.ama)
    second = town.reported(by=town.cast.cleo, followed_by=town.faye)
    with town.after(1) as desk:
        sweep(desk)
        merge(desk, town.cast.dina, second.id, first.id)
        join(desk, town.gus, first.id)
    with town.after(2) as desk:
        split(desk, town.cast.dina, second.id)
        assert CardRefresh(DINA, "alert", first.id) in desk.said, "she no longer reads of the one that has left"
        assert (now(desk, second).state, verdict(desk, second)) == ("new", None)
        assert following(desk, first) == ids(town, "gus") and following(desk, second) == ids(town, "faye")
        heard = told(desk)
        assert [chat for chat, _words in heard] == [CLEO, FAYE]
        assert "after all" in heard[0][1] and "不是同一件" in heard[1][1]
        with pytest.raises(NotMerged):
            split(desk, town.cast.dina, second.id)
        sweep(desk)
        assert DINA in alerted(desk)  # it is judged anew
    with town.after(3) as desk:
        judging.accept(desk, town.cast.dina, first.id)
        assert sorted(chat for chat, _words in told(desk)) == [AMA, GUS]


def test_whoever_has_it_no_longer_reads_what_has_left(town: Reported) -> None:
    first, second = town.reported(), town.reported(by=town.cast.cleo)
    with town.after(1) as desk:
        merge(desk, town.cast.dina, second.id, first.id)
        judging.accept(desk, town.cast.dina, first.id)
        claim(desk, town.cast.ben, first.id, GROUP)
    with town.after(2) as desk:
        split(desk, town.cast.dina, second.id)
        assert CardRefresh(BEN, "held", first.id, silent=True) in desk.said


def test_split_in_the_middle_of_a_chain_takes_along_just_its_own(town: Reported) -> None:
    one, two, three = (town.reported(by=each) for each in (town.cast.ama, town.cast.cleo, town.faye))
    with town.after(1) as desk:
        again = town.report(desk, by=town.cast.ama)
        merge(desk, town.cast.dina, one.id, two.id)
        merge(desk, town.cast.dina, two.id, three.id)
        merge(desk, town.cast.dina, again.id, three.id)
        split(desk, town.cast.dina, one.id)
        assert following(desk, two) == set()
        assert following(desk, three) == ids(town, "ama", "cleo")  # she is still there by her other report
        split(desk, town.cast.dina, again.id)
        assert following(desk, three) == ids(town, "cleo")


def test_merged_while_an_answer_is_awaited_nothing_goes_on(town: Reported) -> None:
    first, second = town.reported(), town.reported(by=town.cast.cleo)
    with town.after(1) as desk:
        ask(desk, town.cast.dina, second.id, "Which lamp?")
        merge(desk, town.cast.dina, second.id, first.id)
        assert find_pause(desk.conn, second.id) is None and is_at_rest(desk, second.id)


def test_the_nearest_are_shown_first_and_nothing_that_is_over(town: Reported) -> None:
    far = town.reported(latitude=29.96, longitude=122.3)
    near = town.reported(latitude=29.9501, longitude=122.3)
    nowhere = town.reported(latitude=None, longitude=None, place="By the gate")
    over, mine = town.reported(), town.reported(latitude=29.95, longitude=122.3)
    with town.after(1) as desk:
        judging.decline(desk, town.cast.dina, over.id, "unclear")
        found = alike(desk, town.cast.dina, now(desk, mine))
        assert [each.order.id for each in found] == [near.id, far.id, nowhere.id]
        assert [each.metres for each in found] == [11, 1112, None]


def together(url: str, file: DeskFile, *deeds: Deed) -> list[str]:
    """All at once: what was done, and what was refused."""
    return sorted(each.__name__ if isinstance(each, type) else "done" for each in race(url, file, deeds))


def test_two_supervisors_at_once_one_has_judged_it_and_the_other_is_told(
    town: Reported, database_url: str, desk_file: DeskFile
) -> None:
    dina, tess = town.cast.dina, town.tess
    for _round in range(5):
        one, two = town.reported(), town.reported(by=town.cast.cleo)
        deeds = (
            lambda desk, one=one: judging.accept(desk, dina, one.id),
            lambda desk, one=one: judging.decline(desk, tess, one.id, "unclear"),
            lambda desk, one=one: judging.refer(desk, dina, one.id, "town_works"),
        )
        assert together(database_url, desk_file, *deeds) == ["Judged", "Judged", "done"]
        three = town.reported()
        crossing = (
            lambda desk, two=two, three=three: merge(desk, dina, two.id, three.id),
            lambda desk, two=two, three=three: merge(desk, tess, three.id, two.id),
        )
        assert together(database_url, desk_file, *crossing)[1] == "done"
    with town.after(1) as desk:
        parents = {
            row.order_id: row.same_as for row in desk.conn.execute(select(reports.c.order_id, reports.c.same_as))
        }
        for order_id in parents:
            seen = {order_id}
            while (order_id := parents[order_id]) is not None:  # type: ignore[assignment]
                assert order_id not in seen, "a circle"
                seen.add(order_id)
        states = {row.id: row.state for row in desk.conn.execute(select(orders.c.id, orders.c.state))}
        assert all((states[each] == "duplicate") == (into is not None) for each, into in parents.items())
        assert desk.conn.execute(select(followers)).first() is not None
