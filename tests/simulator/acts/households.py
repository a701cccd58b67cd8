"""Households: somebody looks at their card, and whoever looks after a place puts two together or parts one."""

from __future__ import annotations

from sqlalchemy import select

from storage.tables import households
from tests.simulator.acts.officers import IN_CHARGE
from tests.simulator.acts.residents import in_talk
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Here, Town


async def shows_card(play: Play) -> str | None:
    user = play.town.anybody()
    await play.town.says(user, "/card")
    return f"{play.town.name(user)} /card"


async def looks_after(play: Play) -> str | None:
    """Begins, and names a household that there is, one part of its address after the other."""
    town = play.town
    user = town.anybody(*IN_CHARGE)
    here = town.here(user) if user in in_talk(town) else None
    if here is None:
        await town.says(user, "/households")
        return f"{town.name(user)} /households"
    return await names_part(town, user, here)


async def names_part(town: Town, user: int, here: Here) -> str | None:
    """Building or room of a household that there is; None if something else is asked."""
    if here.flow.name != "households" or here.step.name.removeprefix("to_") not in ("building", "room"):
        return None
    first = here.step.name.removeprefix("to_")
    unit = here.flow.answers.get("to_unit" if here.step.name.startswith("to_") else "unit", "")
    with town.reading.connect() as conn:
        standing = select(households.c.building, households.c.room).where(
            households.c.unit == unit, households.c.state == "standing"
        )
        if first == "room":
            standing = standing.where(
                households.c.building == here.flow.answers.get(here.step.name.replace("room", "building"), "")
            )
        rows = conn.execute(standing.order_by(households.c.id)).all()
    if not rows:
        return None
    chosen = town.chance.choice(rows)
    words = chosen.building if first == "building" else chosen.room
    await town.says(user, words or "1")
    return f"{town.name(user)} names {first} {words}"


STEPS = [Step("shows a card", 1, shows_card), Step("looks after households", 5, looks_after)]
