"""What a PostgreSQL that is gone says is told from a statement that is wrong."""

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from core.engine.database import is_away


async def test_a_postgres_that_shuts_us_out_is_away(postgres: str) -> None:
    connection = await asyncpg.connect(postgres)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)) as cut:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as closed:
        await connection.execute("SELECT 1")
    assert (is_away(cut.value), is_away(closed.value)) == (True, True)
    connection = await asyncpg.connect(postgres)
    with pytest.raises(asyncpg.UndefinedTableError) as wrong:
        await connection.execute("SELECT nothing FROM nowhere")
    await connection.close()
    assert not is_away(wrong.value)
