"""Boards keep step with the entries: tops, ties, ranks, hidden households, and what was taken back."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import Connection, insert, select, update

from domain.points import Posting
from domain.words import _
from storage.points import account_of, audit, desk_account, post_entry, reverse
from storage.standings import Standing, around, count_shown, move_standing, points_of, rank_of, show, top
from storage.tables import board_choices, standing_counts, standings, transfers
from tests.conftest import MORNING
from tests.deeds.test_points import a_household

NOVEMBER = ("2026-11", "ankang", "")
YEAR = ("2026", "ankang", "harmony")


def earns(conn: Connection, household_id: int, points: int, dimension: str = "harmony") -> int:
    once = f"e{conn.scalar(select(transfers.c.id).order_by(transfers.c.id.desc()).limit(1)) or 0}"
    moved = [Posting(desk_account(conn, "issuer"), -points), Posting(account_of(conn, household_id), points)]
    about = {"household_id": household_id, "unit": "ankang", "dimension": dimension, "points": points}
    made = post_entry(conn, MORNING, "award", once, moved, _("x"), counted_at=MORNING, counted_in="2026-11", **about)
    assert made is not None
    return made


def homes(conn: Connection, count: int) -> list[int]:
    return [a_household(conn, str(number)) for number in range(count)]


def test_the_first_come_first_and_ties_share_a_rank(conn: Connection) -> None:
    a, b, c, d = homes(conn, 4)
    for household_id, points in ((a, 5), (b, 9), (c, 5), (d, 2)):
        earns(conn, household_id, points)
    assert top(conn, NOVEMBER, 3) == [Standing(b, 9, 1), Standing(c, 5, 2), Standing(a, 5, 2)]
    assert [rank_of(conn, NOVEMBER, points) for points in (9, 5, 2, 1)] == [1, 2, 4, 5]
    assert around(conn, NOVEMBER, d, 1) == [Standing(a, 5, 2), Standing(d, 2, 4)]
    assert points_of(conn, YEAR, d) == 2 and count_shown(conn, YEAR) == 4 and audit(conn) == []


def test_what_is_taken_back_leaves_the_board_it_was_on(conn: Connection) -> None:
    a, b = homes(conn, 2)
    first = earns(conn, a, 70)
    earns(conn, b, 64)
    assert rank_of(conn, NOVEMBER, 64) == 2
    assert reverse(conn, MORNING, first, _("Taken back"))
    assert top(conn, NOVEMBER, 9) == [Standing(b, 64, 1)] and around(conn, NOVEMBER, a) == []
    assert audit(conn) == []


def test_whoever_hides_is_on_no_board_and_comes_back_as_it_stands_then(conn: Connection) -> None:
    a, b = homes(conn, 2)
    earns(conn, a, 10)
    earns(conn, b, 5)
    hide = insert(board_choices).values(household_id=a, hidden_at=MORNING)
    conn.execute(hide)
    show(conn, a, False)
    earns(conn, a, 7, "service")  # on a board it was not on before, too
    assert top(conn, NOVEMBER, 9) == [Standing(b, 5, 1)] and rank_of(conn, NOVEMBER, 5) == 1
    assert audit(conn) == []
    conn.execute(update(board_choices).values(hidden_at=None))
    show(conn, a, True)
    show(conn, a, True)
    assert top(conn, NOVEMBER, 9) == [Standing(a, 17, 1), Standing(b, 5, 2)] and audit(conn) == []


def test_ranks_are_those_of_counting_everybody(conn: Connection) -> None:
    chance = random.Random(5)
    everybody = homes(conn, 60)
    for household_id in everybody:
        for _time in range(chance.randrange(4)):
            earns(conn, household_id, chance.randrange(1, 120))
    listed = top(conn, NOVEMBER, 100)
    has = {each.household_id: each.points for each in listed}
    assert listed == sorted(listed, key=lambda each: (-each.points, -each.household_id))
    for each in listed:
        assert each.rank == rank_of(conn, NOVEMBER, each.points) == 1 + sum(p > each.points for p in has.values())
        near = around(conn, NOVEMBER, each.household_id)
        place = listed.index(each)
        assert near == listed[max(0, place - 2) : place + 3]
    assert audit(conn) == []


@pytest.mark.parametrize("wrong", ["standings", "counts", "hidden"])
def test_a_board_that_says_something_else_is_found(conn: Connection, wrong: str) -> None:
    a, _b = homes(conn, 2)
    earns(conn, a, 5)
    if wrong == "standings":
        conn.execute(update(standings).where(standings.c.period == "2026").values(points=6))
    elif wrong == "counts":
        conn.execute(update(standing_counts).where(standing_counts.c.width == 64).values(households=3))
    else:
        conn.execute(insert(board_choices).values(household_id=a, hidden_at=MORNING))
    assert audit(conn)


def test_nothing_stands_there_that_nobody_earned(conn: Connection) -> None:
    a = a_household(conn)
    move_standing(conn, a, "ankang", "harmony", "2026-11", 5)
    assert len(audit(conn)) == 4
