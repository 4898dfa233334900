"""The crowd: messages written beforehand and put on each platform's wire as fast as it takes."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.payloads import callback
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.server import _parameters
from bots.sandbox.towns import Towns
from core.chat.identity import Platform

TEXT = "Bonjour à toutes et à tous, quelqu’un viendrait-il au café de jeudi, vers midi ?"
CHANNEL = "entraide"
WITNESS = "Zélie"
DISCORD_EPOCH = 1_420_070_400_000
"""Milliseconds (https://docs.discord.com/developers/reference#snowflakes)."""

Json = dict[str, Any]


def user_id(platform: Platform, number: int) -> str:
    """How the platform names the person of that number."""
    return {
        Platform.DISCORD: str(10**17 + number),
        Platform.SLACK: f"U{number:09}",
        Platform.TELEGRAM: str(10**9 + number),
    }[platform]


@dataclass(frozen=True, slots=True)
class Written:
    """One message on its way; `id` is what the platform calls it."""

    id: str
    raw: str


class Wire(Protocol):
    """One platform's way from the crowd to the bot."""

    async def learn(self) -> None:
        """See once what a message looks like here; before any bot is connected."""

    def write(self, number: int, author: int) -> Written:
        """A message that was never sent before."""

    async def flood(self, crowd: list[Written]) -> None:
        """Send all of it, as fast as it is taken."""

    def send(self, one: Written) -> None:
        """Send one now."""


class DiscordWire:
    """The sandbox's gateway, given frames that are already JSON."""

    def __init__(self, sandbox: DiscordSandbox) -> None:
        self._sandbox = sandbox
        self._gateway = sandbox._gateway
        self._like: Json = {}

    async def learn(self) -> None:
        seen: list[Json] = []

        def dispatch(event: str, data: Json, *_: object) -> None:
            if event == "MESSAGE_CREATE":
                seen.append(data)

        await _witnessed(self._sandbox, self._gateway, "dispatch", dispatch)
        self._like = json.loads(json.dumps(seen[-1]))

    def write(self, number: int, author: int) -> Written:
        name = str((time.time_ns() // 1_000_000 - DISCORD_EPOCH << 22) + number % 4_194_304)
        person = user_id(Platform.DISCORD, author)
        account = self._like["author"] | {"id": person, "username": f"p{author}"}
        return Written(name, json.dumps(self._like | {"id": name, "author": account}))

    async def flood(self, crowd: list[Written]) -> None:
        for number, one in enumerate(crowd):
            self.send(one)
            if number % 100 == 0:
                await asyncio.sleep(0)

    def send(self, one: Written) -> None:
        session = next(s for s in self._gateway.sessions.values() if s.line is not None)
        assert session.line is not None
        session.sequence += 1
        frame = f'{{"op":0,"s":{session.sequence},"t":"MESSAGE_CREATE","d":{one.raw}}}'
        session.line.send_raw(frame)


class SlackWire:
    """The sandbox's sockets, given envelopes that are already JSON."""

    def __init__(self, sandbox: SlackSandbox) -> None:
        self._sandbox = sandbox
        self._delivery = sandbox.delivery
        self._like: Json = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._heard = self._delivery._acknowledged
        self.acknowledged = 0

    async def learn(self) -> None:
        seen: list[Json] = []

        def outlet(event: Json, event_id: str, seconds: int) -> None:
            if event["type"] == "message":
                seen.append(callback(event, event_id, seconds))

        await _witnessed(self._sandbox, self._sandbox.workspace, "outlet", outlet)
        self._like = seen[-1]
        self._delivery._acknowledged = self._acknowledged  # type: ignore[method-assign]  # the crowd's are only counted

    def _acknowledged(self, raw: str) -> None:
        if '"crowd-' in raw:
            self.acknowledged += 1
        else:
            self._heard(raw)

    def write(self, number: int, author: int) -> Written:
        seconds = int(time.time())
        name = f"{seconds}.{number % 1_000_000:06}"
        person = user_id(Platform.SLACK, author)
        event = self._like["event"] | {"user": person, "ts": name, "event_ts": name}
        called = f"EvC{number:09}"
        payload = self._like | {"event": event, "event_id": called, "event_time": seconds}
        envelope = {
            "envelope_id": f"crowd-{number}",
            "payload": payload | {"event_context": f"4-{called}"},
            "type": "events_api",
            "accepts_response_payload": False,
            "retry_attempt": 0,
            "retry_reason": "",
        }
        return Written(name, json.dumps(envelope))

    async def flood(self, crowd: list[Written]) -> None:
        for one in crowd:
            await self._socket().send_str(one.raw)

    def send(self, one: Written) -> None:
        task = asyncio.create_task(self._socket().send_str(one.raw))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _socket(self) -> web.WebSocketResponse:
        return next(k.socket for k in reversed(self._delivery.links) if not k.socket.closed)


class TelegramWire:
    """The sandbox's getUpdates, answered with updates that are already JSON."""

    def __init__(self, sandbox: TelegramSandbox) -> None:
        self._sandbox = sandbox
        self._feed = sandbox.feed
        self._like: Json = {}
        self._waiting: deque[tuple[int, str]] = deque()
        self._api = sandbox.server._api
        sandbox.server._api = self._answer  # type: ignore[method-assign]  # before it listens

    async def learn(self) -> None:
        seen: list[Json] = []
        push: Callable[[str, Json], None] = lambda _, body: seen.append(body)  # noqa: E731
        await _witnessed(self._sandbox, self._feed, "push", push)
        self._like = seen[-1]

    async def _answer(self, request: web.Request) -> web.Response:
        if not self._waiting or request.match_info["method"].lower() != "getupdates":
            return await self._api(request)
        values, _ = await _parameters(request)
        offset, limit = int(values.get("offset") or 0), int(values.get("limit") or 100)
        while self._waiting and self._waiting[0][0] < offset:
            self._waiting.popleft()
        if not self._waiting:
            return await self._api(request)
        batch = [self._waiting[n] for n in range(min(limit, len(self._waiting)))]
        updates = ",".join(f'{{"update_id":{number},"message":{raw}}}' for number, raw in batch)
        body = f'{{"ok":true,"result":[{updates}]}}'
        return web.Response(text=body, content_type="application/json")

    def write(self, number: int, author: int) -> Written:
        person = int(user_id(Platform.TELEGRAM, author))
        name = 1_000_000 + number
        sender = self._like["from"] | {"id": person, "first_name": f"P{author}"}
        sender.pop("username", None)
        body = {"message_id": name, "from": sender, "date": int(time.time())}
        return Written(str(name), json.dumps(self._like | body))

    async def flood(self, crowd: list[Written]) -> None:
        for one in crowd:
            self._feed._last_id += 1
            self._waiting.append((self._feed._last_id, one.raw))
        self._feed.end_polls()

    def send(self, one: Written) -> None:
        self._feed.push("message", json.loads(one.raw))


async def _witnessed(
    sandbox: DiscordSandbox | SlackSandbox | TelegramSandbox,
    held: object,
    name: str,
    stand_in: Callable[..., None],
) -> None:
    """Have somebody say the words, told to `stand_in` and to no bot."""
    real = getattr(held, name)
    setattr(held, name, stand_in)
    try:
        person = sandbox.person(WITNESS)
        await person.joins()
        if isinstance(sandbox, TelegramSandbox):
            sandbox.admit(WITNESS)
        if isinstance(sandbox, DiscordSandbox):
            state = sandbox.state
            state.members[state.user(WITNESS).id].roles.add(state.role_named("Membre").id)
        await person.says(TEXT, channel=CHANNEL)
    finally:
        setattr(held, name, real)


def wires(towns: Towns) -> Mapping[Platform, Wire]:
    """Each platform's."""
    return {
        Platform.DISCORD: DiscordWire(towns.discord),
        Platform.SLACK: SlackWire(towns.slack),
        Platform.TELEGRAM: TelegramWire(towns.telegram),
    }
