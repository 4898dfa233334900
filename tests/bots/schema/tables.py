"""What a database is made of, read from the database itself, to compare two of them."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from tortoise import Tortoise

from bots import schema
from core.engine import database

Tables = dict[str, list[tuple[Any, ...]]]
OURS = "tortoise_migrations"


async def migrated(url: str) -> None:
    """A database as an operator gets it."""
    config = schema.tortoise_config(url)
    try:
        await Tortoise.init(config=config)
        async with schema._alone(config):
            await schema.executor(config).migrate()
    finally:
        await database.close()


async def generated(url: str) -> None:
    """A database as the models say it."""
    await database.connect(url, schema.MODULES)
    try:
        await Tortoise.generate_schemas()
    finally:
        await database.close()


def of_sqlite(file: Path) -> Tables:
    """Table -> columns, indexes, foreign keys and triggers, in an order that does not matter."""
    found: Tables = {}
    with closing(sqlite3.connect(file)) as db:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name.startswith("sqlite_") or name == OURS:
                continue
            rows = [("column", *row[1:]) for row in db.execute(f"PRAGMA table_info({name})")]
            for _, index, unique, origin, partial in db.execute(f"PRAGMA index_list({name})"):
                columns = tuple(row[2] for row in db.execute(f"PRAGMA index_info('{index}')"))
                rows.append(("index", columns, unique, origin == "pk", partial))
            keys = db.execute(f"PRAGMA foreign_key_list({name})")
            rows += [("foreign key", *row[2:]) for row in keys]
            made = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
            rows += [("trigger", sql) for (sql,) in db.execute(made, (name,))]
            found[name] = sorted(rows, key=repr)
    return found


COLUMNS = """
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default,
       is_identity
FROM information_schema.columns WHERE table_schema = 'public'"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
CONSTRAINTS = """
SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace"""


async def of_postgres(url: str) -> Tables:
    """The same; what Tortoise names by itself goes without its name."""
    connection = await asyncpg.connect(url)
    try:
        found: Tables = {}
        for table, *column in await connection.fetch(COLUMNS):
            found.setdefault(table, []).append(("column", *column))
        for table, name, definition in await connection.fetch(INDEXES):
            shown = definition.replace(name, "…")
            found.setdefault(table, []).append(("index", re.sub(r"public\.", "", shown)))
        for table, *constraint in await connection.fetch(CONSTRAINTS):
            found.setdefault(table, []).append(("constraint", *constraint))
    finally:
        await connection.close()
    found.pop(OURS, None)
    return {table: sorted(rows, key=repr) for table, rows in found.items()}
