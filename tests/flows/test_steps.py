"""How every question reads: short, one button a row, in words; and that no answer is cut or misread."""

from __future__ import annotations

import re

import pytest

from bot.flows import ALL
from bot.flows.amounts import number_in
from bot.flows.flow import Flow, Said, Step
from bot.flows.steps import Confirm, Phone, Place, Summary, Tell, TooLong, Words, excerpt
from bot.words import Reader
from domain.desk_file import DeskFile
from domain.market_refusals import NotAnAmount
from domain.people import Person
from domain.refusals import Refusal
from domain.words import Text
from tests.conftest import MORNING, AtDesk

QUESTIONS = [(flow, step) for flow in ALL for step in flow.steps]
TOLD_WHOLE = {"start", "forget", "private"}
"""What is kept, what goes and who hears of it are told in full, once, before a yes."""
SENTENCES = re.compile(r"[.!?。！？…]+(?=\s|$|[^\d\W])")


def sentences(words: str) -> int:
    return len([part for part in SENTENCES.split(words) if any(letter.isalpha() for letter in part)])


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
@pytest.mark.parametrize(("flow", "step"), QUESTIONS, ids=lambda each: getattr(each, "name", ""))
def test_a_question_is_two_sentences_at_most(
    flow: type[Flow], step: Step[object], language: str, desk_file: DeskFile
) -> None:
    words = Reader(language, desk_file.zone, MORNING).label(step.ask)
    if isinstance(step, Summary):
        return
    most = 3 if flow.name in TOLD_WHOLE and isinstance(step, Confirm) else 2
    assert sentences(words) <= most, words
    assert len(words) <= 260, words


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_every_button_of_a_conversation_has_words(language: str, desk_file: DeskFile) -> None:
    reader = Reader(language, desk_file.zone, MORNING)
    titles = (
        [flow.title for flow in ALL]
        + [flow.about for flow in ALL if flow.about]
        + [b.label for f in ALL for b in f.also]
    )
    for text in titles:
        words = reader.label(text)
        assert any(letter.isalpha() for letter in words), text
        assert len(words) <= 60, words


class Asked(Flow):
    name = "asked"
    title = Text("Asked")
    story = Tell(Text("Tell"))
    words = Words(Text("Words"))
    phone = Phone(Text("Phone"))
    place = Place(Text("Place"), among=lambda flow, desk: [])


@pytest.fixture
def flow() -> Asked:
    return Asked(Person(1, name="Ama"), "id")


@pytest.mark.parametrize("said", ["1234", "no number", "1" * 16, "", "+", "12 34"])
def test_what_is_no_telephone_number_is_asked_again(said: str, flow: Asked, at_desk: AtDesk) -> None:
    with at_desk() as desk, pytest.raises(Refusal):
        Asked.phone.hear(Said("text", said), None, flow, desk)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("0580 123-4567", "05801234567"), ("+86 (580) 1234567", "+865801234567"), ("１２３４５６", "123456")],
)
def test_numbers_as_people_write_them(said: str, kept: str, flow: Asked, at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert Asked.phone.hear(Said("text", said), None, flow, desk) == kept


def test_somebody_elses_contact_is_not_ones_own_number(flow: Asked, at_desk: AtDesk) -> None:
    with at_desk() as desk:
        assert Asked.phone.hear(Said("contact", "05801234567", own=True), None, flow, desk) == "05801234567"
        with pytest.raises(Refusal):
            Asked.phone.hear(Said("contact", "05801234567"), None, flow, desk)


def test_nothing_is_cut_off_behind_anybodys_back(flow: Asked, at_desk: AtDesk) -> None:
    with at_desk() as desk:
        for step in (Asked.words, Asked.place):
            with pytest.raises(TooLong):
                step.hear(Said("text", "x" * 1001), None, flow, desk)
        told = Asked.story.hear(Said("text", "x" * 4096), None, flow, desk)
        assert len(told["parts"][0]["words"]) == 4096
        again = Asked.story.hear(Said("text", "y"), told, flow, desk)
        assert [part["words"][0] for part in again["parts"]] == ["x", "y"]


@pytest.mark.parametrize("step", [Asked.words, Asked.place], ids=lambda step: step.name)
def test_blanks_are_no_answer(step: Step[object], flow: Asked, at_desk: AtDesk) -> None:
    with at_desk() as desk, pytest.raises(Refusal):
        step.hear(Said("text", " \n "), None, flow, desk)


def test_a_long_story_leaves_room_in_the_summary(desk_file: DeskFile) -> None:
    reader = Reader("en", desk_file.zone, MORNING)
    shown = reader.label(excerpt([{"kind": "text", "words": "word " * 800}, {"kind": "photo", "words": "no room"}]))
    assert shown.startswith("word word") and "…" in shown and shown.endswith("a picture")
    assert len(shown) < 700
    assert reader.label(excerpt([{"kind": "text", "words": "short"}])) == "short"


def test_starting_again_forgets_the_answers_and_not_what_it_is_about() -> None:
    flow = Asked(Person(1), "id", order=7, words="said before")
    assert flow.given == {"order": 7}
    assert not flow.begun
    flow.answers["words"] = "said now"
    flow.progress.known.remove("words")
    assert flow.begun


@pytest.mark.parametrize(
    ("words", "number"),
    [("2", 2), ("２", 2), ("2 bags", 2), ("2袋", 2), ("−2", -2), ("-2", -2), ("12,000", 12_000), ("10!", 10)],
)
def test_a_number_as_people_write_it(words: str, number: int) -> None:
    assert number_in(words) == number


@pytest.mark.parametrize("words", ["2.5", "1-2", "1/2", "3:30", "2，3", "十", "", "-", "12345678", "a2"])
def test_what_is_no_whole_number_is_not_taken_for_one(words: str) -> None:
    with pytest.raises(NotAnAmount):
        number_in(words)
