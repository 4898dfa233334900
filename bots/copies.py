"""Copies of a database in use, and going back to one."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bots import schema
from bots.ownership import address, alone, nobody_serves
from core.engine.database import sqlite_file

SQLITE, POSTGRES = b"SQLite format 3\x00", b"PGDMP"
"""How the files of the two kinds begin."""
CLIENT = "install PostgreSQL's client (Debian: apt install postgresql-client), and try again"
EMPTIED = """
DO $$ DECLARE ours text; BEGIN
  FOR ours IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname = 'public' LOOP EXECUTE 'DROP TABLE ' || ours || ' CASCADE';
  END LOOP;
END $$;
DROP SCHEMA IF EXISTS procrastinate CASCADE;"""


class Unusable(Exception):
    """It cannot be done; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was replaced stands in `aside`; `applied` are the migrations the copy lacked."""

    aside: Path | None
    applied: list[str]


async def backup(url: str, to: Path | None = None) -> Path:
    """Copy the database while it is used; says where the copy is.

    It is whole or not there at all, and its owner alone may read it. Raises Unusable.
    """
    file = sqlite_file(url)
    if file is None and url.startswith("sqlite://"):
        raise Unusable("a database in memory cannot be copied")
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%S}Z"
    if to is None:
        to = file.with_name(f"{file.name}.{now}.bak") if file else Path(f"amicale-{now}.dump")
    if to.exists():
        raise Unusable(f"{to} is there already: name another file")
    if file is not None and not file.exists():
        raise Unusable(f"there is no {file} yet: nothing to copy")
    to.parent.mkdir(parents=True, exist_ok=True)
    with _part(to) as part:
        if file is not None:
            await asyncio.to_thread(_copy, file, part)
        else:
            await _dump(url, part)
        part.rename(to)
    return to


async def restore(url: str, copy: Path) -> Restored:
    """Put a copy in the database's place, keep what it replaces aside, migrate it up.

    Raises Unusable for what is no whole copy of ours, Taken while a suite runs.
    """
    begins = _head(copy)
    file = sqlite_file(url)
    if file is None:
        if not begins.startswith(POSTGRES):
            raise Unusable(f"{copy} is no copy of a PostgreSQL database{_other(begins)}")
        async with nobody_serves(url):
            aside = await _restore_postgres(url, copy)
            return Restored(aside, await schema.migrate(url))
    if not begins.startswith(SQLITE):
        raise Unusable(f"{copy} is no copy of a SQLite database{_other(begins)}")
    _examine(copy)
    with alone(file, "restore"):
        aside = await asyncio.to_thread(_replace, copy, file)
        return Restored(aside, await schema.migrate(url))


def _head(copy: Path) -> bytes:
    try:
        with copy.open("rb") as opened:
            return opened.read(16)
    except OSError as error:
        raise Unusable(f"{copy} cannot be read: {error.strerror}") from error


def _other(begins: bytes) -> str:
    if begins.startswith(SQLITE):
        return ": restore it into a SQLite file, then `amicale move`"
    return ": it was made on PostgreSQL" if begins.startswith(POSTGRES) else ""


@contextmanager
def _part(to: Path) -> Iterator[Path]:
    """A file that nobody else may read, gone unless it was renamed."""
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


# -- SQLite


def _copy(file: Path, to: Path) -> None:
    """SQLite copies it in one read transaction: writers go on (sqlite.org/backup.html)."""
    with closing(sqlite3.connect(file)) as ours, closing(sqlite3.connect(to)) as theirs:
        ours.backup(theirs)
        theirs.execute("PRAGMA journal_mode = DELETE")  # one file, wherever it is carried
    _examine(to)


def _examine(copy: Path) -> None:
    """Raises Unusable when a copy is damaged, not ours, or of a newer version."""
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as db:
            wrong = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            orphans = db.execute("PRAGMA foreign_key_check").fetchall()
            applied = {row[0] for row in db.execute("SELECT name FROM tortoise_migrations")}
    except sqlite3.Error as error:
        raise Unusable(f"{copy} is no whole copy of our database: {error}") from error
    if wrong or orphans:
        what = wrong[0] if wrong else f"{len(orphans)} rows whose parents are missing"
        raise Unusable(f"{copy} is damaged: {what}")
    _not_newer(copy, applied)


def _not_newer(copy: Path, applied: set[str]) -> None:
    if newer := applied - schema.names():
        raise Unusable(f"{copy} is of a newer version ({min(newer)}): install that one first")


def _replace(copy: Path, file: Path) -> Path | None:
    """The copy's content in the database's own file, in one transaction of SQLite's."""
    aside = None
    if file.exists() and file.stat().st_size:
        try:
            aside = schema.backup(file)
        except sqlite3.Error:  # it is no database any more: it is kept as it is
            aside = file.with_name(f"{file.name}.{datetime.now(UTC):%Y%m%dT%H%M%S}.damaged")
            file.rename(aside)
            for log in ("-wal", "-shm"):
                file.with_name(f"{file.name}{log}").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as theirs, closing(sqlite3.connect(file)) as ours:
        theirs.backup(ours)
    return aside


# -- PostgreSQL


async def _dump(url: str, to: Path) -> None:
    options = ("--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=procrastinate")
    await _tool("pg_dump", *options, f"--file={to}", url=url)


async def _restore_postgres(url: str, copy: Path) -> Path | None:
    named = ("--data-only", "--table=tortoise_migrations", "--file=-", str(copy))
    lines = (await _tool("pg_restore", *named)).splitlines()
    applied = set().union(*(_like_names(line) for line in lines))
    if not applied:
        raise Unusable(f"{copy} is no copy of our database")
    _not_newer(copy, applied)
    aside = await backup(url, copy.with_name(f"before-{copy.name}-{datetime.now(UTC):%H%M%S}"))
    with tempfile.TemporaryDirectory(prefix="amicale-") as folder:
        script = f"{folder}/restored.sql"
        # A file between the two: a pipe that breaks half-way would look like the end.
        options = ("--no-owner", "--no-privileges", f"--file={script}")
        await _tool("pg_restore", *options, str(copy))
        whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        await _tool("psql", *whole, "--output=/dev/null", "-c", EMPTIED, "-f", script, url=url)
    return aside


def _like_names(line: str) -> set[str]:
    """What may be a migration's name in a line of its table."""
    return {part for part in line.split("\t") if part[:4].isdecimal() and part[4:5] == "_"}


def _why(complaint: str) -> str:
    """The line that says it: what follows may quote a row."""
    lines = complaint.strip().splitlines()
    return next((line for line in lines if "error:" in line.lower()), next(iter(lines), ""))


async def _tool(name: str, *words: str, url: str = "") -> str:
    """Run one of PostgreSQL's own tools. Raises Unusable; the password is no argument of it."""
    if shutil.which(name) is None:
        raise Unusable(f"{name} is not installed: {CLIENT}")
    environment = dict(os.environ)
    if url:
        parts = urlsplit(address(url))
        if parts.password:
            environment["PGPASSWORD"] = unquote(parts.password)
            parts = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1))
        words = (f"--dbname={parts.geturl()}", *words)
    process = await asyncio.create_subprocess_exec(
        name,
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    if process.returncode:
        raise Unusable(f"{name}: {_why(complained.decode()) or f'ended with {process.returncode}'}")
    return said.decode()
