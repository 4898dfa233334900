"""The pace at which we speak: a permit comes back one window after the answer to its call."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.chat.adapter import RateLimited, calling


@dataclass(frozen=True, slots=True, order=True)
class Limit:
    """So many calls within so many seconds."""

    calls: int
    seconds: float


@dataclass(slots=True)
class Answered:
    """When the last answer to a call came, on the event loop's clock; None: none yet."""

    at: float | None = None

    def now(self) -> None:
        """An answer has come."""
        self.at = asyncio.get_running_loop().time()


class Window:
    """Permits under one limit, given in the order they were asked for; `ahead` goes first.

    Closed loop: a permit is given back `seconds` after the *answer*, so that a busy machine or a
    slow network can only make us slower than the limit, never faster.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._free = limit.calls
        self._until = 0.0
        self._ahead: deque[asyncio.Future[None]] = deque()
        self._queue: deque[asyncio.Future[None]] = deque()
        self._resuming: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether every permit is back, and nobody was asked to wait."""
        waiting = self._ahead or self._queue
        now = asyncio.get_running_loop().time()
        return not waiting and self._free == self._limit.calls and self._until <= now

    async def take(self, *, ahead: bool = False) -> None:
        """Wait for a permit, and for the end of a wait that the platform asked for."""
        turn = asyncio.get_running_loop().create_future()
        queue = self._ahead if ahead else self._queue
        queue.append(turn)
        self._admit()
        try:
            await turn
        except BaseException:
            if turn.cancelled():
                queue.remove(turn)
            else:  # it was given at the very moment its owner gave up
                self._back()
            raise

    def answered(self, at: float | None = None) -> None:
        """The call was answered, now or at that time: its permit comes back one window later."""
        loop = asyncio.get_running_loop()
        loop.call_at((loop.time() if at is None else at) + self._limit.seconds, self._back)

    def wait(self, seconds: float) -> None:
        """The platform asked to wait: nobody passes before."""
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)

    def _back(self) -> None:
        self._free += 1
        self._admit()

    def _resume(self) -> None:
        self._resuming = None
        self._admit()

    def _admit(self) -> None:
        loop = asyncio.get_running_loop()
        if self._until > loop.time():
            if self._resuming is None:
                self._resuming = loop.call_at(self._until, self._resume)
            return
        while self._free and (waiting := self._next()) is not None:
            self._free -= 1
            waiting.set_result(None)

    def _next(self) -> asyncio.Future[None] | None:
        """Whose turn it is; who gave up takes themselves off the queue."""
        for queue in (self._ahead, self._queue):
            for place, turn in enumerate(queue):
                if not turn.done():
                    del queue[place]
                    return turn
        return None


class Pacer:
    """One window for the bot, and for each channel one a limit; a look-up needs neither.

    `turn` raises nothing of its own. A RateLimited that comes out of it holds back the channel
    for as long as was asked.
    """

    def __init__(self, overall: Limit) -> None:
        self._overall = Window(overall)
        self._channels: OrderedDict[str, dict[Limit, Window]] = OrderedDict()

    @asynccontextmanager
    async def turn(
        self, channel: str, *limits: Limit, ahead: bool = False, answer: Answered | None = None
    ) -> AsyncIterator[None]:
        """Hold one permit of each limit of this channel, and one of the bot's.

        `ahead`: an answer to somebody who waits passes before what is merely owed. `answer`: when
        the call was answered, where that is known better than by the end of the turn.
        """
        windows = self._windows(channel, limits)
        taken: list[Window] = []
        try:
            for window in (*windows, self._overall):
                await window.take(ahead=ahead)
                taken.append(window)
            await calling()
            yield
        except RateLimited as error:
            for window in windows:
                window.wait(error.retry_after)
            raise
        finally:
            for window in taken:
                window.answered(answer.at if answer else None)

    def _windows(self, channel: str, limits: tuple[Limit, ...]) -> list[Window]:
        """That channel's windows; those of channels at rest are forgotten, the oldest first.

        Always in the same order, so that no two calls each hold what the other waits for.
        """
        if channel not in self._channels:
            while self._channels and _at_rest(next(iter(self._channels.values()))):
                self._channels.popitem(last=False)
        known = self._channels.setdefault(channel, {})
        self._channels.move_to_end(channel)
        return [known.setdefault(limit, Window(limit)) for limit in sorted(limits)]


def _at_rest(windows: dict[Limit, Window]) -> bool:
    return all(window.idle for window in windows.values())
