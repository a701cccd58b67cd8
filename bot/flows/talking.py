"""A person's conversation from one message to the next: opened, heard, finished, put aside, resumed, shown.

Knows the flows and the desk, and nothing of Telegram: `router.py` carries it there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from babel import Locale

from bot.cards import Face, language_of
from bot.flows.flow import AGAIN, BACK, CANCEL, NEVER_MIND, Flow, Heard, Pressed, Progress, Said
from desk import people
from desk.front import Button, CardRefresh, Desk, Line, Saying
from desk.talks import Talk, end_talk, find_talk, is_stale, keep_talk, new_talk_id
from domain.people import Person
from domain.refusals import Refusal
from domain.words import Text, _, lines, plain

FLOWS: dict[str, type[Flow]] = {}
"""Every conversation by its name; filled from the list in `bot/flows/__init__.py`."""

CALL_ME = "~call"
ANSWERED = _("This question has been answered already. Here is where we are.")
OVER = _("This conversation is over. Here is what I can do for you.")
ANEW = _("I have learnt something new since we began, so let me ask again.")
YOU_SAID = _("You wrote: {words}")
WHILE_AGO = _("That was a while ago, so I have put it away. Here is what I can do for you.")


def show_screen(desk: Desk, person: Person, *, anew: bool) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "screen", person.id, anew=anew))


def show_menu(desk: Desk, person: Person) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, "menu", person.id, anew=True))


def tell(desk: Desk, person: Person, text: Text) -> None:
    if person.telegram_id is not None:
        desk.say(Line(person.telegram_id, text, language=person.language))


def open_flow(
    desk: Desk,
    person: Person,
    kind: type[Flow],
    *,
    suspended: dict[str, Any] | None = None,
    says: Text | None = None,
    said: Said | None = None,
    **known: Any,
) -> None:
    """Begin a conversation, perhaps with words that were said already.

    Whoever has not been told what is kept hears that first, and then goes on here.
    """
    if not kind.may_open(person, desk):
        raise NotForYou
    flow = kind(person, new_talk_id(), **known)
    flow.progress.suspended = suspended
    heard_it = said is None or flow.keep(said)
    quote = None if heard_it or said is None or not said.text else YOU_SAID(words=said.text)
    if says is not None:
        flow.preface(lines(says, quote))
    if kind.needs_consent and not people.has_consented(desk, person):
        flow = FLOWS["start"](person, new_talk_id(), Progress(suspended=put_aside(flow)))
    _go_on(desk, person, flow, turn=1, anew=True)


class NotForYou(Refusal):
    text = _("That is not open to you. The community worker in charge can help.")


def current(desk: Desk, person: Person) -> tuple[Talk, Flow] | None:
    """The conversation this person is in, if there is one that can go on."""
    talk = find_talk(desk, person.id)
    if talk is None:
        return None
    kind = FLOWS.get(talk.flow)
    if kind is None or kind.version != talk.version or is_stale(desk, talk, kind.lasts):
        return None
    return talk, kind(person, talk.id, Progress(**talk.progress))


def hear(desk: Desk, person: Person, heard: Heard) -> bool:
    """One answer for the conversation this person is in. False: there is none."""
    found = current(desk, person)
    if found is None:
        return _hear_too_late(desk, person, heard)
    talk, flow = found
    if heard == Pressed(CANCEL):
        close(desk, person, flow, NEVER_MIND)
    elif heard == Pressed(CALL_ME) and flow.can_call:
        open_flow(desk, person, FLOWS["callme"], suspended=put_aside(flow))
    elif isinstance(heard, Said) and (flow.joins(heard) or (desk.heard_at and flow.keeps_late(heard, desk))):
        _go_on(desk, person, flow, turn=talk.turn, anew=False)
    else:
        over = flow.hear(heard, desk)
        leads_to = flow.leads_to(desk)
        if leads_to is not None:
            end_talk(desk, person.id)
            open_flow(desk, person, FLOWS[leads_to[0]], suspended=flow.progress.suspended, **leads_to[1])
        elif not over:
            _ask(desk, person, flow, turn=talk.turn + 1, anew=not isinstance(heard, Pressed))
        else:
            _finish(desk, person, flow, talk.turn + 1)
    return True


def _hear_too_late(desk: Desk, person: Person, heard: Heard) -> bool:
    """What was going on cannot go on: the desk has changed meanwhile, or it was confidential and some time ago."""
    talk = find_talk(desk, person.id)
    if talk is None:
        return False
    end_talk(desk, person.id)
    show_screen(desk, person, anew=False)
    if talk.sealed:  # what is said now was perhaps meant for it: never to be offered to the neighbours
        if isinstance(heard, Said):
            tell(desk, person, WHILE_AGO)
            show_menu(desk, person)
        return isinstance(heard, Said)
    kind = FLOWS.get(talk.flow)
    if kind is None or is_stale(desk, talk, kind.lasts):
        return False
    said = heard if isinstance(heard, Said) else None
    _begin_again(desk, person, kind, Progress(**talk.progress), said)
    return True


def _begin_again(desk: Desk, person: Person, kind: type[Flow], progress: Progress, said: Said | None = None) -> None:
    """The questions are others than when it began."""
    known = kind(person, "", progress).given
    open_flow(desk, person, kind, suspended=progress.suspended, says=ANEW, said=said, **known)


def go_on(desk: Desk, person: Person) -> bool:
    """Show once more where this person is. False: nowhere; a confidential matter is not resumed unasked."""
    if current(desk, person) is None or put_away_sealed(desk, person):
        return False
    show_screen(desk, person, anew=True)
    return True


def lead_on(desk: Desk, person: Person) -> None:
    """Where this person is; otherwise what can be done here, after the first hello."""
    if go_on(desk, person):
        return
    if people.has_consented(desk, person):
        show_menu(desk, person)
    else:
        open_flow(desk, person, FLOWS["start"])


def put_away_sealed(desk: Desk, person: Person) -> bool:
    """Whoever asks for something else is perhaps no longer alone: the confidential draft is gone, unsaid."""
    talk = find_talk(desk, person.id)
    if talk is None or not talk.sealed:
        return False
    end_talk(desk, person.id)
    show_screen(desk, person, anew=False)
    return True


def close(desk: Desk, person: Person, flow: Flow, text: Text | None) -> None:
    """The conversation is over: its buttons go, and a suspended one goes on."""
    said: list[Saying] = (
        [] if text is None or person.telegram_id is None else [Line(person.telegram_id, text, language=person.language)]
    )
    _leave(desk, person, flow, said)


def _leave(desk: Desk, person: Person, flow: Flow, said: list[Saying]) -> None:
    end_talk(desk, person.id)
    suspended = flow.progress.suspended
    if suspended and FLOWS.get(suspended["flow"], Flow).needs_consent and not people.has_consented(desk, person):
        suspended = None  # the answer was no
    if suspended is None:
        show_screen(desk, person, anew=False)
    desk.say(*said)
    if suspended is not None:
        resume(desk, person, suspended)
    elif flow.then_menu:
        show_menu(desk, person)


def put_aside(flow: Flow) -> dict[str, Any]:
    """A conversation as it is kept inside another one, until that is over."""
    return {"flow": flow.name, "version": flow.version, "id": flow.id, "progress": flow.progress.as_json()}


def taken_up(person: Person, suspended: dict[str, Any]) -> Flow:
    return FLOWS[suspended["flow"]](person, suspended["id"], Progress(**suspended["progress"]))


def resume(desk: Desk, person: Person, suspended: dict[str, Any]) -> None:
    person = people.get_person(desk, person.id)
    kind = FLOWS.get(suspended["flow"])
    if kind is None:
        show_menu(desk, person)
    elif kind.version != suspended["version"]:
        _begin_again(desk, person, kind, Progress(**suspended["progress"]))
    else:
        _go_on(desk, person, taken_up(person, suspended), turn=desk.chance.randrange(100, 10**6), anew=True)


def _go_on(desk: Desk, person: Person, flow: Flow, *, turn: int, anew: bool) -> None:
    if flow.here(desk) is None:  # everything it would ask is known
        _finish(desk, person, flow, turn)
    else:
        _ask(desk, person, flow, turn=turn, anew=anew)


def _ask(desk: Desk, person: Person, flow: Flow, *, turn: int, anew: bool) -> None:
    """The question that stands now, which has been looked for already."""
    flow.arrive(desk)
    progress = flow.progress.as_json()
    keep_talk(desk, person.id, Talk(flow.name, flow.version, flow.id, turn, progress, flow.sealed))
    show_screen(desk, person, anew=anew)


def _finish(desk: Desk, person: Person, flow: Flow, turn: int) -> None:
    said_before = len(desk.said)
    try:
        result = flow.finish(desk)
    except Refusal as refusal:
        del desk.said[said_before:]
        flow.refused(refusal)
        settled = refusal.final and bool(flow.given)  # about this one thing nothing is left to be answered
        if settled or flow.here(desk) is None:  # or nothing was asked that could be answered otherwise
            close(desk, person, flow, refusal.said)
        else:
            _go_on(desk, person, flow, turn=turn, anew=True)
        return
    person = replace(people.get_person(desk, person.id), telegram_id=person.telegram_id)  # perhaps just forgotten
    said, desk.said[said_before:] = desk.said[said_before:], []
    if result is not None and person.telegram_id is not None:
        said.insert(0, Line(person.telegram_id, result, language=person.language))
    _leave(desk, person, flow, said)


def paint_screen(view: Desk, person_id: int, chat_id: int) -> Face | None:
    """What this person sees next: the question, its buttons, and always a way back and a way out."""
    person = people.get_person(view, person_id)
    found = current(view, person)
    if found is None:
        return None
    talk, flow = found
    turn = flow.turn(view)
    buttons = [(choice.value, choice.label) for choice in turn.choices]
    if not turn.first:
        buttons += [(BACK, _("↩ Back")), (AGAIN, _("⟲ Start again"))]
    if flow.can_call:
        buttons.append((CALL_ME, _("📞 Please call me")))
    buttons.append((CANCEL, _("✕ Cancel")))
    asks_language = any(choice.value in view.file.languages for choice in turn.choices)
    languages = [] if asks_language else language_buttons(view, person)
    shown = [Button(label, data=f"f:{talk.tag}:{talk.turn}:{value}") for value, label in buttons]
    return Face(lines(*turn.says), (*shown, *flow.also, *languages), language=language_of(view, person))


def language_buttons(view: Desk, person: Person) -> list[Button]:
    """One tap to every other language of the desk, each named in itself."""
    others = [language for language in view.file.languages if language != language_of(view, person)]
    return [Button(plain(f"🌐 {autonym(language)}"), data=f"lang:{language}") for language in others]


@cache
def autonym(language: str) -> str:
    """A language named in itself: 中文, English."""
    locale = Locale.parse(language)
    return str(locale.languages.get(locale.language) or language).capitalize()
