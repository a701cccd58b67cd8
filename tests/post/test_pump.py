"""The pump: what waits together commits together, and nobody is held up by somebody else's fault."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.tables import audit_log, inbox, outbox
from tests.post.conftest import Open, Town, ends, out, settled

DEEDS = select(func.count()).select_from(audit_log)


async def test_what_waits_together_commits_together(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    for n in range(5):
        await town.says(ama, f"a{n}")
        await town.says(ben, f"b{n}")
    post = await open_office()
    await settled(town, post)
    assert await town.heard(ama) == [f"You said: a{n}" for n in range(5)]
    assert await town.heard(ben) == [f"You said: b{n}" for n in range(5)]
    assert ends(look) == ["done"] * 10
    assert out(look) == [("sent", None)] * 10
    assert {row.raw for row in look(select(inbox))} == {None}
    assert {row.body for row in look(select(outbox))} == {None}


async def test_an_update_that_comes_again_is_dropped(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    post = await open_office(fetch=False)
    update = {
        "update_id": 17,
        "message": {"chat": {"id": ama, "type": "private"}, "from": {"id": ama}, "text": "hello"},
    }
    await asyncio.gather(*(post.pump.take([update, update]) for _ in range(3)))
    await post.pump.take([update])
    await post.pump.take([{**update, "update_id": 3}])  # the numbers may jump back
    await post.drained()
    assert await town.heard(ama) == ["You said: hello"] * 2
    assert look(DEEDS)[0][0] == 2


async def test_group_chatter_is_not_kept(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    group = await town.group(ama)
    await town.says(ama, "nothing for the bot", chat=group)
    post = await open_office()
    await settled(town, post)
    assert [(row.state, row.raw) for row in look(select(inbox))] == [("ignored", None)]


async def test_poison_is_quarantined_and_the_one_behind_is_answered(
    town: Town, open_office: Open, look: Any, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.says(ama, "poison")
    await town.says(ben, "hello")
    await town.says(ama, "and then?")
    post = await open_office()
    await settled(town, post)
    assert await town.heard(ben) == ["You said: hello"]
    apology, answer = await town.heard(ama)
    assert apology.startswith("Something went wrong on our side. What you wrote is safe. Reference E-")
    assert answer == "You said: and then?"
    poison = look(select(inbox).where(inbox.c.state == "quarantined"))
    assert [row.tries for row in poison] == [3]
    assert poison[0].fault.startswith("RuntimeError at tiny.py:")
    assert "poison" in poison[0].raw
    assert look(DEEDS)[0][0] == 2  # what poison had done before it failed does not stand
    told = capsys.readouterr().out + caplog.text
    assert "quarantined" in told
    assert not any(words in told for words in ("secret words", "and then?", "Ama", "42:TEST"))


async def test_half_a_character_holds_up_nobody(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    post = await open_office(fetch=False, sealed_for=lambda conn, sender: sender == ben)
    updates = [
        {"update_id": n, "message": {"chat": {"id": who, "type": "private"}, "from": {"id": who}, "text": words}}
        for n, (who, words) in enumerate([(ama, "poison \ud800"), (ben, "\ud800"), (ama, "hello")])
    ]
    await post.pump.take(updates)
    await post.drained()
    assert ends(look) == ["quarantined", "done", "done"]
    assert ("dead", "half a character cannot be sent") in out(look)
    assert (await town.heard(ama))[-1] == "You said: hello"


async def test_what_cannot_be_said_is_a_fault_of_that_update_alone(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.says(ama, "unsayable")
    await town.says(ben, "hello")
    post = await open_office()
    await settled(town, post)
    assert sorted(ends(look)) == ["done", "quarantined"]
    assert await town.heard(ben) == ["You said: hello"]


async def test_undecodable_and_unknown_kinds_go_to_quarantine_at_once(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    private = {"chat": {"id": ama, "type": "private"}, "from": {"id": ama}, "date": 1, "message_id": 9}
    await town.do(
        "raw", message={**private, "text": "old forward", "forward_origin": {"type": "hidden_user", "date": 1}}
    )
    await town.do("raw", something_new={"from": {"id": ama}})
    await town.says(ben, "hello")
    post = await open_office()
    await settled(town, post)
    rows = look(select(inbox).order_by(inbox.c.update_id))
    assert [(row.state, row.fault, row.tries) for row in rows] == [
        ("quarantined", "it cannot be decoded", 0),
        ("quarantined", "unknown kind", 0),
        ("done", None, 0),
    ]
    assert "old forward" in rows[0].raw
    assert len(await town.heard(ama)) == 1  # told once, for what she wrote
    assert await town.heard(ben) == ["You said: hello"]


async def test_a_handler_that_hangs_is_stopped(town: Town, open_office: Open, look: Any) -> None:
    ama, ben = await town.person("Ama"), await town.person("Ben")
    await town.says(ama, "hang")
    await town.says(ben, "hello")
    post = await open_office(handler_seconds=0.1)
    await settled(town, post)
    assert sorted(ends(look)) == ["done", "quarantined"]
    assert await town.heard(ben) == ["You said: hello"]
    fault = look(select(inbox.c.fault).where(inbox.c.state == "quarantined"))[0][0]
    assert fault.startswith("TimeoutError")


async def test_a_poisoned_tap_is_answered_in_a_popup(town: Town, open_office: Open) -> None:
    ama = await town.person()
    await town.says(ama, "card")
    post = await open_office()
    await settled(town, post)
    card = (await town.messages(ama))[0]["message_id"]
    tapped = await town.do("tap", user=ama, chat=ama, message_id=card, data="poison")
    assert "Something went wrong on our side" in tapped["answer"]["text"]
    tapped = await town.do("tap", user=ama, chat=ama, message_id=card, data="fine")
    assert tapped["answer"]["text"] == "Tapped."
    await post.drained()


async def test_what_is_kept_of_a_confidential_conversation_is_sealed(town: Town, open_office: Open, look: Any) -> None:
    ama = await town.person()
    await town.says(ama, "poison canary")
    post = await open_office(sealed_for=lambda conn, sender: sender == ama)
    await settled(town, post)
    (row,) = look(select(inbox))
    assert row.state == "quarantined"
    assert "canary" not in row.raw
    assert "canary" in str(post.pump._tx.keeping.opened(row.raw))


async def test_errands_write_and_speak_and_fail_alone(town: Town, open_office: Open, look: Any) -> None:
    from desk.front import Desk, Line
    from domain.words import plain
    from tests.post.tiny import deed

    ama = await town.person()
    post = await open_office()

    def good(desk: Desk) -> int:
        desk.say(Line(ama, plain("from a sweep")))
        return deed(desk, "good")

    def bad(desk: Desk) -> int:
        deed(desk, "bad")
        raise ValueError("no")

    faults = await asyncio.gather(post.pump.do(bad), post.pump.do(good), return_exceptions=True)
    assert isinstance(faults[0], ValueError)
    assert faults[1] == 1
    await post.drained()
    assert await town.heard(ama) == ["from a sweep"]
    assert look(DEEDS)[0][0] == 1


async def test_what_follows_a_commit_follows_it_only_once(town: Town, open_office: Open) -> None:
    from tests.post import tiny

    ama, followed = await town.person(), []

    async def handle(desk: Any, raw: dict[str, Any]) -> bool:
        desk.after.append(lambda: followed.append(raw["message"]["text"]))
        return await tiny.handle(desk, raw)

    await town.says(ama, "poison")
    await town.says(ama, "hello")
    post = await open_office(handle=handle)
    await settled(town, post)
    assert followed == ["hello"]
