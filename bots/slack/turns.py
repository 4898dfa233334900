"""One person's events one after the other, different persons at once, answers awaited a while."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from core.chat.adapter import Answer


class Turns:
    """Locks by person, forgotten as soon as nobody waits for them."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[str] = Counter()

    def busy(self, person: str) -> bool:
        """Whether something of this person waits or is being handled."""
        return person in self._waiting

    def enter(self, person: str) -> AbstractAsyncContextManager[None]:
        """A turn of `person`, to be held with `async with`; first come, first served.

        They are busy from this call on, before the turn begins.
        """
        self._waiting[person] += 1
        return self._held(person)

    @asynccontextmanager
    async def _held(self, person: str) -> AsyncIterator[None]:
        try:
            async with self._locks[person]:
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
