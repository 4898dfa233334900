"""Facts on their way to the core: in the order they came, kept until it has taken them."""

import asyncio
from collections.abc import Awaitable, Callable
from heapq import heappop, heappush

import structlog

from bots.discord.lanes import Lanes, keys
from core.chat.adapter import Answer, Handle, Untaken
from core.chat.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.messages import Reply
from core.engine.errors import trace

AT_ONCE, MOMENT = 1_000, 1.0
"""With so many facts in hand reading waits, but only so many seconds: commands come behind them."""
MOST, STILL = 5_000, 5.0
"""With so many facts in hand (some 3 kB each) reading waits as long as some are taken; once none
was for so many seconds, what comes is dropped."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two attempts to hand over what was not taken, doubled each time."""

_log = structlog.get_logger(__name__)


class Again:
    """Who was not taken tries again: the first alone, then the others, all in their order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, asyncio.Future[bool]]] = []
        self._pause = FIRST_PAUSE
        self._timer: asyncio.TimerHandle | None = None
        self._trying = False

    def __bool__(self) -> bool:
        return self._trying or self._timer is not None

    async def turn(self, number: int) -> bool:
        """Wait until it is worth trying; True: alone, and `taken` or `refused` must follow."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (number, future))
        return await future

    def refused(self) -> None:
        """It was not taken: somebody tries after a pause."""
        if self._timer is None:
            self._trying = False
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._pause, self._try_first)
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def taken(self) -> None:
        """Who tried alone was taken: everybody goes on."""
        self.stop()
        self._trying, self._pause = False, FIRST_PAUSE
        while self._waiting:
            self._release(alone=False)

    def stop(self) -> None:
        """Nobody tries any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _try_first(self) -> None:
        self._timer = None
        while self._waiting and not self._trying:
            self._trying = self._release(alone=True)

    def _release(self, *, alone: bool) -> bool:
        _, first = heappop(self._waiting)
        if first.done():  # its owner was cancelled
            return False
        first.set_result(alone)
        return True


class Facts:
    """Hands facts over as they come; what people ask goes past them.

    The core keeps the order of counted facts itself, so these are handed over side by side; any
    other fact waits for what its person did before. `answer` shows what a fact is answered;
    `missed` is called when facts had to be dropped and the core takes them again.
    """

    def __init__(
        self,
        handle: Handle,
        lanes: Lanes,
        *,
        answer: Callable[[Event, Reply], Awaitable[None]],
        missed: Callable[[], None],
    ) -> None:
        self._handle = handle
        self._lanes = lanes
        self._answer = answer
        self._missed = missed
        self._again = Again()
        self._tasks: set[asyncio.Task[None]] = set()
        self._count = 0
        self._in_hand = 0
        self._dropped = 0
        self._waited = self._still = False
        self._left = asyncio.Event()

    def hand(self, event: Event) -> None:
        """Hand one fact over, or drop it where there are too many for a core that takes none."""
        if self._in_hand >= MOST and self._still:
            if not self._dropped:
                _log.error("discord.facts.dropping", kept=MOST)
            self._dropped += 1
            return
        self._in_hand += 1
        task = asyncio.create_task(self._bring(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def room(self) -> None:
        """Wait where the core has much in hand, but not for ever, nor for one that takes none."""
        if self._in_hand < AT_ONCE:
            return
        if not self._waited:
            self._waited = not await self._fewer_than(AT_ONCE, MOMENT)
        while self._in_hand >= MOST and not self._still:
            self._still = not await self._fewer_than(self._in_hand, STILL)

    async def _fewer_than(self, count: int, seconds: float) -> bool:
        """Wait so long until fewer are in hand; says whether that came."""
        try:
            async with asyncio.timeout(seconds):
                while self._in_hand >= count:
                    self._left.clear()
                    await self._left.wait()
        except TimeoutError:
            return False
        return True

    async def finish(self, seconds: float) -> None:
        """Wait for what is in hand, at most so long, then give it up."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1)
        self._again.stop()

    async def _bring(self, event: Event) -> None:
        answer: Answer = None
        try:
            answer = await self._taken(event)
        except Exception as error:  # noqa: BLE001  the boundary: what broke is not our event's fault
            _log.error("discord.fact.failed", delivery_id=event.delivery_id, trace=trace(error))
        finally:
            self._let_go()
        if isinstance(answer, Reply):
            await self._answer(event, answer)

    async def _taken(self, event: Event) -> Answer:
        self._count += 1
        number = self._count
        alone = False
        while True:
            if self._again:
                alone = await self._again.turn(number)
            try:
                answer = await self._try(event)
            except Untaken:
                if not self._again:
                    _log.warning("discord.facts.untaken", delivery_id=event.delivery_id)
                self._again.refused()
                alone = False
            except BaseException:
                if alone:
                    self._again.taken()
                raise
            else:
                if alone:
                    self._again.taken()
                return answer

    async def _try(self, event: Event) -> Answer:
        if not counted(event):
            return await self._lanes.put(keys(event), lambda: self._handle(event))
        if self._lanes:
            await self._lanes.wait(keys(event))
        return await self._handle(event)

    def _let_go(self) -> None:
        self._in_hand -= 1
        self._still = False
        self._left.set()
        if self._in_hand < AT_ONCE:
            self._waited = False
            if self._dropped:
                _log.error("discord.facts.dropped", dropped=self._dropped)
                self._dropped = 0
                self._missed()


def counted(event: Event) -> bool:
    """Whether a fact is one of the crowd's, which the core commits together."""
    if isinstance(event, MessagePosted):
        return not event.message.channel.private
    return isinstance(event, MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved)
