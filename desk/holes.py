"""What is still missing before everybody who asks is heard: every hole of the set-up, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from desk.front import Desk
from desk.roles import has_officer
from domain.desk_file import Category, ReportKind
from domain.places import Unit, communities, path_up
from domain.teams import Team, to_mend
from domain.words import Named, Text, _, plain
from storage.groups import find_group
from storage.people import holders_of
from storage.teams import all_teams

MOST = 12
"""Names in one sentence; the rest are counted."""


def holes(desk: Desk) -> list[Text]:
    """Everything that would leave somebody without an answer, or with a later one. Empty: the desk is whole."""
    found = [] if has_officer(desk.conn) else [_("Nobody is an officer of this desk yet.")]
    teams = all_teams(desk.conn)
    found += _units_without_supervisors(desk)
    for key in _asked_for(desk):
        found += _places_without_team(desk, key, teams)
    for team in teams:
        found += _group_of(desk, team)
    return found


def listed(names: Iterable[Named | str]) -> Text:
    """Names one after another, as each language strings them."""
    names = list(names)
    shown: Sequence[Any] = names[:MOST]
    if not shown:
        return plain("")
    row = reduce(lambda so_far, name: _("{first}, {next}")(first=so_far, next=name), shown[1:], plain(shown[0]))
    more = len(names) - len(shown)
    return _("{names} and {count} more", "{names} and {count} more")(names=row, count=more) if more else row


def _units_without_supervisors(desk: Desk) -> list[Text]:
    """Somebody answers for every place; a unit of which nobody can be reached is as good as without."""
    units: list[Unit] = []
    silent: list[Unit] = []
    for unit in desk.file.units.values():
        supervisors = holders_of(desk.conn, "supervisor", unit=unit.key)
        if not supervisors:
            units.append(unit)
        elif not any(person.reach == "open" for person in supervisors):
            silent.append(unit)
    found = []
    if units:
        found.append(_("No supervisor yet: {units}.")(units=listed(unit.name for unit in units)))
    if silent:
        silence = _("None of the supervisors can be reached; they should open our chat: {units}.")
        found.append(silence(units=listed(unit.name for unit in silent)))
    return found


def _asked_for(desk: Desk) -> list[str]:
    """Teams that something people ask for or report leads to, in the order of the desk file."""
    return list(dict.fromkeys(thing.team for thing in _things(desk) if thing.team))


def _things(desk: Desk) -> list[Category | ReportKind]:
    return [*desk.file.categories.values(), *desk.file.reports.values()]


def _places_without_team(desk: Desk, key: str, teams: list[Team]) -> list[Text]:
    """Communities from where no team of this name is found upwards."""
    there = {team.unit for team in teams if team.key == key}
    without = [
        unit
        for unit in communities(desk.file.units)
        if not there & {above.key for above in path_up(desk.file.units, unit.key)}
    ]
    if not without:
        return []
    about = listed(thing.name for thing in _things(desk) if thing.team == key)
    if len(without) == len(communities(desk.file.units)):
        nowhere = _("No team “{team}” anywhere. Nobody is asked first about: {about}.")
        return [nowhere(team=desk.file.teams[key], about=about)]
    missing = _("No team “{team}” for {units}. Nobody there is asked first about: {about}.")
    return [missing(team=desk.file.teams[key], units=listed(unit.name for unit in without), about=about)]


def _group_of(desk: Desk, team: Team) -> list[Text]:
    if team.state == "waiting" or team.chat_id is None:
        return [_("{team} has no group yet.")(team=team.title)]
    mend = to_mend(find_group(desk.conn, team.chat_id))
    return [_("{team}: {mend}")(team=team.title, mend=mend)] if mend else []
