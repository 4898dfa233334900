"""What an operator asks of the suite: serve, examine, migrate, report, and the set-up texts."""

import asyncio
import base64
import binascii
import contextlib
import json
import signal
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text as Line

from bots import logs, schema
from bots.checking import SetUp, check, check_database, read
from bots.rooms import routes
from bots.suite import Suite, adapters, menu_of, open_app
from config.settings import FOLDER, Settings
from core.chat.actions import Choice
from core.chat.adapter import Permanent, Problem
from core.chat.events import CommandInvoked
from core.engine import database
from core.engine.clock import SystemClock
from core.engine.menu import RouteMenu
from core.engine.texts import Texts

OK, WRONG_SET_UP = 0, 2
AT_START = 6.0
"""Seconds that a platform which does not answer may hold the others when the suite starts."""

console = Console(soft_wrap=True)
errors = Console(stderr=True, soft_wrap=True)


async def serve() -> int:
    """Serve until SIGTERM or SIGINT; 2 when the set-up is wrong, with everything wrong named."""
    logs.configure()
    up, told = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(_serve(up, told))
    telling = asyncio.create_task(told.wait())
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    await asyncio.wait({serving, telling}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    if not up.is_set():
        serving.cancel()
    try:
        return await serving
    except asyncio.CancelledError:
        return OK


async def _serve(up: asyncio.Event, told: asyncio.Event) -> int:
    """Be up until told otherwise; may be cancelled until then: what is open is closed."""
    set_up = read()
    problems = await check(set_up, bare_menu(set_up.settings), patience=AT_START)
    _show(problems)
    if any(p.fatal for p in problems) or set_up.settings is None or set_up.config is None:
        return WRONG_SET_UP
    try:
        app = await open_app(set_up.settings, set_up.config, SystemClock())
        app.adapters = adapters(set_up.settings, set_up.config, menu_of(app), app.clock)
        suite = Suite(app)
        try:
            await suite.start()
            up.set()
            where = ", ".join(sorted(suite.up))
            console.print(f"amicale is up on {where or 'no platform yet'}")
            await told.wait()
        except Permanent as refusal:
            errors.print(logs.redact(f"refused: {refusal}"), style="red", markup=False)
            return WRONG_SET_UP
        finally:
            await suite.stop()
    finally:
        await database.close()
    return OK


async def examine() -> int:
    """Print everything wrong with the set-up; 2 when something must be mended."""
    logs.configure()
    set_up = read()
    problems = await check(set_up, bare_menu(set_up.settings))
    _show(problems)
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
        _show(problems)
        return WRONG_SET_UP
    applied = await schema.migrate(settings.database_url)
    console.print(f"applied: {', '.join(applied)}" if applied else "nothing to do")
    return OK


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
    set_up: SetUp = read()
    if set_up.settings is None:
        _show(set_up.problems)
    return set_up.settings


def _show(problems: Sequence[Problem]) -> None:
    for problem in problems:
        style = "bold red" if problem.fatal else "yellow"
        where, what, remedy = map(logs.redact, (problem.where, problem.what, problem.remedy))
        errors.print(Line.assemble((where, style), f": {what}"))
        errors.print(Line(f"    {remedy}"))
    if problems:
        grave = sum(problem.fatal for problem in problems)
        errors.print(f"{grave} to mend, {len(problems) - grave} to look at", style="bold")
