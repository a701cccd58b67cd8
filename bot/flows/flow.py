"""A conversation, declared as a form and filled one answer at a time. Knows no Telegram.

A flow is a class whose body is the talk: steps in the order in which they are asked. What a person answered is kept as
plain values, never as the words on a button, so that a change of language or a restart loses nothing. A step may be
`known` beforehand (the address of a household): it is then not asked, but stands in the summary like any other answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from bot.flows.heard import Choice, Heard, Pressed, Said, Turn
from desk.front import Button, Desk
from domain.people import Person
from domain.refusals import Refusal
from domain.words import Text, _, from_json, to_json

T = TypeVar("T")

BACK, AGAIN, CANCEL, CHANGE = "~back", "~again", "~cancel", "~change."
NEVER_MIND = _("All right, I've put it away. Nothing was changed.")

__all__ = [
    "AGAIN",
    "BACK",
    "CANCEL",
    "CHANGE",
    "NEVER_MIND",
    "Choice",
    "Flow",
    "Heard",
    "Pressed",
    "Said",
    "Step",
    "Turn",
]


class PickOne(Refusal):
    text = _("Please tap one of the buttons below.")


class NotHere(Refusal):
    text = _("I can't use that here. {wanted}")


class Step(Generic[T]):
    """One question, and how its answer is understood.

    `label` names the answer in a summary. `when` says whether it is asked at all, `known` gives an answer the desk has
    already, and every other keyword fills a blank of the question.
    """

    accepts: ClassVar[frozenset[str]] = frozenset()
    wanted: ClassVar[Text] = PickOne.text
    name: str

    def __init__(
        self,
        ask: Text,
        *,
        label: Text | None = None,
        when: Callable[[Any, Desk], bool] = lambda flow, desk: True,
        known: Callable[[Any, Desk], T | None] = lambda flow, desk: None,
        **blanks: Callable[[Any, Desk], Any],
    ) -> None:
        self.ask, self.label, self.when, self.known, self.blanks = ask, label, when, known, blanks

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, flow: None, owner: type) -> Self: ...
    @overload
    def __get__(self, flow: Flow, owner: type) -> T: ...
    def __get__(self, flow: Flow | None, owner: type) -> Self | T:
        return self if flow is None else self.value(flow.answers[self.name])

    def value(self, stored: Any) -> T:
        """The answer as the flow reads it, from what is stored."""
        answer: T = stored
        return answer

    def is_answered(self, stored: Any) -> bool:
        return True

    def question(self, flow: Flow, desk: Desk) -> Text:
        return self.ask(**{name: fill(flow, desk) for name, fill in self.blanks.items()}) if self.blanks else self.ask

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return []

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        """What to store for this answer; `stored` is what stands there so far. Raises Refusal with a hint."""
        if isinstance(heard, Pressed):
            return self.understand_pressed(heard.value, flow, desk)
        if heard.kind not in self.accepts:
            raise NotHere(wanted=self.wanted) if self.accepts else PickOne
        return self.understand_said(heard, flow, desk)

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        if value not in {choice.value for choice in self.choices(flow, desk)}:
            raise PickOne
        return value

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        raise PickOne

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        """After an earlier answer was changed: does this one still make sense?"""
        return True

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        """The answer as a summary shows it."""
        return None

    def keep(self, said: Said, flow: Flow) -> bool:
        """Take these words although nobody has asked yet; False: they are no answer to this."""
        return False

    def joins(self, said: Said, flow: Flow) -> bool:
        return False


@dataclass(slots=True)
class Progress:
    """Everything of a half-finished conversation that is kept, as plain JSON."""

    answers: dict[str, Any] = field(default_factory=dict)
    known: list[str] = field(default_factory=list)  # answered without being asked
    changing: list[Any] = field(default_factory=list)  # [step name, its former answer], while one is being changed
    says: list[Any] = field(default_factory=list)  # sentences that stand above the question, as JSON
    suspended: dict[str, Any] | None = None  # a conversation that goes on after this one

    def as_json(self) -> dict[str, Any]:
        """As it is kept, and what `Progress(**kept)` takes."""
        return {name: getattr(self, name) for name in self.__slots__}


class Flow:
    """One person's conversation; subclass it and write the questions in order."""

    name: ClassVar[str]
    steps: ClassVar[list[Step[Any]]]
    version: ClassVar[str]
    title: ClassVar[Text]
    about: ClassVar[Text | None] = None  # its line in /help; None: opened by a card, not by a command
    in_menu: ClassVar[bool] = False
    listed: ClassVar[bool] = True  # among the commands that Telegram shows to everybody
    sealed: ClassVar[bool] = False  # confidential: answers are kept sealed, and only for a quarter of an hour
    lasts: ClassVar[timedelta] = timedelta(days=30)
    can_call: ClassVar[bool] = True  # "please call me" stands under every question
    needs_consent: ClassVar[bool] = True
    then_menu: ClassVar[bool] = False  # the menu is shown when it is over
    also: ClassVar[tuple[Button, ...]] = ()  # buttons of its own under every question

    def __init_subclass__(cls) -> None:
        cls.name = cls.__dict__.get("name", cls.__name__.lower())
        cls.steps = [step for step in vars(cls).values() if isinstance(step, Step)]
        shape = " ".join(f"{step.name}:{type(step).__name__}" for step in cls.steps)
        cls.version = sha256(shape.encode()).hexdigest()[:8]

    def __init__(self, person: Person, id: str, progress: Progress | None = None, **answers: Any) -> None:
        self.person, self.id = person, id
        self.progress = progress or Progress(answers=answers, known=list(answers))

    @classmethod
    def may_open(cls, person: Person, desk: Desk) -> bool:
        return True

    @classmethod
    def opened_with(cls, person: Person, desk: Desk, subject_id: int | None) -> dict[str, Any]:
        """What is known when a button opens this flow for one thing; refuses when that is not this person's to do."""
        return {}

    def leads_to(self, desk: Desk) -> tuple[str, dict[str, Any]] | None:
        """Another flow that this answer belongs to, and what is known there."""
        return None

    @property
    def answers(self) -> dict[str, Any]:
        return self.progress.answers

    @property
    def begun(self) -> bool:
        """Has the person answered anything, so that leaving would lose something?"""
        return any(name not in self.progress.known for name in self.answers)

    @property
    def given(self) -> dict[str, Any]:
        """What none of its steps asks: the order, the case it was opened for."""
        asked = {step.name for step in self.steps}
        return {name: value for name, value in self.answers.items() if name not in asked}

    def has(self, name: str) -> bool:
        return name in self.answers

    def keep(self, said: Said) -> bool:
        """Words that were said before this flow could ask for them. True: they are part of an answer now."""
        return any(step.keep(said, self) for step in self.steps)

    def joins(self, said: Said) -> bool:
        """A later part of an album that has begun joins it, whatever is being asked by now."""
        return bool(said.album) and any(step.joins(said, self) for step in self.steps)

    def keeps_late(self, said: Said, desk: Desk) -> bool:
        """Said hours ago, when this question had not been read: if it is no answer to it, it is part of the story."""
        step = self.here(desk)
        return step is not None and said.kind not in step.accepts and self.keep(said)

    def here(self, desk: Desk) -> Step[Any] | None:
        """The step that is asked now; fills what is known on the way. None: everything is answered."""
        answers = self.answers
        for step in self.steps:
            if step.name in answers:
                if not step.when(self, desk) or not step.still_true(answers[step.name], self, desk):
                    del answers[step.name]
                elif step.is_answered(answers[step.name]):
                    continue
            if not step.when(self, desk):
                continue
            if step.name not in answers and step.name not in self.progress.changing[:1]:
                already = step.known(self, desk)
                if already is not None:
                    answers[step.name] = already
                    self.progress.known = [*{*self.progress.known, step.name}]
                    continue
            return step
        return None

    def turn(self, desk: Desk) -> Turn:
        """The present question, as it stands now."""
        step = self.here(desk)
        assert step is not None, "a flow that is over has no question"
        said = [from_json(text) for text in self.progress.says]
        known = {*self.progress.known, step.name}
        first = not self.progress.changing and known.issuperset(self.answers)
        return Turn([*said, step.question(self, desk)], step.choices(self, desk), first=first)

    def hear(self, heard: Heard, desk: Desk) -> bool:
        """Take one answer. True: every question is answered. A wrong answer leaves a hint above the question."""
        self.progress.says = []
        step = self.here(desk)
        assert step is not None
        if isinstance(heard, Pressed) and heard.value.startswith("~"):
            self._move(heard.value, step)
            return False
        try:
            self.answers[step.name] = step.hear(heard, self.answers.get(step.name), self, desk)
        except Refusal as refusal:
            self.preface(refusal.said)
            return False
        self.progress.known = [name for name in self.progress.known if name != step.name]
        if step.is_answered(self.answers[step.name]) and self.progress.changing[:1] == [step.name]:
            self.progress.changing = []
        return self.here(desk) is None

    def refused(self, refusal: Refusal) -> None:
        """The deed at the end said no: the last question is asked again and nothing else is lost."""
        asked = [step.name for step in self.steps if step.name in self.answers and step.name not in self.progress.known]
        if asked:
            del self.answers[asked[-1]]
        self.preface(refusal.said)

    def preface(self, text: Text) -> None:
        self.progress.says = [to_json(text)]

    def _move(self, where: str, step: Step[Any]) -> None:
        progress = self.progress
        if where == AGAIN:
            about = self.given
            self.progress = Progress(about, list(about), suspended=progress.suspended)
        elif where.startswith(CHANGE):
            name = where.removeprefix(CHANGE)
            if name in self.answers and name != step.name:
                progress.changing = [name, self.answers.pop(name)]
        elif where == BACK and progress.changing:
            progress.answers[progress.changing[0]] = progress.changing[1]
            progress.changing = []
        elif where == BACK:
            before = self.steps[: self.steps.index(step)]
            asked = [each.name for each in before if each.name in self.answers and each.name not in progress.known]
            for name in (step.name, *asked[-1:]):
                self.answers.pop(name, None)

    def arrive(self, desk: Desk) -> None:
        """The question that stands now is about to be shown: what has to be said before it."""

    def finish(self, desk: Desk) -> Text | None:
        """Do the deed. What it returns is said to the person; refusals ask the last question again."""
        raise NotImplementedError
