"""Figures for whoever watches over many desks, as Prometheus reads them. No label tells anything of a person."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from storage.figures import Totals, Waiting

LANES = {0: "urgent", 1: "personal", 2: "bulk"}
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
RESULTS = ("done", "ignored", "failed")


class Metrics:
    """What the process has counted, and what was read of the database a moment ago."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        updates = Counter(
            "linli_updates", "Updates by result; each failed try counts, the others once", ["result"], registry=registry
        )
        self._results = {result: updates.labels(result) for result in RESULTS}
        self._seconds = Histogram(
            "linli_handler_seconds", "Time in the handler of an update", registry=registry, buckets=SECONDS
        )

        self._echoes = Counter(
            "linli_second_channel", "Letters by the second channel, by way and end", ["way", "end"], registry=registry
        )

        def gauge(name: str, about: str, *labels: str) -> Gauge:
            return Gauge(f"linli_{name}", about, labels, registry=registry)

        self._ready = gauge("ready", "1 if /readyz says so")
        self._wrong = gauge("wrong", "1 for each thing that is wrong, by its name on /readyz", "what")
        self._duties = gauge("duty", "1 for each that this process has: poll, courier, ticker", "duty")
        self._new = gauge("updates_waiting", "Updates accepted and not handled yet")
        self._quarantined = gauge("updates_quarantined", "Updates set aside after failing")
        self._heard = gauge("last_update_age_seconds", "Since the newest update came")
        self._outbox = gauge("outbox_messages", "Messages by state and lane, counted once a minute", "state", "lane")
        self._unsent = gauge("outbox_oldest_age_seconds", "Since when the oldest message could have gone", "lane")
        self._overdue = gauge("deadline_overdue_seconds", "How long the oldest running clock has been due")
        self._dark = gauge("telegram_dark_seconds", "Since Telegram cannot be reached, or does not reach us")
        self._polled = gauge("last_poll_age_seconds", "Since Telegram last answered the fetching")
        self._pending = gauge("webhook_pending_updates", "Updates that wait at Telegram to be brought")
        self._free = gauge("disk_free_bytes", "Left on the disk")
        self._late = gauge("loop_late_seconds", "By how much the loop came late, at its worst since the last look")

    def watch_loop(self, worst: Callable[[], float]) -> None:
        """Whoever looks at the figures asks this."""
        self._late.set_function(worst)

    def handled(self, result: str, seconds: float) -> None:
        """An update was handled; `result` is one of RESULTS."""
        self._results[result].inc()
        self._seconds.observe(seconds)

    def echoed(self, way: str, end: str) -> None:
        """A letter went by the second channel, or did not."""
        self._echoes.labels(way, end.lower()).inc()

    def does(self, duties: Set[str]) -> None:
        """What this process does for all that share the database."""
        self._duties.clear()
        for duty in duties:
            self._duties.labels(duty).set(1)

    def written(
        self,
        now: datetime,
        wrong: Set[str],
        waiting: Waiting | None,
        totals: Totals | None,
        free: int,
        *,
        dark_since: datetime | None = None,
        polled_at: datetime | None = None,
        pending: int | None = None,
    ) -> bytes:
        """Everything in Prometheus' text. What could not be read is NaN: nobody takes it for zero."""
        for gauge in (self._wrong, self._outbox, self._unsent):
            gauge.clear()
        self._ready.set(not wrong)
        for what in wrong:
            self._wrong.labels(what).set(1)
        unknown = float("nan")
        self._free.set(free)
        self._dark.set((now - dark_since).total_seconds() if dark_since else 0)
        self._polled.set((now - polled_at).total_seconds() if polled_at else unknown)
        self._pending.set(unknown if pending is None else pending)
        self._new.set(waiting.new if waiting else unknown)
        heard = waiting.last_update if waiting else None
        self._heard.set((now - heard).total_seconds() if heard else unknown)
        due = waiting.due if waiting else None
        self._overdue.set(max(0.0, (now - due).total_seconds()) if due else unknown if waiting is None else 0)
        for lane, since in (waiting.unsent if waiting else {}).items():
            self._unsent.labels(LANES[lane]).set((now - since).total_seconds())
        self._quarantined.set(totals.quarantined if totals else unknown)
        for (state, lane), rows in (totals.outbox if totals else {}).items():
            self._outbox.labels(state, LANES[lane]).set(rows)
        return generate_latest(self._registry)
