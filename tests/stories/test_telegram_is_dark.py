"""Telegram cannot be reached for hours: supervisors hear by mail, once; when it is back, what is urgent goes first."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.demo.file import town_file
from bot.post.budget import Budget
from domain.second_channel import Mail, SecondChannel
from storage.tables import echoes
from tests.conftest import MORNING
from tests.mailbox import PASSWORD, USER, Hooked, MailServer, certificate
from tests.stories.test_nobody_answers import ask
from tests.stories.test_private_door import CANARY, NAMED, TELLS, TO_THE_DOOR, WORD
from tests.town import TestTown, a_town

SECRET = "0123456789abcdef0123456789abcdef"
WORDS = ("rice", "Ama", "201")


@dataclass
class Dark:
    """The town with a second channel, and a hand on the cable to Telegram."""

    town: TestTown
    mail: MailServer
    hook: Hooked

    async def goes(self) -> None:
        await self.town.demo.sandbox.go_dark()

    async def ends(self) -> None:
        await self.town.demo.sandbox.listen()

    async def wait(self, minutes: int) -> None:
        """Minute by minute, as the desk would live through it."""
        for _minute in range(minutes):
            self.town.demo.clock.move(timedelta(minutes=1))
            await self.town.demo.app.office.drained()

    def told(self) -> list[list[dict[str, Any]]]:
        """What the webhook was given, one list a call."""
        return [json.loads(body)["alerts"] for _headers, body in self.hook.taken]

    def echoes(self) -> list[tuple[str, str]]:
        query = select(echoes.c.way, echoes.c.state).order_by(echoes.c.id)
        found: list[tuple[str, str]] = self.town.look(lambda desk: [tuple(row) for row in desk.conn.execute(query)])
        return found


@pytest.fixture
async def dark(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Dark]:
    public, private = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(MailServer("implicit", context).open())
        hook = await stack.enter_async_context(Hooked().open())
        to = {"ankang": ("dina@example.org",), "donggang": ("gita@example.org",)}
        mail = Mail("127.0.0.1", "desk@example.org", "implicit", server.port, USER, to, ("office@example.org",))
        file = town_file("en")
        urgent = {key: replace(ladder, urgent=True) for key, ladder in file.ladders.items()}
        file = replace(file, ladders=urgent, second_channel=SecondChannel(mail=mail, webhook=hook.url))
        given = {"mail_password": PASSWORD, "alert_secret": SECRET}
        town = await stack.enter_async_context(
            a_town(tmp_path / "var", MORNING, database_url=database_url, file=file, given=given)
        )
        yield Dark(town, server, hook)


async def test_two_dark_hours(dark: Dark) -> None:
    town = dark.town
    await ask(town)
    await dark.goes()
    await dark.wait(39)
    assert dark.mail.letters == []  # called at 30; Telegram has ten minutes
    await dark.wait(1)
    (letter,) = dark.mail.letters
    assert letter["To"] == "dina@example.org" and "somebody is waiting for you" in letter["Subject"]
    said = letter.get_content()
    assert "could not reach you on Telegram" in said and "10:00" in said and "Ankang" in said and "repeat" not in said
    ((alert,),) = dark.told()
    assert alert["about"] == "order" and alert["unit"] == "ankang" and alert["reference"] in said
    await dark.wait(80)
    assert [each["To"] for each in dark.mail.letters] == ["dina@example.org", "gita@example.org"]
    assert len(dark.hook.taken) == 2
    health = town.demo.app.office.health
    assert "telegram" in health.flags and health.dark_since is not None
    assert town.now - health.dark_since > timedelta(hours=1)

    everything = [each.as_string() + each.get_content() for each in dark.mail.letters]
    everything += [str(headers) + body.decode() for headers, body in dark.hook.taken]
    assert not [word for word in WORDS for whole in everything if word in whole]

    calls = len(await behind(town))
    await dark.ends()
    await dark.wait(2)
    await town.settle()
    order = [call["params"]["chat_id"] for call in (await behind(town))[calls:] if call["method"] == "sendMessage"]
    alerts = {town.dina.id, town.gita.id, town.kofi.id}
    assert set(order[:3]) == alerts and order[3:] == [town.volunteers.id]
    assert "telegram" not in health.flags

    for supervisor in (town.dina, town.gita, town.kofi):
        await supervisor.hears("Nobody has taken this yet")
    await town.volunteers.all_read()
    await town.ama.all_read()
    await dark.wait(20)
    assert len(dark.mail.letters) == 2 and len(dark.hook.taken) == 2  # Kofi had it on Telegram in time
    assert dark.echoes() == [("webhook", "sent"), ("mail", "sent")] * 2


async def behind(town: TestTown) -> list[Any]:
    """What has been asked of Telegram; also while nobody gets through to it."""
    return list(town.demo.sandbox.world.calls)


async def test_of_what_is_told_in_confidence_not_a_word_leaves(dark: Dark) -> None:
    town = dark.town
    await town.joins(town.ama)
    await town.ama.says(*TO_THE_DOOR, *TELLS)
    await town.ama.all_read()
    await dark.goes()
    await dark.wait(21)
    assert [each["To"] for each in dark.mail.letters] == ["dina@example.org"] * 2 + ["gita@example.org"]
    everything = [str(headers) + body.decode() for headers, body in dark.hook.taken]
    everything += [each.as_string() + each.get_content() for each in dark.mail.letters]
    assert all("You have a message." in each.get_content() for each in dark.mail.letters)
    assert [[each["about"] for each in told] for told in dark.told()] == [["message"]] * 3
    for word in (CANARY, NAMED, WORD, "onfidential", "privately", "not_safe", "Ankang", "ankang", "Ama"):
        assert not [whole for whole in everything if word in whole], word
    await dark.ends()
    await dark.wait(2)
    await town.settle()
    await town.dina.hears("A confidential matter in Ankang")
    await town.gita.hears("A confidential matter in Ankang")
    for phone in (town.dina, town.gita, town.kofi, town.ivy):
        await phone.all_read()


async def test_back_in_time_nobody_is_written_to(dark: Dark) -> None:
    town = dark.town
    await ask(town)
    await dark.goes()
    await dark.wait(38)
    await dark.ends()
    await dark.wait(12)
    await town.settle()
    await town.dina.hears("Nobody has taken this yet")
    await town.volunteers.all_read()
    await town.ama.all_read()
    assert dark.mail.letters == [] and dark.hook.taken == [] and dark.echoes() == []


async def test_a_desk_that_is_started_again_in_the_dark_goes_on(dark: Dark) -> None:
    town, demo = dark.town, dark.town.demo
    await ask(town)
    await dark.goes()
    await dark.wait(35)
    await demo.app.close()
    demo.clock.move(timedelta(minutes=3))
    demo.app = App(demo.app.settings, demo.app.file, clock=demo.clock, budget=Budget.none(), tick=3600)
    await demo.app.open()
    assert demo.app.username == "linli_bot" and "telegram" in demo.app.office.health.flags
    await dark.wait(2)
    assert [each["To"] for each in dark.mail.letters] == ["dina@example.org"]
    await dark.ends()
    await dark.wait(2)
    await town.settle()
    await town.dina.hears("Nobody has taken this yet")
    await town.volunteers.all_read()
    await town.ama.all_read()


async def test_a_mail_server_that_fails_is_asked_again_until_telegram_has_told_them(dark: Dark) -> None:
    town = dark.town
    await ask(town)
    dark.mail.fault, dark.hook.answers = "refuses", 500
    await dark.goes()
    await dark.wait(48)
    assert dark.mail.tries == 4 and len(dark.hook.taken) == 4  # at 40, 41, 43 and 47 minutes
    assert "second channel mail" in town.demo.app.office.health.flags
    dark.hook.answers = 200
    await dark.wait(10)
    assert len(dark.hook.taken) == 5 and dark.echoes() == [("webhook", "sent"), ("mail", "waiting")]
    dark.mail.fault = ""
    await dark.ends()
    await dark.wait(60)
    await town.settle()
    await town.dina.hears("Nobody has taken this yet")
    await town.gita.hears("Nobody has taken this yet")
    await town.volunteers.all_read()
    await town.ama.all_read()
    assert dark.mail.letters == [] and dark.echoes() == [("webhook", "sent"), ("mail", "ended")]


async def test_what_may_have_arrived_says_so_when_it_comes_again(dark: Dark) -> None:
    town = dark.town
    await ask(town)
    dark.mail.fault = "hangs_up"
    await dark.goes()
    await dark.wait(40)
    dark.mail.fault = ""
    await dark.wait(2)
    first, again = dark.mail.letters
    assert "You may have had this already" not in first.get_content()
    assert "You may have had this already" in again.get_content()
    assert first["Message-ID"] == again["Message-ID"]  # a mailbox that knows its letters shows one
    await dark.ends()
    await dark.wait(2)
    await town.settle()
    await town.dina.hears("Nobody has taken this yet")
    await town.volunteers.all_read()
    await town.ama.all_read()
