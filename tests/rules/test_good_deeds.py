"""What may be read of a good deed, and how it moves on."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.good_deeds import MOVES, STATES, readable, week_start

NAMES = ["Ben", "Ama Wang", "小陈", "王阿婆", "0580 1234567", "Ankang, building 3, room 201"]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("Ben carried it upstairs", "… carried it upstairs"),
        ("BEN and Ama Wang did it", "… and … did it"),
        ("Benny is somebody else", "Benny is somebody else"),
        ("小陈帮王阿婆提菜", "…帮…提菜"),
        ("call 0580 1234567 or 13800138000", "call … or …"),
        ("up to Ankang, building 3, room 201!", "up to …!"),
        ("at building 3, room 201", "at building …, room …"),
        ("住在三幢二零一室的阿姨", "住在…的阿姨"),
        ("3号楼201室", "…"),
        ("the van with plate 浙L·88A12", "the van with plate 浙L·…"),
        ("line one\nline\ttwo", "line one line two"),
    ],
)
def test_no_name_and_no_number_is_left_among_the_words(words: str, left: str) -> None:
    assert readable(words, NAMES) == left


def test_a_long_story_is_cut_and_says_so() -> None:
    assert len(readable("good " * 200, [])) <= 301
    assert readable("good " * 200, []).endswith("…")


def test_every_move_leads_somewhere_and_every_state_is_reached() -> None:
    assert {to for _since, to in MOVES.values()} | {"reported", "written"} == set(STATES)
    assert all(set(since) <= set(STATES) for since, _to in MOVES.values())
    over = {"declined", "kept", "withdrawn"}
    assert all(not set(since) & over for since, _to in MOVES.values())


def test_a_week_begins_on_monday_where_the_neighbourhood_is() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    sunday_night = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)
    assert week_start(sunday_night, zone) == datetime(2026, 11, 15, 16, 0, tzinfo=UTC)
    assert week_start(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), zone) == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
