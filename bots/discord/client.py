"""discord.py's client as we use it: its HTTP, its limits and its session, none of its cache."""

import asyncio
import random
from types import SimpleNamespace

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.discord.settings import DiscordSettings
from bots.pace import Answered

LONGEST_LIMIT = 30.0
"""Seconds: a longer rate limit is the outbox's to wait for, not a call's."""


class Client(discord.Client):
    """The unmodified client, asked for no cache; `Gateway` is its connection."""

    def __init__(self) -> None:
        intents = discord.Intents.none()
        intents.guilds = intents.members = True
        intents.messages = intents.message_content = intents.reactions = True
        intents.polls = True
        super().__init__(
            intents=intents,
            max_messages=None,
            guild_ready_timeout=0,  # its READY is not waited for, so it leaves no task behind
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=LONGEST_LIMIT,
            http_trace=_trace(),
        )

    async def before_identify_hook(
        self,
        shard_id: int | None,  # noqa: ARG002  the library's signature
        *,
        initial: bool = False,
    ) -> None:
        """Wait before a session that replaces another, as Discord asks.

        https://docs.discord.com/developers/events/gateway#resuming
        """
        if not initial:
            await asyncio.sleep(random.uniform(1, 5))  # noqa: S311  spreads, no secret


def _trace() -> aiohttp.TraceConfig:
    """Tells whoever asked when a request was answered.

    discord.py returns from the call that exhausts a limit only once the limit is over.
    """

    async def answered(
        _: aiohttp.ClientSession, call: SimpleNamespace, __: aiohttp.TraceRequestEndParams
    ) -> None:
        if isinstance(call.trace_request_ctx, Answered):
            call.trace_request_ctx.now()

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(answered)
    return trace


def use_addresses(settings: DiscordSettings) -> None:
    """Point discord.py at the configured server; it has one address for the whole process."""
    Route.BASE = settings.api_url.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
