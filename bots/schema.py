"""The tables of every room, and bringing a database up to them without losing a row."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from tortoise import Tortoise, connections
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor
from tortoise.utils import get_schema_sql

from core.engine.database import APP, close, configuration, dialect, sqlite_file, transaction

log = structlog.get_logger()

MODULES = (
    "core.engine.models",
    "core.members.models",
    "core.attention.models",
    "core.charter.models",
    "core.onboarding.models",
    "core.arrivals.models",
    "core.library.models",
    "core.gatherings.models",
    "core.offers.models",
    "core.questions.models",
    "core.engagement.models",
    "core.recognition.models",
    "core.polls.models",
    "core.watch.models",
    "rituals.models",
    "rituals.feed",
    "rituals.backing",
)
MIGRATIONS = "bots.migrations"
LOCK = 0x616D6963
"""The advisory lock under which one process at a time migrates PostgreSQL."""


def tortoise_config(url: str) -> dict[str, Any]:
    """What Tortoise's own command line needs: `tortoise -c bots.schema.TORTOISE makemigrations`."""
    return configuration(url, MODULES, MIGRATIONS)


TORTOISE = tortoise_config("sqlite://:memory:")


async def migrate(url: str) -> list[str]:
    """Apply what is missing, and say which migrations that was.

    A SQLite file is copied first, beside itself; PostgreSQL is locked meanwhile. Ours are
    additive: on SQLite, taking away or altering a column would silently drop constraints and
    children (a test reads the migration files for that).
    """
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    holds = file is not None and file.exists() and file.stat().st_size > 0
    config = tortoise_config(url)
    try:
        await Tortoise.init(config=config)
        async with _alone(config):
            missing = await _missing(config)
            if missing and set(missing) == names():
                await _make(config, missing)
            elif missing:
                if file is not None and holds:
                    backup(file)
                await executor(config).migrate()
    finally:
        await close()
    return missing


async def _make(config: dict[str, Any], steps: list[str]) -> None:
    """Make every table of a new database at once, as if each migration had made its part.

    One after the other they take seconds, since Tortoise reads all models again before each
    operation. A test holds what they come to, one by one, to what is made here.
    """
    client = connections.get("default")
    whole = f"{get_schema_sql(client, safe=False)};"
    if dialect() == "sqlite":
        whole = f"BEGIN IMMEDIATE;\n{whole}\nCOMMIT;"
    await client.execute_script(whole)
    recorder = executor(config).recorder
    await recorder.ensure_schema(executor(config)._schema_editor(atomic=False))  # noqa: SLF001  no public way
    for step in steps:
        await recorder.record_applied(APP, step)


async def missing(url: str) -> list[str]:
    """The migrations a database still needs; changes nothing in it, raises what keeps it shut."""
    config = tortoise_config(url)
    try:
        await Tortoise.init(config=config)
        # Tortoise takes whatever goes wrong in its own question for a database without migrations.
        await connections.get("default").execute_query("SELECT 1")
        return await _missing(config)
    finally:
        await close()


def names() -> set[str]:
    """The migrations this version knows."""
    files = Path(__file__).parent.joinpath(MIGRATIONS.rpartition(".")[2]).glob("0*.py")
    return {file.stem for file in files}


def backup(file: Path) -> Path:
    """Copy a SQLite file beside itself, for its owner's eyes only; says where the copy is.

    SQLite copies it itself: what a killed process left in the write-ahead log is in the copy too
    (https://www.sqlite.org/backup.html).
    """
    copy = file.with_name(f"{file.name}.{datetime.now(UTC):%Y%m%dT%H%M%S}.bak")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as ours, closing(sqlite3.connect(copy)) as theirs:
        ours.backup(theirs)
    log.info("database copied", to=str(copy))
    return copy


def executor(config: dict[str, Any]) -> MigrationExecutor:
    """Tortoise's own, on the open connection."""
    return MigrationExecutor(connections.get("default"), config["apps"])


async def _missing(config: dict[str, Any]) -> list[str]:
    steps = await executor(config).plan([MigrationTarget(APP, "__latest__")])
    return [step.migration.name for step in steps]


@asynccontextmanager
async def _alone(config: dict[str, Any]) -> AsyncIterator[None]:
    """On PostgreSQL, one transaction for all of it, under a lock that ends with it."""
    if dialect() != "postgres":
        yield
        return
    async with transaction() as connection:
        await connection.execute_query(f"SELECT pg_advisory_xact_lock({LOCK})")
        # Asking for what was applied fails without this table, and would end the transaction.
        editor = AsyncpgSchemaEditor(connections.get("default"), atomic=False)
        await executor(config).recorder.ensure_schema(editor)
        yield
