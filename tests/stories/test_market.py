"""An afternoon at the station: browsed, redeemed, scanned, mistyped, restocked, booked; and who hears of what."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from sandbox.phones import Phone
from storage.tables import items
from tests.flows.scenes import earns, redeems
from tests.town import TestTown


async def has_points(town: TestTown, phone: Phone, amount: int = 100) -> None:
    await town.at_desk(lambda desk: earns(desk, phone.id, amount))


async def test_the_picture_of_the_card_is_read_and_nobody_else_can_use_it(town: TestTown) -> None:
    await has_points(town, town.ben)
    code = await redeems(town, town.ben)
    card = await town.ben.sees("Your code", buttons=["Call it off"])
    picture = await town.demo.town.picture(card)
    await town.eli.shows(picture)
    await town.eli.hears("Rice × 1", "building 5, room 302", buttons=["Handed over"])
    await town.faye.says(code)
    await town.faye.does_not_see("building 5")
    await town.faye.all_read()
    await town.eli.says("[Handed over]")
    await town.ben.hears("was handed over")
    await town.eli.shows(picture)
    await town.eli.hears("handed over at")
    await town.eli.all_read()
    await town.ben.all_read()


async def test_what_became_dearer_meanwhile_is_asked_for_again(town: TestTown) -> None:
    await has_points(town, town.ben)
    await town.ben.says("/market", "[Rice · 20]", "[Have it]", "[2]")
    await town.ben.sees("costs 40 points")
    await town.at_desk(lambda desk: desk.conn.execute(items.update().where(items.c.price == 20).values(price=30)))
    await town.ben.says("[Yes, redeem it]")
    await town.ben.sees("has changed meanwhile", "costs 60 points")
    await town.ben.says("[Yes, redeem it]")
    await town.ben.hears("is kept for you at")
    await town.ben.all_read()


async def test_a_photo_without_a_code_is_answered(town: TestTown) -> None:
    await town.eli.sends("photo")
    await town.eli.hears("I can see no code in this picture")


async def test_five_wrong_codes_lock_the_counter_and_an_officer_hears(town: TestTown) -> None:
    await has_points(town, town.ben)
    code = await redeems(town, town.ben)
    for wrong in range(5):
        await town.eli.says(f"0000000{wrong}")
        await town.eli.hears("I know no code like that here")
    await town.ivy.hears("Five wrong codes", "Eli")
    await town.eli.says(code)
    await town.eli.hears("takes no codes")
    await town.wait(minutes=11)
    await town.eli.says(code, "[Handed over]")
    await town.ben.hears("was handed over")
    await town.eli.all_read()
    await town.ben.all_read()


async def test_the_list_on_paper_and_what_was_ticked_on_it(town: TestTown) -> None:
    await has_points(town, town.ben)
    await redeems(town, town.ben)
    await town.eli.says("/counter")
    await town.eli.sees("1 thing waits")
    await town.eli.says("[🖨 The list on paper]")
    paper = await town.eli.sees("To be printed")
    assert paper["document"]["file_name"] == "list.pdf"
    at = town.now.astimezone(town.demo.app.file.zone)
    await town.wait(hours=2)
    await town.eli.says("/counter", "[Enter from paper]", "1", f"{at:%H}:{at.minute + 5:02}")
    await town.eli.sees(f"handed over at {at:%H}:{at.minute + 5:02}")
    await town.eli.all_read()
    await town.ben.all_read()


async def test_what_was_gone_is_told_of_once_when_it_is_back(town: TestTown) -> None:
    for phone in (town.ben, town.cleo):
        await has_points(town, phone, 200)
    await town.ben.says("/market", "[More ▶]", "[Rice cooker]", "[Have it]", "[1]", "[Yes, redeem it]")
    await town.cleo.says("/market", "[More ▶]", "[Rice cooker]", "[🔔 Tell me when it is back]")
    await town.ben.says("[Call it off]")
    await town.cleo.hears("Rice cooker is there again")
    await town.ivy.says("/setup", "[What is on the shelves]", "[Rice cooker]", "[More on the shelf]", "2")
    await town.ivy.sees("there are 3 on the shelf now")
    for phone in (town.ben, town.cleo, town.ivy):
        await phone.all_read()


async def test_a_haircut_is_booked_confirmed_and_has_happened(town: TestTown) -> None:
    await has_points(town, town.ben)
    await town.ben.says("/market", "[Haircut]", "[Have it]", "[1]", "Tuesday at ten", "[Yes, redeem it]")
    await town.ben.sees("I have asked whoever gives it")
    await town.eli.taps("Yes, that suits", on=await town.eli.hears("Haircut", "Tuesday at ten", "building 5"))
    await town.ben.hears("Haircut is confirmed: Tuesday at ten")
    await town.ben.says("[Yes, it has happened]")
    await town.ben.says("/points")
    await town.ben.sees("88")
    await town.ben.says("/merchants")
    await town.ben.sees("The barber in Old Street", "Haircut")
    for phone in (town.ben, town.eli):
        await phone.all_read()


async def test_a_new_keeper_comes_by_a_link_and_goes_at_once(town: TestTown) -> None:
    await town.ivy.says("/setup", "[🏪 Ankang Station]", "[➕ Invite a keeper]")
    link = (await town.ivy.hears("keeper of Ankang Station", "t.me/"))["text"].split()[-1]
    await town.cleo.starts(parse_qs(urlsplit(link).query)["start"][0])
    await town.cleo.sees("You are now keeper of Ankang Station")
    await town.cleo.says("/counter")
    await town.cleo.sees("Nothing waits to be collected here")
    await town.ivy.says("/setup", "[Remove somebody]", "[Cleo, keeper of Ankang Station]", "[Yes, end it]")
    await town.cleo.says("/counter")
    await town.cleo.sees("Only the people in charge of this can do that")
    for phone in (town.ivy, town.cleo):
        await phone.all_read()


async def test_who_left_the_household_sees_its_card_no_more(town: TestTown) -> None:
    await has_points(town, town.ben)
    await redeems(town, town.ben)
    await town.ben.says("/household", "[Leave this household]", "[Yes]")
    await town.ben.does_not_see("Your code")
    await town.ben.all_read()
    await town.wait(hours=24 * 8)
    await town.ben.does_not_see("was not collected in time")
    await town.ben.all_read()


async def test_the_reminder_comes_by_day_and_the_points_come_back(town: TestTown) -> None:
    await has_points(town, town.ben)
    await redeems(town, town.ben)
    await town.ben.all_read()
    await town.wait(hours=24 * 7 - 3)
    await town.ben.hears("Rice × 1 waits for you at Ankang Station until")
    assert 6 <= (town.now.astimezone(town.demo.app.file.zone)).hour <= 22
    await town.wait(hours=18)
    await town.wait(hours=9)
    await town.ben.hears("was not collected in time")
    await town.ben.says("/points")
    await town.ben.sees("100")
    await town.ben.all_read()
