"""What whoever is in charge sees of a good deed before they say whether it was so."""

from __future__ import annotations

from dataclasses import dataclass

from desk import praise
from desk.front import Desk
from desk.good_deeds import may_judge
from desk.people import get_person
from domain.good_deeds import NAMED, PRAISE, GoodDeed, stays_at_home
from domain.orders import Part
from domain.people import Person
from domain.words import Named
from storage import good_deeds as rows
from storage.households import Household, find_household


@dataclass(frozen=True, slots=True)
class DeedView:
    deed: GoodDeed
    unit: Named
    reporter: str
    doer: str | None
    home: Household | None
    at_home: bool  # they live together
    parts: list[Part]
    public: praise.Praised
    decided_by: str | None


def deed_view(desk: Desk, deed_id: int, reader: Person | None) -> DeedView | None:
    """None for whoever does not, or no longer, answer for it."""
    deed = rows.find_deed(desk.conn, deed_id)
    if deed is None or reader is None or deed.kind != PRAISE or not may_judge(desk, reader, deed):
        return None
    reporter = get_person(desk, deed.reporter_id)
    doer = get_person(desk, deed.doer_id) if deed.doer_id is not None else None
    unit = desk.file.units.get(deed.unit)
    return DeedView(
        deed=deed,
        unit=unit.name if unit else dict.fromkeys(desk.file.languages, deed.unit),
        reporter=reporter.called,
        doer=doer.called if doer else None,
        home=find_household(desk.conn, deed.doer_home) if deed.doer_home is not None else None,
        at_home=stays_at_home(deed, reporter, doer),
        parts=rows.parts_of(desk.conn, deed_id),
        public=praise.praised(desk, deed, NAMED),
        decided_by=get_person(desk, deed.decided_by).called if deed.decided_by is not None else None,
    )
