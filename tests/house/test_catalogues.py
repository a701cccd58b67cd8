"""Every sentence stands in every language with the same blanks, and can be said there whatever fills them."""

from __future__ import annotations

import json
import re
import string
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import catalogues, words
from bot.post.outgoing import keyboard
from bot.post.pieces import CAPTION, MESSAGE, POPUP, bare, pieces, shortened, units
from bot.words import Reader, known_languages
from desk.front import Button
from domain.words import Text
from sandbox.formatting import parse_html
from sandbox.keyboards import check_markup
from tests.conftest import MORNING

SHANGHAI = ZoneInfo("Asia/Shanghai")
FOUND = catalogues.sentences()
SENTENCES: list[tuple[str, str | None]] = [
    (each.id, None) if isinstance(each.id, str) else (each.id[0], each.id[1]) for each in FOUND if each.id
]
"""Each with its plural, if it has one."""


def blanks_of(msgid: str) -> set[str]:
    return {name for _words, name, _form, _conversion in string.Formatter().parse(msgid) if name}


COUNTED = re.compile(
    r"\{(?!most\b)\w+\} (points|requests|reports|places|people|households|pictures|times|days|things)\b"
)
"""A number before what it counts; `most` is a limit of ours that is never one."""


def test_a_number_before_a_noun_has_a_sentence_for_one() -> None:
    assert [msgid for msgid, plural in SENTENCES if plural is None and COUNTED.search(msgid)] == []


@pytest.mark.parametrize("language", known_languages())
def test_a_catalogue_is_whole(language: str) -> None:
    assert catalogues.faults_of(language, FOUND) == []


@pytest.mark.parametrize(
    ("translated", "fault"),
    [
        ("", "not translated"),
        ("{who} 接了", "other blanks"),
        ("接了", "other blanks"),
        ("<b>{name}</b> 接了", "other blanks"),
        (None, "missing"),
    ],
)
def test_a_fault_in_a_catalogue_would_be_found(
    monkeypatch: pytest.MonkeyPatch, translated: str | None, fault: str
) -> None:
    asked, there = Catalog(), Catalog(locale="zh_Hans")
    asked.add("{name} has it.")
    if translated is not None:
        there.add("{name} has it.", translated)
    monkeypatch.setattr(catalogues, "read", lambda language: there)
    [found] = catalogues.faults_of("zh_Hans", asked)
    assert fault in found


def test_a_plural_with_a_form_too_few_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, there = Catalog(), Catalog(locale="zh_Hans")
    asked.add(("{count} line", "{count} lines of {name}"))
    there.add(("{count} line", "{count} lines of {name}"), ("{count} 行",))
    monkeypatch.setattr(catalogues, "read", lambda language: there)
    [found] = catalogues.faults_of("zh_Hans", asked)
    assert "other blanks" in found


def test_a_sentence_that_a_language_does_not_have_comes_as_it_stands_in_the_code() -> None:
    for language in ("zh_Hans", "tlh"):
        reader = Reader(language, SHANGHAI, MORNING)
        assert reader.say(Text("{name} brings soup.", {"name": "Ben"})) == "Ben brings soup."
    assert words.catalogue("tlh").gettext("x") == "x"


# ── whatever fills them ─────────────────────────────────────────────────────────────────────────────────────────────

NASTY = ["<b>", "</b>", "<a_href='x'>", "&", "&lt;", "{name}", "{0}", "%s", "]]>"]
NASTY += ["👩\u200d👩\u200d👧", "🇨🇳", "𝄞", "李", "é"]
NASTY += ["\u202e", "\u200f", "\n"]
anything = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)), max_size=12
).map("".join)
long_ones = st.builds(lambda part, times: part * times, anything, st.sampled_from([1, 40, 500]))


def filled(sentence: tuple[str, str | None], filling: str, count: int) -> Text:
    """The sentence with these words in every blank."""
    msgid, plural = sentence
    blanks: dict[str, Any] = dict.fromkeys(blanks_of(msgid) | blanks_of(plural or ""), filling)
    return Text(msgid, blanks | ({"count": count} if "count" in blanks and plural else {}), plural)


def check(text: Text, reader: Reader) -> None:
    """Telegram's own way of reading markup takes every piece, and nobody's words become markup."""
    whole = reader.say(text)
    for limit in (MESSAGE, CAPTION):
        found = pieces(whole, limit)
        for piece in found:
            shown, _entities = parse_html(piece)
            assert units(shown) <= limit
        assert squeezed("".join(map(bare, found))) == squeezed(bare(whole)), "nothing is lost"
    assert units(shortened(reader.label(text), POPUP)) <= POPUP
    ours = {tag for sentence in (text.msgid, text.plural or "") for tag in re.findall(r"</?[a-z]+>", sentence)}
    assert set(re.findall(r"<[^>]*>", whole)) <= ours, "only our own sentences have markup"


@pytest.mark.parametrize("language", known_languages())
def test_every_sentence_bears_whatever_people_write(language: str) -> None:
    reader = Reader(language, SHANGHAI, MORNING)
    for sentence in SENTENCES:
        check(filled(sentence, "".join(NASTY), 2), reader)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SENTENCES), st.sampled_from(known_languages()), long_ones, st.integers(0, 10**9))
def test_however_long_it_is_it_is_well_formed_and_within_telegrams_limits(
    sentence: tuple[str, str | None], language: str, filling: str, count: int
) -> None:
    check(filled(sentence, filling, count), Reader(language, SHANGHAI, MORNING))


def squeezed(said: str) -> str:
    return re.sub(r"\s", "", said)


@given(long_ones)
def test_whatever_a_thing_is_called_a_button_can_bear_it(named: str) -> None:
    reader = Reader("en", SHANGHAI, MORNING)
    markup = keyboard(reader, [Button(Text("{words}", {"words": named}), data="x:1")])
    check_markup(markup)
    assert len(json.dumps(markup)) < 10_000
