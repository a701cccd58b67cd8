"""Whatever stands behind /start opens nothing it should not, says why, and loses nothing that was under way."""

from __future__ import annotations

import asyncio
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from bot.handlers.payloads import PAYLOADS
from sandbox.phones import text_of
from storage.tables import inbox
from storage.tables import roles as role_rows
from tests.conftest import MORNING
from tests.promises.conftest import rows
from tests.town import TestTown, a_town

KINDS = sorted(PAYLOADS)
ALPHABET = string.ascii_letters + string.digits + "_-"
TOKENS = some.one_of(
    some.text(ALPHABET, max_size=64),
    some.text(max_size=300),
    some.integers(-(10**30), 10**30).map(str),
    some.sampled_from(["0", "1", "2", "999999999999999999999", "٣", "１", "-1", "1e9", "null", "{name}", "%s", "<b>"]),
)
PAYLOAD = some.one_of(
    TOKENS,
    some.builds(lambda kind, sign, token: f"{kind}{sign}{token}", some.sampled_from(KINDS), some.just("_"), TOKENS),
    some.builds(lambda kind, token: f"{kind}_{token}", some.text(ALPHABET, max_size=4), TOKENS),
)
UNTOUCHED = ("roles", "orders", "applications", "households", "invitations", "teams", "groups")


@contextmanager
def running_town(path: Path) -> Iterator[tuple[asyncio.Runner, TestTown]]:
    """Hypothesis calls plain functions: the town runs on a loop of its own that waits between them."""
    with asyncio.Runner() as runner:
        manager = a_town(path, MORNING, strict=False)
        town = runner.run(manager.__aenter__())
        yield runner, town
        runner.run(manager.__aexit__(None, None, None))


def test_any_payload_is_answered_and_opens_nothing(tmp_path: Path) -> None:
    with running_town(tmp_path) as (runner, town):
        runner.run(town.joins(town.ama))
        before = town.look(lambda desk: rows(desk.conn, *UNTOUCHED))

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @example("a" * 65)
        @example("i_" + "a" * 200)
        @example("j_" + "9" * 40)
        @example("c_" + "9" * 40)
        @example("\x00")
        @example("_")
        @given(PAYLOAD)
        def opened(payload: str) -> None:
            runner.run(opens(town, payload))

        async def opens(town: TestTown, payload: str) -> None:
            count = len(await town.ama.from_bot())
            words = f"/start {payload}"
            encodable = words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            message = {
                "message_id": 100_000,
                "date": int(town.now.timestamp()),
                "chat": {"id": town.ama.id, "type": "private", "first_name": "Ama"},
                "from": {"id": town.ama.id, "is_bot": False, "first_name": "Ama"},
                "text": encodable,
            }
            await town.demo.town.do("raw", message=message)
            await town.settle()
            heard = [text_of(each) for each in (await town.ama.from_bot())[count:]]
            assert heard, payload
            assert len(heard) <= 2, heard

        opened()
        assert town.look(lambda desk: rows(desk.conn, *UNTOUCHED)) == before
        states = town.look(lambda desk: set(desk.conn.scalars(select(inbox.c.state))))
        assert states == {"done"}
        assert town.look(lambda desk: len(desk.conn.execute(select(role_rows)).all())) > 0


async def test_in_the_middle_of_a_conversation_nothing_is_lost(town: TestTown) -> None:
    """What was half-finished is put aside, or stands there again, whatever the link is."""
    await town.joins(town.ama)
    await town.ama.says("/help", "[Groceries]", "No rice", "[That's all]")
    question = text_of(await town.ama.last())
    for payload in (None, "nonsense", "i_expired", "g_1", "c_1", "h_wrong", "x" * 65):
        await town.ama.starts(payload)
        assert text_of(await town.ama.last()) == question, payload
    await town.ama.starts("j_1")
    await town.ama.sees("Would you like to be one?")
    assert text_of(await town.ama.last()) == question
    await town.ama.says("Ankang, building 3, room 201", "[Today]", "[Yes, send it]")
    await town.volunteers.sees("Groceries")
