"""A counter without a network: the list to print beforehand, and what was ticked on it, entered with its true time."""

from __future__ import annotations

from datetime import datetime

from desk import counter, pickups
from desk.front import Desk
from desk.roles import officers, tell
from domain import market as rules
from domain import market_refusals as refusals
from domain.market import Redemption
from domain.people import Person
from domain.points import Posting
from domain.words import Text, _
from storage import items, points
from storage import redemptions as rows
from storage.roles import write_audit


def paper_list(desk: Desk, keeper: Person) -> list[counter.AtCounter]:
    """The same to be printed for a day without a network; that it was is written down."""
    listed = counter.waiting(desk, keeper)
    write_audit(desk.conn, desk.now, keeper.id, "paper_list", count=len(listed))
    return listed


def on_paper(desk: Desk, keeper: Person) -> list[counter.AtCounter]:
    """What may have been ticked on a printed list: still open, or expired since not too long ago."""
    kept = counter.check_keeper(desk, keeper)
    there = rows.at_counter(desk.conn, kept.stations, kept.merchants, ("ready",), counter.LISTED)
    gone = rows.expired_since(desk.conn, kept.stations, kept.merchants, desk.now - rules.ENTERED_WITHIN, counter.LISTED)
    handed_out = [each for each in gone if not pickups.get_item(desk, each.item_id).is_service]
    return [counter.view(desk, each) for each in [*there, *handed_out]]


def enter_late(desk: Desk, keeper: Person, redemption_id: int, at: datetime) -> Text:
    """A hand-over that was ticked on paper, with its true time.

    Still open: it is captured as at the counter. Expired meanwhile, but handed over before: it is opened again. The
    points are held once more and captured; had the household spent them by then, the desk bears them itself, since the
    goods are gone and no account may fall below nothing. Officers hear of either shortage.
    """
    redemption = counter.get_kept(desk, keeper, redemption_id)
    if keeper.household_id == redemption.household_id:
        raise refusals.OwnHousehold
    if not redemption.is_alive and pickups.get_item(desk, redemption.item_id).is_service:
        raise refusals.NotFromAShelf
    rules.check_handed_over(at, redemption.made_at, redemption.until, desk.now)
    if desk.now - redemption.until > rules.ENTERED_WITHIN:
        raise refusals.TooLate
    if redemption.is_alive:
        pickups.collect(desk, redemption, keeper, at)
    else:
        _open_again(desk, redemption, keeper, at)
    write_audit(desk.conn, desk.now, keeper.id, "enter_late", redemption=redemption_id, at=at.isoformat())
    return _("Noted: handed over at {at}.")(at=at)


def _open_again(desk: Desk, redemption: Redemption, keeper: Person, at: datetime) -> None:
    redemption, own, held = pickups.hold(desk, redemption)
    borne = points.balance_of(desk.conn, redemption.household_id) < redemption.points
    changes = {"collected_at": at, "ended_by": keeper.id, "late": True, "borne": borne, "ended_at": None}
    if not rows.move(desk.conn, redemption.id, "enter_late", **changes):
        raise pickups.changed(desk, redemption.id)
    taken = redemption.count
    if redemption.week is None:
        taken = items.take_late(desk.conn, desk.now, redemption.item_id, redemption.count, redemption.id)
    market_account = points.desk_account(desk.conn, "market")
    source = points.desk_account(desk.conn, "issuer") if borne else held
    if not borne:
        moved = [Posting(own, -redemption.points), Posting(held, redemption.points)]
        pickups.post(desk, redemption, "hold", moved, rules.REDEEMED, keeper, ":late")
    moved = [Posting(source, -redemption.points), Posting(market_account, redemption.points)]
    pickups.post(desk, redemption, "capture", moved, rules.REDEEMED, keeper)
    pickups.show(desk, pickups.get_redemption(desk, redemption.id))
    if borne or taken < redemption.count:
        short = _("Entered from paper at {station}: the shelf is {missing} short of {item}; the desk bears {points}.")
        filled = short(
            station=pickups.get_station(desk, redemption.station_id).name,
            item=pickups.get_item(desk, redemption.item_id).name,
            missing=redemption.count - taken,
            points=redemption.points if borne else 0,
        )
        for officer in officers(desk):
            tell(desk, officer, filled)
