"""The listening: HTTP under /api/v10, the gateway beside it, uploaded files."""

import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bots.sandbox.discord import rest_answers, rest_channels, rest_events, rest_guild, rest_messages
from bots.sandbox.discord.drafts import Upload
from bots.sandbox.discord.gateway import Gateway
from bots.sandbox.discord.limits import Limits, TooMany
from bots.sandbox.discord.refusals import Refused, bare, wrong
from bots.sandbox.discord.routing import Answer, Call, Endpoint, House, find
from bots.sandbox.discord.shapes import check

API = "/api/v10"
REGISTERED = (
    rest_answers,
    rest_channels,
    rest_events,
    rest_guild,
    rest_messages,
)  # importing them fills the table


class Server:
    """Checks every request, hands it to its endpoint, and words the answer as Discord does."""

    def __init__(
        self,
        house: House,
        gateway: Gateway,
        *,
        token: str,
        limits: Limits,
        complain: Callable[[str], None],
    ) -> None:
        self._house = house
        self._gateway = gateway
        self._token = token
        self._limits = limits
        self._complain = complain
        self._runner: web.AppRunner | None = None
        self.is_down = False
        self.port = 0

    async def start(self, port: int) -> None:
        """Listen on loopback."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/gateway/", self._socket)
        app.router.add_get("/attachments/{channel}/{id}/{name}", self._file)
        app.router.add_route("*", API + "{path:/.*}", self._rest)
        app.router.add_route("*", "/{path:.*}", self._elsewhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close every socket."""
        self._gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.is_down:
            return web.Response(status=503)
        return await self._gateway.serve(request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self._house.state.files.get(request.match_info["id"])
        if found is None:
            return web.Response(status=404)
        return web.Response(body=found[0], content_type=found[1])

    async def _elsewhere(self, request: web.Request) -> web.StreamResponse:
        self._complain(f"{request.method} {request.path}: outside {API}")
        return _json({"message": "404: Not Found", "code": 0}, 404, {})

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        headers: dict[str, str] = {}
        try:
            if self.is_down:
                raise bare(503, "Service Unavailable")  # noqa: TRY301  one place words refusals
            endpoint, values = find(request.method, path)
            headers = self._limits.metered(endpoint, values, path)
            if not endpoint.open and request.headers.get("Authorization") != f"Bot {self._token}":
                raise bare(401, "Unauthorized")  # noqa: TRY301  as above
            call = await self._call(request, endpoint, values)
            answer = endpoint.handler(self._house, call)
        except TooMany as refusal:
            return _json(refusal.body(), 429, refusal.headers)
        except Refused as refused:
            self._note(request, path, refused)
            return _json(refused.body(), refused.status, headers)
        except Exception as fault:
            self._complain(f"{request.method} {path}: the stand-in failed: {fault!r}")
            raise
        if answer is None:
            return web.Response(status=204, headers=headers)
        return _json(answer, 200, headers)

    def _note(self, request: web.Request, path: str, refused: Refused) -> None:
        late = refused.code == 10062 and self._house.interactions.was_late(path.split("/")[2])
        if refused.status in {401, 503} or late or not refused.is_complaint:
            return
        self._complain(f"{request.method} {path}: {refused}")

    # -- reading a request

    async def _call(self, request: web.Request, endpoint: Endpoint, values: dict[str, str]) -> Call:
        query = dict(request.query)
        for key in query:
            if key not in endpoint.query:
                raise wrong((key,), "UNKNOWN_KEY", "This query parameter is not documented.")
        body, files = await _body(request)
        if files and not endpoint.files:
            raise wrong(("files",), "UNKNOWN_KEY", "This endpoint takes no files.")
        if endpoint.body is not None:
            check(endpoint.body, {} if body is None else body)
        elif body:
            raise wrong((), "UNKNOWN_KEY", "This endpoint takes no body.")
        return Call(values, query, {} if body is None else body, files)


async def _body(request: web.Request) -> tuple[Any, dict[int, Upload]]:
    if request.content_type != "multipart/form-data":
        raw = await request.read()
        if raw and request.content_type != "application/json":
            said = 'Expected "Content-Type" header to be one of {application/json}.'
            raise wrong(("_misc",), "CONTENT_TYPE_INVALID", said)
        return _parsed(raw) if raw else None, {}
    form = await request.post()
    files: dict[int, Upload] = {}
    for key, part in form.items():
        number = key.removeprefix("files[").removesuffix("]")
        if isinstance(part, web.FileField) and number.isdigit():
            kind = _kind(part.filename) or part.content_type
            files[int(number)] = Upload(part.filename, part.file.read(), kind)
        elif key != "payload_json":
            raise wrong((key,), "UNKNOWN_KEY", "Parts are payload_json and files[n].")
    written = form.get("payload_json")
    return _parsed(written) if isinstance(written, str) else None, files


def _kind(filename: str) -> str | None:
    kinds = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
    return kinds.get(filename.rpartition(".")[2].lower())


def _parsed(raw: str | bytes) -> Any:  # noqa: ANN401  JSON is anything until it is checked
    try:
        return json.loads(raw)
    except ValueError:
        raise Refused(50109) from None


def _json(told: Answer, status: int, headers: dict[str, str]) -> web.Response:
    """Discord's header is exactly `application/json`, without a charset."""
    typed = {**headers, "Content-Type": "application/json"}
    return web.Response(body=json.dumps(told).encode(), status=status, headers=typed)
