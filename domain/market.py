"""What points can be redeemed for: the states of a redemption, its code, its deadlines, and how it is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.calendars import QuietHours
from domain.market_refusals import NotThen
from domain.people import Role, is_officer
from domain.points import month_start
from domain.references import CODE_SIGNS, normalise_code
from domain.words import Named, Text, _

GOODS, SERVICE = "goods", "service"
ALIVE = ("reserved", "ready")
"""Points are held. `reserved`: a service that its giver has yet to confirm; `ready`: it can be had."""
TAKES = (*ALIVE, "collected")
"""It is not on the shelf any more."""


class Move(NamedTuple):
    """From any of these states to that one."""

    since: tuple[str, ...]
    to: str


MOVES: dict[str, Move] = {
    "confirm": Move(("reserved",), "ready"),
    "collect": Move(("ready",), "collected"),
    "cancel": Move(ALIVE, "cancelled"),
    "expire": Move(ALIVE, "expired"),
    "enter_late": Move(("expired",), "collected"),
    "reverse": Move(("collected",), "reversed"),
}

CODE_LENGTH = 8
COLLECT_WITHIN = timedelta(days=7)
SERVICE_WITHIN = timedelta(days=28)
REMINDED_BEFORE = timedelta(hours=24)
ENTERED_WITHIN = timedelta(days=14)
"""How long after it expired a hand-over may still be entered from paper."""
SHOWN_FOR = timedelta(minutes=30)
"""How long after a code was shown a keeper may hand over."""
TRIES, TRIES_WITHIN = 5, timedelta(minutes=10)
MOST_AT_ONCE = 20
PERIODS = ("day", "week", "month", "year")

REDEEMED = _("Redeemed: {item} × {count}")
NOT_COLLECTED = _("Not collected: {item} × {count}")
CALLED_OFF = _("Called off: {item} × {count}")
BROUGHT_BACK = _("Brought back: {item} × {count}")


@dataclass(frozen=True, slots=True)
class Station:
    """Where things are handed out."""

    id: int
    unit: str
    name: Named
    place: str
    hours: str
    state: str


@dataclass(frozen=True, slots=True)
class Merchant:
    """Whoever gives items or services, and whether they agree to be thanked by name."""

    id: int
    unit: str
    name: Named
    thanked: bool
    state: str


@dataclass(frozen=True, slots=True)
class Item:
    """Goods or a service, and how much of it there is."""

    id: int
    kind: str
    station_id: int
    merchant_id: int | None
    name: Named
    about: Named
    picture: str | None
    price: int
    stock: int
    weekly: int | None
    week: str | None
    taken: int
    most: int | None
    per: str | None
    back_at: datetime | None
    state: str

    def left(self, week: str) -> int:
        """How many nobody has reserved."""
        if self.weekly is None:
            return self.stock
        return max(0, self.weekly - (self.taken if self.week == week else 0))

    @property
    def is_service(self) -> bool:
        return self.kind == SERVICE


@dataclass(frozen=True, slots=True)
class Redemption:
    """So much of an item, for a household."""

    id: int
    once: str
    item_id: int
    station_id: int
    household_id: int
    person_id: int | None
    count: int
    points: int
    state: str
    code_epoch: int
    wanted: Text | None
    week: str | None
    made_at: datetime
    until: datetime
    due_at: datetime
    reminded_at: datetime | None
    tries: int
    collected_at: datetime | None
    ended_at: datetime | None
    ended_by: int | None
    reason: str | None
    late: bool
    borne: bool

    @property
    def is_alive(self) -> bool:
        return self.state in ALIVE


# ── whose counter it is ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Counter:
    """What somebody keeps: whole stations, and what certain merchants give; officers look after all of it."""

    stations: frozenset[int] = frozenset()
    merchants: frozenset[int] = frozenset()
    officer: bool = False

    @property
    def is_kept(self) -> bool:
        return bool(self.stations or self.merchants)

    def keeps(self, item: Item) -> bool:
        """May this be handed over here? A merchant's own keeper sees theirs alone."""
        return item.station_id in self.stations or item.merchant_id in self.merchants

    def looks_after(self, item: Item) -> bool:
        """May its price, its words and its stock be changed?"""
        return self.officer or self.keeps(item)


def counter_of(held: Iterable[Role]) -> Counter:
    kept = list(held)
    keeps = [role for role in kept if role.role == "keeper"]
    return Counter(
        frozenset(role.station_id for role in keeps if role.station_id),
        frozenset(role.merchant_id for role in keeps if role.merchant_id),
        is_officer(kept),
    )


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def code_from(drawn: bytes) -> str:
    """Forty bits as eight signs that are hard to mistake."""
    number = int.from_bytes(drawn[:8], "big")
    return "".join(CODE_SIGNS[number >> 5 * place & 31] for place in range(CODE_LENGTH))


def looks_like_code(words: str) -> bool:
    signs = normalise_code(words)
    return len(words) <= 2 * CODE_LENGTH and len(signs) == CODE_LENGTH and all(sign in CODE_SIGNS for sign in signs)


def last_signs(code: str) -> str:
    """The half that stands on a keeper's paper: enough to compare, too little to hand in."""
    return code[CODE_LENGTH // 2 :]


# ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def week_of(now: datetime, zone: ZoneInfo) -> str:
    """The Monday of this week, by which places are counted."""
    day = now.astimezone(zone).date()
    return (day - timedelta(days=day.weekday())).isoformat()


def next_week(now: datetime, zone: ZoneInfo) -> datetime:
    day = now.astimezone(zone).date()
    return datetime.combine(day + timedelta(days=7 - day.weekday()), time(), zone).astimezone(UTC)


def until_of(kind: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The end of a day, so that nobody has to remember the hour at which they asked."""
    day = (now + (SERVICE_WITHIN if kind == SERVICE else COLLECT_WITHIN)).astimezone(zone).date()
    return datetime.combine(day, time(23, 59), zone).astimezone(UTC)


def reminder_of(until: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """A day before it ends, and not at night."""
    at = until - REMINDED_BEFORE
    return quiet.next_morning(at, zone) if quiet is not None else at


def period_start(per: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When the period began for which a household may have so many."""
    day = now.astimezone(zone).date()
    match per:
        case "day":
            begin = day
        case "week":
            begin = day - timedelta(days=day.weekday())
        case "month":
            return month_start(now, zone)
        case _:
            begin = day.replace(month=1, day=1)
    return datetime.combine(begin, time(), zone).astimezone(UTC)


def check_handed_over(at: datetime, made_at: datetime, until: datetime, now: datetime) -> None:
    """May it have been handed over then?"""
    if not made_at <= at <= min(until, now):
        raise NotThen


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

LONGEST_NAME, LONGEST_ABOUT = 60, 400


def named(words: Mapping[str, str]) -> dict[str, str]:
    """Only the languages in which something was said."""
    return {language: said.strip() for language, said in words.items() if said.strip()}


_TIME = re.compile(r"(?:(\d{1,2})[-./月](\d{1,2})日?\s*)?(\d{1,2})[:：点](\d{2})分?")


def time_of(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """14:30, or 11-22 14:30: the last time it was so, as somebody writes down what has been."""
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", words).strip())
    if found is None:
        return None
    today = now.astimezone(zone)
    try:
        day = today.date()
        if found[1]:
            day = day.replace(month=int(found[1]), day=int(found[2]))
        if day > today.date():
            day = day.replace(year=day.year - 1)
        return datetime.combine(day, time(int(found[3]), int(found[4])), zone).astimezone(UTC)
    except ValueError:
        return None
