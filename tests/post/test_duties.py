"""What only one may do at a time: a database that is gone for a moment delays it, and ends nothing."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.post.duties import COURIER, Duties, Duty


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_duty_that_could_not_begin_begins_with_the_next_beat(writer: Engine) -> None:
    begun: list[str] = []

    async def begin() -> None:
        begun.append("tried")
        if len(begun) == 1:
            raise OperationalError("SELECT", None, ConnectionError("the connection is closed"))

    async def end() -> None:
        begun.append("ended")

    duties = Duties(writer, {COURIER: Duty(begin, end, lambda: None)}, 1)
    with capture_logs() as logs:
        await duties.start([COURIER])
        assert duties.held == set()
        async with asyncio.timeout(10):
            while not duties.held:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await duties.lay_down(COURIER)
        await duties.stop()
    assert begun == ["tried", "tried", "ended"]
    told = [(line["log_level"], line["event"]) for line in logs if line["event"] == "the heart stumbled"]
    assert told == [("warning", "the heart stumbled")]
