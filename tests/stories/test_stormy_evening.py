"""Much at once in one group: cards without a sound, one pinned list for all, and thanks at half past eight."""

from __future__ import annotations

from desk.front import Desk
from desk.orders import NewOrder, make_order
from sandbox.phones import Json, labels_of, text_of
from storage.people import find_person
from tests.town import TestTown


async def ask(town: TestTown, count: int, begin: int = 0) -> None:
    """So many requests of Faye's, from next door to the team."""

    def deed(desk: Desk) -> None:
        faye = find_person(desk.conn, town.faye.id)
        assert faye is not None
        for number in range(begin, begin + count):
            make_order(desk, NewOrder(f"talk-{number}", "errand", "ankang", faye.id, faye.id))

    await town.at_desk(deed)


async def lists(town: TestTown) -> list[Json]:
    return [message for message in await town.volunteers.from_bot() if "A tap shows its card" in text_of(message)]


async def test_a_list_stands_for_many_and_goes_when_it_is_calm(town: TestTown) -> None:
    await ask(town, 5)
    assert await lists(town) == []
    await ask(town, 2, 5)
    [board] = await lists(town)
    await town.volunteers.sees("7 requests wait.", "Groceries", "since 10:00")
    assert len(labels_of(board)) == 7
    pins = [call for call in await town.demo.town.calls() if call["method"] == "pinChatMessage"]
    assert len(pins) == 1
    before = len(await town.volunteers.from_bot())
    await town.ben.taps(labels_of(board)[0], on=board)
    cards = await town.volunteers.from_bot()
    assert len(cards) == before and labels_of(cards[-1]) == ["I'll take it"], "its card stands below now, and once"
    for phone in (town.ben, town.ben, town.cleo):
        card = await town.volunteers.sees("Nobody has taken it yet", buttons=["I'll take it"])
        await phone.taps("I'll take it", on=card)
    await town.volunteers.sees("It is calm again")
    assert await lists(town) == []
    unpins = [call for call in await town.demo.town.calls() if call["method"] == "unpinChatMessage"]
    assert [call["params"]["message_id"] for call in unpins] == [board["message_id"]]
    await read_by_all(town)


async def test_thanks_come_once_and_only_where_somebody_answered(town: TestTown) -> None:
    await ask(town, 2)
    await town.wait(minutes=3)
    card = await town.volunteers.sees("Nobody has taken it yet", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.wait(hours=10, minutes=26)
    await town.volunteers.does_not_see("Thank you all")
    await town.wait(minutes=1)
    await town.volunteers.sees("Today: 2 requests, 1 answered, the fastest in 3 minutes. Thank you all!")
    await town.wait(minutes=30)
    thanks = [m for m in await town.volunteers.from_bot() if "Thank you all" in text_of(m)]
    assert len(thanks) == 1
    await town.care.does_not_see("Thank you all")
    await read_by_all(town)


async def read_by_all(town: TestTown) -> None:
    for chat in (*town.demo.phones.values(), *town.demo.groups.values()):
        await chat.all_read()
