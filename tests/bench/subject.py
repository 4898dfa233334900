"""The process that is measured: `python -m tests.bench.subject VARIANT PLATFORM,… DATABASE`."""

import asyncio
import contextlib
import cProfile
import io
import os
import pstats
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from core.chat.identity import Platform
from tests.bench.town import Json, orders, tell
from tests.bench.weight import most, resident

PROFILED = 25


class Count:
    """How many messages are through, when, and what they cost."""

    def __init__(self) -> None:
        self.through = 0
        self.moments: list[tuple[str, float]] = []
        self._target = 0
        self._cpu = 0.0
        self._profile = cProfile.Profile() if os.environ.get("BENCH_PROFILE") else None

    def one(self, name: str) -> None:
        """A message is through: handled, or handled and committed."""
        self.through += 1
        self.moments.append((name, time.monotonic()))
        if self.through == self._target:
            self._done()

    async def expect(self, count: int) -> None:
        """Begin to count, and tell when so many more are through."""
        self.moments.clear()
        self._target = self.through + count
        self._cpu = time.process_time()
        if self._profile is not None:
            self._profile.enable()
        tell(expects=count)

    async def when(self) -> None:
        """Tell when each was through."""
        tell(moments=self.moments)

    async def weigh(self) -> None:
        """Tell how much memory is held after a rest, and was at most, in MB."""
        await asyncio.sleep(float(os.environ.get("BENCH_REST", "0")))
        tell(now=resident(), most=most())

    def _done(self) -> None:
        cpu = time.process_time() - self._cpu
        if self._profile is not None:
            self._profile.disable()
            written = io.StringIO()
            pstats.Stats(self._profile, stream=written).sort_stats("tottime").print_stats(PROFILED)
            sys.stderr.write(f"== {' '.join(sys.argv[1:3])}: {cpu:.2f} s\n{written.getvalue()}")
        tell(done=time.monotonic(), cpu=cpu)


def suite(
    platforms: tuple[Platform, ...], database: str, count: Count
) -> AbstractAsyncContextManager[Callable[..., Awaitable[None]]]:
    """Everything that `amicale run` runs."""
    from tests.bench.whole import whole  # noqa: PLC0415  its imports are measured

    return whole(platforms, database, count.one)


@asynccontextmanager
async def client(platforms: tuple[Platform, ...], _: str, count: Count) -> AsyncIterator[None]:
    """The client libraries with an empty handler."""
    from tests.bench.clients import CLIENTS  # noqa: PLC0415  its imports are measured

    async def nothing(_: str) -> None:
        return None

    async with contextlib.AsyncExitStack() as open_:
        for platform in platforms:
            await open_.enter_async_context(CLIENTS[platform](nothing, count.one))
        yield


@asynccontextmanager
async def insert(
    platforms: tuple[Platform, ...], database: str, count: Count
) -> AsyncIterator[None]:
    """A bot as written by hand: the client library, and one row for each message."""
    from tests.bench.byhand import keeping  # noqa: PLC0415  its imports are measured
    from tests.bench.clients import CLIENTS  # noqa: PLC0415  same

    async with keeping(database) as keep, contextlib.AsyncExitStack() as open_:
        for platform in platforms:
            await open_.enter_async_context(CLIENTS[platform](keep, count.one))
        yield


VARIANTS: dict[str, Any] = {"suite": suite, "client": client, "insert": insert}


async def main() -> None:
    """Connect, tell so, and do what standard input says until it ends."""
    variant, platforms, database = sys.argv[1:]
    count = Count()
    told: dict[str, Any] = {"expect": count.expect, "when": count.when, "weigh": count.weigh}
    wanted = tuple(Platform(p) for p in platforms.split(","))
    async with VARIANTS[variant](wanted, database, count) as running:
        if running is not None:
            told["owe"] = running
        tell(ready=time.monotonic())
        async for order in orders():
            await obey(told, order)


async def obey(told: dict[str, Any], order: Json) -> None:
    """One order."""
    await told[order.pop("do")](**order)


if __name__ == "__main__":
    asyncio.run(main())
