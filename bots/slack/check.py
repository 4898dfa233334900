"""Finds everything that would keep Amicale from working on Slack, and says how to mend it."""

import asyncio
from typing import Any

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.slack.channels import Channels
from bots.slack.errors import delivery_error
from bots.slack.manifest import BOT_SCOPES
from bots.slack.settings import SlackSettings
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import DeliveryError, Permanent, Problem

Json = dict[str, Any]

PATIENCE = 15.0
"""Seconds for the whole diagnosis."""
CONSOLE = "https://api.slack.com/apps, then your app"
REINSTALL = "then Install App > Reinstall to Workspace"


async def diagnose(settings: SlackSettings) -> list[Problem]:
    """Every problem at once; an empty list means that Slack is ready. Never raises."""
    async with SlackWeb(settings) as web:
        try:
            async with asyncio.timeout(PATIENCE):
                return await _diagnosed(web, settings)
        except TimeoutError:
            return [_down(settings, f"no answer within {PATIENCE:g} s")]


async def _diagnosed(web: SlackWeb, settings: SlackSettings) -> list[Problem]:
    problems = await _transport(web, settings)
    try:
        answer = await web.client.auth_test()
    except Exception as error:  # noqa: BLE001  every failure becomes a named problem
        return [_token(delivery_error(error), settings), *problems]
    problems = [*_identity(answer, settings), *problems]
    missing = _missing_scopes(answer)
    if missing:
        problems.append(missing)
    return problems + await _channels(web, settings)


def _down(settings: SlackSettings, what: str) -> Problem:
    return Problem(
        settings.api_url,
        f"Slack cannot be reached: {what}",
        "check the network and AMICALE_SLACK_API_URL",
        fatal=False,
    )


def _token(error: DeliveryError, settings: SlackSettings) -> Problem:
    if not isinstance(error, Permanent):
        return _down(settings, str(error))
    return Problem(
        "AMICALE_SLACK_BOT_TOKEN",
        f"Slack refuses the bot token ({error})",
        f"{CONSOLE} > OAuth & Permissions: copy the Bot User OAuth Token (xoxb-…)",
    )


async def _transport(web: SlackWeb, settings: SlackSettings) -> list[Problem]:
    if not settings.app_token:
        if settings.signing_secret:
            return []
        return [
            Problem(
                "AMICALE_SLACK_APP_TOKEN",
                "neither an app token (Socket Mode) nor a signing secret (HTTP) is set",
                f"{CONSOLE} > Basic Information > App-Level Tokens: make one with "
                "connections:write, or set AMICALE_SLACK_SIGNING_SECRET",
            )
        ]
    try:
        await asked(web.app.apps_connections_open(app_token=settings.app_token))
    except Permanent as error:
        return [
            Problem(
                "AMICALE_SLACK_APP_TOKEN",
                f"Slack refuses to open a Socket Mode connection ({error})",
                f"{CONSOLE} > Basic Information > App-Level Tokens: make one with "
                "connections:write (xapp-…); Socket Mode: enable it",
            )
        ]
    except DeliveryError as error:
        return [_down(settings, str(error))]
    return []


def _identity(answer: AsyncSlackResponse, settings: SlackSettings) -> list[Problem]:
    found = answer.get("team_id")
    if found == settings.workspace:
        return []
    return [
        Problem(
            "slack.workspace in the community's configuration",
            f"the token belongs to workspace {found}, not {settings.workspace}",
            f"write {found}, or install the app in {settings.workspace}",
        )
    ]


def _missing_scopes(answer: AsyncSlackResponse) -> Problem | None:
    """Name the scopes the app was not granted.

    Slack lists those it was in the header X-OAuth-Scopes
    (https://docs.slack.dev/authentication/installing-with-oauth#inspecting).
    """
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    if "x-oauth-scopes" not in headers:
        return None
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    missing = [f"{scope} ({why})" for scope, why in BOT_SCOPES.items() if scope not in granted]
    if not missing:
        return None
    return Problem(
        "Slack app scopes",
        f"missing: {'; '.join(missing)}",
        f"{CONSOLE} > OAuth & Permissions > Bot Token Scopes, {REINSTALL} "
        "(or apply `amicale slack-manifest`)",
    )


async def _channels(web: SlackWeb, settings: SlackSettings) -> list[Problem]:
    channels = Channels(web, settings)
    try:
        await channels.listing()
    except DeliveryError as error:
        return [
            Problem(
                "Slack channels",
                f"the channels cannot be listed ({error})",
                f"{CONSOLE} > OAuth & Permissions: channels:read and groups:read, {REINSTALL}",
            )
        ]
    wanted = {f"channel for {purpose}": name for purpose, name in settings.channels.items()}
    gates = {f"gate channel {name}": name for name in settings.gate_channels}
    problems = [
        problem
        for where, name in (wanted | gates).items()
        if (problem := _channel(where, name, await channels.find(name)))
    ]
    for where, name in gates.items():
        found = await channels.find(name)
        if found and not found.get("is_private"):
            problems.append(
                Problem(
                    where,
                    f"#{found['name']} is public: anybody enters without the charter",
                    "make it private in its settings, or take it out of the gate",
                )
            )
    return problems


def _channel(where: str, name: str, found: Json | None) -> Problem | None:
    if found is None:
        return Problem(
            where,
            f"the bot sees no channel {name!r}",
            "create it, or if it is private write /invite @Amicale in it; or mend the name",
        )
    if found.get("is_archived"):
        return Problem(where, f"#{found['name']} is archived", "unarchive it or choose another")
    if not found.get("is_member"):
        return Problem(
            where,
            f"the bot is not in #{found['name']}: it can neither read nor write there",
            f"write /invite @Amicale in #{found['name']}",
        )
    return None
