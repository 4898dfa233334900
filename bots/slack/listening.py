"""Bolt, listening through Socket Mode or signed HTTP requests, acknowledging after the work."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.manifest import EVENTS_PATH
from bots.slack.settings import SlackSettings
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import Permanent

Json = dict[str, Any]
Listen = Callable[[Json], Awaitable[Json | None]]

PING = 5.0
"""Seconds between two looks at the connection: how long a silent cut can go unnoticed."""
CLOSING = 3.0
"""Seconds to close the connection politely."""
_ANY = re.compile(".*", re.DOTALL)


class NotNow(Exception):
    """We are stopping: Slack must not believe this was handled, and sends it again."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is called with the raw body of each kind; what they return is the acknowledgement."""

    event: Listen
    command: Listen
    press: Listen
    submission: Listen


class Listening:
    """One Bolt application and the connection that feeds it."""

    def __init__(self, settings: SlackSettings, slack: SlackWeb, listeners: Listeners) -> None:
        self._settings = settings
        self._slack = slack
        self._listeners = listeners
        self._socket: AsyncSocketModeHandler | None = None
        self._server: web.AppRunner | None = None
        self.address = ""

    async def start(self, authorized: Json) -> None:
        """Begin to listen; `authorized` is the answer of auth.test.

        Raises DeliveryError when the app token is refused or the connection fails.
        """
        app = self._bolt(authorized)
        if self._settings.app_token:
            await self._connect(app)
        elif self._settings.signing_secret:
            await self._serve(app)
        else:
            raise Permanent("no_transport", "neither an app token nor a signing secret is set")

    def _bolt(self, authorized: Json) -> AsyncApp:
        """Bolt with the authorisation it would otherwise ask Slack for at every queued event.

        `process_before_response` makes it return our acknowledgement as soon as the listener
        returns, instead of looking every 10 ms whether it was given.
        """

        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(
                enterprise_id=authorized.get("enterprise_id"),
                team_id=authorized.get("team_id"),
                bot_user_id=authorized.get("user_id"),
                bot_id=authorized.get("bot_id"),
                bot_token=self._settings.bot_token,
            )

        client = AsyncWebClient(base_url=self._settings.api_url, session=self._slack.client.session)
        app = AsyncApp(
            name="amicale",
            client=client,
            authorize=authorize,
            signing_secret=self._settings.signing_secret,
            process_before_response=True,
            ignoring_self_events_enabled=False,  # incoming.py drops them, and can be replayed
            attaching_conversation_kwargs_enabled=False,
        )
        app.event(_ANY)(_bolted(self._listeners.event))
        app.command(_ANY)(_bolted(self._listeners.command))
        app.action(_ANY)(_bolted(self._listeners.press))
        app.view(_ANY)(_bolted(self._listeners.submission))
        return app

    async def _connect(self, app: AsyncApp) -> None:
        """Open the socket; the first address is asked here, where a refusal can be told.

        Slack's client would retry a wrong token for ever.
        """
        ticket = await asked(
            self._slack.app.apps_connections_open(app_token=self._settings.app_token)
        )
        self._socket = AsyncSocketModeHandler(
            app, self._settings.app_token, web_client=self._slack.app, ping_interval=PING
        )
        self._socket.client.wss_uri = str(ticket["url"])
        await self._socket.connect_async()  # type: ignore[no-untyped-call]  # the library's

    async def _serve(self, app: AsyncApp) -> None:
        async def receive(request: web.Request) -> web.Response:
            return await to_aiohttp_response(
                await app.async_dispatch(await to_bolt_request(request))
            )

        server = web.Application()
        server.router.add_post(EVENTS_PATH, receive)
        self._server = web.AppRunner(server, access_log=None, shutdown_timeout=CLOSING)
        await self._server.setup()
        await web.TCPSite(self._server, self._settings.http_host, self._settings.http_port).start()
        host, port = self._server.addresses[0][:2]
        self.address = f"http://{host}:{port}{EVENTS_PATH}"

    async def stop(self) -> None:
        """Close the connection and end everything that belongs to it."""
        if self._server:
            await self._server.cleanup()
            self._server = None
        if self._socket:
            client = self._socket.client
            try:
                closing = self._socket.close_async()  # type: ignore[no-untyped-call]  # the library's
                await asyncio.wait_for(closing, CLOSING)
            except TimeoutError:
                await client.aiohttp_client_session.close()
            rest = [client.message_processor, client.current_session_monitor]
            ends = [task for task in (*rest, client.message_receiver) if task]
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            self._socket = None


def _bolted(listen: Listen) -> Callable[..., Awaitable[BoltResponse]]:
    """A Bolt listener around one of ours; anything but a return leaves Slack unacknowledged."""

    async def listener(body: Json) -> BoltResponse:
        try:
            answer = await listen(body)
        except NotNow:
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body=answer or "")

    return listener
