"""A room imports only what its row in the design allows; every arrow points down."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
OURS = {"domain", "storage", "desk", "bot", "sandbox", "web"}
STANDARD = set(sys.stdlib_module_names)

ROOMS: dict[str, set[str]] = {
    "domain": {"holidays"},
    "storage": {"domain", "sqlalchemy", "alembic", "cryptography"},
    "desk": {"domain", "storage", "sqlalchemy"},
    "bot/flows": {"bot", "desk", "domain", "aiogram", "babel"},
    "bot/handlers": {"bot", "desk", "domain", "aiogram", "babel"},
    "bot/post": {
        "bot",
        "desk",
        "domain",
        "storage",
        "sqlalchemy",
        "telegram",
        "aiohttp",
        "aiohappyeyeballs",
        "apscheduler",
        "structlog",
    },
    "sandbox": {"aiohttp"},
    "web": {"desk", "domain", "storage", "sqlalchemy", "starlette", "uvicorn", "prometheus_client"},
}
"""Folder -> what may be imported there, beside the standard library and itself."""

WIRING = {"bot/app.py", "bot/operating.py", "bot/__main__.py", "bot/switchboard.py", "bot/demo"}
"""Where the rooms meet, and where single libraries have the one file whose job they are."""


def room_of(path: Path) -> str | None:
    inside = path.relative_to(HOUSE).as_posix()
    return next((room for room in ROOMS if inside.startswith(f"{room}/")), None)


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


FILES = sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py") if "migrations" not in path.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_a_room_imports_only_what_its_row_allows(path: Path) -> None:
    room = room_of(path)
    assert room is not None
    allowed = ROOMS[room] | STANDARD | ({"structlog"} if room != "domain" else set()) | {room.split("/")[0]}
    assert imported(path) <= allowed, f"{path.name} reaches outside of {room}: {imported(path) - allowed}"


def test_nothing_awaits_below_bot() -> None:
    for room in ("domain", "storage", "desk"):
        for path in (HOUSE / room).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            awaiting = [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef | ast.Await)]
            assert not awaiting, f"{path} awaits"


def test_flows_and_handlers_do_not_reach_into_storage_or_the_post_office() -> None:
    for path in [*(HOUSE / "bot/flows").rglob("*.py"), *(HOUSE / "bot/handlers").rglob("*.py")]:
        source = path.read_text(encoding="utf-8")
        assert "from storage" not in source and "from bot.post" not in source, path.name


def test_files_stay_readable() -> None:
    long = {
        path.relative_to(HOUSE).as_posix(): lines
        for path in FILES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long, f"these hold two things: {long}"


def test_no_file_without_a_noun() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}
    assert not [path for path in FILES if path.stem in nameless]
