"""What points are for: earned by helping, redeemed, handed over by the picture of its card; and one that comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select

from bot.demo.shelves import THINGS
from bot.demo.stories.telling import Telling
from desk.front import Desk
from domain.words import _
from sandbox.phones import Json, NotAsPromised
from storage import points
from storage.audit import audit
from storage.people import find_person
from storage.tables import outbox, redemptions, transfers

T = TypeVar("T")

TITLE = {"zh_Hans": "积分换肥皂：挣、换、领、退", "en": "Points for soap: earned, redeemed, collected, given back"}

ALL_TOLD = _("That's all")
NEED = _("A light bulb is broken and I cannot climb.")
THANKS = _("It is bright again.")
WAITS = _("{item} × {count} waits for you at {station} until {until}.")
BACK = _("{item} × {count} was not collected in time. The points are back with your household.")
ADDRESS = _("Ankang Community, building 3, room 201")


async def play(telling: Telling) -> None:
    """Raises NotAsPromised at the first thing that is not as the desk promised it."""
    ben, eli, t = telling.phone("ben"), telling.phone("eli"), telling.said
    soap = next(each for each in THINGS if each.name["en"] == "Soap")
    item, began = soap.name[telling.demo.language], telling.demo.clock.now()
    before = _read(telling, lambda desk: _balance(desk, ben.id))

    await telling.caption(_("Ben helps, and his household earns points for it."))
    earned = await _helps(telling)
    have = before + earned
    await ben.says("/points")
    await telling.promised(lambda: ben.sees(str(have)))
    await telling.beat()

    await telling.caption(_("The market shows first what his household can have now."))
    await _browses(telling, item)
    card = await _redeems(telling, item, soap.price, have)
    held = have - soap.price
    await telling.caption(_("The points are held, and a card with a code is in his chat until he comes."))
    await ben.says("/points")
    await telling.promised(lambda: ben.sees(str(have), str(held)))
    await telling.beat()

    await telling.caption(_("At the station Eli takes a picture of the card on Ben's telephone."))
    await eli.shows(await telling.demo.town.picture(card))
    handing = await telling.promised(lambda: eli.sees(item, buttons=[t(_("Handed over"))]))
    if ben.name in str(handing):
        raise NotAsPromised("the keeper reads a name and needs none")
    await telling.beat()
    await eli.taps(t(_("Handed over")), on=handing)
    await telling.promised(lambda: ben.hears(t(_("{item} × {count} was handed over. Enjoy it!")(item=item, count=1))))
    await eli.taps(t(_("Handed over")), on=handing)  # once more, by mistake
    await telling.beat()

    await telling.caption(_("Another one he forgets. He is reminded; then it goes back on the shelf by itself."))
    await _browses(telling, item)
    await _redeems(telling, item, soap.price, held)
    await _forgets(telling, item)
    await ben.says("/points")
    back = t(_("Not collected: {item} × {count}")(item=item, count=1))
    await telling.promised(lambda: ben.sees(str(held), back))

    await telling.caption(_("Every point is accounted for: earned, held, redeemed, given back."))
    await telling.demo.settle()
    _read(telling, lambda desk: _prove(desk, ben.id, held, began))
    await telling.beat()
    await telling.demo.town.do("caption", text=None)


async def _helps(telling: Telling) -> int:
    """Ama asks, Ben comes, she says that it is done."""
    ama, ben, t = telling.phone("ama"), telling.phone("ben"), telling.said
    told = f"[{t(ALL_TOLD)}]"
    category = telling.demo.app.file.categories["errand"]
    name = category.name[telling.demo.language]
    await ama.starts()
    if any(t(_("That's fine")) in str(message.get("reply_markup")) for message in (await ama.from_bot())[-1:]):
        await ama.taps(t(_("That's fine")))
    await telling.promised(lambda: ama.sees(buttons=[t(_("🙋 Ask for help"))]))
    await ama.says(f"[{t(_('🙋 Ask for help'))}]", f"[{name}]", t(NEED), told, t(ADDRESS))
    await ama.says(f"[{t(_('As soon as somebody can'))}]")
    await telling.promised(lambda: ama.sees(t(NEED), buttons=[t(_("Yes, send it"))]))
    await ama.taps(t(_("Yes, send it")))
    take = t(_("I'll take it"))
    card = await telling.promised(lambda: telling.group("neighbours").sees(name, buttons=[take]))
    await ben.taps(take, on=card)
    await telling.promised(lambda: ben.hears(t(ADDRESS), t(NEED)))
    await telling.beat()
    await ben.says(f"[{t(_('Done'))}]", t(THANKS), told)
    await telling.promised(lambda: ama.sees(buttons=[t(_("Yes, it's done"))]))
    await ama.taps(t(_("Yes, it's done")))
    await telling.beat()
    return category.award


async def _browses(telling: Telling, item: str) -> None:
    ben, t = telling.phone("ben"), telling.said
    await ben.says("/market")
    await telling.promised(lambda: ben.sees(item, t(_("Page {page} of {pages}")(page=1, pages=2))))
    await telling.beat()
    await ben.taps(item)
    await telling.promised(lambda: ben.sees(item, buttons=[t(_("Have it"))]))
    await telling.beat()


async def _redeems(telling: Telling, item: str, price: int, have: int) -> Json:
    """The points before and after stand in the question; then the card."""
    ben, t = telling.phone("ben"), telling.said
    await ben.says(f"[{t(_('Have it'))}]", "[1]")
    await telling.promised(lambda: ben.sees(item, str(have), str(have - price), buttons=[t(_("Yes, redeem it"))]))
    await telling.beat()
    await ben.taps(t(_("Yes, redeem it")))
    code = t(_("Your code: <b>{code}</b>")(code="|")).partition("|")[0]
    card = await telling.promised(lambda: ben.sees(item, code, buttons=[t(_("Call it off"))]))
    await telling.beat()
    return card


async def _forgets(telling: Telling, item: str) -> None:
    """Six days on he is reminded, a day later it is gone; and nobody is woken by it."""
    ben, t = telling.phone("ben"), telling.said
    waits = t(WAITS(item=item, count=1, station="|", until="")).partition("|")[0]
    due, until = _read(telling, lambda desk: _next_end(desk, ben.id))
    for at, words in ((due, waits), (until + timedelta(hours=10), t(BACK(item=item, count=1)))):
        ahead = at - telling.demo.clock.now() + timedelta(minutes=1)
        await telling.demo.town.wait(minutes=ahead.total_seconds() / 60)
        await telling.promised(lambda words=words: ben.hears(words))  # type: ignore[misc]
        await telling.beat()


# ── the proof ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(telling: Telling, reading: Callable[[Desk], T]) -> T:
    """Look into the database beside the desk."""
    with telling.demo.app.writer.begin() as conn:
        return reading(telling.demo.app.desk_for(conn))


def _household(desk: Desk, telegram_id: int) -> int:
    person = find_person(desk.conn, telegram_id)
    if person is None or person.household_id is None:
        raise NotAsPromised("whoever redeems belongs to a household")
    return person.household_id


def _balance(desk: Desk, telegram_id: int) -> int:
    return points.balance_of(desk.conn, _household(desk, telegram_id))


def _next_end(desk: Desk, telegram_id: int) -> tuple[datetime, datetime]:
    open_one = select(redemptions.c.due_at, redemptions.c.until).where(
        redemptions.c.household_id == _household(desk, telegram_id), redemptions.c.state == "ready"
    )
    due, until = desk.conn.execute(open_one).one()
    return due, until


def _prove(desk: Desk, telegram_id: int, balance: int, began: datetime) -> None:
    household = _household(desk, telegram_id)
    ends = select(redemptions.c.state).where(redemptions.c.household_id == household, redemptions.c.made_at >= began)
    captured = select(func.count()).where(transfers.c.kind == "capture", transfers.c.at >= began)
    unsent = select(func.count()).where(outbox.c.state.in_(("queued", "sending", "dead")))
    wrong = audit(desk.conn)
    found = {
        "one was collected and one came back": sorted(desk.conn.scalars(ends)) == ["collected", "expired"],
        "what was handed over was captured once": desk.conn.scalar(captured) == 1,
        "the household has the rest": points.balance_of(desk.conn, household) == balance,
        "nothing is held any more": points.balance_of(desk.conn, household, "hold") == 0,
        "nothing is left unsent": desk.conn.scalar(unsent) == 0,
        f"the ledger is sound {wrong}": wrong == [],
    }
    if broken := [promise for promise, kept in found.items() if not kept]:
        raise NotAsPromised(f"the database says otherwise: {', '.join(broken)}")
