"""The count itself: what really is lost is seen, and nothing is called lost that only stands a moment later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, event

from desk.front import Desk
from desk.orders import make_order
from storage.messages import accept
from storage.tables import order_parts
from tests.conftest import MORNING, AtDesk
from tests.deeds.cast import ask, gather
from tests.simulator.database import reading_engine
from tests.simulator.invariants.messages import words_are_kept_once
from tests.simulator.town import Sent

AMA, YES = 11, 700
WORDS = "No rice, w00082x, my leg hurts"


@pytest.fixture
def reading(database_url: str) -> Iterator[Engine]:
    engine = reading_engine(database_url)
    yield engine
    engine.dispose()


def counted(reading: Engine, *sent: Sent) -> Any:
    """What the invariants look at of a play."""
    return SimpleNamespace(town=SimpleNamespace(reading=reading, sent=list(sent)), kept={}, counts=Counter())


def handled(desk: Desk, *update_ids: int) -> None:
    row = {"sender": AMA, "raw": None, "state": "done", "fault": None, "at": MORNING}
    accept(desk.conn, [{"update_id": each, **row} for each in update_ids])


def made(desk: Desk, words: str | None = WORDS) -> None:
    """The order of `talk-1`, told in these words."""
    order = make_order(desk, ask(gather(desk), "talk-1"))
    desk.conn.execute(order_parts.delete().where(order_parts.c.order_id == order.id))
    row = {"order_id": order.id, "stage": "story", "kind": "text", "words": words, "at": MORNING}
    desk.conn.execute(order_parts.insert().values(**row))


def test_what_is_committed_while_somebody_counts_is_not_called_lost(reading: Engine, at_desk: AtDesk) -> None:
    play = counted(reading, Sent(AMA, "help", "talk-1", YES, (WORDS,), heard=YES - 1))
    commits = iter([1])

    @event.listens_for(reading, "after_cursor_execute")
    def goes_on(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        """The desk, between the first reading and the second."""
        if "order_parts" in statement and next(commits, None):
            with at_desk() as desk:
                made(desk)
                handled(desk, YES)

    assert words_are_kept_once(play) == []
    assert len(play.town.sent) == 1, "it is looked at again, when all of it can be seen"
    assert words_are_kept_once(play) == []
    assert not play.town.sent and play.counts["followed to its end"] == 1


def test_a_word_that_is_in_no_order_is_seen(reading: Engine, at_desk: AtDesk) -> None:
    with at_desk() as desk:
        made(desk, "No rice")
        handled(desk, YES)
    play = counted(reading, Sent(AMA, "help", "talk-1", YES, (WORDS,), heard=YES - 1))
    [wrong] = words_are_kept_once(play)
    assert wrong.startswith("w00082x was sent and is in no order; sent by 11 with update 700 after 699")
    assert "'No rice'" in wrong and "w00082x stands in []" in wrong


def test_what_was_sent_and_made_nothing_is_seen(reading: Engine, at_desk: AtDesk) -> None:
    with at_desk() as desk:
        handled(desk, YES)
    play = counted(reading, Sent(AMA, "help", "talk-1", YES, (WORDS,), heard=YES - 1))
    first, second = words_are_kept_once(play)
    assert first.startswith("w00082x was sent and is in no order")
    assert second.startswith("help talk-1 was sent and made 0")


def test_words_that_were_edited_before_they_were_sent_are_not_called_lost(reading: Engine, at_desk: AtDesk) -> None:
    """The desk was down: it hears the edit first, and then that it is to be sent."""
    with at_desk() as desk:
        made(desk, "edited w00083x")
        handled(desk, YES - 1, YES)
    assert words_are_kept_once(counted(reading, Sent(AMA, "help", "talk-1", YES, (WORDS,), heard=YES - 2))) == []
    assert words_are_kept_once(counted(reading, Sent(AMA, "help", "talk-1", YES, (WORDS,), heard=YES - 1))) != []


def test_an_order_with_a_lower_number_that_stands_later_is_counted_too(reading: Engine, at_desk: AtDesk) -> None:
    with at_desk() as desk:
        made(desk)
        handled(desk, YES)
    play = counted(reading, Sent(AMA, "help", "talk-1", YES, (WORDS,), heard=YES - 1))
    play.kept["last part"] = 40
    assert words_are_kept_once(play) == []
