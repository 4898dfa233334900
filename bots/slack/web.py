"""The Web API of one workspace: one session, every refusal said in the core's words."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bots.pace import Pacer
from bots.slack.errors import delivery_error, meaning, refused_file
from bots.slack.settings import SlackSettings
from core.chat.adapter import DeliveryError, Permanent, RateLimited, Transient
from core.chat.messages import File, Image

Json = dict[str, Any]

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
PAGE = 200
"""Items asked at once (https://docs.slack.dev/apis/web-api/pagination: no more than 200)."""
PAGES = 50
PIECE = 1 << 16
"""Bytes of a file that are read at once."""
FILE_TRIES = 6
FILE_WAIT = 0.5
"""Seconds between tries while Slack prepares an uploaded image: it does so after the upload
call returned (https://docs.slack.dev/messaging/working-with-files#uploading_files)."""


async def asked(call: Awaitable[AsyncSlackResponse]) -> Json:
    """The body of a successful call. Raises DeliveryError."""
    try:
        response = await call
    except Exception as error:
        raise delivery_error(error) from error
    return response.data if isinstance(response.data, dict) else {}


class SlackWeb:
    """The clients of one workspace, open between `__aenter__` and `__aexit__`.

    `client` waits once by itself when Slack limits us (answers, look-ups); `outbox` never does,
    since its queue knows better when to come back.
    """

    client: AsyncWebClient
    outbox: AsyncWebClient
    app: AsyncWebClient

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._limits = settings.limits
        self._pace = Pacer(settings.limits.overall)
        self._session: aiohttp.ClientSession | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls can be made."""
        return self._session is not None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        self.client = self._made(self._settings.bot_token)
        self.client.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
        self.outbox = self._made(self._settings.bot_token)
        self.app = self._made(self._settings.app_token)
        return self

    async def __aexit__(self, *_: object) -> None:
        session, self._session = self._session, None
        if session:
            await session.close()

    def _made(self, token: str) -> AsyncWebClient:
        return AsyncWebClient(
            token=token,
            base_url=self._settings.api_url,
            session=self._session,
            retry_handlers=[],
        )

    def speaking(self, channel: str, *, ahead: bool = False) -> AbstractAsyncContextManager[None]:
        """The turn to post one message there; `ahead`: an answer, before what is merely owed."""
        return self._pace.turn(channel, self._limits.post, ahead=ahead)

    def calling(self, method: str, *, ahead: bool = False) -> AbstractAsyncContextManager[None]:
        """The turn to call a method of which Slack counts the calls a minute."""
        return self._pace.turn(method, self._limits.tier, ahead=ahead)

    async def respond(self, url: str, payload: Json) -> None:
        """Answer through a `response_url`. Raises DeliveryError when it is used up or gone.

        Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        hook = AsyncWebhookClient(
            url,
            session=self._session,
            retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)],
        )
        try:
            answer = await hook.send_dict(payload)
        except Exception as error:
            raise delivery_error(error) from error
        if answer.status_code == 429:  # noqa: PLR2004  HTTP Too Many Requests
            raise RateLimited(1.0)
        if answer.status_code >= 500:  # noqa: PLR2004  HTTP server errors
            raise Transient(f"HTTP {answer.status_code}")
        if answer.status_code >= 400 or '"ok":false' in answer.body.replace(" ", ""):  # noqa: PLR2004  HTTP client errors
            raise meaning("response_url_refused")

    async def upload(self, image: Image) -> str:
        """Put an image where our messages can show it, and give its id. Raises DeliveryError.

        Source: https://docs.slack.dev/messaging/working-with-files#uploading_files
        """
        call = self.client.files_upload_v2(
            filename=image.name,
            content=image.content,
            title=image.name,
            alt_txt=image.alt,
        )
        return str((await asked(call))["files"][0]["id"])

    async def download(self, url: str, most: int) -> bytes:
        """Read a file people shared, of at most so many bytes. Raises DeliveryError.

        Slack's own addresses only: our token goes with it, and a redirection (to a page that
        asks to sign in) is not followed. Source:
        https://docs.slack.dev/reference/objects/file-object#authentication
        """
        if not self._is_slacks(url):
            raise Permanent("foreign_file", "the file is not kept by Slack")
        headers = {"Authorization": f"Bearer {self._settings.bot_token}"}
        session = self.client.session
        assert session is not None  # noqa: S101  open between `__aenter__` and `__aexit__`
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status != 200:  # noqa: PLR2004  HTTP OK
                    raise Permanent("unread_file", f"HTTP {answer.status}")
                content = bytearray()
                async for piece in answer.content.iter_chunked(PIECE):
                    content += piece
                    if len(content) > most:
                        raise Permanent("too_large", "the file is larger than any we read")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Transient(f"the file was not read: {type(error).__name__}") from error
        return bytes(content)

    def _is_slacks(self, url: str) -> bool:
        told, ours = urlsplit(url), urlsplit(self._settings.api_url)
        if (told.scheme, told.netloc) == (ours.scheme, ours.netloc):
            return True
        return told.scheme == "https" and (told.hostname or "").endswith(".slack.com")

    async def share(self, file: File, channel: str, thread: str | None, blocks: list[Json]) -> None:
        """Put a file in a conversation, with blocks beside it. Raises DeliveryError.

        Source: https://docs.slack.dev/messaging/working-with-files#uploading_files
        """
        length = len(file.content)
        given = await asked(
            self.client.files_getUploadURLExternal(filename=file.name, length=length)
        )
        await self._put(str(given["upload_url"]), file)
        await asked(
            self.client.files_completeUploadExternal(
                files=[{"id": given["file_id"], "title": file.name}],
                channel_id=channel,
                thread_ts=thread,
                blocks=json.dumps(blocks),
            )
        )

    async def _put(self, url: str, file: File) -> None:
        """Send a file's bytes where Slack said."""
        assert self._session is not None  # noqa: S101  open, as every call needs
        try:
            async with self._session.post(url, data=file.content) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Transient(f"not uploaded: {type(error).__name__}") from error
        if status != 200:  # noqa: PLR2004  what Slack documents
            raise Transient(f"not uploaded: HTTP {status}")

    async def when_ready(
        self, post: Callable[[], Awaitable[AsyncSlackResponse]], *, image: bool
    ) -> Json:
        """Post a message, waiting for its image when Slack has not prepared it yet.

        Raises DeliveryError.
        """
        for left in range(FILE_TRIES if image else 0, 0, -1):
            try:
                return await asked(post())
            except DeliveryError as error:
                cause = error.__cause__
                if left == 1 or not (isinstance(cause, SlackApiError) and refused_file(cause)):
                    raise
                await asyncio.sleep(FILE_WAIT)
        return await asked(post())

    async def pages(
        self,
        ask: Callable[[str | None], Awaitable[AsyncSlackResponse]],
        what: str,
        *,
        method: str = "",
    ) -> list[Json]:
        """All the items a paged method lists under the key `what`. Raises DeliveryError.

        With `method`, each page waits for its turn.
        """
        items: list[Json] = []
        cursor: str | None = None
        for _ in range(PAGES):
            async with self.calling(method) if method else nullcontext():
                page = await asked(ask(cursor))
            items += page.get(what) or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return items
