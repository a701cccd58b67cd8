"""With a hundred thousand good deeds and reports the desk is as quick as with ten: each is found by an index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from desk import diary, good_deeds, pairs, praise, problem_views, problems
from tests.conftest import AtDesk
from tests.deeds.cast import GROUP
from tests.deeds.test_diary import notes
from tests.deeds.test_good_deeds import Town, of_ben, settle
from tests.deeds.test_problems import three
from tests.house.test_whole_tables import SMALL, whole_on_postgresql, whole_on_sqlite


def everything(at_desk: AtDesk) -> None:
    with at_desk() as desk:
        town: Town = settle(desk)
        cast = town.cast
        deed = of_ben(desk, town)
        good_deeds.sweep_unanswered(desk)
        good_deeds.confirm(desk, cast.dina, deed.id)
        praise.answer(desk, cast.ben, deed.id, "named")
        praise.view_in_group(desk, deed.id, GROUP)
        entry = notes(desk, cast.ama, "entry")
        diary.show(desk, cast.ama, diary.Shown(), anew=True)
        diary.pages(desk, cast.ama)
        diary.waiting(desk, cast.dina)
        diary.mark(desk, cast.dina, entry)
        pairs.closed_pairs(desk)
        problem = three(desk, cast)
        problems.note(desk, cast.dina, problem.id, "note", "It goes")
        problem_views.listed(desk, cast.dina)
        problem_views.problem_view(desk, problem.id, cast.ama)
        problems.close(desk, cast.dina, problem.id, "close", "It went")
        good_deeds.forget(desk, cast.ama)
        problems.forget(desk, cast.ama)


def test_nothing_about_good_deeds_and_problems_reads_a_whole_table(at_desk: AtDesk, writer: Engine) -> None:
    seen: dict[str, Any] = {}

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH"):
            seen.setdefault(statement, parameters)

    event.listen(writer, "before_cursor_execute", note)
    everything(at_desk)
    event.remove(writer, "before_cursor_execute", note)
    ours = {
        statement: given
        for statement, given in seen.items()
        if any(table in statement for table in ("good_deed", "problem", "reports"))
    }
    assert len(ours) > 30, "the story goes through all of it"
    looks = whole_on_sqlite if writer.dialect.name == "sqlite" else whole_on_postgresql
    found: list[str] = []
    with writer.begin() as conn:
        for statement, given in ours.items():
            tables = {table for table in looks(conn, statement, given) if table not in SMALL}
            found += [f"{', '.join(sorted(tables))}: {' '.join(statement.split())}"] if tables else []
    assert not found, "\n".join(found)
