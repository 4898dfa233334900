"""The composition root: settings, database, App, adapters and clock meet here and nowhere else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC
from time import monotonic

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bots import schema
from bots.rooms import routes, settings_of
from config.community import CommunityConfig
from config.settings import Settings, secret
from core.arrivals.rules import Seal
from core.chat.adapter import DeliveryError, Permanent, Transient
from core.chat.identity import Platform
from core.engine import database
from core.engine.app import App
from core.engine.clock import Clock
from core.engine.errors import trace
from core.engine.feeds import Feeds
from core.engine.menu import RouteMenu
from core.engine.models import Community
from core.engine.texts import Texts
from core.members.directory import MemberDirectory
from core.watch import service as watch
from core.watch.rules import Pulse, Pulses
from rituals.runner import materialise

log = structlog.get_logger()

Step = Callable[[], Awaitable[int]]

GRACE = 3.5
"""Seconds that what is in hand has to finish when the suite stops."""

YIELDING = 0.5
"""Seconds for what did not finish to be given back, and once more for what hangs to be cut."""

CLOSING = 5.5
"""Seconds a platform then has to close its connections."""

AGAIN = 1.0
"""Seconds before a platform that is down is tried again; they double up to a minute."""

HEARTBEAT = 1.0
"""Seconds between two looks at what is due."""

REST, LONGEST_REST = 5.0, 300.0
"""Before a history is read again, so many times as long as it took, and at most so many seconds:
sessions that are lost one after the other must not make us ask the platform for ever."""


async def open_database(url: str) -> None:
    """The database of every community, brought up to date and opened."""
    applied = await schema.migrate(url)
    if applied:
        log.info("migrated", applied=applied)
    await database.connect(url, schema.MODULES)


async def open_app(settings: Settings, config: CommunityConfig, clock: Clock) -> App:
    """The database opened, and the one community in it; no platform yet."""
    await open_database(settings.database_url)
    return await app_of(settings, config, clock)


async def app_of(settings: Settings, config: CommunityConfig, clock: Clock) -> App:
    """One community of the open database; no platform yet."""
    about = config.community
    community, _ = await Community.update_or_create(
        {"name": about.name, "timezone": about.timezone, "language": about.language},
        slug=about.slug,
    )
    texts = Texts(settings.locales, about.language)
    rooms = {
        **settings_of(config),
        Feeds: Feeds(settings.feed_address),
        Seal: Seal(secret(settings.email_secret)),
    }
    return App(community, routes(), texts, clock, MemberDirectory(), rooms)


def menu_of(app: App) -> RouteMenu:
    """What can be invoked in this community."""
    return RouteMenu(app.routes, app.texts, app.complete, app.tongues.get)


@dataclass(slots=True)
class Suite:
    """The App at work on its platforms: what arrives is handled, what is due is done.

    Each platform has its own loop of deliveries and its own connection, so that one that is down
    holds neither of the others. With `beats=False` nothing falls due by itself: whoever drives
    the clock calls `settle`. Unless it `works`, jobs are left to worker processes. Nothing is
    delivered while `holds` says that another process may own these platforms.
    """

    app: App
    beats: bool = True
    works: bool = True
    holds: Callable[[], bool] = lambda: True
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _trying: list[asyncio.Task[None]] = field(default_factory=list)
    _wakes: list[asyncio.Event] = field(default_factory=list)
    _up: set[Platform] = field(default_factory=set)
    _gaps: dict[Platform, "_Gap"] = field(default_factory=dict)
    _beaten: float = field(default_factory=monotonic)
    _scheduler: AsyncIOScheduler | None = None
    _stopping: bool = False

    async def start(self) -> None:
        """Connect every platform; one that is down is tried again until it is there.

        Raises Permanent when a platform refuses us. Whatever keeps it from starting, everything
        is closed by then.
        """
        self._stopping = False
        self.app.stirred = self.wake
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        async with database.transaction():
            await watch.opens(self.app.scene(), self._forgetful)
        connecting = [self._connect(p) for p in self.app.adapters]
        for error in await asyncio.gather(*connecting, return_exceptions=True):
            if error is not None:
                raise error
        await self.app.learn_tongues()
        if self.works:
            async with database.transaction():
                await materialise(self.app.scene())
            self._loop(self.app.work)
        if self.beats:
            self._scheduler = AsyncIOScheduler(timezone=UTC)
            self._scheduler.add_job(
                self._beat,
                "interval",
                seconds=HEARTBEAT,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
            self._beaten = monotonic()
            self._scheduler.start()
        self.wake()

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, close every connection; within 10 s."""
        self._stopping = True
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        for task in self._trying:
            task.cancel()
        self.wake()
        handing_back = asyncio.create_task(self.app.rest(GRACE))
        ending = [handing_back, *self._trying, *self._tasks]
        await asyncio.wait(ending, timeout=GRACE + YIELDING)
        for task in ending:
            task.cancel()
        ended, _ = await asyncio.wait(ending, timeout=YIELDING)
        await asyncio.gather(*ended, return_exceptions=True)
        await asyncio.gather(*(self._close(p) for p in self._up))
        self._trying.clear()
        self._tasks.clear()
        self._wakes.clear()
        self._up.clear()
        self._gaps.clear()

    async def settle(self) -> None:
        """Do and deliver everything due at this moment, on the platforms that are up.

        What was missed is read before.
        """
        await asyncio.gather(*(gap.caught_up.wait() for gap in self._gaps.values()))
        await self.app.drain()
        while await self.app.work() + sum([await self.app.deliver(p) for p in tuple(self._up)]):
            continue

    def wake(self) -> None:
        """Look now at what is due."""
        for event in self._wakes:
            event.set()

    @property
    def up(self) -> frozenset[Platform]:
        """The platforms now connected."""
        return frozenset(p for p in self._up if p not in self.pulses or self.pulses[p].up)

    @property
    def _forgetful(self) -> list[Platform]:
        return [p for p, a in self.app.adapters.items() if not a.capabilities.remembers]

    @property
    def wanted(self) -> frozenset[Platform]:
        """The platforms this process is to be connected to."""
        return frozenset(self.app.adapters)

    @property
    def lag(self) -> float:
        """Seconds by which the last look at what is due is late."""
        return max(0.0, monotonic() - self._beaten - HEARTBEAT) if self._scheduler else 0.0

    @property
    def pulses(self) -> dict[Platform, Pulse]:
        """How each platform is, as `/statut` and `/health` say it."""
        known = self.app.settings[Pulses]
        assert isinstance(known, Pulses)  # noqa: S101  the rooms' settings are keyed by their type
        return known.by

    async def _connect(self, platform: Platform) -> None:
        try:
            await self._open(platform)
        except Permanent:
            raise
        except Transient as error:
            log.warning("platform down", platform=platform, reason=str(error))
            self._trying.append(asyncio.create_task(self._keep_trying(platform)))

    async def _open(self, platform: Platform) -> None:
        """Connect one platform; what comes from there waits for what was missed."""
        gap = _Gap()
        self.app.expect(platform)

        def missed() -> None:
            self.app.interrupted(platform)
            gap.opens()

        try:
            await self.app.adapters[platform].start(self.app.handle, missed=missed)
        except Exception as error:
            self.app.expect(platform, coming=False)
            self._pulse(platform, up=False, reason=_reason(error))
            raise
        self._is_up(platform, gap)

    async def _keep_trying(self, platform: Platform) -> None:
        wait = AGAIN
        while not self._stopping:
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60)
            try:
                await self._open(platform)
            except Transient as error:
                log.warning("platform still down", platform=platform, reason=str(error))
            except Permanent as error:
                log.error("platform refuses us", platform=platform, reason=str(error))  # noqa: TRY400  the reason is all there is
                return
            except Exception as error:  # noqa: BLE001  one that breaks is one that is down: the others go on
                log.error("platform does not start", platform=platform, trace=trace(error))  # noqa: TRY400  without words
            else:
                return

    async def _close(self, platform: Platform) -> None:
        try:
            async with asyncio.timeout(CLOSING):
                await self.app.adapters[platform].stop()
        except Exception as error:  # noqa: BLE001  the other connections are closed all the same
            log.error("platform not closed", platform=platform, trace=trace(error))  # noqa: TRY400  without words

    async def _beat(self) -> None:
        """A coroutine, for APScheduler calls a plain function in a thread of its own."""
        for platform in self._up:
            trouble = self.app.adapters[platform].trouble
            self._pulse(platform, up=not trouble, reason=trouble)
        self._beaten = monotonic()
        self.wake()

    def _is_up(self, platform: Platform, gap: "_Gap") -> None:
        log.info("platform up", platform=platform)
        self._up.add(platform)
        self._pulse(platform, up=True)
        self._gaps[platform] = gap
        self._trying.append(asyncio.create_task(self._catch_up(platform, gap)))

    def _pulse(self, platform: Platform, *, up: bool, reason: str = "") -> None:
        known = self.pulses.get(platform)
        same = known is not None and known.up == up
        since = known.since if known is not None and same else self.app.clock.now()
        self.pulses[platform] = Pulse(platform, up, since, reason)

    async def _catch_up(self, platform: Platform, gap: "_Gap") -> None:
        """Read what was missed, at first and whenever a session could not be resumed.

        Deliveries begin after the first reading: what it says may make them needless.
        """
        wait, delivering, clock = AGAIN, False, asyncio.get_running_loop().time
        while not self._stopping:
            await gap.open.wait()
            gap.open.clear()
            began = clock()
            try:
                found = await self.app.catch_up(platform)
                await self._recovered(platform, found)
            except Exception as error:  # noqa: BLE001  tried again like a history that ends early
                log.error("not caught up", platform=platform, trace=trace(error))  # noqa: TRY400  without words
            if not delivering:
                delivering = True
                self._loop(lambda: self._deliver(platform))
            if not gap.open.is_set():
                gap.caught_up.set()
            self.wake()
            rest = min((clock() - began) * REST, LONGEST_REST)
            if platform in self.app.behind:
                gap.open.set()
                rest, wait = max(rest, wait), min(wait * 2, 60)
            else:
                wait = AGAIN
            await asyncio.sleep(rest)

    async def _recovered(self, platform: Platform, found: int) -> None:
        if found:
            async with database.transaction():
                await watch.recovered(self.app.scene(), platform, found)

    async def _deliver(self, platform: Platform) -> int:
        owns = self.holds() and not self._stopping
        return await self.app.begin(platform) if owns else 0

    def _loop(self, step: Step) -> None:
        wake = asyncio.Event()
        wake.set()
        self._wakes.append(wake)
        self._tasks.append(asyncio.create_task(self._whenever(wake, step)))

    async def _whenever(self, wake: asyncio.Event, step: Step) -> None:
        while not self._stopping:
            await wake.wait()
            wake.clear()
            try:
                if await step():
                    self.wake()
            except Exception as error:  # noqa: BLE001  the boundary: the next look may pass
                log.error("step failed", trace=trace(error))  # noqa: TRY400  without words
                await asyncio.sleep(HEARTBEAT)


class _Gap:
    """What may have been missed on one platform: open until it was read."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.caught_up = asyncio.Event()
        self.open.set()

    def opens(self) -> None:
        """A session began that could not go on where the one before it ended."""
        self.caught_up.clear()
        self.open.set()


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, DeliveryError) else type(error).__name__
