"""A python-telegram-bot application beside the pretend Telegram, and raw calls to it."""

import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, ExtBot, TypeHandler

from bots.sandbox.people import World
from bots.sandbox.telegram import TelegramSandbox


@dataclass
class Heard:
    """A running bot and what it received."""

    bot: ExtBot[Any]
    world: World
    updates: list[Update] = field(default_factory=list)

    async def last(self, kind: str, count: int = 1) -> Any:  # noqa: ANN401  any update's payload
        def found() -> list[Any]:
            return [p for u in self.updates if (p := getattr(u, kind)) is not None]

        assert await self.world.until(lambda: len(found()) >= count), (kind, self.updates)
        return found()[count - 1]


@asynccontextmanager
async def started(**settings: Any) -> AsyncIterator[TelegramSandbox]:  # noqa: ANN401  passed on
    sandbox = TelegramSandbox(World(), **settings)
    await sandbox.start()
    try:
        yield sandbox
    finally:
        await sandbox.stop()


def application(
    sandbox: TelegramSandbox, *, limited: bool = False
) -> Application[Any, Any, Any, Any, Any, Any]:
    given = sandbox.environment()
    builder = ApplicationBuilder().token(given["AMICALE_TELEGRAM_TOKEN"])
    builder = builder.base_url(given["AMICALE_TELEGRAM_API_URL"])
    builder = builder.base_file_url(given["AMICALE_TELEGRAM_FILE_URL"])
    if limited:
        return builder.rate_limiter(AIORateLimiter(max_retries=2)).build()
    return builder.build()


@asynccontextmanager
async def polling(sandbox: TelegramSandbox, *, limited: bool = False) -> AsyncIterator[Heard]:
    app = application(sandbox, limited=limited)
    heard = Heard(app.bot, sandbox.world)

    async def hear(update: Update, _context: object) -> None:
        heard.updates.append(update)
        sandbox.world.touch()

    app.add_handler(TypeHandler(Update, hear))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(
            poll_interval=0, timeout=10, allowed_updates=list(Update.ALL_TYPES)
        )
        assert await sandbox.world.until(lambda: sandbox.is_connected)
        try:
            yield heard
        finally:
            sandbox.up()
            sandbox.ask_reconnect()
            await app.updater.stop()
            await app.stop()


def keyboard(**buttons: str) -> InlineKeyboardMarkup:
    row = [InlineKeyboardButton(text, callback_data=data) for text, data in buttons.items()]
    return InlineKeyboardMarkup([row])


def png(width: int = 4, height: int = 3) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        raw = kind + data
        return struct.pack(">I", len(data)) + raw + struct.pack(">I", zlib.crc32(raw))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * (width + 1) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


async def post(sandbox: TelegramSandbox, method: str, **values: object) -> tuple[int, Any]:
    given = sandbox.environment()
    url = f"{given['AMICALE_TELEGRAM_API_URL']}{given['AMICALE_TELEGRAM_TOKEN']}/{method}"
    async with ClientSession() as http, http.post(url, json=values) as answer:
        return answer.status, await answer.json()


async def refusal(sandbox: TelegramSandbox, method: str, **values: object) -> str:
    status, body = await post(sandbox, method, **values)
    assert (body["ok"], body["error_code"]) == (False, status)
    return str(body["description"])


async def member(sandbox: TelegramSandbox, name: str) -> None:
    """Make somebody a member without the bot's help."""
    await sandbox.person(name).joins()
    sandbox.admit(name)
