"""The kinds of questions a conversation can ask: choose, say a few words, tell in any form, a place, a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from bot.flows.flow import CHANGE, Choice, Flow, Heard, PickOne, Pressed, Said, Step
from bot.flows.told import excerpt as excerpt
from bot.flows.told import parts_as_text as parts_as_text
from desk.front import Desk
from domain.refusals import Refusal
from domain.words import Text, _, lines, plain

LONGEST = 1000
"""Characters of one answer; more would not fit on a card."""


class TooLong(Refusal):
    text = _("That is more than I can keep here. Please write it in fewer words.")


def short_enough(words: str) -> str:
    """An answer is kept whole or asked for again; nobody's words are cut off behind their back."""
    if len(words.strip()) > LONGEST:
        raise TooLong
    return words.strip()


class Choose(Step[str]):
    """One of several buttons. With `typed`, the person's own words are an answer too."""

    wanted = _("Please tap one of the buttons, or write it in your own words.")

    def __init__(
        self, ask: Text, among: Callable[[Any, Desk], Iterable[Choice]], *, typed: bool = False, **more: Any
    ) -> None:
        super().__init__(ask, **more)
        self.among, self.typed = among, typed
        if typed:
            self.accepts = frozenset({"text"})  # type: ignore[misc]

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return list(self.among(flow, desk))

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return f"={short_enough(said.text)}"

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return str(stored).startswith("=") or stored in [choice.value for choice in self.choices(flow, desk)]

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        if str(stored).startswith("="):
            return plain(str(stored)[1:])
        return next((choice.label for choice in self.choices(flow, desk) if choice.value == stored), None)


def the_only(among: Callable[[Any, Desk], Iterable[Choice]]) -> Callable[[Any, Desk], str | None]:
    """For `known`: of a single choice nobody is asked."""

    def found(flow: Any, desk: Desk) -> str | None:
        there = list(among(flow, desk))
        return there[0].value if len(there) == 1 else None

    return found


class Words(Step[str]):
    """A few words, typed."""

    accepts = frozenset({"text"})
    wanted = _("Please write it in a few words.")

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        if not said.text.strip():
            raise PickOne
        return short_enough(said.text)

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return plain(stored)


class Enough(Refusal):
    text = _("That is as much as I can take here ({count} parts). What came first is noted; tap “That's all” to go on.")


class TooFew(Refusal):
    text = _("I have nothing from you yet. Please write, speak or send a picture.")


DONE = "done"


class Tell(Step[list[dict[str, str]]]):
    """Text, voice, photos and albums in any order, until *That's all*."""

    accepts = frozenset({"text", "photo", "voice", "video", "document"})
    wanted = _("Please write, speak or send a picture.")
    most: ClassVar[int] = 20

    def __init__(
        self, ask: Text, *, least: int = 1, needs: Callable[[Any, Desk], str | None] | None = None, **more: Any
    ) -> None:
        super().__init__(ask, **more)
        self.least, self.needs = least, needs

    def value(self, stored: Any) -> list[dict[str, str]]:
        return list(stored["parts"])

    def is_answered(self, stored: Any) -> bool:
        return bool(stored["done"])

    def question(self, flow: Flow, desk: Desk) -> Text:
        parts = flow.answers.get(self.name, {}).get("parts", [])
        if not parts:
            return super().question(flow, desk)
        return _(
            "I've noted it ({count} part). Add more, or tap “That's all”.",
            "I've noted it ({count} parts). Add more, or tap “That's all”.",
        )(count=len(parts))

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        has_parts = bool(flow.answers.get(self.name, {}).get("parts"))
        return [Choice(DONE, _("That's all"))] if has_parts or self.least == 0 else []

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        parts = list((stored or {}).get("parts", []))
        if isinstance(heard, Pressed):
            if heard.value != DONE:
                raise PickOne
            if len(parts) < self.least:
                raise TooFew
            needed = self.needs(flow, desk) if self.needs else None
            if needed == "note" and not any(part.get("words") for part in parts):
                raise NoteNeeded
            if needed not in (None, "note") and not any(part["kind"] == needed for part in parts):
                raise PhotoNeeded
            return {"parts": parts, "done": True}
        part = super().hear(heard, stored, flow, desk)
        if len(parts) >= self.most:
            return self._over(heard, {"parts": parts, **(stored or {}), "done": False}, flow)
        return {"parts": [*parts, part], "done": False}

    def _over(self, said: Said, stored: Any, flow: Flow) -> Any:
        """Said once for each album: its other parts come by themselves."""
        flow.preface(Enough(count=self.most).said)
        return {**stored, "over": [*stored.get("over", []), said.album]}

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        return self.part(said)

    @staticmethod
    def part(said: Said) -> dict[str, Any]:
        """One message as a part of what was told."""
        part: dict[str, Any] = {"kind": said.kind, "words": said.text, "file_id": said.file_id, "album": said.album}
        part["message_id"] = said.message_id
        return {name: value for name, value in part.items() if value}

    def keep(self, said: Said, flow: Flow) -> bool:
        """Told already: not asked again, and changed from the summary."""
        if said.kind not in self.accepts:
            return False
        parts = flow.answers.get(self.name, {}).get("parts", [])
        flow.answers[self.name] = {"parts": [*parts, self.part(said)][: self.most], "done": True}
        flow.progress.known = [*{*flow.progress.known, self.name}]
        return True

    def joins(self, said: Said, flow: Flow) -> bool:
        stored = flow.answers.get(self.name)
        if stored is None or said.album not in (
            *(part.get("album") for part in stored["parts"]),
            *stored.get("over", []),
        ):
            return False
        if len(stored["parts"]) < self.most:
            stored["parts"] = [*stored["parts"], self.part(said)]
        else:
            flow.answers[self.name] = self._over(said, stored, flow)
        return True

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        return excerpt(stored["parts"])


class PhotoNeeded(Refusal):
    text = _("For this one a picture is needed. Please send one.")


class NoteNeeded(Refusal):
    text = _("For this one a few words are needed: what was done? Please write them.")


class Place(Step[dict[str, Any]]):
    """Where: a place the desk knows, a pin, or typed. `{"words": …}`, for a pin with latitude and longitude."""

    accepts = frozenset({"text", "place"})
    wanted = _("Please write the address, or send your place with the paper clip.")

    def __init__(self, ask: Text, among: Callable[[Any, Desk], Iterable[Choice]], **more: Any) -> None:
        super().__init__(ask, **more)
        self.among = among

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return list(self.among(flow, desk))

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        return {"choice": super().understand_pressed(value, flow, desk)}

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        if said.kind == "place":
            return {"words": said.text, "latitude": said.latitude, "longitude": said.longitude}
        if not said.text.strip():
            raise NotAPlace
        return {"words": short_enough(said.text)}

    def keep(self, said: Said, flow: Flow) -> bool:
        if said.kind != "place":
            return False
        flow.answers[self.name] = {"words": said.text, "latitude": said.latitude, "longitude": said.longitude}
        flow.progress.known = [*{*flow.progress.known, self.name}]
        return True

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return "choice" not in stored or stored["choice"] in [choice.value for choice in self.choices(flow, desk)]

    def shown(self, stored: Any, flow: Flow, desk: Desk) -> Text | None:
        if "choice" in stored:
            return next((choice.label for choice in self.choices(flow, desk) if choice.value == stored["choice"]), None)
        return plain(stored["words"]) if stored.get("words") else _("📍 the place you sent")


class NotAPlace(Refusal):
    text = Place.wanted


class Phone(Words):
    """A telephone number: typed, or the sender's own contact."""

    accepts = frozenset({"text", "contact"})
    wanted = _("Please write a telephone number, or share your contact.")

    def __init__(self, ask: Text, *, optional: bool = False, **more: Any) -> None:
        super().__init__(ask, **more)
        self.optional = optional

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [Choice("none", _("I don't know it"))] if self.optional else []

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        super().understand_pressed(value, flow, desk)
        return ""

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        digits = [str(int(letter)) for letter in said.text if letter.isdecimal()]
        if not 5 <= len(digits) <= 15 or (said.kind == "contact" and not said.own):
            raise NotANumber
        return ("+" if said.text.strip().startswith("+") else "") + "".join(digits)


class NotANumber(Refusal):
    text = Phone.wanted


YES = _("Yes")


class Confirm(Choose):
    """Go ahead? One button that does it."""

    def __init__(self, ask: Text, *, go: Text = YES, **more: Any) -> None:
        super().__init__(ask, lambda flow, desk: [Choice("yes", go)], **more)


class Summary(Confirm):
    """Everything that was answered, each of it changeable in one tap, and the button that sends it."""

    def question(self, flow: Flow, desk: Desk) -> Text:
        rows = [
            _("<b>{label}</b>: {answer}")(label=step.label, answer=answer)
            for step in flow.steps
            if step.label and step.name in flow.answers
            if (answer := step.shown(flow.answers[step.name], flow, desk)) is not None
        ]
        return lines(super().question(flow, desk), *rows)

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        change = [
            Choice(f"{CHANGE}{step.name}", _("Change: {label}")(label=step.label))
            for step in flow.steps
            if step.label and step.name in flow.answers
        ]
        return [*super().choices(flow, desk), *change]

    def still_true(self, stored: Any, flow: Flow, desk: Desk) -> bool:
        return True
