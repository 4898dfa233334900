"""The library's bot spoken to in raw JSON, so that what arrives can be recorded and replayed.

Reading raw also keeps us working with a Bot API server older or newer than the library: its
object model refuses an answer that lacks a field it knows, and one such update in a batch would
stop the whole batch.
"""

import asyncio
import logging
import os
from typing import Any

from telegram import InputFile, InputMediaPhoto
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bots.telegram.errors import meaning
from bots.telegram.settings import TelegramSettings
from core.chat.messages import Image

# Opts in to durations as timedelta; without it the library warns at each 429
# (https://docs.python-telegram-bot.org/en/v22.8/telegram.error.html#telegram.error.RetryAfter).
os.environ.setdefault("PTB_TIMEDELTA", "true")

# A 429 is told to whoever sends; the limiter's own traceback would only repeat it.
logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)

LIMITED = ("send", "edit", "copy", "forward")
"""Methods that put something in a chat, which Telegram counts.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

JSON = dict[str, Any]


class Pace(AIORateLimiter):
    """The library's limiter, for what shows in a chat only: a look-up never waits behind it."""

    async def process_request(
        self,
        callback: Any,  # noqa: ANN401  the library's own type is Any here
        args: Any,  # noqa: ANN401  the same
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | JSON | list[JSON]:
        """Wait for a turn when `endpoint` writes, then make the call."""
        shown = endpoint.startswith(LIMITED) and endpoint != "sendChatAction"
        return await super().process_request(
            callback, args, kwargs, endpoint, data if shown else {}, rate_limit_args
        )


class _Bot(ExtBot[int]):
    async def raw(self, method: str, data: JSON, wait: float | None) -> Any:  # noqa: ANN401  JSON
        if wait is None:
            return await self._post(method, data)
        return await self._post(method, data, read_timeout=wait)


class Api:
    """One bot's connections to a Bot API server."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._requests = (
            HTTPXRequest(connection_pool_size=1, read_timeout=20),
            HTTPXRequest(connection_pool_size=32, read_timeout=20, pool_timeout=20),
        )
        self._bot = _Bot(
            token=settings.token or "none",
            base_url=settings.api_url,
            base_file_url=settings.file_url,
            get_updates_request=self._requests[0],
            request=self._requests[1],
            rate_limiter=Pace(
                group_max_rate=settings.group_per_minute,
                group_time_period=60 if settings.group_per_minute else 0,
            ),
        )

    async def call(
        self, method: str, data: JSON | None = None, *, wait: float | None = None
    ) -> Any:  # noqa: ANN401  JSON
        """Call a method and return its `result`, as JSON.

        `wait` is how long to wait for the answer, in seconds (20 when not given). Raises
        DeliveryError.
        """
        try:
            return await self._bot.raw(method, dict(data or {}), wait)
        except TelegramError as error:
            raise meaning(error) from error

    async def open(self) -> None:
        """Open anew what `close` closed."""
        await asyncio.gather(*(request.initialize() for request in self._requests))

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(request.shutdown() for request in self._requests))


def upload(image: Image) -> InputFile:
    """A picture as the library sends it (https://core.telegram.org/bots/api#sending-files)."""
    return InputFile(image.content, filename=image.name)


def media(image: Image, caption: str) -> InputMediaPhoto:
    """A picture as the library puts it in the place of another."""
    return InputMediaPhoto(
        image.content, caption=caption or None, parse_mode="HTML", filename=image.name
    )
