"""/standard: what earns points, and how many at most, in plain words for everybody."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.flows.router import Private
from desk.front import Desk
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
    earns = _("• {name}: {count} point · {dimension}", "• {name}: {count} points · {dimension}")

    def row(name: Named, count: int, dimension: str | None) -> Text:
        kind = file.points.dimensions.get(dimension or "") or next(iter(file.points.dimensions.values()), {"": "—"})
        return earns(name=name, count=count, dimension=kind)

    helping = [
        row(each.name, each.award * each.difficulty, each.dimension)
        for each in file.categories.values()
        if each.award and each.key not in file.reports
    ]
    reports = [row(each.name, each.award.doer, each.dimension) for each in file.reports.values() if each.award.doer]
    told = _("Whoever tells of it first: {name}, {count}.")
    tellers = [told(name=each.name, count=each.award.reporter) for each in file.reports.values() if each.award.reporter]
    diary = _("• A good deed a day, noted in the diary: {count}.")(count=file.diary.award) if file.diary.award else None
    return lines(
        _("<b>What earns points for your household</b>"),
        *helping,
        *reports,
        *tellers,
        diary,
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


def _limits(file: DeskFile) -> list[Text | None]:
    caps, second = file.points.caps, file.points.second_signature_above
    return [
        _("At most {count} a day for one person.")(count=caps.person_day) if caps.person_day else None,
        _("At most {count} a month for a household.")(count=caps.household_month) if caps.household_month else None,
        _("At most {count} a month between the same two households.")(count=caps.pair_month)
        if caps.pair_month
        else None,
        _("Above {count} at once, two people in charge sign.")(count=second) if second else None,
    ]
