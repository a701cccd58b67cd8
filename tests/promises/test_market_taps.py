"""Many fingers at once at the market: one code for one balance, one for the last piece, one end, one hand-over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update

from desk import households, people, pickup_codes, pickups
from desk.front import Desk
from domain.households import Address
from domain.points import Posting
from domain.words import Text
from sandbox.phones import Phone
from storage import points
from storage.audit import audit
from storage.households import find_at
from storage.roles import give_role
from storage.tables import accounts, items, redemptions, stations
from tests.town import TestTown

SURE = "Yes, redeem it"


async def neighbours(town: TestTown, count: int, *, together: bool, have: int) -> list[Phone]:
    """They know the desk; all of one household, or each of their own; every household has so many points."""
    phones = [await town.demo.town.person(f"Nei{n:02}", language_code="en") for n in range(count)]
    for phone in phones:
        town.demo.sandbox.world.people[phone.id].started = True

    def move_in(desk: Desk) -> None:
        homes = [Address("ankang", "77", str(1 if together else n)) for n in range(count)]
        households.let_stand(desk, list(dict.fromkeys(homes)))
        for phone, at in zip(phones, homes, strict=True):
            person = people.meet(desk, phone.id, phone.name, "en", started=True)
            person = people.change(desk, person, name=phone.name, language="en")
            people.consent(desk, person)
            home = find_at(desk.conn, at)
            assert home is not None
            households.join(desk, person, home)
            moved = [
                Posting(points.desk_account(desk.conn, "issuer"), -have),
                Posting(points.account_of(desk.conn, home.id), have),
            ]
            points.post(desk.conn, desk.now, "award", f"gift:{home.id}", moved, Text("A gift"))

    await town.at_desk(move_in)
    for phone in phones:
        await phone.all_read()
    return phones


async def about_to_redeem(phones: Sequence[Phone], what: str, count: str) -> None:
    for phone in phones:
        await phone.says("/market")
        await phone.taps(what)
        await phone.says("[Have it]", f"[{count}]")


async def all_at_once(town: TestTown, phones: Sequence[Phone]) -> list[str]:
    """Everybody says yes in the same moment; the codes that came of it."""
    before = await asyncio.gather(*(phone.sees(buttons=[SURE]) for phone in phones))
    await asyncio.gather(*(phone.taps(SURE, on=card, read=False) for phone, card in zip(phones, before, strict=True)))
    await town.settle()

    def codes(desk: Desk) -> list[str]:
        return list(desk.conn.scalars(select(redemptions.c.state)))

    found: list[str] = town.look(codes)
    assert town.look(lambda desk: audit(desk.conn)) == []
    return found


async def cards_with_codes(phones: Sequence[Phone]) -> list[Phone]:
    return [phone for phone in phones if any("Your code" in str(each) for each in await phone.from_bot())]


async def test_ten_of_one_household_redeem_all_it_has_and_one_has_a_code(town: TestTown) -> None:
    phones = await neighbours(town, 10, together=True, have=40)
    await about_to_redeem(phones, "Rice", "2")
    assert await all_at_once(town, phones) == ["ready"]
    assert len(await cards_with_codes(phones)) == 1
    balances = select(accounts.c.kind, accounts.c.balance).where(accounts.c.household_id.is_not(None))
    held = town.look(lambda desk: sorted(tuple(row) for row in desk.conn.execute(balances)))
    assert ("household", 0) in held and ("hold", 40) in held
    for phone in phones:
        await phone.all_read()


async def test_twenty_households_reach_for_the_last_one_and_one_has_it(town: TestTown) -> None:
    phones = await neighbours(town, 20, together=False, have=120)
    await town.ama.all_read()
    for phone in phones:
        await phone.says("/market", "[More ▶]")
        await phone.taps("Rice cooker")
        await phone.says("[Have it]", "[1]")
    assert await all_at_once(town, phones) == ["ready"]
    winners = await cards_with_codes(phones)
    assert len(winners) == 1
    for phone in phones:
        if phone not in winners:
            await phone.sees("There is no more of it just now")
        await phone.all_read()
    assert town.look(lambda desk: desk.conn.scalar(select(items.c.stock).where(items.c.price == 120))) == 0


async def another_keeper(town: TestTown) -> Phone:
    otto = await town.demo.town.person("Otto", language_code="en")
    town.demo.sandbox.world.people[otto.id].started = True

    def welcome(desk: Desk) -> None:
        person = people.meet(desk, otto.id, "Otto", "en", started=True)
        people.consent(desk, people.change(desk, person, name="Otto", language="en"))
        give_role(desk.conn, desk.now, person.id, "keeper", station_id=desk.conn.scalar(select(stations.c.id)) or 0)

    await town.at_desk(welcome)
    return otto


async def test_two_keepers_scan_one_code_and_it_is_handed_over_once(town: TestTown) -> None:
    (nina,) = await neighbours(town, 1, together=True, have=20)
    otto = await another_keeper(town)
    await about_to_redeem([nina], "Rice", "1")
    await nina.taps(SURE)
    link = town.look(lambda desk: "v_" + pickup_codes.token_of(desk, pickups.get_redemption(desk, 1)))
    await asyncio.gather(*(keeper.starts(link) for keeper in (town.eli, otto)))
    cards = [await keeper.sees("Rice", "building 77", buttons=["Handed over"]) for keeper in (town.eli, otto)]
    told = await asyncio.gather(
        *(keeper.taps("Handed over", on=card, read=False) for keeper, card in zip((town.eli, otto), cards, strict=True))
    )
    await town.settle()
    said = sorted(str((answer or {}).get("text")) for answer in told)
    assert said[0].startswith("Noted") and "changed meanwhile: handed over" in said[1], said
    await nina.hears("was handed over")
    assert town.look(lambda desk: audit(desk.conn)) == []
    for phone in (nina, otto, town.eli):
        await phone.all_read()


async def test_collected_called_off_and_expired_in_one_moment_ends_once(town: TestTown) -> None:
    """The clock, the keeper and the household, whoever comes first; again and again."""
    phones = await neighbours(town, 4, together=False, have=20)
    ended = []
    for number, phone in enumerate(phones, 1):
        await about_to_redeem([phone], "Rice", "1")
        await phone.taps(SURE)
        mine = await phone.sees("Your code", buttons=["Call it off"])
        link = town.look(lambda desk, n=number: "v_" + pickup_codes.token_of(desk, pickups.get_redemption(desk, n)))
        await town.eli.starts(link)
        handing = await town.eli.sees("Rice", buttons=["Handed over"])
        over = {"until": town.now - timedelta(seconds=1), "due_at": town.now - timedelta(seconds=1)}
        await town.at_desk(
            lambda desk, n=number, over=over: desk.conn.execute(
                update(redemptions).where(redemptions.c.id == n).values(**over)
            )
        )
        races = [
            town.eli.taps("Handed over", on=handing, read=False),
            phone.taps("Call it off", on=mine, read=False),
            town.demo.app.office.pump.do(pickups.sweep_redemptions),
        ]
        await asyncio.gather(*(races[number % 3 :] + races[: number % 3]))
        await town.settle()
        ended.append(town.look(lambda desk, n=number: pickups.get_redemption(desk, n).state))
        assert town.look(lambda desk: audit(desk.conn)) == []
    assert set(ended) <= {"collected", "cancelled", "expired"}, ended
    for phone in (*phones, town.eli):
        await phone.all_read()
