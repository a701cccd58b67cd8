"""What the documents promise is there: commands, settings, pages, pictures; and nothing that is nobody's business."""

from __future__ import annotations

import re
import struct
import subprocess
from argparse import ArgumentParser, _SubParsersAction
from pathlib import Path

import pytest

from bot.__main__ import build_parser
from bot.settings import PREFIX, Settings

HOUSE = Path(__file__).parents[2]
DOCS = [HOUSE / "README.md", *sorted((HOUSE / "docs").rglob("*.md"))]
DECISIONS = HOUSE / "docs" / "decisions"


def tracked() -> list[Path]:
    """Every text file of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, text=True)
    if listed.returncode:  # an unpacked archive
        rooms = ("bot", "desk", "docs", "domain", "sandbox", "storage", "tests", "web")
        return [*HOUSE.glob("*.*"), *(path for room in rooms for path in (HOUSE / room).rglob("*.[pmjt][ydso]*"))]
    files = [HOUSE / name for name in listed.stdout.split("\0") if name]
    return [
        path for path in files if path.exists() and path.suffix in {"", ".py", ".md", ".toml", ".js", ".css", ".lock"}
    ]


def named(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def commands() -> dict[str, ArgumentParser]:
    parser = build_parser()
    found = next(action for action in parser._actions if isinstance(action, _SubParsersAction))
    return dict(found.choices)


def code_of(path: Path) -> str:
    """What stands between backticks or is indented as a command."""
    text = path.read_text(encoding="utf-8")
    return "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^    (.+)$", text, re.MULTILINE)])


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_commands_that_are_named_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
    code = code_of(path)
    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets
    assert set(re.findall(r"\blinli ([a-z]+)", code)) <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args([command, "--help"])
    assert left.value.code == 0
    assert command in capsys.readouterr().out


def test_the_two_commands_of_the_readme_and_those_of_an_operator() -> None:
    code = code_of(HOUSE / "README.md")
    assert {"demo", "test"} <= set(re.findall(r"\bmake ([a-z]+)", code))
    assert {"demo", "init", "check", "run", "import", "cards"} <= set(re.findall(r"\blinli ([a-z]+)", code))


def test_the_table_of_settings_is_whole() -> None:
    written = re.findall(rf"^\| `{PREFIX}([A-Z_]+)` ", (HOUSE / "docs/operating.md").read_text(), re.MULTILINE)
    assert sorted(written) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_no_document_names_a_setting_that_is_not_there(path: Path) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    said = {name.removesuffix("_FILE") for name in re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", path.read_text())}
    assert said <= known


def test_every_decision_is_in_the_index_once() -> None:
    listed = re.findall(r"^- \[.+\]\((.+\.md)\): \S", (DECISIONS / "README.md").read_text(), re.MULTILINE)
    pages = sorted(path.name for path in DECISIONS.glob("*.md") if path.name != "README.md")
    assert sorted(listed) == pages


@pytest.mark.parametrize("path", DOCS, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not lost


def test_the_rooms_of_the_readme_are_all_the_rooms() -> None:
    table = re.findall(r"^\| (`[a-z]+/`.*?) \|", (HOUSE / "README.md").read_text(), re.MULTILINE)
    rooms = {room for row in table for room in re.findall(r"`([a-z]+)/`", row)}
    there = {path.name for path in HOUSE.iterdir() if path.is_dir() and path.name[0] not in "._" and path.name != "var"}
    assert rooms == {room for room in there if not room.endswith(".egg-info")}


def test_the_phones_are_shown() -> None:
    picture = (HOUSE / "docs/phones.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) == (1440, 900)
    assert 50_000 < len(picture) < 1_500_000, "something is on it, and it is quick to load"


NOBODYS_BUSINESS = [
    r"(?<![\w.])/wo" r"rk/",
    r"/home/\w+/",
    r"/ro" r"ot/",
    r"files\.pythonho" r"sted",
    r"\bissu" r"e #?\d",
    r"index-url\s*[=h]",
]


def test_files_speak_of_the_project_alone() -> None:
    """No place on somebody's machine, no package host, no ticket."""
    found = [
        f"{named(path)}: {hit.group()}"
        for path in tracked()
        for words in NOBODYS_BUSINESS
        for hit in [re.search(words, path.read_text(encoding="utf-8", errors="replace"), re.IGNORECASE)]
        if hit
    ]
    assert not found
