"""A good deed is paid once and read by nobody without a yes; a problem has its reports and whoever made them."""

from __future__ import annotations

import re

from sqlalchemy import select

from storage.prepared import Prepared
from storage.problems import followers_of
from storage.tables import cards, good_deed_history, good_deed_parts, good_deeds, orders, problems, reports, transfers
from tests.simulator.play import Play
from tests.simulator.step import Invariant
from tests.simulator.town import WORD

AWARD = re.compile(r"award:(good_deed|diary):(\d+)(:told|:best)?")
YES = {"named", "nameless"}


def paid_once(play: Play) -> list[str]:
    """Only what was confirmed or marked is paid, by the standard at most, and nobody decided about their own."""
    standard, diary = play.town.file.reports["good_deed"].award, play.town.file.diary
    most = {
        ("good_deed", None): standard.doer,
        ("good_deed", ":told"): standard.reporter,
        ("diary", None): diary.award,
        ("diary", ":best"): diary.best,
    }
    wrong = []
    with play.town.reading.connect() as conn:
        decided: dict[int, list[str]] = {}
        for row in conn.execute(select(good_deed_history.c.deed_id, good_deed_history.c.what)):
            decided.setdefault(row.deed_id, []).append(row.what)
        deeds = {row.id: row for row in conn.execute(select(good_deeds))}
        given = conn.execute(select(transfers).where(transfers.c.kind == "award"))
        for row in given:
            found = AWARD.fullmatch(row.once)
            if found is None:
                continue
            deed, said = deeds[int(found[2])], decided.get(int(found[2]), [])
            needed = {"good_deed": "confirm", "diary": "mark" if found[3] else "written"}[found[1]]
            if said.count(needed) != 1:
                wrong.append(f"{row.once} was paid, and {said} happened")
            if row.points is not None and row.points > most[found[1], found[3]]:
                wrong.append(f"{row.once} was paid {row.points}")
            if row.decided_by is not None and row.decided_by in (deed.reporter_id, deed.doer_id):
                wrong.append(f"{row.once} was decided by {row.decided_by}, whose own it is")
        twice = [
            deed_id for deed_id, said in decided.items() if sum(said.count(each) for each in ("confirm", "decline")) > 1
        ]
        wrong += [f"deed {deed_id} was judged twice" for deed_id in twice]
    return wrong


SAID_YES = Prepared(select(good_deed_history.c.deed_id).where(good_deed_history.c.what.in_(YES)))
SHOWN = Prepared(select(cards.c.subject_id).where(cards.c.subject == "praised"))
TOLD = Prepared(select(good_deed_parts.c.words))


def nothing_without_a_yes(play: Play) -> list[str]:
    """A card in a group is of a deed that somebody has said yes to, and holds no word with a number in it."""
    with play.town.reading.connect() as conn:
        yes = {row.deed_id for row in SAID_YES.all(conn, {})}
        shown = {row.subject_id for row in SHOWN.all(conn, {})}
        told = " ".join(row.words for row in TOLD.all(conn, {}) if row.words)
    own = set(WORD.findall(told))
    in_groups = " ".join(str(call["params"]) for call in play.calls if int(call["params"].get("chat_id") or 0) < 0)
    return [f"deed {deed_id} is shown without a yes" for deed_id in sorted(shown - yes)] + [
        f"{word} of a good deed stands in a group" for word in sorted(own & set(WORD.findall(in_groups)))
    ]


def problems_have_their_reports(play: Play) -> list[str]:
    wrong = []
    with play.town.reading.connect() as conn:
        belong = select(reports.c.problem_id, orders.c.category, orders.c.asked_by).join(
            orders, orders.c.id == reports.c.order_id
        )
        theirs = conn.execute(belong.where(reports.c.problem_id.is_not(None))).all()
        for problem in conn.execute(select(problems)):
            mine = [row for row in theirs if row.problem_id == problem.id]
            repeats = play.town.file.reports[problem.kind].repeats
            if repeats is None or len(mine) < repeats.count or {row.category for row in mine} != {problem.kind}:
                wrong.append(f"problem {problem.id} of {problem.kind} has {len(mine)} reports")
            unheard = {row.asked_by for row in mine} - {None} - set(followers_of(conn, problem.id))
            wrong += [f"{person} reported problem {problem.id} and does not follow it" for person in sorted(unheard)]
    return wrong


INVARIANTS = [
    Invariant("a good deed is paid once", paid_once, every=False),
    Invariant("nothing good is shown without a yes", nothing_without_a_yes),
    Invariant("a problem has its reports", problems_have_their_reports, every=False),
]
