import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bots import feeds
from bots.feeds import FeedServer
from core.engine.app import App
from core.engine.feeds import Feeds
from core.engine.routes import Routes
from core.engine.scene import Scene
from core.members.rules import MembersSettings
from tests.village import village

SECRET = "un-secret-bien-garde"
HUGE = "un-secret-trop-lourd"
SLOW = "un-secret-qui-attend"
BROKEN = "un-secret-qui-casse"
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:Café virtuel\r\nEND:VCALENDAR\r\n".encode()

programme = Routes("programme")


@programme.feed("calendrier")
async def calendar(_: Scene, token: str) -> bytes | None:
    if token == BROKEN:
        raise RuntimeError(token)
    if token == SLOW:
        await asyncio.Event().wait()
    return {SECRET: CALENDAR, HUGE: bytes(feeds.MOST + 1)}.get(token)


@pytest.fixture
async def app() -> AsyncIterator[App]:
    settings: dict[type, object] = {
        MembersSettings: MembersSettings(),
        Feeds: Feeds("https://amicale.example"),
    }
    modules = ["core.engine.models", "core.members.models"]
    async with village(modules, [programme], settings) as place:
        yield place.app


@pytest.fixture
async def outside(app: App) -> AsyncIterator[ClientSession]:
    server = FeedServer([app])
    try:
        async with ClientSession(await server.open("127.0.0.1", 0)) as session:
            yield session
    finally:
        await server.close()


async def status(outside: ClientSession, path: str, **headers: str) -> int:
    async with outside.get(path, headers=headers) as answer:
        return answer.status


async def test_who_has_the_address_reads_the_calendar(outside: ClientSession) -> None:
    async with outside.get(f"/calendrier/{SECRET}.ics") as answer:
        assert (answer.status, await answer.read()) == (200, CALENDAR)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Cache-Control"] == "private, max-age=300"


async def test_a_calendar_that_did_not_change_is_not_sent_again(outside: ClientSession) -> None:
    async with outside.get(f"/calendrier/{SECRET}.ics") as answer:
        tag = answer.headers["ETag"]
    headers = {"If-None-Match": tag}
    async with outside.get(f"/calendrier/{SECRET}.ics", headers=headers) as again:
        assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/calendrier/",
        "/calendrier/court.ics",
        f"/calendrier/{SECRET}",
        "/calendrier/un-secret-jamais-donne.ics",
        f"/autre/{SECRET}.ics",
        f"/calendrier/..%2F{SECRET}.ics",
        "/metrics",
    ],
)
async def test_nothing_else_is_there(outside: ClientSession, path: str) -> None:
    assert await status(outside, path) == 404


async def test_nothing_can_be_written(outside: ClientSession) -> None:
    async with outside.post(f"/calendrier/{SECRET}.ics", data=b"x") as answer:
        assert answer.status == 405


@pytest.mark.parametrize("token", [HUGE, BROKEN])
async def test_what_cannot_be_given_may_be_asked_again(outside: ClientSession, token: str) -> None:
    async with outside.get(f"/calendrier/{token}.ics") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
        assert token not in await answer.text()


async def test_who_comes_while_too_many_are_read_is_told_to_come_back(
    outside: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "AT_ONCE", 1)
    monkeypatch.setattr(feeds, "PATIENCE", 0.2)
    slow = asyncio.create_task(status(outside, f"/calendrier/{SLOW}.ics"))
    await asyncio.sleep(0.05)
    assert await status(outside, f"/calendrier/{SECRET}.ics") == 503
    assert await slow == 503
    assert await status(outside, f"/calendrier/{SECRET}.ics") == 200


async def test_the_address_is_known_where_one_is_served(app: App) -> None:
    address = f"https://amicale.example/calendrier/{SECRET}.ics"
    assert app.scene().feed_address("calendrier", SECRET) == address


def test_there_is_no_address_where_none_is_served() -> None:
    assert Feeds().address("calendrier", SECRET) is None
