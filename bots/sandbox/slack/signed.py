"""Signed HTTP requests to an app, the way Slack reaches it without Socket Mode.

Signature: https://docs.slack.dev/authentication/verifying-requests-from-slack. Retry headers:
https://docs.slack.dev/apis/events-api/#retries.
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp

from .state import Json
from .workspace import Workspace

WINDOW = 3.0  # seconds an app has to acknowledge anything, over HTTP or a socket
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Heard:
    """How an app answered: `failure` is Slack's retry reason, empty when it acknowledged."""

    failure: str = ""
    no_retry: bool = False
    said: Json | None = None


class SignedRequests:
    """One app's request URL: verified once, then sent everything."""

    def __init__(self, ws: Workspace, url: str, secret: str) -> None:
        self._ws = ws
        self._url = url
        self._secret = secret
        self._verified = False
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WINDOW))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    def _signed(self, body: str) -> dict[str, str]:
        """The two headers by which an app knows Slack; real time, for apps refuse old ones."""
        stamp = str(int(time.time()))
        digest = hmac.new(self._secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }

    async def _send(self, body: str, kind: str, extra: dict[str, str]) -> tuple[int, str, bool]:
        """POST to the app: its status, what it said, and whether it wants no retry."""
        headers = self._signed(body) | {"Content-Type": kind} | extra
        async with self._session.post(
            self._url, data=body.encode(), headers=headers, allow_redirects=False
        ) as response:
            no_retry = response.headers.get("X-Slack-No-Retry") == "1"
            return response.status, await response.text(), no_retry

    async def _verify(self) -> bool:
        """The challenge (https://docs.slack.dev/reference/events/url_verification)."""
        challenge = self._ws.fresh("challenge")
        body = json.dumps({"token": "x", "challenge": challenge, "type": "url_verification"})
        status, text, _ = await self._send(body, "application/json", {})
        self._verified = status == 200 and challenge in text
        if not self._verified:
            self._ws.complain(f"url_verification: answered {status} without the challenge")
        return self._verified

    async def deliver(self, kind: str, payload: Json, attempt: int, reason: str) -> Heard:
        """Send one event, command or interaction as its documentation shapes it."""
        if kind == "slash_commands":
            body, content = urlencode(payload), FORM
        elif kind == "interactive":
            body, content = urlencode({"payload": json.dumps(payload)}), FORM
        else:
            body, content = json.dumps(payload), "application/json"
        retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            if not self._verified and not await self._verify():
                return Heard("http_error")
            status, text, no_retry = await self._send(body, content, retry if attempt else {})
        except TimeoutError:
            return Heard("http_timeout")
        except aiohttp.ClientError:
            return Heard("connection_failed")
        if status >= 300:
            return Heard("http_error", no_retry)
        return Heard(said=_payload(text))


def _payload(text: str) -> Json:
    """What an HTTP acknowledgement says: JSON, plain text, or nothing."""
    if not text.strip():
        return {}
    try:
        said = json.loads(text)
    except ValueError:
        return {"text": text}
    return said if isinstance(said, dict) else {"text": text}
