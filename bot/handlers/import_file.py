"""An officer sends a spreadsheet of households: what it would do is shown first, and one tap does it."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from aiogram import Router
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows import talking
from bot.importing import LARGEST, ROWS, TooLarge, done, dry_run, read_table
from bot.jobs import Jobs
from bot.sorting import COMMAND, WORDS
from desk import lists, people
from desk.front import Button, Desk
from desk.roles import may_set_up
from domain.desk_file import DeskFile, Fault
from domain.households import Address
from domain.people import Person
from domain.refusals import Refusal
from domain.spreadsheet import check_rows
from domain.words import Text, _
from domain.words import lines as under_one_another

log = structlog.get_logger()
router = Router(name="import_file")

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".ods")
AT_ONCE = 500
"""Homes in one transaction: more would keep everybody else waiting."""
IMPORTING = _("I am importing it. The card will say when it is done.")
COULD_NOT_FETCH = _("I could not fetch this file from Telegram.")


class ListTap(CallbackData, prefix="hl"):
    """A button under a list: whose it is, is whoever taps."""

    verb: str


class SentList(Filter):
    """A spreadsheet from an officer, in private, and not as part of a conversation."""

    where = frozenset({COMMAND, WORDS})

    async def __call__(self, message: Message, desk: Desk, person: Person | None = None) -> bool:
        if message.document is None or message.chat.type != "private" or person is None:
            return False
        named = (message.document.file_name or "").lower()
        return named.endswith(ENDINGS) and may_set_up(desk, person) and talking.current(desk, person) is None


@router.message(SentList())
async def sent_list(message: Message, desk: Desk, person: Person, jobs: Jobs) -> Text | None:
    document = message.document
    assert document is not None
    if (document.file_size or 0) > LARGEST:
        raise TooLarge(count=ROWS)
    name = (document.file_name or "")[:100]
    lists.receive(desk, person, document.file_id, name)
    _begin(desk, jobs, person, document.file_id, name)
    return None


@router.callback_query(ListTap.filter())
async def tapped(query: CallbackQuery, callback_data: ListTap, desk: Desk, person: Person, jobs: Jobs) -> Text | None:
    match callback_data.verb:
        case "yes":
            if len(lists.accepted(desk, person)) > AT_ONCE:
                desk.after.append(lambda: jobs.start(partial(let_stand_in_steps, jobs, person)))
                return IMPORTING
            return done(lists.accept(desk, person))
        case "again":
            known = lists.again(desk, person)
            _begin(desk, jobs, person, known.file_id, known.name)
        case _:
            lists.drop(desk, person)
    return None


def _begin(desk: Desk, jobs: Jobs, person: Person, file_id: str, name: str) -> None:
    job = partial(fetch_and_read, jobs, desk.file, person, file_id, name)
    desk.after.append(lambda: jobs.start(job))


async def fetch_and_read(jobs: Jobs, desk_file: DeskFile, person: Person, file_id: str, name: str) -> None:
    """Outside of any transaction; only what was understood goes into one. A crash in between: *Read it again*."""
    try:
        data = await jobs.fetch_file(file_id)
    except Exception:
        await jobs.do(lambda desk: lists.could_not_read(desk, person, file_id, COULD_NOT_FETCH))
        raise
    try:
        addresses, faults = await asyncio.to_thread(_understand, data, name, desk_file)
    except Refusal as refusal:
        why = refusal.said
        await jobs.do(lambda desk: lists.could_not_read(desk, person, file_id, why))
    else:
        await jobs.do(lambda desk: lists.read(desk, person, file_id, addresses, faults))


def _understand(data: bytes, name: str, desk_file: DeskFile) -> tuple[list[Address], list[Fault]]:
    return check_rows(read_table(data, name), desk_file)


async def let_stand_in_steps(jobs: Jobs, person: Person) -> None:
    """A long list, and others are served in between. Broken off, the card still offers *Import it*, which goes on."""
    try:
        addresses, new = await jobs.do(lambda desk: lists.accepted(desk, person)), 0
        for begin in range(0, len(addresses), AT_ONCE):
            some = addresses[begin : begin + AT_ONCE]
            new += await jobs.do(partial(lists.let_some_stand, person=person, some=some))
        await jobs.do(lambda desk: lists.accept(desk, person, new))
    except Refusal as refusal:  # done by another tap, or not theirs to do any more
        log.info("a list was not imported", why=type(refusal).__name__)


def paint_list(view: View, person_id: int, chat_id: int) -> Face | None:
    """What the list would do now, or what became of it."""
    known, person = lists.find_list(view, person_id), people.get_person(view, person_id)
    if known is None or not may_set_up(view, person):
        return None
    yes, no = Button(_("Import it"), data="hl:yes"), Button(_("Don't import it"), data="hl:no")
    once_more = Button(_("Read it again"), data="hl:again")
    buttons: tuple[Button, ...] = ()
    match known.state:
        case lists.READING:
            said, buttons = _("I am reading it."), (once_more,)
        case lists.UNREAD:
            said, buttons = known.why or COULD_NOT_FETCH, (once_more, no)
        case lists.READ:
            said, buttons = dry_run(view, known.addresses, known.faults), (yes, no) if known.addresses else ()
        case lists.DONE:
            said = done(known.new)
        case _:
            said = _("All right, nothing was imported.")
    text = under_one_another(_("📄 <b>{name}</b>")(name=known.name), said)
    return Face(text, buttons, language=language_of(view, person))


CARDS = {lists.CARD: paint_list}
