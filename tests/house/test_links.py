"""No button leads to somebody's account: `tg://user?id` opens only where that person's privacy settings allow it."""

from __future__ import annotations

from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("bot", "desk", "domain", "locales", "storage", "web")
FILES = [path for room in ROOMS for path in sorted((HOUSE / room).rglob("*")) if path.suffix in {".py", ".po", ".toml"}]


def test_there_is_something_to_look_at() -> None:
    assert len(FILES) > 150


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_link_to_an_account(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "tg://" not in text
    assert "text_mention" not in text
