"""What is driven by the clock: each takes one thing that is due, in a transaction of its own."""

from bot.post.ticker import Sweep
from desk import cases, escalation, evening, good_deeds, honours, pickups, retention, second_channel

SWEEPS: list[Sweep] = [
    escalation.sweep_runs,
    escalation.sweep_deadlines,
    second_channel.sweep_undelivered,
    evening.sweep_thanks,
    good_deeds.sweep_unanswered,
    honours.sweep_boards,
    pickups.sweep_redemptions,
    pickups.sweep_awaited,
    cases.sweep_closed,
    cases.sweep_orphaned,
    retention.sweep_old,
]
