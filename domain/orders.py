"""Somebody needs something: the states of an order, who may move it from one to the next, and how that is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from domain.people import Person, Role, is_officer, supervises
from domain.refusals import Refusal
from domain.values import quick
from domain.words import Text, _

OPEN = ("new", "offered", "reopened")
"""Waiting for somebody. `new` has no team that could be asked; `reopened` was not done after all."""
HELD = ("claimed", "in_progress")
"""Somebody has it."""
WAITING = "waiting"
"""Whoever told us has been asked something: nobody can take it until they answer, and its clocks stand still."""
ALIVE = (*OPEN, WAITING, *HELD)
OVER = ("closed", "cancelled", "duplicate", "referred")


class Move(NamedTuple):
    """From any of these states to that one."""

    since: tuple[str, ...]
    to: str


MOVES: dict[str, Move] = {
    "offer": Move(ALIVE, "offered"),
    "claim": Move(OPEN, "claimed"),
    "assign": Move(ALIVE, "claimed"),
    "on_way": Move(("claimed",), "in_progress"),
    "release": Move(HELD, "offered"),
    "resolve": Move(HELD, "resolved"),
    "close": Move(("resolved",), "closed"),
    "reopen": Move(("resolved",), "reopened"),
    "cancel": Move(ALIVE, "cancelled"),
    "ask": Move(OPEN, WAITING),
    "answer": Move((WAITING,), "offered"),  # or where it was: `reopened`
    "accept": Move(("new", WAITING), "offered"),
    "merge": Move((*OPEN, WAITING), "duplicate"),
    "split": Move(("duplicate",), "offered"),
    "refer": Move((*OPEN, WAITING), "referred"),
    "decline": Move(("new", WAITING), "cancelled"),
    "not_mended": Move(("resolved", "closed"), "reopened"),
}


def after(verb: str, state: str, team_id: int | None = None) -> str | None:
    """The state that follows, or None if this verb cannot be done now. What no team can see is not offered but new."""
    move = MOVES[verb]
    if state not in move.since:
        return None
    return "new" if move.to == "offered" and team_id is None else move.to


@quick
@dataclass(frozen=True, slots=True)
class Order:
    """One request as it stands."""

    id: int
    once: str
    reference: str
    category: str
    unit: str
    team_id: int | None
    state: str
    version: int
    asked_by: int | None
    requester_id: int | None
    for_name: str | None
    for_phone: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    wanted: Text
    speaks: str | None
    discreet: bool
    call_back: bool
    holder_id: int | None
    claimed_at: datetime | None
    on_way_at: datetime | None
    expected_at: datetime | None
    provisional: bool
    door_word: int
    resolved_at: datetime | None
    closed_at: datetime | None
    made_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_held(self) -> bool:
        return self.state in HELD

    @property
    def askers(self) -> tuple[int, ...]:
        """Who needs it and who told us, as far as the desk knows them."""
        return tuple(dict.fromkeys(each for each in (self.requester_id, self.asked_by) if each is not None))


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Everything a person told us about what they need. `parts`: `{kind, words, file_id}` in the order of telling."""

    once: str
    category: str
    unit: str
    asked_by: int
    requester_id: int | None = None
    for_name: str | None = None
    for_phone: str | None = None
    place: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    wanted: Text = field(default_factory=lambda: _("as soon as possible"))
    speaks: str | None = None
    parts: list[dict[str, Any]] = field(default_factory=list)
    call_back: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what was told: words, a picture, a voice."""

    id: int
    kind: str
    words: str | None
    file_id: str | None


# ── who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_in_charge(held: Iterable[Role], path: Iterable[str]) -> bool:
    """Does this person answer for the place of an order? `path`: its unit and those above it."""
    held = list(held)
    return is_officer(held) or supervises(held, path)


def is_own(order: Order, person: Person, askers: Iterable[Person]) -> bool:
    """Is this order the person's own, or their household's?"""
    return person.id in order.askers or (
        person.household_id is not None and any(each.household_id == person.household_id for each in askers)
    )


def may_answer(order: Order, person: Person) -> bool:
    """Who says whether it is done: whoever needs it or whoever asked."""
    return person.id in order.askers


def may_cancel(order: Order, person: Person, held: Iterable[Role], path: Iterable[str]) -> bool:
    return may_answer(order, person) or is_in_charge(held, path)


# ── how it stands, in one sentence ──────────────────────────────────────────────────────────────────────────────────

_STANDS: dict[str, Text] = {
    "new": _("Nobody has taken it yet."),
    "offered": _("Nobody has taken it yet."),
    "reopened": _("It is not done yet, and somebody is needed once more."),
    "claimed": _("{name} has it."),
    "in_progress": _("{name} is on the way."),
    "waiting": _("We have a question first, and it goes on with the answer."),
    "resolved": _("{name} has done it."),
    "closed": _("It is done."),
    "cancelled": _("It was called off."),
    "duplicate": _("Somebody had asked for the same already."),
    "referred": _("Other people look after it now."),
}
SOMEBODY = _("Somebody")


def stands(order: Order, holder: str | None) -> Text:
    """The present state as people say it; without a name, somebody has it."""
    return _STANDS[order.state](name=holder or SOMEBODY)


def as_askers_know_it(order: Order) -> Order:
    """Of a taker who has yet to open the chat they hear nothing: nothing is certain yet."""
    return replace(order, state="offered", holder_id=None, provisional=False) if order.provisional else order


# ── refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


class AlreadyClaimed(Refusal):
    text = _("{name} has it already. Thank you!")
    final = True


class NotOfThisTeam(Refusal):
    text = _("Only the volunteers of {team} can take this. Would you like to be one? Write to me and I'll ask for you.")


class YourOwn(Refusal):
    text = _("This is for your own household, so a neighbour will come. Thank you for offering!")


class EnoughInHand(Refusal):
    text = _(
        "You have {count} request in hand already. Please finish it or give it back first.",
        "You have {count} requests in hand already. Please finish one or give one back first.",
    )


class Changed(Refusal):
    text = _("This has changed since. Here is how it stands now: {stands}")
    final = True


class NothingAsked(Refusal):
    text = _("Nothing is being asked any more. Thank you! Here is how it stands now: {stands}")
    final = True


class NotInYourHands(Refusal):
    text = _("You don't have this one any more. Thank you for your help!")
    final = True


class PictureNeeded(Refusal):
    text = _("For this one a picture is needed. Please send one.")


class NoteNeeded(Refusal):
    text = _("For this one a few words are needed: what was done? Please write them.")


class CannotTakeIt(Refusal):
    text = _("{name} is not a volunteer here. Please choose somebody else.")


class SameHousehold(Refusal):
    text = _("{name} belongs to the same household. Please choose somebody else.")


class CannotBeReached(Refusal):
    text = _("I can't reach {name}: they have not opened a chat with me yet. Please choose somebody else.")


class NoGroupYet(Refusal):
    text = _("{team} has no group I can write to yet. Please choose another team.")
