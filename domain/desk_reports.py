"""What people report, as the desk file says it: the kinds under their three headings, and who looks after what."""

import re

from domain.desk_caps import read_caps
from domain.desk_reading import Table
from domain.desk_schema import NEAR_FOR, Award, Body, Category, DeskFile, Repeats, ReportKind
from domain.desk_sections import EVIDENCE, read_promise
from domain.escalation import PEOPLE
from domain.words import _

DEMANDS = ("photo", "place", "words")
_NUMBER = re.compile(r"\+?[\d][\d -]{1,19}")


def read_report(key: str, table: Table) -> ReportKind:
    kind = ReportKind(
        key=key,
        name=table.named(),
        under=table.word("in", "hazard"),
        asks=table.words("asks", DEMANDS),
        say_first=table.named("say_first", required=False) or None,
        team=table.word("team", "handy"),
        promise=read_promise(table),
        ladder=table.word("ladder", "everyday"),
        triage=table.word("triage", "calls"),
        near=_near(table),
        near_for=table.duration("near_for", "14d") or NEAR_FOR,
        award=_award(table),
        caps=read_caps(table),
        dimension=table.word("dimension", "civility"),
        done_needs=table.words("done_needs", EVIDENCE),
        urgent=table.flag("urgent"),
        skip_judging=table.flag("skip_judging"),
        public=table.flag("public"),
        discreet=table.flag("discreet"),
        body=table.word("body", "power_company"),
        repeats=_repeats(table),
    )
    table.done()
    return kind


def _near(table: Table) -> int | None:
    near = table.word("near", "50m")
    found = re.fullmatch(r"(\d{1,4})\s*m", near) if near else None
    if near and (not found or not int(found[1])):
        table.not_understood(table.here("near"), 'near = "50m"')
        return None
    return int(found[1]) if found else None


REPEATS = 'repeats = { count = 3, near = "50m", within = "30d" }'


def _repeats(table: Table) -> Repeats | None:
    repeats = table.table("repeats")
    if repeats is None:
        return None
    count, near, within = repeats.number("count", 3, least=2), _near(repeats), repeats.duration("within", "30d")
    repeats.done()
    missing = next((key for key in ("count", "near", "within") if key not in repeats.raw), None)
    if missing is not None:
        sentence = _("“{key}” is missing. Write for example: {example}")
        table.fault("repeats", sentence(key=missing, example=REPEATS))
    return Repeats(count, near, within) if count and near and within else None


def _award(table: Table) -> Award:
    if not isinstance(table.raw.get("award"), dict):
        return Award(doer=table.number("award", 5) or 0)
    award = table.table("award")
    assert award is not None
    read = Award(award.number("doer", 10) or 0, award.number("reporter", 2) or 0)
    award.done()
    return read


def read_body(key: str, table: Table) -> Body:
    name, phone, example = table.named(), table.word("phone", "95598"), 'phone = "95598"'
    if phone is None and "phone" not in table.raw:
        table.missing("phone", example)
    elif phone is not None and not _NUMBER.fullmatch(phone):
        table.not_understood(table.here("phone"), example)
    body = Body(key, name, phone or "", table.duration("promise", "1d"), table.named("tell", required=False) or None)
    table.done()
    return body


# ── what goes without saying ────────────────────────────────────────────────────────────────────────────────────────


def judges(desk: DeskFile, kind: ReportKind) -> str:
    """The ladder of those who judge a report: its own, or the first that begins with people and not with a team."""
    if kind.triage:
        return kind.triage
    begins = [each for each in desk.ladders.values() if each.steps and all(step.reach in PEOPLE for step in each.steps)]
    begins.sort(key=lambda ladder: ladder.urgent != kind.urgent)
    return begins[0].key if begins else kind.ladder or next(iter(desk.ladders), "")


def as_category(desk: DeskFile, kind: ReportKind) -> Category:
    """What the order that comes of it is about."""
    return Category(
        key=kind.key,
        name=kind.name,
        team=kind.team,
        promise=kind.promise,
        ladder=kind.ladder or judges(desk, kind),
        award=kind.award.doer,
        caps=kind.caps,
        dimension=kind.dimension,
        done_needs=kind.done_needs,
        discreet=kind.discreet,
        report=True,
        urgent=kind.urgent,
    )
