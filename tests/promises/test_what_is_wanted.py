"""Telegram remembers which updates an earlier run asked for: what is wanted now is said at every start."""

from __future__ import annotations

import pytest

from bot.post.wire import ALLOWED_UPDATES
from storage.groups import find_group, is_inside
from tests.promises.conftest import opens
from tests.town import TestTown

NEEDED = {"message", "edited_message", "callback_query", "my_chat_member", "chat_member"}


def test_everything_the_desk_listens_for_is_asked_for() -> None:
    assert set(ALLOWED_UPDATES) == NEEDED


@pytest.mark.parametrize("earlier", [["message"], ["channel_post"], []])
async def test_whatever_an_earlier_run_asked_for(town: TestTown, earlier: list[str]) -> None:
    """Also nothing at all, by which Telegram leaves out who comes and goes."""
    await town.demo.app.close()
    await town.demo.town.do("settings")
    town.demo.sandbox.world.updates.allow(earlier)
    await opens(town)
    asked = [call for call in await town.demo.town.calls() if call["method"] == "getUpdates"]
    assert set(asked[-1]["params"]["allowed_updates"]) == NEEDED
    group = town.volunteers.id
    await town.demo.town.do("members", group=group, user=town.faye.id, status="member")
    await town.settle()
    assert town.look(lambda desk: is_inside(desk.conn, group, town.faye.id)) is True
    bot = town.demo.sandbox.world.bot.id
    await town.demo.town.do("members", group=group, user=bot, status="kicked")
    await town.settle()
    found = town.look(lambda desk: find_group(desk.conn, group))
    assert found is not None and found.standing == "left"
