"""/standard: what earns points, and how many at most, in plain words for everybody."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.flows.router import Private
from desk.front import Desk
from domain.caps import Caps
from domain.co_volunteers import SHARE, Together
from domain.desk_file import DeskFile
from domain.people import Person
from domain.words import Named, Text, _, lines

router = Router(name="standard")


@router.message(Command("standard", ignore_case=True), Private())
async def asked_for_standard(message: Message, desk: Desk, person: Person) -> Text:
    return in_words(desk.file)


def in_words(file: DeskFile) -> Text:
    """Helping, reporting, the diary; then the most that can be earned, and what never earns anything."""
    helping = [
        _row(file, each.name, each.award * each.difficulty, each.dimension, each.caps)
        for each in file.categories.values()
        if each.award and each.key not in file.reports
    ]
    reports = [
        _row(file, each.name, each.award.doer, each.dimension, each.caps)
        for each in file.reports.values()
        if each.award.doer
    ]
    told = _("Whoever tells of it first: {name}, {count}.")
    tellers = [told(name=each.name, count=each.award.reporter) for each in file.reports.values() if each.award.reporter]
    diary = _("• A good deed a day, noted in the diary: {count}.")(count=file.diary.award) if file.diary.award else None
    return lines(
        _("<b>What earns points for your household</b>"),
        *helping,
        *reports,
        *tellers,
        with_caps(diary, file.diary.caps) if diary is not None else None,
        _together(file.points.together),
        *_limits(file),
        _(
            "Nobody earns for their own household. A thank-you is a word, never points. "
            "/points shows where yours are from."
        ),
    )


def _together(together: Together) -> Text:
    """What those earn who help together."""
    if together.how == SHARE:
        return _("Whoever takes it and whoever comes along share the points.")
    if together.percent == 100:
        return _("Whoever comes along earns just as much.")
    return _("Whoever comes along earns {part} of it.")(part=f"{together.percent}%")


def _row(file: DeskFile, name: Named, count: int, dimension: str | None, caps: Caps) -> Text:
    kind = file.points.dimensions.get(dimension or "") or next(iter(file.points.dimensions.values()), {"": "—"})
    earns = _("• {name}: {count} point · {dimension}", "• {name}: {count} points · {dimension}")
    return with_caps(earns(name=name, count=count, dimension=kind), caps)


def with_caps(row: Text, caps: Caps) -> Text:
    """A deed, and below it the most that can be earned by it."""
    below = _("   ↳ {cap}")
    return lines(row, *(below(cap=MOST[name](count=cap)) for name, cap in caps.set))


MOST = {
    "person_day": _("At most {count} a day for one person."),
    "person_week": _("At most {count} a week for one person."),
    "person_month": _("At most {count} a month for one person."),
    "person_year": _("At most {count} a year for one person."),
    "household_day": _("At most {count} a day for a household."),
    "household_week": _("At most {count} a week for a household."),
    "household_month": _("At most {count} a month for a household."),
    "household_year": _("At most {count} a year for a household."),
    "pair_day": _("At most {count} a day between the same two households."),
    "pair_week": _("At most {count} a week between the same two households."),
    "pair_month": _("At most {count} a month between the same two households."),
    "pair_year": _("At most {count} a year between the same two households."),
}


def _limits(file: DeskFile) -> list[Text | None]:
    second = file.points.second_signature_above
    return [
        *(MOST[name](count=cap) for name, cap in file.points.caps.set),
        _("Above {count} at once, two people in charge sign.")(count=second) if second else None,
    ]
