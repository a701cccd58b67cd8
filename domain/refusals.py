"""The desk says no, and says why in words meant for the person: named for the situation, never logged as a fault."""

from __future__ import annotations

from typing import Any, ClassVar

from domain.words import Text, _


class Refusal(Exception):
    """The deed was not done and nothing was written; `said` is the sentence for whoever tried."""

    text: ClassVar[Text] = _("That is not possible right now.")
    final: ClassVar[bool] = False  # whatever else they answered about this thing, it would be the same

    def __init__(self, **blanks: Any) -> None:
        super().__init__(type(self).__name__)
        self.said: Text = self.text(**blanks)


class NotFound(Refusal):
    """The same answer for what is missing and for what this person may not see."""

    text = _("I can't find that. It may have been removed.")
    final = True


class NotAllowed(Refusal):
    text = _("Only the people in charge of this can do that.")
    final = True


class AlreadyDone(Refusal):
    text = _("That has been done already. Thank you!")
    final = True
