"""A PostgreSQL for the tests: the one that is there, else one of our own, else none."""

import asyncio
import contextlib
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]  # it ships no types
import pytest

LOCAL = "postgres://root@127.0.0.1:5432"
BINARIES = "/usr/lib/postgresql/*/bin"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server on which databases may be made, without a database's name."""
    named = os.environ.get("AMICALE_TEST_POSTGRES")
    if named:
        yield named.rstrip("/")
    elif _answers(LOCAL):
        yield LOCAL
    else:
        with _our_own() as address:
            yield address


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The address of a database that is made for one test, and dropped after it."""
    name = f"amicale_test_{uuid4().hex[:12]}"
    _run(postgres_server, f"CREATE DATABASE {name}")
    yield f"{postgres_server}/{name}"
    _run(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


async def emptied(url: str) -> None:
    """Take away everything in a database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()


def _run(server: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(f"{server}/postgres", timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    # A loop of its own: the tests' must not change under them.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, run()).result()


def _answers(server: str) -> bool:
    try:
        _run(server, "SELECT 1")
    except (OSError, asyncpg.PostgresError, TimeoutError):
        return False
    return True


@contextlib.contextmanager
def _our_own() -> Iterator[str]:
    folders = [*sorted(glob.glob(BINARIES), reverse=True), *os.environ["PATH"].split(":")]  # noqa: PTH207  an absolute pattern
    binaries = next((Path(f) for f in folders if (Path(f) / "initdb").exists()), None)
    if binaries is None:
        pytest.skip("no PostgreSQL: set AMICALE_TEST_POSTGRES, or install its server")
    as_whom: dict[str, str] = {}
    if os.geteuid() == 0:  # initdb refuses to be root
        with contextlib.suppress(KeyError):
            as_whom["user"] = pwd.getpwnam("postgres").pw_name
        if not as_whom:
            pytest.skip("no PostgreSQL: root cannot run one, and there is no user postgres")
    folder = Path(tempfile.mkdtemp(prefix="amicale-postgres-"))
    try:
        if as_whom:
            shutil.chown(folder, as_whom["user"])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        _call([binaries / "initdb", "-A", "trust", "-U", "amicale", folder / "data"], as_whom)
        control: list[str | Path] = [
            binaries / "pg_ctl",
            "-D",
            folder / "data",
            "-w",
            "-l",
            folder / "log",
        ]
        options = f"-p {port} -k {folder} -c fsync=off"
        _call([*control, "-o", options, "start"], as_whom)
        yield f"postgres://amicale@127.0.0.1:{port}"
        _call([*control, "-m", "immediate", "stop"], as_whom)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _call(command: Sequence[str | Path], as_whom: dict[str, str]) -> None:
    user = as_whom.get("user")
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd="/")  # noqa: S603  PostgreSQL's own tools
