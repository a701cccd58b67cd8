"""Say hello, in a language one understands, and say what is kept. Nothing else stands between a person and help.

ama:  /start
desk: To help you I keep your name, your address and what you tell me, and show them only to whoever comes and
    to the community worker in charge. Messages pass through Telegram; tell me at any time to delete them.
    [That's fine] [I speak another language]
ama:  [That's fine]
"""

from __future__ import annotations

from babel import Locale

from bot.flows.flow import CHANGE, Choice, Flow
from bot.flows.steps import Choose, Confirm, Words
from desk import people
from desk.front import Desk
from domain.words import Text, _, plain

OTHER = "other"


def languages(flow: Flow, desk: Desk) -> list[Choice]:
    own = [Choice(language, plain(autonym(language))) for language in desk.file.languages]
    return [*own, Choice(OTHER, _("Another language"))]


def autonym(language: str) -> str:
    """A language named in itself: 中文, English."""
    return (Locale.parse(language).languages.get(language.split("_")[0]) or language).capitalize()


def guessed(flow: Flow, desk: Desk) -> str | None:
    return flow.person.language


class Consent(Confirm):
    def choices(self, flow: Flow, desk: Desk) -> list[Choice]:
        return [*super().choices(flow, desk), Choice(f"{CHANGE}language", _("I speak another language"))]


class Joining(Flow):
    name = "start"
    title = _("Begin")
    needs_consent = False
    can_call = False
    then_menu = True

    language = Choose(_("Which language do you read best?"), among=languages, known=guessed)
    speaks = Words(
        _("Which language do you speak? I'll tell whoever comes."), when=lambda flow, desk: flow.language == OTHER
    )
    agreed = Consent(
        _(
            "To help you I keep your name, your address and what you tell me, and show them only to whoever comes and"
            " to the community worker in charge. Messages pass through Telegram; tell me at any time to delete them."
        ),
        go=_("That's fine"),
    )

    def finish(self, desk: Desk) -> Text | None:
        language = self.language if self.language != OTHER else self.person.language
        speaks = self.speaks if self.has("speaks") else None
        people.change(desk, self.person, language=language or desk.file.default_language, speaks=speaks)
        people.consent(desk, self.person)
        return None
