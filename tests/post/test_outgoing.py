"""Words on their way out: in the reader's language, escaped, cut where nothing is torn."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from bot.post.clock import FrozenClock
from bot.post.outgoing import Outgoing
from bot.post.pieces import pieces, shortened, units
from bot.words import Reader
from desk.front import Answer, Button, Call, CardRefresh, Copy, Line
from domain.words import plain
from storage.messages import find_standings
from tests.conftest import MORNING
from tests.post import tiny


@pytest.fixture
def desk() -> Outgoing:
    return Outgoing(FrozenClock(MORNING), tiny.SHANGHAI, "en")


def bare(piece: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", piece))


@given(st.lists(st.sampled_from(["word ", "<b>", "</b>", "&amp;", "👩‍👩‍👧", "x" * 50, "\n", "𝄞"]), max_size=60))
def test_pieces_lose_nothing_and_tear_nothing(parts: list[str]) -> None:
    whole, deep = "", 0
    for part in parts:
        if part == "</b>" and not deep:
            continue
        deep += (part == "<b>") - (part == "</b>")
        whole += part
    whole += "</b>" * deep
    found = pieces(whole, 40)
    for piece in found:
        assert units(bare(piece)) <= 40
        assert piece.count("<b>") == piece.count("</b>")
    assert re.sub(r"\s", "", "".join(map(bare, found))) == re.sub(r"\s", "", bare(whole))


def test_short_words_are_one_piece() -> None:
    assert pieces("<b>short</b>") == ["<b>short</b>"]
    assert [units(bare(piece)) for piece in pieces("word " * 1000)] == [4094, 905]


@given(st.text(max_size=300))
def test_shortened_words_fit(words: str) -> None:
    assert units(shortened(words, 200)) <= 200


def test_everything_is_written_in_the_readers_language(desk: Outgoing, conn: Connection, database_url: str) -> None:
    words = {"en": "Groceries", "zh_Hans": "买菜"}
    text = plain(words)
    conn.execute(tiny.people.insert().values(id=1, language="zh_Hans", made_at=MORNING))
    conn.execute(tiny.contacts.insert().values(telegram_id=7, person_id=1, reach="open"))
    post = desk.write(
        conn,
        [
            Line(7, text, (Button(text, "a:1"), Button(text, url="https://t.me/x"))),
            Line(7, text, language="en"),
            Line(8, text),
            Answer("q", text, alert=True, language="zh_Hans"),
            CardRefresh(7, "order", 42),
            Copy(7, "sendPhoto", {"photo": "id"}, caption=plain("<b>Ben</b> & co")),
            Copy(7, "sendMessage", {"text": "a < b"}, caption=plain("Ben writes:")),
            Copy(7, "sendVideoNote", {"video_note": "id"}, caption=plain("Ben:")),
            Call(-5, "leaveChat"),
        ],
    )
    bodies = [parcel.body for parcel in post.parcels]
    assert bodies[0]["fields"]["text"] == "买菜"
    assert bodies[0]["fields"]["reply_markup"] == {
        "inline_keyboard": [[{"text": "买菜", "callback_data": "a:1"}], [{"text": "买菜", "url": "https://t.me/x"}]]
    }
    assert [body["fields"]["text"] for body in bodies[1:3]] == ["Groceries", "Groceries"]
    assert bodies[3] == {"anew": False, "silent": False}
    assert bodies[4]["fields"]["caption"] == "&lt;b&gt;Ben&lt;/b&gt; &amp; co"
    assert bodies[5]["fields"]["text"] == "Ben writes:\na &lt; b"
    assert [body["method"] for body in bodies[6:]] == ["sendVideoNote", "sendMessage", "leaveChat"]
    assert post.answers == [{"callback_query_id": "q", "text": "买菜", "show_alert": True}]
    assert [parcel.id for parcel in post.parcels] == sorted(parcel.id for parcel in post.parcels)
    assert find_standings(conn, [7, 8])[7].language == "zh_Hans"


def test_long_words_are_several_messages_and_the_last_has_the_buttons(desk: Outgoing, conn: Connection) -> None:
    post = desk.write(conn, [Line(7, plain("long " * 2000), (Button(plain("ok"), "x"),))])
    markups: list[Any] = [parcel.body["fields"].get("reply_markup") for parcel in post.parcels]
    assert len(markups) == 3
    assert markups[:2] == [None, None]
    assert markups[2]


def test_a_long_caption_follows_in_a_message_of_its_own(desk: Outgoing, conn: Connection) -> None:
    post = desk.write(conn, [Copy(7, "sendPhoto", {"photo": "id"}, caption=plain("long " * 300))])
    assert [parcel.body["method"] for parcel in post.parcels] == ["sendPhoto", "sendMessage"]


def test_a_reader_without_a_language_gets_the_desks(desk: Outgoing) -> None:
    assert desk.reader(None) == Reader("en", tiny.SHANGHAI, MORNING)
