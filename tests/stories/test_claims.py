"""Who may take an order, tried through Telegram: strangers, people who left, and buttons of one's own making."""

from __future__ import annotations

from bot.handlers.orders import OrderTap, RateTap
from tests.stories.test_asking import ASK
from tests.town import TestTown


async def test_a_stranger_with_buttons_of_her_own_can_do_nothing(town: TestTown) -> None:
    await town.joins(town.ama)
    await town.joins(town.faye)
    await town.faye.all_read()
    await town.ama.says(*ASK, "[Yes, send it]")
    card = await town.volunteers.sees("Groceries", buttons=["I'll take it"])
    await town.ben.taps("I'll take it", on=card)
    await town.ben.all_read()
    await town.ama.all_read()
    hers = await town.faye.last()
    verbs = ("claim", "on_way", "need_help", "close", "reopen", "show", "nonsense")
    forged = [OrderTap(verb=verb, id=1).pack() for verb in verbs]
    forged += [RateTap(what=what, given=5, id=1).pack() for what in ("speed", "order_id")]
    forged += [f"open:{flow}:1" for flow in ("resolve", "give_back", "cancel_order", "rate")]
    for data in forged:
        answer = await town.faye.forges(data, on=hers)
        assert answer is not None and answer["text"], data
    await town.faye.hears_nothing()
    await town.ben.hears_nothing()
    await town.ama.hears_nothing()
