"""A household's card on its telephone and on paper, and what becomes of it at a keeper's counter."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import pypdf
from aiohttp import FormData

from bot.drawing.codes import read_qr
from desk import households
from domain.households import Address
from sandbox.phones import Json, Phone
from storage import points
from tests.flows.scenes import earns, makes_a_pin, moves_in
from tests.town import TestTown


async def at_home(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.at_desk(lambda desk: moves_in(desk, town.ama.id))


def picture(town: TestTown, message: Json) -> bytes:
    file_id = message["photo"][-1]["file_id"] if "photo" in message else message["document"]["file_id"]
    data: bytes = town.demo.sandbox.world.files.by_id[file_id].data
    return data


def link_on(card: bytes) -> str:
    read = read_qr(card)
    assert read is not None
    return parse_qs(urlsplit(read).query)["start"][0]


async def test_a_keeper_scans_the_picture_and_others_see_the_menu(town: TestTown) -> None:
    await at_home(town)
    await town.ama.says("/card")
    code = link_on(picture(town, await town.ama.hears("The card of", buttons=["Make a new one"])))
    await town.eli.starts(code)
    await town.eli.hears("building 9", "Can use 0 points now")
    await town.joins(town.faye)
    await town.faye.starts(code)
    await town.faye.hears("What can I do for you?")
    await town.faye.does_not_see("building 9", "Can use")
    await town.ama.says("[Make a new one]", "[Yes]")
    renewed = link_on(picture(town, await town.ama.hears("The card of", buttons=["Make a new one"])))
    assert renewed != code
    await town.eli.starts(code)
    await town.eli.hears("What can I do for you?")


async def test_whoever_left_has_neither_the_card_nor_its_print_any_more(town: TestTown) -> None:
    await at_home(town)
    await town.ama.says("/card", "[🖨 For printing]")
    await town.ama.says("/household", "[Leave this household]", "[Yes]")
    await town.ama.does_not_see("The card of", "printed and cut out")
    await town.ama.all_read()


async def test_it_has_a_name_and_a_print(town: TestTown) -> None:
    await at_home(town)
    await town.ama.says("/card", "[Another name on it]", "The blue door")
    card = await town.ama.hears("The card of The blue door", buttons=["For printing"])
    code = link_on(picture(town, card))
    await town.ama.says("[🖨 For printing]")
    paper = await town.ama.hears("printed and cut out")
    assert paper["document"]["file_name"] == "card.pdf"
    (page,) = pypdf.PdfReader(io.BytesIO(picture(town, paper))).pages
    (print_,) = page.images
    assert link_on(print_.data) == code


async def test_a_household_without_a_telephone_redeems_with_its_card_and_pin(town: TestTown) -> None:
    await at_home(town)
    await town.at_desk(lambda desk: earns(desk, town.ama.id, 100))
    card, pin = await town.at_desk(makes_a_pin)
    slip = await town.dina.hears("The PIN of", pin)
    await town.dina.taps("It is written down", on=slip)
    await town.dina.sees("has its PIN on paper")
    await town.dina.does_not_see(pin)
    await town.eli.starts(card)
    await town.eli.hears("Can use 100 points now", "Rice · 20 points")
    await town.eli.says("[They choose here, with their PIN]", "[Rice]", "[2]", "0000")
    await town.eli.sees("Rice × 2 costs their household 40 points", "You can try 4 more times")
    await town.eli.says(pin)
    await town.eli.does_not_see(pin)
    await town.eli.taps("Handed over", on=await town.eli.hears("Rice × 2", buttons=["Handed over"]))
    await town.eli.sees("handed over at")
    await town.ama.hears("was handed over")
    assert await town.at_desk(lambda desk: points.audit(desk.conn)) == []


async def test_five_wrong_pins_end_it_and_the_community_worker_hears(town: TestTown) -> None:
    await at_home(town)
    await town.at_desk(lambda desk: earns(desk, town.ama.id, 100))
    card, pin = await town.at_desk(makes_a_pin)
    await town.dina.hears("The PIN of")
    await town.eli.starts(card)
    await town.eli.says("[They choose here, with their PIN]", "[Rice]", "[1]", *["0000"] * 5)
    await town.eli.sees("this card is locked")
    await town.dina.hears("Five wrong PINs", "Eli")
    await town.eli.says("[They choose here, with their PIN]", "[Rice]", "[1]", pin)
    await town.eli.sees("this card is locked")
    await town.eli.does_not_see(pin)


async def test_a_photo_of_the_card_opens_it_as_well(town: TestTown) -> None:
    await at_home(town)
    await town.ama.says("/card")
    drawn = picture(town, await town.ama.hears("The card of"))
    await sends_photo(town, town.eli, drawn)
    await town.eli.hears("Can use 0 points now")


async def sends_photo(town: TestTown, phone: Phone, data: bytes) -> None:
    form = FormData({"user": str(phone.id), "chat": str(phone.id), "kind": "photo"})
    form.add_field("file", data, filename="photo.png", content_type="image/png")
    async with phone.town.session.post(f"{phone.town.url}/control/send", data=form) as answer:
        assert answer.status == 200, await answer.text()
    await town.settle()


async def test_two_households_are_put_together_and_parted_again_in_chat(town: TestTown) -> None:
    await at_home(town)
    await town.joins(town.faye)
    await town.at_desk(lambda desk: earns(desk, town.ama.id, 100))
    await town.at_desk(lambda desk: households.let_stand(desk, [Address("ankang", "9", "102")]))
    await town.dina.says(
        "/households", "[Put two households together]", "9", "101", "9", "102", "[They live together now]"
    )
    await town.dina.sees("building 9, room 101", "into", "building 9, room 102", "100 points")
    await town.dina.says("[Yes]")
    await town.dina.sees("They are one household now, with 100 points to use")
    await town.ama.hears("Two households were put together")
    await town.dina.says("/households", "[Part a household]", "9", "101")
    await town.dina.sees("No household stands there")
    await town.dina.says("[✕ Cancel]", "/households", "[Part a household]", "9", "102", "12", "301", "[Ama]")
    await town.dina.says("[That is all of them]", "[50]", "[They have moved out]")
    await town.dina.sees("Ama will belong to", "building 12, room 301", "50 points")
    await town.dina.says("[Yes]")
    await town.dina.sees("They are two households now")
    await town.ama.hears("You belong to the household at", "50 points came along")
    await town.faye.says("/households")
    await town.faye.sees("not open to you")
    assert await town.at_desk(lambda desk: points.audit(desk.conn)) == []


async def test_whoever_stays_never_sees_where_somebody_went(town: TestTown) -> None:
    """Cleo leaves the household that Ama lives in, and belongs to another one: nothing of it reaches Ama."""
    await at_home(town)
    await town.at_desk(lambda desk: households.let_stand(desk, [Address("haitang", "77", "7")]))
    await town.cleo.says("/household", "[Leave this household]", "[Yes]")
    await town.at_desk(lambda desk: moves_in(desk, town.cleo.id))
    await town.ama.hears("Cleo now belongs to your household")
    await town.cleo.says("/household", "[Leave this household]", "[Yes]")
    await town.at_desk(lambda desk: moves_in(desk, town.cleo.id, Address("haitang", "77", "7")))
    await town.ama.all_read()
    for asked in ("/household", "/card", "/points", "/settings", "/menu"):
        await town.ama.says(asked)
    await town.ama.hears("Your household", "In it: Ama.")
    await town.ama.does_not_see("77", "Haitang Community, building")
