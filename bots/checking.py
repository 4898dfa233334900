"""What is wrong with a set-up, all of it at once, each with its place and its remedy."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from bots import logs, schema, suite
from config.community import CommunityConfig, ConfigurationError, load
from config.mistakes import worded
from config.settings import Settings, secret
from config.toml import line_of
from core.chat.adapter import Adapter, DeliveryError, Menu, Problem
from core.chat.identity import Platform, Purpose
from core.engine.clock import SystemClock
from core.engine.database import sqlite_file

PATIENCE = 20.0
"""Seconds after which what does not answer is called out of reach."""
DATABASE = "AMICALE_DATABASE_URL"
OURS = "AMICALE_"
TESTS = "AMICALE_TEST_"
"""Variables that begin so are the tests'."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What could be read of a set-up, and what is wrong with it so far."""

    settings: Settings | None
    config: CommunityConfig | None
    problems: tuple[Problem, ...]


def read(*, serving: bool = True) -> SetUp:
    """Read the environment and the configuration file; connects to nothing.

    Unless `serving`, tokens and channels do not matter, and nothing is said of them.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        found = tuple(
            Problem(f"{OURS}{name.upper()}", *worded(name, wrong))
            for wrong in error.errors()
            for name in [str(wrong["loc"][0])]
        )
        return SetUp(None, None, found)
    logs.hide(settings.secrets)
    unknown = tuple(_unknown(os.environ))
    try:
        config = load(settings.config)
    except ConfigurationError as error:
        tokens = _tokens(settings, None) if serving else ()
        return SetUp(settings, None, (*unknown, *tokens, *_faults(error)))
    if not serving:
        return SetUp(settings, config, unknown)
    found = (*unknown, *_tokens(settings, config), *_unplaced(settings, config))
    return SetUp(settings, config, found)


async def check(set_up: SetUp, menu: Menu, *, patience: float = PATIENCE) -> list[Problem]:
    """Everything wrong, the database and the platforms asked too where there is enough to ask.

    A platform that does not answer within `patience` seconds is said to be out of reach.
    """
    problems = list(set_up.problems)
    settings, config = set_up.settings, set_up.config
    if settings is None:
        return problems
    problems += await check_database(settings.database_url)
    if config is not None:
        adapters = suite.adapters(settings, config, menu, SystemClock())
        for found in await asyncio.gather(*(_ask(a, patience) for a in adapters.values())):
            problems += found
    return list(dict.fromkeys(problems))


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


def _unknown(environment: Mapping[str, str]) -> Iterator[Problem]:
    """Variables that look like ours and are not: misspelt, most often."""
    known = {name.upper() for name in Settings.model_fields}
    for variable in sorted(environment):
        name = variable.removeprefix(OURS)
        if variable.startswith(OURS) and not variable.startswith(TESTS) and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {OURS}{near[0]}?" if near else "remove it:"
            remedy = f"{hint} docs/operator.md has them all"
            yield Problem(variable, "is not a variable we know", remedy, fatal=False)


def _faults(error: ConfigurationError) -> tuple[Problem, ...]:
    shown = _near(error.path)
    return tuple(Problem(f"{shown}:{f.line}", f.what, f.remedy) for f in error.faults)


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _unplaced(settings: Settings, config: CommunityConfig) -> Iterator[Problem]:
    """What will be said nowhere, because no channel was named for it."""
    text = settings.config.read_text(encoding="utf-8")
    for platform in suite.configured(settings, config):
        channels = getattr(config, platform).channels
        for purpose in Purpose:
            if purpose not in channels:
                line = line_of(text, [str(platform), "channels"])
                what = f"{platform}.channels names no channel for {purpose}: {_SAID[purpose]}"
                remedy = f'add {purpose} = "a channel", or leave it if that is what you want'
                yield Problem(f"{_near(settings.config)}:{line}", what, remedy, fatal=False)


_SAID = {
    Purpose.WELCOME: "who refuses private messages is not welcomed",
    Purpose.INTRODUCTIONS: "members' introductions are not posted",
    Purpose.HELP: "questions asked by /question are not posted",
    Purpose.RITUALS: "rituals are not posted there",
    Purpose.MODERATORS: "unanswered questions are not handed to the team there",
    Purpose.ADMINS: "the weekly digest is not sent there",
}


def _tokens(settings: Settings, config: CommunityConfig | None) -> tuple[Problem, ...]:
    tokens = {
        Platform.DISCORD: (settings.discord_token, "AMICALE_DISCORD_TOKEN"),
        Platform.SLACK: (settings.slack_bot_token, "AMICALE_SLACK_BOT_TOKEN"),
        Platform.TELEGRAM: (settings.telegram_token, "AMICALE_TELEGRAM_TOKEN"),
    }
    found = []
    given = {platform for platform, (token, _) in tokens.items() if secret(token)}
    if not given:
        names = ", ".join(name for _, name in tokens.values())
        remedy = f"set at least one of {names}; or try `amicale demo`, which needs none"
        found.append(Problem("environment", "no platform has a token", remedy))
    for platform in given if config else ():
        if getattr(config, platform) is None:
            what = f"{tokens[platform][1]} is set, but the configuration has no [{platform}]"
            remedy = f"add [{platform}] with its workspace and channels to {_near(settings.config)}"
            found.append(Problem(str(platform), what, remedy))
    listens = secret(settings.slack_app_token) or secret(settings.slack_signing_secret)
    if Platform.SLACK in given and not listens:
        remedy = "set AMICALE_SLACK_APP_TOKEN (Socket Mode) or AMICALE_SLACK_SIGNING_SECRET (HTTP)"
        found.append(Problem("slack", "there is no way to receive events", remedy))
    return tuple(found)
