"""The communities this process serves, read from its variables and files, and what is wrong."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from bots import logs
from bots.platforms import configured
from config.community import CommunityConfig, ConfigurationError, load
from config.mistakes import worded
from config.settings import OURS, SECRETS, Settings, own_variables, prefix, secret
from config.toml import line_of
from core.chat.adapter import Problem
from core.chat.identity import Platform, Purpose

TESTS = f"{OURS}TEST_"
"""Variables that begin so are the tests'."""

TOKENS = {
    Platform.DISCORD: "discord_token",
    Platform.SLACK: "slack_bot_token",
    Platform.TELEGRAM: "telegram_token",
}


@dataclass(frozen=True, slots=True)
class Tenant:
    """One community: its file, what is in it, and the secrets and addresses that are its own.

    `alone`: no other community is served here; its variables then need no name in them.
    """

    file: Path
    config: CommunityConfig
    settings: Settings
    alone: bool

    @property
    def slug(self) -> str:
        """Its name in the database."""
        return self.config.community.slug

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Those it is served on: they have a token and a section."""
        return configured(self.settings, self.config)

    def variable(self, name: str) -> str:
        """The variable that holds one of its settings."""
        return f"{OURS if self.alone else prefix(self.slug)}{name.upper()}"

    def named(self, problem: Problem) -> Problem:
        """The problem, with the community's name where there are several."""
        known = self.alone or problem.where.startswith((str(near(self.file)), prefix(self.slug)))
        return problem if known else replace(problem, where=f"{self.slug}: {problem.where}")


@dataclass(frozen=True, slots=True)
class SetUp:
    """What could be read of a set-up, and what is wrong with it so far."""

    settings: Settings | None
    tenants: tuple[Tenant, ...]
    problems: tuple[Problem, ...]

    @property
    def fatal(self) -> bool:
        """Whether something must be mended before anything can be served."""
        return any(problem.fatal for problem in self.problems)


def read(*, serving: bool = True) -> SetUp:
    """Read the environment and the communities' files; connects to nothing.

    Unless `serving`, tokens and channels do not matter, and nothing is said of them.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        return SetUp(None, (), tuple(_unusable(OURS, error)))
    logs.hide(settings.secrets)
    files = settings.communities
    configs, problems = _load(files)
    if not files:
        what, remedy = "names no community", "name a file, or a folder with *.toml files in it"
        problems.append(Problem(f"{OURS}CONFIG", what, remedy))
    problems = [*_unknown(os.environ, [c.community.slug for c in configs.values()]), *problems]
    tenants = []
    for file, config in configs.items():
        try:
            own = settings.of(config.community.slug, alone=len(files) == 1)
        except ValidationError as error:
            problems += _unusable(prefix(config.community.slug), error)
            continue
        logs.hide(own.secrets)
        if config.arrivals.hash_emails and not secret(own.email_secret):
            what = f"is not set, and {near(file)} says hash_emails = true"
            remedy = "draw one with `openssl rand -hex 32`, and keep it"
            problems.append(Problem(f"{OURS}EMAIL_SECRET", what, remedy))
        tenants.append(Tenant(file, config, own, alone=len(files) == 1))
    problems += _shared(tenants)
    if serving:
        for tenant in tenants:
            said = (*_tokens(tenant), *_unplaced(tenant))
            problems += [tenant.named(problem) for problem in said]
        if files and not configs:
            problems += _without_token(settings)
    return SetUp(settings, tuple(tenants), tuple(problems))


def near(path: Path) -> Path:
    """A path as who stands in this folder would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _load(files: Sequence[Path]) -> tuple[dict[Path, CommunityConfig], list[Problem]]:
    found, problems = {}, []
    for file in files:
        try:
            found[file] = load(file)
        except ConfigurationError as error:
            shown = near(error.path)
            problems += [Problem(f"{shown}:{f.line}", f.what, f.remedy) for f in error.faults]
    return found, problems


def _unusable(begins: str, error: ValidationError) -> Iterator[Problem]:
    for wrong in error.errors():
        yield Problem(
            f"{begins}{str(wrong['loc'][0]).upper()}", *worded(str(wrong["loc"][0]), wrong)
        )


def _unknown(environment: Mapping[str, str], slugs: Iterable[str]) -> Iterator[Problem]:
    """Variables that look like ours and are not: misspelt, most often."""
    known = {f"{OURS}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{prefix(slug)}{name}" for slug in slugs for name in own_variables()}
    for variable in sorted(environment):
        if variable.startswith(OURS) and not variable.startswith(TESTS) and variable not in known:
            near_by = get_close_matches(variable, known, n=1, cutoff=0.75)
            hint = f"did you mean {near_by[0]}?" if near_by else "remove it:"
            remedy = f"{hint} docs/operator.md has them all"
            yield Problem(variable, "is not a variable we know", remedy, fatal=False)


def _shared(tenants: Sequence[Tenant]) -> Iterator[Problem]:
    """What two communities cannot both have: a name, a workspace, a token."""
    claims: dict[tuple[str, str], list[Tenant]] = defaultdict(list)
    for tenant in tenants:
        claims["the slug", tenant.slug].append(tenant)
        for platform in Platform:
            section = getattr(tenant.config, platform)
            if section is not None:
                claims[f"the {platform} workspace", section.workspace].append(tenant)
        for name in SECRETS & set(TOKENS.values()):
            if given := secret(getattr(tenant.settings, name)):
                claims[f"the secret in AMICALE_…_{name.upper()}", given].append(tenant)
    for (what, value), claimed in claims.items():
        if len(claimed) > 1:
            files = " and ".join(str(near(tenant.file)) for tenant in claimed)
            shown = "" if "secret" in what else f" {value!r}"
            remedy = "give each community its own"
            yield Problem(files, f"both have {what}{shown}", remedy)


def _tokens(tenant: Tenant) -> Iterator[Problem]:
    settings, config = tenant.settings, tenant.config
    given = [p for p, name in TOKENS.items() if secret(getattr(settings, name))]
    if not given:
        yield from _without_token(settings, tenant)
    for platform in given:
        if getattr(config, platform) is None:
            variable = tenant.variable(TOKENS[platform])
            what = f"{variable} is set, but the configuration has no [{platform}]"
            remedy = f"add [{platform}] with its workspace and channels to {near(tenant.file)}"
            yield Problem(str(platform), what, remedy)
    listens = secret(settings.slack_app_token) or secret(settings.slack_signing_secret)
    if Platform.SLACK in given and not listens:
        names = [tenant.variable(n) for n in ("slack_app_token", "slack_signing_secret")]
        remedy = f"set {names[0]} (Socket Mode) or {names[1]} (HTTP)"
        yield Problem("slack", "there is no way to receive events", remedy)


def _without_token(settings: Settings, tenant: Tenant | None = None) -> list[Problem]:
    if any(secret(getattr(settings, name)) for name in TOKENS.values()):
        return []
    names = [tenant.variable(n) if tenant else f"{OURS}{n.upper()}" for n in TOKENS.values()]
    remedy = f"set at least one of {', '.join(names)}; or try `amicale demo`, which needs none"
    return [Problem("environment", "no platform has a token", remedy)]


def _unplaced(tenant: Tenant) -> Iterator[Problem]:
    """What will be said nowhere, because no channel was named for it."""
    text = tenant.file.read_text(encoding="utf-8")
    for platform in tenant.platforms:
        channels = getattr(tenant.config, platform).channels
        for purpose in Purpose:
            if purpose not in channels:
                line = line_of(text, [str(platform), "channels"])
                what = f"{platform}.channels names no channel for {purpose}: {_SAID[purpose]}"
                remedy = f'add {purpose} = "a channel", or leave it if that is what you want'
                yield Problem(f"{near(tenant.file)}:{line}", what, remedy, fatal=False)


_SAID = {
    Purpose.WELCOME: "who refuses private messages is not welcomed",
    Purpose.INTRODUCTIONS: "members' introductions are not posted",
    Purpose.HELP: "questions asked by /question are not posted",
    Purpose.RITUALS: "rituals are not posted there",
    Purpose.MODERATORS: "unanswered questions are not handed to the team there",
    Purpose.ADMINS: "the weekly digest is not sent there",
}
