"""How updates are brought to the bot's own door: each chat and each user in order, until it takes them."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

import aiohttp

from sandbox.clock import Clock
from sandbox.updates import Lane, Update, Updates

SECRET = "X-Telegram-Bot-Api-Secret-Token"
FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0  # by the sandbox's clock
LONGEST_WISH = 3600.0  # a Retry-After is granted up to an hour
GONE_FOR = timedelta(hours=23)  # a door that says 410 for so long is taken off
PATIENCE = 60.0  # real seconds until an answer must be there


class Webhook:
    """One task for each lane that has something to bring; a 2xx confirms, everything else is tried again."""

    def __init__(self, updates: Updates, clock: Clock, url: str, secret: str, connections: int) -> None:
        self.url = url
        self.secret = secret
        self.connections = connections
        self.last_error: tuple[datetime, str] | None = None
        self._updates = updates
        self._clock = clock
        self._headers = {"Content-Type": "application/json"} | ({SECRET: secret} if secret else {})
        self._places = asyncio.Semaphore(connections)
        self._lanes: dict[Lane, deque[Update]] = {}
        self._tasks: dict[Lane, asyncio.Task[None]] = {}
        self._gone_since: datetime | None = None
        self._closing: asyncio.Task[None] | None = None
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=PATIENCE)
        )
        for update in updates.waiting:
            self.bring(update)

    def bring(self, update: Update) -> None:
        if update.lane in self._lanes:
            self._lanes[update.lane].append(update)
        else:
            self._lanes[update.lane] = deque([update])
            self._tasks[update.lane] = asyncio.get_running_loop().create_task(self._walk(update.lane))

    def drop(self) -> None:
        for queue in self._lanes.values():
            queue.clear()

    async def close(self) -> None:
        """Whatever is on its way may have arrived or not, as in life."""
        mine = asyncio.current_task()
        tasks = [task for task in self._tasks.values() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()

    async def _walk(self, lane: Lane) -> None:
        """The oldest of the lane is brought until it is taken or too old; the others of the lane wait."""
        queue = self._lanes[lane]
        delay = FIRST_DELAY
        while queue:
            update = queue[0]
            if update.until > self._clock.now():
                async with self._places:
                    wait = await self._knock(update, delay)
                if self._updates.hook is not self:
                    return
                if wait is not None:
                    delay = min(delay * 2, LONGEST_DELAY)
                    await self._clock.sleep(wait)
                    continue
            self._updates.forget(update)
            if queue and queue[0] is update:
                queue.popleft()
            delay = FIRST_DELAY
        del self._lanes[lane], self._tasks[lane]

    async def _knock(self, update: Update, delay: float) -> float | None:
        """None when it was taken, otherwise after how long to come again."""
        try:
            async with self._http.post(
                self.url, data=update.body.encode(), headers=self._headers, allow_redirects=False
            ) as answer:
                await answer.read()
        except TimeoutError:
            return self._failed("Read timeout expired", delay)
        except aiohttp.ClientConnectorError:
            return self._failed("Connection refused", delay)
        except (aiohttp.ClientError, OSError):
            return self._failed("Connection closed", delay)
        if answer.status != 410:
            self._gone_since = None
        if 200 <= answer.status < 300:
            return None
        if answer.status == 410:
            self._refused_for_good()
        wish = answer.headers.get("Retry-After", "")
        wait = min(float(wish), LONGEST_WISH) if wish.isdecimal() else delay
        return self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}", wait)

    def _failed(self, why: str, wait: float) -> float:
        self.last_error = (self._clock.now(), why)
        return wait

    def _refused_for_good(self) -> None:
        now = self._clock.now()
        self._gone_since = self._gone_since or now
        if now - self._gone_since > GONE_FOR and self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._updates.unhook())
