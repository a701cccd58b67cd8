"""The main job: somebody asks, nobody answers in time, the supervisor hears, one of two who tap together has it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.demo.stories.telling import Telling
from desk import points  # noqa: F401
from desk.front import Desk
from domain.words import Text, _
from sandbox.phones import Json, NotAsPromised
from storage.orders import newest_order_of
from storage.people import find_person

TITLE = {"zh_Hans": "买米：从求助到道谢", "en": "Rice, please: from asking to thanking"}

STORY = _("No rice at home, and my leg hurts.")
ADDRESS = _("Ankang Community, building 3, room 201")


async def play(telling: Telling) -> None:
    """Raises NotAsPromised at the first thing that is not as the desk promised it."""
    ama, ben, cleo, dina = (telling.phone(key) for key in ("ama", "ben", "cleo", "dina"))
    group, t = telling.group("neighbours"), telling.said
    home = await telling.demo.app.office.pump.do(lambda desk: _points_of(desk, ben.id))

    await telling.caption(_("Ama is eighty. Her leg hurts and the rice is finished. She writes to the bot."))
    await ama.starts()
    if await _offers(telling, _("That's fine")):
        await telling.beat()
        await ama.taps(t(_("That's fine")))
    await telling.promised(lambda: ama.sees(buttons=[t(_("🙋 Ask for help"))]))
    await telling.beat()
    await ama.taps(t(_("🙋 Ask for help")))
    category = telling.demo.app.file.categories["errand"].name[telling.demo.language]
    await telling.promised(lambda: ama.sees(buttons=[category]))
    await telling.beat()
    await ama.taps(category)
    await telling.beat()
    await ama.says(t(STORY))
    await telling.promised(lambda: ama.sees(buttons=[t(_("That's all"))]))
    await ama.taps(t(_("That's all")))
    await telling.beat()
    await _says_where(telling)
    await telling.promised(lambda: ama.sees(buttons=[t(_("As soon as somebody can"))]))
    await ama.taps(t(_("As soon as somebody can")))
    await telling.promised(lambda: ama.sees(t(STORY), buttons=[t(_("Yes, send it"))]))
    await telling.beat()
    await ama.taps(t(_("Yes, send it")))
    asked = await telling.demo.town.now()

    await telling.caption(_("A moment later a card stands in the volunteers' group. It says what, and nothing of who."))
    card = await telling.promised(lambda: group.sees(category, buttons=[t(_("I'll take it"))]))
    _keeps_quiet(card, t(STORY))
    living = await telling.promised(lambda: ama.sees(_clock(telling, asked + timedelta(minutes=30))))
    await telling.beat()

    await telling.caption(_("Nobody answers. At the promised minute, and not before, the supervisor hears of it."))
    await telling.demo.town.wait(minutes=15)
    await telling.beat()
    await telling.demo.town.wait(minutes=14.9)
    await dina.hears_nothing_about(category)
    await telling.demo.town.wait(minutes=0.2)
    await telling.promised(lambda: dina.hears(category, buttons=[t(_("I've seen it"))]))
    await telling.beat()

    await telling.caption(_("Ben and Cleo tap in the same second. One of them has it, and the other is told who."))
    card = await telling.promised(lambda: group.sees(category, buttons=[t(_("I'll take it"))]))
    holder, other = await _both_tap(telling, card)
    await telling.promised(lambda: ama.sees(holder.name))
    held = await telling.promised(lambda: holder.hears(t(ADDRESS), t(STORY)))
    await other.does_not_see(t(STORY))
    await telling.beat()

    await telling.caption(_("They talk through the bot, without seeing each other's account or number."))
    living = await telling.promised(lambda: ama.sees(holder.name))
    await ama.replies(t(_("A small bag is enough, thank you.")), to=living)
    await telling.promised(lambda: holder.hears(t(_("A small bag is enough, thank you."))))
    await telling.beat()
    await holder.taps(t(_("On my way")), on=held)
    await telling.beat()

    await telling.caption(_("Done: she says so herself, and rates how fast and how good it was."))
    await _done(telling, holder)
    await telling.promised(lambda: holder.hears(t(_("Thank you"))[:2]))
    await telling.caption(_("Five points for {name}'s household, each with its reason.")(name=holder.name))
    await _proved(telling, ama.id, holder.id, home if holder is ben else 0)
    await telling.demo.town.do("caption", text=None)
