"""The library's requests, made through aiohttp: whether a request left is known, and it is cheap.

https://docs.python-telegram-bot.org/en/v22.8/telegram.request.baserequest.html is made to be
written anew for another HTTP client. A question for updates costs a third of what it does with
httpx, and nothing of an answer that cannot be read is logged.
"""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    InvalidURL,
    TCPConnector,
)
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 100
"""More than the deliveries in hand at once, so that asking for updates never waits for one."""
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
WRITE_SECONDS = 60.0
"""How long sending a picture may take."""
KEEP_SECONDS = 5.0
"""How long an idle connection is used again: Telegram's end closes it some time after."""


class NotSentError(NetworkError):
    """No connection could be made: nothing left."""


class UnansweredError(NetworkError):
    """The request left, or may have, and no answer came."""


class FailedError(NetworkError):
    """Telegram's servers answered with a 5xx: `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(f"HTTP {code}")
        self.code = code


class Wire(BaseRequest):
    """One pool of connections to the Bot API server at `url`.

    `initialize` opens it, anew after `shutdown`; through the proxy that the environment names.
    """

    __slots__ = ("_session", "_url")

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer when nothing else is said."""
        return ANSWER_SECONDS

    async def initialize(self) -> None:
        """Open the pool."""
        if self._session is None:
            connector = TCPConnector(limit=CONNECTIONS, keepalive_timeout=KEEP_SECONDS)
            agent = {"User-Agent": self.USER_AGENT}
            # aiohttp's trust_env would look for a .netrc at each call, in a thread.
            proxy = _proxy(self._url)
            self._session = ClientSession(connector=connector, headers=agent, proxy=proxy)

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(  # noqa: PLR0917  the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401  the library's own marker
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002  the same
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002  the same
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002  the same
    ) -> tuple[int, bytes]:
        """Ask, and return the status and the body. Raises NetworkError, BadRequest."""
        if self._session is None:
            raise NotSentError("closed")
        wait = read_timeout if isinstance(read_timeout, int | float) else ANSWER_SECONDS
        timeout = ClientTimeout(
            total=wait + WRITE_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=wait
        )
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=timeout, allow_redirects=False
            ) as answer:
                status, body = answer.status, await answer.read()
        except (ClientConnectorError, ConnectionTimeoutError, InvalidURL) as error:
            raise NotSentError(type(error).__name__) from error
        except (ClientError, TimeoutError) as error:
            raise UnansweredError(type(error).__name__) from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise FailedError(status)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise BadRequest("Request Entity Too Large")
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; one that cannot be read may hold somebody's words, and is not shown."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("unreadable answer") from None
        if not isinstance(answer, dict):
            raise TelegramError("an answer without a result")
        return answer


def _proxy(url: str) -> str | None:
    address = urlsplit(url)
    if proxy_bypass(address.hostname or ""):
        return None
    return getproxies().get(address.scheme)


def _form(data: RequestData | None) -> FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = FormData(data.json_parameters)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
