"""What is wrong with a set-up, all of it at once, each with its place and its remedy."""

import asyncio
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from bots import logs, platforms, schema
from bots.tenants import SetUp, Tenant
from core.chat.adapter import Adapter, DeliveryError, Menu, Problem
from core.chat.identity import Platform
from core.engine.clock import SystemClock
from core.engine.database import sqlite_file

PATIENCE = 20.0
"""Seconds after which what does not answer is called out of reach."""
DATABASE = "AMICALE_DATABASE_URL"


async def check(
    set_up: SetUp,
    menu: Menu,
    *,
    patience: float = PATIENCE,
    only: Collection[Platform] = tuple(Platform),
) -> list[Problem]:
    """Everything wrong, the database and the platforms asked too where there is enough to ask.

    A platform that does not answer within `patience` seconds is said to be out of reach; those
    that are not among `only` are not asked.
    """
    problems = list(set_up.problems)
    if set_up.settings is None:
        return problems
    problems += await check_database(set_up.settings.database_url)
    asking = [_ask_all(tenant, menu, patience, only) for tenant in set_up.tenants]
    for found in await asyncio.gather(*asking):
        problems += found
    return list(dict.fromkeys(problems))


async def _ask_all(
    tenant: Tenant, menu: Menu, patience: float, only: Collection[Platform]
) -> list[Problem]:
    adapters = platforms.adapters(tenant.settings, tenant.config, menu, SystemClock(), only=only)
    asked = [_ask(adapter, patience) for adapter in adapters.values()]
    found = [problem for problems in await asyncio.gather(*asked) for problem in problems]
    return [tenant.named(problem) for problem in found]


async def check_database(url: str) -> list[Problem]:
    """What keeps the database from being used; changes nothing in it."""
    file = sqlite_file(url)
    if url.startswith("sqlite://"):
        return [] if file is None else list(_check_file(file))
    try:
        async with asyncio.timeout(PATIENCE):
            await schema.missing(url)
    except Exception as error:  # noqa: BLE001  a diagnosis reports whatever broke
        what = f"the database does not open: {logs.redact(str(error)) or type(error).__name__}"
        remedy = "start it, or correct the user, password, host or name in the address"
        if isinstance(error, ImportError):
            remedy = "install its driver: pip install 'amicale[postgres]'"
        return [Problem(DATABASE, what, remedy)]
    return []


def _check_file(file: Path) -> Iterator[Problem]:
    folder = next(parent for parent in file.absolute().parents if parent.exists())
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        yield Problem(DATABASE, f"{file} cannot be made", f"let this user write in {folder}")
    elif file.exists() and not os.access(file, os.W_OK):
        yield Problem(DATABASE, f"{file} cannot be written", "let this user write it")
    elif file.exists():
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as db:
                db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            remedy = f"let this user write {file}, put back a copy of it, or name another file"
            yield Problem(DATABASE, f"the database does not open: {error}", remedy)


async def _ask(adapter: Adapter, patience: float) -> list[Problem]:
    remedy = "check the network and the address, then try again"
    try:
        async with asyncio.timeout(patience):
            return await adapter.check()
    except DeliveryError as error:
        return [Problem(str(adapter.platform), f"out of reach: {error}", remedy, fatal=False)]
    except TimeoutError:
        what = f"no answer in {patience:g} s"
        return [Problem(str(adapter.platform), what, remedy, fatal=False)]
