import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from bots import schema
from bots.copies import Unusable
from bots.moving import move
from bots.ownership import Ownership, Taken, alone
from tests.bots.database.conftest import rows_of


def plain(value: object) -> object:
    """A value as both databases can say it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(sep=" ")
    if isinstance(value, str):
        for reads in (lambda v: plain(datetime.fromisoformat(v)) if len(v) > 10 else v, json.loads):
            try:
                return (
                    json.dumps(found, sort_keys=True)
                    if isinstance(found := reads(value), dict)
                    else found
                )
            except ValueError:
                continue
    return str(value) if hasattr(value, "isoformat") else value


async def rows_in(url: str) -> dict[str, list[tuple[object, ...]]]:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        )
        return {
            name: [  # their own names
                tuple(row)
                for row in await connection.fetch(f'SELECT * FROM "{name}" ORDER BY 1')  # noqa: S608  their own names
            ]
            for (name,) in tables
            if name != "tortoise_migrations"
        }
    finally:
        await connection.close()


def comparable(
    tables: dict[str, list[tuple[object, ...]]],
) -> dict[str, list[tuple[object, ...]]]:
    return {name: [tuple(map(plain, row)) for row in rows] for name, rows in tables.items()}


async def test_every_row_of_a_lived_in_community_arrives(lived: Path, postgres: str) -> None:
    before = rows_of(lived)
    moved = await move(f"sqlite://{lived}", postgres)
    assert comparable(await rows_in(postgres)) == comparable(before)
    assert {one.table: one.before for one in moved} == {n: len(r) for n, r in before.items()}
    assert all(one.before == one.after for one in moved)
    assert sum(one.after > 0 for one in moved) >= 15, "the village should have lived more"
    assert rows_of(lived) == before


async def test_what_comes_after_the_move_gets_ids_of_its_own(lived: Path, postgres: str) -> None:
    await move(f"sqlite://{lived}", postgres)
    connection = await asyncpg.connect(postgres)
    try:
        for table, rows in rows_of(lived).items():
            if rows and isinstance(rows[0][0], int):
                ask = "SELECT nextval(pg_get_serial_sequence($1, 'id'))"
                assert await connection.fetchval(ask, table) == rows[-1][0] + 1, table  # type: ignore[operator]  # an int
    finally:
        await connection.close()


async def test_a_target_with_rows_is_refused_and_left_alone(lived: Path, postgres: str) -> None:
    await move(f"sqlite://{lived}", postgres)
    before = await rows_in(postgres)
    with pytest.raises(Unusable, match="the target is not empty"):
        await move(f"sqlite://{lived}", postgres)
    assert await rows_in(postgres) == before


async def test_a_row_that_cannot_be_carried_leaves_nothing_behind(
    lived: Path, postgres: str
) -> None:
    with closing(sqlite3.connect(lived)) as db:
        db.execute("UPDATE job SET key = ? WHERE id = (SELECT max(id) FROM job)", ("x" * 500,))
        db.commit()
    with pytest.raises(Unusable, match="job cannot be carried over: value too long"):
        await move(f"sqlite://{lived}", postgres)
    assert not any((await rows_in(postgres)).values())


async def test_nothing_moves_while_a_suite_runs_on_either_side(lived: Path, postgres: str) -> None:
    with alone(lived, "all"), pytest.raises(Taken, match=r"has .* open"):
        await move(f"sqlite://{lived}", postgres)
    hold = Ownership(postgres, "all")
    await hold.take()
    try:
        with pytest.raises(Taken, match="the database is served by amicale all"):
            await move(f"sqlite://{lived}", postgres)
    finally:
        await hold.release()


async def test_an_unmigrated_source_and_odd_addresses_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "amicale.sqlite3"
    file.touch()
    with pytest.raises(Unusable, match="older version"):
        await move(f"sqlite://{file}", "postgres://127.0.0.1:1/x")
    with pytest.raises(Unusable, match="no SQLite file"):
        await move(f"sqlite://{file}.absent", "postgres://127.0.0.1:1/x")
    with pytest.raises(Unusable, match="--to is"):
        await move(f"sqlite://{file}", "sqlite://other")
    assert schema.names()
