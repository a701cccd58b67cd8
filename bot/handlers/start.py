"""/start, the menu, and words that belong to no conversation: nobody is ever left without an answer."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.cards import Face, View, language_of
from bot.flows import talking
from bot.flows.router import Private, said_in
from bot.flows.steps import Tell
from bot.handlers.payloads import PAYLOADS
from desk import people, roles
from desk.front import Button, Desk
from domain.people import Person
from domain.words import Text, _, lines, plain

router = Router(name="start")
last = Router(name="last")  # stands behind every other router

NO_OFFICER = _(
    "This desk has nobody in charge yet. If that should be you, set LINLI_OWNER={telegram_id} where the desk runs and"
    " start it again."
)
UNKNOWN_LINK = _("This link is not one of ours, or it has been used up. Ask whoever gave it to you for a new one.")
UNKNOWN_COMMAND = _("I don't know that command. Here is what I can do for you.")
SHALL_I = _("Shall I ask the neighbours to help with this?")
NOT_THAT = _("I can't read that. You can write, speak, or send a picture.")


@router.message(Command("start"), Private())
async def start(message: Message, command: CommandObject, desk: Desk, person: Person) -> Text | None:
    said: Text | None = None
    kind, _sign, token = (command.args or "").partition("_")
    if command.args:
        opens = PAYLOADS.get(kind)
        said = await opens(desk, person, token) if opens else UNKNOWN_LINK
    elif not roles.has_officer(desk.conn):
        said = NO_OFFICER(telegram_id=str(message.chat.id))
    person = people.get_person(desk, person.id)
    found = talking.current(desk, person)
    if found is not None and not found[0].sealed:
        talking.show_screen(desk, person, anew=True)
    elif people.has_consented(desk, person):
        talking.show_menu(desk, person)
    else:
        talking.open_flow(desk, person, talking.FLOWS["start"])
    return said


def paint_menu(view: View, person_id: int, chat_id: int) -> Face | None:
    """What this person can do here, in a few large buttons."""
    person = people.get_person(view, person_id)
    open_to = [flow for flow in talking.FLOWS.values() if flow.in_menu and flow.may_open(person, view)]
    buttons = [Button(flow.title, data=f"open:{flow.name}:") for flow in open_to]
    hello = _("Hello, this is <b>{desk}</b>. What can I do for you?")(desk=view.file.name)
    more = _("More: {commands}")(commands=plain(" ".join(MENU_COMMANDS)))
    language = language_of(view, person)
    return Face(lines(hello, more), (*buttons, *talking.language_buttons(view, person)), language=language)


MENU_COMMANDS = ("/orders", "/points", "/forget")


@last.message(Private())
async def loose_words(message: Message, desk: Desk, person: Person) -> Text | None:
    """Words, a voice or pictures outside any conversation are not lost: the desk offers to make a request of them."""
    said = said_in(message)
    if said.text.startswith("/"):
        talking.show_menu(desk, person)
        return UNKNOWN_COMMAND
    if said.kind not in Tell.accepts:
        talking.show_menu(desk, person)
        return NOT_THAT
    help_flow = talking.FLOWS["help"]
    part = Tell.part(said)
    talking.open_flow(desk, person, help_flow, says=SHALL_I, story={"parts": [part], "done": True})
    return None


CARDS = {"menu": paint_menu, "screen": talking.paint_screen}
