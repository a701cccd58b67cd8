"""Households: joined by the code on a card, left again, and made to stand from the officers' list.

A join code is derived from the desk's key, so nothing secret is stored and a lost card can be printed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from desk import people
from desk.front import CardRefresh, Desk
from desk.honour_ties import changed
from desk.roles import tell
from domain.households import (
    CODE_LENGTH,
    Address,
    InHousehold,
    NoHousehold,
    TooManyTries,
    WrongCode,
    grouped,
    written,
)
from domain.people import Person
from domain.places import is_within
from domain.references import CODE_SIGNS, normalise_code
from domain.words import Text, _
from storage import household_cards
from storage import households as rows
from storage.households import ASKED, DECLINED, STANDING, Household
from storage.messages import cards_of
from storage.tries import count_try, tries_lately

TRIES, TRIES_WITHIN = 5, timedelta(minutes=10)
CARD = "household_ask"
OF_A_HOUSEHOLD = ("pickup", "shelf", "item", "household_card", "household_paper", "statement", "statement_file")


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def code_of(desk: Desk, household: Household) -> str:
    """The code on this household's card."""
    return _code(desk, household.id, household.code_epoch)


def _code(desk: Desk, household_id: int, epoch: int) -> str:
    """Forty bits that only this desk can make again. Thirty-two signs, so that each stands for five bits."""
    drawn = int.from_bytes(desk.keys.token("household", f"{household_id}:{epoch}")[:8], "big")
    return "".join(CODE_SIGNS[drawn >> 5 * place & 31] for place in range(CODE_LENGTH))


def _hash(desk: Desk, code: str) -> str:
    return desk.keys.hash("household", normalise_code(code))


def give_codes(desk: Desk, given: Sequence[Household], *, anew: bool = False) -> None:
    """A code that nobody else has. `anew`: another one than before, and the old one no longer works."""
    taken = rows.taken_hashes(desk.conn)
    codes = []
    for household in given:
        if household.code_hash is not None and not anew:
            continue
        epoch = household.code_epoch + anew
        while (code_hash := _hash(desk, _code(desk, household.id, epoch))) in taken:
            epoch += 1
        taken.add(code_hash)
        codes.append((household.id, epoch, code_hash))
    rows.set_codes(desk.conn, codes)


def find_by_code(desk: Desk, code: str) -> Household | None:
    """However it was typed. Only for a code that was checked before: it counts no tries."""
    return rows.find_by_code(desk.conn, _hash(desk, code))


def check_code(desk: Desk, person: Person, code: str) -> Household:
    """The household of this code. Five wrong ones in ten minutes, and even the right one has to wait."""
    whose = f"household:{person.id}"
    if tries_lately(desk.conn, whose, desk.now, TRIES_WITHIN) >= TRIES:
        raise TooManyTries
    household = find_by_code(desk, code)
    if household is None:
        count_try(desk.conn, whose, desk.now, TRIES_WITHIN)
        raise WrongCode
    return household


def is_code(desk: Desk, person: Person, words: str) -> bool:
    """Are these words, said out of the blue, the code of a household's card? Guessing this way counts as well."""
    signs = normalise_code(words)
    if len(words) > 2 * CODE_LENGTH or len(signs) != CODE_LENGTH or any(sign not in CODE_SIGNS for sign in signs):
        return False
    try:
        check_code(desk, person, words)
    except (WrongCode, TooManyTries):
        return False
    return True


# ── belonging ───────────────────────────────────────────────────────────────────────────────────────────────────────


def home_of(desk: Desk, person: Person) -> Household | None:
    """The household this person belongs to."""
    return rows.find_household(desk.conn, person.household_id) if person.household_id is not None else None


def members_of(desk: Desk, household: Household) -> list[Person]:
    return rows.members_of(desk.conn, household.id)


def join_by_code(desk: Desk, person: Person, code: str) -> Household:
    """Whoever has the card belongs to it; the others who live there hear of it."""
    household = check_code(desk, person, code)
    join(desk, person, household)
    return household


def join(desk: Desk, person: Person, household: Household) -> None:
    """1. In no household yet: one row changes, or none. 2. Address and unit, where none was known. 3. The others."""
    if not rows.join(desk.conn, person.id, household.id):
        home = home_of(desk, people.get_person(desk, person.id))
        if home is None:
            raise WrongCode  # it has just been put together with another
        raise InHousehold(address=home.address)
    learnt: dict[str, Any] = {}
    if not person.address:
        learnt["address"] = household.address
    if not person.unit:
        learnt["unit"] = household.unit
    if learnt:
        people.change(desk, person, **learnt)
    withdraw(desk, person)
    for each in members_of(desk, household):
        if each.id != person.id:
            tell(desk, each, _("{name} now belongs to your household.")(name=person.called))


def withdraw(desk: Desk, person: Person) -> None:
    """A question to the community worker that needs no answer any more."""
    for asked in rows.take_back(desk.conn, person.id):
        show_asked(desk, asked.id)


def show_asked(desk: Desk, application_id: int) -> None:
    for chat_id in rows.chats_with(desk.conn, CARD, application_id):
        desk.say(CardRefresh(chat_id, CARD, application_id, silent=True))


def leave(desk: Desk, person: Person) -> None:
    """The points stay with those who go on living there."""
    if person.household_id is None or not rows.leave(desk.conn, desk.now, person.id, person.household_id):
        raise NoHousehold
    moved_out(desk, person.household_id, [person])


def moved_out(desk: Desk, household_id: int, gone: Sequence[Person]) -> None:
    """What was the household's goes from their chats; and the name on its card, once nobody goes by it any more."""
    for each in gone:
        if each.telegram_id is not None:
            for subject, about in cards_of(desk.conn, each.telegram_id, OF_A_HOUSEHOLD):
                desk.say(CardRefresh(each.telegram_id, subject, about, silent=True))
    if rows.count_members(desk.conn, household_id) == 0:
        household_cards.change(desk.conn, household_id, name=None)
    changed(desk, household_id)


def renew_code(desk: Desk, person: Person) -> str:
    """A member wants another code: a card was lost, or the wrong person has seen it."""
    household = home_of(desk, person)
    if household is None:
        raise NoHousehold
    give_codes(desk, [household], anew=True)
    renewed = rows.find_household(desk.conn, household.id)
    assert renewed is not None
    for each in members_of(desk, household):
        if each.id != person.id:
            tell(desk, each, _("{name} has asked for a new code for your household.")(name=person.called))
    return code_of(desk, renewed)


def invitation(desk: Desk, code: str) -> Text:
    """What a member hands to another."""
    sentence = _("Here is the code for whoever lives with you: <b>{code}</b>. Or pass on this link: {link}")
    return sentence(code=grouped(code), link=desk.link(f"h_{code}"))


# ── the officers' list ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Compared:
    """What a list would change: households that would stand anew, and those that stand already."""

    new: list[Address]
    known: list[Address]


def compare(desk: Desk, listed: Sequence[Address]) -> Compared:
    standing = {each.at for each in rows.households_in(desk.conn, {at.unit for at in listed})}
    return Compared([at for at in listed if at not in standing], [at for at in listed if at in standing])


def let_stand(desk: Desk, listed: Sequence[Address]) -> int:
    """The households of a list stand from now on, each with its code; how many are new. Twice changes nothing."""
    units, language = desk.file.units, desk.file.default_language
    new = set(compare(desk, listed).new)
    wanted = [(at, written(at, units[at.unit].name, language)) for at in listed if at in new]
    rows.add_households(desk.conn, desk.now, STANDING, wanted)
    there = [each for each in rows.households_in(desk.conn, {at.unit for at in new}, state=None) if each.at in new]
    for each in there:
        if each.state != STANDING:
            rows.change_state(desk.conn, each.id, [ASKED, DECLINED], STANDING)
    give_codes(desk, there)
    return len(new)


def with_cards(desk: Desk, unit: str | None = None) -> list[tuple[Household, str]]:
    """Every household that stands in a unit, or below it, with the code for its card."""
    units = desk.file.units
    below = [key for key in units if unit is None or is_within(units, key, unit)]
    return [(each, code_of(desk, each)) for each in rows.households_in(desk.conn, below)]
