"""One person's updates in order, different persons' at the same time; a crowd all at once."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable

import structlog

from core.chat.adapter import Untaken
from core.engine.errors import trace

MOST = 1000
"""Updates and answers in hand: beyond, no more are taken until some are done."""

log = structlog.get_logger(__name__)

Then = Callable[[], Awaitable[None]]
Work = Callable[[], Awaitable[Then | None]]
"""Handles an update (what must be done before Telegram forgets it), and returns the rest."""

Task = asyncio.Task[bool]
"""An update in hand."""


def taken(task: Task) -> bool:
    """Whether an update was handled, and need not be delivered again."""
    return task.done() and not task.cancelled() and task.result()


class Lanes:
    """Runs the work of each lane one after the other; lanes run beside each other.

    What only counts (`count`) does not wait for its lane: the core keeps the order in which such
    facts are handed over. It waits only behind other work of its lane, and behind what the core
    could not take yet (`stuck`).
    """

    def __init__(self) -> None:
        self._last: dict[str, Task] = {}
        self._held: dict[str, Task] = {}
        self._stuck: set[Task] = set()
        self._tasks: set[Task] = set()

    async def room(self) -> None:
        """Wait while too much is in hand."""
        while len(self._tasks) >= MOST:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def enter(self, lane: str, work: Work) -> Task:
        """Do some work once everything of that lane is done."""
        last = self._last.get(lane)
        task = self._begin(lane, (last,) if last else (), work)
        self._held[lane] = task
        return task

    def count(self, lane: str, about: Callable[[], Iterable[str]], work: Work) -> Task:
        """Do some work now, unless what it must follow is still to be done.

        `about` names what else it is about (its message, the one it answers); it is asked only
        when something is waited for.
        """
        if not (self._held or self._stuck):
            return self._begin(lane, (), work)
        keys = (lane, *about())
        before = self._stuck | {self._held[key] for key in keys if key in self._held}
        task = self._begin(lane, before, work)
        if before:
            self._held.update(dict.fromkeys(keys, task))
        return task

    def stuck(self) -> None:
        """The work that runs now cannot be done yet: no later fact passes it."""
        task = asyncio.current_task()
        if task is not None and task in self._tasks:
            self._stuck.add(task)

    async def drain(self, seconds: float | None = None) -> None:
        """Wait for everything queued; what is not done in time is cancelled."""
        loop, current = asyncio.get_running_loop(), asyncio.current_task()
        until = None if seconds is None else loop.time() + seconds
        while waiting := {task for task in self._tasks if task is not current}:
            left = None if until is None else max(0.0, until - loop.time())
            _, late = await asyncio.wait(waiting, timeout=left)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, lane: str, before: Collection[Task], work: Work) -> Task:
        task = asyncio.create_task(self._run(lane, before, work), name=lane)
        self._last[lane] = task
        self._tasks.add(task)
        task.add_done_callback(self._left)
        return task

    async def _run(self, lane: str, before: Collection[Task], work: Work) -> bool:
        if before:
            await asyncio.wait(before)
            if not all(taken(task) for task in before):
                return False
        try:
            then = await work()
        except Untaken:
            return False
        except Exception as error:  # noqa: BLE001  it would fail again: the others come through
            log.error("telegram.update_failed", trace=trace(error))  # noqa: TRY400  without words
            return True
        if then is not None:
            self.enter(f"then:{lane}", lambda: _after(then))
        return True

    def _left(self, task: Task) -> None:
        self._tasks.discard(task)
        self._stuck.discard(task)
        lane = task.get_name()
        if self._last.get(lane) is task:
            del self._last[lane]
        if self._held:
            self._held = {key: held for key, held in self._held.items() if held is not task}


async def _after(then: Then) -> None:
    try:
        await then()
    except Exception as error:  # noqa: BLE001  what was asked is done; its answer is lost
        log.error("telegram.answer_failed", trace=trace(error))  # noqa: TRY400  without words
