"""Up to when each workspace was heard, and what was said there while nobody listened."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from tortoise.queryset import QuerySet

from core.chat.adapter import Adapter, Answer, DeliveryError, Untaken
from core.chat.events import Event
from core.chat.identity import Workspace
from core.engine.clock import Clock
from core.engine.crowd import Fact, of_the_crowd
from core.engine.database import atomically
from core.engine.intake import GROUP, Intake
from core.engine.models import Community, Heard

log = structlog.get_logger()

EVERY = 5.0
"""Seconds between two marks: what happened since the last one is read again after a crash."""

SLACK = timedelta(minutes=10)
"""What is read once more before the mark: platforms' clocks differ, and sockets die unnoticed."""

FURTHEST = timedelta(days=30)
"""How far back a history is read at most."""

PATIENCE = 60.0
"""Seconds that what happens now waits behind the history."""

LONGEST = 600.0
"""Seconds that what is due waits behind the history, which may be endless."""

ELSEWHERE = timedelta(minutes=2)
"""How long what is due waits behind a history that another process reads: it may have died."""


class Hearing:
    """The mark of each workspace: nothing that happened before it is unrecorded.

    It moves only once the history since the last mark was read (`catch_up`), and past nothing
    that is still in hand or could not be recorded.
    """

    def __init__(
        self,
        community: Community,
        clock: Clock,
        intake: Intake,
        one: Callable[[Event], Awaitable[tuple[Answer, bool]]],
    ) -> None:
        self._community = community
        self._clock = clock
        self._intake = intake
        self._one = one
        self._whole: set[Workspace] = set()
        self._missed: dict[Workspace, int] = {}
        self._turns: dict[Workspace, asyncio.Lock] = {}
        self._reading: dict[Workspace, float] = {}
        self._noted = 0.0

    async def heard(self, workspace: Workspace) -> datetime | None:
        """Up to when that workspace was heard; None when never."""
        row = await self._row(workspace).first()
        return row.until if row else None

    def _row(self, workspace: Workspace) -> QuerySet[Heard]:
        return Heard.filter(
            community=self._community, platform=workspace.platform, workspace=workspace.id
        )

    def whole(self, workspace: Workspace) -> bool:
        """Whether its history was read up to what comes now."""
        return workspace in self._whole

    @property
    def reading(self) -> bool:
        """Whether a history is being read, and what is due must wait for it."""
        now = asyncio.get_running_loop().time()
        return any(now - began < LONGEST for began in self._reading.values())

    async def read_elsewhere(self) -> bool:
        """Whether any process is reading a history of this community."""
        now = self._clock.now()
        return bool(await Heard.exists(community=self._community, reading__gt=now))

    async def note(self, *, at_once: bool = False) -> None:
        """Move the marks of those heard lately, now and then; never raises."""
        now = asyncio.get_running_loop().time()
        if now - self._noted < EVERY and not at_once:
            return
        self._noted = now
        lately, self._intake.lately = self._intake.lately, set()
        for workspace in lately & self._whole:
            await self._mark(workspace)

    async def _mark(self, workspace: Workspace) -> None:
        pending = (event.at for event in self._intake.pending(workspace))
        until = min((self._clock.now(), *pending))

        async def write() -> None:
            row, new = await Heard.get_or_create(
                {"since": until, "until": until},
                community=self._community,
                platform=workspace.platform,
                workspace=workspace.id,
            )
            if not new:
                await Heard.filter(id=row.id).update(until=until)

        try:
            await atomically(write)
        except Exception as error:  # noqa: BLE001  the boundary: the mark before it holds
            reason = type(error).__name__
            log.warning("not marked", platform=workspace.platform, reason=reason)

    def interrupted(self, workspace: Workspace) -> None:
        """Something may have been missed: the mark stays until `catch_up` has read it."""
        self._whole.discard(workspace)
        self._missed[workspace] = self._missed.get(workspace, 0) + 1

    def expect(self, workspace: Workspace, *, coming: bool) -> None:
        """From now on what comes from there waits for `catch_up`; or nothing comes after all."""
        (self._intake.bar if coming else self._intake.open)(workspace)

    async def catch_up(self, adapter: Adapter) -> int:
        """Record what happened since the mark, oldest first; says how much of it was new.

        What comes from there meanwhile waits behind it. When it cannot be read to its end the
        mark stays, `whole` is False, and it is to be read again.
        """
        workspace = adapter.workspace
        self.interrupted(workspace)
        async with self._turns.setdefault(workspace, asyncio.Lock()):
            missed = self._missed[workspace]
            loop = asyncio.get_running_loop()
            self._reading[workspace] = loop.time()
            self._intake.bar(workspace)
            late = loop.call_later(PATIENCE, self._intake.open, workspace)
            try:
                ended, new = await self._read(adapter)
            finally:
                late.cancel()
                self._intake.open(workspace)
                del self._reading[workspace]
            if ended and missed == self._missed[workspace]:
                self._whole.add(workspace)
                await self._mark(workspace)
            return new

    async def _read(self, adapter: Adapter) -> tuple[bool, int]:
        """Read a history since its mark; whether it was read to its end, and how much was new."""
        row = self._row(adapter.workspace)
        mark = await row.first()
        if mark is None or not adapter.capabilities.remembers:
            return True, 0
        since = max(mark.until - SLACK, self._clock.now() - FURTHEST, mark.since)
        story = _Story(self._intake, self._one)
        before = self._intake.untaken(adapter.workspace)
        ended = True
        await row.update(reading=self._clock.now() + ELSEWHERE)
        try:
            async for event in adapter.history(since):
                await story.goes_on(event)
            await story.ends()
            self._intake.recovered(before)
        except (DeliveryError, Untaken) as error:
            ended = False
            reason = str(error) or type(error).__name__
            log.warning("history not read", platform=adapter.platform, reason=reason)
        finally:
            await row.update(reading=None)
        about = {"since": since.isoformat(), "events": story.events, "new": story.new}
        log.info("caught up", platform=adapter.platform, **about, ended=ended)
        return ended, story.new


class _Story:
    """A history on its way in: groups of what the crowd did, the rest one by one between."""

    def __init__(
        self, intake: Intake, one: Callable[[Event], Awaitable[tuple[Answer, bool]]]
    ) -> None:
        self._intake = intake
        self._one = one
        self._group: list[Fact] = []
        self.events = 0
        self.new = 0

    async def goes_on(self, event: Event) -> None:
        """What happened next. Raises Untaken."""
        self.events += 1
        if of_the_crowd(event):
            self._group.append(self._intake.take_old(event))
            if len(self._group) >= GROUP:
                await self.ends()
            return
        await self.ends()
        _, new = await self._one(event)
        self.new += new

    async def ends(self) -> None:
        """Wait until all of it is recorded. Raises Untaken."""
        group, self._group = self._group, []
        taken = await asyncio.gather(*(fact.taken for fact in group), return_exceptions=True)
        self.new += sum(fact.new for fact in group)
        for failure in taken:
            if isinstance(failure, BaseException):
                raise failure
