"""Hands what happens over to the core in its order, many at once, until it is taken."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bots.slack.turns import Turns
from core.chat.adapter import Handle, Untaken
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

IN_HAND = 1000
"""Facts in memory at most, unacknowledged; then nothing more is read from the socket."""
PATIENCE = 1.0
"""Seconds the socket waits for room; after that facts are left to Slack, so that those who ask
something through the same socket are still heard."""
FIRST, LAST = 0.2, 5.0
"""Seconds before what could not be committed is handed over again; they double."""
AT_ONCE = 16
"""Persons at most whose other facts the core has at the same time."""
GRACE = 5.0
"""Seconds what is in hand may take when we stop."""


class Done(Protocol):
    """Whom to tell, once, what became of a fact."""

    def __call__(self, *, committed: bool) -> None:
        """`committed` is False when we stop before it is."""


Show = Callable[[Reply, Event], None]

_ABOUT = (MessagePosted, MessageEdited, MessageDeleted, ReactionAdded, ReactionRemoved)

log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class _Fact:
    """One fact in hand, numbered in the order of arrival."""

    number: int
    event: Event
    user: str
    done: Done


@dataclass(eq=False, slots=True)
class Facts:
    """What is in hand: facts that only count, all at once; the others in their person's turn.

    The core keeps the order of the facts that only count among themselves. When one of them is
    not taken (the database is away), all are handed over again together, in their order, and
    whatever comes meanwhile waits behind them. `is_full`: the last one found no room in time.
    """

    turns: Turns
    show: Show
    _handle: Handle | None = None
    _last: int = 0
    _running: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _untaken: list[_Fact] = field(default_factory=list)
    _refusals: int = 0
    _insisting: asyncio.Task[None] | None = None
    _serial: set[asyncio.Task[None]] = field(default_factory=set)
    _late: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _stuck: dict[str, asyncio.Task[None] | None] = field(default_factory=dict)
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _freed: asyncio.Event = field(default_factory=asyncio.Event)
    is_full: bool = False

    def begin(self, handle: Handle) -> None:
        """From now on, hand facts over to `handle`."""
        self._handle = handle

    @property
    def in_hand(self) -> int:
        """How many facts are not committed yet."""
        return len(self._running) + len(self._untaken) + len(self._serial)

    async def room(self) -> bool:
        """Wait a moment until one more can be taken; False when the moment is over.

        Once it was over, nobody waits again before there is room.
        """
        if self.in_hand < IN_HAND:
            self.is_full = False
            return True
        if self.is_full:
            return False
        self._freed.clear()
        try:
            await asyncio.wait_for(self._freed.wait(), PATIENCE)
        except TimeoutError:
            self.is_full = True
        return not self.is_full

    def take(self, event: Event, done: Done) -> None:
        """Hand over one fact, after those before it of the same person and message."""
        if self._handle is None:
            done(committed=False)
            return
        self._last += 1
        fact = _Fact(self._last, event, event.account.user if event.account else "", done)
        about = event.message.id if isinstance(event, _ABOUT) else ""
        private = isinstance(event, MessagePosted) and event.message.channel.private
        if not about or private or about in self._late or self.turns.busy(fact.user):
            self._take_in_turn(self._handle, fact, about)
        elif self._insisting is not None:
            self._untaken.append(fact)
        else:
            self._run(self._handle, fact)

    def is_stuck(self, user: str) -> bool:
        """Whether something of theirs that the core cannot take holds their turn."""
        return user in self._stuck

    async def before(self, user: str) -> None:
        """Wait for what the core has in hand of somebody; not for what it cannot take now."""
        tasks = self._of(user)
        if tasks and self._insisting is None:
            await asyncio.wait(tasks)

    async def end(self) -> None:
        """Take nothing more; let what is in hand finish for a while, then give it back."""
        self._handle = None
        for waiting in (self._insisting, *self._stuck.values()):
            if waiting is not None:
                waiting.cancel()
        tasks = [*self._running.values(), *self._serial]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        untaken, self._untaken = self._untaken, []
        for fact in untaken:
            fact.done(committed=False)

    # Facts that only count

    def _run(self, handle: Handle, fact: _Fact) -> None:
        """A task for each: the core gathers what is in hand and commits it together."""
        work = self._hand_over(handle, fact)
        self._running[fact.number] = asyncio.create_task(work, name=fact.user)

    def _of(self, user: str) -> list[asyncio.Task[None]]:
        return [task for task in self._running.values() if task.get_name() == user]

    async def _hand_over(self, handle: Handle, fact: _Fact) -> None:
        try:
            taken = await self._is_taken(handle, fact)
        except asyncio.CancelledError:
            fact.done(committed=False)
            raise
        finally:
            del self._running[fact.number]
            self._freed.set()
        if not taken:
            self._refusals += 1
            self._untaken.append(fact)
            if self._insisting is None and self._handle is not None:
                self._insisting = asyncio.create_task(self._insist(handle))

    async def _is_taken(self, handle: Handle, fact: _Fact) -> bool:
        """Hand over once; what fails for another reason than Untaken would fail again."""
        answer = None
        try:
            answer = await handle(fact.event)
        except Untaken:
            return False
        except Exception as error:  # noqa: BLE001  one fact must not stop the others
            log.error("slack.handler_failed", delivery=fact.event.delivery_id, trace=trace(error))  # noqa: TRY400  without words
        fact.done(committed=True)
        if isinstance(answer, Reply):
            self.show(answer, fact.event)
        return True

    async def _insist(self, handle: Handle) -> None:
        """Hand over again all that was not taken, in its order, until it is."""
        pause = FIRST
        log.warning("slack.not_taken", in_hand=self.in_hand)
        try:
            while await self._settled() and self._untaken:
                await asyncio.sleep(pause)
                again, self._untaken = sorted(self._untaken, key=lambda fact: fact.number), []
                self._refusals = 0
                for fact in again:
                    self._run(handle, fact)
                await self._settled()
                pause = _after(pause, self._refusals, len(again))
        finally:
            self._insisting = None
        log.info("slack.taken_again")

    async def _settled(self) -> bool:
        """Wait until the core has none of them in hand."""
        while self._running:
            await asyncio.wait(list(self._running.values()))
        return True

    # Facts that are answered, or that others depend on

    def _take_in_turn(self, handle: Handle, fact: _Fact, about: str) -> None:
        turn = self.turns.enter(fact.user or fact.event.delivery_id)
        task = asyncio.create_task(self._in_turn(handle, fact, turn, self._late.get(about)))
        self._serial.add(task)
        if about:
            self._late[about] = task
        task.add_done_callback(lambda _: self._turned(task, fact, about))

    def _turned(self, task: asyncio.Task[None], fact: _Fact, about: str) -> None:
        self._serial.discard(task)
        self._freed.set()
        if self._late.get(about) is task:
            del self._late[about]
        if task.cancelled():
            fact.done(committed=False)

    async def _in_turn(
        self,
        handle: Handle,
        fact: _Fact,
        turn: AbstractAsyncContextManager[None],
        earlier: asyncio.Task[None] | None,
    ) -> None:
        async with turn:
            if earlier is not None:
                await asyncio.wait([earlier])
            while waited := [*self._of(fact.user), *([self._insisting] if self._insisting else [])]:
                await asyncio.wait(waited)
            pause = FIRST
            try:
                while not await self._is_taken_among_few(handle, fact):
                    if self._handle is None:  # we are stopping
                        fact.done(committed=False)
                        return
                    self._stuck[fact.user] = asyncio.current_task()
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LAST)
            finally:
                self._stuck.pop(fact.user, None)

    async def _is_taken_among_few(self, handle: Handle, fact: _Fact) -> bool:
        async with self._few:
            return await self._is_taken(handle, fact)


def _after(pause: float, refused: int, of: int) -> float:
    """Seconds before the next try: none when all were taken, the first when some were."""
    if not refused:
        return 0.0
    return FIRST if refused < of else min(max(pause, FIRST) * 2, LAST)
