"""What must hold of those who came along and of a deed's own caps: broken by hand, it is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, update

from desk import closing, co_volunteers
from desk.front import Desk
from domain.caps import Caps
from storage.tables import co_volunteers as named
from tests.conftest import AtDesk
from tests.deeds.cast import Cast, gather
from tests.deeds.test_co_volunteers import helped, said_yes
from tests.simulator.database import reading_engine
from tests.simulator.invariants.points import points_are_earned_by_the_rules
from tests.simulator.invariants.together import nobody_earns_without_a_yes, shared_is_not_more


@pytest.fixture
def reading(database_url: str) -> Iterator[Engine]:
    engine = reading_engine(database_url)
    yield engine
    engine.dispose()


def looked_at(reading: Engine, desk: Desk) -> Any:
    """What the invariants look at of a play."""
    return SimpleNamespace(town=SimpleNamespace(reading=reading, file=desk.file), kept={}, counts=Counter())


def shared(at_desk: AtDesk) -> tuple[Desk, Cast]:
    """Ben and Cleo have earned three and two."""
    with at_desk() as desk:
        cast = gather(desk)
        order_id = helped(desk, cast, cast.cleo)
        said_yes(desk, cast.cleo)
        closing.close(desk, cast.ama, order_id)
    return desk, cast


def test_a_part_without_a_yes_is_seen(reading: Engine, at_desk: AtDesk) -> None:
    play = looked_at(reading, shared(at_desk)[0])
    assert nobody_earns_without_a_yes(play) == [] and play.counts["parts of those who came along"] == 1
    with at_desk() as desk:
        desk.conn.execute(update(named).values(state="disputed"))
    [wrong] = nobody_earns_without_a_yes(play)
    assert "was paid 2" in wrong


def test_more_than_one_alone_would_have_is_seen(
    reading: Engine, at_desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, cast = shared(at_desk)
    play = looked_at(reading, desk)
    assert shared_is_not_more(play) == []
    monkeypatch.setattr(co_volunteers, "part_of_each", lambda points, *_more: points)
    with at_desk() as desk:
        order_id = helped(desk, cast, cast.cleo, once="talk-2")
        said_yes(desk, cast.cleo)
        closing.close(desk, cast.ama, order_id)
    [wrong] = shared_is_not_more(play)
    assert f"earned 8 by order {order_id} of errand" in wrong


def test_a_deeds_own_cap_that_is_passed_is_seen(reading: Engine, at_desk: AtDesk) -> None:
    desk, _cast = shared(at_desk)
    play = looked_at(reading, desk)
    for name, cap, wrong in (
        ("person_day", 2, ["person"]),
        ("household_month", 2, ["household"]),
        ("household_month", 3, []),
    ):
        errand = replace(desk.file.categories["errand"], caps=Caps(**{name: cap}))
        play.town.file, play.kept = replace(desk.file, categories={**desk.file.categories, "errand": errand}), {}
        assert [each.split()[0] for each in points_are_earned_by_the_rules(play)] == wrong
    assert play.counts["reached household_month of errand"] == 2
