"""Households are put together or parted by whoever looks after the place: points, and what waits to be collected, go
along, and the sum of all points stays what it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from desk import boards, honours, people
from desk.front import Desk
from desk.homes import is_home_of
from desk.households import give_codes, members_of, moved_out, show_asked
from desk.roles import may_lead, tell
from domain.household_changes import (
    MERGE_REASONS,
    MERGED,
    PARTED,
    SPLIT_REASONS,
    LivedIn,
    NobodyLeaves,
    NoSuchHousehold,
    OwnHousehold,
    SameHousehold,
)
from domain.households import Address, written
from domain.people import Person
from domain.points import NotEnoughPoints, Posting
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, _
from storage import household_cards, points, redemptions
from storage import household_changes as rows
from storage import households as places
from storage.board_choices import choices_of
from storage.households import STANDING, Household
from storage.roles import write_audit
from storage.standings import inherit

TOGETHER = _(
    "Two households were put together. Yours has {count} point to use now.",
    "Two households were put together. Yours has {count} points to use now.",
)
APART = _(
    "You belong to the household at {address} now. {count} point came along.",
    "You belong to the household at {address} now. {count} points came along.",
)


def find_household(desk: Desk, by: Person, at: Address) -> Household:
    """The household at this address, for whoever looks after the place; not their own."""
    if at.unit not in desk.file.units or not may_lead(desk, by, at.unit):
        raise NotFound
    household = places.find_at(desk.conn, at)
    if household is None or household.state != STANDING:
        raise NoSuchHousehold
    if is_home_of(desk, by.id, household.id):
        raise OwnHousehold
    return household


def available_of(desk: Desk, by: Person, at: Address) -> int:
    """What the household at this address can use."""
    return points.balance_of(desk.conn, find_household(desk, by, at).id)


def merge(desk: Desk, by: Person, source_id: int, target_id: int, reason: str) -> Text:
    """The first goes into the second.

    1. Hold the accounts of both, then both themselves: whatever was redeemed before goes along, whatever comes later
    finds nothing, and nobody joins meanwhile. 2. May they, and do both stand? 3. Compete: it goes once. 4. Members and
    questions. 5. Its codes die and its place is free. 6. What waits to be collected, and the points.
    """
    if source_id == target_id:
        raise SameHousehold
    if any(places.find_household(desk.conn, each) is None for each in (source_id, target_id)):
        raise NotFound
    accounts = [points.account_of(desk.conn, each, kind) for each in (source_id, target_id) for kind in points.CACHED]
    points.lock_balances(desk.conn, accounts)
    held = rows.hold(desk.conn, (source_id, target_id))
    source, target = _get(desk, by, held, source_id), _get(desk, by, held, target_id)
    if reason not in MERGE_REASONS:
        raise NotFound
    once = f"merge:{source_id}:{target_id}"
    balance = points.balance_of(desk.conn, source_id) + points.balance_of(desk.conn, source_id, "hold")
    about = {"household_id": source_id, "other_id": target_id, "reason": reason, "by": by.id, "at": desk.now}
    if not rows.add_change(desk.conn, what="merge", once=once, points=balance, **about):
        raise AlreadyDone
    waiting, moving = places.asked_for(desk.conn, source_id), members_of(desk, source)
    rows.move_members(desk.conn, source_id, target_id)
    rows.move_questions(desk.conn, source_id, target_id)
    rows.take_down(desk.conn, source)
    redemptions.join_households(desk.conn, source_id, target_id)
    points.move_all(desk.conn, desk.now, once, source_id, target_id, MERGED)
    inherit(desk.conn, source_id, target_id)
    moved_out(desk, source_id, moving)
    hid = [each for each in choices_of(desk.conn, [source_id, target_id]).values() if each.hidden]
    if hid:  # somebody of them would rather not be on a board
        boards.hide_household(desk, target_id, hid[0].hidden_by)
    honours.follow(desk, source_id, target_id)
    write_audit(desk.conn, desk.now, by.id, "households_merged", source=source_id, target=target_id, reason=reason)
    for asked in waiting:
        show_asked(desk, asked.id)
    now = points.balance_of(desk.conn, target_id)
    for each in members_of(desk, target):
        tell(desk, each, TOGETHER(count=now))
    return _(
        "Done. They are one household now, with {count} point to use.",
        "Done. They are one household now, with {count} points to use.",
    )(count=now)


def _get(desk: Desk, by: Person, held: dict[int, Household], household_id: int) -> Household:
    household = held.get(household_id)
    if household is None or not may_lead(desk, by, household.unit):
        raise NotFound
    if is_home_of(desk, by.id, household_id):
        raise OwnHousehold
    if household.state != STANDING:
        raise AlreadyDone
    return household


def split(
    desk: Desk, by: Person, household_id: int, leaving: Sequence[int], at: Address, share: int, reason: str, once: str
) -> Text:
    """Some of a household live elsewhere now, and take a share of what can be used along. What is on hold stays.

    1. Hold the accounts, then the household. 2. Done already? 3. Refuse: who, where to, how much. 4. Compete.
    5. The other household stands. 6. Members. 7. Points. Only those who left hear where they belong now.
    """
    key, there = f"split:{once}", places.find_at(desk.conn, at)
    if places.find_household(desk.conn, household_id) is None:
        raise NotFound
    own = points.account_of(desk.conn, household_id)
    theirs = [points.account_of(desk.conn, there.id)] if there is not None else []
    available = points.lock_balances(desk.conn, [own, *theirs])[own]
    household = _get(desk, by, rows.hold(desk.conn, (household_id,)), household_id)
    if rows.is_known(desk.conn, key):
        raise AlreadyDone
    if reason not in SPLIT_REASONS or at.unit not in desk.file.units or not may_lead(desk, by, at.unit):
        raise NotFound
    leave = [each for each in members_of(desk, household) if each.id in set(leaving)]
    if not leave or len(leave) != len(set(leaving)):
        raise NobodyLeaves
    if there is not None and (there.id == household_id or places.count_members(desk.conn, there.id)):
        raise SameHousehold if there.id == household_id else LivedIn
    if not 0 <= share <= available:
        raise NotEnoughPoints(available=available)
    other = _let_stand(desk, at)
    about = {"household_id": household_id, "other_id": other.id, "reason": reason, "by": by.id, "at": desk.now}
    if not rows.add_change(desk.conn, what="split", once=key, points=share, **about):
        raise AlreadyDone
    learnt = {"address": other.address, "unit": other.unit}
    rows.move_members(desk.conn, household_id, other.id, [each.id for each in leave], **learnt)
    places.note_moved_out(desk.conn, desk.now, household_id, [each.id for each in leave])
    moved_out(desk, household_id, leave)
    if share:
        moved = [Posting(own, -share), Posting(points.account_of(desk.conn, other.id), share)]
        points.post(desk.conn, desk.now, "move", key, moved, PARTED, decided_by=by.id)
    write_audit(desk.conn, desk.now, by.id, "household_split", source=household_id, target=other.id, reason=reason)
    for each in leave:
        tell(desk, people.get_person(desk, each.id), APART(address=other.address, count=share))
    return _(
        "Done. They are two households now, and {count} point went along.",
        "Done. They are two households now, and {count} points went along.",
    )(count=share)


def _let_stand(desk: Desk, at: Address) -> Household:
    address = written(at, desk.file.units[at.unit].name, desk.file.default_language)
    places.add_households(desk.conn, desk.now, STANDING, [(at, address)])
    found = places.find_at(desk.conn, at)
    assert found is not None
    other = rows.hold(desk.conn, (found.id,))[found.id]
    if other.state != STANDING:
        places.change_state(desk.conn, other.id, [places.ASKED, places.DECLINED], STANDING)
    # Where a household stood already, empty, its code, card and PIN may be in somebody else's drawer.
    give_codes(desk, [other], anew=other.code_hash is not None)
    household_cards.begin_anew(desk.conn, other.id)
    return other


# ── what comes late ─────────────────────────────────────────────────────────────────────────────────────────────────


def gather(desk: Desk, household_id: int, once: str) -> None:
    """What has come back to a household that stands no more goes on to its heir."""
    for source in rows.merged_into(desk.conn, household_id):
        points.move_all(desk.conn, desk.now, f"{once}:{source}", source, household_id, MERGED)


def bring_back(desk: Desk, transfer_id: int) -> None:
    """Before an entry of a household that stands no more is reversed: its heir gives what is taken."""
    for household_id, amount in points.given_to(desk.conn, transfer_id):
        heir = rows.heir_of(desk.conn, household_id)
        if heir != household_id and amount > 0:
            source, target = points.account_of(desk.conn, heir), points.account_of(desk.conn, household_id)
            moved = [Posting(source, -amount), Posting(target, amount)]
            points.post(desk.conn, desk.now, "move", f"bring_back:{transfer_id}:{household_id}", moved, MERGED)
