"""`linli demo --play` lists the stories, acts one in either language, and says so when it was not as promised."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import build_parser
from bot.demo.folder import NOT_A_DEMOS, CannotBegin, emptied
from bot.demo.showing import act

ROOT = Path(__file__).parent.parent.parent


async def demo(data: Path, *words: str) -> asyncio.subprocess.Process:
    command = ("-m", "bot", "demo", "--data", str(data), *words)
    return await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )


def is_as_promised(said: str, someone: str) -> bool:
    return "NOT AS PROMISED" not in said and sum(line.startswith(someone) for line in said.splitlines()) >= 8


@pytest.mark.parametrize(("story", "language", "someone"), [("help", "en", "Ama:"), ("market", "zh_Hans", "小陈:")])
async def test_the_story_is_as_promised(story: str, language: str, someone: str, tmp_path: Path) -> None:
    process = await demo(tmp_path / "demo", "--play", story, "--lang", language)
    said, _ = await asyncio.wait_for(process.communicate(), 100)
    assert process.returncode == 0, said.decode()
    assert is_as_promised(said.decode(), someone)


@pytest.mark.parametrize(
    ("story", "language", "someone"),
    [
        ("help", "zh_Hans", "王阿婆:"),
        ("report", "en", "Ama:"),
        ("report", "zh_Hans", "王阿婆:"),
        ("market", "en", "Ben:"),
    ],
)
async def test_and_so_is_every_other_told_in_this_process(
    story: str, language: str, someone: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the command does once it has been started, which is what takes long."""
    assert await act(story, language, tmp_path / "demo")
    assert is_as_promised(capsys.readouterr().out, someone)


@pytest.mark.parametrize(("name", "code"), [((), 0), (("nonsense",), 2)])
def test_the_stories_are_listed(
    name: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.logs.set_up_logs", lambda level: None)
    given = build_parser().parse_args(["demo", "--play", *name])
    assert given.does(given) == code
    assert capsys.readouterr().out.startswith("help: ")


def test_only_a_folder_of_a_demos_is_emptied(tmp_path: Path) -> None:
    """A desk's own folder is left as it is, and so is a file; what a demo has left goes, whatever it is."""
    desk = tmp_path / "var"
    desk.mkdir()
    (desk / "linli.db").write_text("a whole neighbourhood")
    for kept in (desk, desk / "linli.db"):
        with pytest.raises(CannotBegin) as refused, emptied(kept):
            pass
        assert refused.value.said.msgid == NOT_A_DEMOS.msgid
    assert (desk / "linli.db").read_text() == "a whole neighbourhood"

    place = tmp_path / "demo"
    for _time in range(2):
        with emptied(place) as ours:
            assert [each.name for each in ours.iterdir()] == ["demo.lock"]
            (ours / "linli.db").touch()
            (ours / "files").mkdir()
            (ours / "files" / "out").symlink_to(desk, target_is_directory=True)
            with pytest.raises(CannotBegin), emptied(place):
                pass
            assert (ours / "linli.db").exists()
    assert (desk / "linli.db").exists()


async def test_it_is_ready_when_everything_answers_and_ends_when_told(tmp_path: Path) -> None:
    process = await demo(tmp_path / "demo", "--port", "0", "--lang", "en")
    try:
        assert process.stdout is not None
        ready = (await asyncio.wait_for(process.stdout.readline(), 80)).decode().strip()
        assert ready.startswith("Ready: http://127.0.0.1:")
        async with aiohttp.ClientSession() as session, session.get(ready.removeprefix("Ready: ")) as page:
            assert page.status == 200 and "<title>" in await page.text()
        # Whoever starts a second one is told what to do, and the first goes on with its database.
        port, database = ready.rpartition(":")[2], tmp_path / "demo" / "linli.db"
        for where, why in (("demo", "is running in"), ("other", f"at port {port} already")):
            second = await demo(tmp_path / where, "--port", port, "--lang", "en")
            said = (await asyncio.wait_for(second.communicate(), 80))[0].decode()
            assert second.returncode == 2 and why in said and said.count("\n") == 1, said
            assert database.exists() and process.returncode is None
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
