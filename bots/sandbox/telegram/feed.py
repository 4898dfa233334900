"""How updates reach the bot: the queue, long polling, the webhook, and the faults between."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from aiohttp import ClientError, ClientSession, ClientTimeout

from bots.sandbox.people import World
from bots.sandbox.telegram.refusals import Json, conflict
from bots.sandbox.telegram.vocabulary import KINDS, ON_DEMAND
from bots.sandbox.telegram.wire import stamp

LARGEST = 100
"""Updates of one answer at most (https://core.telegram.org/bots/api#getupdates)."""


@dataclass(slots=True, eq=False)
class Delivery:
    """One update on its way; `again` marks a second delivery that no offset has confirmed."""

    kind: str
    body: Json
    id: int = 0
    again: bool = False

    def wire(self) -> Json:
        """https://core.telegram.org/bots/api#update ."""
        return {"update_id": self.id, self.kind: self.body}


@dataclass(slots=True)
class Webhook:
    """What setWebhook asked for, and what went wrong last."""

    url: str
    secret: str = ""
    max_connections: int = 40
    error_at: datetime | None = None
    error: str = ""


class Feed:
    """Updates in order, kept until confirmed.

    `backoff` is the first pause in seconds before a webhook delivery is tried again; it doubles
    up to 30 times itself. (The platform starts at about a second; a test has less time.)
    """

    def __init__(self, world: World, call: Callable[[str, Json], object], backoff: float) -> None:
        self.allowed = KINDS - ON_DEMAND
        self.webhook: Webhook | None = None
        self.paused = False
        self._world = world
        self._call = call
        self._backoff = backoff
        self._queue: deque[Delivery] = deque()
        self._last_id = 500_000
        self._poll = 0
        self._waiting = 0
        self._ended = ""
        self._stir = asyncio.Event()
        self._delay = 0.0
        self._twice = 0
        self._hold = 0
        self._held: list[Delivery] = []
        self._later: set[asyncio.TimerHandle] = set()
        self._task: asyncio.Task[None] | None = None

    # --- faults

    def delay(self, seconds: float) -> None:
        """Every update from now on arrives that late (0: at once again)."""
        self._delay = seconds

    def deliver_twice(self, times: int) -> None:
        """The next `times` updates arrive twice, under the same update_id."""
        self._twice += times

    def shuffle(self, count: int) -> None:
        """Hold the next `count` updates, then let them go last first."""
        self._hold = count

    # --- in

    def push(self, kind: str, body: Json) -> None:
        """Something happened; kept when the bot asked for such updates."""
        if kind not in self.allowed:
            return
        delivery = Delivery(kind, body)
        if self.webhook is not None:
            self._number(delivery)
        if not self._delay:
            self._arrive(delivery)
            return
        loop = asyncio.get_running_loop()
        handle = loop.call_later(self._delay, lambda: self._arrive(delivery))
        self._later = {h for h in self._later if h.when() > loop.time()} | {handle}

    def _number(self, delivery: Delivery) -> None:
        if not delivery.id:
            self._last_id += 1
            delivery.id = self._last_id

    def _arrive(self, delivery: Delivery) -> None:
        if self._hold:
            self._held.append(delivery)
            if len(self._held) < self._hold:
                return
            released, self._held, self._hold = self._held[::-1], [], 0
        else:
            released = [delivery]
        for one in released:
            self._number(one)
            self._queue.append(one)
            if self._twice:
                self._twice -= 1
                self._queue.append(Delivery(one.kind, one.body, one.id, again=True))
        self._wake()

    def _wake(self) -> None:
        self._stir.set()
        self._stir = asyncio.Event()

    # --- out, by polling

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """getUpdates: what waits, or an empty list after `seconds`.

        Raises RefusedError 409 while a webhook is set, and in the older of two polls.
        """
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        self._poll += 1
        mine = self._poll
        self._ended = (
            "terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        self._wake()
        self._confirm(offset)
        self._waiting += 1
        self._world.touch()
        try:
            await self._something(mine, asyncio.get_running_loop().time() + seconds)
        finally:
            self._waiting -= 1
        if mine != self._poll and self._ended:
            raise conflict(self._ended)
        return self._take(limit)

    async def _something(self, mine: int, deadline: float) -> None:
        loop = asyncio.get_running_loop()
        while not self._queue and loop.time() < deadline and mine == self._poll:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stir.wait(), deadline - loop.time())

    @property
    def is_heard(self) -> bool:
        """Whether a bot waits for updates now: a long poll is open or a webhook is set."""
        return self._waiting > 0 or self.webhook is not None

    def allow(self, asked: object) -> list[str]:
        """Remember allowed_updates; the kinds that the documentation does not know are returned."""
        if not isinstance(asked, list):
            return []
        self.allowed = KINDS & {str(kind) for kind in asked} if asked else KINDS - ON_DEMAND
        return sorted({str(kind) for kind in asked} - KINDS)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            self._queue = deque(list(self._queue)[offset:])
        elif any(d.again for d in islice(self._queue, LARGEST)):
            self._queue = deque(d for d in self._queue if d.again or d.id >= offset)
        else:  # thousands may wait behind
            while self._queue and self._queue[0].id < offset:
                self._queue.popleft()

    def _take(self, limit: int) -> list[Json]:
        fresh: dict[int, Json] = {}
        for delivery in list(islice(self._queue, limit)):
            if delivery.id in fresh:
                continue  # a second delivery comes in a later answer
            fresh[delivery.id] = delivery.wire()
            if delivery.again:
                self._queue.remove(delivery)
        return list(fresh.values())

    def end_polls(self, reason: str = "") -> None:
        """Answer waiting polls now: empty, or 409 with `reason`."""
        self._poll += 1
        self._ended = reason
        self._wake()

    @property
    def pending(self) -> int:
        """Updates that wait for the bot."""
        return len(self._queue)

    def forget(self) -> None:
        """drop_pending_updates."""
        self._queue.clear()

    # --- out, by webhook

    def set_webhook(self, webhook: Webhook | None) -> None:
        """Start or stop sending updates to an address."""
        self.webhook = webhook
        for delivery in self._queue:
            self._number(delivery)
        if webhook is not None:
            self.end_polls("terminated by setWebhook request")
            if self._task is None:
                self._task = asyncio.create_task(self._send_all())
        self._wake()

    async def _send_all(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            failures = 0
            while True:
                hook = self.webhook
                if hook is None or self.paused or not self._queue:
                    await self._stir.wait()
                    continue
                delivery = self._queue[0]
                if await self._send(session, hook, delivery):
                    failures = 0
                    if self._queue and self._queue[0] is delivery:
                        self._queue.popleft()
                else:
                    await asyncio.sleep(self._backoff * min(2**failures, 30))
                    failures += 1

    async def _send(self, session: ClientSession, hook: Webhook, delivery: Delivery) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        try:
            async with session.post(hook.url, json=delivery.wire(), headers=headers) as answer:
                if answer.ok:
                    self._answer(await answer.text())
                    return True
                hook.error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except (ClientError, TimeoutError) as failure:
            hook.error = f"Connection failed: {failure}"
        hook.error_at = self._world.now()
        return False

    def _answer(self, body: str) -> None:
        """A webhook may answer with a method to call; its result is not known to the bot.

        https://core.telegram.org/bots/api#making-requests-when-getting-updates
        """
        with contextlib.suppress(ValueError):
            asked = json.loads(body)
            if isinstance(asked, dict) and "method" in asked:
                self._call(str(asked.pop("method")), asked)

    def info(self) -> Json:
        """https://core.telegram.org/bots/api#webhookinfo ."""
        hook = self.webhook
        shape: Json = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": self.pending,
            "allowed_updates": sorted(self.allowed),
        }
        if hook is not None:
            shape |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
            if hook.error_at is not None:
                shape |= {"last_error_date": stamp(hook.error_at), "last_error_message": hook.error}
        return shape

    def resume(self) -> None:
        """Look at the queue again after a pause."""
        self._wake()

    async def close(self) -> None:
        """Stop sending."""
        self.end_polls()
        for handle in self._later:
            handle.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
