"""The market: households browse, redeem and change their minds; the keeper scans, types wrong codes, hands over."""

from __future__ import annotations

from sqlalchemy import select

from desk import pickup_codes, pickups
from desk.front import Desk
from storage.tables import redemptions
from tests.simulator.acts.residents import answer, tappable
from tests.simulator.play import Play
from tests.simulator.step import Step
from tests.simulator.town import Town

HOUSEHOLDS = ("ben", "cleo")
OF_THE_MARKET = ("m:", "open:redeem", "v:", "it:", "open:takeback", "open:frompaper", "open:restock", "pl:")


def of_the_market(town: Town, user: int) -> list[tuple[object, str]]:
    return [(record, data) for record, data in tappable(town, user, 6) if data.startswith(OF_THE_MARKET)]


async def shops(play: Play) -> str | None:
    """Somebody goes to the market, or on with what stands there."""
    town = play.town
    user = town.anybody(*HOUSEHOLDS) if town.chance.random() < 0.85 else town.anybody()
    here = town.here(user)
    if here is not None and here.flow.name == "redeem" and town.chance.random() < 0.8:
        return f"{town.name(user)} in redeem.{here.step.name}: {await answer(town, user, here)}"
    found = of_the_market(town, user)
    wanted = [each for each in found if each[1].startswith("open:redeem")]
    found = wanted if wanted and town.chance.random() < 0.6 else found
    if not found or town.chance.random() < 0.15:
        words = town.chance.choice(("/market", "/market", "/merchants", "/points"))
        await town.says(user, words)
        return f"{town.name(user)} {words}"
    record, data = town.chance.choice(found)
    await town.taps(user, record, data)  # type: ignore[arg-type]
    return f"{town.name(user)} taps {data}"


def a_link(desk: Desk, number: int) -> str | None:
    """Of something that was redeemed, whatever became of it."""
    known = list(desk.conn.scalars(select(redemptions.c.id).order_by(redemptions.c.id.desc()).limit(5)))
    if not known:
        return None
    found = pickups.get_redemption(desk, known[number % len(known)])
    return f"v_{pickup_codes.token_of(desk, found)}"


async def keeps(play: Play) -> str | None:
    """At the counter: a code is scanned, mistyped, or what stands there is tapped."""
    town = play.town
    eli = town.people["eli"]
    user = eli if town.chance.random() < 0.85 else town.anybody()
    luck = town.chance.random()
    if luck < 0.4:
        link = town.look(lambda desk: a_link(desk, town.chance.randrange(5)))
        if link is None:
            return None
        await town.do("start", user=user, payload=link)
        return f"{town.name(user)} scans a code"
    if luck < 0.5:
        await town.says(user, "".join(town.chance.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _sign in range(8)))
        return f"{town.name(user)} types a wrong code"
    if luck < 0.6:
        await town.says(user, "/counter")
        return f"{town.name(user)} /counter"
    found = of_the_market(town, user)
    if not found:
        return None
    record, data = town.chance.choice(found)
    await town.taps(user, record, data)  # type: ignore[arg-type]
    return f"{town.name(user)} taps {data}"


STEPS = [Step("shops", 9, shops), Step("keeps the counter", 3, keeps)]
"""Of what happens in a town, some."""
