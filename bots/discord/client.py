"""discord.py's client as we use it: it keeps the connection, we read the frames ourselves."""

from collections.abc import Callable

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.discord.settings import DiscordSettings

LONGEST_LIMIT = 30.0
"""Seconds: a longer rate limit is the outbox's to wait for, not a call's."""


class Client(discord.Client):
    """The unmodified client, asked for no cache; `receive` gets every decompressed frame.

    Frames come through the documented `on_socket_raw_receive`: they hold the sequence numbers
    that typed events lose, and a recorded one can be replayed.
    """

    def __init__(self, receive: Callable[[str], None]) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.members = True
        intents.messages = intents.message_content = intents.reactions = True
        super().__init__(
            intents=intents,
            enable_debug_events=True,
            max_messages=None,
            guild_ready_timeout=0,  # its READY is not waited for, so it leaves no task behind
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=LONGEST_LIMIT,
        )
        self._receive = receive

    async def on_socket_raw_receive(self, frame: str) -> None:
        """One whole gateway frame, as JSON text."""
        self._receive(frame)


def use_addresses(settings: DiscordSettings) -> None:
    """Point discord.py at the configured server; it has one address for the whole process."""
    Route.BASE = settings.api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
