"""Bolt, listening through Socket Mode or signed HTTP requests, acknowledging after the work."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.manifest import EVENTS_PATH
from bots.slack.settings import SlackSettings
from bots.slack.socket import CLOSING, Hear, Room, Socket
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import Permanent

Json = dict[str, Any]
Listen = Callable[[Json], Awaitable[Json | None]]

_ANY = re.compile(".*", re.DOTALL)


class NotNow(Exception):
    """We are stopping: Slack must not believe this was handled, and sends it again."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is called with the raw body of each kind.

    `hear` takes events and calls back when they are committed, `room` says whether it can take
    one more; what the others return is the acknowledgement. `missed`: see the port's `start`.
    """

    hear: Hear
    room: Room
    command: Listen
    press: Listen
    submission: Listen
    missed: Callable[[], None]


class Listening:
    """One Bolt application and the connection that feeds it."""

    def __init__(self, settings: SlackSettings, slack: SlackWeb, listeners: Listeners) -> None:
        self._settings = settings
        self._slack = slack
        self._listeners = listeners
        self._socket: Socket | None = None
        self._server: web.AppRunner | None = None
        self.address = ""

    @property
    def trouble(self) -> str:
        """Why nothing is heard just now."""
        return "the socket is cut" if self._socket and self._socket.is_cut else ""

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
        """Bolt with the authorisation it would otherwise ask Slack for at every act.

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
            attaching_conversation_kwargs_enabled=False,
        )
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
        told = self._listeners
        self._socket = Socket(
            self._settings.app_token, self._slack.app, told.hear, told.room, told.missed
        )
        self._socket.serve(app)
        self._socket.wss_uri = str(ticket["url"])
        await self._socket.connect()  # type: ignore[no-untyped-call]  # the library's

    async def _serve(self, app: AsyncApp) -> None:
        signed = SignatureVerifier(self._settings.signing_secret)

        async def receive(request: web.Request) -> web.Response:
            if request.content_type == "application/json":
                body = await _event(request, signed)
                if body is not None:
                    return web.Response(status=200 if await self._is_taken(body) else 503)
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

    async def _is_taken(self, body: Json) -> bool:
        """Whether the core committed it; Slack is kept waiting, and asks again if it will not."""
        if not await self._listeners.room():
            return False
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def done(*, committed: bool) -> None:
            if not taken.done():
                taken.set_result(committed)

        self._listeners.hear(body, done)
        return await taken

    async def stop(self) -> None:
        """Close the connection and end everything that belongs to it."""
        if self._server:
            await self._server.cleanup()
            self._server = None
        if self._socket:
            await self._socket.end()
            self._socket = None


async def _event(request: web.Request, signed: SignatureVerifier) -> Json | None:
    """A signed event; None for what Bolt answers (a challenge, a wrong signature).

    Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    raw = await request.read()
    if not signed.is_valid_request(raw, dict(request.headers)):
        return None
    body = json.loads(raw)
    is_event = isinstance(body, dict) and body.get("type") == "event_callback"
    return body if is_event else None


def _bolted(listen: Listen) -> Callable[..., Awaitable[BoltResponse]]:
    """A Bolt listener around one of ours; anything but a return leaves Slack unacknowledged."""

    async def listener(body: Json) -> BoltResponse:
        try:
            answer = await listen(body)
        except NotNow:
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body=answer or "")

    return listener
