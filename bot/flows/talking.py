"""A person's conversation from one message to the next: opened, heard, finished, put aside, resumed, shown.

Knows the flows and the desk, and nothing of Telegram: `router.py` carries it there.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from babel import Locale

from bot.cards import Face
from bot.flows.flow import AGAIN, BACK, CANCEL, NEVER_MIND, Flow, Heard, Pressed, Progress
from desk import people
from desk.front import Button, CardRefresh, Desk, Line
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
    **known: Any,
) -> None:
    """Begin a conversation. Whoever has not been told what is kept hears that first, and then goes on here."""
    if not kind.may_open(person, desk):
        raise NotForYou
    if kind.needs_consent and not people.has_consented(desk, person):
        joining = FLOWS["start"]
        beginning = _as_json(kind(person, new_talk_id(), **known))
        flow = joining(person, new_talk_id(), Progress(suspended=beginning))
    else:
        flow = kind(person, new_talk_id(), **known)
        flow.progress.suspended = suspended
        if says is not None:
            flow.preface(says)
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
        if end_talk(desk, person.id):
            show_screen(desk, person, anew=False)
        return False
    talk, flow = found
    if heard == Pressed(CANCEL):
        close(desk, person, flow, NEVER_MIND)
    elif heard == Pressed(CALL_ME) and flow.can_call:
        open_flow(desk, person, FLOWS["callme"], suspended=_as_json(flow))
    else:
        over = flow.hear(heard, desk)
        leads_to = flow.leads_to(desk)
        if leads_to is not None:
            end_talk(desk, person.id)
            open_flow(desk, person, FLOWS[leads_to[0]], **leads_to[1])
        elif not over:
            _go_on(desk, person, flow, turn=talk.turn + 1, anew=not isinstance(heard, Pressed))
        else:
            _finish(desk, person, flow, talk.turn + 1)
    return True


def close(desk: Desk, person: Person, flow: Flow, text: Text | None) -> None:
    """The conversation is over: its buttons go, and a suspended one goes on."""
    end_talk(desk, person.id)
    show_screen(desk, person, anew=False)
    if text is not None:
        tell(desk, person, text)
    if flow.progress.suspended:
        resume(desk, person, flow.progress.suspended)
    elif flow.then_menu:
        show_menu(desk, person)


def resume(desk: Desk, person: Person, suspended: dict[str, Any]) -> None:
    kind = FLOWS[suspended["flow"]]
    person = people.get_person(desk, person.id)
    flow = kind(person, suspended["id"], Progress(**suspended["progress"]))
    _go_on(desk, person, flow, turn=suspended["turn"] + 1, anew=True)


def _as_json(flow: Flow) -> dict[str, Any]:
    return {"flow": flow.name, "id": flow.id, "turn": 100, "progress": asdict(flow.progress)}


def _go_on(desk: Desk, person: Person, flow: Flow, *, turn: int, anew: bool) -> None:
    if flow.here(desk) is None:  # everything it would ask is known
        _finish(desk, person, flow, turn)
        return
    progress = asdict(flow.progress)
    keep_talk(desk, person.id, Talk(flow.name, flow.version, flow.id, turn, progress, flow.sealed))
    show_screen(desk, person, anew=anew)


def _finish(desk: Desk, person: Person, flow: Flow, turn: int) -> None:
    said_before = len(desk.said)
    try:
        result = flow.finish(desk)
    except Refusal as refusal:
        del desk.said[said_before:]
        flow.refused(refusal)
        if flow.here(desk) is None:  # nothing was asked that could be answered otherwise
            close(desk, person, flow, refusal.said)
        else:
            _go_on(desk, person, flow, turn=turn, anew=True)
    else:
        said, desk.said[said_before:] = desk.said[said_before:], []
        close(desk, people.get_person(desk, person.id), flow, None)
        desk.say(
            *([Line(person.telegram_id, result, language=person.language)] if result and person.telegram_id else [])
        )
        desk.say(*said)


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
    shown = [Button(label, data=f"f:{talk.tag}:{talk.turn}:{value}") for value, label in buttons]
    return Face(lines(*turn.says), (*shown, *language_buttons(view, person)), language=person.language)


def language_buttons(view: Desk, person: Person) -> list[Button]:
    """One tap to every other language of the desk, each named in itself."""
    now = person.language or view.file.default_language
    others = [language for language in view.file.languages if language != now]
    names = {language: Locale.parse(language).get_display_name(language) or language for language in others}
    return [
        Button(
            plain(f"🌐 {names[language].split(' (')[0].split('（')[0].split('(')[0].capitalize()}"),
            data=f"lang:{language}",
        )
        for language in others
    ]
