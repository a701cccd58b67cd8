"""The neighbourhood as its officers describe it in the desk file: what people ask for, report and earn."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.calendars import BusinessCalendar, QuietHours
from domain.caps import Caps as Caps
from domain.co_volunteers import Together
from domain.desk_diary import DiaryStandard
from domain.desk_honours import HonourRules
from domain.escalation import EscalationPolicy
from domain.places import Unit
from domain.second_channel import SecondChannel
from domain.words import Named


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    name: Named
    number: str


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon somebody has taken it, and how soon it is done; None promises nothing."""

    first_response: timedelta | None = None
    resolution: timedelta | None = None
    calendar: str | None = None  # the key of the office hours it counts in


@dataclass(frozen=True, slots=True)
class Category:
    """What an order is about. One that others lie `under` is only a heading and leads nowhere itself."""

    key: str
    name: Named
    under: str | None = None
    team: str | None = None
    promise: Promise = Promise()
    ladder: str = ""  # empty only for a heading
    award: int = 0
    difficulty: int = 1  # so many times the award
    caps: Caps = field(default_factory=Caps)  # of this deed alone, beside everybody's
    dimension: str | None = None
    ask_for: tuple[str, ...] = ()
    done_needs: tuple[str, ...] = ()
    discreet: bool = False  # the group sees category, unit and since when
    confidential: bool = False  # goes through the private door, to people, never to a group
    private_door: str | None = None  # asks first whether they are afraid; the confidential category a yes opens
    cash: bool = False  # the sentence about cash at the door is shown
    call_me: bool = False  # the order made by "Please call me"; not in the menu
    report: bool = False  # made of a kind of report; not in the menu either
    urgent: bool = False  # its ladder does not wait for the morning, whatever the ladder says

    @property
    def asks_if_afraid(self) -> bool:
        return self.private_door is not None


@dataclass(frozen=True, slots=True)
class Award:
    doer: int = 0
    reporter: int = 0


HAZARD, UNCIVIL, GOOD_DEED = "hazard", "uncivil", "good_deed"
HEADINGS = (HAZARD, UNCIVIL, GOOD_DEED)
"""What a report is in the main: the kinds of the desk file lie in these, or a heading without any is one itself."""


NEAR_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Repeats:
    """From so many reports, so near to one another and within such a time, it is a standing problem."""

    count: int
    near: int  # metres
    within: timedelta


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What people report. One that others lie `under` is only a heading; a good deed leads to no work."""

    key: str
    name: Named
    under: str | None = None
    asks: tuple[str, ...] = ()  # photo, place, words: without these it is not sent
    say_first: Named | None = None
    team: str | None = None
    promise: Promise = Promise()
    ladder: str | None = None  # when the team does not answer
    triage: str | None = None  # the ladder of those who judge it
    near: int | None = None  # metres within which "somebody reported this already"
    near_for: timedelta = NEAR_FOR  # and for how long after it was reported
    award: Award = Award()
    caps: Caps = field(default_factory=Caps)  # of this deed alone, by whoever did it and whoever told us together
    dimension: str | None = None
    done_needs: tuple[str, ...] = ()
    urgent: bool = False  # does not wait for the morning, and a hazard is not judged first
    skip_judging: bool = False  # goes to its team at once
    public: bool = False  # once judged, its picture may be shown to whoever reports the same
    discreet: bool = False  # nobody else is ever shown that there is one
    body: str | None = None  # who looks after it instead of volunteers; they only keep people away
    repeats: Repeats | None = None

    @property
    def heading(self) -> str:
        return self.under or self.key

    @property
    def leads_to_work(self) -> bool:
        return self.heading != GOOD_DEED

    @property
    def is_judged_first(self) -> bool:
        return not (self.skip_judging or self.body or (self.urgent and self.heading == HAZARD))


@dataclass(frozen=True, slots=True)
class Body:
    """An office or a company that looks after what volunteers must not, and how it is told."""

    key: str
    name: Named
    phone: str
    promise: timedelta | None = None
    tell: Named | None = None  # what residents hear about it


@dataclass(frozen=True, slots=True)
class OrderRules:
    open_per_volunteer: int = 3
    claim_waits_for_start: timedelta = timedelta(minutes=5)  # a taker who has never opened the bot
    closes_by_itself: timedelta = timedelta(days=3)  # done, and the requester says nothing


@dataclass(frozen=True, slots=True)
class PointsStandard:
    dimensions: Mapping[str, Named] = field(default_factory=dict)
    caps: Caps = field(default_factory=Caps)
    second_signature_above: int | None = None
    together: Together = field(default_factory=Together)  # how those who help together earn


@dataclass(frozen=True, slots=True)
class DeskFile:
    name: Named
    zone: ZoneInfo
    languages: tuple[str, ...]  # the first is the default
    consent_version: str
    emergency: tuple[EmergencyNumber, ...]
    quiet: QuietHours | None
    units: Mapping[str, Unit]
    teams: Mapping[str, Named]  # every team a category, report or step names
    categories: Mapping[str, Category]
    calendars: Mapping[str, BusinessCalendar]
    ladders: Mapping[str, EscalationPolicy]
    orders: OrderRules
    points: PointsStandard
    reports: Mapping[str, ReportKind]
    bodies: Mapping[str, Body] = field(default_factory=dict)
    second_channel: SecondChannel | None = None
    diary: DiaryStandard = field(default_factory=DiaryStandard)
    honours: HonourRules | None = None  # None: this desk has no honour board

    @property
    def default_language(self) -> str:
        return self.languages[0]

    @property
    def call_me(self) -> Category:
        """What "Please call me" becomes; the reader adds one when the file names none."""
        return next(category for category in self.categories.values() if category.call_me)

    def menu(self, under: str | None = None) -> list[Category]:
        """The categories a person chooses among: the first level, or those under a heading."""
        return [
            each for each in self.categories.values() if each.under == under and not each.call_me and not each.report
        ]

    def report_menu(self, under: str | None = None) -> list[ReportKind]:
        """What a person can report: the headings, or the kinds under one."""
        return [each for each in self.reports.values() if each.under == under]

    def has_kinds(self, heading: str) -> bool:
        return any(each.under == heading for each in self.reports.values())

    def is_heading(self, key: str) -> bool:
        return any(each.under == key for each in self.categories.values())

    def calendar_of(self, promise: Promise) -> BusinessCalendar | None:
        return self.calendars[promise.calendar] if promise.calendar else None

    def ladder_of(self, category: Category) -> EscalationPolicy:
        ladder = self.ladders[category.ladder]
        return replace(ladder, urgent=True) if category.urgent else ladder

    def __hash__(self) -> int:
        """By which one it is, so that what follows from it can be remembered."""
        return id(self)
