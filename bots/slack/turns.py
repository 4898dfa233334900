"""One person's events one after the other, different persons at once, answers awaited a while."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.chat.adapter import Answer

AT_ONCE = 16
"""Handlers running together at most; the others wait in memory, unacknowledged."""


class Turns:
    """Locks by person, forgotten as soon as nobody waits for them."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[str] = Counter()
        self._room = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def of(self, person: str) -> AsyncIterator[None]:
        """Hold the turn of `person`; first come, first served."""
        self._waiting[person] += 1
        try:
            async with self._locks[person], self._room:
                yield
        finally:
            self._waiting[person] -= 1
            if not self._waiting[person]:
                del self._waiting[person], self._locks[person]


class Pending:
    """An answer being made; `late` once the platform could wait no longer for it."""

    def __init__(self) -> None:
        self.answer: Answer = None
        self.late = False
        self.abandoned = False
        self._done = asyncio.Event()

    def settle(self, answer: Answer) -> None:
        """The handler returned (its work is committed); `late` does not change any more."""
        self.answer = answer
        self._done.set()

    def abandon(self) -> None:
        """The handler was stopped before it returned; without effect once settled."""
        self.abandoned = not self._done.is_set()
        self._done.set()

    async def within(self, seconds: float | None) -> bool:
        """Wait for the answer, for ever when None; False, and `late`, when time is up."""
        try:
            await asyncio.wait_for(self._done.wait(), seconds)
        except TimeoutError:
            self.late = not self._done.is_set()
        return not (self.late or self.abandoned)
