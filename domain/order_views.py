"""What each reader may see of an order: the group a little, its holder everything, whoever asked how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.calendars import QuietHours
from domain.desk_file import Body, Category, EmergencyNumber
from domain.orders import OPEN, Order, Part, as_askers_know_it, stands
from domain.references import DOOR_WORDS
from domain.values import quick
from domain.words import Named, Text


@quick
@dataclass(frozen=True, slots=True)
class GroupView:
    """Enough to know whether one could go, and nothing by which the person could be found."""

    category: Named
    unit: Named
    building: str
    since: datetime
    wanted: Text | None
    speaks: str | None
    stands: Text
    can_be_claimed: bool
    body: Named | None  # who looks after it: the team only keeps people away


def group_view(
    order: Order, category: Category, unit: Named, *, building: str, holder: str | None, body: Body | None = None
) -> GroupView:
    """Of a discreet order only what it is about, the unit, and since when."""
    own_words = order.wanted.msgid == "{words}"  # typed by the person: may say anything
    return GroupView(
        category=category.name,
        unit=unit,
        building="" if order.discreet else building,
        since=order.made_at,
        wanted=None if order.discreet or own_words or category.report else order.wanted,
        speaks=None if order.discreet else order.speaks,
        stands=stands(order, None if order.discreet else holder),
        can_be_claimed=order.state in OPEN,
        body=body.name if body else None,
    )


@dataclass(frozen=True, slots=True)
class HolderView:
    """Everything whoever goes there needs; only while they have it."""

    category: Named
    reference: str
    whom: str | None
    phone: str | None
    address: str
    latitude: float | None
    longitude: float | None
    wanted: Text
    speaks: str | None
    story: Sequence[Part]
    notes: Sequence[Part]
    door_word: Named
    cash: bool
    call_back: bool
    state: str
    expected_at: datetime | None  # when they said they would be there
    is_report: bool  # nobody waits at a door
    reporter: str | None  # who told us, if they like that to be known
    body: Body | None  # who looks after it: they only keep people away


def holder_view(
    order: Order,
    category: Category,
    *,
    reader_id: int,
    whom: str | None,
    phone: str | None,
    address: str,
    story: Sequence[Part],
    notes: Sequence[Part],
    reporter: str | None = None,
    body: Body | None = None,
) -> HolderView | None:
    """None for whoever does not have it, or not any more."""
    if order.holder_id != reader_id or order.provisional or not order.is_held:
        return None
    return HolderView(
        category=category.name,
        reference=order.reference,
        whom=order.for_name or whom,
        phone=order.for_phone or phone,
        address=order.place or ("" if order.latitude is not None else address),  # a pin is not the home
        latitude=order.latitude,
        longitude=order.longitude,
        wanted=order.wanted,
        speaks=order.speaks,
        story=story,
        notes=notes,
        door_word=DOOR_WORDS[order.door_word % len(DOOR_WORDS)],
        cash=category.cash,
        call_back=order.call_back,
        state=order.state,
        expected_at=order.expected_at,
        is_report=category.report,
        reporter=reporter,
        body=body,
    )


@quick
@dataclass(frozen=True, slots=True)
class RequestView:
    """How it goes: who has it, or who will be called and when; what is asked of the requester now."""

    category: Named
    reference: str
    whom: str | None  # when somebody asked for somebody else
    state: str
    stands: Text
    holder: str | None
    expected_at: datetime | None
    promised_at: datetime | None
    called_next: Text | None
    called_at: datetime | None
    seen: bool  # a supervisor has seen it
    nobody_left: bool  # the ladder has ended
    emergency: Sequence[EmergencyNumber]
    door_word: Named | None
    cash: bool
    rests: tuple[str, str] | None  # the clock stands still at night, from when to when
    question: str | None  # what they are being asked
    done: Sequence[Part]  # what the holder said about it
    along: Sequence[str]  # who came along, as the holder says
    to_rate: str | None  # speed, quality, words; None: nothing more to ask


def request_view(
    order: Order,
    category: Category,
    *,
    reader_id: int,
    holder: str | None,
    promised_at: datetime | None,
    call: tuple[Text, datetime] | None,
    run: str | None,
    emergency: Sequence[EmergencyNumber],
    quiet: QuietHours | None,
    question: str | None,
    done: Sequence[Part],
    to_rate: str | None,
    along: Sequence[str] = (),
) -> RequestView | None:
    """None for whoever neither needs it nor asked for it."""
    if reader_id not in order.askers:
        return None
    order = as_askers_know_it(order)
    known, waits = (holder if order.is_held else None), order.is_open
    return RequestView(
        category=category.name,
        reference=order.reference,
        whom=order.for_name if reader_id != order.requester_id else None,
        state=order.state,
        stands=stands(order, holder),
        holder=known,
        expected_at=order.expected_at,
        promised_at=promised_at if waits else None,
        called_next=call[0] if call and waits else None,
        called_at=call[1] if call and waits else None,
        seen=waits and run == "acknowledged",
        nobody_left=waits and run == "exhausted",
        emergency=emergency,
        door_word=DOOR_WORDS[order.door_word % len(DOOR_WORDS)] if known else None,
        cash=category.cash,
        rests=(f"{quiet.start:%H:%M}", f"{quiet.end:%H:%M}") if quiet and waits else None,
        question=question,
        done=done if order.state in ("resolved", "closed") else (),
        along=along,
        to_rate=to_rate if order.state == "closed" else None,
    )
