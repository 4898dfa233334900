"""One process for each platform connection and each SQLite file: a second one is refused."""

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit
from zlib import crc32

import structlog

if TYPE_CHECKING:
    from asyncpg import Connection  # type: ignore[import-untyped]  # it ships no types

log = structlog.get_logger()

OWNED = 0x616D6967
"""The class of the advisory locks of platform connections; the second key is their name's sum."""
RUNNING = 0x616D6972
"""The lock that every process which serves a PostgreSQL database shares."""
PATIENCE = 2.0
"""Seconds in which a process that was killed is noticed by the database on the same machine."""
LOOK = 2.0
"""Seconds between two looks at whether the locks are still ours."""
GONE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""After 25 s the database lets go of a machine that vanished without a word."""
NAME = 63
"""Characters that PostgreSQL keeps of an application's name."""


class Taken(Exception):
    """Another process holds it; the message says which, and what to do."""


def who(role: str) -> str:
    """This process, as another one will name it."""
    process = f":{os.getpid()}"
    return f"amicale {role} {socket.gethostname()}"[: NAME - len(process)] + process


@contextmanager
def alone(file: Path, role: str) -> Iterator[None]:
    """Hold a SQLite file for this process. Raises Taken when another one has it.

    The lock is the kernel's, on a file beside the database, so that it ends with the process,
    however that ends.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            by = lock.read().strip() or "another process"
            raise Taken(
                f"{by} has {file} open: SQLite is for one process; stop it, or move to PostgreSQL"
            ) from error
        lock.truncate(0)
        lock.write(who(role))
        lock.flush()
        yield


def address(url: str) -> str:
    """A PostgreSQL address as its own tools take it: Tortoise's parameters are its own."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("ssl", ["false"])[0].lower() in {"true", "1", "t", "yes"}
    query = "sslmode=require" if asked else ""
    return parts._replace(scheme="postgresql", query=query, fragment="").geturl()


def signed(url: str, role: str) -> str:
    """The address of a database, PostgreSQL's with this process's name for who looks there."""
    if url.startswith("sqlite://"):
        return url
    return f"{url}{'&' if '?' in url else '?'}application_name={quote(who(role))}"


@dataclass(slots=True)
class Ownership:
    """This process's hold on its platform connections, while it lives.

    The locks belong to a connection of their own; when that is lost, `held` is false until they
    are taken again. Who took them meanwhile is told by `refused`.
    """

    url: str
    role: str
    connections: Sequence[str] = ()
    held: bool = False
    refused: str = ""
    _connection: "Connection | None" = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self) -> None:
        """Take every lock, or none. Raises Taken when another process has one."""
        import asyncpg  # noqa: PLC0415  only PostgreSQL needs it

        settings = GONE | {"application_name": who(self.role)}
        connection = await asyncpg.connect(address(self.url), timeout=10, server_settings=settings)
        try:
            await self._lock(connection)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda _: self._changed.set())
        self._connection, self.held = connection, True

    async def _lock(self, connection: "Connection") -> None:
        shared = f"SELECT pg_try_advisory_lock_shared({RUNNING}, 0)"
        if not await _within(PATIENCE, connection, shared):
            raise Taken("the database is being restored or filled: start again after that")
        for name in self.connections:
            lock = f"SELECT pg_try_advisory_lock({OWNED}, {_key(name)})"
            if not await _within(PATIENCE, connection, lock):
                by = await _holder(connection, name)
                raise Taken(f"{name} is already served by {by}: stop it first")

    async def keep(self, lost: Callable[[], None]) -> None:
        """Watch the hold until cancelled; `lost` is called when another process has it now."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK)
            self._changed.clear()
            if await self._is_ours():
                continue
            if self.held:
                log.warning("hold lost", role=self.role, reason="the database closed it")
            self.held = False
            try:
                await self.take()
            except Taken as taken:
                self.refused = str(taken)
                lost()
                return
            except Exception as error:  # noqa: BLE001  whatever keeps the database away may pass
                log.warning("hold not taken again", reason=type(error).__name__)
            else:
                log.info("hold taken again", role=self.role)

    async def release(self) -> None:
        """Let go."""
        self.held = False
        if self._connection is not None:
            with contextlib.suppress(Exception):
                await self._connection.close(timeout=2)
            self._connection = None

    async def _is_ours(self) -> bool:
        if self._connection is None or self._connection.is_closed():
            return False
        try:
            await self._connection.execute("SELECT 1", timeout=5)
        except Exception:  # noqa: BLE001  whatever it is, the locks may be gone
            self._connection.terminate()
            return False
        return True


@asynccontextmanager
async def nobody_serves(url: str) -> AsyncIterator[None]:
    """Keep every serving process away from a PostgreSQL database. Raises Taken when one is up."""
    import asyncpg  # noqa: PLC0415  only PostgreSQL needs it

    connection = await asyncpg.connect(address(url), timeout=10)
    try:
        if not await _within(PATIENCE, connection, f"SELECT pg_try_advisory_lock({RUNNING}, 0)"):
            by = await _holder(connection, None)
            raise Taken(f"the database is served by {by}: stop the suite first")
        yield
    finally:
        await connection.close()


async def _within(seconds: float, connection: "Connection", lock: str) -> bool:
    """Try a lock until it is ours, or for so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (got := await connection.fetchval(lock)):
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.2)
    return bool(got)


HOLDER = """
SELECT a.application_name, a.backend_start
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::bigint::oid
  AND l.objid = $2::bigint::oid
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
LIMIT 1"""


async def _holder(connection: "Connection", name: str | None) -> str:
    of_class, key = (OWNED, _key(name)) if name else (RUNNING, 0)
    row: Any = await connection.fetchrow(HOLDER, of_class, key & 0xFFFFFFFF)
    if row is None:
        return "another process"
    by = row["application_name"] or "another process"
    return f"{by} (since {row['backend_start']:%Y-%m-%d %H:%M:%S} UTC)"


def _key(name: str) -> int:
    """A name's 32-bit sum, signed as PostgreSQL takes it."""
    total = crc32(name.encode())
    return total - (1 << 32) if total >= 1 << 31 else total
