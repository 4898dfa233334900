"""Socket Mode: facts are read and acknowledged here, whatever is asked goes to Bolt."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.facts import Done

Json = dict[str, Any]
Hear = Callable[[Json, Done], None]
Room = Callable[[], Awaitable[bool]]

PING = 5.0
"""Seconds between two looks at the connection: how long a silent cut can go unnoticed."""
CLOSING = 3.0
"""Seconds to close the connection politely."""

REPLACED = 60.0
"""Seconds a new connection may take where Slack asked for it, every few hours: what it could not
deliver meanwhile it sends again (https://docs.slack.dev/apis/events-api/socket-mode#disconnect)."""

log = structlog.get_logger(__name__)


class Socket(SocketModeClient):
    """The library's connection, with our hand on each envelope before its queue.

    The library makes a task, two parsings and a dozen middleware calls of each envelope. Nothing
    of it is needed for a message that only counts, which is most of them: those are handed to
    `hear` as they come, and acknowledged once they are committed, many acknowledgements by one
    task. `room` holds back the reading when too much is in hand; what there is no room for is
    left unacknowledged, and Slack sends it again
    (https://docs.slack.dev/apis/events-api/#retries). `missed` is called whenever something may
    not have reached us: a new connection after the first that Slack did not ask for, and room
    again after there was none.
    """

    def __init__(
        self,
        app_token: str,
        web_client: AsyncWebClient,
        hear: Hear,
        room: Room,
        missed: Callable[[], None],
    ) -> None:
        super().__init__(app_token=app_token, web_client=web_client, ping_interval=PING)
        self._hear = hear
        self._room = room
        self._missed = missed
        self._greeted = False
        self._replaced = -REPLACED
        self._left = 0
        self._owed: deque[str] = deque()
        self._acknowledging: asyncio.Task[None] | None = None

    @property
    def is_cut(self) -> bool:
        """Whether there is no connection now; the library makes another one."""
        return self.current_session is None or self.current_session.closed

    def serve(self, app: AsyncApp) -> None:
        """Let Bolt answer whatever is asked."""

        async def dispatch(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
            answer = await run_async_bolt_app(app, request)
            await send_async_response(client, request, answer, 0.0)

        self.socket_mode_request_listeners.append(dispatch)

    async def enqueue_message(self, message: str) -> None:
        """Called by the library with each text frame."""
        try:
            envelope = json.loads(message)
            kind = envelope["type"]
        except (KeyError, TypeError, ValueError):
            log.warning("slack.unreadable", what="envelope", size=len(message))
            return
        if kind == "events_api":
            if await self._room():
                self._say_left()
                done = partial(self._done, envelope["envelope_id"])
                self._hear(envelope["payload"], done)
            else:
                self._left += 1
            return
        now = asyncio.get_running_loop().time()
        if kind == "disconnect":
            self._replaced = now
        if kind == "hello":
            if self._greeted and now - self._replaced >= REPLACED:
                self._missed()
            self._greeted = True
        await super().enqueue_message(message)

    def _say_left(self) -> None:
        if self._left:
            log.warning("slack.left_to_slack", events=self._left)
            self._left = 0
            self._missed()

    def _done(self, envelope_id: str, *, committed: bool) -> None:
        if committed:
            self._owed.append(envelope_id)
            if self._acknowledging is None:
                self._acknowledging = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        """Acknowledge all that is owed; what the connection loses, Slack sends again."""
        try:
            while self._owed:
                await self.send_message(f'{{"envelope_id":{json.dumps(self._owed.popleft())}}}')
        except Exception as error:  # noqa: BLE001  what follows is tried on the next connection
            log.warning("slack.not_acknowledged", reason=type(error).__name__)
        finally:
            self._acknowledging = None

    async def end(self) -> None:
        """Acknowledge what was just committed, then close and end all that belongs to it."""
        if self._acknowledging is not None:
            await asyncio.wait([self._acknowledging], timeout=CLOSING / 3)
        try:
            closing = self.close()  # type: ignore[no-untyped-call]  # the library's
            await asyncio.wait_for(closing, CLOSING)
        except TimeoutError:
            await self.aiohttp_client_session.close()
        rest = [self.message_processor, self.current_session_monitor, self.message_receiver]
        ends = [task for task in (*rest, self._acknowledging) if task]
        for task in ends:
            task.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
