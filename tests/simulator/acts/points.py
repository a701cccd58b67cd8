"""Points are looked at, given by hand, signed, taken back; households hide from boards; and all of it is forged."""

from __future__ import annotations

from bot.handlers.boards import BoardTap
from bot.handlers.by_hand import SignTap
from bot.handlers.statements import StatementTap
from tests.simulator.acts.officers import IN_CHARGE
from tests.simulator.acts.residents import goes_on_in
from tests.simulator.play import Play
from tests.simulator.step import Step

TALKS = ("award", "undo")


async def looks(play: Play) -> str | None:
    town = play.town
    user, command = town.anybody(), town.chance.choice(("/points", "/statement", "/board", "/board", "/standard"))
    await town.says(user, command)
    return f"{town.name(user)} {command}"


async def looks_after(play: Play) -> str | None:
    town = play.town
    user, command = town.anybody(*IN_CHARGE), town.chance.choice(("/award", "/award", "/audit"))
    await town.says(user, command)
    return f"{town.name(user)} {command}"


async def goes_on(play: Play) -> str | None:
    """Whoever gives points or takes them back goes on with it; many points sometimes."""
    return await goes_on_in(play, TALKS)


async def taps(play: Play) -> str | None:
    """What the cards offer, by whoever it was or was not meant for."""
    town, chance = play.town, play.town.chance
    user, number = town.anybody(), chance.randint(0, 12)
    data = chance.choice(
        (
            BoardTap(verb=chance.choice(("hide", "unhide", "name", "unname")), dimension="").pack(),
            BoardTap(verb=chance.choice(("month", "year")), dimension=chance.choice(("", "service", "harm"))).pack(),
            SignTap(verb=chance.choice(("sign", "sign", "decline", "page")), id=number).pack(),
            StatementTap(verb=chance.choice(("page", "file")), page=number - 2).pack(),
            f"open:undo:{number}",
        )
    )
    stands = town.standing(user, 1)
    if not stands:
        return None
    await town.taps(user, stands[0], data)
    return f"{town.name(user)} taps {data}"


STEPS = [
    Step("looks at points", 2, looks),
    Step("looks after points", 1.5, looks_after),
    Step("goes on with points", 6, goes_on),
    Step("taps about points", 3, taps),
]
