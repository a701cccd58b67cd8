"""The control API: people, words, places, clock, stories, and everything live."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp

from sandbox.server import PAGE, Sandbox


async def test_people_and_groups_are_as_the_state_shows_them(town: Any) -> None:
    ama = await town.do("people", first_name="Ama", last_name="Mensah", username="ama", language_code="zh-hans")
    ben = await town.do("people", first_name="Ben", id=77)
    assert ama == {
        "id": 1001,
        "first_name": "Ama",
        "last_name": "Mensah",
        "username": "ama",
        "language_code": "zh-hans",
        "started": False,
        "blocked": False,
        "deactivated": False,
    }
    group = await town.do("groups", title="Team", members=[1001, 77], id=-100500)
    assert group == {
        "id": -100500,
        "title": "Team",
        "type": "supergroup",
        "members": [
            {"user_id": 1001, "status": "creator"},
            {"user_id": 42, "status": "administrator"},
            {"user_id": 77, "status": "member"},
        ],
        "pinned": None,
    }
    assert await town.see("state") == {
        "bot": {"id": 42, "username": "linli_bot", "first_name": "Linli"},
        "now": "2026-05-04T09:00:00+00:00",
        "zone": None,
        "people": [ama, ben],
        "groups": [group],
        "stories": [],
        "running": None,
        "caption": None,
        "commands": [],
        "budgets": False,
        "privacy": True,
        "plug": None,
    }


async def test_what_makes_no_sense_is_said_in_a_sentence(town: Any) -> None:
    await town.do("people", first_name="Ama")
    for deed, wish, words in [
        ("people", {"first_name": " "}, "needs a first_name"),
        ("people", {"first_name": "x", "id": -4}, "positive number"),
        ("groups", {"title": "x", "members": [5]}, "Nobody has the id 5"),
        ("groups", {"title": "x", "members": ["x"]}, "does not make sense"),
        ("groups", {"title": ""}, "needs a title"),
        ("groups", {"title": "x", "bot": "king"}, "administrator, member"),
        ("members", {"group": -1, "user": 1001, "status": "member"}, "no chat -1"),
        ("say", {"user": 5, "text": "x"}, "Nobody has the id 5"),
        ("say", {"user": 1001, "text": " "}, "nothing to say"),
        ("say", {"user": 1001, "text": "x" * 4097}, "too long"),
        ("say", {"user": 1001, "text": "x", "reply_to": 9}, "not there"),
        ("send", {"user": 1001, "kind": "smell"}, "Nobody knows how"),
        ("send", {"user": 1001, "kind": "album", "count": 1}, "2 to 10"),
        ("clock", {}, "Say minutes"),
        ("clock", {"minutes": -1}, "only goes forward"),
        ("clock", {"to": "tomorrow"}, "an instant such as"),
        ("show", {"story": "none"}, "no story"),
        ("edit", {"user": 1001, "message_id": 9, "text": "x"}, "no such message"),
    ]:
        code, said = await town.unclear(deed, **wish)
        assert code == 400
        assert words in said, said


async def test_a_first_word_starts_the_bot_and_a_block_is_told(town: Any) -> None:
    ama = (await town.do("people", first_name="Ama"))["id"]
    await town.do("say", user=ama, text="hello")
    assert (await town.see("state"))["people"][0]["started"]
    assert (await town.do("block", user=ama, blocked=True))["blocked"]
    assert "has blocked the bot" in (await town.unclear("say", user=ama, text="x"))[1]
    await town.do("start", user=ama, payload="again")
    _, blocked, back, start = await town.hear()
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert back["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start again"


async def test_people_send_reply_edit_and_delete(town: Any) -> None:
    ama = await town.person("Ama")
    place = await town.do("send", user=ama, kind="location", latitude=5.5, longitude=-0.2)
    assert place["location"] == {"latitude": 5.5, "longitude": -0.2}
    own = await town.do("send", user=ama, kind="contact", phone_number="+233", first_name="Ama", own=True)
    assert own["contact"] == {"phone_number": "+233", "first_name": "Ama", "user_id": ama}
    other = await town.do("send", user=ama, kind="contact", phone_number="+44", first_name="Ben", own=False)
    assert "user_id" not in other["contact"]
    await town.hear()
    said = await town.call("sendMessage", chat_id=ama, text="Where?")
    photo = await town.do("send", user=ama, kind="photo", caption="here", reply_to=said["message_id"])
    assert photo["reply_to_message"]["text"] == "Where?"
    await town.do("edit", user=ama, message_id=photo["message_id"], text="there")
    await town.do("delete", user=ama, message_id=photo["message_id"])
    assert [list(update)[1] for update in await town.hear()] == ["message", "edited_message"]
    last = (await town.see("chat", chat=ama))["messages"][-1]
    assert (last["caption"], last["edited"], last["deleted"], last["from_bot"]) == ("there", True, True, False)


async def test_every_call_is_noted(town: Any) -> None:
    ama = await town.person("Ama")
    since = (await town.see("calls"))["calls"][-1]["n"]
    await town.call("sendMessage", chat_id=str(ama), text="x", disable_notification="true")
    await town.refused("sendMessage", chat_id=ama, text="")
    sent, refused = (await town.see("calls", since=since))["calls"]
    assert sent["params"] == {"chat_id": ama, "text": "x", "disable_notification": True}
    assert (sent["method"], sent["ok"], sent["at"]) == ("sendMessage", True, "2026-05-04T09:00:00+00:00")
    assert (refused["ok"], refused["error_code"]) == (False, 400)


async def test_the_clock_moves_for_everybody(town: Any) -> None:
    ama = await town.person("Ama")
    before = await town.call("sendMessage", chat_id=ama, text="x")
    assert await town.do("clock", minutes=10) == {"now": "2026-05-04T09:10:00+00:00"}
    assert await town.do("clock", to="2026-05-04T10:00:00Z") == {"now": "2026-05-04T10:00:00+00:00"}
    assert await town.see("clock") == {"now": "2026-05-04T10:00:00+00:00"}
    assert (await town.call("sendMessage", chat_id=ama, text="x"))["date"] - before["date"] == 3600


async def test_a_page_hears_everything_live(town: Any) -> None:
    ama = await town.person("Ama")
    async with town.http.get("/control/events", timeout=aiohttp.ClientTimeout(total=10)) as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readline()
        said = await town.call("sendMessage", chat_id=ama, text="x")
        number = said["message_id"]
        await town.call("editMessageText", chat_id=ama, message_id=number, text="y")
        tap = await town.do("tap", user=ama, message_id=number, data="x", wait=0)
        await town.call("answerCallbackQuery", callback_query_id=tap["callback_id"], text="no")
        await town.call("sendChatAction", chat_id=ama, action="typing")
        await town.call("deleteMessage", chat_id=ama, message_id=number)
        await town.do("people", first_name="Ben")
        await town.do("groups", title="Team", members=[ama], bot=None)
        await town.do("clock", seconds=1)
        await town.do("caption", text="Ama asks")
        heard: list[dict[str, Any]] = []
        while len(heard) < 9:
            line = await stream.content.readline()
            if line.startswith(b"data: "):
                heard.append(json.loads(line[6:]))
    assert [event["type"] for event in heard] == [
        *("message", "edit", "answer", "action", "delete", "people", "groups", "clock", "caption"),
    ]
    assert (heard[0]["chat"], heard[0]["message"]["text"], heard[0]["message"]["from_bot"]) == (ama, "x", True)
    assert heard[1]["message"]["text"] == "y"
    assert heard[2] == {"type": "answer", "user": ama, "text": "no", "show_alert": False, "url": None}
    assert heard[4] == {"type": "delete", "chat": ama, "message_id": number}
    assert heard[8] == {"type": "caption", "text": "Ama asks"}


async def test_a_story_is_shown_once_at_a_time_and_can_be_taken_over() -> None:
    going = asyncio.Event()

    async def help_story(box: Sandbox) -> None:
        box.caption("Ama asks for rice")
        going.set()
        await asyncio.sleep(60)

    async def short_story(box: Sandbox) -> None:
        box.world.add_person("Ama")

    box = Sandbox(stories={"help": ("Somebody asks", help_story), "short": ("Soon over", short_story)})
    await box.start()
    async with aiohttp.ClientSession(box.url) as http:

        async def do(deed: str, **wish: Any) -> int:
            async with http.post(f"/control/{deed}", json=wish) as response:
                return response.status

        assert await do("show", story="help") == 200
        await going.wait()
        assert await do("show", story="short") == 409
        async with http.get("/control/state") as response:
            state = await response.json()
        assert state["stories"][0] == {"name": "help", "title": "Somebody asks"}
        assert (state["running"], state["caption"]) == ("help", "Ama asks for rice")
        assert await do("take_over") == 200
        assert (box.playing, box.world.caption) == (None, None)
        assert await do("show", story="short") == 200
        await asyncio.sleep(0.01)
        assert [person.first_name for person in box.world.people.values()] == ["Ama"]
        assert box.playing is None
    await box.stop()


async def test_the_page_is_served_and_nothing_beside_it(town: Any) -> None:
    async with town.http.get("/page/../server.py") as response:
        assert response.status == 404
    async with town.http.get("/page/%2e%2e/server.py") as response:
        assert response.status == 404
    async with town.http.get("/") as response:
        assert response.status == (200 if (PAGE / "index.html").is_file() else 404)


async def test_it_runs_alone() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox", "--port", "0"), cwd=PAGE.parents[1], stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode().split()
    assert ready[0] == "Ready:"
    async with aiohttp.ClientSession() as http, http.get(f"{ready[1]}/bot42:TEST/getMe") as response:
        assert (await response.json())["ok"]
    process.terminate()
    assert await process.wait() == 0


async def test_the_bots_commands_are_shown(town: Any) -> None:
    commands = [{"command": "help", "description": "Ask for help"}]
    await town.call("setMyCommands", commands=commands, scope={"type": "all_private_chats"})
    assert (await town.see("state"))["commands"] == commands


async def test_calls_do_not_wait_for_a_long_poll(town: Any) -> None:
    ama = await town.person("Ama")
    poll = asyncio.create_task(town.hear(timeout=5))
    await asyncio.sleep(0.02)
    assert await town.call("sendMessage", chat_id=ama, text="meanwhile")
    assert not poll.done()
    await town.do("say", user=ama, text="now")
    assert len(await poll) == 1
