"""What somebody in charge sees of a report that nobody has judged, and what can be done about it in a tap."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from desk import judging, merging
from desk.alert_views import AlertView
from desk.front import Button, Desk
from domain.orders import WAITING
from domain.people import Person
from domain.refusals import NotFound
from domain.words import Text, _

router = Router(name="judging")


class JudgeTap(CallbackData, prefix="ju"):
    """What somebody would like to do with a report; whether they may, and whether they are first, is judged then."""

    verb: str
    id: int


@router.callback_query(JudgeTap.filter())
async def tapped(query: CallbackQuery, callback_data: JudgeTap, desk: Desk, person: Person) -> Text | None:
    match callback_data.verb:
        case "accept":
            return judging.accept(desk, person, callback_data.id)
        case "split":
            return merging.split(desk, person, callback_data.id)
    raise NotFound


# ── on the alert ────────────────────────────────────────────────────────────────────────────────────────────────────


def head(seen: AlertView) -> Text:
    """Why they read this, and what to do."""
    if seen.exhausted:
        return _("🔔 Nobody has looked at this report, and nobody is left whom I could call.")
    if seen.order.state == WAITING:
        return _("🔎 A report. I wait for the answer of whoever reported it; you can judge it all the same.")
    return _("🔎 A report. Please have a look: is it for us?")


def is_with_its_team(seen: AlertView) -> bool:
    """A report whose team has been asked, before anybody in charge had to be called about it."""
    return seen.may_be_same and not seen.judge and not seen.called and not seen.exhausted and seen.asked > 0


def facts(seen: AlertView) -> list[Text | None]:
    """Where it is, and how many have seen it."""
    others = _("{count} other neighbour has seen it too.", "{count} other neighbours have seen it too.")
    if seen.root is not None:
        return [_("It goes on with {reference}.")(reference=seen.root)]
    return [
        _("Where: {address}")(address=seen.order.place) if seen.judge and seen.order.place else None,
        others(count=seen.votes) if seen.votes else None,
        _("With it: {references}")(references=", ".join(seen.merged)) if seen.merged else None,
    ]


def called(seen: AlertView) -> list[Text | None]:
    """Who was called, and who is called next if nobody looks."""
    soon = _("If nobody has looked at it by {at}, I'll call {whom}.")
    return [
        *(_("Called at {at}: {names}")(at=at, names=", ".join(names)) for at, names in seen.called.items()),
        _("{name} has seen it.")(name=seen.seen_by) if seen.seen_by else None,
        soon(at=seen.next_call.at, whom=seen.next_call.whom) if seen.next_call and not seen.exhausted else None,
    ]


def buttons(seen: AlertView) -> tuple[Button, ...]:
    """Every verdict; where names have to be struck out, *Accept* opens the words first."""
    id = seen.order.id
    if seen.root is not None:
        return (Button(_("Not the same after all"), data=JudgeTap(verb="split", id=id).pack()),)
    accept = f"open:strike_out:{id}" if seen.names else JudgeTap(verb="accept", id=id).pack()
    found = [Button(_("Accept"), data=accept), *same_button(seen)]
    if seen.bodies:
        found.append(Button(_("Not ours: refer to…"), data=f"open:refer_to:{id}"))
    if seen.order.state != WAITING:
        found.append(Button(_("Ask whoever reported it"), data=f"open:ask:{id}"))
    return *found, Button(_("Nothing to be done"), data=f"open:decline:{id}")


def same_button(seen: AlertView) -> tuple[Button, ...]:
    """As long as nobody has it, it may be found to be the same as another one."""
    return (Button(_("Same as…"), data=f"open:same_as:{seen.order.id}"),) if seen.may_be_same else ()
