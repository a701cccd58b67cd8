"""Points by hand: somebody in charge gives them with a reason, many of them only with a second signature.

Never to one's own household; and whoever signs second is neither the first nor of that household.
"""

from __future__ import annotations

from dataclasses import dataclass

from desk.front import CardRefresh, Desk
from desk.homes import is_home_of, live_together
from desk.household_changes import bring_back
from desk.order_views import tell_person
from desk.people import get_person
from desk.points import earn
from desk.roles import may_lead, officers
from domain.households import Address
from domain.people import Person
from domain.places import path_up
from domain.points import TAKEN_BACK, Earning, NotEnoughPoints, month_start
from domain.refusals import AlreadyDone, NotFound, Refusal
from domain.words import Text, _
from storage import co_volunteers, earnings, points
from storage import hand_awards as rows
from storage.hand_awards import HandAward
from storage.households import STANDING, Household, buildings_in, find_at, find_household, members_of, rooms_in
from storage.messages import find_cards
from storage.people import holders_of

CARD = "hand_award"
WAITING, POSTED = rows.WAITING, rows.POSTED
MOST = 500
GIVEN = _("Given by hand")
EARNED = _(
    "{name} gave your household {count} point: {words}. It now has {balance}.",
    "{name} gave your household {count} points: {words}. It now has {balance}.",
)


class OwnHousehold(Refusal):
    text = _("Nobody decides about points of their own household, or of one they have just left. Somebody else can.")
    final = True


class NobodySigns(Refusal):
    text = _("So many points need a second signature, and there is nobody here who could sign.")


class NobodyLivesThere(Refusal):
    text = _("I know no household there. Please look again.")


def may_give(desk: Desk, person: Person) -> bool:
    return any(may_lead(desk, person, unit) for unit in desk.file.units)


def buildings(desk: Desk, unit: str, most: int) -> list[str]:
    return buildings_in(desk.conn, unit, most)


def rooms(desk: Desk, unit: str, building: str, most: int) -> list[str]:
    return rooms_in(desk.conn, unit, building, most)


def members(desk: Desk, home: Household) -> list[Person]:
    return members_of(desk.conn, home.id)


def address_of(desk: Desk, award: HandAward) -> str:
    return rows.address_of(desk.conn, award.household_id)


def get_household(desk: Desk, person: Person, at: Address) -> Household:
    """A household this person may give points to."""
    if not may_lead(desk, person, at.unit):
        raise NotFound
    home = find_at(desk.conn, at)
    if home is None or home.state != STANDING:
        raise NobodyLivesThere
    if is_home_of(desk, person.id, home.id):
        raise OwnHousehold
    return home


@dataclass(frozen=True, slots=True)
class Gift:
    """What somebody in charge would like to give."""

    once: str
    at: Address
    earned_by: int | None
    points: int
    dimension: str | None
    words: str


def give(desk: Desk, giver: Person, gift: Gift) -> Text:
    """1. May they? 2. Hold the account, so that what was given already is counted in peace. 3. One row.
    4. Above the limit somebody else is asked; otherwise it is posted.

    What the same giver gave the same household in this month counts towards the limit: two halves are a whole.
    """
    home = get_household(desk, giver, gift.at)
    if gift.earned_by is not None and gift.earned_by not in {each.id for each in members_of(desk.conn, home.id)}:
        raise NotFound
    earnings.hold_accounts(desk.conn, [home.id])
    limit, since = desk.file.points.second_signature_above, month_start(desk.now, desk.file.zone)
    before = rows.unsigned_since(desk.conn, giver.id, home.id, since)
    needs_second = limit is not None and before + gift.points > limit
    if needs_second and not signers(desk, home, giver):
        raise NobodySigns
    about = {"unit": home.unit, "household_id": home.id, "earned_by": gift.earned_by, "points": gift.points}
    about |= {"dimension": gift.dimension, "words": gift.words, "asked_by": giver.id, "made_at": desk.now}
    award_id = rows.add(desk.conn, once=gift.once, **about)
    if award_id is None:
        raise AlreadyDone
    if needs_second:
        for each in signers(desk, home, giver):
            if each.telegram_id is not None:
                desk.say(CardRefresh(each.telegram_id, CARD, award_id))
        return _("So many points need a second signature. I have asked for one, and tell you what comes of it.")
    posted = _post(desk, _get(desk, award_id), None)
    if posted == 0:
        return _("This household has earned as much as it can for now, so nothing was added.")
    return _("Done: {count} point noted.", "Done: {count} points noted.")(count=posted)


def signers(desk: Desk, home: Household, giver: Person) -> list[Person]:
    """Other supervisors of the place and of those above it, and officers; nobody of that household or the giver's."""
    found = {each.id: each for each in officers(desk)}
    for unit in path_up(desk.file.units, home.unit):
        found |= {each.id: each for each in holders_of(desk.conn, "supervisor", unit=unit.key)}
    others = [each for each in found.values() if not live_together(desk, each.id, giver.id)]
    return [each for each in others if not is_home_of(desk, each.id, home.id)]


def _get(desk: Desk, award_id: int) -> HandAward:
    award = rows.find(desk.conn, award_id)
    if award is None:
        raise NotFound
    return award


def get_signable(desk: Desk, person: Person, award_id: int) -> HandAward:
    """An award this person may sign second."""
    award = rows.find(desk.conn, award_id)
    if award is None or not may_lead(desk, person, award.unit) or live_together(desk, person.id, award.asked_by):
        raise NotFound
    if is_home_of(desk, person.id, award.household_id):
        raise OwnHousehold
    return award


def sign(desk: Desk, person: Person, award_id: int) -> Text:
    """The second signature. 1. May they, and may the first still? 2. The first to answer wins. 3. Posted, once."""
    award = get_signable(desk, person, award_id)
    giver = get_person(desk, award.asked_by)
    if is_home_of(desk, giver.id, award.household_id) or not may_lead(desk, giver, award.unit):
        raise NotFound
    if award.state != rows.WAITING:
        raise AlreadyDone
    posted = _post(desk, award, person)
    _refresh(desk, award_id)
    said = _("{name} has signed: {count} point noted.", "{name} has signed: {count} points noted.")
    tell_person(desk, giver.id, said(name=person.called, count=posted))
    return _("Thank you. It is noted with both your names.")


def decline(desk: Desk, person: Person, award_id: int) -> Text:
    award = get_signable(desk, person, award_id)
    if not rows.decide(desk.conn, award_id, rows.DECLINED, desk.now, person.id):
        raise AlreadyDone
    _refresh(desk, award_id)
    tell_person(desk, award.asked_by, _("{name} would not sign, so nothing was noted.")(name=person.called))
    return _("All right, nothing is noted.")


def _post(desk: Desk, award: HandAward, second: Person | None) -> int:
    """How many points came of it. Whoever decides first does; the household is told."""
    if not rows.decide(desk.conn, award.id, rows.POSTED, desk.now, second.id if second else None):
        raise AlreadyDone
    posted = earn(
        desk,
        Earning(
            once=f"award:hand:{award.once}",
            household_id=award.household_id,
            earned_by=award.earned_by,
            points=award.points,
            reason=GIVEN,
            dimension=award.dimension,
            decided_by=award.asked_by,
            note=award.words,
            deed="by_hand",
        ),
    )
    if posted:
        balance, giver = points.balance_of(desk.conn, award.household_id), get_person(desk, award.asked_by)
        said = EARNED(count=posted, balance=balance, words=award.words or "", name=giver.called)
        for each in members_of(desk.conn, award.household_id):
            tell_person(desk, each.id, said)
    return posted


def _refresh(desk: Desk, award_id: int) -> None:
    award = _get(desk, award_id)
    home = find_household(desk.conn, award.household_id)
    asked = signers(desk, home, get_person(desk, award.asked_by)) if home is not None else []
    keys = {(CARD, award_id, each.telegram_id) for each in asked if each.telegram_id is not None}
    for _subject, _id, chat_id in find_cards(desk.conn, sorted(keys)):
        desk.say(CardRefresh(chat_id, CARD, award_id))


# ── taking back ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Spent(Refusal):
    text = _("The household has used these points already: {available} can be taken back now.")
    final = True


def check_may_take_back(desk: Desk, person: Person, transfer_id: int) -> None:
    """Officers, and supervisors of the place; about any household but their own."""
    found = rows.unit_of(desk.conn, transfer_id)
    if found is None or not may_lead(desk, person, found[0]):
        raise NotFound
    if is_home_of(desk, person.id, found[1]):
        raise OwnHousehold


def take_back(desk: Desk, person: Person, transfer_id: int, words: str) -> Text:
    """A mistake is put right by the opposite entry, once, with a reason; of an order with what those earned by it who
    came along, and nobody says so and earns by it later. All of it, or nothing.
    """
    check_may_take_back(desk, person, transfer_id)
    try:
        with desk.conn.begin_nested():
            co_volunteers.end_waiting(desk.conn, transfer_id)  # first: whoever answers just now has, or will have not
            happened = _reverse(desk, person, transfer_id, words)
            for share in co_volunteers.shares_of(desk.conn, transfer_id) if happened else ():
                _reverse(desk, person, share, words)
    except NotEnoughPoints as refusal:
        raise Spent(**refusal.said.blanks) from None
    if not happened:
        raise AlreadyDone
    return _("Done. Both entries stand in the statement.")


def _reverse(desk: Desk, person: Person, transfer_id: int, words: str) -> bool:
    bring_back(desk, transfer_id)
    return points.reverse(desk.conn, desk.now, transfer_id, TAKEN_BACK, person.id, words)
