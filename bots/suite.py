"""The composition root: settings, database, App, adapters and clock meet here and nowhere else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bots import schema
from bots.rooms import routes, settings_of
from config.community import CommunityConfig
from config.settings import Settings, secret
from core.chat.adapter import Adapter, Answer, Menu, Permanent, Transient
from core.chat.events import Event
from core.chat.identity import Platform
from core.engine import database
from core.engine.app import App
from core.engine.clock import Clock
from core.engine.menu import RouteMenu
from core.engine.models import Community
from core.engine.texts import Texts
from core.members.service import MemberDirectory
from rituals.runner import materialise

log = structlog.get_logger()

Step = Callable[[], Awaitable[int]]

GRACE = 4.0
"""Seconds that what is in hand has to finish when the suite stops."""

CLOSING = 5.5
"""Seconds a platform then has to close its connections."""

AGAIN = 1.0
"""Seconds before a platform that is down is tried again; they double up to a minute."""

HEARTBEAT = 1.0
"""Seconds between two looks at what is due."""


def configured(settings: Settings, config: CommunityConfig) -> tuple[Platform, ...]:
    """The platforms that have both a token and a section."""
    tokens = {
        Platform.DISCORD: (settings.discord_token, config.discord),
        Platform.SLACK: (settings.slack_bot_token, config.slack),
        Platform.TELEGRAM: (settings.telegram_token, config.telegram),
    }
    return tuple(p for p, (token, section) in tokens.items() if secret(token) and section)


def adapter(
    platform: Platform, settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock
) -> Adapter:
    """The adapter of a configured platform; its library is imported only now."""
    match platform:
        case Platform.DISCORD:
            return _discord(settings, config, menu, clock)
        case Platform.SLACK:
            return _slack(settings, config, menu, clock)
        case Platform.TELEGRAM:
            return _telegram(settings, config, menu, clock)


def _discord(settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock) -> Adapter:
    from bots.discord.adapter import DiscordAdapter  # noqa: PLC0415  1.2 s to import
    from bots.discord.settings import DiscordSettings  # noqa: PLC0415  with it

    section = config.discord
    assert section is not None  # noqa: S101  only configured platforms are built
    return DiscordAdapter(
        DiscordSettings(
            token=secret(settings.discord_token),
            workspace=section.workspace,
            channels=section.channels,
            gate_role=section.gate_role,
            api_url=settings.discord_api_url,
            gateway_url=settings.discord_gateway_url,
        ),
        menu,
        now=clock.now,
    )


def _slack(settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock) -> Adapter:
    from bots.slack.adapter import SlackAdapter  # noqa: PLC0415  1.0 s to import
    from bots.slack.settings import SlackSettings  # noqa: PLC0415  with it

    section = config.slack
    assert section is not None  # noqa: S101  only configured platforms are built
    return SlackAdapter(
        SlackSettings(
            bot_token=secret(settings.slack_bot_token),
            app_token=secret(settings.slack_app_token),
            signing_secret=secret(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
            workspace=section.workspace,
            channels=section.channels,
            gate_channels=section.gate_channels,
            http_host=settings.slack_http_host,
            http_port=settings.slack_http_port,
        ),
        menu,
        now=clock.now,
    )


def _telegram(settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock) -> Adapter:
    from bots.telegram.adapter import TelegramAdapter  # noqa: PLC0415  1.5 s to import
    from bots.telegram.settings import TelegramSettings  # noqa: PLC0415  with it

    section = config.telegram
    assert section is not None  # noqa: S101  only configured platforms are built
    return TelegramAdapter(
        TelegramSettings(
            token=secret(settings.telegram_token),
            workspace=section.workspace,
            channels=section.channels,
            api_url=settings.telegram_api_url,
            file_url=settings.telegram_file_url,
            webhook_url=settings.telegram_webhook_url,
            webhook_secret=secret(settings.telegram_webhook_secret),
            webhook_listen=settings.telegram_webhook_listen,
            webhook_port=settings.telegram_webhook_port,
            group_per_minute=settings.telegram_group_per_minute,
        ),
        menu,
        now=clock.now,
    )


def adapters(
    settings: Settings, config: CommunityConfig, menu: Menu, clock: Clock
) -> dict[Platform, Adapter]:
    """An adapter for each configured platform."""
    return {p: adapter(p, settings, config, menu, clock) for p in configured(settings, config)}


async def open_app(settings: Settings, config: CommunityConfig, clock: Clock) -> App:
    """The database brought up to date and opened, and the community behind it; no platform yet."""
    applied = await schema.migrate(settings.database_url)
    if applied:
        log.info("migrated", applied=applied)
    await database.connect(settings.database_url, schema.MODULES)
    about = config.community
    community, _ = await Community.update_or_create(
        {"name": about.name, "timezone": about.timezone, "language": about.language},
        slug=about.slug,
    )
    texts = Texts(settings.locales, about.language)
    return App(community, routes(), texts, clock, MemberDirectory(), settings_of(config))


def menu_of(app: App) -> RouteMenu:
    """What can be invoked in this community."""
    return RouteMenu(app.routes, app.texts, app.complete, app.tongues.get)


@dataclass(slots=True)
class Suite:
    """The App at work on its platforms: what arrives is handled, what is due is done.

    Each platform has its own loop of deliveries and its own connection, so that one that is down
    holds neither of the others. With `beats=False` nothing falls due by itself: whoever drives
    the clock calls `settle`.
    """

    app: App
    beats: bool = True
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _trying: list[asyncio.Task[None]] = field(default_factory=list)
    _wakes: list[asyncio.Event] = field(default_factory=list)
    _up: set[Platform] = field(default_factory=set)
    _scheduler: AsyncIOScheduler | None = None
    _stopping: bool = False

    async def start(self) -> None:
        """Connect every platform; one that is down is tried again until it is there.

        Raises Permanent when a platform refuses us. Whatever keeps it from starting, everything
        is closed by then.
        """
        self._stopping = False
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        connecting = [self._connect(p) for p in self.app.adapters]
        for error in await asyncio.gather(*connecting, return_exceptions=True):
            if error is not None:
                raise error
        await self.app.learn_tongues()
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
        await asyncio.gather(*self._trying, return_exceptions=True)
        self.wake()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(self._close(p) for p in self._up))
        self._trying.clear()
        self._tasks.clear()
        self._wakes.clear()
        self._up.clear()

    async def settle(self) -> None:
        """Do and deliver everything due at this moment, on the platforms that are up."""
        while await self.app.work() + sum([await self.app.deliver(p) for p in tuple(self._up)]):
            continue

    def wake(self) -> None:
        """Look now at what is due."""
        for event in self._wakes:
            event.set()

    @property
    def up(self) -> frozenset[Platform]:
        """The platforms now connected."""
        return frozenset(self._up)

    async def _handle(self, event: Event) -> Answer:
        answer = await self.app.handle(event)
        self.wake()
        return answer

    async def _connect(self, platform: Platform) -> None:
        try:
            await self.app.adapters[platform].start(self._handle)
        except Permanent:
            raise
        except Transient as error:
            log.warning("platform down", platform=platform, reason=str(error))
            self._trying.append(asyncio.create_task(self._keep_trying(platform)))
            return
        self._is_up(platform)

    async def _keep_trying(self, platform: Platform) -> None:
        wait = AGAIN
        while not self._stopping:
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60)
            try:
                await self.app.adapters[platform].start(self._handle)
            except Transient as error:
                log.warning("platform still down", platform=platform, reason=str(error))
            except Permanent as error:
                log.error("platform refuses us", platform=platform, reason=str(error))  # noqa: TRY400  the reason is all there is
                return
            except Exception:  # one that breaks is one that is down: the others go on
                log.exception("platform does not start", platform=platform)
            else:
                self._is_up(platform)
                return

    async def _close(self, platform: Platform) -> None:
        try:
            async with asyncio.timeout(CLOSING):
                await self.app.adapters[platform].stop()
        except Exception:  # the other connections are closed all the same
            log.exception("platform not closed", platform=platform)

    async def _beat(self) -> None:
        """A coroutine, for APScheduler calls a plain function in a thread of its own."""
        self.wake()

    def _is_up(self, platform: Platform) -> None:
        log.info("platform up", platform=platform)
        self._up.add(platform)
        self._loop(lambda: self.app.deliver(platform))

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
            except Exception as error:
                log.error("step failed", exc_info=error)  # noqa: TRY400  structlog keeps it apart
                await asyncio.sleep(HEARTBEAT)
