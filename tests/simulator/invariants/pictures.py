"""What is kept is there, whole and once; nothing lies about that belongs to nobody."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import select

from storage.tables import order_parts, orders, pictures
from tests.simulator.play import Play
from tests.simulator.step import Invariant


def folder_of(play: Play) -> Path:
    return play.machine.settings.data / "files"


def every_file_is_as_its_row_says(play: Play) -> list[str]:
    """Once the town is quiet. What has been looked at before and has not been touched is not read again."""
    known: dict[str, tuple[int, str]] = play.kept.setdefault("files looked at", {})
    with play.town.reading.connect() as conn:
        rows = {row.name: row for row in conn.execute(select(pictures))}
    files = {path.name: path for path in folder_of(play).glob("??/*")}
    wrong = [f"the file {name} belongs to no row" for name in files.keys() - rows.keys()]
    for name, row in rows.items():
        path = files.get(name)
        if row.state == "kept" and path is None:
            wrong.append(f"picture {row.id} is kept and has no file")
        elif row.state == "refused" and path is not None:
            wrong.append(f"picture {row.id} was refused ({row.why}) and has a file")
        elif row.state == "kept" and path is not None:
            at = path.stat().st_mtime_ns
            if known.get(name, (0, ""))[0] != at:
                known[name] = at, hashlib.sha256(path.read_bytes()).hexdigest()
            if known[name][1] != row.sha256:
                wrong.append(f"picture {row.id} is not what its row says")
            if b"canary" in path.read_bytes():
                wrong.append(f"picture {row.id} says where it was taken")
    return wrong


def nothing_waits_for_ever(play: Play) -> list[str]:
    """What is due was seen to, and what was refused says why."""
    with play.town.reading.connect() as conn:
        rows = conn.execute(select(pictures).where(pictures.c.state.in_(("wanted", "refused")))).all()
    wrong = [
        f"picture {row.id} was refused and nobody knows why" for row in rows if row.state == "refused" and not row.why
    ]
    return wrong + [
        f"picture {row.id} waits and is never due" for row in rows if row.state == "wanted" and not row.due_at
    ]


def nothing_discreet_is_kept(play: Play) -> list[str]:
    with play.town.reading.connect() as conn:
        kept = (
            select(pictures.c.id)
            .join(order_parts, order_parts.c.id == pictures.c.subject_id)
            .join(orders, orders.c.id == order_parts.c.order_id)
            .where(pictures.c.subject == "order_part", orders.c.discreet)
        )
        return [f"picture {each} is of a discreet matter" for each in conn.scalars(kept)]


INVARIANTS = [
    Invariant("every file is as its row says", every_file_is_as_its_row_says, every=False),
    Invariant("no picture waits for ever", nothing_waits_for_ever, every=False),
    Invariant("nothing discreet is kept", nothing_discreet_is_kept, every=False),
]
