"""The one place that speaks Discord's HTTP interface, through discord.py's own rate limits."""

import asyncio
import io
import json
from collections.abc import Mapping
from typing import Any

import discord
from discord.http import Route

from bots.discord.failures import meaning
from bots.discord.guild import Json
from bots.discord.outgoing import Part, filename
from bots.pace import Answered, Pacer
from core.chat.messages import File

PATIENCE = 60.0
"""Seconds one call may take, discord.py's waiting for rate limits included."""


UNBOUND = ("/interactions/", "/webhooks/")
"""Answers to interactions do not count in the bot's overall limit.
https://docs.discord.com/developers/topics/rate-limits#global-rate-limit"""


class Rest:
    """Calls with JSON bodies; every failure is raised as a DeliveryError.

    Each keeps the bot's overall pace, before messages that are merely owed. Messages have a
    pace of their own, which whoever sends them keeps.
    """

    def __init__(self, client: discord.Client, pacer: Pacer) -> None:
        self._client = client
        self._pacer = pacer

    async def login(self, token: str) -> None:
        """Find out who we are: two calls. Raises what discord.py raises."""
        async with self._pacer.turn(""), self._pacer.turn(""):
            await self._client.login(token)

    async def get(
        self, path: str, *, query: Mapping[str, str] | None = None, **parameters: str
    ) -> Json:
        """Read one object. `{name}` in `path` are filled from `parameters`."""
        found: Json = await self._call(Route("GET", path, **parameters), params=query or {})
        return found

    async def listed(self, path: str, **parameters: str) -> list[Json]:
        """Read a list of objects."""
        found: list[Json] = await self._call(Route("GET", path, **parameters))
        return found

    async def fetch(self, url: str) -> bytes:
        """Read a file people sent, from where Discord keeps files."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._client.http.get_from_cdn(url)
        except Exception as error:
            raise meaning(error) from error

    async def put(self, path: str, body: Any = None, **parameters: str) -> None:  # noqa: ANN401  a JSON value
        """Put something where there may be nothing yet."""
        route = Route("PUT", path, **parameters)
        await (self._call(route) if body is None else self._call(route, json=body))

    async def delete(self, path: str, **parameters: str) -> None:
        """Take something away."""
        await self._call(Route("DELETE", path, **parameters))

    async def post(self, path: str, body: Json, **parameters: str) -> Json:
        """Create something and say what was made (empty when Discord says nothing)."""
        made: Json | None = await self._call(Route("POST", path, **parameters), json=body)
        return made or {}

    async def patch(self, path: str, body: Json, **parameters: str) -> None:
        """Change something."""
        await self._call(Route("PATCH", path, **parameters), json=body)

    async def post_part(
        self, path: str, part: Part, answer: Answered | None = None, /, **parameters: str
    ) -> Json:
        """Create a message; `answer` learns when Discord answered."""
        return await self._with_uploads(Route("POST", path, **parameters), part, part.body, answer)

    async def patch_part(
        self, path: str, part: Part, answer: Answered | None = None, /, **parameters: str
    ) -> Json:
        """Change a message; `answer` learns when Discord answered."""
        route = Route("PATCH", path, **parameters)
        return await self._with_uploads(route, part, part.replacing().body, answer)

    async def respond(self, interaction: str, token: str, kind: int, part: Part | Json) -> None:
        """Give the one first answer to an interaction; `kind` is its callback type.

        https://docs.discord.com/developers/interactions/receiving-and-responding
        """
        route = Route(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=interaction,
            webhook_token=token,
        )
        if isinstance(part, Part):
            await self._with_uploads(route, part, {"type": kind, "data": part.body})
        else:
            await self._call(route, json={"type": kind, "data": part} if part else {"type": kind})

    async def _with_uploads(
        self, route: Route, part: Part, body: Json, answer: Answered | None = None
    ) -> Json:
        if not part.uploads:
            made: Json | None = await self._send(route, answer, json=body)
            return made or {}
        files = [discord.File(io.BytesIO(u.content), filename=filename(u)) for u in part.uploads]
        form: list[Json] = [{"name": "payload_json", "value": json.dumps(body)}]
        for number, (file, upload) in enumerate(zip(files, part.uploads, strict=True)):
            kind = upload.media_type if isinstance(upload, File) else "image/png"
            about = {"value": file.fp, "filename": file.filename, "content_type": kind}
            form.append({"name": f"files[{number}]", **about})
        return await self._send(route, answer, files=files, form=form) or {}

    async def _call(self, route: Route, **what: Any) -> Any:  # noqa: ANN401  JSON, as it comes
        if route.path.startswith(UNBOUND):
            return await self._send(route, None, **what)
        answer = Answered()
        async with self._pacer.turn("", ahead=True, answer=answer):
            return await self._send(route, answer, **what)

    async def _send(self, route: Route, answer: Answered | None, **what: Any) -> Any:  # noqa: ANN401  JSON, as it comes
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._client.http.request(route, trace_request_ctx=answer, **what)
        except Exception as error:
            raise meaning(error) from error
