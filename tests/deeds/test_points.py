"""The ledger on both databases: awarded once, within its caps, never changed, and always summing to zero."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from desk import closing, points, statements
from desk.front import Desk, Line
from desk.orders import claim, close_by_itself, get_order, make_order
from domain.desk_file import Caps, DeskFile
from domain.people import Person
from domain.points import NotEnoughPoints, OnceMismatch, Posting
from domain.words import _
from storage.audit import LEDGER
from storage.immutable import install_triggers
from storage.people import get_person
from storage.points import account_of, audit, balance_of, desk_account, post, reverse
from storage.tables import accounts, households, people, postings, transfers
from storage.work import open_writer
from tests.conftest import KEYS, MORNING, AtDesk
from tests.deeds.at_once import race
from tests.deeds.cast import GROUP, Cast, ask, gather

GIFT = _("A gift")


def done(desk: Desk, cast: Cast, holder: Person, once: str = "talk-1", **more: object) -> int:
    """Asked, taken, done and confirmed."""
    order = make_order(desk, ask(cast, once, **more))  # type: ignore[arg-type]
    claim(desk, holder, order.id, GROUP)
    closing.resolve(desk, holder, order.id, [])
    assert close_by_itself(desk, order.id)
    return order.id


def lines_to(desk: Desk, chat_id: int | None) -> list[str]:
    return [said.text.msgid for said in desk.said if isinstance(said, Line) and said.chat_id == chat_id]


def home(person: Person) -> int:
    assert person.household_id is not None
    return person.household_id


# ── awards ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_order_awards_the_holders_household_once(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order_id = done(desk, cast, cast.ben)
        assert balance_of(desk.conn, home(cast.ben)) == 5
        assert any("has earned" in line for line in lines_to(desk, cast.ben.telegram_id))
        assert points.award(desk, get_order(desk, order_id)) == 0  # the same order once more
        assert balance_of(desk.conn, home(cast.ben)) == 5 and audit(desk.conn) == []
        entry = statements.statement(desk, cast.ben).entries[0]
        assert (entry.amount, entry.earned_by, entry.at) == (5, "Ben", MORNING)


def test_what_is_harder_earns_so_many_times_as_much(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        harder = {key: replace(each, difficulty=3) for key, each in desk.file.categories.items()}
        desk.file = replace(desk.file, categories=harder, points=replace(desk.file.points, caps=Caps()))
        cast = gather(desk)
        done(desk, cast, cast.ben)
        assert balance_of(desk.conn, home(cast.ben)) == 15 and audit(desk.conn) == []


def test_nobody_earns_by_helping_their_own_household(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        order = make_order(desk, ask(cast))
        desk.conn.execute(people.update().where(people.c.id == cast.ben.id).values(household_id=None))
        ben = get_person(desk.conn, cast.ben.id)
        claim(desk, ben, order.id, GROUP)
        closing.resolve(desk, ben, order.id, [])
        desk.conn.execute(people.update().where(people.c.id == ben.id).values(household_id=home(cast.ama)))
        assert close_by_itself(desk, order.id)
        assert balance_of(desk.conn, home(cast.ama)) == 0


def test_whoever_asked_for_somebody_else_earns_nothing_by_it(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        desk.conn.execute(people.update().where(people.c.id == cast.dina.id).values(household_id=home(cast.faye)))
        dina = get_person(desk.conn, cast.dina.id)
        done(desk, cast, dina, asked_by=dina.id, requester_id=None, for_name="Old Wang")
        assert balance_of(desk.conn, home(cast.faye)) == 0


def test_points_wait_for_a_household_and_it_is_said(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        done(desk, cast, cast.dina)
        assert points.NO_HOUSEHOLD.msgid in lines_to(desk, cast.dina.telegram_id)
        assert desk.conn.scalar(select(func.count()).select_from(transfers)) == 0
        with pytest.raises(points.NoHousehold):
            statements.statement(desk, cast.dina)


@pytest.mark.parametrize(
    ("caps", "earned"), [(Caps(person_day=12), 12), (Caps(household_month=7), 7), (Caps(pair_month=5), 5)]
)
def test_no_more_than_the_caps(at_desk: AtDesk, caps: Caps, earned: int) -> None:
    with at_desk() as desk:
        desk.file = replace(desk.file, points=replace(desk.file.points, caps=caps))
        cast = gather(desk)
        for number in range(4):
            done(desk, cast, cast.ben, f"talk-{number}")
        assert balance_of(desk.conn, home(cast.ben)) == earned
        assert points.FULL.msgid in lines_to(desk, cast.ben.telegram_id)


def test_a_new_day_has_room_again_and_a_pair_is_two_people(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        desk.file = replace(desk.file, points=replace(desk.file.points, caps=Caps(person_day=5, pair_month=10)))
        cast = gather(desk)
        done(desk, cast, cast.ben, "today")
        for day in range(1, 4):
            desk.now = MORNING + timedelta(days=day)
            done(desk, cast, cast.ben, f"day-{day}")
        assert balance_of(desk.conn, home(cast.ben)) == 10
        desk.now = MORNING + timedelta(days=5)
        done(desk, cast, cast.ben, "for faye", requester_id=cast.faye.id, asked_by=cast.faye.id, place="Ankang 9")
        assert balance_of(desk.conn, home(cast.ben)) == 15


def test_raced_awards_stay_within_the_caps(database_url: str, desk_file: DeskFile) -> None:
    file = replace(desk_file, points=replace(desk_file.points, caps=Caps(person_day=12)))
    engine = open_writer(database_url)
    with engine.begin() as conn:
        desk = Desk(conn, file, MORNING, KEYS, random.Random(1))
        cast = gather(desk)
        order_ids = []
        for number in range(6):
            order_ids.append(make_order(desk, ask(cast, f"talk-{number}")).id)
            claim(desk, cast.ben, order_ids[-1], GROUP)
            closing.resolve(desk, cast.ben, order_ids[-1], [])
    tries = order_ids * 2
    deeds = [partial(close_by_itself, order_id=order_id) for order_id in tries]
    assert sum(race(database_url, file, deeds)) == len(order_ids)
    with engine.begin() as conn:
        assert balance_of(conn, home(cast.ben)) == 12 and audit(conn) == []
    engine.dispose()


# ── the ledger itself ───────────────────────────────────────────────────────────────────────────────────────────────


def a_household(conn: Connection, room: str = "1") -> int:
    row = {"unit": "ankang", "building": "1", "room": room, "address": "x", "state": "standing", "made_at": MORNING}
    return int(conn.execute(insert(households).values(**row).returning(households.c.id)).scalar_one())


def put(conn: Connection, account: int, amount: int, once: str) -> bool:
    moved = [Posting(desk_account(conn, "issuer"), -amount), Posting(account, amount)]
    return post(conn, MORNING, "award", once, moved, GIFT)


def test_the_same_key_happens_once_and_with_another_input_is_a_fault(conn: Connection) -> None:
    account = account_of(conn, a_household(conn))
    assert put(conn, account, 5, "a") and not put(conn, account, 5, "a")
    with pytest.raises(OnceMismatch):
        put(conn, account, 6, "a")
    assert audit(conn) == []


def test_what_is_not_there_cannot_be_spent(conn: Connection) -> None:
    household = a_household(conn)
    account = account_of(conn, household)
    put(conn, account, 5, "a")
    with pytest.raises(NotEnoughPoints):
        put(conn, account, -6, "b")
    assert balance_of(conn, household) == 5 and audit(conn) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE postings SET amount = 500 WHERE amount > 0",
        "DELETE FROM postings",
        "UPDATE transfers SET kind = 'hold'",
        "DELETE FROM transfers",
        "UPDATE earned_with SET other = 1",
        "DELETE FROM earned_with",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_posted(writer: Engine, change: str) -> None:
    with writer.begin() as conn:
        install_triggers(conn)
        install_triggers(conn)  # again does no harm
        put(conn, account_of(conn, a_household(conn)), 5, "a")
        add = "INSERT INTO earned_with (transfer_id, household_id, other, points, counted_at) VALUES (1, 1, 2, 5, :at)"
        conn.execute(text(add), {"at": "2026-11-23 02:00:00"})
    with pytest.raises(DBAPIError, match="never changed"), writer.begin() as conn:
        conn.execute(text(change))


def test_nothing_is_replaced_or_emptied_as_a_whole(writer: Engine) -> None:
    with writer.begin() as conn:
        put(conn, account_of(conn, a_household(conn)), 5, "a")
        change = "INSERT OR REPLACE INTO postings (id, transfer_id, account_id, amount) VALUES (2, 1, 1, 500)"
        if conn.dialect.name == "postgresql":
            change = "TRUNCATE postings, transfers CASCADE"
    with pytest.raises(DBAPIError, match="never changed"), writer.begin() as conn:
        conn.execute(text(change))
    with writer.begin() as conn:
        assert audit(conn) == []


def test_the_audit_finds_a_wrong_balance_and_an_unbalanced_entry(conn: Connection) -> None:
    account = account_of(conn, a_household(conn))
    put(conn, account, 5, "a")
    conn.execute(accounts.update().where(accounts.c.id == account).values(balance=7))
    conn.execute(insert(postings).values(transfer_id=select(transfers.c.id).scalar_subquery(), account_id=-1, amount=1))
    assert [each.split(":")[0] for each in audit(conn)] == ["household 1", "household 1"]


def test_twenty_spend_at_once_and_nothing_is_spent_twice(database_url: str) -> None:
    engine = open_writer(database_url)
    with engine.begin() as conn:
        household = a_household(conn)
        account, market = account_of(conn, household), desk_account(conn, "market")
        put(conn, account, 50, "start")
    together = Barrier(20)

    def spend(number: int) -> bool:
        own = open_writer(database_url)
        together.wait()
        try:
            with own.begin() as conn:
                moved = [Posting(account, -10), Posting(market, 10)]
                return post(conn, MORNING, "capture", f"spend-{number}", moved, GIFT)
        except NotEnoughPoints:
            return False
        finally:
            own.dispose()

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(spend, range(20))) == 5
    with engine.begin() as conn:
        assert balance_of(conn, household) == 0 and audit(conn) == []
    engine.dispose()


STEPS = some.lists(
    some.tuples(
        some.sampled_from(["award", "hold", "capture", "release", "reversal", "again"]),
        some.integers(0, 1),
        some.integers(1, 20),
    ),
    max_size=15,
)


@given(steps=STEPS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_it_sums_to_zero_and_no_balance_is_below(
    writer: Engine, steps: list[tuple[str, int, int]]
) -> None:
    with writer.connect() as conn:
        transaction = conn.begin()
        homes = [a_household(conn, str(number)) for number in range(2)]
        free = [account_of(conn, each) for each in homes]
        kept = [account_of(conn, each, "hold") for each in homes]
        issuer, market = desk_account(conn, "issuer"), desk_account(conn, "market")
        for number, (kind, whose, amount) in enumerate(steps):
            ways = {
                "award": (issuer, free[whose]),
                "hold": (free[whose], kept[whose]),
                "capture": (kept[whose], market),
                "release": (kept[whose], free[whose]),
            }
            try:
                if kind == "reversal":
                    reverse(conn, MORNING, conn.scalar(select(func.max(transfers.c.id))) or 0, GIFT)
                elif kind == "again":
                    moved = [Posting(issuer, -1), Posting(free[0], 1)]
                    post(conn, MORNING, "award", "always the same", moved, GIFT)
                else:
                    taken, given_to = ways[kind]
                    moved = [Posting(taken, -amount), Posting(given_to, amount)]
                    assert post(conn, MORNING, kind, f"step-{number}", moved, GIFT)
            except NotEnoughPoints:
                pass
            assert audit(conn, LEDGER) == []
            assert conn.scalar(select(func.coalesce(func.sum(postings.c.amount), 0))) == 0
        transaction.rollback()
