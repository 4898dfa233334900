"""One person's updates in order, different persons' at the same time."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

AT_ONCE = 8
"""Updates handled at the same time: the database takes one writer, more would only wait."""

log = structlog.get_logger(__name__)

Then = Callable[[], Awaitable[None]]
Work = Callable[[], Awaitable[Then | None]]
"""Handles an update (what must be done before Telegram forgets it), and returns the rest."""


class Lanes:
    """Runs the work of each lane one after the other; lanes run beside each other."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def enter(self, lane: str, work: Work) -> asyncio.Future[bool]:
        """Queue some work; the future is False when it was cancelled before its end."""
        handled: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._run(self._last.get(lane), work, handled))
        self._last[lane] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._left(lane, done))
        return handled

    async def drain(self, seconds: float | None = None) -> None:
        """Wait for everything queued; what is not done in time is cancelled."""
        current = asyncio.current_task()
        waiting = {task for task in self._tasks if task is not current}
        if not waiting:
            return
        _, late = await asyncio.wait(waiting, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(
        self, before: asyncio.Task[None] | None, work: Work, handled: asyncio.Future[bool]
    ) -> None:
        done = False
        try:
            if before is not None:
                await asyncio.wait({before})
            async with self._room:
                then = await work()
            done = True
        except Exception:
            log.exception("telegram.update_failed")
            done = True  # it would fail again: what matters is that the others come through
            return
        finally:
            if not handled.done():
                handled.set_result(done)
        if then is not None:
            await self._after(then)

    async def _after(self, then: Then) -> None:
        try:
            await then()
        except Exception:
            log.exception("telegram.answer_failed")

    def _left(self, lane: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last.get(lane) is task:
            del self._last[lane]
