"""Being called by Telegram, and answering only once an update is handled.

https://core.telegram.org/bots/api#setwebhook
"""

import asyncio
import hmac
import json
import secrets
from urllib.parse import urlsplit

import structlog
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bots.telegram.api import Api
from bots.telegram.incoming import ALLOWED_UPDATES
from bots.telegram.lanes import taken
from bots.telegram.polling import Take
from bots.telegram.settings import TelegramSettings

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  a header's name
BODY_LIMIT = 1024 * 1024
"""Bytes of an update: far above any, far below what would hurt."""

HOLD = 50.0
"""Seconds a call is held while the core cannot take it; then Telegram is asked to call again."""

log = structlog.get_logger(__name__)


class _Called(RequestHandler):
    def initialize(self, secret: str, take: Take) -> None:
        self._secret = secret.encode()
        self._take = take

    async def post(self) -> None:
        shown = self.request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(shown, self._secret):
            log.warning("telegram.webhook_refused", error="wrong secret")
            self.set_status(403)
            return
        try:
            update = json.loads(self.request.body)
        except ValueError:
            update = None
        if not isinstance(update, dict):
            log.warning("telegram.webhook_refused", error="no update")
            self.set_status(400)
            return
        task = await self._take(update)
        await asyncio.wait({task}, timeout=HOLD)
        if not task.done():
            task.cancel()
        self.set_status(200 if taken(task) else 503)


class Webhook:
    """A small server that Telegram calls; the counterpart of `Poll`."""

    def __init__(self, api: Api, take: Take, settings: TelegramSettings) -> None:
        self._api = api
        self._settings = settings
        self._secret = settings.webhook_secret or secrets.token_urlsafe(32)
        path = urlsplit(settings.webhook_url).path or "/"
        application = Application(
            [(path, _Called, {"secret": self._secret, "take": take})],
            log_function=lambda _: None,
        )
        self._server = HTTPServer(application, max_body_size=BODY_LIMIT)

    async def start(self) -> None:
        """Listen, then tell Telegram where. Raises OSError, DeliveryError."""
        self._server.listen(self._settings.webhook_port, self._settings.webhook_listen)
        data = {
            "url": self._settings.webhook_url,
            "secret_token": self._secret,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        await self._api.call("setWebhook", data)

    async def pause(self) -> None:
        """Take no new call; Telegram keeps what it could not deliver, and calls again."""
        self._server.stop()

    async def confirm(self) -> None:
        """Let the last answers leave, then hang up."""
        await asyncio.sleep(0.05)  # a handled call still has its status to write
        await self._server.close_all_connections()
