"""The shelves by spreadsheet: what a sheet would change, and changing just that. Twice the same changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk import pickups
from desk.front import Desk
from desk.items import refresh
from domain.item_sheet import Row, changes, names_of, stale
from domain.market import Item
from domain.words import Text, _
from storage import items as rows
from storage import stations
from storage.roles import write_audit


@dataclass(slots=True)
class Difference:
    """What is new, what is different (and what it was), and how many are the same."""

    new: list[Row] = field(default_factory=list)
    changed: list[tuple[Item, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    same: int = 0
    unknown: list[Row] = field(default_factory=list)  # with a number that no item here has
    stale: list[tuple[Row, list[str]]] = field(default_factory=list)  # changed here since the sheet was made


def known_places(desk: Desk) -> tuple[dict[str, int], dict[str, int]]:
    """How stations and merchants may be named in a sheet."""
    there = [(each.id, each.name) for each in stations.all_stations(desk.conn)]
    giving = [(each.id, each.name) for each in stations.all_merchants(desk.conn)]
    return names_of(there), names_of(giving)


def as_listed(item: Item, giving: Collection[int]) -> dict[str, Any]:
    """As a sheet speaks of it: of a merchant who gives nothing more it says nothing."""
    known = {name: getattr(item, name) for name in Item.__dataclass_fields__}
    return known if item.merchant_id in giving else known | {"merchant_id": None}


def compare(desk: Desk, listed: Sequence[Row]) -> Difference:
    """An item is found by its number; one without a number by its station and a name it has."""
    found = Difference()
    every, giving = rows.all_items(desk.conn), {each.id for each in stations.all_merchants(desk.conn)}
    by_id = {item.id: item for item in every}
    by_name = {(item.station_id, language, words): item for item in every for language, words in item.name.items()}
    for row in listed:
        item = by_id.get(row.id) if row.id is not None else _named(row, by_name)
        if row.id is not None and (item is None or item.station_id != row.station):
            found.unknown.append(row)
        elif item is None:
            found.new.append(row)
        else:
            known = as_listed(item, giving)
            different, both = changes(row, known), stale(row, known)
            if both:
                found.stale.append((row, both))
            elif different:
                found.changed.append((item, different))
            else:
                found.same += 1
    return found


def _named(row: Row, by_name: dict[tuple[int, str, str], Item]) -> Item | None:
    return next((known for said in row.name.items() if (known := by_name.get((row.station, *said))) is not None), None)


def apply(desk: Desk, difference: Difference) -> None:
    """Whatever is different is so from now on; what was redeemed already keeps its price."""
    for row in difference.new:
        item_id = rows.add_item(
            desk.conn,
            desk.now,
            None,
            kind=row.kind,
            station_id=row.station,
            merchant_id=row.merchant,
            name=row.name,
            about=row.about,
            price=row.price,
            stock=row.stock,
            weekly=row.weekly,
            most=row.most,
            per=row.per,
            state=row.state,
        )
        write_audit(desk.conn, desk.now, None, "add_item", item=item_id)
    for item, different in difference.changed:
        plain = {column: after for column, (_before, after) in different.items() if column != "stock"}
        if plain:
            rows.change_item(desk.conn, item.id, **plain)
        if "stock" in different:
            before, after = different["stock"]
            rows.restock(desk.conn, desk.now, item.id, after - before, None)
        write_audit(desk.conn, desk.now, None, "change_item", item=item.id, changed=sorted(different))
        pickups.tell_awaiting(desk, item.id)
        refresh(desk, item.id)


def said_of(item: Item, different: dict[str, tuple[Any, Any]]) -> Text:
    """Rice: price 20 → 22."""
    row = _("{item}: {changes}")
    parts = ", ".join(
        f"{column} {_plain(before)} → {_plain(after)}" for column, (before, after) in sorted(different.items())
    )
    return row(item=item.name, changes=parts)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return " / ".join(value.values()) or "–"
    return "–" if value is None else str(value)
