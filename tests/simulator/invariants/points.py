"""Nobody earns by their own household, no cap is passed, no deed's own; nobody signs twice, or alone for much."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from domain.caps import starts_of
from domain.points import day_start, month_start
from domain.standard import standard_of
from storage.prepared import Prepared
from storage.tables import earned_with, hand_awards, transfers
from tests.simulator.play import Play
from tests.simulator.step import Invariant

NEW = Prepared(
    select(transfers).where(transfers.c.id > bindparam("last"), transfers.c.kind == "award").order_by(transfers.c.id)
)
SELFISH = Prepared(select(earned_with.c.transfer_id).where(earned_with.c.other == earned_with.c.household_id))
WHOSE = {"person": transfers.c.earned_by, "household": transfers.c.household_id}
POSTED = Prepared(select(hand_awards).where(hand_awards.c.state == "posted"))


def points_are_earned_by_the_rules(play: Play) -> list[str]:
    """Of every new entry, with everything that counts together with it."""
    wrong: list[str] = []
    file = play.town.file
    caps, zone = file.points.caps, file.zone
    caps_of = standard_of(file)["caps_of"]
    with play.town.reading.connect() as conn:
        for row in NEW.all(conn, {"last": play.kept.get("last award", 0)}):
            play.kept["last award"] = row.id
            total = select(func.coalesce(func.sum(transfers.c.points), 0))
            day, month = day_start(row.at, zone), month_start(row.at, zone)
            own = total.where(transfers.c.earned_by == row.earned_by, transfers.c.counted_at >= day)
            home = total.where(transfers.c.household_id == row.household_id, transfers.c.counted_at >= month)
            if caps.person_day and row.earned_by is not None and conn.execute(own).scalar_one() > caps.person_day:
                wrong.append(f"person {row.earned_by} earned more than a day's cap with entry {row.id}")
            if caps.household_month and conn.execute(home).scalar_one() > caps.household_month:
                wrong.append(f"household {row.household_id} earned more than a month's cap with entry {row.id}")
            starts = starts_of(row.at, zone)
            so_far = total.where(transfers.c.deed == row.deed, transfers.c.id <= row.id)
            for name, cap in caps_of.get(row.deed, {}).items():
                whom, _sign, period = name.partition("_")
                column, who = WHOSE[whom], getattr(row, WHOSE[whom].name)
                if who is None:
                    continue
                earned = conn.execute(
                    so_far.where(column == who, transfers.c.counted_at >= starts[period])
                ).scalar_one()
                play.counts[f"reached {name} of {row.deed}"] += earned == cap
                if earned > cap:
                    wrong.append(f"{whom} {who} earned {earned} by {row.deed} in a {period} with entry {row.id}")
        wrong += [f"entry {row.transfer_id} was earned by one's own household" for row in SELFISH.all(conn, {})]
        limit = file.points.second_signature_above
        for row in POSTED.all(conn, {}):
            if row.second_by == row.asked_by:
                wrong.append(f"award {row.id} was signed twice by {row.asked_by}")
            if row.second_by is None and limit is not None and row.points > limit:
                wrong.append(f"award {row.id} of {row.points} was signed once")
    return wrong


INVARIANTS = [Invariant("points are earned by the rules", points_are_earned_by_the_rules)]
