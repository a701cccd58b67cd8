"""What must hold for a kind of report: it has its heading, people judge it, and nobody is named or shown by it."""

from dataclasses import fields

from domain.desk_caps import check_caps
from domain.desk_reading import Faults, unknown_name
from domain.desk_schema import GOOD_DEED, HEADINGS, UNCIVIL, DeskFile, ReportKind
from domain.escalation import PEOPLE, TEAM
from domain.words import _


def check_report(desk: DeskFile, faults: Faults, kind: ReportKind) -> None:
    _check_heading(desk, faults, kind)
    if desk.has_kinds(kind.key):
        return
    path = ("reports", kind.key)
    if kind.leads_to_work and kind.key in desk.categories:
        sentence = _("“{key}” is the key of a category already, and each report becomes one. Give it another key.")
        faults.add(path, sentence(key=kind.key))
    if kind.body is not None and kind.body not in desk.bodies:
        unknown_name(faults, (*path, "body"), kind.body, desk.bodies, "[bodies.…]")
    check_caps(faults, path, kind.caps, max(kind.award.doer, kind.award.reporter))
    _check_ladders(desk, faults, kind)
    _check_what_is_shown(faults, kind)


def _check_heading(desk: DeskFile, faults: Faults, kind: ReportKind) -> None:
    path = ("reports", kind.key)
    if kind.under is None and kind.key not in HEADINGS:
        sentence = _("A report lies in one of {headings}. Write for example: {example}")
        faults.add(path, sentence(headings=", ".join(HEADINGS), example='in = "hazard"'))
    elif kind.under is not None and (kind.under not in HEADINGS or kind.key in HEADINGS):
        unknown_name(faults, (*path, "in"), kind.under, HEADINGS if kind.key not in HEADINGS else (), "[reports.…]")
    elif kind.under is not None and kind.under not in desk.reports:
        example = f"[reports.{kind.under}]"
        faults.add(
            (*path, "in"), _("“{key}” is missing. Write for example: {example}")(key=kind.under, example=example)
        )
    if desk.has_kinds(kind.key) and kind != ReportKind(kind.key, kind.name):
        sentence = _("“{key}” is only a heading, since others lie in it. It needs a name and nothing else.")
        faults.add(path, sentence(key=kind.key))


def _check_ladders(desk: DeskFile, faults: Faults, kind: ReportKind) -> None:
    path = ("reports", kind.key)
    triage = desk.ladders.get(kind.triage or "")
    if kind.triage and triage is None:
        unknown_name(faults, (*path, "triage"), kind.triage, desk.ladders, "[ladders.…]")
    elif triage is not None and any(step.reach not in PEOPLE for step in triage.steps):
        sentence = _(
            "Reports are judged by people in charge, so the ladder “{ladder}” may reach duty or supervisors only."
        )
        faults.add((*path, "triage"), sentence(ladder=triage.key))
    ladder = desk.ladders.get(kind.ladder or "")
    if kind.team is None and ladder is not None and ladder.steps and ladder.steps[0].reach == TEAM:
        sentence = _("“{key}” has no team, but its ladder begins with the team. Write for example: {example}")
        faults.add(path, sentence(key=kind.key, example='team = "neighbours"'))


def _check_what_is_shown(faults: Faults, kind: ReportKind) -> None:
    path = ("reports", kind.key)
    if kind.discreet:
        for key in ("near", "public"):
            if getattr(kind, key):
                sentence = _("Of a discreet report nobody else is shown anything, so it has no “{key}”. Take it out.")
                faults.add((*path, key), sentence(key=key))
    if kind.heading == UNCIVIL:
        for key in ("public", "skip_judging", "body"):
            if getattr(kind, key):
                sentence = _(
                    "Somebody strikes out names before a team sees it, so “{key}” cannot stand here. Take it out."
                )
                faults.add((*path, key), sentence(key=key))
    if kind.heading == GOOD_DEED:
        plain = {each.name: each.default for each in fields(ReportKind)}
        for key in ("team", "ladder", "triage", "near", "done_needs", "urgent", "skip_judging", "body", "repeats"):
            if getattr(kind, key) != plain[key]:
                sentence = _("A good deed leads to no work, so it has no “{key}”. Take it out.")
                faults.add((*path, key), sentence(key=key))
