"""/problems and the card of one: what keeps coming back, where roughly, since when, and how it goes."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows.router import Open, Private
from desk import people, problem_views, problems
from desk.front import Button, Desk
from desk.problem_views import ProblemView, problem_view
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _, lines

router = Router(name="problems")

LISTED = 12


class ProblemTap(CallbackData, prefix="pb"):
    verb: str
    id: int


@router.message(Command("problems", ignore_case=True), Private())
async def asked_for_problems(message: Message, desk: Desk, person: Person) -> None:
    problem_views.show_list(desk, person)


@router.callback_query(ProblemTap.filter())
async def tapped(query: CallbackQuery, callback_data: ProblemTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "show":
            problems.show(desk, person, callback_data.id)
            return None
        case "where":
            problems.show_place(desk, person, callback_data.id)
            return None
        case "take":
            return problems.take_over(desk, person, callback_data.id)
        case "follow":
            return problems.follow(desk, person, callback_data.id)
    raise NotFound


def paint_problems(view: View, person_id: int, chat_id: int) -> Face | None:
    """What is open where this person lives, or answers for."""
    reader = people.find_person(view, chat_id)
    if reader is None or reader.id != person_id:
        return None
    language, found = language_of(view, reader), problem_views.listed(view, reader)
    if not found:
        return Face(_("There is no standing problem here that I know of."), language=language)
    row = _("• {kind} · {where} · since {since}")
    rows = [
        row(kind=problems.kind_name(view, each), where=problems.where(view, each), since=each.made_at)
        for each in found[:LISTED]
    ]
    head = _("{count} problem keeps coming back here.", "{count} problems keep coming back here.")(count=len(found))
    label = _("{kind} · {where}")
    buttons = tuple(
        Button(
            label(kind=problems.kind_name(view, each), where=problems.where(view, each)),
            data=ProblemTap(verb="show", id=each.id).pack(),
        )
        for each in found[:LISTED]
    )
    return Face(lines(head, *rows), buttons, language=language)


def paint_problem(view: View, problem_id: int, chat_id: int) -> Face | None:
    """One problem: for those in charge with its reports and who looks after it, for neighbours without."""
    reader = people.find_person(view, chat_id)
    seen = problem_view(view, problem_id, reader)
    if seen is None or reader is None:
        return Face(_("Others look after this now. Thank you!"))
    problem = seen.problem
    told = _("“{words}” · {at}")
    text = lines(
        _("🔁 <b>{kind}</b> · {where}")(kind=seen.kind, where=seen.where),
        _("Reported {count} time, since {since}.", "Reported {count} times, since {since}.")(
            count=seen.count, since=problem.made_at
        ),
        _("Its reports: {references}")(references=", ".join(seen.references)) if seen.references else None,
        _who(seen),
        _("It was closed at {at}.")(at=problem.closed_at) if problem.closed_at else None,
        *(told(words=each.words, at=each.at) for each in seen.notes),
    )
    return Face(text, _buttons(seen), language=language_of(view, reader))


def _who(seen: ProblemView) -> Text | None:
    if not seen.leads or not seen.problem.is_open:
        return None
    if seen.is_owner:
        return _("You look after it.")
    return _("{name} looks after it.")(name=seen.owner) if seen.owner else _("Nobody looks after it yet.")


def _buttons(seen: ProblemView) -> tuple[Button, ...]:
    problem = seen.problem

    def tap(label: Text, verb: str) -> Button:
        return Button(label, data=ProblemTap(verb=verb, id=problem.id).pack())

    def opens(label: Text, flow: str) -> Button:
        return Button(label, data=Open(flow=flow, id=problem.id).pack())

    place = [tap(_("Show the place"), "where")] if problem.latitude is not None else []
    if not problem.is_open:
        return tuple(place)
    if seen.is_owner:
        return (
            *place,
            opens(_("Say how it goes"), "problem_note"),
            opens(_("Hand it over"), "problem_owner"),
            opens(_("It is solved"), "problem_close"),
        )
    take = [tap(_("I'll look after it"), "take")] if seen.leads else []
    follow = [tap(_("Tell me how it goes"), "follow")] if not seen.follows else []
    return (*place, *take, *follow)


CARDS = {problems.CARD: paint_problem, problem_views.LIST: paint_problems}
