"""What is seen from outside: whether we live, whether we serve, and the figures of both."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import REGISTRY as COUNTED
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bots.suite import Suite
from core.watch import service as watch

log = structlog.get_logger()

PATIENCE = 5.0
"""Seconds the database has to say what is owed: who asks waits hardly longer."""

LATE = 10.0
"""Seconds without a heartbeat after which the process is not alive any more."""


@dataclass(frozen=True, slots=True)
class Health:
    """Answers `/health/live`, `/health/ready`, `/health` and `/metrics` for these suites.

    Holds platforms, counts and ages: no name, no text, no secret.
    """

    suites: Sequence[Suite]
    role: str = "all"
    _opened: list[web.AppRunner] = field(default_factory=list)

    async def open(self, host: str, port: int) -> str:
        """Listen; says the address. Raises OSError when the port is taken."""
        routes = web.Application()
        routes.router.add_get("/health/live", self._live)
        routes.router.add_get("/health/ready", self._ready)
        routes.router.add_get("/health", self._state)
        routes.router.add_get("/metrics", self._metrics)
        runner = web.AppRunner(routes, access_log=None, shutdown_timeout=1)
        self._opened.append(runner)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        return f"http://{bound[0]}:{bound[1]}"

    async def close(self) -> None:
        """Stop listening."""
        while self._opened:
            await self._opened.pop().cleanup()

    @property
    def alive(self) -> bool:
        """Whether the heart of every suite beats."""
        return all(suite.lag < LATE for suite in self.suites)

    @property
    def ready(self) -> bool:
        """Whether every community is served on every platform it has here."""
        return self.alive and all(suite.up >= suite.wanted for suite in self.suites)

    async def _live(self, _request: web.Request) -> web.Response:
        return _said({"live": self.alive}, good=self.alive)

    async def _ready(self, _request: web.Request) -> web.Response:
        return _said({"ready": self.ready}, good=self.ready)

    async def _state(self, _request: web.Request) -> web.Response:
        """Everything at once; 503 when it does not serve, or the database does not answer."""
        try:
            async with asyncio.timeout(PATIENCE):
                communities = [await self._community(suite) for suite in self.suites]
        except Exception as error:  # noqa: BLE001  the boundary: who asks is told, whatever it is
            trouble = {"live": self.alive, "ready": False, "database": type(error).__name__}
            return _said(trouble, good=False)
        said = {"live": self.alive, "ready": self.ready, "role": self.role}
        return _said(said | {"database": "answers", "communities": communities}, good=self.ready)

    async def _community(self, suite: Suite) -> dict[str, Any]:
        app = suite.app
        owed = await watch.owed(app.community, app.clock.now())
        return {
            "community": app.community.slug,
            "heartbeat_lag_seconds": round(suite.lag, 3),
            "platforms": {
                pulse.platform: {
                    "up": pulse.up,
                    "since": pulse.since.isoformat(),
                    "reason": pulse.reason,
                }
                for pulse in suite.pulses.values()
            },
            "owed": sum(line.waiting for line in owed),
            "doubtful": sum(line.doubtful for line in owed),
            "failed": sum(line.failed for line in owed),
            "oldest_owed_seconds": max((line.oldest for line in owed), default=0.0),
        }

    async def _metrics(self, _request: web.Request) -> web.Response:
        measured = CollectorRegistry()
        up = Gauge("amicale_platform_up", "1 when connected.", _WHERE, registry=measured)
        lag = Gauge(
            "amicale_heartbeat_lag_seconds", "Lateness of the heartbeat.", registry=measured
        )
        lag.set(max((suite.lag for suite in self.suites), default=0.0))
        for suite in self.suites:
            for platform in suite.wanted:
                up.labels(suite.app.community.slug, platform).set(platform in suite.up)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._owed(measured)
        except Exception as error:  # noqa: BLE001  the other figures are worth having without it
            log.warning("what is owed is unknown", error=type(error).__name__)
        return web.Response(
            body=generate_latest(COUNTED) + generate_latest(measured),
            headers={"Content-Type": CONTENT_TYPE_LATEST},
        )

    async def _owed(self, measured: CollectorRegistry) -> None:
        owed = Gauge("amicale_owed", "Rows not done.", [*_WHERE, "state"], registry=measured)
        oldest = Gauge("amicale_oldest_owed_seconds", "Age.", _WHERE, registry=measured)
        for suite in self.suites:
            slug, now = suite.app.community.slug, suite.app.clock.now()
            for line in await watch.owed(suite.app.community, now):
                oldest.labels(slug, line.platform).set(line.oldest)
                for state in ("waiting", "doubtful", "failed"):
                    owed.labels(slug, line.platform, state).set(getattr(line, state))


_WHERE = ["community", "platform"]


def _said(what: dict[str, Any], *, good: bool) -> web.Response:
    status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
    return web.json_response(what, status=status, dumps=lambda d: json.dumps(d) + "\n")
