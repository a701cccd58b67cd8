"""HTML is read as Telegram reads it, and refused with its words."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import Refused
from sandbox.text import format_text, trim, units


def e(kind: str, offset: int, length: int, **more: object) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b><strong>b</strong>", "ab", [e("bold", 0, 1), e("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [e("italic", 0, 1), e("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [e("underline", 0, 1), e("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [e("strikethrough", n, 1) for n in range(3)]),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", [e("spoiler", 0, 1), e("spoiler", 1, 1)]),
        ('<a href="https://x.org/?a=1&amp;b=2">x</a>', "x", [e("text_link", 0, 1, url="https://x.org/?a=1&b=2")]),
        ("<a href='http://x.org'>x</a>", "x", [e("text_link", 0, 1, url="http://x.org/")]),
        ("<a>t.me/x</a>", "t.me/x", [e("text_link", 0, 6, url="http://t.me/x")]),
        ("<a href='nowhere'>x</a>", "x", []),
        ("<code>x</code>", "x", [e("code", 0, 1)]),
        ("<pre>x</pre>", "x", [e("pre", 0, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [e("pre", 0, 1, language="python")]),
        ("<blockquote>x</blockquote>", "x", [e("blockquote", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [e("expandable_blockquote", 0, 1)]),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", [e("custom_emoji", 0, 2, custom_emoji_id="5")]),
        ("<b>a<i>b</i></b>", "ab", [e("bold", 0, 2), e("italic", 1, 1)]),
        ("<B>a</b>", "a", [e("bold", 0, 1)]),
        ("<b>a</>", "a", [e("bold", 0, 1)]),
        ("😀<b>é</b>", "😀é", [e("bold", 2, 1)]),
        ("&lt;b&gt; &amp;amp; &quot;x&quot;", '<b> &amp; "x"', []),
        ("&#65;&#x42;&#128512;", "AB😀", []),
        ("&nbsp; AT&T", "&nbsp; AT&T", []),
        ("a > b", "a > b", []),
        ("  <b> a </b>  ", "a", [e("bold", 0, 1)]),
        ("<b></b>a", "a", []),
    ],
)
def test_what_is_marked_becomes_entities(html: str, text: str, entities: list[dict[str, object]]) -> None:
    assert format_text(html, "HTML", None) == (text, entities)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("é <br>", 'Unsupported start tag "br" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("<a =x>a</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
    ],
)
def test_what_is_wrong_is_refused_at_its_byte(html: str, words: str) -> None:
    with pytest.raises(Refused) as no:
        format_text(html, "HTML", None)
    assert no.value.code == 400
    assert no.value.description == f"Bad Request: can't parse entities: {words}"


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("é", 1), ("中文", 2), ("😀", 2), ("👨‍👩‍👧‍👦" * 10, 110), ("𠮷", 2)]
)
def test_lengths_are_utf_16_units(text: str, length: int) -> None:
    assert units(text) == length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("/start@linli_bot", [("bot_command", 0, 16)]),
        ("😀 /help.", [("bot_command", 3, 5)]),
        ("a/b //c /d/e", []),
        ("hello @linli_bot", [("mention", 6, 10)]),
        ("me@example.org", [("email", 0, 14)]),
        ("see https://example.org/a?b=c.", [("url", 4, 25)]),
        ("#rice and #1", [("hashtag", 0, 5)]),
    ],
)
def test_commands_links_and_mentions_are_found(text: str, found: list[tuple[str, int, int]]) -> None:
    _, entities = format_text(text, "", None)
    assert [(one["type"], one["offset"], one["length"]) for one in entities] == found


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    said, entities = format_text(escape(text, quote=False), "HTML", None)
    assert said == text.replace("\r", "").replace("\0", "").strip()
    assert all(entity["offset"] + entity["length"] <= units(said) for entity in entities)


@given(st.text(alphabet="<>&/ab=\"' ;#1😀"))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        said, entities = format_text(text, "HTML", None)
    except Refused as no:
        assert "can't parse entities" in no.description
    else:
        assert all(0 <= e["offset"] < e["offset"] + e["length"] <= units(said) for e in entities)


def test_nothing_is_found_inside_code() -> None:
    assert format_text("<code>/start</code>", "HTML", None)[1] == [e("code", 0, 6)]


def test_trimming_moves_and_drops_entities() -> None:
    assert trim("  ab ", [e("bold", 0, 2), e("italic", 1, 3), e("code", 3, 2)]) == (
        "ab",
        [e("italic", 0, 2), e("code", 1, 1)],
    )


def test_other_dialects_are_refused_in_a_sentence() -> None:
    with pytest.raises(Refused, match="reads parse_mode HTML only"):
        format_text("*a*", "MarkdownV2", None)
    with pytest.raises(Refused, match="unsupported parse_mode"):
        format_text("a", "BBCode", None)
