"""What an operator decides about Discord, free of the library so that it is cheap to read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.pace import Limit
from core.chat.identity import Purpose

API_URL = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg"

CHANNEL = Limit(5, 5.0)
"""Messages in one channel: what Discord's headers say; it publishes no figure."""
OVERALL = Limit(50, 1.0)
"""Calls of one bot: https://docs.discord.com/developers/topics/rate-limits#global-rate-limit"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSettings:
    """Secrets and addresses of one bot in one server.

    `workspace` is the server's (guild's) id. `channels` maps a purpose to a channel's id or
    name. `gate_role` is the name or id of the role that opens the server to somebody who accepted
    the charter; None: nothing is gated. `api_url` carries its version path, as discord.py takes it.
    `channel_limit` and `overall_limit` are the pace at which we speak, in one channel and in all.
    """

    token: str = field(repr=False)
    workspace: str
    channels: Mapping[Purpose, str] = field(default_factory=dict)
    gate_role: str | None = None
    api_url: str = API_URL
    gateway_url: str = GATEWAY_URL
    channel_limit: Limit = CHANNEL
    overall_limit: Limit = OVERALL
