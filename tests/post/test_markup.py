"""What Telegram cannot read goes out all the same, without its markup, and whoever runs the desk hears of it."""

from __future__ import annotations

from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.post.standing import Rendered
from desk.front import Call, Line
from domain.words import Text
from tests.post import tiny
from tests.post.conftest import Open, Town, out, settled

BROKEN = "<b>Rice &amp; oil<i> for {who}"
BUTTON = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}


def alarms(logs: list[Any]) -> list[str]:
    return [entry["event"] for entry in logs if entry["log_level"] == "error"]


async def test_a_line_goes_out_plain_and_the_next_one_too(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    photo = (await town.do("send", user=ama, kind="photo"))["photo"][-1]["file_id"]
    captioned = {"photo": photo, "caption": "<b>broken", "parse_mode": "HTML"}
    post = await open_office(fetch=False)
    with capture_logs() as logs:
        await post.pump.do(lambda desk: desk.say(Line(ama, Text(BROKEN, {"who": "<Ama>"}))))
        await post.drained()
        await post.pump.do(lambda desk: desk.say(Call(ama, "sendPhoto", captioned)))
        await post.drained()
    assert await town.heard(ama) == ["Rice & oil for <Ama>", ""]
    assert (await town.messages(ama))[1]["caption"] == "broken"
    assert out(look) == [("sent", None)] * 2
    assert alarms(logs) == ["Telegram cannot read the markup, it goes out plain"] * 2
    assert "Rice" not in str(logs)


async def test_a_card_stands_there_plain_and_is_edited_plain(
    town: Town, open_office: Open, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def render(conn: Any, subject: str, subject_id: int, chat_id: int) -> Rendered:
        return Rendered(f"<b>Rice &amp; oil<i> {len(tiny.done(conn))}", BUTTON)

    monkeypatch.setattr(tiny, "render", render)
    ama = await town.person()
    post = await open_office()
    with capture_logs() as logs:
        for _change in range(2):
            await town.says(ama, "card")
            await settled(town, post)
    [card] = await town.messages(ama)
    assert card["text"] == "Rice & oil 2"
    assert card["reply_markup"] == BUTTON
    assert out(look) == [("sent", None)] * 2
    assert alarms(logs) == ["Telegram cannot read the markup, it goes out plain"] * 2


async def test_a_keyboard_that_is_too_long_holds_up_nobody(
    town: Town, open_office: Open, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [[{"text": f"{n}", "callback_data": f"{n}"}] for n in range(101)]
    monkeypatch.setattr(tiny, "render", lambda *key: Rendered("Too much", {"inline_keyboard": rows}))
    ama = await town.person()
    post = await open_office()
    with capture_logs() as logs:
        await town.says(ama, "card")
        await town.says(ama, "hello")
        await settled(town, post)
    assert await town.heard(ama) == ["You said: hello"]
    assert ("dead", "Bad Request: reply markup is too long") in out(look)
    assert alarms(logs) == ["Telegram refused a message"]
