"""The main job: somebody asks, nobody answers in time, the supervisor hears, one of two who tap together has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import func, select

from bot.demo.stories.telling import Telling
from bot.words import Reader
from desk.front import Desk
from domain.words import _
from sandbox.phones import Chat, Json, NotAsPromised, Phone, labels_of, shown, text_of
from storage import points
from storage.people import find_person
from storage.tables import cards, orders, outbox, ratings, transfers

T = TypeVar("T")

TITLE = {"zh_Hans": "买米：从求助到道谢", "en": "Rice, please: from asking to thanking"}

STORY = _("No rice at home, and my leg hurts.")
BAG = _("A small bag is enough, thank you.")
ADDRESS = _("Ankang Community, building 3, room 201")


async def play(telling: Telling) -> None:
    """Raises NotAsPromised at the first thing that is not as the desk promised it."""
    ama, ben, cleo, dina = (telling.phone(key) for key in ("ama", "ben", "cleo", "dina"))
    group, t = telling.group("neighbours"), telling.said
    before = _read(telling, lambda desk: {phone.id: _points(desk, phone.id) for phone in (ben, cleo)})

    await telling.caption(_("Ama is eighty. Her leg hurts and the rice is finished. She writes to the bot."))
    await ama.starts()
    if any(t(_("That's fine")) in labels_of(message) for message in (await ama.from_bot())[-1:]):
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
    await ama.says(t(ADDRESS))
    await telling.promised(lambda: ama.sees(buttons=[t(_("As soon as somebody can"))]))
    await ama.taps(t(_("As soon as somebody can")))
    await telling.promised(lambda: ama.sees(t(STORY), buttons=[t(_("Yes, send it"))]))
    await telling.beat()
    await ama.taps(t(_("Yes, send it")))
    asked = telling.demo.clock.now()

    await telling.caption(_("A moment later a card stands in the volunteers' group. It says what, and nothing of who."))
    card = await telling.promised(lambda: group.sees(category, buttons=[t(_("I'll take it"))]))
    _keeps_quiet(card, t(STORY))
    promised = Reader(telling.demo.language, telling.demo.app.file.zone, asked).instant(asked + timedelta(minutes=30))
    await telling.promised(lambda: ama.sees(promised))
    await telling.beat()

    await telling.caption(_("Nobody answers. At the promised minute, and not before, the supervisor hears of it."))
    alarms = len(await dina.from_bot())
    await telling.demo.town.wait(minutes=15)
    await telling.beat()
    await telling.demo.town.wait(minutes=14.5)
    await _has_not_heard(dina, category, since=alarms)
    await telling.demo.town.wait(minutes=0.6)
    await telling.promised(lambda: dina.hears(category, buttons=[t(_("I've seen it"))]))
    await telling.beat()

    await telling.caption(_("Ben and Cleo tap in the same second. One of them has it, and the other is told who."))
    card = await telling.promised(lambda: group.sees(category, buttons=[t(_("I'll take it"))]))
    holder, other = await _both_tap(t(_("I'll take it")), card, ben, cleo)
    other.is_told(holder.name)
    held = await telling.promised(lambda: holder.hears(t(ADDRESS), t(STORY)))
    await other.does_not_see(t(STORY))
    await holder.taps(t(_("There in half an hour")), on=held)
    expected = t(_("They should be with you about {at}.")(at="|")).partition("|")[0]
    living = await telling.promised(lambda: ama.sees(holder.name, expected, buttons=[t(_("Call it off"))]))
    await telling.beat()

    await telling.caption(_("They talk through the bot, without seeing each other's account or number."))
    await ama.replies(t(BAG), to=living)
    await telling.promised(lambda: holder.hears(t(BAG)))
    await telling.beat()
    await holder.taps(t(_("On my way")), on=held)
    await telling.promised(lambda: ama.hears(t(_("{name} is on the way.")(name=holder.name))))
    await telling.beat()

    await telling.caption(_("Done. She says so herself, and how quick and how good it was."))
    all_told = t(_("That's all"))
    await holder.says(f"[{t(_('Done'))}]", t(_("The rice is in her kitchen.")), f"[{all_told}]")
    await telling.promised(lambda: ama.sees(buttons=[t(_("Yes, it's done"))]))
    await telling.beat()
    for label in (t(_("Yes, it's done")), "5", "5"):
        await telling.promised(lambda label=label: ama.sees(buttons=[label]))  # type: ignore[misc]
        await ama.taps(label)
        await telling.beat()

    await telling.caption(
        _("Five points for the household of whoever came, with the reason. Nothing lost, nothing doubled.")
    )
    await telling.demo.settle()
    _read(telling, lambda desk: _prove(desk, ama.id, holder.id, before[holder.id]))
    await telling.beat()
    await telling.demo.town.do("caption", text=None)


def _read(telling: Telling, reading: Callable[[Desk], T]) -> T:
    """Look into the database beside the desk."""
    with telling.demo.app.writer.begin() as conn:
        return reading(telling.demo.app.desk_for(conn))


def _points(desk: Desk, telegram_id: int) -> int:
    person = find_person(desk.conn, telegram_id)
    if person is None or person.household_id is None:
        raise NotAsPromised("whoever helps belongs to a household")
    return points.balance_of(desk.conn, person.household_id)


def _keeps_quiet(card: Json, *words: str) -> None:
    if any(word in text_of(card) for word in words):
        raise NotAsPromised(f"the group reads more than it needs:\n{shown(card)}")


async def _has_not_heard(phone: Chat, word: str, *, since: int) -> None:
    if any(word in text_of(message) for message in (await phone.from_bot())[since:]):
        raise NotAsPromised(f"{phone.name} hears of it before the promised minute")


async def _both_tap(label: str, card: Json, *phones: Phone) -> tuple[Phone, Phone]:
    """Both fingers at once; who was told nothing of somebody else has it."""
    await asyncio.gather(*(phone.taps(label, on=card) for phone in phones))
    ben, cleo = phones
    lost = [phone for phone in phones if (phone.answer or {}).get("text", "").startswith((ben.name, cleo.name))]
    if len(lost) != 1:
        raise NotAsPromised(f"one has it and one is told who, but: {ben.answer}, {cleo.answer}")
    return (cleo, ben) if lost[0] is ben else (ben, cleo)


def _prove(desk: Desk, requester: int, holder: int, before: int) -> None:
    """Read twice from the tables: once as people see it, once as it was posted."""
    person = find_person(desk.conn, requester)
    assert person is not None
    order = desk.conn.execute(
        select(orders).where(orders.c.asked_by == person.id).order_by(orders.c.id.desc()).limit(1)
    ).one()
    rating = desk.conn.execute(select(ratings).where(ratings.c.order_id == order.id)).one()
    awards = desk.conn.execute(select(func.count()).where(transfers.c.order_id == order.id)).scalar()
    standing = desk.conn.execute(
        select(func.count()).where(cards.c.subject == "order", cards.c.subject_id == order.id)
    ).scalar()
    unsent = desk.conn.execute(select(func.count()).where(outbox.c.state.in_(("queued", "sending", "dead")))).scalar()
    award = desk.file.categories[order.category].award
    found = {
        "the order is closed": order.state == "closed",
        "it was rated 5 and 5": (rating.speed, rating.quality) == (5, 5),
        "one award was posted": awards == 1,
        "the household has it": _points(desk, holder) == before + award,
        "one card stands in the group": standing == 1,
        "nothing is left unsent": unsent == 0,
        "the ledger is sound": points.audit(desk.conn) == [],
    }
    if broken := [promise for promise, kept in found.items() if not kept]:
        raise NotAsPromised(f"the database says otherwise: {', '.join(broken)}")
