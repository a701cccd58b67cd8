"""Points by hand: the card that asks for a second signature, and /audit, which shows everything that was decided."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from bot.cards import Face, View, language_of
from bot.flows.router import Private
from desk import by_hand, decisions, people
from desk.decisions import Decision
from desk.front import Button, Desk
from domain.people import Person
from domain.refusals import NotFound, Refusal
from domain.words import Text, _, lines, plain

router = Router(name="by_hand")


class SignTap(CallbackData, prefix="sg"):
    """A second signature, or none; or another page of decisions."""

    verb: str
    id: int


@router.callback_query(SignTap.filter())
async def tapped(query: CallbackQuery, callback_data: SignTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "sign":
            return by_hand.sign(desk, person, callback_data.id)
        case "decline":
            return by_hand.decline(desk, person, callback_data.id)
        case "page":
            decisions.show(desk, person, callback_data.id, anew=False)
            return None
    raise NotFound


@router.message(Command("audit", ignore_case=True), Private())
async def asked_for_decisions(message: Message, desk: Desk, person: Person) -> None:
    decisions.show(desk, person, 0, anew=True)


def paint_award(view: View, award_id: int, chat_id: int) -> Face | None:
    """Who would like to give what to whom, and why; once it is decided, what was."""
    reader = people.find_person(view, chat_id)
    if reader is None:
        return None
    language = language_of(view, reader)
    try:
        award = by_hand.get_signable(view, reader, award_id)
    except Refusal:
        return Face(_("Others look after this now. Thank you!"), language=language)
    giver = people.get_person(view, award.asked_by).called
    address = by_hand.address_of(view, award)
    head = _(
        "✍️ {name} would like to give {count} point to {address}.",
        "✍️ {name} would like to give {count} points to {address}.",
    )
    facts = [head(name=giver, count=award.points, address=address)]
    if award.state != by_hand.WAITING:
        second = people.get_person(view, award.second_by).called if award.second_by is not None else "—"
        done = award.state == by_hand.POSTED
        said = _("{name} has signed.") if done else _("{name} would not sign, so nothing was noted.")
        return Face(lines(*facts, said(name=second)), language=language)
    doer = people.get_person(view, award.earned_by).called if award.earned_by is not None else None
    facts += [_("Earned by {name}.")(name=doer)] if doer else []
    facts += [_("Why: {words}")(words=plain(award.words or "")), _("So many points need a second signature. Yours?")]
    buttons = (
        Button(_("I agree"), data=SignTap(verb="sign", id=award_id).pack()),
        Button(_("I don't"), data=SignTap(verb="decline", id=award_id).pack()),
    )
    return Face(lines(*facts), buttons, language=language)


def paint_decisions(view: View, person_id: int, chat_id: int) -> Face | None:
    """What waits, and a page of what was decided, newest first."""
    reader = people.find_person(view, chat_id)
    if reader is None or reader.id != person_id or not decisions.may_look(view, reader):
        return None
    seen = decisions.decisions(view, reader)
    waits = _("{count} waits for a second signature.", "{count} wait for a second signature.")
    text = lines(
        _("<b>Points by hand</b>"),
        waits(count=len(seen.waiting)) if seen.waiting else None,
        *(decision(number, each, address) for number, (each, address) in enumerate(seen.listed, 1)),
        None if seen.listed else _("Nothing was decided by hand yet. /award gives points."),
    )
    take_back = _("Take back {number}")
    buttons = [
        Button(take_back(number=number), data=f"open:undo:{each.id}")
        for number, (each, _address) in enumerate(seen.listed, 1)
        if each.kind == "award" and not each.taken_back
    ]
    pages = [(_("Earlier ones"), seen.page + 1, seen.more), (_("Back to the newer ones"), seen.page - 1, seen.page > 0)]
    buttons += [Button(label, data=SignTap(verb="page", id=page).pack()) for label, page, there in pages if there]
    return Face(text, tuple(buttons), language=language_of(view, reader))


def decision(number: int, each: Decision, address: str) -> Text:
    """When, how many, to whom, by whom, and in which words."""
    amount = f"+{each.amount}" if each.amount > 0 else f"−{-each.amount}"
    by = _("{name} and {second}")(name=each.by, second=each.second) if each.second else plain(each.by or "—")
    line = _("{number}. {at} · {amount} · {address} · {by} · {reason}")
    filled = {"number": number, "at": each.at, "amount": amount, "address": address, "by": by, "reason": each.reason}
    words = _("   “{words}”")(words=plain(each.words)) if each.words else None
    return lines(line(**filled), words)


CARDS = {by_hand.CARD: paint_award, decisions.CARD: paint_decisions}
