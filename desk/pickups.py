"""What was redeemed, until it has ended: its code, its card, and the one end it comes to.

Every deed here goes the same way: hold the household's accounts, win the redemption by its state, then the shelf, then
the ledger. So whoever comes second, in whatever deed, finds it ended and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from desk.due import do_alone, later
from desk.front import BULK, CardRefresh, Desk, Line
from desk.household_changes import gather
from desk.nights import by_day, is_night
from desk.roles import tell
from domain import market as rules
from domain import market_refusals as refusals
from domain.market import Item, Redemption, Station
from domain.people import Person
from domain.points import Posting
from domain.refusals import AlreadyDone, NotFound
from domain.words import Text, _
from storage import items, points, stations
from storage import redemptions as rows
from storage.households import chats_with, members_of
from storage.people import get_person

CARD = "pickup"


# ── what is there ───────────────────────────────────────────────────────────────────────────────────────────────────


def get_redemption(desk: Desk, redemption_id: int) -> Redemption:
    found = rows.find_redemption(desk.conn, redemption_id)
    if found is None:
        raise NotFound
    return found


def get_item(desk: Desk, item_id: int) -> Item:
    found = items.find_item(desk.conn, item_id)
    if found is None:
        raise NotFound
    return found


def get_station(desk: Desk, station_id: int) -> Station:
    found = stations.find_station(desk.conn, station_id)
    if found is None:
        raise NotFound
    return found


def get_own(desk: Desk, person: Person, redemption_id: int) -> Redemption:
    """The redemption, if it is this person's household's."""
    found = rows.find_redemption(desk.conn, redemption_id)
    if found is None or person.household_id is None or found.household_id != person.household_id:
        raise NotFound
    return found


def open_of(desk: Desk, person: Person) -> list[Redemption]:
    """What the person's household has yet to collect."""
    return rows.open_of(desk.conn, person.household_id) if person.household_id is not None else []


def what(desk: Desk, redemption: Redemption) -> dict[str, Any]:
    """The item and how many, for a sentence."""
    return {"item": get_item(desk, redemption.item_id).name, "count": redemption.count}


def stands(desk: Desk, redemption: Redemption) -> Text:
    """How it stands, in a few words."""
    match redemption.state:
        case "reserved":
            return _("waiting for the giver to confirm it")
        case "ready":
            return _("ready until {until}")(until=redemption.until)
        case "collected":
            return _("handed over at {at}")(at=redemption.collected_at)
        case "expired":
            return _("not collected in time; the points are back")
        case "cancelled":
            return _("called off; the points are back")
        case _:
            return _("brought back; the points are back")


def changed(desk: Desk, redemption_id: int) -> refusals.NotCollected:
    return refusals.NotCollected(stands=stands(desk, get_redemption(desk, redemption_id)))


def show(desk: Desk, redemption: Redemption, *, to: Person | None = None) -> None:
    """Its cards show what is true now, wherever they stand; `to`: put one at the bottom of this person's chat."""
    for subject in (CARD, "handover"):
        for chat_id in chats_with(desk.conn, subject, redemption.id):
            desk.say(CardRefresh(chat_id, subject, redemption.id, silent=True))
    if to is not None and to.telegram_id is not None:
        desk.say(CardRefresh(to.telegram_id, CARD, redemption.id, anew=True))


def concerned(desk: Desk, redemption: Redemption) -> list[Person]:
    """Whoever redeemed it, if they still belong to the household; otherwise all who do."""
    theirs = members_of(desk.conn, redemption.household_id)
    return [each for each in theirs if each.id == redemption.person_id] or theirs


def tell_household(desk: Desk, redemption: Redemption, text: Text, *, but: Person | None = None) -> None:
    for each in concerned(desk, redemption):
        if but is None or each.id != but.id:
            tell(desk, each, text)


def _morning(desk: Desk) -> datetime | None:
    """Nobody is woken for what can wait until then; None: it is day."""
    return by_day(desk, desk.now) if is_night(desk) else None


def tell_by_day(desk: Desk, people: Iterable[Person], text: Text, **more: Any) -> None:
    for each in people:
        if each.telegram_id is not None:
            desk.say(Line(each.telegram_id, text, language=each.language, not_before=_morning(desk), **more))


def lock_household(desk: Desk, household_id: int) -> tuple[int, int]:
    """Its account and its hold, which nobody else moves until this transaction ends."""
    own = points.account_of(desk.conn, household_id)
    held = points.account_of(desk.conn, household_id, "hold")
    points.lock_balances(desk.conn, [own, held])
    return own, held


def hold(desk: Desk, redemption: Redemption) -> tuple[Redemption, int, int]:
    """The redemption and its household's accounts; its household was perhaps put together with another meanwhile."""
    own, held = lock_household(desk, redemption.household_id)
    now = get_redemption(desk, redemption.id)
    return (now, own, held) if now.household_id == redemption.household_id else hold(desk, now)


# ── how it ends ─────────────────────────────────────────────────────────────────────────────────────────────────────


def collect(desk: Desk, redemption: Redemption, by: Person, at: Any = None) -> None:
    """Handed over: the points go to the market. Once, whoever taps."""
    redemption, _own, held = hold(desk, redemption)
    if not rows.move(desk.conn, redemption.id, "collect", collected_at=at or desk.now, ended_by=by.id):
        raise changed(desk, redemption.id)
    moved = [
        Posting(held, -redemption.points),
        Posting(points.desk_account(desk.conn, "market"), redemption.points),
    ]
    post(desk, redemption, "capture", moved, rules.REDEEMED, by)
    rows.forget_presented(desk.conn, redemption.id)
    show(desk, get_redemption(desk, redemption.id))


def cancel(desk: Desk, redemption: Redemption, by: Person | None, reason: str | None = None) -> None:
    """The points and the stock come back."""
    _give_back(desk, redemption, "cancel", "release", rules.CALLED_OFF, by, reason=reason)


def expire(desk: Desk, redemption: Redemption) -> None:
    """Nobody came: released by itself."""
    _give_back(desk, redemption, "expire", "expiry", rules.NOT_COLLECTED, None)


def _give_back(
    desk: Desk, redemption: Redemption, verb: str, kind: str, words: Text, by: Person | None, **changes: Any
) -> None:
    redemption, own, held = hold(desk, redemption)
    by_id = by.id if by else None
    if not rows.move(desk.conn, redemption.id, verb, ended_at=desk.now, ended_by=by_id, **changes):
        raise changed(desk, redemption.id)
    items.release(desk.conn, desk.now, redemption.item_id, redemption.count, redemption.week, redemption.id)
    moved = [Posting(held, -redemption.points), Posting(own, redemption.points)]
    post(desk, redemption, kind, moved, words, by)
    rows.forget_presented(desk.conn, redemption.id)
    show(desk, get_redemption(desk, redemption.id))
    tell_awaiting(desk, redemption.item_id)


def reverse(desk: Desk, redemption: Redemption, by: Person, reason: str) -> None:
    """It was brought back, or was a mistake: points and stock return, and every entry stands in the statement."""
    redemption, own, held = hold(desk, redemption)
    if not rows.move(desk.conn, redemption.id, "reverse", ended_at=desk.now, ended_by=by.id, reason=reason):
        raise changed(desk, redemption.id)
    given = items.on_the_way(desk.conn, redemption.id) if redemption.week is None else redemption.count
    if redemption.late and redemption.week is not None:
        given = 0  # its place in that week had gone to nobody again
    if given:
        items.release(desk.conn, desk.now, redemption.item_id, given, redemption.week, redemption.id)
    captured = rows.captured(desk.conn, redemption.id)
    words = rules.BROUGHT_BACK(**what(desk, redemption))
    if captured is None or not points.reverse(desk.conn, desk.now, captured, words, by.id):
        raise AlreadyDone
    gather(desk, redemption.household_id, f"gather:{redemption.id}")
    if not redemption.borne:  # the desk had paid for it itself, and nothing of the household's was spent
        moved = [Posting(held, -redemption.points), Posting(own, redemption.points)]
        post(desk, redemption, "release", moved, rules.BROUGHT_BACK, by)
    show(desk, get_redemption(desk, redemption.id))
    tell_awaiting(desk, redemption.item_id)


def post(
    desk: Desk, redemption: Redemption, kind: str, moved: list[Posting], reason: Text, by: Person | None, more: str = ""
) -> None:
    """Once for each redemption and kind of end."""
    once = f"{kind}:redemption:{redemption.id}{more}"
    given = {"redemption": redemption.id, "points": redemption.points, "household": redemption.household_id}
    words = reason(**what(desk, redemption))
    points.post(
        desk.conn, desk.now, kind, once, moved, words, given=given, decided_by=by.id if by is not None else None
    )


TOLD_AT_ONCE = 200


def tell_awaiting(desk: Desk, item_id: int) -> None:
    """It is back: whoever asked to hear of it does, once; many of them one part after the other, as long as there is
    some.
    """
    item = get_item(desk, item_id)
    if item.state != "offered" or item.left(rules.week_of(desk.now, desk.file.zone)) == 0:
        items.go_on_telling(desk.conn, item_id, False)
        return
    back = _("{item} is there again. /market shows it.")(item=item.name)
    waited = [get_person(desk.conn, each) for each in items.take_awaiting(desk.conn, item_id, TOLD_AT_ONCE)]
    # Looked up, not counted: of those we took, somebody else may have told some in this moment, and not the others.
    items.go_on_telling(desk.conn, item_id, items.is_awaited(desk.conn, item_id))
    tell_by_day(desk, waited, back, lane=BULK, silent=True)


# ── what happens by itself ──────────────────────────────────────────────────────────────────────────────────────────


def sweep_awaited(desk: Desk) -> bool:
    """Somebody has yet to hear that something is back, or a new week has its places again. False: nobody waits."""
    item_id = items.still_telling(desk.conn)
    if item_id is None:
        item_id = items.back_this_week(desk.conn, rules.week_of(desk.now, desk.file.zone))
    if item_id is None:
        return False
    tell_awaiting(desk, item_id)
    return True


def sweep_redemptions(desk: Desk) -> bool:
    """Remind, or give back, what has been due longest. False: nothing is due."""
    due = rows.next_due(desk.conn, desk.now)
    if due is None:
        return False
    if not do_alone(desk, partial(_pass, desk, due), redemption=due.id):
        rows.put_off(desk.conn, due, later(desk, due.tries))
    return True


def _pass(desk: Desk, due: Redemption) -> None:
    if desk.now >= due.until:
        try:
            expire(desk, due)
        except refusals.NotCollected:  # somebody else ended it in the same moment
            return
        back = _("{item} × {count} was not collected in time. The points are back with your household.")
        tell_by_day(desk, concerned(desk, due), back(**what(desk, due)), silent=True)
        return
    morning = _morning(desk)
    if morning is not None:  # the desk was down in the evening
        rows.put_off(desk.conn, due, min(due.until, morning))
        return
    if rows.remind(desk.conn, due, desk.now):
        _remind(desk, due)


def _remind(desk: Desk, due: Redemption) -> None:
    station = get_station(desk, due.station_id)
    text = _("{item} × {count} waits for you at {station} until {until}.")
    words = text(**what(desk, due), station=station.name, until=due.until)
    if due.state == "reserved":
        words = _("Nobody has confirmed {item} yet. If nobody does by {until}, your points come back by themselves.")(
            item=get_item(desk, due.item_id).name, until=due.until
        )
    tell_by_day(desk, concerned(desk, due), words, expires_at=due.until)
