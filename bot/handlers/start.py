"""/start, the menu, and words that belong to no conversation: nobody is ever left without an answer."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.cards import Face, View, language_of
from bot.flows import talking
from bot.flows.joining import SHALL_I
from bot.flows.router import SENT, Private, said_in
from bot.flows.steps import Tell
from bot.handlers.orders import tap
from bot.handlers.payloads import PAYLOADS
from desk import orders, people, roles
from desk.front import Button, CardRefresh, Desk
from domain.people import Person
from domain.refusals import Refusal
from domain.words import Text, _, lines, plain

router = Router(name="start")
last = Router(name="last")  # stands behind every other router

NO_OFFICER = _(
    "This desk has nobody in charge yet. If that should be you, set LINLI_OWNER={telegram_id} where the desk runs and"
    " start it again."
)
UNKNOWN_LINK = _("This link is not one of ours, or it has been used up. Ask whoever gave it to you for a new one.")
UNKNOWN_COMMAND = _("I don't know that command.")
NOT_THAT = _("I can't read that. You can write, speak, or send a picture.")


@router.message(Command("start", ignore_case=True), Private())
async def start(message: Message, command: CommandObject, desk: Desk, person: Person) -> Text | None:
    said: Text | None = None
    orders.started(desk, person)  # somebody who took an order before they had ever opened this chat
    kind, _sign, token = (command.args or "").partition("_")
    if command.args:
        said = await _open(desk, person, kind, token)
    elif not roles.has_officer(desk.conn):
        said = NO_OFFICER(telegram_id=str(message.chat.id))
    person = people.get_person(desk, person.id)
    if said is not None:  # the answer stands above what can be done next
        talking.tell(desk, person, said)
    talking.lead_on(desk, person)
    return None


async def _open(desk: Desk, person: Person, kind: str, token: str) -> Text | None:
    """What the link leads to; or why it leads nowhere, and then on to where this person was."""
    opens, said_before = PAYLOADS.get(kind), len(desk.said)
    if opens is None:
        return UNKNOWN_LINK
    try:
        return await opens(desk, person, token)
    except Refusal as refusal:
        del desk.said[said_before:]
        return refusal.said


@router.message(Command("menu", ignore_case=True), Private())
async def menu(message: Message, desk: Desk, person: Person) -> None:
    talking.put_away_sealed(desk, person)
    talking.show_menu(desk, person)


@router.message(Command("settings", ignore_case=True), Private())
async def settings(message: Message, desk: Desk, person: Person) -> None:
    desk.say(CardRefresh(message.chat.id, "settings", person.id, anew=True))


def paint_settings(view: View, person_id: int, chat_id: int) -> Face | None:
    """Everything that somebody can change about themselves here."""
    person = people.get_person(view, person_id)
    flows = [talking.FLOWS[name] for name in ("household", "forget")]
    listed = [Button(flow.title, data=f"open:{flow.name}:") for flow in flows if flow.may_open(person, view)]
    quiet = [tap(_("Not tonight, please"), "not_tonight", 0)] if people.roles_of(view, person) else []
    another = Button(_("🌐 I speak another language"), data="open:language:")
    text = lines(
        _("This is what you can change."),
        _("You speak {language}.")(language=person.speaks) if person.speaks else None,
    )
    buttons = (*talking.language_buttons(view, person), another, *quiet, *listed)
    return Face(text, buttons, language=language_of(view, person))


def paint_menu(view: View, person_id: int, chat_id: int) -> Face | None:
    """What this person can do here, in a few large buttons."""
    person = people.get_person(view, person_id)
    open_to = [flow for flow in talking.FLOWS.values() if flow.in_menu and flow.may_open(person, view)]
    buttons = [Button(flow.title, data=f"open:{flow.name}:") for flow in open_to]
    if person.household_id is not None:
        buttons.append(Button(_("🛍 The market"), data="m:shelf:0"))
    hello = _("Hello, this is <b>{desk}</b>. What can I do for you?")(desk=view.file.name)
    more = _("More: {commands}")(commands=plain(" ".join(MENU_COMMANDS)))
    language = language_of(view, person)
    return Face(lines(hello, more), (*buttons, *talking.language_buttons(view, person)), language=language)


MENU_COMMANDS = ("/orders", "/points", "/market", "/settings")


@last.message(Private())
async def loose_words(message: Message, desk: Desk, person: Person) -> Text | None:
    """Words, a voice or pictures outside any conversation are not lost: the desk offers to make a request of them."""
    said = said_in(message)
    if said.text.startswith("/"):
        talking.tell(desk, person, UNKNOWN_COMMAND)
        if not talking.go_on(desk, person):
            talking.show_menu(desk, person)
    elif said.kind in (*Tell.accepts, "place"):
        talking.open_flow(desk, person, talking.FLOWS["help"], says=SHALL_I, said=said)
    elif message.content_type in SENT:
        talking.tell(desk, person, NOT_THAT)
        talking.show_menu(desk, person)
    return None


CARDS = {"menu": paint_menu, "settings": paint_settings, "screen": talking.paint_screen}
