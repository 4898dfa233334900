"""Order where it matters: what one person does, and what happens to one message, in turn."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from core.chat.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)

T = TypeVar("T")


def keys(event: Event) -> set[str]:
    """What an event must wait for and what must wait for it: its person and its messages."""
    found = {f"user:{event.account.user}"} if event.account else set()
    if isinstance(
        event, MessagePosted | MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved
    ):
        found.add(event.message.key)
    if isinstance(event, MessagePosted) and event.reply_to is not None:
        found.add(event.reply_to.key)
    return found


class Lanes:
    """Runs work side by side, at most `limit` at once, except where two share a key."""

    def __init__(self, limit: int = 64) -> None:
        self._slots = asyncio.Semaphore(limit)
        self._last: dict[str, asyncio.Task[object]] = {}
        self._running: set[asyncio.Task[object]] = set()

    def __bool__(self) -> bool:
        """Whether anything runs or waits here."""
        return bool(self._last)

    def holds(self, key: str) -> bool:
        """Whether something with that key runs or waits."""
        return key in self._last

    async def wait(self, shared: Iterable[str]) -> None:
        """Wait for everything put before with one of these keys."""
        before = {self._last[key] for key in shared if key in self._last}
        if before:
            await asyncio.wait(before)

    def put(self, shared: Iterable[str], work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        """Start `work` after everything put before with one of these keys."""
        wanted = tuple(shared)
        before = {self._last[key] for key in wanted if key in self._last}
        task = asyncio.create_task(self._run(before, work))
        self._running.add(task)
        self._last.update(dict.fromkeys(wanted, task))
        task.add_done_callback(lambda done: self._leave(done, wanted))
        return task

    async def drain(self, seconds: float) -> None:
        """Wait for what is running, at most so long, then cancel the rest."""
        if self._running:
            _, late = await asyncio.wait(set(self._running), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1)

    async def _run(self, before: set[asyncio.Task[object]], work: Callable[[], Awaitable[T]]) -> T:
        if before:
            await asyncio.wait(before)
        async with self._slots:
            return await work()

    def _leave(self, task: asyncio.Task[T], shared: Iterable[str]) -> None:
        self._running.discard(task)
        for key in shared:
            if self._last.get(key) is task:
                del self._last[key]
