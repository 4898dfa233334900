"""What an operator asks beside serving: examine, migrate, and the set-up texts."""

import base64
import binascii
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from bots import copies, logs, schema
from bots.checking import check, check_database
from bots.moving import move
from bots.ownership import Taken, alone
from bots.rooms import routes
from bots.tenants import SetUp, read
from config.settings import FOLDER, Settings
from core.chat.actions import Choice
from core.chat.adapter import Problem
from core.chat.events import CommandInvoked
from core.engine.database import sqlite_file
from core.engine.menu import RouteMenu
from core.engine.texts import Texts

OK, WRONG_SET_UP = 0, 2
console = Console(soft_wrap=True)
errors = Console(stderr=True, soft_wrap=True)


async def examine() -> int:
    """Print everything wrong with the set-up; 2 when something must be mended."""
    logs.configure()
    set_up = read()
    problems = await check(set_up, bare_menu(set_up.settings))
    show(problems)
    if any(problem.fatal for problem in problems):
        return WRONG_SET_UP
    console.print("Nothing else is missing." if problems else "Everything needed is there.")
    return OK


async def bring_up_to_date() -> int:
    """Migrate the database; 2 when it does not open."""
    logs.configure()
    settings = _settings()
    if settings is None:
        return WRONG_SET_UP
    problems = await check_database(settings.database_url)
    if problems:
        show(problems)
        return WRONG_SET_UP
    url, file = settings.database_url, sqlite_file(settings.database_url)
    try:
        with alone(file, "migrate") if file else contextlib.nullcontext():
            applied = await schema.migrate(url)
    except Taken as taken:
        return _refuse(taken)
    if not url.startswith("sqlite://"):
        with contextlib.suppress(ImportError):  # without the extra `workers` there are none
            from bots.workers import prepare  # noqa: PLC0415  it loads their libraries

            applied += ["the workers' queue"] if await prepare(url) else []
    console.print(f"applied: {', '.join(applied)}" if applied else "nothing to do")
    return OK


async def keep_copy(to: Path | None) -> int:
    """Copy the database while it is used; 2 when that cannot be."""
    settings = _settings()
    if settings is None:
        return WRONG_SET_UP
    try:
        copy = await copies.backup(settings.database_url, to)
    except (copies.Unusable, OSError) as problem:
        return _refuse(problem)
    console.print(f"copied to {copy}: keep it elsewhere, it holds members' data", markup=False)
    return OK


async def go_back(copy: Path) -> int:
    """Put a copy in the database's place; 2 when that cannot be."""
    settings = _settings()
    if settings is None:
        return WRONG_SET_UP
    if not settings.database_url.startswith("sqlite://"):
        problems = await check_database(settings.database_url)
        if problems:
            show(problems)
            return WRONG_SET_UP
    try:
        restored = await copies.restore(settings.database_url, copy)
    except (copies.Unusable, Taken, OSError) as problem:
        return _refuse(problem)
    if restored.aside is not None:
        console.print(f"what was there is kept in {restored.aside}", markup=False)
    if restored.applied:
        console.print(f"applied: {', '.join(restored.applied)}", markup=False)
    console.print(f"restored from {copy}", markup=False)
    return OK


async def carry_over(to: str) -> int:
    """Move the SQLite database to PostgreSQL, counting every table; 2 when that cannot be."""
    settings = _settings()
    if settings is None:
        return WRONG_SET_UP
    logs.hide(filter(None, [urlsplit(to).password]))
    if to.startswith("postgres") and (problems := await check_database(to)):
        show([replace(problem, where="--to") for problem in problems])
        return WRONG_SET_UP
    try:
        moved = await move(settings.database_url, to)
    except (copies.Unusable, Taken, OSError) as problem:
        return _refuse(problem)
    table = Table("table", "SQLite", "PostgreSQL")
    for one in moved:
        table.add_row(one.table, str(one.before), str(one.after))
    console.print(table)
    console.print(f"{sum(one.after for one in moved)} rows moved; the SQLite file stays as it is.")
    console.print("Now set AMICALE_DATABASE_URL to the new address, and start.")
    return OK


def _refuse(problem: Exception) -> int:
    errors.print(logs.redact(f"refused: {problem}"), style="red", markup=False)
    return WRONG_SET_UP


def print_slack_manifest(request_url: str) -> int:
    """Print the Slack app's manifest as JSON; 2 when a variable cannot be used."""
    from bots.slack.manifest import manifest  # noqa: PLC0415  only this command needs it

    settings = _settings()
    if settings is None:
        return WRONG_SET_UP
    menu = bare_menu(settings)
    shown = manifest(menu.commands("fr"), request_url=request_url or None)
    sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    return OK


def print_discord_invite(application: str) -> int:
    """Print the Discord invitation; the application id is the first part of a bot token."""
    from bots.discord.invite import invite_url  # noqa: PLC0415  only this command needs it

    settings = _settings()
    token = settings.discord_token if settings else None
    if not application and token is not None:
        first = token.get_secret_value().partition(".")[0]
        with contextlib.suppress(binascii.Error, UnicodeDecodeError):
            application = base64.b64decode(first + "=" * (-len(first) % 4)).decode()
    if not application.isdecimal():
        remedy = "give --application with the id shown under General Information"
        errors.print(f"the application id is not known: {remedy}", style="red", markup=False)
        return WRONG_SET_UP
    sys.stdout.write(invite_url(application) + "\n")
    return OK


def print_botfather() -> None:
    """Print what to tell @BotFather, and what the group's owner grants."""
    from bots.telegram.botfather import instructions  # noqa: PLC0415  only this command needs it

    sys.stdout.write(instructions())


def bare_menu(settings: Settings | None) -> RouteMenu:
    """The menu without a community behind it: for what is published, not for what is done.

    Without settings, which is when a variable cannot be used, it speaks in the shipped words.
    """
    texts = Texts(settings.locales if settings else FOLDER / "locales")
    return RouteMenu(routes(), texts, _nothing)


async def _nothing(_event: CommandInvoked, _option: str, _typed: str) -> Sequence[Choice]:
    return ()


def _settings() -> Settings | None:
    set_up: SetUp = read(serving=False)
    if set_up.settings is None:
        show(set_up.problems)
    return set_up.settings


def show(problems: Sequence[Problem]) -> None:
    """Print what is wrong, each with its remedy, and how much of it must be mended."""
    for problem in problems:
        style = "bold red" if problem.fatal else "yellow"
        where, what, remedy = map(logs.redact, (problem.where, problem.what, problem.remedy))
        errors.print(Line.assemble((where, style), f": {what}"))
        errors.print(Line(f"    {remedy}"))
    if problems:
        grave = sum(problem.fatal for problem in problems)
        errors.print(f"{grave} to mend, {len(problems) - grave} to look at", style="bold")
