"""The courier under a strict Telegram: 30 messages a second to all, 20 a minute to a group, one a second to a person.

The sandbox counts and refuses in a process of its own; the courier, its outbox and its marks are the desk's own. Lines
are written to people and groups of the sandbox through the pump, as every deed does.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection

from benchmarks.table import line
from benchmarks.town import town_file
from bot.post.clock import SystemClock
from bot.post.office import PostOffice
from bot.post.raw import Raw
from bot.post.standing import Rendered
from desk.front import BULK, PERSONAL, URGENT, Desk, Line
from domain.words import plain
from storage import schema
from storage.vault import Keys
from storage.work import open_readers, open_writer

PRIVATE, BULKY, URGENT_ONES = 600, 1000, 25
GROUPS, IN_A_GROUP = 3, 41
PEOPLE = BULKY + URGENT_ONES
OVERALL, GROUP = 30.0, 20 / 60
"""What Telegram allows, a second."""


@dataclass(slots=True)
class Strict:
    """The sandbox with its budgets on, and what it was asked."""

    url: str
    http: aiohttp.ClientSession
    people: list[int]
    groups: list[int]
    since: int = 0

    async def calls(self) -> list[dict[str, Any]]:
        """What was sent since this was asked last."""
        async with self.http.get(f"{self.url}/control/calls", params={"since": self.since}) as answer:
            read: list[dict[str, Any]] = (await answer.json())["calls"]
        self.since = max((call["n"] for call in read), default=self.since)
        return [call for call in read if call["method"] == "sendMessage"]


async def _do(http: aiohttp.ClientSession, url: str, deed: str, **fields: Any) -> Any:
    async with http.post(f"{url}/control/{deed}", json=fields) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


@asynccontextmanager
async def strict_telegram() -> AsyncIterator[Strict]:
    """A sandbox with people who have started the bot, and groups it administers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[1]
    try:
        async with aiohttp.ClientSession() as http:
            people = [(await _do(http, url, "people", first_name=f"Ama {n}"))["id"] for n in range(PEOPLE)]
            for user in people:
                await _do(http, url, "start", user=user)
            groups = [(await _do(http, url, "groups", title=f"G{n}", members=people[:2]))["id"] for n in range(GROUPS)]
            yield Strict(url, http, people, groups)
    finally:
        process.terminate()
        await process.wait()


async def _nothing(desk: Desk, raw: Raw) -> bool:
    return False


def _no_card(conn: Connection, subject: str, subject_id: int, chat_id: int) -> Rendered | None:
    return None


@asynccontextmanager
async def post_office(url: str, folder: Path) -> AsyncIterator[PostOffice]:
    """The desk's post office with its usual budgets; nothing is fetched."""
    file, clock, keys = town_file(), SystemClock(), Keys.made_from("the figures keep no secrets")
    database, chance = f"sqlite:///{folder / 'courier.db'}", random.Random(1)
    writer, readers = open_writer(database), open_readers(database)
    schema.upgrade(writer)

    def desk_for(conn: Connection) -> Desk:
        return Desk(conn, file, clock.now(), keys, chance)

    office = PostOffice(
        "42:TEST", url, writer, readers, _nothing, desk_for, _no_card, keys=keys, zone=file.zone, language="en"
    )
    await office.open(fetch=False)
    try:
        yield office
    finally:
        await office.close()
        await readers.dispose()
        writer.dispose()


def when(call: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(call["at"])


def rate(calls: list[dict[str, Any]]) -> float:
    """Messages a second between the first and the last that arrived."""
    moments = sorted(when(call) for call in calls if call["ok"])
    return (len(moments) - 1) / (moments[-1] - moments[0]).total_seconds()


def took(calls: list[dict[str, Any]]) -> float:
    moments = sorted(when(call) for call in calls if call["ok"])
    return (moments[-1] - moments[0]).total_seconds()


class Measured:
    """Three scenes on one Telegram, in a row: to people alone, beside saturated groups, urgent before bulk."""

    def __init__(self, telegram: Strict, office: PostOffice) -> None:
        self.telegram, self.office = telegram, office
        self.calls: list[dict[str, Any]] = []
        self.said = 0

    async def say(self, lines: list[Line]) -> None:
        self.said += len(lines)
        await self.office.pump.do(lambda desk: desk.say(*lines))

    async def arrived(self, word: str, count: int) -> list[dict[str, Any]]:
        """All whose words begin so, once so many have come."""
        while True:
            self.calls += await self.telegram.calls()
            mine = [call for call in self.calls if call["params"].get("text", "").startswith(word)]
            if sum(call["ok"] for call in mine) >= count:
                return mine
            await asyncio.sleep(0.5)

    async def private(self, word: str) -> list[dict[str, Any]]:
        """One line to each of many people."""
        await self.say([Line(user, plain(f"{word} {user}"), lane=PERSONAL) for user in self.telegram.people[:PRIVATE]])
        return await self.arrived(word, PRIVATE)

    async def urgent(self) -> list[float]:
        """Seconds from the deed to the arrival of each urgent line, one a second, while bulk waits."""
        bulk = [Line(user, plain(f"bulk {user}"), lane=BULK, rule="bulk") for user in self.telegram.people[:BULKY]]
        await self.say(bulk)
        said: dict[int, datetime] = {}
        for user in self.telegram.people[BULKY:]:
            await asyncio.sleep(1)
            said[user] = self.office.clock.now()
            await self.say([Line(user, plain(f"urgent {user}"), lane=URGENT, rule="urgent")])
        calls = await self.arrived("urgent", len(said))
        return [(when(call) - said[int(call["params"]["chat_id"])]).total_seconds() for call in calls if call["ok"]]

    async def play(self) -> None:
        alone = await self.private("alone")
        texts = [plain(f"group {number}") for number in range(IN_A_GROUP)]
        await self.say([Line(group, text) for text in texts for group in self.telegram.groups])
        beside = await self.private("beside")
        urgent = await self.urgent()
        groups = await self.arrived("group", GROUPS * IN_A_GROUP)
        await self.arrived("bulk", BULKY)
        rates = []
        for chat in self.telegram.groups:
            rates.append(rate([call for call in groups if int(call["params"]["chat_id"]) == chat]))
        group = statistics.median(rates)
        line(
            "messages a second to many people",
            f"{rate(alone):.2f}",
            f"{OVERALL:.0f}",
            _share(rate(alone), OVERALL),
            "≥ 0.97",
        )
        line("messages a minute to a group", f"{60 * group:.2f}", f"{60 * GROUP:.0f}", _share(group, GROUP), "≥ 0.97")
        times = took(beside), took(alone)
        what = f"{PRIVATE} private messages beside {GROUPS} full groups, s"
        line(what, f"{times[0]:.1f}", f"{times[1]:.1f}", _share(*times), "≤ 1.1")
        line(f"slowest of {len(urgent)} urgent while {BULKY} bulk wait, s", f"{max(urgent):.2f}", "", "", "≤ 0.3")
        refused = [call for call in self.calls if not call["ok"]]
        line("refused with 429", str(len(refused)), "", "", "0")
        arrived = {(call["params"]["chat_id"], call["params"]["text"]) for call in self.calls if call["ok"]}
        lost, doubled = self.said - len(arrived), sum(call["ok"] for call in self.calls) - len(arrived)
        line(f"lost or doubled of {self.said}", f"{lost} and {doubled}", "", "", "0")


def _share(one: float, other: float) -> str:
    return f"{one / other:.3f}"


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with strict_telegram() as telegram, post_office(telegram.url, Path(folder)) as office:
            await Measured(telegram, office).play()


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
