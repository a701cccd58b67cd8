"""What must hold between the parts of a desk file: everything named is there, and nobody waits in vain."""

from collections.abc import Mapping

from domain.desk_caps import check_caps, check_order
from domain.desk_diary import check_diary
from domain.desk_honours import check_honours
from domain.desk_reading import Faults, unknown_name
from domain.desk_report_checks import check_report
from domain.desk_schema import Category, DeskFile, Promise, ReportKind
from domain.desk_sections import find_misspelt_reach, is_reserved
from domain.escalation import PEOPLE, TEAM
from domain.places import LEVELS, communities, path_up
from domain.second_channel import check_second_channel
from domain.toml_lines import Path
from domain.words import Text, _


def check_desk_file(desk: DeskFile, faults: Faults, declared_teams: Mapping[str, object]) -> None:
    _check_units(desk, faults)
    _check_ladders(desk, faults, declared_teams)
    if not desk.categories:
        faults.add((), _("There is no category yet. Write for example: {example}")(example="[categories.errand]"))
    for category in desk.categories.values():
        _check_category(desk, faults, category)
        _check_team(faults, declared_teams, ("categories", category.key, "team"), category.team)
    for report in desk.reports.values():
        path = ("reports", report.key)
        _check_references(desk, faults, path, report)
        _check_team(faults, declared_teams, (*path, "team"), report.team)
        check_report(desk, faults, report)
    check_second_channel(desk.second_channel, desk.units, faults)
    check_order(faults, ("points",), desk.points.caps)
    check_diary(desk.diary, desk.points.dimensions, faults)
    check_honours(desk.honours, desk.units, faults)


def _check_units(desk: DeskFile, faults: Faults) -> None:
    if not communities(desk.units):
        faults.add(("units",), _("There is no community yet. Write for example: {example}")(example="[units.ankang]"))
    for unit in desk.units.values():
        if unit.language is not None and unit.language not in desk.languages:
            unknown_name(faults, ("units", unit.key, "language"), unit.language, desk.languages, "languages")
        path = ("units", unit.key, "in")
        if unit.parent is None:
            continue
        if unit.parent not in desk.units:
            others = [key for key in desk.units if key != unit.key]
            unknown_name(faults, path, unit.parent, others, "[units.…]")
        elif any(above.parent == unit.key for above in path_up(desk.units, unit.key)):
            sentence = _("“{unit}” lies within itself, by way of “{parent}”. The unit at the top has no “in”.")
            faults.add(path, sentence(unit=unit.key, parent=unit.parent))
        elif LEVELS.index(desk.units[unit.parent].level) >= LEVELS.index(unit.level):
            sentence = _("A {level} cannot lie in a {other}. From the top down the levels are: {levels}.")
            above = desk.units[unit.parent].level
            faults.add(path, sentence(level=unit.level, other=above, levels=", ".join(LEVELS)))


def _check_ladders(desk: DeskFile, faults: Faults, declared_teams: Mapping[str, object]) -> None:
    levels = {unit.level for unit in desk.units.values()}
    things: list[Category | ReportKind] = [*desk.categories.values(), *desk.reports.values()]
    teams = {thing.team for thing in things}
    for ladder in desk.ladders.values():
        for place, step in enumerate(ladder.steps):
            path = ("ladders", ladder.key, "steps", place)
            if not is_reserved(step.reach):
                misspelt = find_misspelt_reach(step.reach) if step.reach not in teams else None
                if misspelt and step.reach not in declared_teams:
                    faults.unknown((*path, "reach"), step.reach, [misspelt], Text(""))
                else:
                    _check_team(faults, declared_teams, (*path, "reach"), step.reach)
            if step.of is not None and step.of not in levels:
                sentence = _("No unit is a {level}, so this step would reach nobody. Take it out or add such a unit.")
                faults.add((*path, "of"), sentence(level=step.of))


def _check_team(faults: Faults, declared: Mapping[str, object], path: Path, team: str | None) -> None:
    """Teams are free words, unless the file lists them under [teams]."""
    if team is not None and declared and team not in declared:
        unknown_name(faults, path, team, declared, "[teams]")


def _check_category(desk: DeskFile, faults: Faults, category: Category) -> None:
    path = ("categories", category.key)
    if category.under is not None:
        _check_under(desk, faults, category)
    if desk.is_heading(category.key):
        if category.team or category.ladder or category.promise != Promise() or category.confidential:
            sentence = _("“{key}” is only a heading, since others lie in it. It needs a name and nothing else.")
            faults.add(path, sentence(key=category.key))
        return
    if not category.ladder:
        example = f'ladder = "{next(iter(desk.ladders), "everyday")}"'
        faults.add(path, _("“{key}” is missing. Write for example: {example}")(key="ladder", example=example))
    _check_references(desk, faults, path, category)
    if not category.report:
        check_caps(faults, path, category.caps, category.award * category.difficulty)
    if category.private_door is not None:
        door = desk.categories.get(category.private_door)
        if door is None or not door.confidential:
            doors = [each.key for each in desk.categories.values() if each.confidential]
            unknown_name(faults, (*path, "private_door"), category.private_door, doors, "confidential = true")
    ladder = desk.ladders.get(category.ladder)
    if category.confidential:
        _check_confidential(desk, faults, category)
    elif category.team is None and ladder and ladder.steps and ladder.steps[0].reach == TEAM:
        sentence = _("“{key}” has no team, but its ladder begins with the team. Write for example: {example}")
        faults.add(path, sentence(key=category.key, example='team = "neighbours"'))
    doubles = [each.key for each in desk.categories.values() if each.call_me]
    if category.call_me and category.key != doubles[0]:
        sentence = _("Only one category can be the one for “Please call me”, and “{key}” is it already.")
        faults.add((*path, "call_me"), sentence(key=doubles[0]))


def _check_under(desk: DeskFile, faults: Faults, category: Category) -> None:
    path = ("categories", category.key, "in")
    heading = desk.categories.get(category.under or "")
    if heading is None:
        others = [key for key in desk.categories if key != category.key]
        unknown_name(faults, path, category.under, others, "[categories.…]")
    elif heading.under is not None or heading.key == category.key:
        sentence = _("Categories have two levels at most, and “{key}” already lies in another. Take one “in” out.")
        faults.add(path, sentence(key=heading.key))


def _check_references(desk: DeskFile, faults: Faults, path: Path, thing: Category | ReportKind) -> None:
    if thing.ladder and thing.ladder not in desk.ladders:
        unknown_name(faults, (*path, "ladder"), thing.ladder, desk.ladders, "[ladders.…]")
    if thing.promise.calendar and thing.promise.calendar not in desk.calendars:
        unknown_name(faults, (*path, "promise", "in"), thing.promise.calendar, desk.calendars, "[calendars.…]")
    if thing.dimension and thing.dimension not in desk.points.dimensions:
        unknown_name(faults, (*path, "dimension"), thing.dimension, desk.points.dimensions, "[points.dimensions]")


def _check_confidential(desk: DeskFile, faults: Faults, category: Category) -> None:
    """A confidential matter goes to people, never to a group, and does not wait for the morning."""
    path = ("categories", category.key)
    if category.team is not None:
        faults.add((*path, "team"), _("A confidential category goes to people, never to a team. Take “team” out."))
    for key in ("award", "ask_for", "done_needs", "discreet", "private_door", "cash", "call_me"):
        if getattr(category, key):
            sentence = _("A confidential category has no “{key}”: no points, no photos, no card. Take it out.")
            faults.add((*path, key), sentence(key=key))
    if not desk.emergency:
        example = 'emergency = [{ name = "…", number = "110" }]'
        sentence = _(
            "Before a confidential word is written the emergency numbers are shown. Write for example: {example}"
        )
        faults.add(("desk", "emergency"), sentence(example=example))
    ladder = desk.ladders.get(category.ladder)
    if ladder is None:
        return
    if not ladder.urgent:
        sentence = _("The ladder “{ladder}” of a confidential category must not wait for the morning. Write: {example}")
        faults.add((*path, "ladder"), sentence(ladder=ladder.key, example="urgent = true"))
    for place, step in enumerate(ladder.steps):
        if step.reach not in PEOPLE:
            sentence = _(
                "A confidential category climbs this ladder, so it may reach duty or supervisors only, not “{reach}”."
            )
            faults.add(("ladders", ladder.key, "steps", place, "reach"), sentence(reach=step.reach))
