"""A resident reports what they saw; others nearby have seen it too, and nobody learns who told us."""

from __future__ import annotations

import re

from sqlalchemy import select

from sandbox.phones import Json, Phone, text_of
from storage.tables import followers, orders
from tests.town import TestTown

PIN = {"latitude": 29.95, "longitude": 122.30}
CLOSE_BY = {"latitude": 29.9501, "longitude": 122.3001}
AGE = "[Yes, 14 or older]"


async def tells(phone: Phone, kind: str, pin: dict[str, float], *, photos: int = 1) -> None:
    """As far as the place."""
    await phone.says("/report", "[Something dangerous]", f"[{kind}]")
    for _photo in range(photos):
        await phone.sends("photo")
    await phone.says("It is by the gate", "[That's all]")
    await phone.sends("location", **pin)


async def sends_it(phone: Phone, show_name: str = "[Rather not]", *more: str) -> None:
    await phone.says("[Ankang Community]", show_name, *(more or (AGE,)), "[Yes, send it]")


def rows(town: TestTown) -> int:
    return town.look(lambda desk: len(desk.conn.execute(select(orders.c.id)).all()))  # type: ignore[no-any-return]


async def photos_of(phone: Phone) -> list[Json]:
    return [message for message in await phone.from_bot() if "photo" in message]


async def test_a_hazard_goes_to_the_team_at_once_and_what_to_do_now_is_said_first(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/report", "[Something dangerous]", "[A way out is blocked]")
    await town.ama.sees("use another way out", "I need a picture of it")
    await town.ama.says("Boxes on the stairs", "[That's all]")
    await town.ama.sees("a picture is needed")
    await town.ama.sends("photo")
    await town.ama.says("[That's all]")
    await town.ama.sends("location", **PIN)
    await sends_it(town.ama)
    card = await town.handy.sees("A way out is blocked", "Ankang", buttons=["I'll take it"])
    assert "Boxes" not in text_of(card)
    await town.ama.sees("The volunteers have been asked", buttons=["Call it off"])
    await town.dina.sees("The team has been asked. You need do nothing now.", "Boxes on the stairs")
    await town.ben.taps("I'll take it", on=card)
    await town.ben.sees("Boxes on the stairs")
    await town.ama.sees("Ben looks after it")
    await town.ama.all_read()
    await town.ben.all_read()


async def test_whoever_has_seen_the_same_follows_it_and_there_is_no_second_report(town: TestTown) -> None:
    for phone in (town.ama, town.faye):
        await town.joins(phone)
    await tells(town.ama, "A lamp is out", PIN)
    await sends_it(town.ama)
    await tells(town.faye, "A lamp is out", CLOSE_BY)
    await town.faye.sees("Somebody has reported this nearby", "15 m away", "has to look at it first")
    assert not await photos_of(town.faye), "nobody has judged it: its picture is shown to nobody"
    await town.faye.says("[It is the same]")
    await town.faye.sees("Thank you! It counts for more now")
    assert rows(town) == 1
    [who] = town.look(lambda desk: list(desk.conn.execute(select(followers.c.joined_as)).all()))
    assert who.joined_as is None
    await town.ama.sees("1 neighbour has seen it as well.")
    card = await town.faye.sees("A lamp is out")
    assert "Call it off" not in str(card.get("reply_markup")), "it is Ama's to call off"
    for phone in (town.ama, town.faye, town.dina):
        await phone.all_read()


async def test_the_picture_is_shown_once_somebody_has_judged_it(town: TestTown) -> None:
    for phone in (town.ama, town.faye):
        await town.joins(phone)
    await tells(town.ama, "A lamp is out", PIN)
    await sends_it(town.ama)
    await town.wait(minutes=1)
    await town.dina.taps("Accept")
    await tells(town.faye, "A lamp is out", CLOSE_BY)
    await town.faye.sees("Somebody has reported this nearby", "The volunteers have been asked")
    assert len(await photos_of(town.faye)) == 1
    await town.faye.says("[It is something else]", "[Rather not]", AGE)
    await town.faye.sees("This is what I understood")
    assert len(await photos_of(town.faye)) == 1, "shown once"
    await town.faye.says("[Yes, send it]")
    assert rows(town) == 2
    for chat in (town.ama, town.faye, town.dina, town.ben, town.handy):
        await chat.all_read()


async def test_no_name_number_or_account_of_a_reporter_is_anywhere_but_with_those_in_charge(town: TestTown) -> None:
    """Through a whole life of it: the groups, the neighbour who joins, and whoever mends it."""
    account = town.demo.sandbox.world.people[town.ama.id]
    account.first_name, account.username = "Kanarienvogel", "kanarienvogel"
    for phone in (town.ama, town.faye):
        await town.joins(phone)
    await tells(town.ama, "A way out is blocked", PIN, photos=2)
    await sends_it(town.ama)
    await tells(town.faye, "A way out is blocked", CLOSE_BY)
    await town.faye.says("[It is the same]")
    await town.ben.taps("I'll take it", on=await town.handy.sees("A way out", buttons=["I'll take it"]))
    await town.ama.replies("Mind the glass", to=await town.ama.sees("Ben looks after it"))
    await town.ben.sees("whoever reported it", "Mind the glass")
    await town.ben.says("[On my way]", "[Write to whoever reported it]", "I am here", "[That's all]", "[Done]")
    await town.ben.sends("photo")
    await town.ben.says("[That's all]")
    await town.ama.says("[Not mended yet]")
    await town.settle()
    traces = re.compile(rf"kanarien|\b{town.ama.id}\b", re.IGNORECASE)
    others = (*town.demo.groups.values(), town.faye, town.ben, town.cleo, town.hugo)
    found = [
        f"{chat.name}: {message}" for chat in others for message in await chat.from_bot() if traces.search(str(message))
    ]
    assert not found, "\n".join(found)
    assert any(traces.search(str(message)) for message in await town.ama.from_bot()), "the canary would be found"
    for chat in (*others, town.ama, town.dina, town.care, town.volunteers):
        await chat.all_read()


async def test_what_volunteers_must_not_touch_is_rung_in_by_those_in_charge(town: TestTown) -> None:
    await town.joins(town.ama)
    await tells(town.ama, "A wire hanging or bare", PIN)
    await sends_it(town.ama)
    await town.handy.sees("A wire hanging or bare", "only keep people away", "The power company")
    await town.wait(minutes=1)
    await town.dina.sees("Please ring The power company now: 95598", buttons=["I have rung them"])
    await town.ama.sees("The power company looks after it: 95598", "Somebody in charge is ringing them")
    await town.dina.says("[I have rung them]")
    await town.ama.sees("They were told at")
    for chat in (town.ama, town.dina, town.handy, town.ben):
        await chat.all_read()


async def test_a_good_deed_is_told_in_its_own_words(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.ama.says("/report", "[A good deed]")
    await town.ama.sees("Who did it?")
    await town.ama.says("[✕ Cancel]")
    await town.ama.all_read()
