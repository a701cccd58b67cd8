"""Something dangerous: seen by two neighbours, judged, mended, not mended after all, mended, and thanked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import func, select

from bot.demo.stories.telling import Telling
from desk.front import Desk
from domain.words import Text, _
from sandbox.phones import Chat, NotAsPromised, Phone, labels_of
from storage import points
from storage.people import find_person
from storage.tables import followers, order_history, order_parts, orders, outbox, reports, transfers

T = TypeVar("T")

TITLE = {"zh_Hans": "栏杆松了：从上报到修好", "en": "A loose railing: from seeing it to mending it"}
KIND = "other_hazard"
HERE: dict[str, Any] = {"latitude": 29.9501, "longitude": 122.3001}
TWENTY_METRES_ON: dict[str, Any] = {"latitude": 29.9502, "longitude": 122.3002}

LOOSE = _("The railing by the river is loose. A child could fall.")
SAME = _("I nearly leaned on it!")
SCREWED = _("Two new screws. It holds.")
WELDED = _("Now it is welded, and I have shaken it hard.")


async def play(telling: Telling) -> None:
    """Raises NotAsPromised at the first thing that is not as the desk promised it."""
    faye, ama, hugo, ben = (telling.phone(key) for key in ("faye", "ama", "hugo", "ben"))
    handy, t = telling.group("handy"), telling.said
    kinds = telling.demo.app.file.reports
    hazard, category = (kinds[key].name[telling.demo.language] for key in ("hazard", KIND))
    before = _read(telling, lambda desk: {phone.id: _points(desk, phone.id) for phone in (faye, ben)})

    await telling.caption(_("Faye sees a loose railing by the river. Two pictures, a pin, and it is reported."))
    await faye.says("/report")
    await _takes(telling, faye, hazard, category)
    await telling.promised(lambda: faye.sees(_first_words(telling)))
    await faye.sends("album", count=2, caption=t(LOOSE))
    await _takes(telling, faye, t(_("That's all")))
    await telling.promised(lambda: faye.sees(t(_("Where is it? Send the place with the paper clip, or write it."))))
    await faye.sends("location", **HERE)
    await _takes(telling, faye, t(_("Rather not")), t(_("Yes, 14 or older")), t(_("Yes, send it")))
    await telling.promised(lambda: faye.sees(t(_("Somebody in charge has to look at it first."))))
    await telling.beat()

    await telling.caption(_("A minute later Ama stands there too. She is asked whether it is the same, and joins it."))
    await _joins(telling, ama, hazard, category)
    await telling.promised(lambda: faye.sees(t(_neighbours(1))))
    await telling.beat()

    await telling.caption(
        _("It goes to the supervisor on duty, with the pictures and the place. One tap, and it is work.")
    )
    await telling.demo.town.wait(minutes=1)
    await telling.promised(lambda: hugo.hears(category, t(LOOSE), buttons=[t(_("Accept"))]))
    await _saw_pictures(hugo, 2)
    await telling.beat()
    await hugo.taps(t(_("Accept")))
    for phone in (faye, ama):
        await telling.promised(lambda phone=phone: phone.hears(_after_dots(t(_ACCEPTED))))  # type: ignore[misc]

    await telling.caption(_("The team reads what and where, and nothing of who. Ben takes it and mends it."))
    card = await telling.promised(lambda: handy.sees(category, buttons=[t(_("I'll take it"))]))
    await telling.beat()
    await ben.taps(t(_("I'll take it")), on=card)
    await telling.promised(lambda: ben.hears(t(LOOSE)))
    await _mends(telling, ben, SCREWED)
    for phone in (faye, ama):
        await telling.promised(lambda phone=phone: phone.sees(t(SCREWED), buttons=[t(_("Not mended yet"))]))  # type: ignore[misc]
    await telling.beat()

    await telling.caption(
        _("Both see it before and after. Ama gives it a push: not mended. The same team hears at once.")
    )
    await ama.taps(t(_("Not mended yet")))
    await telling.promised(lambda: faye.hears(_after_dots(t(_NOT_MENDED))))
    card = await telling.promised(lambda: handy.sees(category, buttons=[t(_("I'll take it"))]))
    await ben.taps(t(_("I'll take it")), on=card)
    await telling.promised(lambda: ben.sees(t(LOOSE), buttons=[t(_("Done"))]))
    await _mends(telling, ben, WELDED)
    await telling.beat()

    await telling.caption(_("Now it holds. Faye says so, and both households have earned their points."))
    await telling.promised(lambda: faye.sees(t(WELDED), buttons=[t(_("Yes, it's mended"))]))
    await faye.taps(t(_("Yes, it's mended")))
    await telling.promised(lambda: ama.hears(_after_dots(t(_MENDED))))
    await telling.demo.settle()
    _read(telling, lambda desk: _prove(desk, telling, before))
    await _names_nobody(telling, faye, ama)
    await telling.beat()
    await telling.demo.town.do("caption", text=None)


_ACCEPTED = _("{category} ({reference}): somebody in charge has looked at it, and it is being seen to. Thank you!")
_NOT_MENDED = _("{category} ({reference}): a neighbour says that it is not mended yet, so we ask for it once more.")
_MENDED = _("{category} ({reference}) is mended. Thank you for keeping your eyes open!")


def _neighbours(count: int) -> Text:
    return _("{count} neighbour has seen it as well.", "{count} neighbours have seen it as well.")(count=count)


def _after_dots(words: str) -> str:
    """What a sentence says once its blanks are filled."""
    return words.rpartition("}")[2].lstrip("):）： ")


def _first_words(telling: Telling) -> str:
    say_first = telling.demo.app.file.reports[KIND].say_first
    assert say_first is not None
    return say_first[telling.demo.language]


async def _takes(telling: Telling, phone: Phone, *labels: str) -> None:
    """One button after the other, each as soon as it is there."""
    for label in labels:
        await telling.promised(lambda label=label: phone.sees(buttons=[label]))  # type: ignore[misc]
        await telling.beat()
        await phone.taps(label)


async def _joins(telling: Telling, ama: Phone, hazard: str, category: str) -> None:
    """She has never been here before."""
    t = telling.said
    await ama.starts()
    if any(t(_("That's fine")) in labels_of(message) for message in (await ama.from_bot())[-1:]):
        await telling.beat()
        await ama.taps(t(_("That's fine")))
    await _takes(telling, ama, t(_("📣 Report something")), hazard, category)
    await ama.sends("photo", caption=t(SAME))
    await _takes(telling, ama, t(_("That's all")))
    await telling.promised(lambda: ama.sees(t(_("Where is it? Send the place with the paper clip, or write it."))))
    await ama.sends("location", **TWENTY_METRES_ON)
    unit = telling.demo.app.file.units["haitang"].name[telling.demo.language]
    await _takes(telling, ama, unit, t(_("It is the same")))
    await telling.promised(lambda: ama.hears(t(_("Thank you! It counts for more now, and I'll tell you how it goes."))))


async def _mends(telling: Telling, ben: Phone, words: Text) -> None:
    t = telling.said
    await telling.beat()
    await ben.taps(t(_("Done")))
    await telling.promised(lambda: ben.sees(t(_("How did it go? Write a few words or send a picture."))))
    await ben.sends("photo", caption=t(words))
    await _takes(telling, ben, t(_("That's all")))


async def _saw_pictures(phone: Chat, count: int) -> None:
    shown = [message for message in await phone.from_bot() if "photo" in message]
    if len(shown) < count:
        raise NotAsPromised(f"{phone.name} was shown {len(shown)} pictures of {count}")


async def _names_nobody(telling: Telling, *phones: Phone) -> None:
    """Whatever was ever sent to a group names neither of them, by name or account, and shows none of their words."""
    secrets = [*(phone.name for phone in phones), *(str(phone.id) for phone in phones)]
    secrets += [telling.said(LOOSE), telling.said(SAME)]
    for call in await telling.demo.town.calls():
        where = call["params"].get("chat_id")
        said = str({name: value for name, value in call["params"].items() if name not in ("chat_id", "message_id")})
        if isinstance(where, int) and where < 0 and (told := [secret for secret in secrets if secret in said]):
            raise NotAsPromised(f"a group is told {told}")


def _read(telling: Telling, reading: Callable[[Desk], T]) -> T:
    """Look into the database beside the desk."""
    with telling.demo.app.writer.begin() as conn:
        return reading(telling.demo.app.desk_for(conn))


def _points(desk: Desk, telegram_id: int) -> int:
    person = find_person(desk.conn, telegram_id)
    if person is None or person.household_id is None:
        raise NotAsPromised("whoever reports and whoever mends belongs to a household")
    return points.balance_of(desk.conn, person.household_id)


def _prove(desk: Desk, telling: Telling, before: dict[int, int]) -> None:
    """Read from the tables, not from the chats."""
    faye, ama, hugo = (find_person(desk.conn, telling.phone(key).id) for key in ("faye", "ama", "hugo"))
    assert faye is not None and ama is not None and hugo is not None
    order = desk.conn.execute(
        select(orders).where(orders.c.asked_by == faye.id).order_by(orders.c.id.desc()).limit(1)
    ).one()
    report = desk.conn.execute(select(reports).where(reports.c.order_id == order.id)).one()
    happened = list(desk.conn.scalars(select(order_history.c.what).where(order_history.c.order_id == order.id)))
    pictures = (
        select(order_parts.c.stage, func.count())
        .where(order_parts.c.order_id == order.id, order_parts.c.kind == "photo")
        .group_by(order_parts.c.stage)
    )
    shown = {row[0]: row[1] for row in desk.conn.execute(pictures)}
    follow = list(desk.conn.scalars(select(followers.c.person_id).where(followers.c.order_id == order.id)))
    awards = desk.conn.execute(select(func.count()).where(transfers.c.order_id == order.id)).scalar()
    others = select(func.count()).select_from(reports).where(reports.c.verdict.is_not(None))
    unsent = desk.conn.execute(select(func.count()).where(outbox.c.state.in_(("queued", "sending", "dead")))).scalar()
    kind, ben = desk.file.reports[order.category], telling.phone("ben").id
    found = {
        "the report is closed": order.state == "closed",
        "the supervisor has judged it, once": (report.verdict, report.judged_by) == ("accepted", hugo.id),
        "there is one report of it": desk.conn.execute(others).scalar() == 1,
        "the neighbour follows it": follow == [ama.id],
        "it was opened again once": happened.count("reopen") == 1 and happened.count("resolve") == 2,
        "two pictures before, one after each time": shown == {"story": 2, "done": 2},
        "two awards were posted": awards == 2,
        "whoever told us first has earned": _points(desk, telling.phone("faye").id)
        == before[telling.phone("faye").id] + kind.award.reporter,
        "whoever mended it has earned": _points(desk, ben) == before[ben] + kind.award.doer,
        "nothing is left unsent": unsent == 0,
        "the ledger is sound": points.audit(desk.conn) == [],
    }
    if broken := [promise for promise, kept in found.items() if not kept]:
        raise NotAsPromised(f"the database says otherwise: {', '.join(broken)}")
