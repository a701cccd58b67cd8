"""The courier: carries what was said to Telegram, in lanes and within budgets, and notes how each message ended.

1. It picks a wave: what may go now, one message a chat.
2. What is sent for the first time is committed as `sending`, one UPDATE a wave. Cards are rendered, one read a wave.
3. Each goes out; how it ended is marked along with the pump's next transaction.
Every row ends sent, dead with a reason, or uncertain; `endings.py` decides which.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog
from sqlalchemy import Engine, Row
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.post.budget import Budget
from bot.post.circuit import Circuit
from bot.post.clock import Clock
from bot.post.endings import Again, Ending, Moved, Over, Unreachable, judge, repeated
from bot.post.faults import house_trouble, place
from bot.post.health import Health
from bot.post.lanes import Lanes
from bot.post.marks import Marks, NoteStanding
from bot.post.outcomes import Outcome, Reach, Uncertain
from bot.post.outgoing import Outgoing, Post
from bot.post.parcel import Parcel
from bot.post.reading import read
from bot.post.standing import Cards, Render, View
from bot.post.uploads import SHELF, Shelf, Uploads
from bot.post.wire import Wire
from bot.post.writing import Writing
from desk.front import PERSONAL, Desk
from storage.messages import Mark, Subject, drop_chat, list_unsent, mark_unreachable

log = structlog.get_logger()


class Courier:
    def __init__(
        self,
        wire: Wire,
        pump: Writing,
        readers: AsyncEngine,
        render: Render,
        outgoing: Outgoing,
        *,
        clock: Clock,
        health: Health,
        budget: Budget,
        unreachable: Callable[[Desk, int], None] = lambda desk, chat_id: None,
        moved: Callable[[Desk, int, int], None] = lambda desk, old, new: None,
        noted: NoteStanding = lambda conn, key, message_id, at: None,
        reached: Callable[[str], None] = lambda point: None,
        at_once: int = 64,
        short: Engine | None = None,
        shelf: Shelf = SHELF,
    ) -> None:
        self._wire, self._pump, self._readers, self._outgoing, self._reached = wire, pump, readers, outgoing, reached
        self._clock, self._budget, self._unreachable, self._moved = clock, budget, unreachable, moved
        self._marks, self._lanes = Marks(pump, noted), Lanes(budget)
        self._uploads = Uploads(wire, pump, readers, shelf, lambda chat: budget.spend(chat, PERSONAL, clock.elapsed()))
        self._cards = Cards(wire, readers, render, self._marks.fresh, budget, clock, short, self._uploads.instead)
        self._wake = asyncio.Event()
        self._circuit = Circuit(lambda: wire.call("getMe"), self._wake.set, clock=clock, health=health)
        self._room: Callable[[], int] = lambda: self._circuit.room(at_once, len(self._lanes.in_flight))
        self._timer: asyncio.TimerHandle | None = None
        self._on_the_way: set[asyncio.Task[None]] = set()
        self._picking = self._stopping = False
        self._task: asyncio.Task[None] | None = None
        clock.on_move(self._wake.set)

    # ── what others ask of it ───────────────────────────────────────────────────────────────────────────────────────

    async def recover(self) -> None:
        """After a restart: what is queued is sent, and what was being sent is uncertain."""
        self.find(await read(self._readers, list_unsent))

    def find(self, rows: Sequence[Row[Any]]) -> None:
        """These are still to be sent; those that are known here already take their course."""
        known = self._lanes.known() | self._marks.known()
        for parcel in (Parcel.read(row) for row in rows if row.id not in known):
            if parcel.state == "sending" and (parcel.kind not in ("card", "call") or parcel.rule == "bulk"):
                self._ended(parcel, Uncertain("the process ended"), outage=False)
            else:
                self._lanes.add(parcel, self._clock.now())
        self._wake.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="courier")

    async def stop(self, seconds: float = 10) -> None:
        """Let what is on its way arrive, and note it; the rest waits in the outbox."""
        self._stopping = True
        self._wake.set()
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*filter(None, [self._task]))  # a wave that is marked as being sent is sent
                while self._on_the_way:
                    await asyncio.wait(self._on_the_way)
        except TimeoutError:
            log.warning("the courier stops before everything has arrived")
        self._circuit.stop()
        for left in (*self._on_the_way, self._timer):  # noted as being sent: after the next start it is uncertain
            if left:
                left.cancel()

    def take(self, post: Post) -> None:
        """What a transaction said, after its commit."""
        for fields in post.answers:
            self._set_off(self._answer(fields))
        for parcel in post.parcels:
            self._lanes.add(parcel, self._clock.now())
            self._wake.set()

    @property
    def busy(self) -> bool:
        """Is anything on its way, or could anything go now?"""
        due = self._lanes.next_due()
        return bool(
            self._on_the_way
            or self._picking
            or self._marks
            or self._circuit.asking
            or (not self._circuit.open and self._lanes.ready(self._clock.elapsed()))
            or (due and due <= self._clock.now())
        )

    @property
    def calm(self) -> bool:
        """Nothing is on its way, and all that went is noted."""
        return not (self._lanes.in_flight or self._on_the_way or self._marks)

    @property
    def waiting(self) -> int:
        return len(self._lanes)

    # ── the loop ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            wave = self._pick()
            if not wave:
                self._set_timer()
                await self._wake.wait()
                continue
            self._picking = True
            try:
                await self._send(wave)
            except Exception as fault:
                log.error("a wave could not be sent", fault=place(fault))
                for parcel in wave:
                    self._again(parcel, Again(1.0))
            self._picking = False

    def _pick(self) -> list[Parcel]:
        now = self._clock.now()
        self._lanes.release(now)
        for parcel in self._lanes.drop_expired(now):
            self._over(parcel, Over("dead", "expired"))
        return self._lanes.pick(self._clock.elapsed(), self._room())

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        due = self._lanes.next_due()
        at = self._lanes.next_at() if self._room() > 0 else None  # what lands wakes us, or the circuit
        waits = [at - self._clock.elapsed()] if at is not None else []
        waits += [(due - self._clock.now()).total_seconds()] if due else []
        if waits:
            self._timer = asyncio.get_running_loop().call_later(min(60.0, max(0.001, min(waits))), self._wake.set)

    async def _send(self, wave: list[Parcel]) -> None:
        wave = await self._claim(wave)
        cards = [parcel for parcel in wave if parcel.card]
        for parcel in wave:
            parcel.state = "sending"
            if not parcel.card:
                self._set_off(self._safely(parcel, self._carry, parcel))
        if cards:
            self._set_off(self._show(cards))

    async def _claim(self, wave: list[Parcel]) -> list[Parcel]:
        """Commit them as being sent; those that are then ours to send."""
        if await self._marks.sending([parcel.id for parcel in wave if parcel.state == "queued"]):
            self._budget.left(len(wave), self._clock.elapsed())
        return wave

    def _set_off(self, going: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(going)
        self._on_the_way.add(task)
        task.add_done_callback(self._on_the_way.discard)

    async def _safely(self, parcel: Parcel, go: Callable[..., Coroutine[Any, Any, None]], *given: Any) -> None:
        """A fault of our own must not hold up its chat for ever. `go` begins in here: a stop may come before that."""
        try:
            await go(*given)
        except Exception as fault:
            log.error("a message could not be sent", kind=parcel.kind, row=parcel.id, fault=place(fault))
            self._over(parcel, Over("dead", place(fault)))

    async def _answer(self, fields: dict[str, Any]) -> None:
        """The outcome of a tap: said once, and worthless later, so nothing comes of a refusal."""
        if not self._circuit.open:
            await self._wire.call("answerCallbackQuery", fields)

    async def _carry(self, parcel: Parcel) -> None:
        outcome = await self._uploads.carry(parcel)
        self._reached("after_send")
        self._ended(parcel, outcome)

    async def _show(self, parcels: list[Parcel]) -> None:
        try:
            views = await self._cards.look([parcel.card for parcel in parcels if parcel.card])
        except Exception as fault:
            (log.warning if house_trouble(fault) else log.error)("cards could not be read", fault=place(fault))
            for parcel in parcels:
                self._again(parcel, Again(1.0))
            return
        for parcel in parcels:
            if parcel.card:
                self._set_off(self._safely(parcel, self._show_one, parcel, parcel.card, views[parcel.card]))

    async def _show_one(self, parcel: Parcel, key: Subject, view: View) -> None:
        if view.fault:
            log.error("a card could not be rendered", subject=key[0], fault=view.fault)
            parcel.tries += 1
            if parcel.tries > 8:
                return self._over(parcel, Over("dead", view.fault))
            return self._again(parcel, Again(2.0**parcel.tries))
        shown = await self._cards.show(parcel, key, view)
        self._reached("after_send")
        if shown.stands:
            self._marks.stands(key, shown.stands, self._clock.now())
        self._ended(parcel, shown.outcome)

    # ── endings ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ended(self, parcel: Parcel, outcome: Outcome, outage: bool | None = None) -> None:
        ending: Ending = judge(parcel, outcome, outage=self._circuit.note(outcome) if outage is None else outage)
        match ending:
            case Over():
                self._over(parcel, ending)
            case Again():
                self._again(parcel, ending)
            case Unreachable(reach):
                self._set_off(self._lost(parcel, reach))
            case Moved(chat_id):
                self._set_off(self._safely(parcel, self._follow, parcel, chat_id))

    def _over(self, parcel: Parcel, over: Over) -> None:
        if over.state == "dead" and over.code:
            log.error("Telegram refused a message", kind=parcel.kind, code=over.code, row=parcel.id)
        ended = over.state, parcel.tries, self._clock.now(), over.reason, over.message_id
        self._marks.ended([Mark(row, *ended) for row in (parcel.id, *parcel.merged)])
        self._lanes.landed(parcel)
        self._wake.set()

    def _again(self, parcel: Parcel, again: Again) -> None:
        elapsed = self._clock.elapsed()
        if again.everybody:
            self._budget.brake(again.seconds, elapsed)
        elif again.parked:
            self._budget.park(parcel.chat_id, again.seconds, elapsed)
        if again.repeat:
            parcel.body = repeated(parcel.body, self._outgoing.reader(parcel.body.get("language")))
        parcel.ready_at = elapsed + again.seconds
        self._lanes.back(parcel, self._clock.now(), aside=again.seconds if again.aside else 0)
        self._wake.set()

    async def _follow(self, parcel: Parcel, new: int) -> None:
        """The group is a supergroup now: what waits for it, and this, goes to its new chat."""
        old = parcel.chat_id
        await self._pump.do(lambda desk: self._moved(desk, old, new))
        self._lanes.landed(parcel)
        for waiting in (parcel, *self._lanes.drop_chat(old)):
            waiting.chat_id = new
            self._lanes.add(waiting, self._clock.now())
        self._wake.set()

    async def _lost(self, parcel: Parcel, reach: Reach) -> None:
        """Nothing reaches this chat: note it, drop what waits for it, and let the desk call somebody else."""
        chat_id, now = parcel.chat_id, self._clock.now()

        def note(desk: Desk) -> None:
            drop_chat(desk.conn, chat_id, reach, now)
            if chat_id > 0:  # of a group, whoever answers for it notes that it is lost, and tells people
                mark_unreachable(desk.conn, chat_id, reach)
            self._unreachable(desk, chat_id)

        try:
            await self._pump.do(note)
        except Exception as fault:
            log.error("what follows from a lost chat failed", fault=place(fault))
            await self._pump.ride(lambda conn: mark_unreachable(conn, chat_id, reach))
        self._lanes.drop_chat(chat_id)  # only now: until then this one, still on its way, held the others back
        self._over(parcel, Over("dead", reach))
