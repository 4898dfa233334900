"""From a SQLite file to PostgreSQL: every row carried over in one transaction, and counted."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bots import schema
from bots.copies import Unusable
from bots.ownership import address, alone, nobody_serves
from core.engine.database import sqlite_file

if TYPE_CHECKING:
    from asyncpg import Connection  # type: ignore[import-untyped]  # it ships no types

AT_ONCE = 5000
"""Rows in memory at a time."""
THEIRS = "tortoise_migrations"
"""Written by the target's own migration."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One table, with its rows on both sides."""

    table: str
    before: int
    after: int


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


READ: Mapping[str, Callable[[Any], Any]] = {
    "boolean": bool,
    "date": date.fromisoformat,
    "double precision": float,
    "numeric": lambda value: Decimal(str(value)),
    "timestamp with time zone": _moment,
    "time without time zone": time.fromisoformat,
    "uuid": UUID,
}
"""What SQLite keeps as text or number, by PostgreSQL's type; all else is the same on both."""


async def move(source: str, target: str) -> list[Moved]:
    """Fill an empty PostgreSQL database with a SQLite file's rows; the file stays as it is.

    Raises Unusable, or Taken while a suite runs on one of the two; then nothing was written but
    the target's empty tables.
    """
    file = sqlite_file(source)
    if file is None or not file.exists():
        raise Unusable("AMICALE_DATABASE_URL names no SQLite file that is there: what is moved?")
    if not target.startswith(("postgres://", "postgresql://")):
        raise Unusable("--to is postgres://user:password@host/database")
    with alone(file, "move"):
        if await schema.missing(source):
            raise Unusable("the SQLite database is of an older version: `amicale migrate` first")
        async with nobody_serves(target):
            return await _fill(file, target)


async def _fill(file: Path, target: str) -> list[Moved]:
    import asyncpg  # noqa: PLC0415  only PostgreSQL needs it

    connection = await asyncpg.connect(address(target), timeout=10)
    try:
        for table in await _tables(connection):
            if await connection.fetchval(f'SELECT EXISTS (SELECT 1 FROM "{table}")'):  # noqa: S608  its own name
                raise Unusable(f"the target is not empty: {table} has rows; name an empty database")
        await schema.migrate(target)
        with closing(sqlite3.connect(file)) as ours:
            async with connection.transaction():
                return [
                    await _carry(ours, connection, table) for table in await _tables(connection)
                ]
    finally:
        await connection.close()


async def _carry(ours: sqlite3.Connection, connection: "Connection", table: str) -> Moved:
    columns = await connection.fetch(COLUMNS, table)
    names = [column["column_name"] for column in columns]
    readers = [READ.get(column["data_type"]) for column in columns]
    listed = ", ".join(f'"{name}"' for name in names)
    before = ours.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608  its own name
    # A parent made before its children is found when they come, in a table that names itself.
    cursor = ours.execute(f'SELECT {listed} FROM "{table}" ORDER BY rowid')  # noqa: S608  same
    try:
        for rows in _batches(cursor):
            records = [
                tuple(
                    v if v is None or r is None else r(v) for v, r in zip(row, readers, strict=True)
                )
                for row in rows
            ]
            await connection.copy_records_to_table(table, records=records, columns=names)
    except Exception as error:
        reason = str(error).partition("\n")[0]  # what follows would quote the row
        raise Unusable(f"{table} cannot be carried over: {reason}") from error
    for column in columns:
        if column["sequence"] and before:
            last = (
                f'SELECT setval($1::text::regclass, max("{column["column_name"]}")) FROM "{table}"'  # noqa: S608  same
            )
            await connection.execute(last, column["sequence"])
    after = await connection.fetchval(f'SELECT count(*) FROM "{table}"')  # noqa: S608  same
    if before != after:
        raise Unusable(f"{table} has {before} rows, and {after} arrived: nothing was moved")
    return Moved(table, before, after)


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    while rows := cursor.fetchmany(AT_ONCE):
        yield rows


async def _tables(connection: "Connection") -> list[str]:
    """Ours, those that others refer to first."""
    rows = await connection.fetch(TABLES)
    parents: dict[str, set[str]] = {row["name"]: set() for row in rows}
    for child, parent in await connection.fetch(REFERENCES):
        if child != parent and child in parents:
            parents[child].add(parent)
    ordered: list[str] = []
    while len(ordered) < len(parents):
        ready = [t for t in parents if t not in ordered and parents[t] <= set(ordered)]
        if not ready:
            raise Unusable("the tables refer to each other in a circle")
        ordered += ready
    return ordered


TABLES = f"""
SELECT tablename AS name FROM pg_tables
WHERE schemaname = 'public' AND tablename <> '{THEIRS}' ORDER BY tablename"""  # noqa: S608  a constant
REFERENCES = """
SELECT child.relname, parent.relname FROM pg_constraint c
JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace"""
COLUMNS = """
SELECT column_name, data_type,
       pg_get_serial_sequence(quote_ident(table_name), column_name) AS sequence
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position"""
