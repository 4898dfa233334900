"""Brings events and interactions to the app, over Socket Mode or signed HTTP, until acknowledged.

Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode. Retries:
https://docs.slack.dev/apis/events-api/#retries.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp import web

from .signed import WINDOW, SignedRequests
from .state import APP, Json
from .workspace import Workspace

SOCKETS_MAX = 10
HELD_FOR = 360.0  # real seconds an event waits for a connection: Slack gives up after its retries


@dataclass(eq=False, slots=True)
class Parcel:
    """Something the app must acknowledge; `answer` and `silence` are for interactions."""

    kind: str
    payload: Json
    answer: Callable[[Json], None] | None = None
    silence: Callable[[str], None] | None = None
    attempt: int = 0
    reason: str = ""
    since: float = 0.0


@dataclass(eq=False, slots=True)
class Link:
    """One open WebSocket of the app."""

    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False


@dataclass(slots=True)
class Faults:
    """What was ordered to go wrong with the next deliveries."""

    twice: int = 0
    late: int = 0
    seconds: float = 0.0
    hold: int = 0
    held: list[Parcel] = field(default_factory=list)


class Delivery:
    """The app's end of the workspace: queues, sockets, acknowledgements, retries."""

    def __init__(
        self, ws: Workspace, *, events_url: str | None, secret: str, retries: Sequence[float]
    ) -> None:
        self.ws = ws
        self.events_url = events_url
        self.links: list[Link] = []
        self.faults = Faults()
        self.is_down = False
        self._secret = secret
        self._retries = tuple(retries)
        self._queue: asyncio.Queue[Parcel] = asyncio.Queue()
        self._stranded: list[Parcel] = []
        self._pending: dict[str, tuple[Parcel, asyncio.TimerHandle, Link]] = {}
        self._past: dict[str, str] = {}  # envelope id -> what became of it
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._turn = 0
        self._signed: SignedRequests | None = None

    def start(self) -> None:
        """Begin to deliver."""
        if self.events_url:
            self._signed = SignedRequests(self.ws, self.events_url, self._secret)
        self._spawn(self._pump())

    async def stop(self) -> None:
        """Stop delivering and close every socket."""
        for _parcel, timer, _link in self._pending.values():
            timer.cancel()
        for timer in self._timers:
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for link in list(self.links):
            await link.socket.close(code=1001)
        if self._signed:
            await self._signed.close()

    def _spawn(self, work: Any) -> None:  # noqa: ANN401  a coroutine of whatever result
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        def fire() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(timer)

    # Handing in

    def submit(self, parcel: Parcel) -> None:
        """Queue something for the app, through whatever fault was ordered."""
        parcel.since = asyncio.get_running_loop().time()
        faults = self.faults
        if faults.hold > 0:
            faults.held.append(parcel)
            faults.hold -= 1
            if faults.hold == 0:
                for each in _disordered(faults.held):
                    self._queue.put_nowait(each)
                faults.held.clear()
        elif faults.late > 0:
            faults.late -= 1
            self._later(faults.seconds, lambda: self._queue.put_nowait(parcel))
        else:
            self._queue.put_nowait(parcel)

    async def _pump(self) -> None:
        while True:
            parcel = await self._queue.get()
            await self._deliver(parcel)
            if self.faults.twice > 0 and parcel.answer is None:
                self.faults.twice -= 1
                await self._deliver(replace(parcel, attempt=parcel.attempt + 1, reason="timeout"))

    async def _deliver(self, parcel: Parcel) -> None:
        if self.is_down:
            self._strand(parcel)
        elif self._signed:
            self._spawn(self._post(self._signed, parcel))
        elif not await self._write(parcel):
            self._strand(parcel)

    def _strand(self, parcel: Parcel) -> None:
        """No way to the app: interactions fail at once, events wait for a connection."""
        if parcel.silence:
            parcel.silence("dispatch_failed")
        else:
            self._stranded.append(parcel)

    def resume(self) -> None:
        """A way to the app is open again: send what waited."""
        waiting, self._stranded = self._stranded, []
        now = asyncio.get_running_loop().time()
        for parcel in waiting:
            if now - parcel.since < HELD_FOR:
                again = replace(parcel, attempt=max(parcel.attempt, 1), reason="connection_failed")
                self._queue.put_nowait(again)

    def _unanswered(self, parcel: Parcel, reason: str) -> None:
        """An interaction fails; an event is sent again, three times at most."""
        if parcel.silence:
            parcel.silence("operation_timeout" if "timeout" in reason else reason)
        elif parcel.attempt < len(self._retries):
            again = replace(parcel, attempt=parcel.attempt + 1, reason=reason)
            self._later(self._retries[parcel.attempt], lambda: self._queue.put_nowait(again))

    # Socket Mode

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket of the app, opened with a ticket of apps.connections.open."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.ws.tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        self.ws.tickets.discard(ticket)
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(request)
        link = Link(socket, request)
        if self.events_url or len(self.links) >= SOCKETS_MAX:
            reason = "link_disabled" if self.events_url else "too_many_websockets"
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            await socket.close()
            return socket
        self.links.append(link)
        try:
            await socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(self.links),
                    "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
                    "connection_info": {"app_id": APP},
                }
            )
            self.resume()
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._lost(link)
        return socket

    async def _write(self, parcel: Parcel) -> bool:
        """Send over any open socket, taking turns; False when there is none."""
        open_links = [k for k in self.links if not k.leaving and not k.socket.closed]
        for _ in range(len(open_links)):
            self._turn += 1
            link = open_links[self._turn % len(open_links)]
            envelope_id = self.ws.fresh("env-")
            envelope: Json = {
                "envelope_id": envelope_id,
                "type": parcel.kind,
                "payload": parcel.payload,
                "accepts_response_payload": parcel.answer is not None,
            }
            if parcel.kind == "events_api":
                envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
            timer = asyncio.get_running_loop().call_later(WINDOW, self._expired, envelope_id)
            self._pending[envelope_id] = (parcel, timer, link)
            with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                await link.socket.send_json(envelope)
                return True
            timer.cancel()
            del self._pending[envelope_id]
        return False

    def _expired(self, envelope_id: str, reason: str = "timeout") -> None:
        parcel, timer, _link = self._pending.pop(envelope_id)
        timer.cancel()
        self._past[envelope_id] = "expired"
        self._unanswered(parcel, reason)

    def _lost(self, link: Link) -> None:
        """A socket is gone, its app perhaps dead: what it had not acknowledged goes elsewhere."""
        self.links.remove(link)
        for envelope_id in [name for name, (_, _, on) in self._pending.items() if on is link]:
            self._expired(envelope_id, "connection_failed")

    def _acknowledged(self, raw: str) -> None:
        try:
            said = json.loads(raw)
            envelope_id = said["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self.ws.complain(f"socket: not an acknowledgement: {raw[:120]}")
            return
        if unknown := said.keys() - {"envelope_id", "payload"}:
            self.ws.complain(f"socket: unknown keys in an acknowledgement: {sorted(unknown)}")
        if envelope_id in self._past:
            if self._past[envelope_id] != "expired":
                self.ws.complain(f"socket: {envelope_id} acknowledged twice")
            return
        if envelope_id not in self._pending:
            self.ws.complain(f"socket: {envelope_id} was never sent")
            return
        parcel, timer, _link = self._pending.pop(envelope_id)
        timer.cancel()
        self._past[envelope_id] = "acknowledged"
        payload = said.get("payload") or {}
        if not isinstance(payload, dict):
            self.ws.complain(f"socket: the payload of {envelope_id} is no object")
            payload = {}
        if parcel.answer:
            parcel.answer(payload)
        elif payload:
            self.ws.complain(f"socket: {parcel.kind} accepts no response payload")

    async def ask_to_leave(self, reason: str) -> None:
        """Send `disconnect`; after anything but a warning these sockets get no more deliveries."""
        for link in list(self.links):
            link.leaving = reason != "warning"
            await link.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            )

    def cut(self) -> None:
        """Tear every connection without a word."""
        for link in list(self.links):
            link.leaving = True
            if link.request.transport:
                link.request.transport.abort()

    async def close_all(self) -> None:
        """Close every socket politely; unused tickets are void."""
        self.ws.tickets.clear()
        for link in list(self.links):
            link.leaving = True
            await link.socket.close(code=1000)

    async def _post(self, app: SignedRequests, parcel: Parcel) -> None:
        heard = await app.deliver(parcel.kind, parcel.payload, parcel.attempt, parcel.reason)
        if heard.failure and (parcel.silence or not heard.no_retry):
            self._unanswered(parcel, heard.failure)
        elif parcel.answer and not heard.failure:
            parcel.answer(heard.said or {})


def _disordered(parcels: list[Parcel]) -> list[Parcel]:
    """An order that is surely another one: the even places backwards, then the odd ones."""
    return parcels[::2][::-1] + parcels[1::2] if len(parcels) > 2 else parcels[::-1]
