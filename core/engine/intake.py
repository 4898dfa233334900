"""The queue of the crowd: recorded at once when it is quiet, in groups when it is not."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import structlog

from core.chat.adapter import Answer, Untaken
from core.chat.events import Event
from core.chat.identity import Account, Platform, Workspace
from core.engine import metrics
from core.engine.crowd import Crowd, Fact, delivery
from core.engine.database import is_away
from core.engine.errors import trace
from core.engine.strangers import Ask, Strangers

log = structlog.get_logger()

GROUP = 256
"""Events in one transaction: some ten milliseconds of work, so that a command waits no longer."""

BREATH = 0.005
"""Seconds between the beginnings of two groups: 500 events a second cost a third less so."""

OWN_WORDS = 1.0
"""Seconds that what somebody asks waits, at most, for what they said just before."""

REMEMBERED = 10_000
"""People whose last word is remembered for a while although it is recorded."""


@dataclass(slots=True)
class _Line:
    """What came from a workspace while its history is read."""

    facts: list[Fact] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Intake:
    """What was said and done, on its way to the tables, in the order in which it came.

    A task works it off while there is something, and no longer. `rested` is called after each
    group. What is asked passes before the next group.
    """

    def __init__(
        self, crowd: Crowd, ask: Ask, community: str, rested: Callable[[], Awaitable[None]]
    ) -> None:
        self._crowd = crowd
        self._community = community
        self._rested = rested
        self._queue: deque[Fact] = deque()
        self._strangers = Strangers(ask, self._back)
        self._asking: set[asyncio.Future[None]] = set()
        self._last: dict[Account, Fact] = {}
        self._hand: set[Fact] = set()
        self._untaken: dict[str, Event] = {}
        self._lines: dict[Workspace, _Line] = {}
        self._worker: asyncio.Task[None] | None = None
        self._began = 0.0
        self.lately: set[Workspace] = set()
        """The workspaces from which something was recorded, for who empties it."""

    async def take(self, event: Event) -> Answer:
        """Record an event and say what to answer, once it is committed. Raises Untaken."""
        fact = self.hold(event)
        line = self._lines.get(event.workspace)
        if line is None:
            self._enter(fact)
        else:
            line.facts.append(fact)
        return await fact.taken

    def take_old(self, event: Event) -> Fact:
        """Record an event that was read from the history: it passes before those of now."""
        fact = self.hold(event)
        self._enter(fact)
        return fact

    # -- what is in hand ------------------------------------------------------------------

    def hold(self, event: Event) -> Fact:
        """Count an event as in hand until it is `done`, or `refused`."""
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[Answer] = loop.create_future()
        fact = Fact(event, delivery(event), taken, loop.time(), event.profile)
        self._hand.add(fact)
        return fact

    def done(self, fact: Fact, answer: Answer) -> None:
        """It is recorded, now or before."""
        self._hand.discard(fact)
        if self._untaken:
            self._untaken.pop(fact.key, None)
        if not fact.taken.done():  # whoever waited may have gone
            fact.taken.set_result(answer)

    def refused(self, fact: Fact) -> None:
        """It could not be recorded, and will be handed over again."""
        self._hand.discard(fact)
        self._untaken[fact.key] = fact.event
        platform = fact.event.workspace.platform
        metrics.REFUSED.labels(self._community, platform, "away").inc()
        if not fact.taken.done():
            fact.taken.set_exception(Untaken())

    def pending(self, workspace: Workspace) -> Iterable[Event]:
        """What of that workspace is not recorded yet."""
        for event in (*(fact.event for fact in self._hand), *self._untaken.values()):
            if event.workspace == workspace:
                yield event

    def untaken(self, workspace: Workspace) -> frozenset[str]:
        """The keys of what could not be recorded there, and is to be handed over again."""
        return frozenset(k for k, event in self._untaken.items() if event.workspace == workspace)

    def recovered(self, keys: Iterable[str]) -> None:
        """These are in the history, which was read since: nobody need hand them over again."""
        for key in keys:
            self._untaken.pop(key, None)

    # -- who comes first ------------------------------------------------------------------

    def bar(self, workspace: Workspace) -> None:
        """Let what comes from there wait in line, until it is `open` again."""
        self._lines.setdefault(workspace, _Line())

    def open(self, workspace: Workspace) -> None:
        """Let in what waits in line."""
        line = self._lines.pop(workspace, None)
        if line is not None:
            line.over.set()
            for fact in line.facts:
                self._enter(fact)

    async def admitted(self, workspace: Workspace) -> None:
        """Wait in line, where there is one."""
        while (line := self._lines.get(workspace)) is not None:
            await line.over.wait()

    async def own_words(self, account: Account | None) -> None:
        """Wait until what somebody said before is recorded: what they ask may be about it."""
        said = self._last.get(account) if account is not None else None
        if said is not None and not said.taken.done():
            await asyncio.wait([said.taken], timeout=OWN_WORDS)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Go before the next group."""
        asking = asyncio.get_running_loop().create_future()
        self._asking.add(asking)
        try:
            yield
        finally:
            self._asking.discard(asking)
            asking.set_result(None)

    async def drain(self) -> None:
        """Wait until all that came in is recorded, or refused."""
        while busy := [task for task in (self._worker, *self._strangers.asked()) if task]:
            await asyncio.wait(busy)

    # -- the work -------------------------------------------------------------------------

    def _enter(self, fact: Fact) -> None:
        if fact.event.account is not None:
            self._last[fact.event.account] = fact
        self._queue.append(fact)
        self._work()

    def _back(self, facts: Sequence[Fact]) -> None:
        """Those whose author's name was asked come before all that came since."""
        self._queue.extendleft(reversed(facts))
        self._work()

    def _work(self) -> None:
        if self._worker is None and self._queue:
            self._worker = asyncio.create_task(self._work_off())

    async def _work_off(self) -> None:
        group: list[Fact] = []
        try:
            while self._queue:
                await self._give_way()
                group = [self._queue.popleft() for _ in range(min(GROUP, len(self._queue)))]
                await self._introduced(group)
                await self._rested()
                if len(self._last) > REMEMBERED:
                    self._let_go()
        except BaseException:  # a stop, or a fault of ours: nobody may wait for ever
            for fact in (*group, *self._queue):
                if fact in self._hand:
                    self.refused(fact)
            self._queue.clear()
            raise
        finally:
            self._worker = None
            self._let_go()

    def _let_go(self) -> None:
        self._last = {who: fact for who, fact in self._last.items() if fact in self._hand}

    async def _give_way(self) -> None:
        """Let those pass who ask now, and let a group gather where one was just recorded."""
        loop = asyncio.get_running_loop()
        early = self._began + BREATH - loop.time()
        if early > 0 and len(self._queue) < GROUP:
            await asyncio.sleep(early)
        if self._asking:
            await asyncio.wait(set(self._asking))
        self._began = loop.time()

    async def _introduced(self, group: list[Fact]) -> None:
        """Record those of a group whose author is known by name; the others are asked for."""
        unasked = {
            fact.event.account
            for fact in group
            if fact.event.account is not None
            and not fact.asked
            and not (fact.profile is not None and fact.profile.roles)
        }
        try:
            nameless = await self._crowd.strangers(unasked) if unasked else set()
        except Exception as error:  # noqa: BLE001  the boundary: nobody else waits for the crowd
            await self._failed(group, error)
            return
        known = self._strangers.part(group, nameless)
        if known:
            await self._record(known)

    async def _record(self, group: Sequence[Fact]) -> None:
        try:
            answers = await self._crowd.record(group)
        except Exception as error:  # noqa: BLE001  the boundary: one bad event must not stop the others
            await self._failed(group, error)
            return
        now = asyncio.get_running_loop().time()
        self.lately.update({fact.event.workspace for fact in group})
        for fact in group:
            fact.new = fact in answers
            self.done(fact, answers.get(fact))
        self._count(answers, now)

    async def _failed(self, group: Sequence[Fact], error: Exception) -> None:
        """Hand back what cannot be kept now; find the one event that harms the others."""
        if is_away(error):
            log.warning("not recorded", count=len(group), reason=type(error).__name__)
            for fact in group:
                self.refused(fact)
        elif len(group) == 1:
            fact, platform = group[0], group[0].event.workspace.platform
            context = {"event": type(fact.event).__name__, "delivery": fact.event.delivery_id}
            with structlog.contextvars.bound_contextvars(**context):
                reference = uuid4().hex[:6].upper()
                log.error("event failed", reference=reference, trace=trace(error))
            metrics.REFUSED.labels(self._community, platform, "failed").inc()
            self.done(fact, None)
        else:
            half = len(group) // 2
            for some in (group[:half], group[half:]):
                if self._asking:
                    await asyncio.wait(set(self._asking))
                await self._record(some)

    def _count(self, facts: Iterable[Fact], now: float) -> None:
        kinds: dict[tuple[Platform, str], int] = {}
        seconds = metrics.COMMITTED.labels(self._community, "crowd")
        for fact in facts:
            which = (fact.event.workspace.platform, type(fact.event).__name__)
            kinds[which] = kinds.get(which, 0) + 1
            seconds.observe(now - fact.since)
        for which, count in kinds.items():
            metrics.EVENTS.labels(self._community, *which).inc(count)
