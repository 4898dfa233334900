"""Each platform's client library as its own documentation shows it, with one handler."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from core.chat.identity import Platform

Handler = Callable[[str], Awaitable[None]]
Through = Callable[[str], None]
"""Told of a message that its handler is done with."""


def _said(name: str) -> str:
    return os.environ[f"AMICALE_{name}"]


@asynccontextmanager
async def discord_client(handler: Handler, through: Through) -> AsyncIterator[None]:
    """discord.py (https://discordpy.readthedocs.io/en/stable/quickstart.html)."""
    import discord  # noqa: PLC0415  1.2 s to import, which is measured
    import yarl  # noqa: PLC0415  with it
    from discord.gateway import DiscordWebSocket  # noqa: PLC0415  same
    from discord.http import Route  # noqa: PLC0415  same

    Route.BASE = _said("DISCORD_API_URL")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(_said("DISCORD_GATEWAY_URL"))
    intents = discord.Intents.default()
    intents.message_content = intents.members = True

    ready = asyncio.Event()

    class Client(discord.Client):
        async def on_ready(self) -> None:
            ready.set()

        async def on_message(self, message: discord.Message) -> None:
            await handler(str(message.id))
            through(str(message.id))

    bot = Client(intents=intents)
    running = asyncio.create_task(bot.start(_said("DISCORD_TOKEN")))
    await ready.wait()
    try:
        yield
    finally:
        await bot.close()
        running.cancel()


@asynccontextmanager
async def slack_client(handler: Handler, through: Through) -> AsyncIterator[None]:
    """Bolt in Socket Mode (https://docs.slack.dev/tools/bolt-python/concepts/async).

    It is given its authorisation: else it asks for it once per event that waits.
    """
    from slack_bolt.adapter.socket_mode.aiohttp import (  # noqa: PLC0415  1.0 s to import, which is measured
        AsyncSocketModeHandler,
    )
    from slack_bolt.app.async_app import AsyncApp  # noqa: PLC0415  with it
    from slack_bolt.authorization import AuthorizeResult  # noqa: PLC0415  same
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415  same

    address, token = _said("SLACK_API_URL"), _said("SLACK_BOT_TOKEN")
    us: Any = await AsyncWebClient(token=token, base_url=address).auth_test()

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=us["team_id"],
            bot_user_id=us["user_id"],
            bot_id=us["bot_id"],
            bot_token=token,
        )

    app = AsyncApp(client=AsyncWebClient(token=token, base_url=address), authorize=authorize)

    @app.event("message")
    async def said(event: dict[str, Any]) -> None:
        await handler(event["ts"])
        through(event["ts"])

    opened = AsyncWebClient(token=_said("SLACK_APP_TOKEN"), base_url=address)
    socket = AsyncSocketModeHandler(app, _said("SLACK_APP_TOKEN"), web_client=opened)
    await socket.connect_async()  # type: ignore[no-untyped-call]  # the library's
    try:
        yield
    finally:
        await socket.close_async()  # type: ignore[no-untyped-call]  # the library's


@asynccontextmanager
async def telegram_client(handler: Handler, through: Through) -> AsyncIterator[None]:
    """python-telegram-bot, polling (https://docs.python-telegram-bot.org)."""
    from telegram import Update  # noqa: PLC0415  1.5 s to import, which is measured
    from telegram.ext import Application, MessageHandler, filters  # noqa: PLC0415  with it

    async def said(update: Update, _: object) -> None:
        assert update.message is not None
        await handler(str(update.message.message_id))
        through(str(update.message.message_id))

    token, address = _said("TELEGRAM_TOKEN"), _said("TELEGRAM_API_URL")
    bot = Application.builder().token(token).base_url(address).build()
    bot.add_handler(MessageHandler(filters.TEXT, said))
    async with bot:
        await bot.start()
        assert bot.updater is not None
        await bot.updater.start_polling()
        try:
            yield
        finally:
            await bot.updater.stop()
            await bot.stop()


Connects = Callable[[Handler, Through], AbstractAsyncContextManager[None]]

CLIENTS: Mapping[Platform, Connects] = {
    Platform.DISCORD: discord_client,
    Platform.SLACK: slack_client,
    Platform.TELEGRAM: telegram_client,
}
