"""The command `linli`, as an operator types it."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import aiohttp
import pytest
from pypdf import PdfReader

from bot import operating
from bot.__main__ import build_parser
from bot.app import App
from bot.commands import listed
from bot.settings import read_settings
from bot.words import Reader
from domain.desk_file import read_desk_file
from domain.shipped import shipped_desk_file
from sandbox.phones import Town
from sandbox.server import Sandbox

ROOT = Path(__file__).parent.parent.parent
TOKEN = "42:SANDBOX"


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    box = Sandbox(TOKEN, budgets=False)
    await box.start()
    yield box
    await box.stop()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to begin in."""
    for name in list(os.environ):
        if name.startswith("LINLI_") and not name.startswith("LINLI_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LINLI_BOT_API", "http://127.0.0.1:9")
    monkeypatch.setattr(operating, "set_up_logs", lambda level, shape: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def linli(place: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """`linli("check")` -> its exit code, and everything it said."""

    def command(*words: str) -> tuple[int, str]:
        given = build_parser().parse_args([*words])
        code = given.does(given)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out + said.err

    return command


def hands_in(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{words}\n"))


WRONG = """
[desk]
name = { zh_Hans = "东港", en = "Donggang" }
zone = "Mars/Olympus"
languages = ["zh_Hans", "en"]

[units.a]
levle = "community"
"""


@pytest.mark.parametrize(("language", "words"), [("en", "zone"), ("zh_Hans", "时区")])
def test_check_names_every_fault_with_its_line(language: str, words: str, linli: Command, place: Path) -> None:
    (place / "desk.toml").write_text(WRONG, encoding="utf-8")
    code, said = linli("check", "--lang", language)
    assert code == 2
    lines = said.splitlines()
    assert len(lines) >= 3
    assert all(line.startswith("desk.toml:") and line.split(":")[1].isdigit() for line in lines)
    assert any(line.startswith("desk.toml:4:") and "Mars/Olympus" in line for line in lines)
    assert words in said


def test_check_names_faults_of_environment_and_file_together(
    linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "desk.toml").write_text(WRONG, encoding="utf-8")
    monkeypatch.setenv("LINLI_BOT_TOKEN", "hush-hush")
    monkeypatch.setenv("LINLI_OWNER", "ivy")
    code, said = linli("check")
    assert code == 2
    assert all(name in said for name in ("LINLI_BOT_TOKEN:", "LINLI_OWNER:", "desk.toml:4:"))
    assert "hush-hush" not in said


SECOND = """
[second_channel.mail]
server = "mail.example.org"
user = "desk"
from = "desk@example.org"
officers = "office@example.org"
[second_channel.webhook]
url = "https://alerts.example.org/linli"
"""


def test_secrets_of_the_second_channel_are_asked_for_before_it_is_needed(
    linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "desk.toml").write_text(shipped_desk_file("demo") + SECOND, encoding="utf-8")
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    code, said = linli("check", "--lang", "en")
    assert code == 1 and "LINLI_MAIL_PASSWORD" in said and "LINLI_ALERT_SECRET" in said
    code, said = linli("run", "--lang", "en")
    assert code == 2 and "LINLI_MAIL_PASSWORD" in said and "LINLI_ALERT_SECRET" in said
    (place / "password").write_text("swordfish\n")
    monkeypatch.setenv("LINLI_MAIL_PASSWORD_FILE", str(place / "password"))
    monkeypatch.setenv("LINLI_ALERT_SECRET", "short")
    code, said = linli("check", "--lang", "en")
    assert code == 2 and "LINLI_ALERT_SECRET: write 32" in said
    monkeypatch.setenv("LINLI_ALERT_SECRET", "0123456789abcdef" * 2)
    code, said = linli("check", "--lang", "en")
    assert code == 0 and "swordfish" not in said


def test_check_looks_and_makes_nothing(linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert linli("check", "--lang", "en") == (
        2,
        "desk.toml cannot be read. `linli init` writes one, or set LINLI_DESK to where yours is.\n",
    )
    (place / "desk.toml").write_text(shipped_desk_file("demo"), encoding="utf-8")
    code, said = linli("check", "--lang", "en")
    assert code == 1 and "token is missing" in said
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    code, said = linli("check", "--lang", "en")
    assert code == 0 and "places 4" in said and "Everything is sound" in said
    assert [path.name for path in place.iterdir()] == ["desk.toml"]


@pytest.mark.parametrize("words", ["run", "audit", "import list.csv", "cards cards.pdf"])
def test_a_wrong_desk_file_stops_every_command_in_words(words: str, linli: Command, place: Path) -> None:
    (place / "desk.toml").write_text(WRONG, encoding="utf-8")
    code, said = linli(*words.split())
    assert code == 2 and "desk.toml:4:" in said


def test_run_without_token_or_telegram_says_so(linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "desk.toml").write_text(shipped_desk_file("demo"), encoding="utf-8")
    code, said = linli("run", "--lang", "en")
    assert code == 2 and "linli init" in said
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    code, said = linli("run", "--lang", "en")
    assert code == 2 and "Telegram does not answer" in said


@pytest.mark.parametrize(("language", "words"), [("en", "Several workers need PostgreSQL"), ("zh_Hans", "PostgreSQL")])
@pytest.mark.parametrize("database", ["", "sqlite:///here.db"])
def test_a_worker_on_sqlite_refuses_and_makes_nothing(
    language: str, words: str, database: str, linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "desk.toml").write_text(shipped_desk_file("demo"), encoding="utf-8")
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("LINLI_DATABASE_URL", database)
    code, said = linli("run", "--worker", "--lang", language)
    assert code == 2 and words in said and "LINLI_DATABASE_URL" in said and "linli run" in said
    assert len(said.splitlines()) == 1
    assert [path.name for path in place.iterdir()] == ["desk.toml"]


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
async def test_from_nothing_to_a_desk_that_runs(
    language: str, telegram: Sandbox, linli: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands_in(monkeypatch, "nonsense")
    code, said = await asyncio.to_thread(linli, "init", "--lang", language)
    assert code == 2 and (place / "desk.toml").exists()
    hands_in(monkeypatch, TOKEN)
    code, said = await asyncio.to_thread(linli, "init", "--lang", language)
    assert code == 2, "no Telegram: the desk file stands, the token is not kept"
    assert not (place / "var" / "bot_token").exists()
    file = read_desk_file((place / "desk.toml").read_text(encoding="utf-8"))
    assert file.default_language == language

    monkeypatch.setenv("LINLI_BOT_API", telegram.url)
    hands_in(monkeypatch, "43:SOMEBODY-ELSES")
    assert (await asyncio.to_thread(linli, "init", "--lang", language))[0] == 2
    hands_in(monkeypatch, TOKEN)
    code, said = await asyncio.to_thread(linli, "init", "--lang", language)
    assert code == 0 and TOKEN not in said
    link = said.splitlines()[-1]
    assert link.startswith(f"https://t.me/{telegram.world.bot.username}?start=")
    kept = place / "var" / "bot_token"
    assert kept.read_text() == TOKEN and stat.S_IMODE(kept.stat().st_mode) == 0o600
    written = (place / "desk.toml").read_text(encoding="utf-8")

    hands_in(monkeypatch, "")
    code, said = await asyncio.to_thread(linli, "init", "--lang", language)
    assert code == 0 and (place / "desk.toml").read_text(encoding="utf-8") == written
    link = said.splitlines()[-1]
    code, said = await asyncio.to_thread(linli, "check", "--lang", language)
    assert code == 1, "the set-up has holes, and they are named"
    assert len(said.splitlines()) >= 3
    if language != "en":
        return
    lists = place / "list.csv"
    unit = next(key for key, unit in file.units.items() if unit.level == "community")
    lists.write_text(f"unit,building,room\n{unit},3,201\n{unit},3,202\n", encoding="utf-8")
    before = await asyncio.to_thread(linli, "import", "list.csv", "--dry-run", "--lang", language)
    first = await asyncio.to_thread(linli, "import", "list.csv", "--lang", language)
    second = await asyncio.to_thread(linli, "import", "list.csv", "--lang", language)
    assert before[0] == first[0] == second[0] == 0 and first != second
    assert (await asyncio.to_thread(linli, "cards", "cards.pdf", "--lang", language))[0] == 0
    assert len(PdfReader(place / "cards.pdf").pages) >= 1
    await posters_are_printed_and_revoked(linli, place, unit)
    assert (await asyncio.to_thread(linli, "audit", "--lang", language))[0] == 0
    assert (await asyncio.to_thread(linli, "import", "nowhere.csv", "--lang", language))[0] == 2

    await it_runs_until_told_to_stop(telegram, place, link.partition("start=")[2])
    code, said = await asyncio.to_thread(linli, "init", "--lang", language)
    assert code == 0 and "an officer already" in said and "t.me" not in said


async def posters_are_printed_and_revoked(linli: Command, place: Path, unit: str) -> None:
    async def says(*words: str) -> tuple[int, str]:
        return await asyncio.to_thread(linli, "posters", *words, "--lang", "en")

    assert await says("posters.pdf") == (0, "posters.pdf: 1 poster.\n")
    assert len(PdfReader(place / "posters.pdf").pages) == 1
    assert (await says())[0] == (await says("--revoke"))[0] == (await says("p.pdf", "--unit", "nowhere"))[0] == 2
    assert await says("--revoke", "--unit", unit, "--building", "3") == (0, "1 poster leads nowhere from now on.\n")
    first = (place / "posters.pdf").read_bytes()
    assert await says("posters.pdf", "--renew", "--unit", unit) == (0, "posters.pdf: 1 poster.\n")
    assert (place / "posters.pdf").read_bytes() != first


async def test_the_owner_named_in_the_environment_is_an_officer(telegram: Sandbox, place: Path) -> None:
    settings = read_settings({"LINLI_BOT_API": telegram.url, "LINLI_BOT_TOKEN": TOKEN, "LINLI_OWNER": "1001"})
    for _twice in range(2):
        app = App(settings, read_desk_file(shipped_desk_file("demo")))
        await app.open()
        await app.close()
    assert roles_in(place) == [("officer",)]


def roles_in(place: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(place / "var" / "linli.db")) as connection:
        return connection.execute("SELECT role FROM roles").fetchall()


async def it_runs_until_told_to_stop(telegram: Sandbox, place: Path, token: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LINLI_LOG_FORMAT": "json"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "run",
        cwd=place,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with aiohttp.ClientSession() as session:

            async def settle() -> None:
                await asyncio.sleep(0.05)

            town = Town(telegram.url, session, settle)
            ivy = await town.person("Ivy", language_code="en")
            await ivy.starts()
            await heard(town, ivy.id, f"LINLI_OWNER={ivy.id}")
            await ivy.starts(token)
            await heard(town, ivy.id, "officer")
            await commands_are_listed(telegram, session)
        began = monotonic()
        process.send_signal(signal.SIGTERM)
        said, _ = await asyncio.wait_for(process.communicate(), 10)
        assert process.returncode == 0, said.decode()
        assert monotonic() - began < 8
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert b"Traceback" not in said and TOKEN.encode() not in said and b"Ivy" not in said
    assert roles_in(place) == [("officer",)]


async def heard(town: Town, chat: int, words: str) -> None:
    until = monotonic() + 60  # a busy machine takes its time to start
    while monotonic() < until:
        messages = (await town.ask("chat", chat=chat))["messages"]
        if any(words in (message.get("text") or "") for message in messages):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not said: {words}; but {[message.get('text') for message in messages]}")


async def commands_are_listed(telegram: Sandbox, session: aiohttp.ClientSession) -> None:
    file = read_desk_file(shipped_desk_file("desk.en"))

    async def shown(code: str, scope: str = "all_private_chats") -> dict[str, str]:
        asked = {"scope": {"type": scope}, "language_code": code}
        async with session.post(f"{telegram.url}/bot{TOKEN}/getMyCommands", json=asked) as answer:
            return {each["command"]: each["description"] for each in (await answer.json())["result"]}

    for code, language in (("", "en"), ("en", "en"), ("zh", "zh_Hans")):
        reader = Reader(language, file.zone, datetime.now(UTC))
        assert await shown(code) == {name: reader.label(text) for name, text in listed().items()}
    assert {"help", "menu", "orders", "language", "settings", "cancel"} <= set(await shown(""))
    assert await shown("", "all_group_chats") == {}
