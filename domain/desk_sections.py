"""The parts of a desk file, each read from its own table: places, ladders, what people ask for and report."""

import re
from datetime import time, timedelta
from itertools import pairwise

from domain.calendars import WEEKDAYS, BusinessCalendar, QuietHours, is_country
from domain.co_volunteers import EACH, SHARE, Together
from domain.desk_caps import read_caps
from domain.desk_reading import Table, find_guess
from domain.desk_schema import Category, EmergencyNumber, OrderRules, PointsStandard, Promise
from domain.escalation import DUTY, SUPERVISORS, TEAM, EscalationPolicy, EscalationStep
from domain.places import LEVELS, Unit
from domain.words import _

EVIDENCE = ("photo", "place", "note", "voice")
OFFICE_HOURS = 'days = { mon-fri = ["08:30-12:00", "14:00-17:30"] }'


def read_emergency(desk: Table) -> tuple[EmergencyNumber, ...]:
    numbers = []
    for each in desk.list_of_tables("emergency", 'emergency = [{ name = "…", number = "110" }]'):
        name, number = each.named(), each.word("number", "110")
        if number is None and each.raw.get("number") is None:
            each.missing("number", 'number = "110"')
        numbers.append(EmergencyNumber(name, number or ""))
        each.done()
    return tuple(numbers)


def read_quiet(desk: Table) -> QuietHours | None:
    quiet = desk.table("quiet")
    if quiet is None:
        return None
    start, end = quiet.clock("from", "21:30"), quiet.clock("to", "07:00")
    quiet.done()
    if start is not None and start == end:
        sentence = _("Quiet hours from {time} to {time} would never or always be quiet. Write for example: {example}")
        desk.fault("quiet", sentence(time=f"{start:%H:%M}", example='quiet = { from = "21:30", to = "07:00" }'))
    return QuietHours(start, end) if start is not None and end is not None and start != end else None


def read_unit(key: str, table: Table) -> Unit:
    level, name, parent = read_level(table, "level"), table.named(), table.word("in", "donggang")
    language = table.word("language", "en")
    if level is None and "level" not in table.raw:
        table.missing("level", 'level = "community"')
    table.done()
    return Unit(key, level or LEVELS[-1], name, parent, language)


def read_level(table: Table, key: str) -> str | None:
    level = table.word(key, LEVELS[-1])
    if level is None or level in LEVELS:
        return level
    otherwise = _("“{value}” is not known here. What may stand here: {known}.")
    table.faults.unknown(table.here(key), level, LEVELS, otherwise(value=level, known=", ".join(LEVELS)))
    return None


def read_calendar(key: str, table: Table) -> BusinessCalendar:
    spans: list[list[tuple[time, time]]] = [[] for _day in WEEKDAYS]
    days = table.table("days")
    if days is None:
        table.missing("days", OFFICE_HOURS)
    else:
        for named_days in days.raw:
            for day in _weekdays(days, named_days):
                spans[day] += _spans(days, named_days)
        for day, each in enumerate(spans):
            each.sort()
            if any(one[1] > two[0] or one[1] == time(0) for one, two in pairwise(each)):
                sentence = _("Two spans of working time on “{day}” overlap. Write for example: {example}")
                table.fault("days", sentence(day=WEEKDAYS[day], example=OFFICE_HOURS))
        if not any(days.raw.values()):
            table.fault("days", _("This calendar is never open. Write for example: {example}")(example=OFFICE_HOURS))
    country = table.word("holidays", "CN")
    if country is not None and not is_country(country):
        sentence = _(
            "The public holidays of “{value}” are not known. Write a country such as CN or DE, or leave it out."
        )
        table.fault("holidays", sentence(value=country))
        country = None
    closed = table.dates("closed")
    table.done()
    return BusinessCalendar(key, tuple(map(tuple, spans)), country, closed)


def _weekdays(days: Table, named: str) -> list[int]:
    """ "mon-fri" as 0 to 4; "sat-mon" goes over the end of the week."""
    names = named.lower().split("-")
    if len(names) > 2 or not all(name in WEEKDAYS for name in names):
        sentence = _("“{value}” is not a day of the week. Write mon, tue, wed, thu, fri, sat, sun, or a range: mon-fri")
        days.fault(named, sentence(value=named))
        return []
    first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
    return [day % 7 for day in range(first, (last if last >= first else last + 7) + 1)]


def _spans(days: Table, key: str) -> list[tuple[time, time]]:
    example = f'{key} = ["08:30-12:00", "14:00-17:30"]'
    found = []
    for place, span in enumerate(days.of_type(key, list, example) or []):
        path = (*days.path, key, place)
        ends = re.split(r"\s*[-–—~]\s*", span) if isinstance(span, str) else []
        if len(ends) != 2:
            days.not_understood(path, example)
            continue
        start, end = (days.read_clock(path, each, example) for each in ends)
        if start is None or end is None:
            continue
        if start >= end != time(0):
            sentence = _("“{value}” ends before it begins. Write for example: {example}")
            days.faults.add(path, sentence(value=span, example=example))
            continue
        found.append((start, end))
    return found


def read_ladder(key: str, table: Table) -> EscalationPolicy:
    steps = []
    example = 'steps = [{ after = "15m", reach = "supervisors", of = "community" }]'
    for step in table.list_of_tables("steps", example):
        after, reach = step.duration("after", "15m", zero=True), step.word("reach", SUPERVISORS)
        if "after" not in step.raw:
            step.missing("after", 'after = "15m"')
        if "reach" not in step.raw:
            step.missing("reach", 'reach = "supervisors"')
        steps.append(EscalationStep(after or timedelta(0), reach or TEAM, read_level(step, "of")))
        step.done()
    if not table.raw.get("steps"):
        table.fault("steps", _("A ladder needs at least one step. Write for example: {example}")(example=example))
    urgent = table.flag("urgent")
    seen_for = table.duration("seen_for", "30m") or EscalationPolicy(key, ()).seen_for
    silent_holder = table.duration("silent_holder", "2h")
    table.done()
    return EscalationPolicy(key, tuple(steps), urgent, seen_for, silent_holder)


def read_promise(table: Table) -> Promise:
    promise = table.table("promise")
    if promise is None:
        return Promise()
    first, whole = promise.duration("first_response", "30m"), promise.duration("resolution", "1d")
    calendar = promise.word("in", "office_hours")
    promise.done()
    return Promise(first, whole, calendar)


def read_category(key: str, table: Table) -> Category:
    category = Category(
        key=key,
        name=table.named(),
        under=table.word("in", "everyday_help"),
        team=table.word("team", "neighbours"),
        promise=read_promise(table),
        ladder=table.word("ladder", "everyday") or "",
        award=table.number("award", 5) or 0,
        difficulty=table.number("difficulty", 2, least=1) or 1,
        caps=read_caps(table),
        dimension=table.word("dimension", "service"),
        ask_for=table.words("ask_for", EVIDENCE),
        done_needs=table.words("done_needs", EVIDENCE),
        discreet=table.flag("discreet"),
        confidential=table.flag("confidential"),
        private_door=table.word("private_door", "not_safe"),
        cash=table.flag("cash"),
        call_me=table.flag("call_me"),
    )
    table.done()
    return category


def read_orders(table: Table | None) -> OrderRules:
    rules = OrderRules()
    if table is None:
        return rules
    rules = OrderRules(
        open_per_volunteer=table.number("open_per_volunteer", 3, least=1) or rules.open_per_volunteer,
        claim_waits_for_start=table.duration("claim_waits_for_start", "5m") or rules.claim_waits_for_start,
        closes_by_itself=table.duration("closes_by_itself", "3d") or rules.closes_by_itself,
    )
    table.done()
    return rules


def read_points(table: Table | None) -> PointsStandard:
    if table is None:
        return PointsStandard()
    caps, dimensions = read_caps(table, least=0), table.table("dimensions")
    names = {key: dimensions.named(key) for key in dimensions.raw} if dimensions else {}
    points = PointsStandard(names, caps, table.number("second_signature_above", 50), _together(table))
    table.done()
    return points


def _together(table: Table) -> Together:
    """Shared, all of it for each, or a percentage of it for each."""
    told = table.word("together", SHARE)
    if told is None or told == SHARE:
        return Together()
    percent = re.fullmatch(r"(\d{1,3})\s*%", told)
    if told == EACH or (percent and 1 <= int(percent[1]) <= 100):
        return Together(EACH, int(percent[1]) if percent else 100)
    sentence = _(
        "“{value}” does not say how those who help together earn. "
        "Write “share”, “each”, or a part for each such as “50%”."
    )
    table.fault("together", sentence(value=told))
    return Together()


def is_reserved(reach: str) -> bool:
    return reach in (TEAM, SUPERVISORS, DUTY)


def find_misspelt_reach(reach: str) -> str | None:
    return find_guess(reach, (TEAM, SUPERVISORS, DUTY))
