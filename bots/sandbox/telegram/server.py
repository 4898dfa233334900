"""The Bot API over HTTP on loopback: reads, refuses what is wrong, breaks on demand."""

import asyncio
import inspect
import json
import re
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from bots.sandbox.telegram.floods import Floods
from bots.sandbox.telegram.refusals import Json, RefusedError
from bots.sandbox.telegram.shapes import METHODS, Upload, malformed, read_call
from bots.sandbox.telegram.state import State

MAX_UPLOAD = 50 * 1024 * 1024  # https://core.telegram.org/bots/api#sending-files


class Server:
    """Listens; `methods` are the objects whose snake_case methods answer the API's camelCase.

    `floods` refuses what comes too fast; None lets everything pass.
    """

    def __init__(
        self, state: State, token: str, methods: tuple[object, ...], floods: Floods | None
    ) -> None:
        self.state = state
        self.token = token
        self.port = 0
        self.is_down = False
        self.floods = floods
        self._handlers = {name: _handler(name, methods) for name in METHODS}
        self._limits: dict[str, tuple[int, int]] = {}
        self._unanswered: dict[str, int] = {}
        self._files: Callable[[str], bytes] = _method("file", methods)
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1, on a free port when `port` is 0."""
        app = web.Application(client_max_size=MAX_UPLOAD)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        app.router.add_route("*", "/{any:.*}", self._elsewhere)
        # A long poll ends with its connection: nobody hears for a process that was killed.
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every socket."""
        if self._runner is not None:
            self.drop()
            await self._runner.cleanup()
            self._runner = None

    # --- faults

    def limit(self, method: str, times: int, retry_after: int) -> None:
        """Answer 429 to the next `times` calls of `method` (`*`: of any)."""
        self._limits[method.lower()] = (times, retry_after)

    def lose_answers(self, method: str, times: int) -> None:
        """Do what the next `times` calls of `method` ask, and cut the line instead of answering."""
        self._unanswered[method.lower()] = times

    def drop(self) -> None:
        """Cut every open connection without a word."""
        server = self._runner.server if self._runner else None
        for connection in list(server.connections) if server else []:
            if connection.transport is not None:
                connection.transport.abort()

    def _refuse_if_told(self, method: str) -> None:
        if self.is_down:
            raise RefusedError(502, "Bad Gateway")
        for key in (method.lower(), "*"):
            times, seconds = self._limits.get(key, (0, 0))
            if times:
                self._limits[key] = (times - 1, seconds)
                why = f"Too Many Requests: retry after {seconds}"
                raise RefusedError(429, why, retry_after=seconds)

    def _is_lost(self, method: str) -> bool:
        left = self._unanswered.get(method.lower(), 0)
        self._unanswered[method.lower()] = max(0, left - 1)
        return left > 0

    # --- requests

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        try:
            self._refuse_if_told(method)
            self._authorise(request)
            values, files = await _parameters(request)
            if self.floods is not None:
                now = asyncio.get_running_loop().time()
                self.floods.admit(method, str(values.get("chat_id", "")), now)
            result = self.call(method, values, files)
            if self._is_lost(method) and request.transport is not None:
                request.transport.abort()
            if inspect.isawaitable(result):
                result = await result
            self._refuse_if_told("")
        except RefusedError as refused:
            return self._refusal(method, refused)
        except ConnectionResetError:  # cut by drop(): nobody is there to read an answer
            return web.Response(status=499)
        return web.json_response({"ok": True, "result": result})

    def _authorise(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if not re.fullmatch(r"\d+:[\w-]+", given):
            raise RefusedError(404, "Not Found")
        if given != self.token:
            raise RefusedError(401, "Unauthorized")

    def call(self, method: str, values: Json, files: dict[str, Upload] | None = None) -> object:
        """The result of one method (awaitable for getUpdates); raises RefusedError."""
        call = read_call(method, values, files or {})
        return self._handlers[call.method](call)

    def call_quietly(self, method: str, values: Json) -> None:
        """A method called in answer to a webhook: nobody learns its result."""
        try:
            self.call(method, values)
        except RefusedError as refused:
            self._refusal(method, refused)

    def _refusal(self, method: str, refused: RefusedError) -> web.Response:
        if refused.violation:
            self.state.complain(f"{method}: {refused.code} {refused.description}")
        headers = (
            {"Retry-After": str(refused.parameters["retry_after"])} if refused.code == 429 else {}
        )
        return web.json_response(refused.body(), status=refused.code, headers=headers)

    async def _file(self, request: web.Request) -> web.Response:
        try:
            self._refuse_if_told("")
            self._authorise(request)
            return web.Response(body=self._files(request.match_info["path"]))
        except RefusedError as refused:
            return self._refusal("file", refused)

    async def _elsewhere(self, request: web.Request) -> web.Response:
        unknown = RefusedError(404, "Not Found", violation=True)
        return self._refusal(request.path, unknown)


def _handler(name: str, methods: tuple[object, ...]) -> Callable[[Any], Any]:
    return _method(re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), name), methods)


def _method(snake: str, methods: tuple[object, ...]) -> Callable[[Any], Any]:
    found = [getattr(one, snake) for one in methods if hasattr(one, snake)]
    if len(found) != 1:
        raise LookupError(f"{snake} must be answered in exactly one place, not {len(found)}")
    return found[0]  # type: ignore[no-any-return]  # found by its documented name


async def _parameters(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Query string, JSON, form or multipart, as https://core.telegram.org/bots/api#making-requests."""
    values: Json = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            raise malformed("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise malformed("expected a JSON object")
        return values | body, files
    for key, value in (await request.post()).items():
        if isinstance(value, FileField):
            files[key] = Upload(value.filename, value.content_type, value.file.read())
            value.file.close()
        else:
            values[key] = value
    return values, files
