"""The library's bot spoken to in raw JSON, so that what arrives can be recorded and replayed.

Reading raw also keeps us working with a Bot API server older or newer than the library: its
object model refuses an answer that lacks a field it knows, and one such update in a batch would
stop the whole batch.
"""

import logging
import os
from typing import Any

from telegram import InputFile, InputMediaDocument, InputMediaPhoto
from telegram.error import TelegramError
from telegram.ext import AIORateLimiter, ExtBot

from bots.telegram.errors import meaning
from bots.telegram.limits import OVERALL, is_shown
from bots.telegram.settings import TelegramSettings
from bots.telegram.wire import Wire
from core.chat.adapter import Doubtful, Permanent, Transient
from core.chat.events import DOCUMENT_BYTES
from core.chat.messages import File, Image

# Opts in to durations as timedelta; without it the library warns at each 429
# (https://docs.python-telegram-bot.org/en/v22.8/telegram.error.html#telegram.error.RetryAfter).
os.environ.setdefault("PTB_TIMEDELTA", "true")

# A 429 is told to whoever sends; the limiter's own traceback would only repeat it.
logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)

ONCE = ("send", "copy", "forward")
"""Methods that show something anew at each call: where the answer is lost, that is a doubt."""

JSON = dict[str, Any]


class SafetyNet(AIORateLimiter):
    """The library's limiter, behind our own pace: for what shows in a chat only."""

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
        return await super().process_request(
            callback, args, kwargs, endpoint, data if is_shown(endpoint) else {}, rate_limit_args
        )


class _Bot(ExtBot[int]):
    async def raw(self, method: str, data: JSON, wait: float | None) -> Any:  # noqa: ANN401  JSON
        if wait is None:
            return await self._post(method, data)
        return await self._post(method, data, read_timeout=wait)


class Api:
    """One bot's connections to a Bot API server."""

    def __init__(self, settings: TelegramSettings) -> None:
        paced = bool(settings.group_per_minute)
        self._wire = Wire(settings.api_url)
        self._bot = _Bot(
            token=settings.token or "none",
            base_url=settings.api_url,
            base_file_url=settings.file_url,
            get_updates_request=self._wire,
            request=self._wire,
            rate_limiter=SafetyNet(
                overall_max_rate=OVERALL.calls if paced else 0,
                overall_time_period=OVERALL.seconds / settings.scale,
                group_max_rate=settings.group_per_minute,
                group_time_period=60 / settings.scale,
            ),
        )

    async def call(
        self, method: str, data: JSON | None = None, *, wait: float | None = None
    ) -> Any:  # noqa: ANN401  JSON
        """Call a method and return its `result`, as JSON.

        `wait` is how long to wait for the answer, in seconds (20 when not given). Raises
        DeliveryError.
        """
        shows = method.startswith(ONCE) and is_shown(method)
        try:
            return await self._bot.raw(method, dict(data or {}), wait)
        except TelegramError as error:
            raise meaning(error, shows=shows) from error
        except KeyError as error:  # the library's, for an answer that holds no result
            raise (Doubtful if shows else Transient)("an answer without a result") from error

    async def fetch(self, file_id: str) -> bytes:
        """Read a file people sent (https://core.telegram.org/bots/api#getfile).

        Raises DeliveryError; Permanent when it is larger than any we read.
        """
        found = await self.call("getFile", {"file_id": file_id})
        if int(found.get("file_size") or 0) > DOCUMENT_BYTES:
            raise Permanent("too_large", "the file is larger than any we read")
        try:
            return await self._wire.retrieve(f"{self._bot.base_file_url}/{found['file_path']}")
        except TelegramError as error:
            raise meaning(error) from error

    async def open(self) -> None:
        """Open anew what `close` closed."""
        await self._wire.initialize()

    async def close(self) -> None:
        """Close every connection."""
        await self._wire.shutdown()


def upload(given: Image | File) -> InputFile:
    """What is uploaded, for the library (https://core.telegram.org/bots/api#sending-files)."""
    return InputFile(given.content, filename=given.name)


def media(given: Image | File, caption: str) -> InputMediaPhoto | InputMediaDocument:
    """A picture or file as the library puts it in the place of another."""
    kind = InputMediaPhoto if isinstance(given, Image) else InputMediaDocument
    return kind(given.content, caption=caption or None, parse_mode="HTML", filename=given.name)
