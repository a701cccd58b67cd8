"""The circuit: after some failures in a row nothing more goes out; a harmless question finds out when it may again.

1. Closed: what waits goes out. Every answer of Telegram's, also a no, starts the count anew.
2. After five failures in a row, or a token that is refused, it opens: what waits goes on waiting.
3. With growing pauses `getMe` is asked. Once it is answered one message goes first; when that arrives, the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.post.clock import Clock
from bot.post.health import Health
from bot.post.outcomes import Nothing, NotSent, Outcome, PermanentlyRefused, Sent, TooSoon, Uncertain

log = structlog.get_logger()

IN_A_ROW = 5
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
REVOKED_PAUSE = 300.0
"""A token comes back only with a new start, or when a Bot API server of one's own has come to itself."""

REVOKED = (
    "Telegram refuses the bot's token. Get the present one from @BotFather (/mybots, API Token), set LINLI_BOT_TOKEN "
    "to it, and start again; if nobody has changed it, look at LINLI_BOT_API. What is to be sent waits meanwhile."
)


def is_revoked(outcome: object) -> bool:
    """Does nobody there know this token? Every other 404 has words of its own."""
    match outcome:
        case PermanentlyRefused(code=401):
            return True
        case PermanentlyRefused(code=404, words=words):
            return words.lower() == "not found"
    return False


class Circuit:
    def __init__(
        self, ask: Callable[[], Awaitable[Outcome]], wake: Callable[[], None], *, clock: Clock, health: Health
    ) -> None:
        """`ask`: a question that changes nothing; `wake` whoever waits for it to close."""
        self._ask, self._wake, self._clock, self._health = ask, wake, clock, health
        self._failed = 0
        self._pause = FIRST_PAUSE
        self._probing: asyncio.Task[None] | None = None
        self.asking = False
        self.open = False

    def room(self, at_once: int, in_flight: int) -> int:
        """How many more may set off now."""
        if self.open:
            return 0
        proved = self._failed < IN_A_ROW
        return (at_once if proved else 1) - in_flight

    def note(self, outcome: Outcome) -> bool:
        """How one more has ended. True: it is not that one's fault, others fare no better."""
        match outcome:
            case Sent():
                self._failed, self._pause = 0, FIRST_PAUSE
                self._health.green("telegram")
            case NotSent() | Uncertain():
                self._failed += 1
                if isinstance(outcome, NotSent) and outcome.unreachable:
                    self._health.red("telegram", "Telegram cannot be reached.")
                if self._failed >= IN_A_ROW:
                    self._health.red(
                        "telegram", "Telegram is in trouble, or the way there is. What is to be sent waits."
                    )
                    self._break(self._pause)
            case _ if is_revoked(outcome):
                self._failed = IN_A_ROW
                self._health.red("token", REVOKED)
                self._break(REVOKED_PAUSE)
            case TooSoon() | Nothing():
                pass  # nobody was asked
            case _:
                self._failed = 0
                self._health.green("telegram")
        return self._failed >= IN_A_ROW

    def stop(self) -> None:
        if self._probing:
            self._probing.cancel()

    def _break(self, pause: float) -> None:
        if not self.open:
            log.warning("nothing more is sent for now", failed=self._failed)
            self.open = True
            self._probing = asyncio.create_task(self._probe(pause), name="circuit")

    async def _probe(self, pause: float) -> None:
        while self.open:
            await self._clock.sleep(pause)
            self.asking = True
            answer = await self._ask()
            self.asking = False
            self._pause = pause = min(pause * 2, LONGEST_PAUSE)
            if is_revoked(answer):
                pause = REVOKED_PAUSE
            elif isinstance(answer, Sent):
                self._health.green("token")
                self._health.green("telegram")
                self.open = False
        log.info("something is sent again")
        self._wake()
