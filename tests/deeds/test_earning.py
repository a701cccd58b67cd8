"""What is earned: never for one's own sake, and within the caps of the day, the month, the pair and the deed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, select
from sqlalchemy.exc import ProgrammingError

from desk.front import Desk, Line
from desk.household_changes import bring_back, merge
from desk.order_views import get_order
from desk.orders import make_order
from desk.points import award, earn
from desk.statements import statement
from domain.desk_file import Caps, DeskFile
from domain.people import Person
from domain.points import Earning
from domain.words import _
from storage import orders as rows
from storage import schema, standings
from storage.people import get_person
from storage.points import audit, balance_of, reverse
from storage.tables import people, standards, standing_counts, transfers
from storage.tables import standings as standing_rows
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import Cast, add_account, ask, gather

KIND = _("A kindness")


def by(person: Person, once: str, *others: Person, points: int = 5, **more: object) -> Earning:
    assert person.household_id is not None
    pair = tuple(each.id for each in others)
    return Earning(once, person.household_id, person.id, points, KIND, pair=pair, **more)  # type: ignore[arg-type]


def capped(file: DeskFile, caps: Caps) -> DeskFile:
    return replace(file, points=replace(file.points, caps=caps))


def test_the_same_deed_earns_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        assert earn(desk, by(cast.ben, "deed:1", cast.ama)) == 5
        assert earn(desk, by(cast.ben, "deed:1", cast.ama)) == 0
        assert balance_of(desk.conn, cast.ben.household_id or 0) == 5 and audit(desk.conn) == []
        row = desk.conn.execute(select(transfers)).one()
        assert (row.household_id, row.unit, row.points, row.dimension) == (
            cast.ben.household_id,
            "ankang",
            5,
            "service",
        )


def test_nothing_is_earned_by_ones_own_household_or_decided_by_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        lodger = add_account(desk, 19, "Gus", household_id=cast.ben.household_id)
        assert earn(desk, by(cast.ben, "for a lodger", lodger)) == 0
        assert earn(desk, by(cast.ben, "for himself", cast.ben)) == 0
        assert earn(desk, by(cast.ben, "decided at home", cast.ama, decided_by=lodger.id)) == 0
        assert earn(desk, by(cast.ben, "less than nothing", cast.ama, points=-5)) == 0


def test_two_households_share_the_cap_of_a_pair_whoever_of_them_helps_whom(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        desk.file = capped(desk.file, Caps(pair_month=12))
        cast = gather(desk)
        wife = add_account(desk, 19, "Gia", household_id=cast.ben.household_id)
        assert earn(desk, by(cast.ben, "1", cast.ama)) == 5
        assert earn(desk, by(wife, "2", cast.ama)) == 5
        assert earn(desk, by(cast.ama, "3", cast.ben)) == 2
        assert earn(desk, by(cast.ama, "4", wife)) == 0
        assert earn(desk, by(cast.ama, "5", cast.faye)) == 5


def test_whoever_joins_a_household_is_no_new_pair(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        desk.file = capped(desk.file, Caps(pair_month=5))
        cast = gather(desk)
        assert earn(desk, by(cast.ben, "1", cast.dina)) == 5
        desk.conn.execute(
            people.update().where(people.c.id == cast.dina.id).values(household_id=cast.faye.household_id)
        )
        assert earn(desk, by(cast.ben, "2", cast.dina)) == 0


def test_a_deed_may_have_caps_of_its_own(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        own = {"deed": "diary", "caps": Caps(person_day=7)}
        assert [earn(desk, by(cast.ben, f"{n}", **own)) for n in range(3)] == [5, 2, 0]  # type: ignore[arg-type]
        assert earn(desk, by(cast.ben, "another", deed="errand", caps=Caps(person_day=7))) == 5


@pytest.mark.parametrize("period", ["day", "week", "month", "year"])
@pytest.mark.parametrize("whom", ["person", "household", "pair"])
def test_a_deed_has_caps_for_anybody_and_any_time_and_they_begin_anew(at_desk: AtDesk, whom: str, period: str) -> None:
    """Ben and his wife each help Ama as far as the cap allows; the next day, week, month or year they can again."""
    later = {
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=8),
        "year": timedelta(days=39),
    }
    with at_desk() as desk:
        cast = gather(desk)
        wife = add_account(desk, 19, "Gia", household_id=cast.ben.household_id)
        own = {"deed": "errand", "caps": Caps(**{f"{whom}_{period}": 7})}

        def helps(when: str) -> list[int]:
            deeds = [(cast.ben, 1), (cast.ben, 2), (wife, 3), (wife, 4)]
            return [earn(desk, by(who, f"{when}{n}", cast.ama, **own)) for who, n in deeds]  # type: ignore[arg-type]

        each = [5, 2, 5, 2] if whom == "person" else [5, 2, 0, 0]
        assert helps("now") == each
        desk.now = MORNING + later[period] - timedelta(hours=11)
        assert helps("just before") == [0, 0, 0, 0]
        desk.now = MORNING + later[period] + timedelta(hours=14)
        assert helps("then") == each


def test_the_desk_files_caps_of_a_deed_hold_for_it_alone(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        categories = dict(desk.file.categories)
        categories["errand"] = replace(categories["errand"], caps=Caps(person_week=7))
        desk.file = replace(desk.file, categories=categories)
        cast = gather(desk)
        earned = []
        for number, category in enumerate(("errand", "errand", "errand", "repair")):
            order = make_order(desk, ask(cast, f"{number}", category))
            assert rows.move(desk.conn, order, "assign", holder_id=cast.ben.id)
            order = get_order(desk, order.id)
            earned.append(award(desk, order))
        assert earned == [5, 2, 0, desk.file.categories["repair"].award]
        told = [each.text.msgid for each in desk.said if isinstance(each, Line) and "are full" in each.text.msgid]
        assert len(told) == 1
        content = desk.conn.execute(select(standards)).one().content
        assert content["caps_of"] == {"errand": {"person_week": 7}}


def test_the_caps_of_a_deed_hold_however_many_close_at_once(database_url: str, desk_file: DeskFile) -> None:
    """Two who live together, at the same moment: their household's week holds for both."""
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        wife = add_account(desk, 19, "Gia", household_id=cast.ben.household_id)

    def helps(desk: Desk, number: int) -> int:
        doer = cast.ben if number % 2 else wife
        return earn(desk, by(doer, f"{number}", cast.ama, deed="errand", caps=Caps(household_week=12)))

    deeds = [partial(helps, number=number) for number in range(6)]
    assert sorted(race(database_url, desk_file, deeds)) == [0, 0, 0, 2, 5, 5]
    engine.dispose()


def test_what_was_taken_back_leaves_room_in_its_own_month(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        desk.file = capped(desk.file, Caps(household_month=5, pair_month=5))
        cast = gather(desk)
        earn(desk, by(cast.ben, "1", cast.ama))
        first = desk.conn.scalar(select(transfers.c.id)) or 0
        assert reverse(desk.conn, desk.now, first, KIND)
        assert earn(desk, by(cast.ben, "2", cast.ama)) == 5
        assert earn(desk, by(cast.ben, "3", cast.ama)) == 0
        assert audit(desk.conn) == []


def test_an_entry_keeps_the_standard_it_was_made_under(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        for number, points in enumerate((5, 5, 7)):
            harder = replace(desk.file.categories["errand"], award=points)
            desk.file = replace(desk.file, categories={**desk.file.categories, "errand": harder})
            desk.now = MORNING + timedelta(days=number)
            earn(desk, by(cast.ben, f"{number}", cast.ama))
        kept = desk.conn.execute(select(standards).order_by(standards.c.id)).all()
        assert [each.content["helping"]["errand"] for each in kept] == [5, 7]
        assert desk.conn.scalars(select(transfers.c.standard_id).order_by(transfers.c.id)).all() == [1, 1, 2]
        assert statement(desk, cast.ben).entries[0].standard == MORNING + timedelta(days=2) and audit(desk.conn) == []


def test_two_households_that_help_each_other_at_once_stay_within_the_cap_of_a_pair(
    database_url: str, desk_file: DeskFile
) -> None:
    file = capped(desk_file, Caps(pair_month=12))
    engine = open_writer(database_url)
    with engine.begin() as conn:
        cast: Cast = gather(Desk(conn, file, MORNING, KEYS, random.Random(1)))

    def help_somebody(desk: Desk, number: int) -> int:
        doer, other = (cast.ben, cast.ama) if number % 2 else (cast.ama, cast.ben)
        return earn(desk, by(doer, f"{number}", other))

    deeds = [partial(help_somebody, number=number) for number in range(8)]
    assert sorted(race(database_url, file, deeds)) == [0, 0, 0, 0, 0, 2, 5, 5]
    with engine.begin() as conn:
        assert audit(conn) == []
    engine.dispose()


def test_the_rights_of_the_operating_page_are_enough_and_no_more(writer: Engine, desk_file: DeskFile) -> None:
    """On PostgreSQL: with them points are earned, and nothing that was posted can be changed, triggers or not."""
    if writer.dialect.name != "postgresql":
        return
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    rights = page.split("```sql")[1].split("```")[0].replace("linli;", "linli_rights;")
    with writer.connect() as conn:
        transaction = conn.begin()
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        conn.exec_driver_sql("CREATE ROLE linli_rights")
        for statement_ in rights.split(";")[:-1]:
            conn.exec_driver_sql(statement_)
        conn.exec_driver_sql("SET LOCAL ROLE linli_rights")
        assert earn(desk, by(cast.ben, "1", cast.ama)) == 5 and audit(conn) == []
        for change in ("UPDATE postings SET amount = 9", "DELETE FROM transfers", "TRUNCATE earned_with"):
            with pytest.raises(ProgrammingError, match="permission denied"), conn.begin_nested():
                conn.exec_driver_sql(change)
        transaction.rollback()


def merged(desk: Desk, by_: Person, one: Person, other: Person) -> None:
    merge(desk, by_, one.household_id or 0, other.household_id or 0, "together")


def test_what_a_household_earned_counts_for_the_one_it_was_put_together_with(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        desk.file = capped(desk.file, Caps(household_month=7))
        assert earn(desk, by(cast.ben, "1", cast.ama)) == 5
        merged(desk, cast.dina, cast.ben, cast.cleo)
        merged(desk, cast.dina, cast.cleo, cast.faye)
        assert earn(desk, by(get_person(desk.conn, cast.ben.id), "2", cast.ama)) == 2
        assert earn(desk, by(cast.faye, "3", cast.ama)) == 0 and audit(desk.conn) == []


@pytest.mark.parametrize("which", ["whoever helped", "whoever was helped"])
def test_a_pair_stays_a_pair_when_one_of_them_is_put_together_with_another(at_desk: AtDesk, which: str) -> None:
    with at_desk() as desk:
        desk.file = capped(desk.file, Caps(pair_month=7))
        cast = gather(desk)
        helps, other = (cast.cleo, cast.ama) if which == "whoever helped" else (cast.ben, cast.cleo)
        assert earn(desk, by(cast.ben, "1", cast.ama)) == 5
        merged(desk, cast.dina, cast.ben if which == "whoever helped" else cast.ama, cast.cleo)
        assert earn(desk, by(helps, "2", other)) == 2
        assert earn(desk, by(other, "3", helps)) == 0


def test_on_a_board_stands_what_both_have_earned_and_what_is_taken_back_goes_from_there(at_desk: AtDesk) -> None:
    place = ("2026-11", "ankang", "")
    with at_desk() as desk:
        cast = gather(desk)
        earn(desk, by(cast.ben, "1", cast.ama))
        earn(desk, by(cast.cleo, "2", cast.ama, points=3))
        first = desk.conn.scalar(select(transfers.c.id).where(transfers.c.once == "1")) or 0
        merged(desk, cast.dina, cast.ben, cast.cleo)
        assert standings.top(desk.conn, place, 9) == [standings.Standing(cast.cleo.household_id or 0, 8, 1)]
        assert standings.count_shown(desk.conn, place) == 1 and audit(desk.conn) == []
        bring_back(desk, first)
        assert reverse(desk.conn, desk.now, first, KIND)
        assert standings.top(desk.conn, place, 9) == [standings.Standing(cast.cleo.household_id or 0, 3, 1)]
        assert audit(desk.conn) == []


def test_boards_of_households_that_were_put_together_before_are_added_up_by_an_upgrade(
    writer: Engine, desk_file: DeskFile
) -> None:
    with writer.begin() as conn:
        desk = Desk(conn, desk_file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        earn(desk, by(cast.ben, "1", cast.ama))
        merged(desk, cast.dina, cast.ben, cast.cleo)
        conn.execute(standing_counts.delete())
        conn.execute(standing_rows.delete())
        standings.move_standing(conn, cast.ben.household_id or 0, "ankang", "service", "2026-11", 5)
        assert audit(conn) != []
    steps = ScriptDirectory.from_config(schema._config()).walk_revisions()
    before = next(step.down_revision for step in steps if "inherited_boards" in step.path)
    schema.downgrade(writer, str(before))
    schema.upgrade(writer)
    with writer.begin() as conn:
        assert audit(conn) == []
        assert standings.points_of(conn, ("2026", "ankang", "service"), cast.cleo.household_id or 0) == 5
