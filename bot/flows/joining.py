"""Say hello, in a language one understands, and say what is kept. Nothing else stands between a person and help.

ama:  /start
desk: To help you I keep your name, your address and what you tell me, and show them only to whoever comes and
    to the community worker in charge. Messages pass through Telegram; tell me at any time to delete them.
    [That's fine] [I speak another language]
ama:  [That's fine]
"""

from __future__ import annotations

from typing import Any

from bot.flows import talking
from bot.flows.flow import CHANGE, Choice, Flow, Heard, Said
from bot.flows.steps import Choose, Confirm, Tell, Words
from desk import people
from desk.front import Desk
from desk.talks import new_talk_id
from domain.words import Text, _, plain

OTHER = "other"
KEPT = _("I have kept what you said. One thing first:")
SHALL_I = _("Shall I ask the neighbours to help with this?")


def languages(flow: Flow, desk: Desk) -> list[Choice]:
    own = [Choice(language, plain(talking.autonym(language))) for language in desk.file.languages]
    return [*own, Choice(OTHER, _("Another language"))]


def guessed(flow: Flow, desk: Desk) -> str | None:
    return flow.person.language


class Reads(Choose):
    """The very next question is asked in the language that was chosen."""

    def hear(self, heard: Heard, stored: Any, flow: Flow, desk: Desk) -> Any:
        answer = super().hear(heard, stored, flow, desk)
        if answer != OTHER:
            flow.person = people.change(desk, flow.person, language=answer)
        return answer


def speaks_another(flow: Any, desk: Desk) -> bool:
    return bool(flow.language == OTHER)


class Speaks(Words):
    """What they speak, when it is none that the desk writes."""

    wanted = _("Please write the name of your language.")


WHICH_ONE = _("Which language do you read best?")
WHAT_ELSE = _("Which language do you speak? I'll tell whoever comes.")


class Consent(Confirm):
    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [*super().choices(flow, desk), Choice(f"{CHANGE}language", _("I speak another language"))]


class Joining(Flow):
    name = "start"
    title = _("Begin")
    needs_consent = False
    can_call = False
    then_menu = True

    language = Reads(WHICH_ONE, among=languages, known=guessed)
    speaks = Speaks(WHAT_ELSE, when=speaks_another)
    agreed = Consent(
        _(
            "To help you I keep your name, your address and what you tell me, and show them only to whoever comes and"
            " to the community worker in charge. Messages pass through Telegram; tell me at any time to delete them."
        ),
        go=_("That's fine"),
    )

    def hear(self, heard: Heard, desk: Desk) -> bool:
        """Whatever is said before the one tap is kept for what follows it."""
        if isinstance(heard, Said) and self.here(desk) is not type(self).speaks and self.keep(heard):
            self.preface(KEPT)
            return False
        return super().hear(heard, desk)

    def keep(self, said: Said) -> bool:
        if self.progress.suspended is None and said.kind in (*Tell.accepts, "place"):
            asked = talking.FLOWS["help"](self.person, new_talk_id())
            asked.preface(SHALL_I)
            self.progress.suspended = talking.put_aside(asked)
        return self._later(said, "keep")

    def joins(self, said: Said) -> bool:
        return self._later(said, "joins")

    def _later(self, said: Said, how: str) -> bool:
        if self.progress.suspended is None:
            return False
        later = talking.taken_up(self.person, self.progress.suspended)
        if not getattr(later, how)(said):
            return False
        self.progress.suspended = talking.put_aside(later)
        return True

    def finish(self, desk: Desk) -> Text | None:
        speaks = self.speaks if self.has("speaks") else None
        people.change(desk, self.person, language=self.person.language or desk.file.default_language, speaks=speaks)
        people.consent(desk, self.person)
        return None


class Language(Flow):
    name = "language"
    title = _("🌐 Language")
    about = _("another language")
    needs_consent = False
    can_call = False

    language = Reads(WHICH_ONE, among=languages)
    speaks = Speaks(WHAT_ELSE, when=speaks_another)

    def finish(self, desk: Desk) -> Text | None:
        if self.has("speaks"):
            people.change(desk, self.person, speaks=self.speaks)
            return _("Thank you. Whoever comes will know that you speak {language}.")(language=self.speaks)
        people.change(desk, self.person, speaks=None)
        return _("All right, I'll write to you in this language.")
