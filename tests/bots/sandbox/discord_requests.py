"""Hand-made requests to the Discord stand-in, without any client library."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from bots.sandbox.discord import DiscordSandbox

Start = Callable[..., Awaitable[DiscordSandbox]]


class Raw:
    """Hand-made requests with the right token."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: DiscordSandbox) -> None:
        env = sandbox.environment()
        self._session = session
        self._base = env["AMICALE_DISCORD_API_URL"]
        self._headers = {"Authorization": f"Bot {env['AMICALE_DISCORD_TOKEN']}"}

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        url = self._base + path
        async with self._session.request(method, url, json=body, headers=self._headers) as answer:
            if answer.status != 204:
                assert answer.headers["Content-Type"] == "application/json"
            return answer.status, await answer.json() if answer.status != 204 else None
