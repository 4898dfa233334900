"""Connecting to SQLite or PostgreSQL, and the one kind of time a table may hold."""

import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tortoise import Tortoise, connections, fields
from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient
from tortoise.exceptions import DBConnectionError, IntegrityError
from tortoise.models import Model
from tortoise.transactions import in_transaction

APP = "amicale"

Result = TypeVar("Result")


class UtcField(fields.DatetimeField[datetime]):
    """An aware moment, stored as UTC whatever its own offset.

    On SQLite, Tortoise's own field compares a value with its own offset, so a Paris time
    compares wrong, and takes a naive one for UTC. Raises ValueError for a naive time.
    """

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> Any:  # noqa: ANN401  Tortoise's signature
        """Convert to UTC on the way in."""
        if isinstance(value, datetime):
            value = _aware(value).astimezone(UTC)
        return super().to_db_value(value, instance)

    def to_python_value(self, value: Any) -> datetime | None:  # noqa: ANN401  same
        """Refuse a naive time as soon as a row is made with it."""
        if isinstance(value, datetime):
            value = _aware(value)
        return super().to_python_value(value)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a naive time cannot be stored")
    return value


def configuration(
    url: str, modules: Iterable[str], migrations: str | None = None
) -> dict[str, Any]:
    """Tortoise's configuration for a database address (`sqlite://path`, `postgres://…`)."""
    app: dict[str, Any] = {"models": list(modules), "default_connection": "default"}
    if migrations:
        app["migrations"] = migrations
    return {
        "connections": {"default": _address(url)},
        "apps": {APP: app},
        "use_tz": True,
        "timezone": "UTC",
    }


PRAGMAS = "cache_size=-16384&busy_timeout=2000"
"""16 MB of pages, so that the indexes of a busy month stay in memory; and two seconds of waiting
for a lock, since who asks something must be answered within three
(https://www.sqlite.org/pragma.html)."""


def _address(url: str) -> str:
    if url.startswith("sqlite://"):
        return f"{url}{'&' if '?' in url else '?'}{PRAGMAS}"
    return url.replace("postgresql://", "postgres://", 1)


def sqlite_file(url: str) -> Path | None:
    """The file behind a SQLite address, None for another database or one in memory."""
    if not url.startswith("sqlite://"):
        return None
    path = url.removeprefix("sqlite://").split("?")[0]
    return None if path in {"", ":memory:"} else Path(path)


async def connect(url: str, modules: Iterable[str]) -> None:
    """Open the database; makes the folder of a SQLite file."""
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    await Tortoise.init(config=configuration(url, modules), _enable_global_fallback=True)


async def close() -> None:
    """Close every connection: with one left open the process would never end."""
    await Tortoise.close_connections()


@asynccontextmanager
async def transaction() -> AsyncIterator[TransactionalDBClient]:
    """One transaction; nested, a savepoint. Never await the network inside."""
    context = in_transaction("default")
    try:
        connection = await context.__aenter__()
    except BaseException as error:
        # Stopped while it began, Tortoise would keep the connection for ever.
        if hasattr(context, "token"):
            with suppress(Exception):
                await context.__aexit__(type(error), error, error.__traceback__)
        raise
    try:
        yield connection
    except BaseException as error:
        await context.__aexit__(type(error), error, error.__traceback__)
        raise
    try:
        if not isinstance(context, NestedTransactionContext):
            await connection.commit()
    except BaseException as error:
        # Left open, it would be committed with the next one, after it was said to have failed.
        with suppress(Exception):
            await context.__aexit__(type(error), error, error.__traceback__)
        raise
    await context.__aexit__(None, None, None)


CONFLICTS = {"40001", "40P01"}
"""Serialisation failure and deadlock (https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html)."""

ATTEMPTS = 3


async def atomically(work: Callable[[], Awaitable[Result]]) -> Result:
    """`work` in one transaction; from the start again when another one came in between.

    Two events by the same newcomer may both find nobody, on PostgreSQL: the second to write
    breaks a unique constraint, which ends its transaction, and finds them the next time.
    Raises what `work` raises, a conflict only when it happens three times.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            async with transaction():
                return await work()
        except Exception as error:
            if not isinstance(error, IntegrityError) and _state(error) not in CONFLICTS:
                raise
    async with transaction():
        return await work()


def _state(error: BaseException) -> str:
    """PostgreSQL's code for an error, empty for any other."""
    return str(getattr(error, "sqlstate", None) or "")


def dialect() -> str:
    """`sqlite` or `postgres`."""
    return str(connections.get("default").capabilities.dialect)


async def select(query: str, *values: object) -> list[dict[str, Any]]:
    """What a query written by hand finds: for what is asked so often that building it costs.

    Each `?` stands for one value, `IN ?` for a list of them.
    """
    given: list[object] = []
    connection = connections.get("default")
    numbered = connection.capabilities.dialect == "postgres"
    left = iter(values)

    def place(found: re.Match[str]) -> str:
        value = next(left)
        if found[0] == "?" or numbered:
            given.append(value)
            mark = f"${len(given)}" if numbered else "?"
            return mark if found[0] == "?" else f"= ANY({mark})"
        assert isinstance(value, list)  # noqa: S101  what stands after IN
        given.extend(value)
        return f"IN ({','.join('?' * len(value))})"

    written = re.sub(r"IN \?|\?", place, query)
    found: list[dict[str, Any]] = await connection.execute_query_dict(written, given)
    return found


async def insert_new(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *returning: str
) -> list[dict[str, Any]]:
    """Insert rows at once, but those that are there already; says `returning` of the new ones.

    The values are given as the columns hold them, times in UTC. At most some thousand rows.
    """
    count = len(columns)
    connection = connections.get("default")
    if connection.capabilities.dialect == "postgres":
        marks = (
            ",".join(f"${n + at}" for n in range(1, count + 1))
            for at in range(0, count * len(rows), count)
        )
        places = ",".join(f"({row})" for row in marks)
    else:
        places = ",".join([f"({','.join('?' * count)})"] * len(rows))
    query = (
        f"INSERT INTO {table} ({','.join(columns)}) VALUES {places}"  # noqa: S608  names of ours
        f" ON CONFLICT DO NOTHING RETURNING {','.join(returning)}"
    )
    values = [value for row in rows for value in row]
    found: list[dict[str, Any]] = await connection.execute_query_dict(query, values)
    return found


AWAY = re.compile(
    r"is locked|is full|readonly|unable to open|disk I/O|clos(ed|ing)|no active connection",
    re.IGNORECASE,
)
"""How SQLite (https://www.sqlite.org/rescode.html) and asyncpg (an InterfaceError) say so."""

CLOSED = ("no active connection", "Connection closed")
"""How aiosqlite says so, by a ValueError."""

AWAY_STATES = ("08", "53", "57")
"""PostgreSQL's classes: connection, resources (a full disk), intervention (a shutdown)
(https://www.postgresql.org/docs/current/errcodes-appendix.html)."""


def is_away(error: BaseException) -> bool:
    """Whether it says that the database cannot take anything now: what was to be kept is not.

    Gone, locked, full, read-only. Not so a statement that is wrong: that one never passes.
    """
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError | DBConnectionError) or _state(link).startswith(AWAY_STATES):
            return True
        theirs = isinstance(link, sqlite3.Error) or type(link).__name__ == "InterfaceError"
        theirs |= isinstance(link, ValueError) and str(link) in CLOSED
        if theirs and AWAY.search(str(link)):
            return True
        link = link.__cause__ or link.__context__
    return False
