"""What is counted after a power cut is what really is lost, late or doubled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import delete, insert, update

from bot.demo.count import Count, Ear
from bot.demo.plug import labels
from storage.tables import inbox, orders, outbox
from tests.conftest import MORNING
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town

SEND = "Yes, send it"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[TestTown]:
    async with a_town(tmp_path, MORNING, strict=False) as opened:
        yield opened


def listening(town: TestTown) -> Ear:
    ear = Ear(town.demo.sandbox.world, labels(town.demo.app))
    ear.listen()
    return ear


async def sent(town: TestTown, ear: Ear) -> None:
    """A request, all of it told while the ear says that the bot is dead: for counting that makes no difference."""
    ear.pulled()
    await town.joins(town.ama)
    await town.ama.says(*ASK, f"[{SEND}]")
    ear.put_back()
    # The desk was not dead at all, so nothing is kept any more at Telegram: here that does not mean too old.
    ear.too_old.clear()


def counted(town: TestTown, ear: Ear) -> Count:
    count: Count = town.look(lambda desk: ear.count(desk.conn))
    return count


async def test_when_all_is_well_it_says_so(town: TestTown) -> None:
    ear = listening(town)
    await sent(town, ear)
    count = counted(town, ear)
    assert count == Count(count.came, 0, 0, 1, 1, 0, 0, 0)
    assert count.came == len(ASK) + 3
    assert town.said(count.told()).endswith(
        "So far people have sent 1 request, and on the desk there is 1.\nNothing was lost and nothing was doubled."
    )


async def test_a_draft_that_was_not_sent_is_no_request(town: TestTown) -> None:
    ear = listening(town)
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    assert counted(town, ear).sent == 0


async def test_a_request_that_is_gone_is_lost_and_an_update_of_which_nothing_is_known(town: TestTown) -> None:
    ear = listening(town)
    await sent(town, ear)
    last = max(ear.came)

    with town.demo.app.writer.begin() as conn:
        conn.execute(update(orders).values(once="another conversation"))
        conn.execute(delete(inbox).where(inbox.c.update_id == last))
    count = counted(town, ear)
    assert (count.sent, count.orders, count.unhandled) == (1, 0, 1)
    assert town.said(count.told()).endswith("1 of them was lost.\n1 request was lost.")


async def test_what_telegram_no_longer_had_is_named_and_is_nobodys_loss(town: TestTown) -> None:
    ear = listening(town)
    await sent(town, ear)
    ear.too_old = {max(ear.came)}
    count = counted(town, ear)
    assert (count.too_old, count.unhandled, count.sent, count.orders) == (1, 0, 0, 0)
    assert "1 of them was too old by then" in town.said(count.told())


async def test_a_message_that_the_desk_never_noted_stands_there_twice(town: TestTown) -> None:
    ear = listening(town)
    await sent(town, ear)
    demo = town.demo
    async with aiohttp.ClientSession() as http:
        said = {"chat_id": town.ama.id, "text": "Once more"}
        async with http.post(f"{demo.sandbox.url}/bot{demo.sandbox.world.token}/sendMessage", json=said) as answer:
            assert answer.status == 200
    assert counted(town, ear).twice == 1

    with demo.app.writer.begin() as conn:  # unless it is one of those that are not repeated
        row = {"lane": 1, "kind": "line", "rule": "receipt", "state": "uncertain", "made_at": MORNING}
        conn.execute(insert(outbox).values(chat_id=town.ama.id, **row))
    assert (counted(town, ear).twice, counted(town, ear).missing) == (0, 0)

    with demo.app.writer.begin() as conn:
        conn.execute(insert(outbox).values(chat_id=town.ben.id, **row))
    assert (counted(town, ear).twice, counted(town, ear).missing) == (0, 1)
