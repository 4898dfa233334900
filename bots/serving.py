"""Serving: which part of the work this process does, for which communities, until it is told."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bots import logs, platforms
from bots.checking import DATABASE, check
from bots.duty import Duty
from bots.operate import OK, WRONG_SET_UP, bare_menu, console, errors, show
from bots.ownership import Ownership, Taken, alone, signed
from bots.suite import Suite, app_of, menu_of, open_database
from bots.tenants import SetUp, Tenant, read
from config.settings import Settings
from core.chat.adapter import Permanent, Problem
from core.chat.identity import Platform
from core.engine import database
from core.engine.clock import SystemClock

AT_START = 6.0
"""Seconds that a platform which does not answer may hold the others when the suite starts."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the work that is done here; a gateway may keep to the platforms named."""

    duty: Duty = Duty.ALL
    named: tuple[Platform, ...] = ()

    @property
    def here(self) -> Collection[Platform]:
        """The platforms this process connects to."""
        return () if self.duty is Duty.WORKER else self.named or tuple(Platform)

    def misplaced(self, set_up: SetUp) -> Iterator[Problem]:
        """Why it cannot be done with this set-up."""
        url = set_up.settings.database_url if set_up.settings else ""
        if self.duty is not Duty.ALL and url.startswith("sqlite://"):
            what = f"--role {self.duty} is for several processes, and SQLite is for one"
            remedy = "run without --role, or move to PostgreSQL: amicale move --to postgres://…"
            yield Problem(DATABASE, what, remedy)
        if self.named and self.duty is not Duty.GATEWAY:
            yield Problem("--platform", "is for gateways", "add --role gateway, or leave it out")
        for platform in self.named if set_up.tenants else ():
            if not any(platform in tenant.platforms for tenant in set_up.tenants):
                what = f"{platform} has no token, or no section in any community's file"
                yield Problem("--platform", what, "set them, or leave that platform out")


async def serve(part: Part) -> int:
    """Serve until SIGTERM or SIGINT; 2 when the set-up is wrong, with everything wrong named."""
    logs.configure()
    up, told = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(_serve(part, up, told))
    telling = asyncio.create_task(told.wait())
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    await asyncio.wait({serving, telling}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    if not up.is_set():
        serving.cancel()
    try:
        return await serving
    except asyncio.CancelledError:
        return OK


async def _serve(part: Part, up: asyncio.Event, told: asyncio.Event) -> int:
    """Be up until told otherwise; may be cancelled until then: what is open is closed."""
    set_up = read()
    menu = bare_menu(set_up.settings)
    problems = await check(set_up, menu, patience=AT_START, only=part.here)
    problems += part.misplaced(set_up)
    show(problems)
    if any(problem.fatal for problem in problems) or set_up.settings is None:
        return WRONG_SET_UP
    try:
        async with _held(part, set_up.settings, set_up.tenants, told) as hold:
            try:
                await open_database(signed(set_up.settings.database_url, part.duty))
                suites = [await _suite(part, tenant, hold) for tenant in set_up.tenants]
                async with _working(part, set_up.settings, suites):
                    settle()
                    up.set()
                    console.print(_greeting(part, suites))
                    await told.wait()
            finally:
                await database.close()
            if hold is not None and hold.refused:
                raise Taken(hold.refused)  # noqa: TRY301  told where every refusal is
    except (Permanent, Taken) as refusal:
        errors.print(logs.redact(f"refused: {refusal}"), style="red", markup=False)
        return WRONG_SET_UP
    return OK


def settle() -> None:
    """What stands once everything is up stays: the collector looks through it no more.

    Looking through the libraries' half a million objects stopped everything for 90 to 200 ms,
    every few thousand events (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def _held(
    part: Part, settings: Settings, tenants: Sequence[Tenant], told: asyncio.Event
) -> AsyncIterator[Ownership | None]:
    """Keep other processes from doing the same. Raises Taken when one does."""
    url, file = settings.database_url, database.sqlite_file(settings.database_url)
    if file is not None:
        with alone(file, part.duty):
            yield None
    elif url.startswith("sqlite://"):
        yield None
    else:
        connections = [
            f"{platform} workspace {platforms.workspace(platform, tenant.config).id}"
            for tenant in tenants
            for platform in tenant.platforms
            if platform in part.here
        ]
        hold = Ownership(url, part.duty, connections)
        await hold.take()
        watching = asyncio.create_task(hold.keep(told.set))
        try:
            yield hold
        finally:
            watching.cancel()
            await hold.release()


async def _suite(part: Part, tenant: Tenant, hold: Ownership | None) -> Suite:
    app = await app_of(tenant.settings, tenant.config, SystemClock())
    menu = menu_of(app)
    app.adapters = platforms.adapters(
        tenant.settings, tenant.config, menu, app.clock, only=part.here
    )
    others = (platform for platform in tenant.platforms if platform not in part.here)
    app.elsewhere = tuple(platforms.workspace(platform, tenant.config) for platform in others)
    holds = (lambda: hold.held) if hold is not None else (lambda: True)
    return Suite(app, works=part.duty is Duty.ALL, holds=holds)


@asynccontextmanager
async def _working(part: Part, settings: Settings, suites: Sequence[Suite]) -> AsyncIterator[None]:
    """Every community up, and down in the end. Raises Permanent, naming the community."""
    async with AsyncExitStack() as opened:
        opened.push_async_callback(_stop, suites)
        if settings.health_port is not None:
            await opened.enter_async_context(_seen(part, settings, suites))
        if settings.feed_port is not None:
            await opened.enter_async_context(_read_outside(settings, suites))
        started = await asyncio.gather(*(s.start() for s in suites), return_exceptions=True)
        for suite, error in zip(suites, started, strict=True):
            if isinstance(error, Permanent) and len(suites) > 1:
                slug = suite.app.community.slug
                raise Permanent(error.code, f"{slug}: {error.reason}") from error
            if error is not None:
                raise error
        if part.duty is Duty.WORKER:
            from bots.workers import at_work  # noqa: PLC0415  only workers need its libraries

            apps = [suite.app for suite in suites]
            await opened.enter_async_context(at_work(settings.database_url, apps))
        yield


@asynccontextmanager
async def _seen(part: Part, settings: Settings, suites: Sequence[Suite]) -> AsyncIterator[None]:
    """Health and figures for who watches. Raises Permanent when the port is taken."""
    from bots.health import Health  # noqa: PLC0415  a web server is not always wanted

    health = Health(suites, part.duty)
    try:
        await health.open(settings.health_host, settings.health_port or 0)
    except OSError as error:
        where = f"AMICALE_HEALTH_PORT={settings.health_port}"
        what = f"{where} cannot be listened on ({error.strerror}): choose another port"
        raise Permanent("health", what) from error
    try:
        yield
    finally:
        await health.close()


@asynccontextmanager
async def _read_outside(settings: Settings, suites: Sequence[Suite]) -> AsyncIterator[None]:
    """Calendars for calendar programs. Raises Permanent when the port is taken."""
    from bots.feeds import FeedServer  # noqa: PLC0415  a web server is not always wanted

    server = FeedServer([suite.app for suite in suites])
    try:
        await server.open(settings.feed_host, settings.feed_port or 0)
    except OSError as error:
        where = f"AMICALE_FEED_PORT={settings.feed_port}"
        what = f"{where} cannot be listened on ({error.strerror}): choose another port"
        raise Permanent("feeds", what) from error
    try:
        yield
    finally:
        await server.close()


async def _stop(suites: Sequence[Suite]) -> None:
    await asyncio.gather(*(suite.stop() for suite in suites))


def _greeting(part: Part, suites: Sequence[Suite]) -> str:
    if part.duty is Duty.WORKER:
        names = ", ".join(suite.app.community.slug for suite in suites)
        return f"amicale works for {names}"
    where = {s.app.community.slug: ", ".join(sorted(s.up)) or "no platform yet" for s in suites}
    if len(where) == 1:
        return f"amicale is up on {next(iter(where.values()))}"
    return "amicale is up on " + "; ".join(f"{slug}: {up}" for slug, up in where.items())
