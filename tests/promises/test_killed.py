"""The desk is killed at each of its dangerous moments, on the steps that matter, and started again.

Afterwards the chats hold what they hold when nothing goes wrong. Only when it is killed between Telegram's answer and
the mark, nobody can know what has arrived: a card is then put there once more, and a receipt is not repeated.
"""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter

import pytest
from sqlalchemy import func, select

from desk.front import Desk
from sandbox.phones import Json, Phone, labels_of, shown
from storage.points import audit
from storage.tables import inbox, metadata, order_history, outbox
from tests.conftest import MORNING
from tests.promises.conftest import Nursery, opens
from tests.stories.test_asking import ASK
from tests.town import TestTown, a_town

SEND, TAKE, CLOSE = "Yes, send it", "I'll take it", "Yes, it's done"
VARYING = re.compile(r"\b[0-9A-Z]{2}-[0-9A-Z]{3}\b|(?<=this word first: )\w+")
"""The reference and the door word are drawn anew each time."""

Standing = Counter[tuple[str, str]]
Undisturbed = tuple[Standing, dict[str, int]]


async def up_to(town: TestTown, step: str) -> tuple[Phone, str, Json]:
    """The story as far as this step: whose tap is next, on what."""
    await town.joins(town.ama)
    await town.ama.says(*ASK)
    if step == SEND:
        return town.ama, SEND, await town.ama.sees(buttons=[SEND])
    await town.ama.says(f"[{SEND}]")
    card = await town.volunteers.sees("Groceries", buttons=[TAKE])
    if step == TAKE:
        return town.ben, TAKE, card
    await take_and_do(town)
    return town.ama, CLOSE, await town.ama.sees(buttons=[CLOSE])


async def take_and_do(town: TestTown) -> None:
    await town.ben.taps(TAKE, on=await town.volunteers.sees("Groceries", buttons=[TAKE]))
    await do(town)


async def do(town: TestTown) -> None:
    await town.ben.says("[On my way]", "[Done]", "It is there", "[That's all]")


async def from_then_on(town: TestTown, step: str) -> Standing:
    """The rest of the story, and what stands in every chat at its end."""
    if step == SEND:
        await take_and_do(town)
    if step == TAKE:
        await do(town)
    if step != CLOSE:
        await town.ama.says(f"[{CLOSE}]")
    stands: Standing = Counter()
    for chat in (*town.demo.phones.values(), *town.demo.groups.values()):
        stands.update((chat.name, VARYING.sub("…", shown(message))) for message in await chat.from_bot())
    return stands


def proof(desk: Desk) -> dict[str, int]:
    """How much of everything there is."""
    count = {name: desk.conn.scalar(select(func.count()).select_from(metadata.tables[name])) or 0 for name in PROVED}
    claims = select(func.count()).select_from(order_history).where(order_history.c.what == "claim")
    unfinished = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("queued", "sending")))
    unhandled = select(func.count()).select_from(inbox).where(inbox.c.state.not_in(("done", "ignored")))
    count |= {"claims": desk.conn.scalar(claims) or 0, "unsent": desk.conn.scalar(unfinished) or 0}
    return count | {"unhandled": desk.conn.scalar(unhandled) or 0, "unbalanced": len(audit(desk.conn))}


PROVED = ("orders", "order_parts", "order_history", "transfers", "postings", "escalation_runs")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """What stands, and what is written, when nobody is killed."""

    async def play() -> Undisturbed:
        async with a_town(tmp_path_factory.mktemp("undisturbed"), MORNING, strict=False) as town:
            whose, label, card = await up_to(town, SEND)
            await whose.taps(label, on=card)
            return await from_then_on(town, SEND), town.look(proof)

    return asyncio.run(play())


async def killed_there(town: TestTown, nursery: Nursery, step: str, kill: str) -> Standing:
    """1. up to the step 2. the desk closes 3. the tap 4. a desk that is killed by it 5. another one goes on."""
    whose, label, card = await up_to(town, step)
    await town.demo.app.close()
    where = card["chat"]["id"]
    await town.demo.town.do("tap", user=whose.id, chat=where, message_id=card["message_id"], label=label, wait=0)
    assert await nursery.ends(town, kill=kill) == -signal.SIGKILL
    await opens(town)
    return await from_then_on(town, step)


@pytest.mark.parametrize("step", [SEND, TAKE, CLOSE])
@pytest.mark.parametrize("kill", ["after_fetch", "in_handler", "after_commit"])
async def test_killed_before_the_sending_nobody_can_tell(
    town: TestTown, nursery: Nursery, undisturbed: Undisturbed, step: str, kill: str
) -> None:
    stands = await killed_there(town, nursery, step, kill)
    assert (stands, town.look(proof)) == undisturbed


def unknowable(desk: Desk) -> int:
    """Receipts of which nobody knows whether they have arrived."""
    lost = select(func.count()).select_from(outbox).where(outbox.c.state == "uncertain", outbox.c.rule == "receipt")
    return desk.conn.scalar(lost) or 0


@pytest.mark.parametrize(("step", "sent"), [(SEND, 1), (SEND, 3), (TAKE, 1), (TAKE, 2), (CLOSE, 1)])
async def test_killed_before_the_mark_the_rule_of_its_class_holds(
    town: TestTown, nursery: Nursery, undisturbed: Undisturbed, step: str, sent: int
) -> None:
    stands = await killed_there(town, nursery, step, f"after_send {sent}")
    expected, written = undisturbed
    assert town.look(proof) == written
    twice, lost = stands - expected, expected - stands
    assert all(words.endswith("]") for _chat, words in twice), f"a receipt was repeated: {twice}"
    assert max(twice.values(), default=0) <= 1, twice  # a card was put there once more
    assert not any(words.endswith("]") for _chat, words in lost), f"a card was lost: {lost}"
    assert lost.total() <= town.look(unknowable)
    newest = (await town.volunteers.from_bot())[-1]
    assert TAKE not in labels_of(newest)
