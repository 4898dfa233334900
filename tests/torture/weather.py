"""What goes wrong around the suite while people act: doubles, disorder, refusals, outages."""

import asyncio
import random
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from core.engine.database import sqlite_file
from tests.torture.place import Place

AWAY = timedelta(minutes=5)
"""How long a platform is down, on the clock of the wall."""

MOMENT = 1.0
"""Seconds of real time that takes."""

LOCKED = 7.0
"""Seconds for which another process holds the database: longer than SQLite waits by itself."""


@dataclass(slots=True)
class Weather:
    """Draws, before each moment, what goes wrong in it; `clears` mends it."""

    place: Place
    draw: random.Random
    _mend: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def breaks(self) -> None:
        """One thing, or none; events come up to three times and in disorder all the while."""
        towns = self.place.towns
        for sandbox in (towns.discord, towns.slack, towns.telegram):
            sandbox.deliver_twice(self.draw.randint(0, 2))
            if self.draw.random() < 0.3:
                sandbox.shuffle(self.draw.randint(2, 3))
        kinds = {
            self._refuses: 8,
            self._drops: 4,
            self._invalidates: 2,
            self._asks_to_leave: 3,
            self._platform_down: 3,
            self._locked: 1 if self._file else 0,
            self._full: 2 if self._file else 0,
            self._vanished: 2,
            self._nothing: 20,
        }
        (kind,) = self.draw.choices(list(kinds), list(kinds.values()))
        self.place.counts[kind.__name__.strip("_").replace("_", " ")] += kind != self._nothing
        await kind()

    async def clears(self) -> None:
        """All is well again, and what was held back comes."""
        while self._mend:
            await self._mend.pop()()
        towns = self.place.towns
        towns.discord._gateway.release()
        faults, feed = towns.slack.delivery.faults, towns.telegram.feed
        faults.hold = 0
        while faults.held:
            towns.slack.delivery._queue.put_nowait(faults.held.pop())
        feed._hold, held = 0, feed._held[:]
        feed._held.clear()
        for one in reversed(held):
            feed._arrive(one)

    async def _nothing(self) -> None:
        """A quiet moment."""

    async def _refuses(self) -> None:
        """429, a few times in a row, on each platform."""
        towns, times = self.place.towns, self.draw.randint(1, 3)
        towns.discord.limit("POST /channels/{channel_id}/messages", times, 0.2)
        towns.slack.limit("chat.postMessage", times, 1)
        towns.telegram.limit("sendMessage", times, 1)

    async def _drops(self) -> None:
        """Every connection is torn."""
        self.place.wires.cut()

    async def _invalidates(self) -> None:
        """Discord forgets the session, Slack closes every socket, Telegram ends the poll."""
        self.place.towns.discord.invalidate_session()
        await self.place.towns.slack.invalidate_session()
        self.place.towns.telegram.drop()

    async def _asks_to_leave(self) -> None:
        """`disconnect` and its kind."""
        self.place.towns.discord.ask_reconnect()
        await self.place.towns.slack.ask_reconnect()
        self.place.towns.telegram.ask_reconnect()

    async def _platform_down(self) -> None:
        """One of them is away."""
        towns = self.place.towns
        sandbox = self.draw.choice((towns.discord, towns.slack, towns.telegram))
        sandbox.down()

        async def mend() -> None:
            await asyncio.sleep(MOMENT)
            self.place.wall.reaches(self.place.wall.now() + AWAY)
            sandbox.up()

        self._mend.append(mend)

    @property
    def _file(self) -> Path | None:
        return sqlite_file(self.place.database)

    async def _locked(self) -> None:
        """Another process holds the database."""
        file = self._file
        assert file is not None
        other = sqlite3.connect(file, isolation_level=None, timeout=5, check_same_thread=False)
        other.execute("BEGIN EXCLUSIVE")

        async def mend() -> None:
            await asyncio.sleep(LOCKED)
            with closing(other):
                other.execute("ROLLBACK")

        self._mend.append(mend)

    async def _full(self) -> None:
        """No page more."""
        life = await self.place.living()
        if await life.order("pages", full=True) is None:
            return  # killed meanwhile

        async def mend() -> None:
            await asyncio.sleep(MOMENT)
            await life.order("pages", full=False)

        self._mend.append(mend)

    async def _vanished(self) -> None:
        """The file is moved away; on PostgreSQL every connection is ended."""
        file = self._file
        if file is None:
            await _end_connections(self.place.database)
            return
        moved = [one for one in file.parent.glob(f"{file.name}*") if one.suffix != ".bak"]
        for one in moved:
            one.rename(one.with_name(f"away-{one.name}"))

        async def mend() -> None:
            await asyncio.sleep(MOMENT)
            for one in moved:
                one.with_name(f"away-{one.name}").replace(one)

        self._mend.append(mend)


async def _end_connections(url: str) -> None:
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415  it ships no types; only here

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
