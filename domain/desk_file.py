"""The desk file: the neighbourhood as its officers describe it, read whole, with every fault and its line at once."""

import re
import tomllib
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from domain import desk_sections as read
from domain.desk_checks import check_desk_file
from domain.desk_diary import read_diary
from domain.desk_honours import read_honours
from domain.desk_reading import Fault, Faults, Table
from domain.desk_reports import as_category, judges, read_body, read_report
from domain.desk_schema import (
    GOOD_DEED,
    HAZARD,
    HEADINGS,
    UNCIVIL,
    Award,
    Body,
    Caps,
    Category,
    DeskFile,
    EmergencyNumber,
    OrderRules,
    PointsStandard,
    Promise,
    ReportKind,
)
from domain.second_channel import read_second_channel
from domain.toml_lines import read_lines
from domain.words import Named, _

__all__ = [
    "GOOD_DEED",
    "HAZARD",
    "HEADINGS",
    "UNCIVIL",
    "Award",
    "Body",
    "Caps",
    "Category",
    "DeskFile",
    "DeskFileFaults",
    "EmergencyNumber",
    "Fault",
    "OrderRules",
    "PointsStandard",
    "Promise",
    "ReportKind",
    "read_desk_file",
]

CALL_ME: Named = {"zh_Hans": "请给我打电话", "en": "Please call me"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")
_PUNCTUATION = dict(zip("“”‘’，＝【】｛｝：．＃", "\"\"'',=[]{}:.#", strict=True))


class DeskFileFaults(Exception):
    """The desk file cannot be used as it is; `faults` says why, in the order of the lines."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults in the desk file")
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))


def read_desk_file(text: str) -> DeskFile:
    """The desk a text describes; raises DeskFileFaults with everything that is wrong with it."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")  # as Notepad saves it
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeskFileFaults([_explain(text, str(error))]) from None
    faults = Faults(read_lines(text))
    desk = _read(raw, faults)
    if faults.found:
        raise DeskFileFaults(faults.found)
    return desk


def _read(raw: dict[str, Any], faults: Faults) -> DeskFile:
    whole = Table(faults, (), raw, ())
    if "desk" not in raw:
        whole.missing("desk", "[desk]")
    head = whole.inner(("desk",), raw.get("desk", {}))
    languages = _languages(head)
    whole.languages = head.languages = languages
    teams = whole.table("teams")
    declared = {key: teams.named(key) for key in teams.raw} if teams else {}
    points = read.read_points(whole.table("points"))
    desk = DeskFile(
        name=head.named(),
        zone=_zone(head),
        languages=languages,
        consent_version=_consent_version(head),
        emergency=read.read_emergency(head),
        quiet=read.read_quiet(head),
        units={key: read.read_unit(key, table) for key, table in whole.tables("units")},
        teams=declared,
        categories={key: read.read_category(key, table) for key, table in whole.tables("categories")},
        calendars={key: read.read_calendar(key, table) for key, table in whole.tables("calendars")},
        ladders={key: read.read_ladder(key, table) for key, table in whole.tables("ladders")},
        orders=read.read_orders(whole.table("orders")),
        points=points,
        reports={key: read_report(key, table) for key, table in whole.tables("reports")},
        bodies={key: read_body(key, table) for key, table in whole.tables("bodies")},
        second_channel=read_second_channel(whole.table("second_channel")),
        diary=read_diary(whole.table("diary")),
        honours=read_honours(whole.table("honour_board")),
    )
    whole.asked["desk"] = None
    head.done()
    whole.done()
    desk = replace(desk, teams={**{key: {} for key in _teams_named(desk)}, **declared})
    check_desk_file(desk, faults, declared)
    return _complete(desk)


def _languages(head: Table) -> tuple[str, ...]:
    value = head.raw_value("languages")
    example = 'languages = ["zh_Hans", "en"]'
    if value is None:
        head.missing("languages", example)
    elif not isinstance(value, list) or not value:
        head.not_understood(head.here("languages"), example)
    else:
        for place, each in enumerate(value):
            if not isinstance(each, str) or not _LANGUAGE.fullmatch(each):
                sentence = _("“{value}” is not the code of a language. Write for example: {example}")
                head.faults.add(("desk", "languages", place), sentence(value=str(each), example=example))
        return tuple(each for each in value if isinstance(each, str)) or ("en",)
    return ("en",)


def _consent_version(head: Table) -> str:
    if isinstance(head.raw.get("consent_version"), int):
        return str(head.number("consent_version", 1, least=1) or 1)
    return head.word("consent_version", "1") or "1"


@cache
def _zones() -> frozenset[str]:
    """Each has a file of its own, and to look for all of them takes some while."""
    return frozenset(available_timezones())


def _zone(head: Table) -> ZoneInfo:
    value = head.word("zone", "Asia/Shanghai")
    if value is None:
        if "zone" not in head.raw:
            head.missing("zone", 'zone = "Asia/Shanghai"')
    elif value in _zones():
        return ZoneInfo(value)
    else:
        sentence = _("“{value}” is not a time zone. Write for example: {example}")
        filled = sentence(value=value, example='zone = "Asia/Shanghai"')
        places = sorted(each for each in _zones() if "/" in each)
        head.faults.unknown(head.here("zone"), value, places, filled)
    return ZoneInfo("UTC")


def _teams_named(desk: DeskFile) -> list[str]:
    """Every team somewhere in the file, in its order."""
    things: list[Category | ReportKind] = [*desk.categories.values(), *desk.reports.values()]
    steps = (step.reach for ladder in desk.ladders.values() for step in ladder.steps)
    named = [thing.team for thing in things if thing.team]
    return list(dict.fromkeys([*named, *(reach for reach in steps if not read.is_reserved(reach))]))


def _complete(desk: DeskFile) -> DeskFile:
    """What goes without saying: names of teams, the first dimension for awards, categories for calls and reports."""
    first = next(iter(desk.points.dimensions), None)
    categories = {
        key: replace(each, dimension=first) if each.award and each.dimension is None else each
        for key, each in desk.categories.items()
    }
    reports = {
        key: replace(each, dimension=first) if each.award != Award() and each.dimension is None else each
        for key, each in desk.reports.items()
    }
    reports = {key: replace(each, triage=judges(desk, each)) for key, each in reports.items()}
    if not any(each.call_me for each in categories.values()):
        ladder = next((each.key for each in desk.ladders.values() if not each.urgent), next(iter(desk.ladders), ""))
        categories["call_me"] = Category("call_me", CALL_ME, ladder=ladder, call_me=True)
    for kind in reports.values():
        if kind.leads_to_work and not desk.has_kinds(kind.key):
            categories[kind.key] = as_category(desk, kind)
    teams = {key: name or dict.fromkeys(desk.languages, key) for key, name in desk.teams.items()}
    diary = replace(desk.diary, dimension=desk.diary.dimension or first)
    return replace(desk, categories=categories, reports=reports, teams=teams, diary=diary)


def _explain(text: str, reason: str) -> Fault:
    """What tomllib said, as an officer can use it."""
    place = re.search(r"\(at line (\d+)", reason)
    line = int(place[1]) if place else text.count("\n") + 1
    written = re.sub(r"\"[^\"]*\"|'[^']*'", "", text.split("\n")[line - 1])  # inside quotes anything goes
    wrong = next((mark for mark in written.split("#")[0] if mark in _PUNCTUATION), None)
    if wrong:
        sentence = _("There is Chinese punctuation on this line: {mark} Write {plain} instead.")
        return Fault(line, sentence(mark=wrong, plain=_PUNCTUATION[wrong]))
    sentence = _("This line cannot be read: a quotation mark, a bracket, a comma or = is missing or double ({reason}).")
    return Fault(line, sentence(reason=re.sub(r" \(at .*\)$", "", reason)))
