"""How the town comes to where each conversation begins, in any language: whose phone it is, and the first tap."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from bot.demo.shelves import THINGS
from desk import by_hand, honours, household_cards, households, reports
from desk.front import Desk
from desk.points import earn
from desk.reports import NewReport, make_report
from domain.honours import period_of
from domain.households import Address, building_of
from domain.points import Earning, Posting
from domain.words import Text
from sandbox.phones import Phone, text_of
from storage import points
from storage.households import find_at, find_household
from storage.people import find_person, holders_of
from tests.town import TestTown

HOME = Address("ankang", "9", "101")

Scene = Callable[[TestTown], Awaitable[tuple[Phone, str]]]
"""The phone, and what it says or taps first; [in brackets] a button."""


def t(town: TestTown, msgid: str) -> str:
    return town.said(Text(msgid))


def button(town: TestTown, msgid: str) -> str:
    return f"[{t(town, msgid)}]"


def category(town: TestTown, key: str) -> str:
    return f"[{town.demo.app.file.categories[key].name[town.demo.language]}]"


async def asks(town: TestTown, phone: Phone, key: str = "errand") -> None:
    """A whole request, sent."""
    await phone.says("/help", category(town, key), "No rice, my leg hurts", button(town, "That's all"))
    await phone.says("Ankang 安康, building 3, room 201", button(town, "Today"), button(town, "Yes, send it"))


async def stranger(town: TestTown) -> tuple[Phone, str]:
    return town.ama, "/start"


def command(name: str) -> Scene:
    async def scene(town: TestTown) -> tuple[Phone, str]:
        await town.joins(town.ama)
        return town.ama, name

    return scene


async def asked(town: TestTown) -> tuple[Phone, str]:
    await town.joins(town.ama)
    await asks(town, town.ama)
    return town.ama, button(town, "Call it off")


def holding(label: str) -> Scene:
    async def scene(town: TestTown) -> tuple[Phone, str]:
        await asked(town)
        card = await town.volunteers.sees(buttons=[t(town, "I'll take it")])
        await town.ben.taps(t(town, "I'll take it"), on=card)
        await town.ben.all_read()
        return town.ben, button(town, label)

    return scene


async def closed(town: TestTown) -> tuple[Phone, str]:
    await holding("Done")(town)
    await town.ben.says(button(town, "Done"), "In her kitchen", button(town, "That's all"))
    await town.ama.says(button(town, "Yes, it's done"))
    await town.ama.taps("5")
    await town.ama.taps("5")
    return town.ama, button(town, "Say a word")


def alerted(label: str) -> Scene:
    async def scene(town: TestTown) -> tuple[Phone, str]:
        await asked(town)
        await town.wait(minutes=15)
        await town.wait(minutes=15)
        await town.dina.all_read()
        return town.dina, button(town, label)

    return scene


async def questioned(town: TestTown) -> tuple[Phone, str]:
    _dina, label = await alerted("Ask them something")(town)
    await town.dina.says(label, "Which floor is it on?")
    return town.ama, button(town, "Answer")


def reported(label: str, kind: str = "lamp") -> Scene:
    """Two neighbours have reported something of one kind, and Dina is called to look."""

    async def scene(town: TestTown) -> tuple[Phone, str]:
        def tell(desk: Desk) -> None:
            for phone, words in ((town.ben, "It is dark there"), (town.cleo, "Bags by the gate again")):
                person = find_person(desk.conn, phone.id)
                assert person is not None
                told = [{"kind": "text", "words": words}]
                make_report(desk, NewReport(phone.name, kind, "ankang", person.id, place="By the gate", parts=told))

        await town.at_desk(tell)
        await town.wait(minutes=1)
        return town.dina, button(town, label)

    return scene


async def writing(town: TestTown) -> tuple[Phone, str]:
    await holding("Done")(town)
    return town.ama, f"[{town.said(Text('Write to {name}')(name=town.ben.name))}]"


async def confided(town: TestTown) -> tuple[Phone, str]:
    await town.joins(town.ama)
    await town.ama.says("/help", category(town, "not_safe"), button(town, "Yes"))
    await town.ama.says(button(town, "No, I'll ask here with a word of my own"))
    unit = town.demo.app.file.units["ankang"].name[town.demo.language]
    await town.ama.says(f"[{unit}]", f"[{unit}]", button(town, "Nobody else"), "I need somebody to talk to")
    await town.ama.says(button(town, "That's all"), "pomegranate", button(town, "Pass it on"))
    await town.wait(minutes=1)
    await town.dina.taps(t(town, "Open"))
    await town.dina.taps(t(town, "I'll take it"))
    return town.dina, button(town, "Leave a message")


async def giving(town: TestTown) -> tuple[Phone, str]:
    return town.dina, "/award"


async def given(town: TestTown) -> tuple[Phone, str]:
    """Dina has given Ben's household points, and looks at what was decided."""

    def give(desk: Desk) -> None:
        dina, ben = find_person(desk.conn, town.dina.id), find_person(desk.conn, town.ben.id)
        assert dina is not None and ben is not None and ben.household_id is not None
        home = find_household(desk.conn, ben.household_id)
        assert home is not None
        by_hand.give(desk, dina, by_hand.Gift("gift", home.at, ben.id, 5, "service", "Carried the piano"))

    await town.at_desk(give)
    await town.ben.all_read()
    await town.dina.says("/audit")
    return town.dina, f"[{town.said(Text('Take back {number}')(number=1))}]"


def looking_over(label: str, *taps: str) -> Scene:
    """Cleo's household has earned most, and Dina looks the honour board over."""

    def propose(desk: Desk) -> None:
        home = find_at(desk.conn, Address("ankang", "2", "101"))
        assert home is not None
        earn(desk, Earning("helped", home.id, None, 5, Text("Given by hand")))
        honours.propose(desk, "ankang", period_of(f"{desk.now:%Y-%m}"))

    async def scene(town: TestTown) -> tuple[Phone, str]:
        await town.at_desk(propose)
        for tap in taps:
            await town.dina.taps(town.said(Text(tap)(number=1)))
        return town.dina, button(town, label)

    return scene


def with_a_card(label: str) -> Scene:
    """Ama belongs to a household, and looks at its card."""

    async def scene(town: TestTown) -> tuple[Phone, str]:
        await town.joins(town.ama)
        await town.at_desk(lambda desk: moves_in(desk, town.ama.id))
        await town.ama.says("/card")
        return town.ama, button(town, label)

    return scene


def moves_in(desk: Desk, telegram_id: int, at: Address = HOME) -> None:
    households.let_stand(desk, [at])
    home, person = find_at(desk.conn, at), find_person(desk.conn, telegram_id)
    assert home is not None and person is not None
    households.join(desk, person, home)


def setting_up(label: str, *, team: bool = False) -> Scene:
    """An officer looks at how the desk is arranged; with `team`, at its first team."""

    async def scene(town: TestTown) -> tuple[Phone, str]:
        await town.ivy.says("/setup")
        if team:
            await town.ivy.taps("👥")
        return town.ivy, button(town, label)

    return scene


async def loose_words(town: TestTown) -> tuple[Phone, str]:
    await holding("Done")(town)
    return town.ama, "A small bag is enough"


async def praised(town: TestTown) -> tuple[Phone, str]:
    """Ama has told of somebody, and Dina is asked whether it was so."""
    await town.joins(town.ama)
    unit = town.demo.app.file.units["ankang"].name[town.demo.language]
    await town.ama.says("/praise", button(town, "I can describe them"), "The young man with the glasses")
    await town.ama.says(button(town, "No"), f"[{unit}]", "Carried my shopping", button(town, "That's all"))
    await town.ama.says(button(town, "Yes, send it"))
    await town.dina.all_read()
    return town.dina, button(town, "Say who it was")


async def seen_before(town: TestTown) -> tuple[Phone, str]:
    """Somebody of the same building has told of the same lamp."""
    await town.joins(town.ama)

    def tells(desk: Desk) -> None:
        moves_in(desk, town.ama.id, Address("ankang", "3", "201"))
        other = find_person(desk.conn, town.ben.id)
        assert other is not None
        told: dict[str, Any] = {"unit": "ankang", "building": "3", "parts": [{"kind": "text", "words": "Dark"}]}
        for kind in ("lamp", "manhole"):
            reports.make_report(desk, reports.NewReport(kind, kind, reporter_id=other.id, **told))
        desk.said.clear()

    await town.at_desk(tells)
    return town.ama, "/report"


def earns(desk: Desk, telegram_id: int, amount: int) -> None:
    person = find_person(desk.conn, telegram_id)
    assert person is not None and person.household_id is not None
    account = points.account_of(desk.conn, person.household_id)
    moved = [Posting(points.desk_account(desk.conn, "issuer"), -amount), Posting(account, amount)]
    points.post(desk.conn, desk.now, "award", f"gift:{telegram_id}", moved, Text("A gift"))


def thing(town: TestTown, english: str) -> str:
    """Its name in the town's language."""
    return next(each.name[town.demo.language] for each in THINGS if each.name["en"] == english)


async def redeems(town: TestTown, phone: Phone, english: str = "Rice", count: str = "1") -> str:
    """Something from the market, to the end; its code."""
    await phone.says("/market")
    await phone.taps(thing(town, english))
    await phone.says(button(town, "Have it"), f"[{count}]", button(town, "Yes, redeem it"))
    card = await phone.sees(buttons=[t(town, "Call it off")])
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text_of(card))
    assert code is not None
    return code[0]


async def choosing(town: TestTown) -> tuple[Phone, str]:
    await town.joins(town.ama)
    await town.at_desk(lambda desk: moves_in(desk, town.ama.id))
    await town.at_desk(lambda desk: earns(desk, town.ama.id, 100))
    await town.ama.says("/market")
    await town.ama.taps(thing(town, "Rice"))
    return town.ama, button(town, "Have it")


async def handed_over(town: TestTown) -> tuple[Phone, str]:
    await town.at_desk(lambda desk: earns(desk, town.ben.id, 100))
    code = await redeems(town, town.ben)
    await town.eli.says(code, button(town, "Handed over"))
    return town.eli, button(town, "It was brought back…")


async def on_paper(town: TestTown) -> tuple[Phone, str]:
    await town.at_desk(lambda desk: earns(desk, town.ben.id, 100))
    await redeems(town, town.ben)
    await town.eli.says("/counter")
    return town.eli, button(town, "Enter from paper")


def makes_a_pin(desk: Desk, at: Address = HOME) -> tuple[str, str]:
    """What stands on the household's card, and its PIN."""
    home, dina = find_at(desk.conn, at), holders_of(desk.conn, "supervisor", unit=at.unit)[0]
    assert home is not None
    household_cards.make_pin(desk, dina, home)
    slip = household_cards.slip_for(desk, dina, home.id)
    assert slip is not None and slip[1] is not None
    return household_cards.view_of(desk, home).link.partition("start=")[2], slip[1]


async def looking_after_households(town: TestTown) -> tuple[Phone, str]:
    """A household where the transcript looks for it, and one where the walk through all questions does."""
    for at in (HOME, Address("ankang", building_of("3 号 hello"))):
        await town.at_desk(lambda desk, at=at: households.let_stand(desk, [at]))
    return town.dina, "/households"


async def their_card_was_scanned(town: TestTown) -> tuple[Phone, str]:
    await town.joins(town.ama)
    await town.at_desk(lambda desk: moves_in(desk, town.ama.id))
    await town.at_desk(lambda desk: earns(desk, town.ama.id, 100))
    card, _pin = await town.at_desk(makes_a_pin)
    await town.eli.starts(card)
    return town.eli, button(town, "They choose here, with their PIN")


def at_the_shelf(label: str, english: str = "") -> Scene:
    async def scene(town: TestTown) -> tuple[Phone, str]:
        await town.ivy.says("/setup", button(town, "What is on the shelves"))
        if english:
            await town.ivy.taps(thing(town, english))
        return town.ivy, button(town, label)

    return scene


def looking_after(label: str) -> Scene:
    """A way out was blocked three times, so that somebody looks after it as a whole."""

    async def scene(town: TestTown) -> tuple[Phone, str]:
        def reports_it(desk: Desk) -> None:
            person = find_person(desk.conn, town.ben.id)
            assert person is not None
            for number in range(3):
                told = NewReport(str(number), "exit", "ankang", person.id, latitude=29.95, longitude=122.3)
                make_report(desk, told)

        await town.at_desk(reports_it)
        await town.dina.all_read()
        return town.dina, button(town, label)

    return scene


SCENES: dict[str, Scene] = {
    "start": stranger,
    "language": command("/language"),
    "help": command("/help"),
    "report": seen_before,
    "callme": command("/callme"),
    "household": command("/household"),
    "households": looking_after_households,
    "atcounter": their_card_was_scanned,
    "newcard": with_a_card("Make a new one"),
    "namecard": with_a_card("Another name on it"),
    "forget": command("/forget"),
    "private": command("/help"),
    "cancel_order": asked,
    "rate": closed,
    "resolve": holding("Done"),
    "give_back": holding("Give it back"),
    "give_to": alerted("Give it to…"),
    "call_off": alerted("Call it off"),
    "ask": alerted("Ask them something"),
    "answer": questioned,
    "strike_out": reported("Accept", "litter"),
    "same_as": reported("Same as…"),
    "refer_to": reported("Not ours: refer to…"),
    "decline": reported("Nothing to be done"),
    "case_reply": confided,
    "write": writing,
    "addteam": setting_up("➕ Add a team"),
    "addsupervisor": setting_up("➕ Invite a supervisor"),
    "renameteam": setting_up("Change the name", team=True),
    "removeteam": setting_up("Remove the team", team=True),
    "endrole": setting_up("Remove somebody", team=True),
    "whose": loose_words,
    "praise": command("/praise"),
    "diary": command("/diary"),
    "who_did_it": praised,
    "award": giving,
    "undo": given,
    "leave_out": looking_over("Leave it out…", "Look at {number}"),
    "quiet_hero": looking_over("Add a quiet hero"),
    "redeem": choosing,
    "takeback": handed_over,
    "frompaper": on_paper,
    "additem": at_the_shelf("➕ Add something"),
    "restock": at_the_shelf("More on the shelf", "Rice"),
    "changeitem": at_the_shelf("Change…", "Rice"),
    "addstation": setting_up("➕ Add a station"),
    "addmerchant": setting_up("➕ Add a merchant"),
    "problem_note": looking_after("Say how it goes"),
    "problem_owner": looking_after("Hand it over"),
    "problem_close": looking_after("It is solved"),
}
