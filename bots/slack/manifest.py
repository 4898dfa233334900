"""The app's manifest, generated from the routes: what Slack must be told before we can speak."""

from collections.abc import Sequence
from typing import Any

from core.chat.adapter import Command

Json = dict[str, Any]

COMMAND = "/amicale"
EVENTS_PATH = "/slack/events"

BOT_SCOPES: dict[str, str] = {
    "channels:history": "see messages in public channels it was invited to (questions, rituals)",
    "channels:read": "find the configured channels by name",
    "chat:write": "speak",
    "commands": f"offer {COMMAND}",
    "files:read": "read the file sent to it with a command",
    "files:write": "show the digest's chart, and send files such as an agenda",
    "groups:history": "see messages in private channels it was invited to",
    "groups:read": "find the configured private channels by name",
    "groups:write": "invite into the private channels that the charter opens, and remove",
    "im:history": "read what members write to it in private",
    "im:read": "find what was written to it in private while it was away",
    "im:write": "write first to a newcomer",
    "metadata.message:read": "find its own earlier message before it repeats one",
    "reactions:read": "count reactions, and see a question marked as answered",
    "usergroups:read": "take user groups (@trainers) as roles, where the plan has them",
    "users:read": "know names, languages, administrators, and who joins or leaves",
}
"""Every scope and its reason (https://docs.slack.dev/reference/scopes)."""

BOT_EVENTS: dict[str, str] = {
    "app_home_opened": "draw the Home tab",
    "member_joined_channel": "meet somebody let into a gate channel by another than the bot",
    "message.channels": "questions and rituals in public channels",
    "message.groups": "the same in private channels",
    "message.im": "what members write in private",
    "reaction_added": "count a reaction",
    "reaction_removed": "take it off the count",
    "team_join": "welcome a newcomer",
    "user_change": "notice that somebody left",
}
"""Every event and its reason (https://docs.slack.dev/reference/events)."""

HINT = 1000
"""Characters of a command's usage hint, and 2000 of its description
(https://docs.slack.dev/reference/app-manifest#features)."""


def manifest(
    commands: Sequence[Command],
    *,
    name: str = "Amicale",
    description: str = "La communauté des alumni, sur Slack comme ailleurs.",
    command_description: str = "Questions, rituels, profil : tout ce que je sais faire",
    request_url: str | None = None,
) -> Json:
    """The manifest of the Slack app, as JSON values.

    Without `request_url` the app uses Socket Mode; with it (the public address of
    `/slack/events`) Slack sends signed requests there.
    Source: https://docs.slack.dev/reference/app-manifest
    """
    address = {"request_url": request_url} if request_url else {}
    return {
        "display_information": {
            "name": name,
            "description": description,
            "background_color": "#2b4c7e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": command_description,
                    "usage_hint": usage_hint(commands),
                    "should_escape": True,
                    **({"url": request_url} if request_url else {}),
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(BOT_EVENTS), **address},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def usage_hint(commands: Sequence[Command]) -> str:
    """The sub-commands everybody may use, first words only, as many as Slack takes."""
    words = dict.fromkeys(command.name.split()[0] for command in commands if not command.staff)
    hint = ""
    for word in words:
        longer = f"{hint} | {word}" if hint else word
        if len(longer) + 2 > HINT:
            break
        hint = longer
    return f"[{hint}]" if hint else ""
