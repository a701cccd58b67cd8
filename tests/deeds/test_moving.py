"""A group becomes a supergroup: the team, its open orders and whatever waits for the chat go along, once."""

from __future__ import annotations

from sqlalchemy import insert, select

from desk.front import CardRefresh, Desk
from desk.moving import move_group
from desk.orders import claim, make_order
from storage.groups import find_group, is_inside
from storage.tables import audit_log, cards, outbox, teams
from tests.conftest import AtDesk
from tests.deeds.cast import GROUP, OTHER_GROUP, ask, gather

NEW = -100777


def rows_of(desk: Desk, table: object) -> set[int]:
    return set(desk.conn.scalars(select(table.c.chat_id)))  # type: ignore[attr-defined]


def test_everything_that_names_the_old_chat_names_the_new_one(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        waiting, taken = make_order(desk, ask(cast, "one")), make_order(desk, ask(cast, "two"))
        claim(desk, cast.ben, taken.id)
        desk.conn.execute(insert(cards).values(subject="order", subject_id=waiting.id, chat_id=GROUP, at=desk.now))
        queued = {"chat_id": GROUP, "lane": 1, "kind": "line", "rule": "bulk", "state": "queued", "made_at": desk.now}
        desk.conn.execute(insert(outbox).values(**queued))
        desk.said.clear()
        move_group(desk, GROUP, NEW)
        assert rows_of(desk, teams) == {NEW, OTHER_GROUP}
        assert rows_of(desk, cards) == set(), "messages of the old chat are dead"
        assert rows_of(desk, outbox) == {NEW}
        assert find_group(desk.conn, GROUP) is None and find_group(desk.conn, NEW) is not None
        assert is_inside(desk.conn, NEW, cast.ben.telegram_id or 0)
        shown = [said for said in desk.said if isinstance(said, CardRefresh) and said.subject == "order"]
        assert [(said.chat_id, said.subject_id) for said in shown] == [(NEW, waiting.id), (NEW, taken.id)]


def test_told_again_or_from_the_other_side_it_changes_nothing(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        cast = gather(desk)
        make_order(desk, ask(cast, "one"))
        move_group(desk, GROUP, NEW)
        desk.said.clear()
        move_group(desk, GROUP, NEW)
        assert desk.said == []
        assert len(desk.conn.execute(select(audit_log).where(audit_log.c.what == "group_moved")).all()) == 1


def test_a_group_that_is_no_teams_moves_silently(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        move_group(desk, -5, -6)
        assert desk.said == []
