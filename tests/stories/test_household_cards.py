"""A household's card on its telephone and on paper, and what becomes of it at a keeper's counter."""

from __future__ import annotations

import io
from urllib.parse import parse_qs, urlsplit

import pypdf

from bot.drawing.codes import read_qr
from desk import household_cards
from desk.front import Desk
from sandbox.phones import Json
from storage.households import find_at
from storage.people import find_person
from storage.roles import give_role
from tests.flows.scenes import HOME, moves_in
from tests.town import TestTown


async def at_home(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.at_desk(lambda desk: moves_in(desk, town.ama.id))


async def keeps_a_counter(town: TestTown) -> None:
    def giving(desk: Desk) -> None:
        hugo = find_person(desk.conn, town.hugo.id)
        assert hugo is not None
        give_role(desk.conn, desk.now, hugo.id, "keeper")

    await town.joins(town.hugo)
    await town.at_desk(giving)


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
    await keeps_a_counter(town)
    await town.ama.says("/card")
    code = link_on(picture(town, await town.ama.hears("The card of", buttons=["Make a new one"])))
    await town.hugo.starts(code)
    await town.hugo.hears("building 9", "Can use 0 points now")
    await town.joins(town.faye)
    await town.faye.starts(code)
    await town.faye.hears("What can I do for you?")
    await town.faye.does_not_see("building 9", "Can use")
    await town.ama.says("[Make a new one]", "[Yes]")
    renewed = link_on(picture(town, await town.ama.hears("The card of", buttons=["Make a new one"])))
    assert renewed != code
    await town.hugo.starts(code)
    await town.hugo.hears("What can I do for you?")


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


async def test_a_pin_is_on_one_slip_until_it_is_written_down(town: TestTown) -> None:
    await at_home(town)

    def make(desk: Desk) -> str:
        home, dina = find_at(desk.conn, HOME), find_person(desk.conn, town.dina.id)
        assert home is not None and dina is not None
        household_cards.make_pin(desk, dina, home)
        slip = household_cards.slip_for(desk, dina, home.id)
        assert slip is not None
        return str(slip[1])

    pin = await town.at_desk(make)
    slip = await town.dina.hears("The PIN of", pin)
    await town.dina.taps("It is written down", on=slip)
    await town.dina.sees("has its PIN on paper")
    await town.dina.does_not_see(pin)
