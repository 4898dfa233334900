"""How requests travel: through the proxy that the environment names, with their files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bots.telegram.api import Api, upload
from bots.telegram.settings import TelegramSettings
from core.chat.messages import Image
from tests.bots.telegram.test_faults import free_port

pytestmark = pytest.mark.e2e

HIDDEN = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")


@asynccontextmanager
async def listening(heard: list[str]) -> AsyncIterator[int]:
    """Somebody who says yes to all that is asked, and remembers it."""

    async def answers(request: web.Request) -> web.Response:
        heard.append(request.raw_path if request.raw_path[0] == "/" else str(request.url))
        heard.append((await request.read()).decode("utf-8", "replace"))
        return web.json_response({"ok": True, "result": True})

    app, port = web.Application(), free_port()
    app.router.add_route("*", "/{any:.*}", answers)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[Api]:
    api = Api(TelegramSettings("1:x", "-1001", api_url=url))
    await api.open()
    try:
        yield api
    finally:
        await api.close()


async def test_the_environments_proxy_is_used_and_its_exceptions_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in HIDDEN:
        monkeypatch.delenv(name, raising=False)
    heard: list[str] = []
    async with listening(heard) as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        async with calling("http://bot-api.example/bot") as api:
            assert await api.call("getMe") is True
        assert heard[0] == "http://bot-api.example/bot1:x/getMe"
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        async with calling(f"http://127.0.0.1:{port}/bot") as api:
            assert await api.call("getMe") is True
        assert heard[2] == "/bot1:x/getMe"


async def test_a_picture_travels_with_its_name_and_the_words_beside_it() -> None:
    heard: list[str] = []
    async with listening(heard) as port, calling(f"http://127.0.0.1:{port}/bot") as api:
        data = {"chat_id": 5, "caption": "Bilan", "photo": upload(Image("bilan.png", b"PNG", ""))}
        await api.call("sendPhoto", data)
        assert 'filename="bilan.png"' in heard[1]
        assert "image/png" in heard[1]
        assert "Bilan" in heard[1]


async def test_calls_share_their_connections_and_are_open_once() -> None:
    heard: list[str] = []
    async with listening(heard) as port, calling(f"http://127.0.0.1:{port}/bot") as api:
        await api.open()
        await asyncio.gather(*(api.call("getChat", {"chat_id": n}) for n in range(50)))
        assert len(heard) == 100
