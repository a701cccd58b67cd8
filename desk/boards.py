"""The boards of a place: who has earned most this month and this year, one's own rank, and being on none of them.

Nothing on a board tells who was helped, or with what. A household stands there as one of its building, as long as
enough live in it that nobody can tell which; by the name on its card only once it has said so.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.diary import page_fact
from desk.front import CardRefresh, Desk
from desk.honour_ties import changed
from desk.points import NoHousehold
from desk.roles import may_lead
from domain.households import Address
from domain.people import Person
from domain.points import month_of
from domain.refusals import NotAllowed, NotFound
from domain.words import Named, Text, _, plain
from storage import board_choices as choices
from storage import standings
from storage.board_choices import Choice
from storage.earnings import hold_accounts
from storage.household_cards import cards_of
from storage.household_changes import merged_into
from storage.households import are_in_building, find_household, households_of
from storage.messages import get_fact, set_fact
from storage.people import get_person
from storage.standings import Standing

CARD = "board"
MONTH, YEAR = "month", "year"
TOP, NEAR = 10, 2
CROWD = 5
"""So many households have to live in a building before a board says which building it is."""


class SomebodyHid(NotAllowed):
    text = _("Somebody in your household would rather not be on the board. Only they can change that.")


@dataclass(frozen=True, slots=True)
class Row:
    rank: int
    name: Text
    points: int
    own: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What one person sees: the top, their own place, and how their household is shown."""

    unit: Named
    span: str
    dimension: str
    top: list[Row]
    near: list[Row]
    choice: Choice | None  # None: they belong to no household
    name: Text | None = None  # what their household is called on it
    could_be_named: bool = False
    own_points: int = 0


# ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def show(desk: Desk, person: Person, span: str, dimension: str, *, anew: bool) -> None:
    """This month or this year, everything or one dimension of it."""
    if span not in (MONTH, YEAR) or (dimension and dimension not in desk.file.points.dimensions):
        raise NotFound
    unit_of(desk, person)
    set_fact(desk.conn, page_fact(CARD, person.id), f"{span}:{dimension}")
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, person.id, anew=anew))


def unit_of(desk: Desk, person: Person) -> str:
    """Where they live; whoever is in charge somewhere and lives elsewhere sees a place they answer for."""
    home = find_household(desk.conn, person.household_id) if person.household_id is not None else None
    if home is not None:
        return home.unit
    if person.unit in desk.file.units:
        return str(person.unit)
    led = [unit for unit in desk.file.units if may_lead(desk, person, unit)]
    if not led:
        raise NoHousehold
    return led[-1]


def board(desk: Desk, person: Person) -> Board | None:
    """None once they belong nowhere."""
    try:
        unit = unit_of(desk, person)
    except NoHousehold:
        return None
    span, _sign, dimension = (get_fact(desk.conn, page_fact(CARD, person.id)) or f"{MONTH}:").partition(":")
    month = month_of(desk.now, desk.file.zone)
    place = (month if span == MONTH else month[:4], unit, dimension)
    top, own = standings.top(desk.conn, place, TOP), person.household_id
    named = desk.file.units[unit].name if unit in desk.file.units else {"": unit}
    if own is None:
        return Board(named, span, dimension, _rows(desk, top, None), [], None)
    choice = choices.choice_of(desk.conn, own)
    is_near = not choice.hidden and own not in {each.household_id for each in top}
    near = standings.around(desk.conn, place, own, NEAR) if is_near else []
    card = cards_of(desk.conn, [own]).get(own)
    return Board(
        unit=named,
        span=span,
        dimension=dimension,
        top=_rows(desk, top, own),
        near=_rows(desk, near, own),
        choice=choice,
        name=names_of(desk, [own])[own],
        could_be_named=card is not None and card.name is not None,
        own_points=standings.points_of(desk.conn, place, own),
    )


def _rows(desk: Desk, found: list[Standing], own: int | None) -> list[Row]:
    names = names_of(desk, [each.household_id for each in found])
    return [Row(each.rank, names[each.household_id], each.points, each.household_id == own) for each in found]


def names_of(desk: Desk, household_ids: list[int], *, agreed: bool = False) -> dict[int, Text]:
    """What each is called where everybody can read it. `agreed`: what it would be, with its name."""
    chosen, cards = choices.choices_of(desk.conn, household_ids), cards_of(desk.conn, household_ids)
    homes, crowded = households_of(desk.conn, household_ids), dict[tuple[str, str], bool]()
    names: dict[int, Text] = {}
    for household_id in household_ids:
        card = cards.get(household_id)
        if card is not None and card.name is not None and (agreed or chosen.get(household_id, Choice()).named):
            names[household_id] = plain(card.name)
            continue
        home = homes.get(household_id)
        at = (home.unit, home.building) if home is not None else ("", "")
        if at not in crowded:
            crowded[at] = bool(at[1]) and are_in_building(desk.conn, *at, CROWD)
        names[household_id] = _building(Address(*at)) if crowded[at] else _("A household")
    return names


def _building(at: Address) -> Text:
    number = at.building[:1].isdigit()
    return (_("A household in building {building}") if number else _("A household in {building}"))(building=at.building)


# ── choosing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def hide(desk: Desk, person: Person) -> Text:
    """Any member takes their household off every board, at once."""
    own = _own(person)
    if not choices.choice_of(desk.conn, own).hidden:
        hide_household(desk, own, person.id)
    _refresh(desk, person)
    return _("Done. Your household is on no board any more. Its points are all there.")


def hide_household(desk: Desk, household_id: int, by: int | None) -> None:
    for each in _whole(desk, household_id):
        choices.hide(desk.conn, desk.now, each, by)
        standings.show(desk.conn, each, False)
        changed(desk, each)


def _whole(desk: Desk, household_id: int) -> list[int]:
    """A household and those that went into it. What they earn in this moment waits, and then finds what was chosen."""
    whole = [household_id, *merged_into(desk.conn, household_id)]
    hold_accounts(desk.conn, whole)
    return whole


def unhide(desk: Desk, person: Person) -> Text:
    """Only whoever hid it shows it again, as long as they belong to it."""
    own = _own(person)
    choice = choices.choice_of(desk.conn, own)
    if choice.hidden:
        hider = choice.hidden_by
        if hider is not None and hider != person.id and get_person(desk.conn, hider).household_id == own:
            raise SomebodyHid
        for each in _whole(desk, own):
            choices.unhide(desk.conn, each)
            standings.show(desk.conn, each, True)
            changed(desk, each)
    _refresh(desk, person)
    return _("Done. Your household is on the board again.")


def be_named(desk: Desk, person: Person, named: bool) -> Text:
    """By the name on its card, or as one of its building."""
    own = _own(person)
    choices.choose(desk.conn, own, named=named)
    _refresh(desk, person)
    return _("Done. The board shows your name now.") if named else _("Done. The board shows no name of yours now.")


def _own(person: Person) -> int:
    if person.household_id is None:
        raise NoHousehold
    return person.household_id


def _refresh(desk: Desk, person: Person) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, CARD, person.id))
