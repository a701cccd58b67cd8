"""A question that takes several names, one tap each, until that was everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.flows.flow import Choice, Flow, Heard, PickOne, Pressed, Said, Step
from desk.front import Desk
from domain.refusals import Refusal
from domain.words import Text, _

ENOUGH = "enough"


class Several(Step[list[str]]):
    """Some of several buttons; a name that has none is typed. `so_far` is asked once one is chosen, with `names`."""

    accepts = frozenset({"text"})
    wanted = _("Please tap a name, or write it.")

    def __init__(
        self,
        ask: Text,
        among: Callable[[Any, Desk], Iterable[Choice]],
        *,
        so_far: Text,
        most: int,
        unknown: type[Refusal],
        shown_at_once: int = 20,
        **more: Any,
    ) -> None:
        super().__init__(ask, **more)
        self.among, self.so_far, self.most, self.unknown = among, so_far, most, unknown
        self.shown_at_once = shown_at_once

    def value(self, stored: Any) -> list[str]:
        return list(stored["chosen"])

    def is_answered(self, stored: Any) -> bool:
        return bool(stored["done"])

    def _chosen(self, flow: Flow) -> list[str]:
        return list(flow.answers.get(self.name, {}).get("chosen", []))

    def question(self, flow: Flow, desk: Desk) -> Text:
        chosen = self._chosen(flow)
        if not chosen:
            return super().question(flow, desk)
        labels = {choice.value: choice.label for choice in self.among(flow, desk)}
        names = [str(labels[each].blanks.get("words", "")) for each in chosen if each in labels]
        return self.so_far(names=" · ".join(names))

    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        chosen = self._chosen(flow)
        left = [choice for choice in self.among(flow, desk) if choice.value not in chosen]
        label = _("That was everybody") if chosen else _("Nobody, after all")
        return [*left[: self.shown_at_once], Choice(ENOUGH, label)]

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        chosen = self._chosen(flow)
        if isinstance(heard, Pressed) and heard.value == ENOUGH:
            return {"chosen": chosen, "done": True}
        named = super().hear(heard, stored, flow, desk)
        chosen = [*chosen, named] if named not in chosen else chosen
        everybody = {choice.value for choice in self.among(flow, desk)}
        return {"chosen": chosen, "done": len(chosen) >= self.most or everybody <= set(chosen)}

    def understand_pressed(self, value: str, flow: Flow, desk: Desk) -> Any:
        if value not in {choice.value for choice in self.among(flow, desk)}:
            raise PickOne
        return value

    def understand_said(self, said: Said, flow: Flow, desk: Desk) -> Any:
        """The one who is called so; of two of one name nobody is guessed."""
        wanted = said.text.strip().casefold()
        found = [
            each.value
            for each in self.among(flow, desk)
            if str(each.label.blanks.get("words", "")).casefold() == wanted
        ]
        if len(found) != 1:
            raise self.unknown
        return found[0]
