"""Calendars for calendar programs: whoever has the secret address may read, and nothing else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import structlog
from aiohttp import web

from core.engine.app import App
from core.engine.errors import trace

PATIENCE = 5.0
"""Seconds the database has to answer."""

AT_ONCE = 8
"""Requests in hand at a time: others are told to come back."""

MOST = 1 << 20
"""Bytes of the largest calendar that is given."""

FRESH = 300
"""Seconds a program may keep what it read."""

SHAPE = "[A-Za-z0-9_-]{16,128}"
"""What a token is made of: too much to be guessed."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FeedServer:
    """Answers `/<feed>/<token>.ics` for these communities.

    The token is a secret: no address is logged, and one that is wrong is told what one that
    never was is told.
    """

    apps: Sequence[App]
    _opened: list[web.AppRunner] = field(default_factory=list)
    _in_hand: list[object] = field(default_factory=list)

    async def open(self, host: str, port: int) -> str:
        """Listen; says the address. Raises OSError when the port is taken."""
        served = web.Application(client_max_size=1)
        served.router.add_get(f"/{{feed}}/{{token:{SHAPE}}}.ics", self._feed)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=1)
        self._opened.append(runner)
        await runner.setup()
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        return f"http://{bound[0]}:{bound[1]}"

    async def close(self) -> None:
        """Stop listening."""
        while self._opened:
            await self._opened.pop().cleanup()

    async def _feed(self, request: web.Request) -> web.Response:
        if len(self._in_hand) >= AT_ONCE:
            return _later()
        self._in_hand.append(request)
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._read(request.match_info["feed"], request.match_info["token"])
        except Exception as error:  # noqa: BLE001  the boundary: who asks may come back
            log.error("feed failed", feed=request.match_info["feed"], trace=trace(error))  # noqa: TRY400  without its words
            return _later()
        finally:
            self._in_hand.remove(request)
        return web.Response(status=404) if found is None else _given(request, found)

    async def _read(self, name: str, token: str) -> bytes | None:
        for app in self.apps:
            found = await app.feed(name, token)
            if found is not None:
                if len(found) > MOST:
                    raise ValueError(f"a calendar of {len(found)} bytes")
                return found
        return None


def _given(request: web.Request, calendar: bytes) -> web.Response:
    """The calendar, or that it is still the one the program has."""
    tag = sha256(calendar).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": f"private, max-age={FRESH}"}
    if any(known.value == tag for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(
        body=calendar, content_type="text/calendar", charset="utf-8", headers=headers
    )


def _later() -> web.Response:
    return web.Response(status=503, headers={"Retry-After": "60"})
