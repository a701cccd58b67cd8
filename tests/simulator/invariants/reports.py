"""A report is an order with a row of its own, others follow it once, and of an unjudged one nobody sees the picture."""

from __future__ import annotations

from sqlalchemy import func, select

from domain.nearby import band_of
from domain.reports import ACCEPTED, REFERRED
from storage.people import roles_of
from storage.reports import find_near
from storage.tables import contacts, followers, order_parts, orders, pictures, reports
from tests.simulator.play import Play
from tests.simulator.step import Invariant


def each_has_its_row(play: Play) -> list[str]:
    """Whatever became of it: one row beside its order, none beside a request, and the strip that its pin lies in."""
    kinds = [kind.key for kind in play.town.file.reports.values()]
    with play.town.reading.connect() as conn:
        rows = conn.execute(
            select(orders.c.id, orders.c.category, orders.c.band, orders.c.latitude, reports.c.order_id).outerjoin(
                reports, reports.c.order_id == orders.c.id
            )
        ).all()
        strangers = conn.scalar(select(func.count()).where(reports.c.order_id.not_in(select(orders.c.id))))
    wrong = [
        f"order {row.id} is {row.category}, and its report is {row.order_id}"
        for row in rows
        if (row.category in kinds) != (row.order_id is not None)
    ]
    lost = [
        row.id for row in rows if row.band is not None and (row.latitude is None or row.band != band_of(row.latitude))
    ]
    return [*wrong, *(f"order {each} lies in another strip" for each in lost), *(["a row without order"] * strangers)]


def nobody_follows_their_own(play: Play) -> list[str]:
    """And whoever came by a report of theirs reported it, or had followed it."""
    with play.town.reading.connect() as conn:
        own = conn.execute(
            select(followers.c.order_id, followers.c.person_id)
            .join(orders, orders.c.id == followers.c.order_id)
            .where(orders.c.asked_by == followers.c.person_id)
        ).all()
    return [f"person {row.person_id} follows order {row.order_id} of their own" for row in own]


def what_is_near_is_found(play: Play) -> list[str]:
    """The index finds just what looking at every open report would, also over the date line."""
    wrong = []
    with play.town.reading.connect() as conn:
        alive = orders.c.state.not_in(("closed", "cancelled", "duplicate"))
        pinned = select(orders).where(orders.c.band.is_not(None), alive).order_by(orders.c.id.desc()).limit(20)
        rows = conn.execute(pinned).all()
        for row in rows[:4]:
            near = find_near(conn, row.category, row.latitude, row.longitude, 50, row.made_at)
            if row.id not in [each.order_id for each in near]:
                wrong.append(f"order {row.id} is not found where it is")
    return wrong


def unjudged_pictures_stay(play: Play) -> list[str]:
    """Sent to whoever reported it, whoever is in charge, and whoever mends it: to nobody else before it is judged."""
    sent = [call for call in play.calls if call["method"] == "sendPhoto" and call["ok"]]
    if not sent:
        return []
    wrong = []
    with play.town.reading.connect() as conn:
        rows = conn.execute(
            select(order_parts.c.file_id, pictures.c.shown_id, orders.c.asked_by, orders.c.holder_id, reports.c.verdict)
            .select_from(order_parts.join(reports, reports.c.order_id == order_parts.c.order_id))
            .join(orders, orders.c.id == reports.c.order_id)
            .outerjoin(pictures, (pictures.c.subject == "part") & (pictures.c.subject_id == order_parts.c.id))
            .where(order_parts.c.stage == "story", order_parts.c.file_id.is_not(None))
        ).all()
        for call in sent:
            shown = call["params"].get("photo")
            whose = [row for row in rows if shown is not None and shown in (row.file_id, row.shown_id)]
            reader = conn.scalar(
                select(contacts.c.person_id).where(contacts.c.telegram_id == call["params"].get("chat_id"))
            )
            for row in whose:
                may = reader in (row.asked_by, row.holder_id) or row.verdict in (ACCEPTED, REFERRED)
                if not may and (reader is None or not roles_of(conn, reader)):
                    wrong.append(f"{shown} was shown to person {reader}, and nobody has judged it")
    return wrong


INVARIANTS = [
    Invariant("a report has its row", each_has_its_row, every=False),
    Invariant("nobody follows their own report", nobody_follows_their_own, every=False),
    Invariant("what is near is found", what_is_near_is_found, every=False),
    Invariant("unjudged pictures stay with those in charge", unjudged_pictures_stay),
]
