import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from bots import schema
from tests.bots.schema.tables import of_postgres, of_sqlite

ROW = "INSERT INTO community (slug, name, timezone, language) VALUES ('a', 'École', 'UTC', 'fr')"
MEMBER = "INSERT INTO member (community_id, name, language, joined_at) VALUES (1, 'A', '', '2026')"
LATER = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("amicale", "{after}")]
    operations = [
        ops.AddField("Community", "motto", fields.CharField(max_length=80, null=True)),
        ops.AddField("Community", "colour", fields.CharField(max_length=8, db_default="blue")),
        ops.AddIndex("Community", Index(fields=["language"], name="by_language")),
    ]
"""


@pytest.fixture
def _one_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The next migration somebody might write, after ours."""
    ours = Path(schema.__file__).parent / "migrations"
    package = tmp_path / "amicale_later"
    shutil.copytree(ours, package, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(path.stem for path in ours.glob("0*.py"))
    (package / "9999_later.py").write_text(LATER.format(after=last), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(schema, "MIGRATIONS", "amicale_later")


def copies(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.*.bak"))


async def start(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database as it stood before the later migration."""
    with monkeypatch.context() as before:
        before.setattr(schema, "MIGRATIONS", "bots.migrations")
        await schema.migrate(f"sqlite://{file}")


@pytest.mark.usefixtures("_one_more")
async def test_rows_indexes_and_constraints_survive_on_sqlite(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "new folder" / "amicale.sqlite3"
    await start(file, monkeypatch)
    assert copies(file) == []
    with closing(sqlite3.connect(file)) as db:
        db.execute(ROW)
        db.execute(MEMBER)
        db.commit()
    before = of_sqlite(file)
    assert await schema.missing(f"sqlite://{file}") == ["9999_later"]
    assert await schema.migrate(f"sqlite://{file}") == ["9999_later"]
    assert await schema.migrate(f"sqlite://{file}") == []
    after = of_sqlite(file)
    assert all(set(before[table]) <= set(after[table]) for table in before)
    with closing(sqlite3.connect(file)) as db:
        rows = db.execute("SELECT name, motto, colour FROM community").fetchall()
        assert rows == [("École", None, "blue")]
        assert db.execute("SELECT name FROM member").fetchall() == [("A",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.usefixtures("_one_more")
async def test_the_copy_holds_what_was_only_in_the_log_of_a_killed_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "amicale.sqlite3"
    await start(file, monkeypatch)
    alive = sqlite3.connect(file)  # never closed in time: its write stays in the log
    try:
        alive.execute("PRAGMA journal_mode = WAL")
        alive.execute("PRAGMA wal_autocheckpoint = 0")
        alive.execute(ROW)
        alive.commit()
        await schema.migrate(f"sqlite://{file}")
    finally:
        alive.close()
    [copy] = copies(file)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT slug, name FROM community").fetchall() == [("a", "École")]
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        columns = [row[1] for row in db.execute("PRAGMA table_info(community)")]
    assert "motto" not in columns


@pytest.mark.usefixtures("_one_more")
async def test_rows_indexes_and_constraints_survive_on_postgres(
    monkeypatch: pytest.MonkeyPatch, postgres: str
) -> None:
    with monkeypatch.context() as before_it:
        before_it.setattr(schema, "MIGRATIONS", "bots.migrations")
        await schema.migrate(postgres)
    connection = await asyncpg.connect(postgres)
    try:
        await connection.execute(ROW)
        before = await of_postgres(postgres)
        assert await schema.migrate(postgres) == ["9999_later"]
        after = await of_postgres(postgres)
        assert all(set(before[table]) <= set(after[table]) for table in before)
        rows = await connection.fetch("SELECT name, motto, colour FROM community")
        assert [tuple(row) for row in rows] == [("École", None, "blue")]
    finally:
        await connection.close()


async def test_a_migration_that_fails_leaves_postgres_as_it_was(
    monkeypatch: pytest.MonkeyPatch, postgres: str, tmp_path: Path
) -> None:
    package = tmp_path / "amicale_broken"
    ours = Path(schema.__file__).parent / "migrations"
    shutil.copytree(ours, package, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(path.stem for path in ours.glob("0*.py"))
    broken = LATER.format(after=last).replace('fields=["language"]', 'fields=["language"] * 99')
    (package / "9999_broken.py").write_text(broken, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(schema, "MIGRATIONS", "amicale_broken")
    with pytest.raises(Exception, match="column"):
        await schema.migrate(postgres)
    assert await of_postgres(postgres) == {}


async def command(url: str) -> tuple[int | None, str]:
    """`amicale migrate` as an operator runs it: what it returned and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bots", "migrate"),
        env={**os.environ, "AMICALE_DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode().strip()


async def test_three_processes_at_once_migrate_postgres_once(postgres: str) -> None:
    found = await asyncio.gather(*(command(postgres) for _ in range(3)))
    assert [code for code, _ in found] == [0, 0, 0]
    applied = ", ".join(said.removeprefix("applied: ") for _, said in found).split(", ")
    did = [step for step in applied if step != "nothing to do"]
    assert sorted(did) == sorted(
        [*schema.names(), "the workers' queue"]
    )  # each of it once, by whomever


async def test_migrating_twice_says_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path / 'amicale.sqlite3'}"
    code, said = await command(url)
    assert (code, said[:21]) == (0, "applied: 0001_initial")
    assert await command(url) == (0, "nothing to do")
    assert copies(tmp_path / "amicale.sqlite3") == []
