"""Connecting to SQLite or PostgreSQL, and the one kind of time a table may hold."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from tortoise import Tortoise, connections, fields
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.exceptions import IntegrityError
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
        "connections": {"default": url.replace("postgresql://", "postgres://", 1)},
        "apps": {APP: app},
        "use_tz": True,
        "timezone": "UTC",
    }


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
    async with in_transaction("default") as connection:
        yield connection


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


def _state(error: Exception) -> str:
    """PostgreSQL's code for an error, empty for any other."""
    return str(getattr(error, "sqlstate", None) or "")


def dialect() -> str:
    """`sqlite` or `postgres`."""
    return str(connections.get("default").capabilities.dialect)
