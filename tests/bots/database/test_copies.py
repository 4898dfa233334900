import asyncio
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

from bots import copies, schema
from bots.copies import Unusable, backup, restore
from bots.ownership import Ownership, Taken, alone
from tests.bots.database.conftest import rows_of

SEEN = (
    "INSERT INTO seen_delivery (community_id, key, at) VALUES (1, ?, '2026-11-22 00:00:00+00:00')"
)


def write(file: Path, key: str) -> None:
    with closing(sqlite3.connect(file, timeout=30)) as db:
        db.execute(SEEN, (key,))
        db.commit()


@contextmanager
def writer(file: Path) -> Iterator[list[str]]:
    """Somebody who writes without a pause; what they committed so far, in order."""
    written: list[str] = []
    begun, over = Event(), Event()

    def go_on() -> None:
        with closing(sqlite3.connect(file, timeout=30)) as db:
            while not over.is_set():
                db.execute(SEEN, (f"running-{len(written):06}",))
                db.commit()
                written.append(f"running-{len(written):06}")
                if len(written) == 20:
                    begun.set()

    with ThreadPoolExecutor(1) as aside:
        running = aside.submit(go_on)
        try:
            assert begun.wait(20)
            yield written
        finally:
            over.set()
            running.result()


async def test_a_copy_taken_while_somebody_writes_is_whole(lived: Path, tmp_path: Path) -> None:
    url = f"sqlite://{lived}"
    before = rows_of(lived)
    with writer(lived) as written:
        at_least = len(written)
        copy = await backup(url, tmp_path / "elsewhere" / "copy.sqlite3")
        at_most = len(written) + 1
    copied = rows_of(copy)
    keys = [key for row in copied["seen_delivery"] for key in row if "running-" in str(key)]
    assert keys == [f"running-{n:06}" for n in range(len(keys))]
    assert at_least <= len(keys) <= at_most
    assert {t: r for t, r in copied.items() if t != "seen_delivery"} == {
        t: r for t, r in before.items() if t != "seen_delivery"
    }
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


async def test_going_back_gives_every_row_and_keeps_what_it_replaced(lived: Path) -> None:
    url = f"sqlite://{lived}"
    before = rows_of(lived)
    assert sum(map(len, before.values())) > 200
    copy = await backup(url)
    assert copy.name.startswith("amicale.sqlite3.")
    write(lived, "after the copy")
    after = rows_of(lived)
    restored = await restore(url, copy)
    assert rows_of(lived) == before
    assert restored.applied == []
    assert restored.aside is not None
    assert rows_of(restored.aside) == after != before
    assert stat.S_IMODE(restored.aside.stat().st_mode) == 0o600


async def test_a_suite_that_runs_is_not_restored_under(lived: Path) -> None:
    url = f"sqlite://{lived}"
    copy = await backup(url)
    with alone(lived, "all"), pytest.raises(Taken, match="SQLite is for one process"):
        await restore(url, copy)


async def test_what_is_no_whole_copy_is_refused_and_nothing_is_touched(
    lived: Path, tmp_path: Path
) -> None:
    url, before = f"sqlite://{lived}", rows_of(lived)
    text, cut, alien = (tmp_path / name for name in ("text", "cut", "alien"))
    text.write_text("This is no database.", encoding="utf-8")
    cut.write_bytes((await backup(url)).read_bytes()[:40_000])
    with closing(sqlite3.connect(alien)) as db:
        db.execute("CREATE TABLE something (x)")
    for file in (text, cut, alien, tmp_path / "absent"):
        with pytest.raises(Unusable):
            await restore(url, file)
    assert rows_of(lived) == before


async def test_a_copy_of_a_newer_version_is_refused(lived: Path) -> None:
    copy = await backup(f"sqlite://{lived}")
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE tortoise_migrations SET name = '9998_later' WHERE id = 1")
        db.commit()
    with pytest.raises(Unusable, match="newer version"):
        await restore(f"sqlite://{lived}", copy)


async def test_an_older_copy_is_brought_up_to_date(tmp_path: Path) -> None:
    file, older = tmp_path / "amicale.sqlite3", tmp_path / "older.sqlite3"
    await schema.migrate(f"sqlite://{older}")
    with closing(sqlite3.connect(older)) as db:
        # as it stood before the last migration was written
        db.execute("CREATE TABLE before (x)")
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            if name not in {"tortoise_migrations", "sqlite_sequence", "before"}:
                db.execute(f'DROP TABLE IF EXISTS "{name}"')  # some go with another
        db.execute("DELETE FROM tortoise_migrations")
        db.commit()
    restored = await restore(f"sqlite://{file}", older)
    assert set(restored.applied) == schema.names()
    assert await schema.missing(f"sqlite://{file}") == []
    assert "before" in rows_of(file)


async def test_a_file_that_is_no_database_any_more_is_kept_and_replaced(lived: Path) -> None:
    url = f"sqlite://{lived}"
    before, copy = rows_of(lived), await backup(url)
    await asyncio.to_thread(lived.write_bytes, b"ruined " * 9999)
    restored = await restore(url, copy)
    assert rows_of(lived) == before
    assert restored.aside is not None
    assert restored.aside.read_bytes().startswith(b"ruined")


async def test_a_copy_never_replaces_a_file(lived: Path) -> None:
    with pytest.raises(Unusable, match="is there already"):
        await backup(f"sqlite://{lived}", lived)
    with pytest.raises(Unusable, match="nothing to copy"):
        await backup(f"sqlite://{lived}.other")
    with pytest.raises(Unusable, match="in memory"):
        await backup("sqlite://:memory:")


# -- PostgreSQL


async def in_postgres(url: str, *statements: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        found: list[asyncpg.Record] = []
        for statement in statements:
            found = await connection.fetch(statement)
        return found
    finally:
        await connection.close()


COMMUNITY = """
INSERT INTO community (slug, name, timezone, language) VALUES ('{}', 'École', 'UTC', 'fr')"""
SLUGS = "SELECT slug FROM community ORDER BY id"
tools = pytest.mark.skipif(not shutil.which("pg_dump"), reason="PostgreSQL's client is missing")


@tools
async def test_postgres_is_copied_and_restored_too(postgres: str, tmp_path: Path) -> None:
    await schema.migrate(postgres)
    await in_postgres(postgres, COMMUNITY.format("before"))
    copy = await backup(postgres, tmp_path / "copy.dump")
    await in_postgres(postgres, COMMUNITY.format("after"), "CREATE TABLE later (x int)")
    restored = await restore(postgres, copy)
    assert [slug for (slug,) in await in_postgres(postgres, SLUGS)] == ["before"]
    assert restored.aside is not None
    assert stat.S_IMODE(restored.aside.stat().st_mode) == 0o600
    await restore(postgres, restored.aside)
    assert [slug for (slug,) in await in_postgres(postgres, SLUGS)] == ["before", "after"]
    await in_postgres(postgres, COMMUNITY.format("sequences go on"))


@tools
async def test_postgres_is_not_restored_under_a_suite(postgres: str, tmp_path: Path) -> None:
    await schema.migrate(postgres)
    copy = await backup(postgres, tmp_path / "copy.dump")
    hold = Ownership(postgres, "worker")
    await hold.take()
    try:
        with pytest.raises(Taken, match=r"served by amicale worker .*: stop the suite first"):
            await restore(postgres, copy)
    finally:
        await hold.release()
    assert (await restore(postgres, copy)).applied == []


@tools
async def test_a_dump_that_is_not_ours_or_fails_half_way_changes_nothing(
    postgres: str, tmp_path: Path
) -> None:
    await schema.migrate(postgres)
    await in_postgres(postgres, COMMUNITY.format("before"))
    whole = await backup(postgres, tmp_path / "copy.dump")
    cut = tmp_path / "cut.dump"
    cut.write_bytes(whole.read_bytes()[:-2000])
    for file in (cut, tmp_path / "absent"):
        with pytest.raises(Unusable):
            await restore(postgres, file)
    assert [slug for (slug,) in await in_postgres(postgres, SLUGS)] == ["before"]


async def test_without_the_tools_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unusable, match="pg_dump is not installed: install PostgreSQL's client"):
        await backup("postgres://amicale@127.0.0.1:1/amicale", tmp_path / "copy.dump")


async def test_a_refusal_quotes_no_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "pg_dump"
    said = "echo 'pg_dump: error: it broke' >&2; echo 'CONTEXT: line 1: Alice' >&2; exit 1"
    tool.write_text(f"#!/bin/sh\n{said}\n", encoding="utf-8")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Unusable, match=r"pg_dump: error: it broke$"):
        await backup("postgres://amicale@db:5432/amicale", tmp_path / "copy.dump")


async def test_a_password_is_no_argument_that_others_could_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$PGPASSWORD" "$@" > {tmp_path}/told\n', encoding="utf-8")
    tool.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    await backup("postgres://amicale:correct%20horse@db:5432/amicale", tmp_path / "copy.dump")
    told = await asyncio.to_thread((tmp_path / "told").read_text)
    assert told.startswith("correct horse --dbname=postgresql://amicale@db:5432/amicale ")


def test_a_copy_of_the_other_kind_says_what_to_do() -> None:
    assert "amicale move" in copies._other(copies.SQLITE)
    assert "PostgreSQL" in copies._other(copies.POSTGRES)
