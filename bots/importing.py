"""Who was trained, from a file on the operator's own machine."""

import asyncio
import contextlib
import logging
from pathlib import Path

from rich.console import Console

from bots import logs
from bots.checking import check_database
from bots.operate import OK, WRONG_SET_UP, show
from bots.ownership import Taken, alone
from bots.suite import app_of, open_database
from bots.tenants import SetUp, Tenant, read
from core.arrivals import service
from core.arrivals.pages import WRONG
from core.arrivals.reading import Unreadable
from core.arrivals.service import Looked
from core.chat.adapter import Problem
from core.engine import database
from core.engine.app import App
from core.engine.clock import SystemClock
from core.engine.database import sqlite_file

SPOKEN = "en"
"""What operators are told is English."""

FORM = "save the table as CSV; its first line names the columns, one of them is called name"


async def bring_members(file: Path, community: str, *, dry_run: bool) -> int:
    """Import the people of a CSV file, or only say what would change; 2 when that cannot be.

    Lines that are wrong are printed with their numbers; the others are imported all the same.
    """
    logs.configure(level=logging.WARNING)
    set_up = read(serving=False)
    problems = list(set_up.problems)
    if set_up.settings is not None:
        problems += await check_database(set_up.settings.database_url)
    tenant = _named(set_up, community)
    if set_up.settings is None or tenant is None or any(problem.fatal for problem in problems):
        show(problems or [_which(set_up)])
        return WRONG_SET_UP
    try:
        content = await asyncio.to_thread(file.read_bytes)
        own = sqlite_file(set_up.settings.database_url)
        with alone(own, "import") if own else contextlib.nullcontext():
            return await _bring(tenant, content, dry_run=dry_run)
    except Taken as taken:
        show([Problem("database", str(taken), "or send the file to `/import`, in the chat")])
    except OSError as error:
        show([Problem(str(file), f"cannot be read: {error.strerror}", "name another file")])
    except Unreadable as error:
        show([Problem(str(file), f"is no list of people: {error}", FORM)])
    return WRONG_SET_UP


def _named(set_up: SetUp, slug: str) -> Tenant | None:
    """The community meant; the only one when none is named."""
    found = [tenant for tenant in set_up.tenants if slug in {"", tenant.slug}]
    return found[0] if len(found) == 1 else None


def _which(set_up: SetUp) -> Problem:
    known = ", ".join(tenant.slug for tenant in set_up.tenants)
    return Problem("--community", "names no single community", f"choose one of {known}")


async def _bring(tenant: Tenant, content: bytes, *, dry_run: bool) -> int:
    try:
        await open_database(tenant.settings.database_url)
        app = await app_of(tenant.settings, tenant.config, SystemClock())
        async with database.transaction():
            looked = await service.look(app.scene(), content)
            if not dry_run:
                await service.bring_in(app.scene(), looked.people)
        _print(app, looked, "would be" if dry_run else "")
    finally:
        await database.close()
    return OK


def _print(app: App, looked: Looked, would: str) -> None:
    console = Console(soft_wrap=True)
    plan = looked.plan
    for count, what in ((len(plan.new), "new"), (len(plan.changed), "updated")):
        console.print(" ".join(filter(None, (str(count), would, what))), markup=False)
    console.print(f"{plan.same} unchanged")
    for fault in looked.faults:
        why = app.texts.label(WRONG[fault.why], SPOKEN, cell=fault.cell)
        console.print(f"line {fault.number} left out: {why}", markup=False)
    if looked.ignored:
        console.print(f"columns left out: {', '.join(looked.ignored)}", markup=False)
