"""Posters for the doors of buildings: made from the desk's key, revoked and made anew, and what scanning one leads to.

What stands in a link is derived from the key, the building and a counter, like a household's code: nothing secret is
stored, and a lost sheet can be printed again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desk.front import CardRefresh, Desk
from desk.roles import may_lead
from domain.households import Address, where
from domain.people import Person
from domain.places import is_within
from domain.posters import NoSuchBuilding, OldPoster, Poster, language_at, token_from
from domain.references import normalise_code
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text
from storage import posters as rows
from storage.roles import write_audit

LINK = "b"
LIST, CARD, PAPER = "posters", "poster", "poster_paper"


@dataclass(frozen=True, slots=True)
class PosterView:
    """What stands on a poster: the place and its link, and nothing of anybody who lives there."""

    poster: Poster
    place: Text
    link: str
    language: str


def _token(desk: Desk, unit: str, building: str, epoch: int) -> str:
    return token_from(desk.keys.token("poster", f"{unit}/{building}/{epoch}"))


def _hash(desk: Desk, token: str) -> str:
    return desk.keys.hash("poster", normalise_code(token))


def view_of(desk: Desk, poster: Poster) -> PosterView:
    unit = desk.file.units.get(poster.unit)
    place = where(Address(poster.unit, poster.building), unit.name if unit else {"": poster.unit})
    link = desk.link(f"{LINK}_{_token(desk, poster.unit, poster.building, poster.epoch)}")
    return PosterView(poster, place, link, language_at(desk.file.units, poster.unit, desk.file.languages))


# ── which there are ─────────────────────────────────────────────────────────────────────────────────────────────────


def make_posters(desk: Desk, unit: str | None = None, building: str | None = None) -> list[Poster]:
    """One for every building in which a household stands, of a unit and those below it; again changes nothing."""
    units = desk.file.units
    if unit is not None and unit not in units:
        raise NotFound
    below = [key for key in units if unit is None or is_within(units, key, unit)]
    known = {(each.unit, each.building) for each in rows.posters_in(desk.conn, below)}
    for place in rows.buildings_in(desk.conn, below):
        if place not in known:
            rows.add(desk.conn, desk.now, *place, _hash(desk, _token(desk, *place, 0)))
    standing = set(rows.buildings_in(desk.conn, below))
    found = [each for each in rows.posters_in(desk.conn, below) if (each.unit, each.building) in standing]
    if building is not None:
        found = [each for each in found if each.building == building]
    if not found:
        raise NoSuchBuilding
    return found


def to_be_printed(desk: Desk, unit: str | None = None, building: str | None = None) -> list[PosterView]:
    """Those that hold: what was revoked is not printed until it is made anew."""
    return [view_of(desk, each) for each in make_posters(desk, unit, building) if each.holds]


def those_of(desk: Desk, person: Person | None) -> list[PosterView]:
    """Of every place this person looks after."""
    if person is None:
        return []
    led = [key for key in desk.file.units if may_lead(desk, person, key)]
    return [view_of(desk, each) for each in rows.posters_in(desk.conn, led)]


def find_for(desk: Desk, person: Person | None, poster_id: int) -> PosterView | None:
    """The poster, if this person looks after its place."""
    poster = rows.find_poster(desk.conn, poster_id)
    if poster is None or person is None or not may_lead(desk, person, poster.unit):
        return None
    return view_of(desk, poster)


# ── what becomes of them ────────────────────────────────────────────────────────────────────────────────────────────


def show_list(desk: Desk, person: Person, page: int = 0) -> None:
    """Every building of the places this person looks after has a poster from now on."""
    led = [key for key in desk.file.units if may_lead(desk, person, key)]
    if not led:
        raise NotFound
    for key in led:
        if rows.buildings_in(desk.conn, [key]):
            make_posters(desk, key)
    _show(desk, person, LIST, page)


def show_poster(desk: Desk, person: Person, poster_id: int, subject: str = CARD) -> None:
    if find_for(desk, person, poster_id) is None:
        raise NotFound
    _show(desk, person, subject, poster_id)


def _show(desk: Desk, person: Person, subject: str, subject_id: int) -> None:
    if person.telegram_id is not None:
        desk.say(CardRefresh(person.telegram_id, subject, subject_id, anew=True))


def revoke(desk: Desk, person: Person, poster_id: int) -> None:
    """What hangs there leads nowhere any more."""
    _change(desk, person, poster_id, revoke_one)


def renew(desk: Desk, person: Person, poster_id: int) -> None:
    """Another link: what hangs there leads nowhere, and a new sheet is to be hung up."""
    _change(desk, person, poster_id, renew_one)


def _change(desk: Desk, person: Person, poster_id: int, change: Callable[[Desk, Poster], bool]) -> None:
    """1. May they? 2. Compete. 3. Who did it. 4. The card says how it stands."""
    found = find_for(desk, person, poster_id)
    if found is None:
        raise NotFound
    if not change(desk, found.poster):
        raise AlreadyDone
    write_audit(desk.conn, desk.now, person.id, f"poster_{change.__name__.removesuffix('_one')}", poster=poster_id)
    for subject in (CARD, PAPER):
        if person.telegram_id is not None:
            desk.say(CardRefresh(person.telegram_id, subject, poster_id, anew=subject == CARD))


def revoke_one(desk: Desk, poster: Poster) -> bool:
    return rows.revoke(desk.conn, poster, desk.now)


def renew_one(desk: Desk, poster: Poster) -> bool:
    epoch = poster.epoch + 1
    return rows.renew(
        desk.conn, poster, desk.now, epoch, _hash(desk, _token(desk, poster.unit, poster.building, epoch))
    )


# ── scanned ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_poster(desk: Desk, token: str) -> Poster:
    """The building on whose door it hangs; one answer for what is revoked, of another desk, or made up."""
    poster = rows.find_by_token(desk.conn, _hash(desk, token)) if len(token) < 64 else None
    if poster is None or not poster.holds or poster.unit not in desk.file.units:
        raise OldPoster
    return poster
